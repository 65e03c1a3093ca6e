"""Whatever a person writes in private that is no command: an answer to what they were asked, or a wish in their own words."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.types import Message as Update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import answering, asking, asking_back, chatting, contacts, correcting, delivering, hearing, reviewing
from actions.drafts import Said
from actions.town import Town
from rules.errors import Refusal
from storage.models import Person
from words import chat, talk
from words.buttons import DoubtTap, RecordTap
from words.messages import Answer, Message, Toast

P = ParamSpec("P")
MEDIA = ("photo", "voice", "video", "document")

NOT_SAID = F.pinned_message | F.message_auto_delete_timer_changed | F.write_access_allowed | F.chat_background_set
"""What Telegram itself tells of a chat."""


def make_router() -> Router:
    router = Router(name="writing")
    private = F.chat.type == "private"
    router.message.register(losing_words(shared_contact), private, F.contact)
    router.message.register(losing_words(words), private, F.text | F.photo | F.voice | F.video | F.document | F.location)
    router.message.register(something_else, private, ~NOT_SAID)
    router.callback_query.register(record, RecordTap.filter(), F.message.chat.type == "private")
    router.callback_query.register(doubt, DoubtTap.filter(), F.message.chat.type == "private")
    router.edited_message.register(losing_words(edited), private, F.text | F.photo | F.voice | F.video | F.document)
    return router


def losing_words(handler: Callable[P, Awaitable[Answer]]) -> Callable[P, Awaitable[Answer]]:
    """Who is refused here has written what nobody keeps."""

    @wraps(handler)
    async def told(*args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return await handler(*args, **kwargs)
        except Refusal as refusal:
            refusal.loses_words = True
            raise

    return told


def said(message: Update) -> Said:
    """What a message says, whatever it is made of."""
    text = message.text or message.caption or ""
    media = next((kind for kind in MEDIA if getattr(message, kind)), None)
    file_id = None
    if message.photo:
        file_id = message.photo[-1].file_id
    elif media is not None:
        file_id = getattr(message, media).file_id
    if message.location is not None:
        media, text = "location", f"📍 {message.location.latitude:.5f}, {message.location.longitude:.5f}"
    return Said(message.message_id, text, media, file_id, message.media_group_id)


async def words(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    """What they say, and what has to be asked back about it."""
    if message.animation is not None and not message.caption:  # Telegram calls it a document as well
        return await chatting.cannot_read(session, now, person)
    heard = said(message)
    answer = await _hear(message, session, now, town, person, heard)
    question = await asking_back.ask(session, now, town, person, heard)
    return answer if question is None else question if answer is None else (answer, question)


async def _hear(
    message: Update, session: AsyncSession, now: datetime, town: Town, person: Person, heard: Said
) -> Message | None:
    """A cry for help, the rest of an album, an answer, a reply to a card, or a wish."""
    asked = asking.asked(person, now)
    if asked is not None and asked[0] in _ANSWERS and not await answering.answerable(session, person, *asked):
        asking.forget(person)
        asked = None
    if (asked is None or asked[0] not in _DO_NOT_CRY) and await hearing.cry(session, now, town, person, heard):
        return None
    danger = town.reader.is_yes(heard.text) if asked is not None and asked[0] == asking.DANGER else None
    if asked is not None and danger is not None:
        line, answer = asked[1], heard.message_id
        return await asking_back.answered(session, now, town, person, line, answer, danger=danger)
    about = await delivering.goes_on(session, person, heard)
    if about is not None:
        return await _more(session, now, town, person, about, heard)
    if asked is not None and asked[0] in _ANSWERS:
        return await _ANSWERS[asked[0]](session, now, town, person, asked[1], heard)
    if message.reply_to_message is not None:
        about = await delivering.addressed(session, person, message.reply_to_message.message_id)
        if about is not None:
            return await _more(session, now, town, person, about, heard)
    return await hearing.or_anew(session, now, town, person, heard, hearing.write(session, now, town, person, heard))


async def _more(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    added = delivering.add(session, now, town, person, about, heard)
    return await hearing.or_anew(session, now, town, person, heard, added)


async def shared_contact(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    """A shared phone number is for the helper of the wish in hand."""
    if message.contact is None:
        return None
    kept = await contacts.shared(session, now, town, person, message.contact.phone_number)
    return kept or await chatting.number_for_nothing(session, now, person)


async def edited(edited_message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    return await correcting.correct(session, now, town, person, said(edited_message))


async def something_else(message: Update, session: AsyncSession, now: datetime, person: Person) -> Answer:
    return await chatting.cannot_read(session, now, person)


async def record(query: CallbackQuery, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    """What was only answered is a matter: its words come with the answer that was tapped, if Telegram still has them."""
    told = getattr(query.message, "reply_to_message", None)
    if not isinstance(told, Update) or told.from_user is None or told.from_user.id != person.id:
        return talk.words_gone(person.locale)
    heard = said(told)
    if not heard.text:
        return talk.words_gone(person.locale)
    await hearing.record(session, now, town, person, heard)
    return chat.recorded(person.locale).taking_its_place(), Toast()


async def doubt(
    query: CallbackQuery, callback_data: DoubtTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    line, question = callback_data.line, query.message.message_id if query.message else 0
    answer = await asking_back.answered(session, now, town, person, line, question, danger=callback_data.yes)
    return Toast() if answer is None else (answer.taking_its_place(), Toast())


Action = Callable[[AsyncSession, datetime, Town, Person, int, Said], Awaitable[Message | None]]


async def _contact(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    return await contacts.answered(session, now, town, person, about, heard)


async def _thank(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    asking.forget(person)
    return await delivering.thank(session, now, town, person, about, heard.text)


async def _add(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    asking.forget(person)
    return await _more(session, now, town, person, about, heard)


async def _report(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    await delivering.report(session, now, town, person, about, heard)
    danger = heard.text and town.reader.emergency(heard.text)
    return await hearing.doubt(session, person, heard) if danger else None


async def _reject(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    await reviewing.reject(session, now, town, person, about, heard.text)
    asking.forget(person)
    return talk.done(person.locale, "reject")


async def _close(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    await reviewing.close(session, now, town, person, about, heard.text)
    asking.forget(person)
    return talk.done(person.locale, "close")


async def _answer(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    await reviewing.answer(session, now, town, person, about, heard.text)
    asking.forget(person)
    return talk.done(person.locale, "answer")


async def _rewrite(session: AsyncSession, now: datetime, town: Town, person: Person, about: int, heard: Said) -> Message | None:
    await reviewing.rewrite(session, now, town, person, about, heard.text)
    asking.forget(person)
    return talk.done(person.locale, "rewrite")


_DO_NOT_CRY = frozenset({asking.REJECT, asking.CLOSE, asking.ANSWER, asking.REWRITE, asking.REPORT})
"""A reviewer who writes of a fire does not call for help; a helper who reports of one is asked."""
_ANSWERS: dict[str, Action] = {
    asking.CONTACT: _contact,
    asking.THANK: _thank,
    asking.ADD: _add,
    asking.REPORT: _report,
    asking.REJECT: _reject,
    asking.CLOSE: _close,
    asking.ANSWER: _answer,
    asking.REWRITE: _rewrite,
}
