"""Ticks: once a second, whatever is due is done, each piece in a transaction of its own until nothing is due.

APScheduler only fires; every due time is a row, so a moved clock moves everything and nothing is missed after a standstill.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from bot.clock import Clock
from bot.present import Present
from bot.transactions import Transactions
from bot.vitals import Part, Vitals

log = logging.getLogger(__name__)

Do = Callable[..., Awaitable[bool]]
"""Takes session, now and town; also what was read for it, where that is asked for."""
Read = Callable[[AsyncSession, datetime, Town], Awaitable[Any]]
PutOff = Callable[[AsyncSession, datetime], Awaitable[None]]
AT_MOST = 200  # pieces of one kind in a tick, so that no kind starves the others
_REST_SECONDS = 60.0  # for work that fails and cannot push its row ahead


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: `do` does the next piece and says whether there may be more; `put_off` pushes a poisonous row ahead.

    What takes long to read is read before, by `read`, while others write; None says that nothing is due.
    """

    do: Do
    put_off: PutOff | None = None
    read: Read | None = None

    @property
    def name(self) -> str:
        return getattr(self.do, "__name__", "work")


class ErrandFailed(Exception):
    """Nothing came of it; the message says why, in nobody's words."""


Go = Callable[[Transactions, Clock, Town], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Errand:
    """What takes minutes and goes on beside the ticks, one of a kind at a time.

    `take` says in a short transaction whether it is time, and sets the next time; `go` does it, in transactions of its own.
    One that fails, or is cut off when the bot stops, is not sent again before the next time.
    """

    take: Do
    go: Go

    @property
    def name(self) -> str:
        return getattr(self.go, "__name__", "errand")


def as_work(given: "Work | Errand | Do") -> "Work | Errand":
    """A plain function may carry its own `put_off`."""
    return given if isinstance(given, Work | Errand) else Work(given, getattr(given, "put_off", None))


class Ticks:
    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        present: Present,
        works: Sequence[Work | Errand | Do],
        done: Callable[[], None],
        *,
        may_work: Callable[[], Awaitable[bool]] | None = None,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals or Vitals()
        self._transactions = transactions
        self._clock = clock
        self._present = present
        self._works = [as_work(work) for work in works]
        self._done = done
        self._may_work = may_work
        self._one = asyncio.Lock()
        self._resting: dict[str, float] = {}
        self._errands: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})

    def start(self) -> None:
        self._scheduler.add_job(self._fire, "interval", seconds=1, id="tick", replace_existing=True)
        self._scheduler.start()

    def hurry(self) -> None:
        """The clock was moved: look now, not within a second."""
        if self._scheduler.running and not self._stopping:
            self._scheduler.modify_job("tick", next_run_time=datetime.now(self._scheduler.timezone))

    async def stop(self, patience: float = 4.0) -> None:
        """Finish the piece in hand, as far as patience reaches; a piece that is given up is undone."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.pause()
        errands = list(self._errands.values())
        for errand in errands:
            errand.cancel()
        await self._rest(patience)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)  # it cancels what still goes on
            await asyncio.sleep(0)  # it ends itself by a callback
        await self._rest(1.0)
        if errands:
            await asyncio.wait(errands, timeout=1.0)

    async def _rest(self, seconds: float) -> None:
        """Until no piece is in hand."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._one:
                pass

    async def tick(self) -> int:
        """Do what is due, at most so many of each kind; how many pieces were done, or are under way."""
        async with self._one:
            pieces, under_way = 0, len(self._errands)
            for work in self._works:
                if not self._stopping and self._resting.get(work.name, 0.0) <= time.monotonic():
                    pieces += await (self._work(work) if isinstance(work, Work) else self._send(work))
            if pieces:
                self._done()
            self._vitals.beat(Part.TICKS)
            return pieces + under_way  # what an errand brought home is looked at by the next tick

    async def _fire(self) -> None:
        try:
            if self._one.locked() or (self._may_work is not None and not await self._may_work()):
                return
            await self.tick()
        except Exception:
            log.exception("a tick failed")

    async def _work(self, work: Work) -> int:
        for piece in range(AT_MOST):
            now = self._clock.now()
            try:
                more = await self._piece(work, now)
            except Exception:
                log.exception("a piece of work failed", extra={"work": work.name})
                self._vitals.failed_works[work.name] += 1
                if not await self._push_ahead(work, now):
                    return piece
                continue
            if more:
                self._vitals.works[work.name] += 1
                self._vitals.beat(Part.TICKS)
            if not more or self._stopping:
                return piece + int(more)
        return AT_MOST

    async def _piece(self, work: Work, now: datetime) -> bool:
        town = self._present.town
        if work.read is None:
            return await self._transactions.run(lambda session: work.do(session, now, town))
        async with self._transactions.reading() as session:
            found = await work.read(session, now, town)
        if found is None:
            return False
        return await self._transactions.run(lambda session: work.do(session, now, town, found))

    async def _send(self, errand: Errand) -> int:
        """Send somebody on an errand, when it is time and nobody is on it."""
        if errand.name in self._errands:
            return 0
        now, town = self._clock.now(), self._present.town
        try:
            if not await self._transactions.run(lambda session: errand.take(session, now, town)):
                return 0
        except Exception:
            log.exception("a piece of work failed", extra={"work": errand.name})
            self._vitals.failed_works[errand.name] += 1
            self._resting[errand.name] = time.monotonic() + _REST_SECONDS
            return 0
        self._errands[errand.name] = asyncio.create_task(self._go(errand, town), name=errand.name)
        return 1

    async def _go(self, errand: Errand, town: Town) -> None:
        try:
            await errand.go(self._transactions, self._clock, town)
            self._vitals.works[errand.name] += 1
        except ErrandFailed as error:
            log.warning("an errand failed", extra={"work": errand.name, "why": str(error)})
            self._vitals.failed_works[errand.name] += 1
        except Exception:
            log.exception("an errand failed", extra={"work": errand.name})
            self._vitals.failed_works[errand.name] += 1
        finally:
            del self._errands[errand.name]

    async def _push_ahead(self, work: Work, now: datetime) -> bool:
        """Put the row that failed behind the others; without a way to do so, let the whole kind rest."""
        if work.put_off is not None:
            put_off = work.put_off
            try:
                await self._transactions.run(lambda session: put_off(session, now))
            except Exception:
                log.exception("a row could not be put off", extra={"work": work.name})
            else:
                return True
        self._resting[work.name] = time.monotonic() + _REST_SECONDS
        return False
