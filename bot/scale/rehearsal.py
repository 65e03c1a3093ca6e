"""The bot on one database without a Telegram: updates are handed to it, and what it would send counts as delivered."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters.callback_data import CallbackData
from aiogram.types import Update
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from bot.composition import App
from bot.present import Present
from bot.settings import Settings
from bot.ticks import Do, Errand, Ticks, Work
from bot.town_files import TownFiles
from bot.transactions import Transactions
from storage import deliveries, outbox
from storage.deliveries import Sent

BOT = 7000001
ADMINS = tuple(range(101, 106))
_ROWS = 20  # delivered at a time, as many as the sender has calls in flight and a few more


class NotDone(Exception):
    """An update was refused; the message says which."""


class HeldClock(SystemClock):
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


class Rehearsal:
    """People write and tap, time passes, messages arrive: all of it when the caller says so, one after the other."""

    def __init__(self, app: App, clock: HeldClock, present: Present, dispatcher: Dispatcher, bot: Bot, first: int) -> None:
        self.present = present
        self.clock = clock
        self._app = app
        self._dispatcher = dispatcher
        self._bot = bot
        self._numbers = count(first)

    @property
    def engine(self) -> AsyncEngine:
        return self._app.engine

    @property
    def transactions(self) -> Transactions:
        return self._app.transactions

    def said(self, person: int, text: str, chat: int | None = None) -> Update:
        """Somebody's message, as Telegram brings it."""
        return self._update("message", {**self._message(chat or person), "from": _user(person), "text": text})

    def tapped(self, person: int, tap: CallbackData, chat: int | None = None) -> Update:
        query = {"id": "1", "from": _user(person), "chat_instance": "1", "data": tap.pack()}
        return self._update("callback_query", {**query, "message": self._message(chat or person)})

    async def handle(self, update: Update) -> None:
        """From the update to its commit.

        Raises:
            NotDone: it was refused, or seen before.
        """
        handled = await self._dispatcher.feed_update(self._bot, update)
        if handled.outcome not in ("done", "ignored"):
            raise NotDone(f"{update.event_type}: {handled.outcome}")

    async def say(self, person: int, text: str, chat: int | None = None) -> None:
        await self.handle(self.said(person, text, chat))

    async def tap(self, person: int, tap: CallbackData, chat: int | None = None) -> None:
        await self.handle(self.tapped(person, tap, chat))

    def ticks(self, works: Sequence[Work | Errand | Do]) -> Ticks:
        return Ticks(self.transactions, self.clock, self.present, works, lambda: None)

    async def deliver(self) -> int:
        """The sender's transactions, until nothing waits; how many messages arrived."""
        arrived = 0
        rows: list[tuple[outbox.Leased, deliveries.Outcome]] = []
        while True:
            back, settled = rows, self.clock.now()
            leased = await self.transactions.run(lambda session: self._round(session, settled, back))  # noqa: B023
            if not leased:
                return arrived
            arrived += len(leased)
            rows = [(row, Sent(None if row.is_edit else next(self._numbers))) for row in leased]

    async def _round(self, session: Any, now: datetime, back: Sequence[Any]) -> list[outbox.Leased]:
        if back:
            await deliveries.settle(session, now, back)
        return await outbox.lease(session, datetime.now(UTC), _ROWS)

    def _message(self, chat: int) -> dict[str, Any]:
        kind = {"type": "private", "first_name": "王"} if chat > 0 else {"type": "supergroup", "title": "志愿者"}
        return {"message_id": next(self._numbers), "date": int(self.clock.now().timestamp()), "chat": {"id": chat, **kind}}

    def _update(self, kind: str, event: dict[str, Any]) -> Update:
        return Update.model_validate({"update_id": next(self._numbers), kind: event}, context={"bot": self._bot})


def _user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": f"居民{person % 1000}", "language_code": "zh-hans"}


@asynccontextmanager
async def rehearsal(url: str, files: TownFiles, now: datetime, first: int = 1) -> AsyncIterator[Rehearsal]:
    """Open it on a database that has its tables; areas, admins and appointments are made as by a start of the bot.

    `first` is where the numbers of updates and messages begin.
    """
    # Not by their usual way: what the environment says is meant for another bot.
    settings = Settings.model_construct(
        database_url=SecretStr(url), bot_token=SecretStr(f"{BOT}:without-a-telegram"), admins=frozenset(ADMINS)
    )
    app = App(settings, files=files)
    try:
        app.clock = clock = HeldClock(now)
        present = await app.prepare(files, "wishlight_bot")
        dispatcher, bot = app.dispatcher(present, BOT)
        yield Rehearsal(app, clock, present, dispatcher, bot, first)
    finally:
        await app.stop()
