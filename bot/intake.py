"""Intake: has each update handled in a transaction of its own, however it came.

raw → readable? → dispatcher (middleware commits) → whoever brought it may acknowledge it
unreadable       stored raw, skipped
handler failed   stored raw with an apology, skipped
cannot be stored logged, skipped
database down    nothing is acknowledged; it comes again, and what was committed changes nothing

Updates are asked for (`bot/polling.py`) or brought (`bot/webhook.py`). One person's wait in a line: they are handled one at a
time, in the order they came; different people's side by side where the database can. Where transactions come one after the
other, a few updates that wait in a row share a commit: each is a savepoint that fails alone, all are committed before anything
of them is told or acknowledged, and nothing of it reads from the network.
"""

import asyncio
import hashlib
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery, Update
from aiogram.types import Message as TelegramMessage
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.logs import where
from bot.middleware import NOBODY, Handled
from bot.telegram import Telegram
from bot.toasts import Toasts
from bot.transactions import Transactions, is_down
from bot.vitals import Vitals
from storage import updates

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that are asked for."""
_AT_ONCE = 8  # people served at a time
_TOGETHER, _TOGETHER_SECONDS = 8, 0.05  # updates that share a commit, and how long nobody else commits
_GIVE_UP = 20  # redeliveries of an update that seems to bring the database down
_GIVING_UP = 0.5  # seconds for what is cancelled to end
_FORGET_SECONDS = 3600.0
_STRANGE_BYTES = 64 * 1024
_ANSWER = text("SELECT 1")


class DatabaseDown(Exception):
    """Nothing can be stored, so nothing may be acknowledged."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An update that waits for its turn, and whoever waits for it."""

    raw: dict[str, Any]
    done: asyncio.Future[None]


Line = deque[Place]
Apologise = Callable[[AsyncSession, datetime, int, int, str], Awaitable[None]]
"""Takes who did what failed, the chat it was done in, and what was said."""


