"""One replay from beginning to end: start the processes, found the town, play, take stock, stop everything."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from bot.playing.databases import parsed
from bot.playing.failure import PlayFailed
from bot.playing.opening import opened
from bot.playing.processes import while_they_run
from bot.playing.timetable import BEGIN, SETTLING, ZONE
from bot.replay import accounts, sayings
from bot.replay.report import Report, show

if TYPE_CHECKING:
    from bot.playing.pace import Pace
    from bot.playing.stage import Stage

_TRACE = "trace.jsonl"


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
        PlayFailed: it could not be played to the end; nothing is left behind.
    """
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="wishlight-replay-") as folder:
            return await _replay(plan, Path(folder), bar, summary, begun)
    except aiohttp.ClientError as error:
        raise PlayFailed(f"The sandbox does not answer any more ({type(error).__name__}).") from None
    except SQLAlchemyError as error:
        raise PlayFailed(f"The database cannot be read: {type(error).__name__}.") from None


async def _replay(plan: Plan, folder: Path, bar: Console, summary: Console, begun: float) -> Report:
    url = _checked(plan.database) if plan.database else f"sqlite+aiosqlite:///{folder}/wishlight.db"
    await accounts.require_empty(url)
    admins = ",".join(map(str, sayings.ADMINS))
    ends, trace = BEGIN + timedelta(days=plan.days), folder / _TRACE
    async with opened(
        folder, url, admins, rate_scale=plan.rate_scale, seed=plan.seed, ends=ends, more={"WISHLIGHT_TRACE": str(trace)}
    ) as play:
        await while_they_run(_play(plan, play.stage, play.pace, bar), play.sandbox, play.bot)
        stage, bot = play.stage, play.bot
        status = await stage.client.status()
        updates = await stage.client.updates()
        stock = await accounts.take_stock(play.engine, stage.texts, updates)
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
            p95_commit_ms=accounts.p95(accounts.commit_times(updates, trace)),
            p95_answer_ms=accounts.p95(accounts.answer_times(updates, stage.windows.traffic)),
            peak_rss_mb=round(bot.peak_rss / 2**20, 1),
            seconds=round(time.monotonic() - begun, 1),
            database=play.engine.dialect.name,
        )
        errors = [line for line in bot.log_text().splitlines() if " ERROR " in line]
        show(report, stock.lost, stage.happened, errors, summary)
        return report


async def _play(plan: Plan, stage: "Stage", pace: "Pace", bar: Console) -> None:
    from bot.replay.play import Play
    from bot.replay.town import found

    town = await found(stage, plan.residents, plan.volunteers)
    with _progress(bar, plan) as shown:
        await Play(stage, town, pace, shown).run(plan.texts, plan.days)


def _checked(url: str) -> str:
    """A database we know; a SQLite file is named from here, since the bot runs in another folder.

    Raises:
        PlayFailed: it is none.
    """
    found = parsed(url)
    if not found.drivername.startswith("sqlite"):
        return url
    if not found.database or found.database == ":memory:":
        raise PlayFailed("--database must name a file: two processes share it.")
    return found.set(database=str(Path(found.database).absolute())).render_as_string(hide_password=False)


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
