"""One run: both databases are filled, then measured beside each other, and what was found is told."""

import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError

from bot.playing.databases import parsed
from bot.playing.failure import PlayFailed
from bot.scale.bulk import require_empty
from bot.scale.fill import NOW, Told, fill, live_once
from bot.scale.measure import Figure, Player, measure
from bot.scale.rehearsal import rehearsal
from bot.scale.town import Size, files
from storage.engine import open_engine

_SMALL = "_small"
_FIRST = 1_500_000_000
"""Messages and updates of the measuring are numbered from here: no history reaches as far."""
SHARE_LIVE, SHARE_A_DAY = 0.06, 0.01
"""Of the small database's wishes: what goes on, and what ends a day, in both."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    wishes: int = 1_000_000
    against: int = 10_000
    rounds: int = 30
    database: str | None = None

    @property
    def sizes(self) -> tuple[Size, Size]:
        """The small one's and the large one's: what goes on, and every day, are the same."""
        live, a_day = max(int(self.against * SHARE_LIVE), 1), max(int(self.against * SHARE_A_DAY), 1)
        small, large = (
            Size(wishes, live=live, a_day=a_day, present=max(self.against // 10, 1)) for wishes in (self.against, self.wishes)
        )
        return small, large


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    plan: Plan
    kind: str
    rows: tuple[dict[str, int], dict[str, int]]
    live: tuple[dict[str, int], dict[str, int]]
    filled: tuple[float, float]  # seconds
    reminders: tuple[int, int]  # pieces of work that the ticks did on each
    figures: dict[str, Figure]
    seconds: float
    machine: dict[str, object]


async def simulate(plan: Plan, bar: Console) -> Report:
    """Fill and measure, with progress bars on a console.

    Raises:
        PlayFailed: a database cannot be used; it was not touched.
    """
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="wishlight-scale-") as folder:
            async with _databases(plan, Path(folder)) as urls:
                return await _simulate(plan, urls, bar, begun)
    except SQLAlchemyError as error:
        raise PlayFailed(f"The database does not do its part: {type(error).__name__}.") from error


async def _simulate(plan: Plan, urls: tuple[str, str], bar: Console, begun: float) -> Report:
    dialect = open_engine(urls[0]).dialect
    sizes = plan.sizes
    with _progress(bar, "lives are lived", None):
        patterns = await live_once(dialect, sizes[0])
    rows, filled = [], []
    for url, size in zip(urls, sizes, strict=True):
        since = time.monotonic()
        with _progress(bar, f"{size.wishes:,} wishes", size.wishes) as told:
            rows.append(await fill(url, size, patterns, told))
        filled.append(round(time.monotonic() - since, 1))
    async with AsyncExitStack() as stack:
        small, large = [
            Player(await stack.enter_async_context(rehearsal(url, files(size.communities), NOW, _FIRST)), size)
            for url, size in zip(urls, sizes, strict=True)
        ]
        live = (await small.live(), await large.live())
        with _progress(bar, "measuring", plan.rounds) as told:
            measured = await measure(small, large, plan.rounds, told)
        return Report(
            plan=plan,
            kind=dialect.name,
            rows=(rows[0], rows[1]),
            live=live,
            filled=(filled[0], filled[1]),
            reminders=(small.done, large.done),
            figures=measured.figures(),
            seconds=round(time.monotonic() - begun, 1),
            machine={
                "cores": os.cpu_count(),
                "load": round(os.getloadavg()[0], 2),
                "python": platform.python_version(),
                "database": await large.version(),
            },
        )


@asynccontextmanager
async def _databases(plan: Plan, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The small one, which is gone afterwards, and the large one, which is gone unless it was named."""
    if plan.database is None:
        yield f"sqlite+aiosqlite:///{folder}/small.db", f"sqlite+aiosqlite:///{folder}/large.db"
        return
    large = _checked(plan.database)
    await require_empty(plan.database)
    if large.get_backend_name() == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/small.db", plan.database
        return
    beside = large.set(database=f"{large.database}{_SMALL}")
    await _on_server(large, f'CREATE DATABASE "{beside.database}"')
    try:
        yield beside.render_as_string(hide_password=False), plan.database
    finally:
        await _on_server(large, f'DROP DATABASE "{beside.database}" WITH (FORCE)')


def _checked(url: str) -> URL:
    """A database we know, with a name that can be said within quotes.

    Raises:
        PlayFailed: it is none.
    """
    found = parsed(url)
    if not found.database or found.database == ":memory:" or '"' in found.database:
        raise PlayFailed("--database must name a file, or a database of a server.")
    return found


async def _on_server(url: URL, statement: str) -> None:
    engine = open_engine(url.render_as_string(hide_password=False), pool_size=1)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(statement))
    except SQLAlchemyError as error:
        raise PlayFailed(
            f"The small database beside it cannot be made or dropped ({type(error.__cause__ or error).__name__})."
        ) from None
    finally:
        await engine.dispose()


@contextmanager
def _progress(console: Console, what: str, total: int | None) -> Iterator[Told]:
    columns = (TextColumn("{task.description:>20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=max(done, 0))
