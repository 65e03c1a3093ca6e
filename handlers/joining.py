"""我也要反映 and what follows: what a resident does about somebody else's wish that is their own matter, too."""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncSession

from actions import joining
from actions.town import Town
from handlers.wishing import tapped_on
from storage.models import Person
from words import talk
from words.buttons import CardTap, TwinTap
from words.messages import Answer


def make_router() -> Router:
    router = Router(name="joining")
    router.callback_query.register(join, TwinTap.filter(F.do == "join"))
    router.callback_query.register(add_to_own, TwinTap.filter(F.do == "own"))
    router.callback_query.register(leave, CardTap.filter(F.do == "leave"))
    router.callback_query.register(go_on, CardTap.filter(F.do == "go-on"))
    return router


async def join(
    query: CallbackQuery, callback_data: TwinTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    tapped = tapped_on(query)
    joined = await joining.join(session, now, town, person, callback_data.wish, callback_data.twin, tapped)
    return talk.toast(person.locale, "joined" if joined else "twin-gone", id=callback_data.twin)


async def add_to_own(
    query: CallbackQuery, callback_data: TwinTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    tapped = tapped_on(query)
    added = await joining.add_to_own(session, now, town, person, callback_data.wish, callback_data.twin, tapped)
    return talk.toast(person.locale, "added-to-own" if added else "twin-gone", id=callback_data.twin)


async def leave(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await joining.leave(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "left")


async def go_on(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    other = await joining.go_on(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "submitted") if other is None else talk.toast(person.locale, "joined", id=other)
