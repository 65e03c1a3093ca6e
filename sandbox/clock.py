"""The sandbox's clock: starts at a chosen moment, jumps and runs as fast as it is told.

Message dates follow it. Rates, expiring taps and kept updates do not: they are Telegram's own and stay on real time.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime


class Clock:
    """A clock that can be set, advanced and sped up; every change has a version that can be waited for."""

    def __init__(self, start: datetime | None = None) -> None:
        self._base = time.time() if start is None else start.timestamp()
        self._since = time.monotonic()
        self._changed = asyncio.Event()
        self.speed = 1.0
        self.version = 1

    def now(self) -> float:
        """Unix time on this clock."""
        return self._base + (time.monotonic() - self._since) * self.speed

    def change(self, *, set_to: float | None = None, advance: float = 0.0, speed: float | None = None) -> None:
        """Set, then advance, then change the speed; whoever waits for a new version is woken."""
        self._base = (self.now() if set_to is None else set_to) + advance
        self._since = time.monotonic()
        if speed is not None:
            self.speed = speed
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_version_after(self, version: int, seconds: float) -> None:
        """Return when the version is another one, or after `seconds` real seconds."""
        deadline = time.monotonic() + seconds
        while self.version == version:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return

    def reading(self) -> dict[str, float]:
        """What the client side is told."""
        return {"now": self.now(), "speed": self.speed, "version": self.version}
