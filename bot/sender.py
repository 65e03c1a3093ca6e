"""The sender: takes outgoing rows by lease, calls Telegram within its limits, writes down what it answered.

A round is one transaction that settles what came back and leases what goes next. What is leased stands in a line and departs
the moment that the limits allow, without waiting for the database: while a round is going on the line goes on as well. Answers
stand in front. From the lease until its outcome is committed a row occupies a slot, so a crash repeats at most as many messages
as there are slots.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf, isinf
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.limits import Limits, Ticket
from bot.telegram import Later, Never, Reason, RetryAfter, Telegram
from bot.transactions import Transactions
from bot.vitals import Part, Vitals
from storage import outbox
from storage.deliveries import Aftermath, Moved, Outcome, PutOff, Refused, Sent, Why, settle
from storage.outbox import LEASE, Leased

log = logging.getLogger(__name__)

_PERSON_GONE = frozenset({Reason.BLOCKED, Reason.DEACTIVATED, Reason.NOT_STARTED, Reason.CHAT_NOT_FOUND, Reason.KICKED})
_GROUP_GONE = frozenset({Reason.BLOCKED, Reason.DEACTIVATED, Reason.KICKED, Reason.CHAT_NOT_FOUND})
_LONGEST_DELAY = 300.0
_CALL_SECONDS = 30.0  # well inside the lease
_LONGEST_IN_LINE = 5.0  # seconds
_TRUSTED = 2.0  # seconds that a turn is taken for granted; the database waits longer before another gets it
_KEPT_FREE = 2  # slots that only answers may take, however long Telegram takes over reminders


Mend = Callable[[AsyncSession, datetime, Aftermath], Awaitable[None]]


async def always() -> bool:
    return True


async def nothing(session: AsyncSession, now: datetime, aftermath: Aftermath) -> None:
    pass


class Sender:
    def __init__(
        self,
        transactions: Transactions,
        telegram: Telegram,
        clock: Clock,
        limits: Limits,
        *,
        in_flight: int = 8,
        first_delay: float = 1.0,
        poll: float = 1.0,
        linger: float = 0.03,
        lease: timedelta = LEASE,
        may_send: Callable[[], Awaitable[bool]] = always,
        mend: Mend = nothing,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals or Vitals()
        self._transactions = transactions
        self._telegram = telegram
        self._clock = clock
        self._limits = limits
        self._slots = in_flight
        self._first_delay = first_delay
        self._poll = poll
        self._linger = linger  # under load, rounds are kept so far apart that each has more than one row to write
        self._lease = lease
        self._may_send = may_send
        self._allowed_at = -inf
        self._mend = mend
        self._calls: dict[int, asyncio.Task[None]] = {}  # by chat
        self._unasked: set[int] = set()  # chats whose call nobody waits for
        self._line: dict[int, Leased] = {}  # by chat: leased, and not yet departed
        self._next: asyncio.TimerHandle | None = None
        self._back: list[tuple[Leased, Outcome]] = []
        self._news = asyncio.Event()
        self._full = asyncio.Event()  # every slot came back: a round has enough to write
        self._busy = False
        self._crowded = False  # more came while a round was going on
        self._unreachable = 0
        self._stopping = False
        self._ahead: timedelta | None = None  # the database's clock, of this machine's

    def wake(self) -> None:
        """There may be something to send."""
        self._crowded |= self._busy or bool(self._calls or self._line)
        self._news.set()

    async def run(self) -> None:
        """Send until `stop`; then finish the calls in flight and write down what came of them."""
        began = 0.0
        while not self._stopping or self._calls or self._line or self._back:
            if (self._crowded or self._line) and not self._stopping:
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, began + self._linger - time.monotonic())):
                        await self._full.wait()
            self._news.clear()
            self._full.clear()
            self._crowded, self._busy = False, True
            began = time.monotonic()
            try:
                pause = await self._round()
                self._vitals.beat(Part.SENDER)
            except Exception:
                log.exception("a round of sending failed", extra={"back": len(self._back)})
                pause = self._poll
                if self._stopping and not (self._calls or self._line):
                    return  # the leases run out by themselves
            self._busy = False
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                pass

    def stop(self) -> None:
        """Take nothing new; `run` returns when nothing is in flight."""
        self._stopping = True
        for row in list(self._line.values()):
            self._send_back(row, 0.0)
        self._news.set()

    async def abandon(self) -> None:
        """Give up the calls in flight: their outcome stays unknown."""
        for row in list(self._line.values()):
            self._leave_line(row)
        self._let_go()  # nothing, and not later either
        calls = list(self._calls.values())
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def _now(self) -> datetime:
        """Real time, by the clock that all replicas share: leases of one mean to another what they say."""
        return datetime.now(UTC) + (self._ahead or timedelta())

    async def _round(self) -> float:
        """Settle and lease in one transaction, start the calls; seconds until it is worth looking again."""
        back, self._back = self._back, []
        want = 0
        if not self._stopping and await self._is_allowed():
            want = min(self._slots - len(self._calls) - len(self._line), 2 * self._limits.soon() - len(self._line))
        if not back and want <= 0:
            return min(self._poll, max(self._limits.soonest(), 0.005))
        try:
            leased = await self._transactions.run(lambda session: self._settle_and_lease(session, back, want))
        except BaseException:
            self._back = back + self._back
            raise
        for row in leased:
            self._stand_in_line(row)
        if leased:
            await self._is_allowed()  # still: to commit may have taken long
        self._let_go()
        return await self._pause(bool(leased))

    async def _is_allowed(self) -> bool:
        asked_at = time.monotonic()
        allowed = await self._may_send()
        self._allowed_at = asked_at if allowed else -inf
        return allowed

    async def _settle_and_lease(self, session: AsyncSession, back: list[tuple[Leased, Outcome]], want: int) -> list[Leased]:
        if back:
            now = self._clock.now()
            aftermath = await settle(session, now, back)
            if aftermath:
                await self._mend(session, now, aftermath)
        if self._stopping or want <= 0:
            return []
        if self._ahead is None:
            told = await outbox.clock(session)
            self._ahead = told - datetime.now(UTC) if told is not None else timedelta()
        busy = self._limits.full_chats() | self._calls.keys() | self._line.keys()
        spare = max(1, self._slots - _KEPT_FREE) - len(self._unasked)
        spare = min(spare, self._limits.soon() - len(self._line))
        return await outbox.lease(session, self._now(), want, busy, spare=spare, lasting=self._lease)

    async def _pause(self, leased: bool) -> float:
        soonest = self._limits.soonest()
        if leased or self._calls or self._line or self._back:
            return min(self._poll, max(soonest, 0.005))
        async with self._transactions.begin() as session:
            due = await outbox.next_due(session, self._now())
        seconds = (due - self._now()).total_seconds() if due is not None else self._poll
        return max(0.005, min(self._poll, seconds, soonest))

    def _stand_in_line(self, row: Leased) -> None:
        self._line[row.chat_id] = row
        if row.lane > outbox.ANSWERS:
            self._unasked.add(row.chat_id)

    def _let_go(self) -> None:
        """Whoever is first departs when the limits allow; nobody overtakes but those whose chat is free when another's is not.

        1. What waits for its chat goes back, and keeps its place there: an album that does not fit yet is not overtaken.
        2. A lease that ran out while everything stood still is somebody else's now.
        3. The line looks again when its first one may go; an answer that makes room looks, too.
        4. After a standstill another may have the turn, and know what must not be sent any more: everything goes back.
        """
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if time.monotonic() - self._allowed_at > _TRUSTED:
            for row in list(self._line.values()):
                self._send_back(row, 0.0)
        for row in sorted(self._line.values(), key=lambda row: (row.lane, row.id)):
            if row.until <= self._now():
                self._leave_line(row)
                continue
            wait = self._limits.wait_for_chat(row.chat_id, row.items)
            if wait > 0:
                wait = 1.0 if isinf(wait) else wait
                self._limits.hold(wait, row.chat_id)
                self._send_back(row, wait)
                continue
            wait = self._limits.wait_for_all(row.items)
            if row.lane > outbox.ANSWERS:
                wait = max(wait, self._limits.until_spare())
            if _LONGEST_IN_LINE < wait < inf:
                self._send_back(row, wait)
            elif wait > 0:
                if wait < inf:
                    self._next = asyncio.get_running_loop().call_later(wait, self._let_go)
                return
            else:
                del self._line[row.chat_id]
                ticket = self._limits.depart(row.chat_id, row.items)
                self._calls[row.chat_id] = asyncio.create_task(self._call(row, ticket), name=f"send {row.id}")

    def _leave_line(self, row: Leased) -> None:
        del self._line[row.chat_id]
        self._unasked.discard(row.chat_id)

    def _send_back(self, row: Leased, seconds: float) -> None:
        """It was not tried."""
        self._leave_line(row)
        self._come_back(row, PutOff(self._now() + timedelta(seconds=seconds), counted=False))

    def _come_back(self, row: Leased, outcome: Outcome) -> None:
        self._back.append((row, outcome))
        self._news.set()
        if len(self._back) >= self._slots:
            self._full.set()

    async def _call(self, row: Leased, ticket: Ticket) -> None:
        try:
            result = await self._telegram.call(row.method, row.payload, _CALL_SECONDS)
            outcome: Outcome = Sent(*_message_ids(result))
            self._unreachable = 0
        except RetryAfter as error:
            log.warning("told to wait", extra={"row": row.id, "chat": row.chat_id, "seconds": error.seconds})
            self._limits.told_to_wait(error.seconds, row.chat_id)
            outcome = PutOff(self._now() + timedelta(seconds=error.seconds), "told to wait", counted=False)
        except Later as error:
            outcome = self._later(row, error)
        except Never as error:
            outcome = _never(row, error)
            log.warning("refused for good", extra={"row": row.id, "chat": row.chat_id, "why": str(error)})
        except Exception as error:
            log.exception("a call failed", extra={"row": row.id})
            outcome = self._later(row, Later(type(error).__name__, sent_nothing=False))
        finally:
            self._limits.answered(ticket)
            self._calls.pop(row.chat_id, None)
            self._unasked.discard(row.chat_id)
        self._come_back(row, outcome)
        self._let_go()

    def _later(self, row: Leased, error: Later) -> PutOff:
        log.warning("to be tried again", extra={"row": row.id, "attempts": row.attempts, "why": str(error)})
        if error.sent_nothing:  # the way is blocked for every row alike
            self._unreachable += 1
            delay = min(self._first_delay * 2 ** min(self._unreachable // self._slots, 5), 30.0) * random.uniform(0.8, 1.2)
            self._limits.block(delay)
            return PutOff(self._now() + timedelta(seconds=delay), f"not sent: {error}", counted=False)
        delay = min(self._first_delay * 2 ** min(row.attempts - 1, 20), _LONGEST_DELAY) * random.uniform(0.8, 1.2)
        return PutOff(self._now() + timedelta(seconds=delay), f"{outbox.UNKNOWN}: {error}")


def _message_ids(result: Any) -> tuple[int | None, tuple[int, ...]]:
    """The message, and the rest of its album: the first one stands for all."""
    sent = result if isinstance(result, list) else [result]
    found = [message.get("message_id") for message in sent if isinstance(message, dict)]
    ids = [message_id for message_id in found if isinstance(message_id, int)]
    return (ids[0], tuple(ids[1:])) if ids else (None, ())


def _never(row: Leased, error: Never) -> Outcome:
    if error.moved_to is not None:
        return Moved(error.moved_to)
    why = Why.OTHER
    if error.reason is Reason.MESSAGE_GONE:
        why = Why.MESSAGE_GONE if row.is_edit else Why.OTHER
    elif error.reason is Reason.TOO_OLD:
        why = Why.TOO_OLD
    elif row.chat_id > 0 and error.reason in _PERSON_GONE:
        why = Why.PERSON_GONE
    elif row.chat_id < 0 and error.reason in _GROUP_GONE:
        why = Why.GROUP_GONE
    elif row.chat_id < 0 and error.reason is Reason.NO_RIGHTS:
        why = Why.NO_RIGHTS
    return Refused(why, str(error))
