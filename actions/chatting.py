"""What tells of no matter is answered kindly and filed nowhere; a button says that it was one after all.

The answer replies to the message, so the tap brings its words along and nothing of them is kept meanwhile.
"""

from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from actions.drafts import Said
from nlp.idle import Idle
from rules.lifecycle import State
from storage import outbox
from storage.models import Person, Wish
from words import chat
from words.messages import Message

QUIET = timedelta(minutes=1)
"""A row of stickers or greetings is answered once in so long a time."""
EDITABLE = timedelta(hours=48)
"""Telegram lets people edit what they wrote so long."""
AT_MOST = 5
"""Answers in a row to another language: each message may be a need, and each answer has its button."""


def is_beside(idle: Idle, latest: Wish | None) -> bool:
    """Whether it is answered by itself: a draft in hand takes what may be a part of it, a house number or a link."""
    return latest is None or latest.state is not State.DRAFT or idle.value in chat.OPENED


async def answer(
    session: AsyncSession, now: datetime, person: Person, latest: Wish | None, idle: Idle, said: Said
) -> Message | None:
    """A kind answer that knows what still waits for this person; None when the row of such messages was answered."""
    thanks = (State.DELIVERED,) if idle is Idle.SMALL_TALK else ()
    if latest is not None and latest.state in (State.DRAFT, *thanks):
        made = chat.idle_beside(person.locale, idle, latest.id, latest.state, said.message_id)
    else:
        made = chat.idle(person.locale, idle, said.message_id)
    return await _unless_said(session, now, person, made, AT_MOST if idle is Idle.FOREIGN else 1)


async def cannot_read(session: AsyncSession, now: datetime, person: Person) -> Message | None:
    """A sticker, a poll, a game: what can be sent instead."""
    return await _unless_said(session, now, person, chat.cannot_read(person.locale), 1)


async def number_for_nothing(session: AsyncSession, now: datetime, person: Person) -> Message | None:
    """A phone number that no wish is waiting for."""
    return await _unless_said(session, now, person, chat.number_for_nothing(person.locale), 1)


async def was_answered(session: AsyncSession, now: datetime, person: Person, message_id: int) -> bool:
    """Whether a message was only answered: by itself, or with the row that was the last thing spoken of."""
    if await outbox.replied_to(session, person.id, message_id):
        return True
    told = await outbox.texts_since(session, person.id, now - EDITABLE, 1)
    return bool(told) and told[0] in chat.answers(person.locale)


async def _unless_said(session: AsyncSession, now: datetime, person: Person, made: Message, at_most: int) -> Message | None:
    told = await outbox.texts_since(session, person.id, now - QUIET, AT_MOST)
    row = list(takewhile(chat.answers(person.locale).__contains__, told))
    calm = chat.calm_answers(person.locale)
    if made.text in calm:
        return made if calm.isdisjoint(row) else None
    return made if row.count(made.text) < at_most else None
