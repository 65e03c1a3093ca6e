"""One replay from beginning to end: start the processes, found the town, play, take stock, stop everything."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.replay import accounts, sayings
from bot.replay.failure import ReplayFailed
from bot.replay.processes import Process
from bot.replay.report import Report, show
from bot.replay.timetable import BEGIN, SETTLING, ZONE
from sandbox.client import SandboxClient

if TYPE_CHECKING:
    from bot.replay.pace import Pace
    from bot.replay.stage import Stage
    from bot.replay.windows import Windows

_BOT = 7000001
_TOKEN = f"{_BOT}:replay-in-a-local-sandbox"
_TRACE = "trace.jsonl"
_START_SECONDS = 120.0  # it may be a busy machine
T = TypeVar("T")
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    texts: Sequence[str]
    residents: int
    volunteers: int
    days: int
    rate_scale: float
    database: str | None
    seed: int


async def replay(plan: Plan, bar: Console, summary: Console) -> Report:
    """Play it, with a progress bar on one console and the summary on the other.

    Raises:
        ReplayFailed: it could not be played to the end; nothing is left behind.
    """
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="wishlight-replay-") as folder:
            return await _replay(plan, Path(folder), bar, summary, begun)
    except aiohttp.ClientError as error:
        raise ReplayFailed(f"The sandbox does not answer any more ({type(error).__name__}).") from None
    except SQLAlchemyError as error:
        raise ReplayFailed(f"The database cannot be read: {type(error).__name__}.") from None


async def _replay(plan: Plan, folder: Path, bar: Console, summary: Console, begun: float) -> Report:
    url = _checked(plan.database) if plan.database else f"sqlite+aiosqlite:///{folder}/wishlight.db"
    await accounts.require_empty(url)
    async with AsyncExitStack() as stack:
        sandbox = Process("sandbox", ["sandbox", "--port", "0", "--rate-scale", f"{plan.rate_scale:g}"], {}, folder)
        await stack.enter_async_context(_running(sandbox))
        address = await _while_they_run(sandbox.says(r"Sandbox at (http://\S+?):? ", _START_SECONDS), sandbox)
        client = await stack.enter_async_context(SandboxClient.connect(address))
        await client.set_bot(_BOT, first_name="点亮微心愿")
        await client.set_clock(set=BEGIN.timestamp(), speed=0)  # from now on it moves by steps only

        bot = Process("bot", ["run"], _settings(plan, address, url, folder / _TRACE), folder)
        await stack.enter_async_context(_running(bot))
        # Both read a large library first, which takes seconds: side by side.
        from bot.replay.pace import Pace
        from bot.replay.stage import Stage
        from bot.replay.windows import Windows

        engine = accounts.read_only(url)
        stack.push_async_callback(engine.dispose)
        stage = Stage(client, Windows(client), plan.seed, BEGIN + timedelta(days=plan.days))
        await stack.enter_async_context(_followed(stage.windows))
        pace = Pace(stage, engine, [sandbox, bot])
        await _while_they_run(_play(plan, stage, pace, bar), sandbox, bot)

        status = await client.status()
        updates = await client.updates()
        stock = await accounts.take_stock(engine, stage.texts, updates)
        report = Report(
            sent=len(stage.texts),
            stored=sum(stock.stored_as.values()),
            stored_as=stock.stored_as,
            by_state=stock.by_state,
            reminders=stock.reminders,
            digests=stock.digests,
            calls=status["calls"],
            refused_calls=status["refused_calls"],
            live_without_reminder=stock.live_without_reminder,
            p95_commit_ms=accounts.p95(accounts.commit_times(updates, folder / _TRACE)),
            p95_answer_ms=accounts.p95(accounts.answer_times(updates, stage.windows.traffic)),
            peak_rss_mb=round(bot.peak_rss / 2**20, 1),
            seconds=round(time.monotonic() - begun, 1),
            database=engine.dialect.name,
        )
        errors = [line for line in bot.log_text().splitlines() if " ERROR " in line]
        show(report, stock.lost, stage.happened, errors, summary)
        return report


async def _play(plan: Plan, stage: "Stage", pace: "Pace", bar: Console) -> None:
    from bot.replay.play import Play
    from bot.replay.town import found

    deadline = time.monotonic() + _START_SECONDS
    while not (await stage.client.status())["pollers"]:
        if time.monotonic() > deadline:
            raise ReplayFailed(f"The bot did not ask for updates within {_START_SECONDS:g} seconds.")
        await asyncio.sleep(0.05)
    town = await found(stage, plan.residents, plan.volunteers)
    with _progress(bar, plan) as shown:
        await Play(stage, town, pace, shown).run(plan.texts, plan.days)


async def _while_they_run(work: Coroutine[Any, Any, T], *processes: Process) -> T:
    """The outcome of `work`, unless one of the processes ends before it."""
    task = asyncio.create_task(work)
    watchers = [asyncio.create_task(process.must_run()) for process in processes]
    try:
        await asyncio.wait({task, *watchers}, return_when=asyncio.FIRST_COMPLETED)
        for watcher in watchers:
            if watcher.done():
                watcher.result()
        return task.result()
    finally:
        for other in (task, *watchers):
            other.cancel()
        await asyncio.gather(task, *watchers, return_exceptions=True)


def _settings(plan: Plan, address: str, url: str, trace: Path) -> dict[str, str]:
    return {
        "WISHLIGHT_BOT_TOKEN": _TOKEN,
        "WISHLIGHT_BOT_API_URL": address,
        "WISHLIGHT_CLOCK_URL": f"{address}/client/clock",
        "WISHLIGHT_RATE_SCALE": f"{plan.rate_scale:g}",
        "WISHLIGHT_DATABASE_URL": url,
        "WISHLIGHT_AREAS": str(sayings.AREAS),
        "WISHLIGHT_ADMINS": ",".join(map(str, sayings.ADMINS)),
        "WISHLIGHT_TRACE": str(trace),
    }


def _checked(url: str) -> str:
    """A database we know; a SQLite file is named from here, since the bot runs in another folder.

    Raises:
        ReplayFailed: it is none.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ReplayFailed("--database is no database URL.") from None
    if parsed.drivername not in _DRIVERS:
        raise ReplayFailed(f"--database must begin with {' or '.join(f'{name}://' for name in _DRIVERS)}.")
    if not parsed.drivername.startswith("sqlite"):
        return url
    if not parsed.database or parsed.database == ":memory:":
        raise ReplayFailed("--database must name a file: two processes share it.")
    return parsed.set(database=str(Path(parsed.database).absolute())).render_as_string(hide_password=False)


@asynccontextmanager
async def _running(process: Process) -> AsyncIterator[None]:
    try:
        await process.start()
        yield
    finally:
        await process.stop()


@asynccontextmanager
async def _followed(windows: "Windows") -> AsyncIterator[None]:
    following = asyncio.create_task(windows.follow(), name="windows")
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError):
            await following


@contextmanager
def _progress(console: Console, plan: Plan) -> Iterator[Callable[[datetime, int, int], None]]:
    """A bar over the simulated days."""
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=plan.days + SETTLING)

        def shown(now: datetime, sent: int, live: int) -> None:
            words = f"{now.astimezone(ZONE):%m-%d %H:%M} · {sent} texts sent · {live} wishes live"
            progress.update(task, completed=(now - BEGIN) / timedelta(days=1), description=words)

        yield shown
