"""The days go by: the clock steps to what happens next, people act, the bot keeps pace."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.playing.pace import Pace
from bot.playing.stage import Stage
from bot.playing.timetable import SETTLING, Job, on_the_grain, spread
from bot.replay.town import Town

GRAIN = timedelta(hours=2)
"""What people do within two hours they do at their end, together: a town, not a queue of single people."""
_AT_ONCE = 12  # people with their phone in hand


@dataclass
class Play:
    stage: Stage
    town: Town
    pace: Pace
    shown: Callable[[datetime, int, int], None]  # time, texts sent, live wishes

    async def run(self, texts: Sequence[str], days: int) -> None:
        """Let the texts come in, and go on until nothing can end any more."""
        stage = self.stage
        moments = spread(len(texts), days, stage.dice("texts"))
        for number, text in enumerate(texts):
            resident = stage.dice("author", number).choice(self.town.residents)
            stage.timetable.plan(moments[number], partial(resident.tell, number, text))
        await self.pace.settle()
        last = stage.ends + timedelta(days=SETTLING)
        while (moment := self._next()) is not None and moment <= last:
            await self.pace.move_to(moment)
            await self._act(stage.timetable.take(moment))
            self.shown(stage.now, len(stage.texts), self.pace.live)

    def _next(self) -> datetime | None:
        """When to look again; None when all is over."""
        planned = self.stage.timetable.first()
        if planned is None and not self.pace.live:
            return None
        due = self.pace.next_due(GRAIN)
        return min(due, on_the_grain(planned, GRAIN)) if planned is not None else due

    async def _act(self, jobs: list[Job]) -> None:
        """Everybody whose time has come; then those whom that alarmed; until the bot has kept pace with all of it."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(job: Job) -> None:
            async with slots:
                await job()

        while True:
            await asyncio.gather(*map(one, jobs))
            await self.pace.settle()
            jobs, self.stage.ready = self.stage.ready, []
            if not jobs:
                return
