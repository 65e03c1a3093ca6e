"""Where transactions begin and end: everything that the running program changes goes through here.

SQLite has one writer, and its way of waiting for a turn is to poll; within this one process a lock hands the turn on at once.
It also waits for the disk at every commit, one after the other: pieces of work that wait in a row may share one (`together`).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.engine import Sessions, open_sessions, read_only
from storage.prepared import driver_of
from storage.sqlite import Connection

T = TypeVar("T")
_ATTEMPTS = 6
_AGAIN = frozenset({"40P01", "40001"})  # deadlock, serialisation failure
_SQLITE_DOWN = ("database is locked", "disk i/o error", "database or disk is full", "unable to open", "readonly database")


class Lost(Exception):
    """The database rolled a whole transaction back by itself, as SQLite does when the disk is full."""


@dataclass(slots=True)
class _Shared:
    """A transaction of which several are savepoints."""

    session: AsyncSession
    driver: Connection
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def require(self) -> None:
        """It is still the one that was begun: without it a savepoint would begin another, and what came before were lost."""
        if not self.driver.in_transaction:
            raise Lost


class Transactions:
    """One transaction at a time on SQLite, as many as the pool allows on PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.sessions: Sessions = open_sessions(engine)
        self._readings: Sessions = open_sessions(read_only(engine))
        self.one_at_a_time = engine.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self.one_at_a_time else nullcontext()
        self._inside: set[asyncio.Task[Any] | None] = set()
        self._shared: dict[asyncio.Task[Any] | None, _Shared] = {}

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """All that this task does in the block is committed at its end, at once, or not at all.

        Each `begin` within is a savepoint: what fails undoes itself and nothing else. Where transactions run side by side,
        each stays one of its own.

        Raises:
            Lost: the database gave the whole of it up; nothing was committed.
        """
        if not self.one_at_a_time:
            yield
            return
        task = asyncio.current_task()
        async with self._turn, self.sessions() as session, session.begin():
            shared = self._shared[task] = _Shared(session, await driver_of(session))
            try:
                yield
                shared.require()
            finally:
                del self._shared[task]
        for work in shared.afterwards:
            work()

    def when_committed(self, work: Callable[[], None]) -> None:
        """Do it now, or when what this task does together is committed."""
        shared = self._shared.get(asyncio.current_task())
        if shared is None:
            work()
        else:
            shared.afterwards.append(work)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends well, or a savepoint of what is done together.

        RuntimeError within another: it would wait for ever.
        """
        task = asyncio.current_task()
        if task in self._inside:
            raise RuntimeError("a transaction within a transaction")
        self._inside.add(task)
        try:
            shared = self._shared.get(task)
            if shared is not None:
                shared.require()
                try:
                    async with shared.session.begin_nested():
                        yield shared.session
                finally:
                    shared.session.expunge_all()
                return
            async with self._turn, self.sessions() as session, session.begin():
                yield session
        finally:
            self._inside.discard(task)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, all of it as of one moment: it waits for nobody, and nobody waits for it."""
        async with self._readings() as session, session.begin():
            yield session

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in a transaction, and once more in a new one when another transaction was in the way."""
        for attempt in range(1, _ATTEMPTS):
            try:
                async with self.begin() as session:
                    return await work(session)
            except DBAPIError as error:
                if not _may_succeed_at_once(error):
                    raise
            await asyncio.sleep(random.uniform(0.5, 1.0) * 0.02 * 2**attempt)
        async with self.begin() as session:
            return await work(session)


def _may_succeed_at_once(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _AGAIN or "database is locked" in str(error.orig)


def is_down(error: BaseException) -> bool:
    """Whether the database, not the work, is at fault."""
    if isinstance(error, DBAPIError):
        # The driver found its own connection in disorder, as when it is ended between two statements.
        confused = isinstance(getattr(error.orig, "__cause__", None), asyncpg.InternalClientError)
        if error.connection_invalidated or confused or isinstance(error, InterfaceError) or _may_succeed_at_once(error):
            return True
        state = str(getattr(error.orig, "sqlstate", None) or "")
        words = str(error.orig).lower()
        # 08 connection, 53 resources, 57 operator intervention, 25006 a standby that accepts no writes, 55P03 a lock not given
        return state[:2] in {"08", "53", "57"} or state in {"25006", "55P03"} or any(part in words for part in _SQLITE_DOWN)
    if isinstance(error, Lost | PoolTimeout | OSError):
        return True
    state = str(getattr(error, "sqlstate", None) or "")  # asyncpg's own, raised while connecting
    return state[:2] in {"08", "53", "57"}
