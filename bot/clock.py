"""The one clock: the system's, or in demos and tests the sandbox's, which can be moved."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp

log = logging.getLogger(__name__)
_POLL_SECONDS = 25.0
_JUMP_SECONDS = 2.0  # less than this is the network's jitter, not a move
_PATIENCE, _AGAIN = 10.0, 0.1  # seconds; whoever keeps the clock may be starting, too
_UNREADABLE = (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, OverflowError)


class NoClock(Exception):
    """Nobody tells the time there."""


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime: ...

    async def start(self, on_change: Callable[[], None]) -> None:
        """Begin to follow; `on_change` is called whenever time jumps."""

    async def stop(self) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def start(self, on_change: Callable[[], None]) -> None:
        pass

    async def stop(self) -> None:
        pass


class FollowedClock:
    """Follows a clock that answers `{now, speed, version}`, by long polling, and extrapolates in between."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._at = time.time()
        self._since = time.monotonic()
        self._speed = 1.0
        self._version: int | None = None
        self._task: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._reading(), UTC)

    def _reading(self) -> float:
        return self._at + (time.monotonic() - self._since) * self._speed

    async def start(self, on_change: Callable[[], None]) -> None:
        """Read it once, so that the first moment is already right, then follow.

        Raises:
            NoClock: nothing there tells the time, or not in time.
        """
        session = aiohttp.ClientSession()
        try:
            self._apply(await self._first(session))
        except BaseException:
            await session.close()
            raise
        self._task = asyncio.create_task(self._follow(session, on_change), name="clock")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _first(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return await self._read(session, 0.0)
            except _UNREADABLE as error:
                if time.monotonic() > deadline:
                    raise NoClock from error
                await asyncio.sleep(_AGAIN)

    async def _follow(self, session: aiohttp.ClientSession, on_change: Callable[[], None]) -> None:
        async with session:
            while True:
                try:
                    jumped = self._apply(await self._read(session, _POLL_SECONDS))
                except _UNREADABLE as error:
                    log.warning("clock not reachable, going on by itself", extra={"error": type(error).__name__})
                    await asyncio.sleep(1.0)
                else:
                    if jumped:
                        on_change()

    async def _read(self, session: aiohttp.ClientSession, wait: float) -> dict[str, Any]:
        asked: dict[str, str] = {}
        if wait and self._version is not None:
            asked = {"after": str(self._version), "timeout": f"{wait:g}"}
        limits = aiohttp.ClientTimeout(total=wait + 10.0)
        async with session.get(self._url, params=asked, timeout=limits) as answer:
            answer.raise_for_status()
            reading: dict[str, Any] = await answer.json()
            datetime.fromtimestamp(reading["now"], UTC)  # refuses what is no time
            return reading

    def _apply(self, reading: dict[str, Any]) -> bool:
        """Take over a reading; True when it is another time or speed than expected."""
        at, speed, version = float(reading["now"]), float(reading["speed"]), int(reading["version"])
        expected = self._reading()
        if version == self._version and speed == self._speed and abs(at - expected) < _JUMP_SECONDS * max(1.0, speed):
            return False
        self._at, self._since, self._speed, self._version = at, time.monotonic(), speed, version
        return True