class Intake:
    def __init__(
        self,
        transactions: Transactions,
        telegram: Telegram,
        dispatcher: Dispatcher,
        bot: Bot,
        clock: Clock,
        apologise: Apologise,
        committed: Callable[[], None],
        *,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals or Vitals()
        self._transactions = transactions
        self._dispatcher = dispatcher
        self._bot = bot
        self._clock = clock
        self._apologise = apologise
        self._committed = committed
        self._lines: dict[int, Line] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._toasts = Toasts(telegram)
        self._losses: Counter[int] = Counter()
        self._forget_at = 0.0

    async def take(self, batch: Iterable[dict[str, Any]]) -> None:
        """Handle raw updates that came together; return when all that came of them is committed.

        Raises:
            DatabaseDown: some may be committed, none may be acknowledged.
        """
        outcomes = await asyncio.gather(*[self._line_up(raw) for raw in batch], return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def keep_strange(self, body: bytes) -> None:
        """Store what was brought as an update and is none; brought again, it is the same one.

        Raises:
            DatabaseDown
        """
        number = -int.from_bytes(hashlib.blake2b(body, digest_size=6).digest())  # no update of Telegram's has it
        log.warning("no update at all", extra={"update": number, "bytes": len(body)})
        text = body[:_STRANGE_BYTES].decode("utf-8", "replace")
        begun = time.monotonic()
        await self._store(_without_nul({"update_id": number, "body": text}), "unreadable", "no update")
        self._vitals.handled("unreadable", time.monotonic() - begun)

    async def stop(self, patience: float) -> None:
        """Finish what is in hand, as far as patience reaches; what is given up is undone, and comes again."""
        if self._serving:
            _, late = await asyncio.wait(self._serving, timeout=patience)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_GIVING_UP)
        await self.all_told(patience)

    async def all_told(self, patience: float) -> None:
        """Whoever tapped has their answer, as far as patience reaches."""
        await self._toasts.all_told(patience)

    async def forget(self) -> None:
        """From time to time, a few of the numbers that cannot come again."""
        if time.monotonic() < self._forget_at:
            return
        more = False
        try:
            more = await self._transactions.run(lambda session: updates.forget(session, self._clock.now()))
        except Exception as error:  # there is always another time
            log.warning("old updates are not forgotten", extra={"error": where(error)})
        self._forget_at = time.monotonic() + (0.0 if more else _FORGET_SECONDS)

    def _line_up(self, raw: dict[str, Any]) -> asyncio.Future[None]:
        """Behind whatever else of the same person waits; done when it is committed."""
        place = Place(raw, asyncio.get_running_loop().create_future())
        whose = 0 if self._transactions.one_at_a_time else _whose(raw)
        line = self._lines.get(whose)
        if line is None:
            line = self._lines[whose] = deque()
            task = asyncio.create_task(self._serve(whose, line), name="updates")
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        line.append(place)
        return place.done

    async def _serve(self, whose: int, line: Line) -> None:
        """Until nothing waits; when the database is down nobody overtakes: all that waits in the line comes again."""
        try:
            while line:
                async with self._slots:
                    if self._transactions.one_at_a_time and len(line) > 1:
                        await self._some(line)
                    else:
                        await self._one(line)
        except DatabaseDown as error:
            _give_up(line, str(error))
        finally:
            _give_up(line, "stopped")
            del self._lines[whose]

    async def _one(self, line: Line) -> None:
        place = line.popleft()
        begun = time.monotonic()
        try:
            handled = await self._handle(place.raw)
        except BaseException:
            line.appendleft(place)
            raise
        self._note(place.raw, handled, time.monotonic() - begun)
        await self._conclude(place, handled)

    async def _some(self, line: Line) -> None:
        """The first few in one commit, for a moment at most: others wait for their turn."""
        some: list[tuple[Place, float, Handled | None]] = []
        until = time.monotonic() + _TOGETHER_SECONDS
        in_hand: list[Place] = []
        try:
            async with self._transactions.together():
                while line and len(some) < _TOGETHER and (begun := time.monotonic()) < until:
                    in_hand.append(line.popleft())
                    some.append((in_hand[-1], begun, await self._handle(in_hand[-1].raw)))
        except BaseException as error:
            line.extendleft(reversed(in_hand))
            if isinstance(error, DatabaseDown) or not isinstance(error, Exception):
                raise
            raise DatabaseDown(where(error)) from error
        committed = time.monotonic()
        for place, begun, handled in some:
            self._note(place.raw, handled, committed - begun)
            await self._conclude(place, handled)

    async def _conclude(self, place: Place, handled: Handled | None) -> None:
        """It is committed: whoever brought it may acknowledge it, the sender may send, and whoever tapped is answered."""
        self._losses.pop(int(place.raw["update_id"]), None)
        if not place.done.done():
            place.done.set_result(None)
        if handled is None:
            return
        self._committed()
        if handled.query_id is not None:
            await self._toasts.answer(handled.query_id, handled.toast)

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
        """Store an update that could not be handled, so that it can be run again, and apologise, once, to whoever sent it."""
        now = self._clock.now()
        again = await updates.is_run_again(session, int(raw["update_id"]))
        if not await updates.see(session, now, int(raw["update_id"]), outcome=outcome, raw=raw, error=error):
            return
        event = _event(update) if update is not None and not again else None
        user = event.from_user if event is not None else None
        if event is None or user is None or user.is_bot:
            return
        chat_id = event.chat.id if isinstance(event, TelegramMessage) else user.id
        said = (event.text or event.caption or "") if isinstance(event, TelegramMessage) else ""
        await self._apologise(session, now, user.id, chat_id, said)


def _event(update: Update) -> TelegramMessage | CallbackQuery | None:
    """What somebody did."""
    return update.message or update.edited_message or update.callback_query


def _give_up(line: Line, why: str) -> None:
    while line:
        place = line.popleft()
        if not place.done.done():
            place.done.set_exception(DatabaseDown(why))


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
