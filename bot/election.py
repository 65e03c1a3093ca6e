"""Who polls, sends and ticks: one replica at a time, elected by an advisory lock that the database gives back when it dies."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

TURN = 7_701_001  # the key of the lock
_FRESH_SECONDS = 1.0
_HANGS_AFTER = 6.0  # seconds without a word, then the database gives the turn to whoever asks
_CHANNEL = "wishlight_outgoing"
_NOTIFY = text("SELECT pg_notify('wishlight_outgoing', '')")
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = :key AND granted"
)
_UNLESS_IT_HANGS = text(  # set_config takes words only; before PostgreSQL 14 there is no such setting
    "SELECT set_config('idle_session_timeout', :after, false) WHERE current_setting('server_version_num')::int >= 140000"
)


class Turn(Protocol):
    """The right to work."""

    async def take(self) -> bool: ...

    async def held(self) -> bool: ...

    async def give_up(self) -> None: ...

    def tell(self) -> None:
        """Whoever has the turn: there may be something to send."""


class Alone:
    """On SQLite there is one process."""

    def tell(self) -> None:
        pass

    async def take(self) -> bool:
        return True

    async def held(self) -> bool:
        return True

    async def give_up(self) -> None:
        pass


class Elected:
    """A session-level advisory lock on a connection of its own.

    Whoever has it asks after it every second. A process that hangs does not, and its connection is ended by the database:
    another takes over, and the first, when it goes on, finds the turn gone before it does anything more.
    """

    def __init__(self, url: str, told: Callable[[], None]) -> None:
        """`told` is called when another replica tells whoever has the turn."""
        self._told = told
        self._engine: AsyncEngine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args={"command_timeout": 5}
        )
        self._connection: AsyncConnection | None = None
        self._seen = 0.0
        self._asking = asyncio.Lock()
        self._messenger: AsyncConnection | None = None
        self._telling: asyncio.Task[None] | None = None
        self._news = False

    async def take(self) -> bool:
        """Try once; False while somebody else has it or the database is away."""
        try:
            self._connection = await self._engine.connect()
            if await self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": TURN}):
                await self._connection.execute(_UNLESS_IT_HANGS, {"after": f"{_HANGS_AFTER * 1000:.0f}ms"})
                self._seen = time.monotonic()
                await self._listen(self._connection)
                return True
        except (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("no election without the database", extra={"why": type(error).__name__})
        await self._let_go()
        return False

    async def held(self) -> bool:
        """Whether the lock is still there; asked anew every second, since a lost backend loses it without a word."""
        if self._seen_within(2 * _FRESH_SECONDS if self._asking.locked() else _FRESH_SECONDS):
            return True
        async with self._asking:
            return self._seen_within(_FRESH_SECONDS) or await self._ask()

    def _seen_within(self, seconds: float) -> bool:
        return self._connection is not None and time.monotonic() - self._seen < seconds

    async def _ask(self) -> bool:
        if self._connection is None:
            return False
        asked_at = time.monotonic()
        try:
            if await self._connection.scalar(_HELD, {"key": TURN}):
                self._seen = asked_at
                return True
        except (SQLAlchemyError, OSError) as error:
            log.warning("the turn is lost", extra={"why": type(error).__name__})
        await self._let_go()
        return False

    async def give_up(self) -> None:
        telling, self._telling = self._telling, None
        if telling is not None:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        messenger, self._messenger = self._messenger, None
        await _close(messenger)
        await self._let_go()
        await self._engine.dispose()

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        await _close(connection)

    def tell(self) -> None:
        """By NOTIFY, once for all that is committed while it is on its way; lost, it costs the time until the sender looks."""
        self._news = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="tell")

    async def _tell(self) -> None:
        try:
            while self._news:
                self._news = False
                if self._messenger is None:
                    self._messenger = await self._engine.connect()
                await self._messenger.execute(_NOTIFY)
        except (SQLAlchemyError, OSError) as error:
            log.warning("whoever sends is not told", extra={"why": type(error).__name__})
            messenger, self._messenger = self._messenger, None
            await _close(messenger)

    async def _listen(self, connection: AsyncConnection) -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.add_listener(_CHANNEL, lambda *heard: self._told())


async def _close(connection: AsyncConnection | None) -> None:
    if connection is not None:
        with suppress(SQLAlchemyError, OSError):
            await connection.close()
