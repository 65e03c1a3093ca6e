"""SQLite beside an event loop: a writer's statements run in the loop itself, what can wait runs in the connection's thread.

aiosqlite sends every step of every statement to a thread and waits, four round trips a statement; on a busy loop each can take
longer than the statement. A statement of a short write transaction takes microseconds, so it runs where it stands. COMMIT waits
for the disk: it goes to the thread, and so does BEGIN when another process is writing, and all that a read-only session asks.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")
BEGIN_WRITING = "BEGIN IMMEDIATE"
BUSY_MILLISECONDS, _MOMENT_MILLISECONDS = 30_000, 200


class Cursor:
    """What SQLAlchemy asks of a cursor; rows are fetched with the statement."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        await self._connection.do(statement, partial(self._execute, statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._connection.do(statement, partial(self._execute_many, statement, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        count = size or self.arraysize
        page, self._rows = self._rows[:count], self._rows[count:]
        return page

    async def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    async def close(self) -> None:
        self._rows = []

    def _execute(self, statement: str, parameters: Any) -> None:
        self._read(self._connection.plain.execute(statement, parameters))

    def _execute_many(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._read(self._connection.plain.executemany(statement, parameters))

    def _read(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        if cursor.description is not None:
            self._rows = cursor.fetchall()
        cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that knows whether it is in a write transaction."""

    _writing = False  # how its last transaction began
    _sent = _done = 0  # jobs of the thread: counted by the loop, and by the thread

    @property
    def plain(self) -> sqlite3.Connection:
        return self._conn

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    async def do(self, statement: str, work: Callable[[], T]) -> T:
        if self._writing and self.plain.in_transaction:
            return work()
        if statement != BEGIN_WRITING:
            done: T = await self._execute(work)
            self._writing = False
            return done
        if self._resting:
            with suppress(sqlite3.OperationalError):  # another process writes: wait for it in the thread
                begun = self._waiting(0, work)
                self._writing = True
                return begun
        begun = await self._turn(work)
        self._writing = True
        return begun

    async def _turn(self, work: Callable[[], T]) -> T:
        """Wait until no other process writes, a moment at a time: nobody can stop a thread that waits."""
        until = time.monotonic() + BUSY_MILLISECONDS / 1000
        while True:
            try:
                return await self._execute(partial(self._waiting, _MOMENT_MILLISECONDS, work))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise

    def at_once(self, statement: str) -> None:
        """Run what returns nothing within a write transaction."""
        self.plain.execute(statement)

    async def ask(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        """All rows of a statement."""
        return await self.do(statement, lambda: self.plain.execute(statement, parameters).fetchall())

    async def rollback(self) -> None:
        """Nothing, when there is nothing to roll back: every connection that returns to its pool is asked to."""
        if not self._resting or self.plain.in_transaction:
            await super().rollback()

    @property
    def _resting(self) -> bool:
        """Whether the thread has nothing to do, not even for somebody who was cancelled."""
        return self._sent == self._done

    def _waiting(self, milliseconds: int, work: Callable[[], T]) -> T:
        self.plain.execute(f"PRAGMA busy_timeout={milliseconds}")
        try:
            return work()
        finally:
            self.plain.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        def counted() -> T:
            try:
                return fn(*args, **kwargs)
            finally:
                self._done += 1

        self._sent += 1
        done: T = await super()._execute(counted)  # type: ignore[no-untyped-call]
        return done


def connect(database: str, **options: Any) -> Connection:
    """As aiosqlite.connect does; the thread is a daemon, so that a forgotten connection ends with the program."""
    connection = Connection(partial(sqlite3.connect, database, **options | {"check_same_thread": False}), 64)
    connection._thread.daemon = True
    return connection
