"""One look at everything, in the order in which one thing needs the other; what fails to be looked at stops nothing else.

settings → the way to Telegram, both clocks → token, webhook → database, schema → admins, what is stuck → bound groups → the bot
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, FollowedClock, NoClock, SystemClock
from bot.doctor import database, telegram
from bot.doctor.database import NoDatabase
from bot.doctor.findings import Finding, ill, note, well
from bot.doctor.telegram import Bound
from bot.logs import where
from bot.settings import PREFIX, BadSettings, Settings, misspelt, read_what_can_be_read
from bot.telegram import Telegram
from bot.town_files import read_town_files

_PATIENCE = 30.0  # seconds for one look
Look = Callable[[], Awaitable[list[Finding]]]


async def examine() -> list[Finding]:
    """Everything that was found."""
    settings, found, unusable = _settings()
    async with AsyncExitStack() as stack:
        bot = Telegram(settings.bot_token, settings.bot_api_url, settings.proxy)
        await bot.open()
        stack.push_async_callback(bot.close)
        reached = await _looked("telegram", lambda: telegram.the_way(bot, settings))
        found += reached
        asks = "bot_token" not in unusable and not any(finding.about == "telegram" and finding.do for finding in reached)
        if asks:
            token = await _looked("token", lambda: telegram.the_token(bot))
            found += token
            asks = token[0].do is None
        if asks and "mode" not in unusable:
            found += await _looked("webhook", lambda: telegram.the_webhook(bot, settings, datetime.now(UTC)))
        if "database_url" in unusable:
            return found
        groups, more = await _database(settings)
        found += more
        if asks and groups:
            number = int(settings.bot_token.get_secret_value().split(":")[0])
            found += await _looked("groups", lambda: telegram.the_groups(bot, number, groups))
        if settings.web_port:
            found += await _looked("the bot", lambda: _the_bot(settings))
    return found


def _settings() -> tuple[Settings, list[Finding], frozenset[str]]:
    settings, problems, unusable = read_what_can_be_read()
    try:
        read_town_files(settings)
    except BadSettings as error:
        problems += [problem for problem in error.problems if problem not in problems]
    do = "correct it in the environment or in .env of this folder; docs/settings.md lists them all"
    found = [ill("settings", problem, do) for problem in problems]
    found += [note("settings", problem, do) for problem in misspelt()]
    return settings, found or [well("settings", "all of them, and the town's files, can be used")], unusable


async def _database(settings: Settings) -> tuple[list[Bound], list[Finding]]:
    """What the database says, as far as it can be asked; and the bound groups."""
    found: list[Finding] = []
    groups: list[Bound] = []
    try:
        found += database.the_place(settings)
        found += await database.answers(settings)
        schema = await _looked("migrations", lambda: database.the_schema(settings))
    except NoDatabase as missing:
        return [], [*found, missing.finding]
    found += schema
    now, told = await _now(settings)
    found += told

    async def bound(session: AsyncSession) -> list[Finding]:
        rows, told = await database.bound_groups(session)
        groups.extend(rows)
        return told

    found += await _looked("people", lambda: database.asked(settings, lambda session: database.people(session, settings)))
    found += await _looked("stuck rows", lambda: database.asked(settings, lambda session: database.stuck(session, now)))
    found += await _looked("groups", lambda: database.asked(settings, bound))
    return groups, found


async def _now(settings: Settings) -> tuple[datetime, list[Finding]]:
    """The bot's time: this machine's, or the sandbox's."""
    clock: Clock = FollowedClock(settings.clock_url) if settings.clock_url else SystemClock()
    try:
        await clock.start(lambda: None)
        return clock.now(), []
    except NoClock:
        return datetime.now(UTC), [ill("clock", f"nothing at {PREFIX}CLOCK_URL tells the time", "start the sandbox")]
    finally:
        await clock.stop()


async def _the_bot(settings: Settings) -> list[Finding]:
    """What the running bot says of itself."""
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host
    url = f"http://{host}:{settings.web_port}/healthz"
    try:
        async with aiohttp.ClientSession() as session, session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
            said = await answer.json()
            problems, role = list(said["problems"]), str(said["role"])
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
        do = f"start it with wishlight run; if it runs elsewhere, ask its {PREFIX}WEB_PORT there"
        return [note("the bot", f"nobody answers at {url} ({type(error).__name__})", do)]
    if problems:
        return [ill("the bot", f"it is ill: {'; '.join(problems)}", "its log says why; what is wrong above may be the reason")]
    return [well("the bot", f"it is well and {role}")]


async def _looked(about: str, look: Look) -> list[Finding]:
    """What a look finds; that it cannot be had is a finding, too."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await look()
    except NoDatabase:
        raise
    except Exception as error:
        do = "look at what is wrong above; if nothing is, this is a defect"
        return [ill(about, f"could not be looked at: {where(error)}", do)]
