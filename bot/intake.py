"""Intake: asks Telegram for updates, has each handled in a transaction of its own, and only then acknowledges them.

getUpdates → one by one: readable? → dispatcher (middleware commits) → the next offset acknowledges the batch
unreadable       stored raw, skipped
handler failed   stored raw with an apology, skipped
cannot be stored logged, skipped
database down    nothing is acknowledged; the batch comes again, and what was committed changes nothing

Where transactions come one after the other, a few updates that wait in a row share a commit: each is a savepoint that fails
alone, all are committed before anything of them is told or acknowledged, and nothing of it reads from the network.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from html import escape
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from actions import telling
from bot.clock import Clock
from bot.logs import where
from bot.middleware import NOBODY, Handled
from bot.telegram import ApiError, Later, Never, Reason, RetryAfter, Telegram
from bot.transactions import Transactions, is_down
from bot.vitals import Part, Vitals
from storage import updates
from storage.models import Person
from storage.people import DEFAULT_LOCALE
from words.messages import Message, Toast

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
_AT_ONCE = 8  # people served at a time
_TOGETHER, _TOGETHER_SECONDS = 8, 0.05  # updates that share a commit, and how long nobody else commits
_TOASTS = 16  # answers to taps under way
_GIVE_UP = 20  # redeliveries of an update that seems to bring the database down
_LONGEST_PAUSE = 30.0
_FORGET_SECONDS = 3600.0
_ANSWER = text("SELECT 1")


class DatabaseDown(Exception):
    """Nothing can be stored, so nothing may be acknowledged."""


class Intake:
    def __init__(
        self,
        transactions: Transactions,
        telegram: Telegram,
        dispatcher: Dispatcher,
        bot: Bot,
        clock: Clock,
        apology: Callable[[str], str],
        committed: Callable[[], None],
        *,
        poll_seconds: int = 25,
        may_poll: Callable[[], Awaitable[bool]] | None = None,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals or Vitals()
        self._transactions = transactions
        self._telegram = telegram
        self._dispatcher = dispatcher
        self._bot = bot
        self._clock = clock
        self._apology = apology
        self._committed = committed
        self._poll_seconds = poll_seconds
        self._may_poll = may_poll
        self._offset = 0
        self._toasts: set[asyncio.Task[None]] = set()
        self._losses: Counter[int] = Counter()
        self._forget_at = 0.0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`; the batch in hand is finished, its toasts are answered, and it is acknowledged."""
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    if self._may_poll is not None and not await self._may_poll():
                        return
                    await self._round()
                    self._vitals.beat(Part.EXCHANGE)
                    failures = 0
                    continue
                except DatabaseDown as error:
                    pause = _growing(failures)
                    log.error("the database is down, nothing is acknowledged", extra={"why": str(error), "pause": pause})
                except RetryAfter as error:
                    pause = error.seconds
                except ApiError as error:
                    pause = self._pause_after(error, failures)
                failures += 1
                await self._sleep(pause)
        finally:
            await self._finish()

    def stop(self) -> None:
        self._stopping.set()

    async def take(self, batch: Iterable[dict[str, Any]]) -> None:
        """Handle raw updates: one person's in their order, different people's side by side where the database can.

        Raises:
            DatabaseDown: some may be committed, none may be acknowledged.
        """
        queues: dict[int, deque[dict[str, Any]]] = defaultdict(deque)
        for raw in batch:
            queues[0 if self._transactions.one_at_a_time else _whose(raw)].append(raw)
        slots = asyncio.Semaphore(_AT_ONCE)

        async def serve(queue: deque[dict[str, Any]]) -> None:
            async with slots:
                while queue:
                    if self._transactions.one_at_a_time and len(queue) > 1:
                        await self._some(queue)
                    else:
                        await self._one(queue.popleft())

        outcomes = await asyncio.gather(*map(serve, queues.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _round(self) -> None:
        asked = {"offset": self._offset, "timeout": self._poll_seconds, "limit": 100, "allowed_updates": ALLOWED}
        poll = asyncio.create_task(self._telegram.call("getUpdates", asked, self._poll_seconds + 10.0))
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({poll, stopped}, return_when=asyncio.FIRST_COMPLETED)
            batch = _batch(poll.result()) if poll.done() else []
        finally:
            poll.cancel()
            stopped.cancel()
        if batch:
            await self.take(batch)
            self._offset = max(raw["update_id"] for raw in batch) + 1
            self._losses.clear()
        else:
            self._offset = 0  # all is acknowledged; after a quiet week Telegram's numbers may begin lower
        await self._forget()

    async def _forget(self) -> None:
        """From time to time, a few of the numbers that cannot come again."""
        if time.monotonic() < self._forget_at:
            return
        more = False
        try:
            more = await self._transactions.run(lambda session: updates.forget(session, self._clock.now()))
        except Exception as error:  # there is always another time
            log.warning("old updates are not forgotten", extra={"error": where(error)})
        self._forget_at = time.monotonic() + (0.0 if more else _FORGET_SECONDS)

    async def _one(self, raw: dict[str, Any]) -> None:
        begun = time.monotonic()
        handled = await self._handle(raw)
        self._note(raw, handled, time.monotonic() - begun)
        if handled is not None:
            await self._tell(handled)

    async def _some(self, queue: deque[dict[str, Any]]) -> None:
        """The first few in one commit, for a moment at most: others wait for their turn."""
        some: list[tuple[dict[str, Any], float, Handled | None]] = []
        until = time.monotonic() + _TOGETHER_SECONDS
        try:
            async with self._transactions.together():
                while queue and len(some) < _TOGETHER and (begun := time.monotonic()) < until:
                    raw = queue.popleft()
                    some.append((raw, begun, await self._handle(raw)))
        except DatabaseDown:
            raise
        except Exception as error:
            raise DatabaseDown(where(error)) from error
        committed = time.monotonic()
        for raw, begun, handled in some:
            self._note(raw, handled, committed - begun)
            if handled is not None:
                await self._tell(handled)

    def _note(self, raw: dict[str, Any], handled: Handled | None, seconds: float) -> None:
        """It is committed: what came of it, and how long it took."""
        outcome = handled.outcome if handled is not None else "unreadable"
        self._vitals.handled(outcome, seconds)
        person = max(_whose(raw), 0) or None
        milliseconds = round(seconds * 1000, 1)
        log.info("handled", extra={"update": raw["update_id"], "person": person, "outcome": outcome, "ms": milliseconds})

    async def _handle(self, raw: dict[str, Any]) -> Handled | None:
        """What came of an update; None when it could not be read."""
        update_id = int(raw["update_id"])
        raw = _without_nul(raw)
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            log.warning("unreadable update", extra={"update": update_id, "problems": error.error_count()})
            await self._store(raw, "unreadable", f"{error.error_count()} problems")
            return None
        try:
            handled = await self._feed(update)
        except DatabaseDown:
            raise
        except Exception as error:
            log.error("update failed", extra={"update": update_id, "error": where(error)})
            await self._store(raw, "failed", where(error), update)
            handled = Handled("failed", update.callback_query.id if update.callback_query else None)
        return handled if isinstance(handled, Handled) else Handled("done")

    async def _feed(self, update: Update) -> Any:
        """Have it handled; one for which the database is down every time is tried once more when the database surely answers.

        Raises:
            DatabaseDown; and whatever the handler raised.
        """
        try:
            return await self._dispatcher.feed_update(self._bot, update)
        except Exception as error:
            if not is_down(error):
                raise
            self._losses[update.update_id] += 1
            if self._losses[update.update_id] < _GIVE_UP:
                raise DatabaseDown(where(error)) from error
        try:
            await self._transactions.run(lambda session: session.execute(_ANSWER))
        except Exception as error:
            raise DatabaseDown(where(error)) from error
        return await self._dispatcher.feed_update(self._bot, update)

    async def _tell(self, handled: Handled) -> None:
        """It is committed: the sender may send, and whoever tapped is answered."""
        self._committed()
        if handled.query_id is not None:
            await self._answer(handled.query_id, handled.toast)

    async def _store(self, raw: dict[str, Any], outcome: str, problem: str, update: Update | None = None) -> None:
        """Keep what could not be handled, if need be without an apology; what cannot be kept either must not stop the others.

        Raises:
            DatabaseDown
        """
        for told in (update, None):
            try:
                await self._transactions.run(lambda session, told=told: self._keep(session, raw, outcome, problem, told))  # type: ignore[misc]
            except Exception as error:
                if is_down(error):
                    raise DatabaseDown(where(error)) from error
                log.error("an update cannot be kept", extra={"update": raw["update_id"], "error": where(error)})
            else:
                return

    async def _keep(
        self, session: AsyncSession, raw: dict[str, Any], outcome: str, error: str, update: Update | None = None
    ) -> None:
        """Store an update that could not be handled, so that it can be run again, and apologise to whoever sent it."""
        now = self._clock.now()
        if not await updates.see(session, now, int(raw["update_id"]), outcome=outcome, raw=raw, error=error):
            return
        event = (update.message or update.callback_query) if update is not None else None
        user = event.from_user if event is not None else None
        if user is None or user.is_bot:
            return
        person = await session.get(Person, user.id)
        chat = event.chat if update is not None and (event := update.message) is not None else None
        chat_id = chat.id if chat is not None else user.id
        if chat_id < 0:  # a group need not read of it
            chat_id = user.id
            if person is None or not person.can_be_written:
                return
        locale = person.locale if person is not None else DEFAULT_LOCALE
        await telling.post(session, now, chat_id, Message(escape(self._apology(locale), quote=False)))

    async def _answer(self, query_id: str, toast: Toast) -> None:
        while len(self._toasts) >= _TOASTS:
            await asyncio.wait(self._toasts, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._toast(query_id, toast))
        self._toasts.add(task)
        task.add_done_callback(self._toasts.discard)

    async def _toast(self, query_id: str, toast: Toast) -> None:
        """A tap expires within minutes: its answer is tried a few times, then forgotten."""
        for attempt in range(3):
            try:
                await self._telegram.call("answerCallbackQuery", toast.payload(query_id), timeout=10.0)
                return
            except Never as error:
                log.warning("toast refused", extra={"why": str(error)})
                return
            except RetryAfter as error:
                await asyncio.sleep(min(error.seconds, 5.0))
            except Later:
                await asyncio.sleep(0.2 * 2**attempt)

    async def _finish(self) -> None:
        if self._toasts:
            _, late = await asyncio.wait(self._toasts, timeout=5.0)
            for task in late:
                task.cancel()
        if self._offset:
            with suppress(ApiError):  # then they come again and change nothing
                await self._telegram.call("getUpdates", {"offset": self._offset, "timeout": 0, "limit": 1}, timeout=2.0)

    def _pause_after(self, error: ApiError, failures: int) -> float:
        if isinstance(error, Never) and error.reason is Reason.CONFLICT:
            log.warning("somebody else asks for this bot's updates", extra={"why": str(error)})
            return 5.0
        if not isinstance(error, Later):
            log.error("getUpdates refused", extra={"why": str(error)})
            return _LONGEST_PAUSE
        log.warning("Telegram not reachable", extra={"why": str(error)})
        return _growing(failures)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _growing(failures: int) -> float:
    return float(min(0.5 * 2 ** min(failures, 10), _LONGEST_PAUSE))


def _batch(answer: Any) -> list[dict[str, Any]]:
    """Telegram's answer to getUpdates.

    Raises:
        Later: it is none.
    """
    if isinstance(answer, list) and all(isinstance(raw, dict) and isinstance(raw.get("update_id"), int) for raw in answer):
        return answer
    raise Later("getUpdates: no list of updates", sent_nothing=True)


def _without_nul(raw: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL's texts hold no NUL, and nobody means one."""
    return _cleaned(raw) if "\\x00" in repr(raw) else raw


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value


def _whose(raw: dict[str, Any]) -> int:
    """Who sent a raw update: their updates stay in order. One that tells of nobody is its own."""
    for part in raw.values():
        if isinstance(part, dict):
            for key in ("from", "chat"):
                who = part.get(key)
                if isinstance(who, dict) and isinstance(who.get("id"), int) and who["id"] not in NOBODY:
                    return int(who["id"])
    return -int(raw["update_id"])
