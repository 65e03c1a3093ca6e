"""What reviewers and officers do with the buttons of a review card or an alarm."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.types import Message as TelegramMessage
from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, claiming, emergencies, merging, newcomers, reviewing
from actions.town import Town
from handlers.wishing import ask_privately, turn
from storage.models import Person
from words import talk
from words.buttons import CardTap, NewcomerTap, PickPerson, PickReason, TwinTap, VolunteerTap
from words.messages import Answer


def make_router() -> Router:
    router = Router(name="reviewing")
    taps: dict[str, Callable[..., Any]] = {"approve": approve, "mine": mine, "media": media, "take": take}
    for do, handler in taps.items():
        router.callback_query.register(handler, CardTap.filter(F.do == do))
    router.callback_query.register(voices, CardTap.filter(F.do == "voices"))
    router.callback_query.register(merge, TwinTap.filter(F.do == "merge"))
    for mode in ("assign", "reject", "close", "merge"):
        router.callback_query.register(turn, CardTap.filter(F.do == mode))
    for do in ("answer", "rewrite", "reject-words", "close-words"):
        router.callback_query.register(ask_words, CardTap.filter(F.do == do))
    router.callback_query.register(pick_reason, PickReason.filter())
    router.callback_query.register(pick_person, PickPerson.filter())
    router.callback_query.register(settle_newcomer, VolunteerTap.filter(), F.message.chat.type == "private")
    router.callback_query.register(show_newcomer, NewcomerTap.filter(F.do == "show"))
    router.callback_query.register(let_in_after_all, NewcomerTap.filter(F.do == "after-all"), F.message.chat.type == "private")
    return router


async def approve(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await reviewing.approve(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "approved")


async def mine(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await claiming.assign(session, now, town, person, callback_data.wish, person.id)
    return talk.toast(person.locale, "mine")


async def pick_person(
    query: CallbackQuery, callback_data: PickPerson, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    helper = await claiming.assign(session, now, town, person, callback_data.wish, callback_data.person)
    return talk.toast(person.locale, "assigned", name=helper.name)


async def media(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    sent = await reviewing.send_media(session, now, person, callback_data.wish)
    return talk.toast(person.locale, "media" if sent else "no-media")


async def voices(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    sent = await merging.send_voices(session, now, person, callback_data.wish)
    return talk.toast(person.locale, "media" if sent else "no-voices")


async def merge(
    query: CallbackQuery, callback_data: TwinTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await merging.merge(session, now, town, person, callback_data.wish, callback_data.twin)
    return talk.toast(person.locale, "merged")


async def take(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await emergencies.take(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "taken")


async def ask_words(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person
) -> Answer:
    what = callback_data.do.removesuffix("-words")
    prompt = await reviewing.ask_words(session, now, person, callback_data.wish, what)
    return await ask_privately(session, now, person, prompt)


async def pick_reason(
    query: CallbackQuery, callback_data: PickReason, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await reviewing.ready_reason(session, now, town, person, callback_data.wish, callback_data.do, callback_data.reason)
    asking.forget(person)
    return talk.toast(person.locale, "done")


async def show_newcomer(
    query: CallbackQuery, callback_data: NewcomerTap, session: AsyncSession, now: datetime, person: Person
) -> Answer:
    return await ask_privately(session, now, person, await newcomers.show(session, person, callback_data.person))


async def let_in_after_all(
    query: CallbackQuery, callback_data: NewcomerTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    settled = await claiming.let_in(
        session, now, town, person, callback_data.person, yes=True, after_all=True, tapped=_number(query)
    )
    return settled.taking_its_place(), talk.toast(person.locale, "done")


async def settle_newcomer(
    query: CallbackQuery, callback_data: VolunteerTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    yes, tapped = callback_data.yes, _number(query)
    settled = await claiming.let_in(session, now, town, person, callback_data.person, yes=yes, tapped=tapped)
    return settled.taking_its_place(), talk.toast(person.locale, "done")


def _number(query: CallbackQuery) -> int:
    """Of the message that was tapped; 0 when it can only be answered with a new one, so that it is settled like any other."""
    return query.message.message_id if isinstance(query.message, TelegramMessage) else 0
