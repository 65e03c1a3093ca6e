"""Who polls, sends and ticks: one replica at a time, elected by an advisory lock that the database gives back when it dies."""

import logging
import time
from contextlib import suppress
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

TURN = 7_701_001  # the key of the lock
_FRESH_SECONDS = 1.0
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = :key AND granted"
)


class Turn(Protocol):
    """The right to work."""

    async def take(self) -> bool: ...

    async def held(self) -> bool: ...

    async def give_up(self) -> None: ...


class Alone:
    """On SQLite there is one process."""

    async def take(self) -> bool:
        return True

    async def held(self) -> bool:
        return True

    async def give_up(self) -> None:
        pass


class Elected:
    """A session-level advisory lock on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args={"command_timeout": 5}
        )
        self._connection: AsyncConnection | None = None
        self._seen = 0.0
        self._asking = False

    async def take(self) -> bool:
        """Try once; False while somebody else has it or the database is away."""
        try:
            self._connection = await self._engine.connect()
            if await self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": TURN}):
                self._seen = time.monotonic()
                return True
        except (SQLAlchemyError, OSError) as error:
            log.warning("no election without the database", extra={"why": type(error).__name__})
        await self.give_up()
        return False

    async def held(self) -> bool:
        """Whether the lock is still there; asked anew every second, since a lost backend loses it without a word."""
        if self._connection is None:
            return False
        if self._asking or time.monotonic() - self._seen < _FRESH_SECONDS:
            return True
        self._asking = True
        try:
            if await self._connection.scalar(_HELD, {"key": TURN}):
                self._seen = time.monotonic()
                return True
        except (SQLAlchemyError, OSError) as error:
            log.warning("the turn is lost", extra={"why": type(error).__name__})
        finally:
            self._asking = False
        await self.give_up()
        return False

    async def give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, OSError):
                await connection.close()
        await self._engine.dispose()
