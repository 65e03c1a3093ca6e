"""认领 and what follows: what volunteers do with the buttons of a group's card, a list, or their own card."""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncSession

from actions import claiming, delivering
from actions.town import Town
from rules.errors import NotStarted
from storage.models import Person
from words import talk
from words.buttons import ClaimTap, HelperTap, HoursTap
from words.messages import Answer, Toast


def make_router() -> Router:
    router = Router(name="helping")
    router.callback_query.register(claim, ClaimTap.filter())
    router.callback_query.register(turn, HelperTap.filter(F.do.in_({"deliver", "release", "back"})))
    router.callback_query.register(release, HelperTap.filter(F.do == "sure-release"))
    router.callback_query.register(media, HelperTap.filter(F.do == "media"))
    router.callback_query.register(deliver, HoursTap.filter())
    return router


async def claim(
    query: CallbackQuery, callback_data: ClaimTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    """One wins. Somebody the bot cannot write to claims nothing: their tap opens the bot, and Start goes on from there."""
    try:
        outcome = await claiming.claim(session, now, town, person, callback_data.wish)
    except NotStarted:
        return Toast(url=town.start_link(f"claim_{callback_data.wish}"))
    return talk.claimed_toast(person.locale, outcome)


async def turn(
    query: CallbackQuery, callback_data: HelperTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    mode = "" if callback_data.do == "back" else callback_data.do
    await claiming.turn_card(session, now, town, person, callback_data.claim, mode)
    return Toast()


async def release(
    query: CallbackQuery, callback_data: HelperTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await claiming.release(session, now, town, person, callback_data.claim)
    return talk.toast(person.locale, "released")


async def media(query: CallbackQuery, callback_data: HelperTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    sent = await claiming.send_media(session, now, person, callback_data.claim)
    return talk.toast(person.locale, "media" if sent else "no-media")


async def deliver(
    query: CallbackQuery, callback_data: HoursTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await delivering.deliver(session, now, town, person, callback_data.claim, callback_data.halves / 2)
    return talk.toast(person.locale, "delivered")
