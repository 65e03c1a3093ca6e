"""One update, one transaction: seen already? → the person's row, locked → savepoint: the handler → its answer → commit."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import TextIOBase
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.middlewares.user_context import EventContext
from aiogram.types import Chat, TelegramObject, Update, User
from aiogram.types import Message as TelegramMessage
from sqlalchemy.ext.asyncio import AsyncSession

from actions import mending, telling
from actions.town import Town
from bot.clock import Clock
from bot.pace import Pacing
from bot.present import Present
from bot.transactions import Transactions
from rules.errors import Refusal
from storage import chats, updates
from storage.models import Person
from storage.people import Sender, load_and_lock
from storage.questions import get
from storage.savepoint import keep_since, set_savepoint, undo_since
from words import talk
from words.messages import Answer, Message, Toast

log = logging.getLogger(__name__)

NOBODY = frozenset({1087968824, 136817688, 777000})  # anonymous admins, channels, Telegram itself
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
NO_WORDS = Toast()
_PRESENT = frozenset({"member", "administrator", "creator"})


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of an update, and what is still owed to whoever tapped."""

    outcome: str  # done, refused, ignored, seen
    query_id: str | None = None
    toast: Toast = NO_WORDS


class OneTransaction(BaseMiddleware):
    """Outer middleware of the dispatcher's updates."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        present: Present,
        refused: Callable[[Refusal, Person | None], Toast],
        trace: TextIOBase | None = None,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._present = present
        self._refused = refused
        self._trace = trace
        self._pacing = Pacing()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Handled:
        assert isinstance(event, Update)
        town = self._present.town  # the same from beginning to end, however often it is tried
        handled = await self._transactions.run(lambda session: self._handle(session, handler, event, {**data, "town": town}))
        self._transactions.when_committed(lambda: self._note(event.update_id))
        return handled

    def _note(self, update_id: int) -> None:
        if self._trace is not None:
            self._trace.write(f'{{"update": {update_id}, "committed_mono_ms": {time.monotonic() * 1000:.3f}}}\n')
            self._trace.flush()

    async def _handle(self, session: AsyncSession, handler: Handler, event: Update, data: dict[str, Any]) -> Handled:
        context: EventContext = data["event_context"]
        now = self._clock.now()
        query_id = event.callback_query.id if event.callback_query else None
        if not await updates.see(session, now, event.update_id):
            return Handled("seen", query_id)
        person, is_new = await _person(session, now, event, context)
        plea = person is not None and await self._pacing.heard(session, event, person, data["town"].policy.messages_a_minute)
        await _move_chat(session, now, data["town"], event)
        data |= {"session": session, "now": now, "person": person, "user": context.user}
        await set_savepoint(session)
        try:
            answer = await handler(event, data)
            outcome = "done"
        except Refusal as refusal:
            await undo_since(session)
            person = await get(session, Person, person.id) if person is not None else None
            toast = self._refused(refusal, person)
            answer = toast if query_id else Message(escape(toast.text, quote=False), pressing=refusal.loses_words)
            outcome = "refused"
        else:
            await keep_since(session)
            if answer is UNHANDLED:
                answer, outcome = None, "ignored"
                if is_new and person is not None and not person.can_be_written:
                    await session.delete(person)  # somebody who talks in a group: only who does something is kept
        await _seat_changed(session, event)
        quiet = person is not None and person.is_flooding and query_id is None
        toast = await _say(session, now, context, answer, event, quiet=quiet)
        if plea and person is not None:
            await telling.post(session, now, person.id, talk.plea(person.locale))
        if outcome != "done":
            await updates.conclude(session, event.update_id, outcome)
        return Handled(outcome, query_id, toast)


async def _person(session: AsyncSession, now: datetime, event: Update, context: EventContext) -> tuple[Person | None, bool]:
    """Who it comes from, and whether they were never heard of."""
    user, chat = context.user, context.chat
    if user is None or user.is_bot or user.id in NOBODY or (event.message is not None and event.message.sender_chat):
        return None, False
    blocked = event.my_chat_member is not None and event.my_chat_member.new_chat_member.status == "kicked"
    private = chat is None or chat.type == "private"
    sender = _sender(user, writes_privately=private and not blocked and chat is not None)
    person, is_new = await load_and_lock(session, now, sender)
    if blocked and private and person.unreachable_at is None:
        person.unreachable_at = now
        await session.flush()
    return person, is_new


def _sender(user: User, *, writes_privately: bool) -> Sender:
    return Sender(user.id, user.full_name, user.username, user.language_code, writes_privately)


async def _move_chat(session: AsyncSession, now: datetime, town: Town, event: Update) -> None:
    """A group that becomes a supergroup says so twice, once under each id."""
    message = event.message
    if message is not None and message.migrate_to_chat_id is not None:
        await mending.follow(session, now, town, message.chat.id, message.migrate_to_chat_id)
    elif message is not None and message.migrate_from_chat_id is not None:
        await mending.follow(session, now, town, message.migrate_from_chat_id, message.chat.id)


async def _seat_changed(session: AsyncSession, event: Update) -> None:
    """Whatever the handler made of it: what was parked for a group goes out once the bot may write there again."""
    seat = event.my_chat_member
    if seat is None or seat.chat.type == "private":
        return
    member = seat.new_chat_member
    if member.status in _PRESENT or getattr(member, "can_send_messages", False):
        await chats.can_post_again(session, seat.chat.id)
    else:
        await chats.cannot_post(session, seat.chat.id, "no_rights" if member.status == "restricted" else "left")


async def _say(
    session: AsyncSession, now: datetime, context: EventContext, answer: Answer, event: Update, *, quiet: bool
) -> Toast:
    """Queue the messages for the chat that the update came from; the toast is for after the commit.

    `quiet`: only what must be said whatever happens.
    """
    toast = NO_WORDS
    tapped = event.callback_query
    parts: Sequence[Message | Toast] = [] if answer is None else [answer] if isinstance(answer, Message | Toast) else answer
    for part in parts:
        if isinstance(part, Toast) and tapped is not None:
            toast = part
            continue
        message = Message(escape(part.text, quote=False)) if isinstance(part, Toast) else part
        chat_id = _chat_id(context.chat, context.user)
        if chat_id is None or (quiet and chat_id > 0 and not message.pressing):
            continue
        if message.instead and tapped is not None and isinstance(tapped.message, TelegramMessage):
            await telling.rewrite(session, now, chat_id, tapped.message.message_id, message)
        else:
            await telling.post(session, now, chat_id, message)
    return toast


def _chat_id(chat: Chat | None, user: User | None) -> int | None:
    if chat is not None:
        return chat.id
    return user.id if user is not None else None
