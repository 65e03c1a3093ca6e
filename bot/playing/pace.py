"""The clock moves only when the bot has kept pace: nothing unhandled, nothing unsaid, nothing due."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.playing.failure import PlayFailed
from bot.playing.processes import Process
from bot.playing.stage import Stage
from bot.playing.timetable import on_the_grain
from rules.lifecycle import LIVE, Kind
from storage.models import Appointment, Claim, Notice, Outgoing, Wish

_LOOK = 0.015  # seconds between two looks
_STUCK = 60.0  # seconds without any progress
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_STANDING = select(
    select(func.count()).select_from(Outgoing).where(Outgoing.state == "waiting").scalar_subquery(),
    select(func.count()).select_from(Wish).where(Wish.state.in_(LIVE)).scalar_subquery(),
    select(func.min(Wish.next_reminder_at)).where(Wish.kind == Kind.EMERGENCY).scalar_subquery(),
    *(
        select(func.min(column)).scalar_subquery()
        for column in (Wish.next_reminder_at, Claim.next_reminder_at, Notice.due_at, Appointment.due_at)
    ),
)


class Pace:
    """Watches the bot through the sandbox's counters and its database, which it only reads."""

    def __init__(self, stage: Stage, engine: AsyncEngine, processes: Sequence[Process]) -> None:
        self._stage = stage
        self._engine = engine
        self._processes = processes
        self._due = self._urgent = _FAR
        self.live = 0

    async def move_to(self, moment: datetime) -> None:
        if moment > self._stage.now:
            await self._stage.client.advance((moment - self._stage.now).total_seconds())
            self._stage.now = moment

    async def settle(self) -> None:
        """Wait until the bot has done everything that there is to do at this time.

        Raises:
            PlayFailed: nothing moves any more.
        """
        before: Any = None
        moved = time.monotonic()
        while True:
            status = await self._stage.client.status()
            quiet = not status["pending_updates"] and not status["unacked_updates"]
            waiting = await self._waiting() if quiet else -1
            if quiet and not waiting and self._due > self._stage.now:
                await self._stage.windows.read()
                return
            progress = (status["calls"], status["unacked_updates"], waiting, self._due)
            if progress != before:
                before, moved = progress, time.monotonic()
            elif time.monotonic() - moved > _STUCK:
                raise PlayFailed(self._stuck(status, waiting))
            await asyncio.sleep(_LOOK)

    def next_due(self, grain: timedelta) -> datetime:
        """When something is due next: an emergency to the minute, all else at the next full step."""
        return min(self._urgent, on_the_grain(self._due, grain) if self._due < _FAR else _FAR)

    async def _waiting(self) -> int:
        """How many calls wait for the sender; looks up what is due next, too."""
        async with self._engine.connect() as connection:
            waiting, live, urgent, *due = (await connection.execute(_STANDING)).one()
        self.live = live
        self._urgent = urgent or _FAR
        self._due = min((moment for moment in due if moment is not None), default=_FAR)
        return int(waiting)

    def _stuck(self, status: dict[str, Any], waiting: int) -> str:
        facts = [
            f"{status['pending_updates']} updates not handed out, {status['unacked_updates']} not acknowledged",
            f"{max(waiting, 0)} calls waiting",
            f"next due {self._due:%Y-%m-%d %H:%M} at {self._stage.now:%Y-%m-%d %H:%M} UTC",
        ]
        tails = [f"--- {process.name}\n{process.tail()}" for process in self._processes]
        return "\n".join([f"The bot does not keep pace: {'; '.join(facts)}.", *tails])
