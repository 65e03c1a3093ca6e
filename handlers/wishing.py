"""What an author does with the buttons of their own card."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.types import Message as TelegramMessage
from sqlalchemy.ext.asyncio import AsyncSession

from actions import contacts, delivering, drafts, emergencies, hearing, listing, reviewing, sorting, telling
from actions.outrun import Tapped
from actions.town import Town
from storage.models import Person
from words import talk
from words.buttons import CardTap, DangerTap, PickArea, PickCategory, PickKind, RateTap
from words.messages import Answer, Message, Toast


def make_router() -> Router:
    router = Router(name="wishing")
    taps: dict[str, Callable[..., Any]] = {
        "submit": submit,
        "publish": publish,
        "unpublish": publish,
        "named": name,
        "anonymous": name,
        "contact": contact,
        "not-contact": not_contact,
        "another": another,
        "sure-withdraw": withdraw,
        "confirm": confirm,
        "dispute": dispute,
        "thank": thank,
        "urge": urge,
        "add": add,
        "calm": calm,
    }
    for do, handler in taps.items():
        router.callback_query.register(handler, CardTap.filter(F.do == do))
    router.callback_query.register(story, CardTap.filter(F.do == "story"), F.message.chat.type == "private")
    for mode in ("category", "area", "withdraw"):
        router.callback_query.register(turn, CardTap.filter(F.do == mode))
    router.callback_query.register(turn, CardTap.filter(F.do.startswith("area-")))  # a town of a county
    router.callback_query.register(back, CardTap.filter(F.do == "back"))
    router.callback_query.register(pick_category, PickCategory.filter())
    router.callback_query.register(pick_kind, PickKind.filter())
    router.callback_query.register(pick_area, PickArea.filter())
    router.callback_query.register(rate, RateTap.filter())
    router.callback_query.register(danger, DangerTap.filter(), F.message.chat.type == "private")
    return router


async def ask_privately(session: AsyncSession, now: datetime, person: Person, prompt: Message) -> Toast:
    """Ask in the private chat, wherever the tap came from."""
    if not await telling.tell(session, now, person, prompt):
        return talk.toast(person.locale, "start-first")
    return Toast()


def tapped_on(query: CallbackQuery) -> Tapped | None:
    """What they saw, as far as Telegram still shows it."""
    message = query.message
    if message is None:
        return None
    return Tapped(message.chat.id, message.message_id, (isinstance(message, TelegramMessage) and message.text) or "")


async def submit(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await drafts.submit(session, now, town, person, callback_data.wish, tapped_on(query))
    return talk.toast(person.locale, "submitted")


async def publish(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    yes = callback_data.do == "publish"
    await drafts.publish(session, now, town, person, callback_data.wish, yes=yes, tapped=tapped_on(query))
    return talk.toast(person.locale, "published" if yes else "unpublished")


async def name(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await drafts.name(session, now, town, person, callback_data.wish, yes=callback_data.do == "named")
    return talk.toast(person.locale, callback_data.do)


async def contact(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    return await ask_privately(session, now, person, await contacts.ask(session, now, person, callback_data.wish))


async def not_contact(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    added = await contacts.are_words(session, now, town, person, callback_data.wish)
    return (added, Toast()) if added is not None else talk.toast(person.locale, "changed")


async def another(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    return await ask_privately(session, now, person, await drafts.another(session, now, person, callback_data.wish))


async def turn(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await turn_to(query, session, now, town, person, callback_data.wish, callback_data.do)
    return Toast()


async def back(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await turn_to(query, session, now, town, person, callback_data.wish, "")
    return Toast()


async def turn_to(
    query: CallbackQuery, session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, mode: str
) -> None:
    """Let the tapped card ask for something."""
    chat_id = query.message.chat.id if query.message else person.id
    message_id = query.message.message_id if query.message else 0
    await reviewing.turn_card(session, now, town, person, wish_id, chat_id, message_id, mode)


async def withdraw(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await delivering.withdraw(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "withdrawn")


async def confirm(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await delivering.confirm(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "confirmed")


async def dispute(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    return await ask_privately(session, now, person, await delivering.dispute(session, now, town, person, callback_data.wish))


async def thank(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    prompt = await delivering.ask_thanks(session, now, person, callback_data.wish)
    return await ask_privately(session, now, person, prompt)


async def urge(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    whom = await delivering.urge(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, f"urged-{whom}")


async def add(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, person: Person) -> Answer:
    return await ask_privately(session, now, person, await delivering.ask_more(session, now, person, callback_data.wish))


async def story(query: CallbackQuery, callback_data: CardTap, session: AsyncSession, town: Town, person: Person) -> Answer:
    return await listing.story(session, town, person, callback_data.wish), Toast()


async def calm(
    query: CallbackQuery, callback_data: CardTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await emergencies.calm(session, now, town, person, callback_data.wish)
    return talk.toast(person.locale, "calmed")


async def pick_category(
    query: CallbackQuery, callback_data: PickCategory, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await sorting.categorise(session, now, town, person, callback_data.wish, callback_data.code)
    return talk.toast(person.locale, "changed")


async def pick_kind(
    query: CallbackQuery, callback_data: PickKind, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await sorting.recast(session, now, town, person, callback_data.wish, callback_data.kind)
    return talk.toast(person.locale, "changed")


async def pick_area(
    query: CallbackQuery, callback_data: PickArea, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await sorting.locate(session, now, town, person, callback_data.wish, callback_data.code)
    return talk.toast(person.locale, "changed")


async def rate(
    query: CallbackQuery, callback_data: RateTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await delivering.rate(session, now, town, person, callback_data.wish, callback_data.stars)
    return talk.toast(person.locale, "rated")


async def danger(
    query: CallbackQuery, callback_data: DangerTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    question_id = query.message.message_id if query.message else 0
    await hearing.cry_of_report(session, now, town, person, callback_data.line, question_id)
    return Toast()
