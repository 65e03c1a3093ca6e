"""Where transactions begin and end: everything that the running program changes goes through here.

SQLite has one writer, and its way of waiting for a turn is to poll; within this one process a lock hands the turn on at once.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.engine import Sessions, open_sessions

T = TypeVar("T")
_ATTEMPTS = 6
_AGAIN = frozenset({"40P01", "40001"})  # deadlock, serialisation failure
_SQLITE_DOWN = ("database is locked", "disk i/o error", "database or disk is full", "unable to open", "readonly database")


class Transactions:
    """One transaction at a time on SQLite, as many as the pool allows on PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.sessions: Sessions = open_sessions(engine)
        self.one_at_a_time = engine.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self.one_at_a_time else nullcontext()
        self._inside: set[asyncio.Task[Any] | None] = set()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends well. RuntimeError within another: it would wait for ever."""
        task = asyncio.current_task()
        if task in self._inside:
            raise RuntimeError("a transaction within a transaction")
        self._inside.add(task)
        try:
            async with self._turn, self.sessions() as session, session.begin():
                yield session
        finally:
            self._inside.discard(task)

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
        if error.connection_invalidated or isinstance(error, InterfaceError) or _may_succeed_at_once(error):
            return True
        state = str(getattr(error.orig, "sqlstate", None) or "")
        words = str(error.orig).lower()
        # 08 connection, 53 resources, 57 operator intervention, 25006 a standby that accepts no writes
        return state[:2] in {"08", "53", "57"} or state == "25006" or any(part in words for part in _SQLITE_DOWN)
    if isinstance(error, PoolTimeout | OSError):
        return True
    state = str(getattr(error, "sqlstate", None) or "")  # asyncpg's own, raised while connecting
    return state[:2] in {"08", "53", "57"}
