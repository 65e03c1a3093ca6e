"""Telegram, as the bot would meet it: the way there, the token, the webhook, the clock, the bound groups."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, ill, note, well
from bot.seats import why_mute
from bot.settings import PREFIX, Settings
from bot.telegram import PUBLIC_API, ApiError, Later, Never, Telegram, Unauthorised

SECONDS = 10.0
_DRIFT, _TOO_FAR = 5.0, 60.0  # seconds between this clock and another
_RECENT = 3600  # seconds
_MANY = 100  # updates that wait for a webhook
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound group, as far as it can be told without its name."""

    id: int
    audience: str
    area: str


async def the_way(telegram: Telegram, settings: Settings) -> list[Finding]:
    """Whether there is a way to Telegram, and whether both clocks agree."""
    host = urlsplit(settings.bot_api_url).hostname or settings.bot_api_url
    over = " through the proxy" if settings.proxy is not None else ""
    try:
        before = datetime.now(UTC)
        told = await telegram.told_time(SECONDS)
        after = datetime.now(UTC)
    except Later as error:
        other = f"see that the proxy runs and {PREFIX}PROXY names it" if over else "see that this machine can reach it"
        blocked = f"; where it is blocked, set {PREFIX}PROXY" if not over and settings.bot_api_url == PUBLIC_API else ""
        return [ill("telegram", f"{host} does not answer{over} ({error})", f"{other}{blocked}")]
    found = [well("telegram", f"{host} answers{over}")]
    if told is None:
        return [*found, note("clock", f"{host} tells no time", "compare this machine's clock by hand: date -u")]
    # The header has whole seconds: half a second is added, and half a second either way says nothing.
    drift = (before + (after - before) / 2 - told).total_seconds() - 0.5
    return [*found, clock("clock", drift, "Telegram's")]


def clock(about: str, drift: float, whose: str) -> Finding:
    """How far this machine's clock is ahead of another."""
    if abs(drift) <= _DRIFT:
        return well(about, f"agrees with {whose}, as far as that can be told ({drift:+.1f} s)")
    finding = ill if abs(drift) > _TOO_FAR else note
    side = "ahead of" if drift > 0 else "behind"
    do = "let it be kept right, e.g. by systemd-timesyncd or chrony: timedatectl set-ntp true"
    return finding(about, f"this machine's clock is {abs(drift):.0f} s {side} {whose}", do)


async def the_token(telegram: Telegram) -> list[Finding]:
    """Whether the token is a bot's, and whether that bot may do what it has to."""
    try:
        me = await telegram.call("getMe", timeout=SECONDS)
    except Unauthorised:
        again = f"take it anew from @BotFather (/mybots → API Token) and set {PREFIX}BOT_TOKEN"
        return [ill("token", "Telegram does not accept it", again)]
    except ApiError as error:
        return [ill("token", f"could not be tried ({error})", "try again when Telegram answers")]
    found = [well("token", f"it is @{me.get('username')}'s, id {me.get('id')}")]
    if me.get("can_join_groups") is False:
        found.append(ill("token", "the bot may not be added to groups", "tell @BotFather /setjoingroups → Enable"))
    if me.get("can_read_all_group_messages"):
        found.append(note("token", "the bot is given all that is said in its groups", "tell @BotFather /setprivacy → Enable"))
    return found


async def the_webhook(telegram: Telegram, settings: Settings, now: datetime) -> list[Finding]:
    """Whether updates come the way that the settings say."""
    try:
        info = await telegram.call("getWebhookInfo", timeout=SECONDS)
    except ApiError as error:
        return [note("webhook", f"could not be asked for ({error})", "try again when Telegram answers")]
    url, waiting = str(info.get("url") or ""), int(info.get("pending_update_count") or 0)
    if settings.mode == "polling":
        if url:
            do = "start the bot, which takes it away; if somebody else set it, give the bot a new token"
            return [ill("webhook", f"one is set, for {_host(url)}, and takes the updates away from polling", do)]
        return [well("webhook", f"none, as polling needs it; {waiting} updates wait")]
    start = "start the bot, which sets it"
    if not url:
        return [ill("webhook", "none is set", start)]
    if url != settings.webhook_url:
        return [ill("webhook", f"it is set for {_host(url)}, not for {PREFIX}WEBHOOK_URL", start)]
    failed = now.timestamp() - float(info.get("last_error_date") or 0)
    if failed < _RECENT:
        do = f"open {PREFIX}WEBHOOK_URL's host from outside: name, certificate, proxy and port have to lead to {PREFIX}WEB_PORT"
        why = str(info.get("last_error_message") or "no reason given")
        return [ill("webhook", f"Telegram failed to deliver {failed / 60:.0f} min ago: {why}; {waiting} updates wait", do)]
    if waiting > _MANY:
        return [note("webhook", f"{waiting} updates wait", "look at /healthz and /metrics of the replicas: are they slow?")]
    return [well("webhook", f"set, and nothing failed for an hour; {waiting} updates wait")]


async def the_groups(telegram: Telegram, bot_id: int, groups: Sequence[Bound]) -> list[Finding]:
    """Whether the bot can post in every bound group."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(group: Bound) -> Finding | None:
        async with slots:
            return await _group(telegram, bot_id, group)

    wrong = [finding for finding in await asyncio.gather(*map(look, groups)) if finding is not None]
    fine = len(groups) - len(wrong)
    return [*wrong, *([well("groups", f"the bot can post in {fine} of {len(groups)} bound groups")] if fine else [])]


async def _group(telegram: Telegram, bot_id: int, group: Bound) -> Finding | None:
    name = f"the {group.audience}' group {group.id} of {group.area}"
    try:
        member: Any = await telegram.call("getChatMember", {"chat_id": group.id, "user_id": bot_id}, SECONDS)
    except Never as error:
        if error.moved_to is not None:
            return note("groups", f"{name} became {error.moved_to}", "nothing: the bot follows with its next message there")
        return ill("groups", f"{name} is out of reach ({error.description})", "add the bot again, or /bind another group")
    except ApiError as error:
        return note("groups", f"{name} could not be asked for ({error})", "try again when Telegram answers")
    problem = why_mute(member)
    if problem == "left":
        return ill("groups", f"the bot is not in {name}", "add it again as an admin, or /bind another group")
    if problem == "no_rights":
        return ill("groups", f"the bot may not write in {name}", "make it an admin of the group")
    if member.get("status") != "administrator":
        return note("groups", f"the bot is no admin of {name}", "make it one: then nobody's settings can silence it")
    return None


def _host(url: str) -> str:
    """A webhook's path may be a secret."""
    return urlsplit(url).hostname or "somewhere"
