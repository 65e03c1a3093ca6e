"""/start, /help, /my, /open, /review, /digest, /language, /privacy, /cancel, and lists that turn their pages."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated
from aiogram.types import Message as Update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, claiming, digests, failures, listing, mending
from actions.town import Town
from rules.errors import NotFound
from storage.models import Person
from words import talk
from words.buttons import ListTap, OpenTap, PickLocale
from words.messages import Answer, Message, Toast

COMMANDS = F.text.startswith("/") | F.caption.startswith("/")
"""Asked before any of a router's commands: most messages are none."""
PRIVATE = F.chat.type == "private"
PRIVATE_TAP = F.message.chat.type == "private"
"""Answers that take the place of a message, or that only one person may read: never in a group."""
PRIVATE_COMMANDS = ("help", "my", "open", "review", "digest", "failed", "language", "privacy", "cancel", "start")


def make_router() -> Router:
    router = Router(name="commands")
    router.message.filter(COMMANDS)
    router.message.register(start_claim, PRIVATE, CommandStart(deep_link=True, magic=F.args.regexp(r"^claim_\d{1,15}$")))
    router.message.register(start, PRIVATE, CommandStart())
    router.my_chat_member.register(blocked, PRIVATE)
    router.message.register(help_command, PRIVATE, Command("help"))
    router.message.register(my, PRIVATE, Command("my"))
    router.message.register(open_command, PRIVATE, Command("open"))
    router.message.register(review, PRIVATE, Command("review"))
    router.message.register(digest, PRIVATE, Command("digest"))
    router.message.register(language, PRIVATE, Command("language"))
    router.message.register(privacy, PRIVATE, Command("privacy"))
    router.message.register(cancel, PRIVATE, Command("cancel"))
    router.message.register(bind_in_private, PRIVATE, Command("bind"))
    router.message.register(elsewhere, ~PRIVATE, Command(*PRIVATE_COMMANDS))
    router.message.register(unknown, PRIVATE, F.text.startswith("/"))
    router.callback_query.register(turn_page, ListTap.filter(), PRIVATE_TAP)
    router.callback_query.register(look, OpenTap.filter())
    router.callback_query.register(pick_language, PickLocale.filter(), PRIVATE_TAP)
    return router


async def start(message: Update, person: Person) -> Answer:
    asking.forget(person)
    return talk.start(person.locale, admin=person.is_admin)


async def start_claim(
    message: Update, command: CommandObject, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    """认领 in a group, tapped by somebody who had never opened the bot, goes on here."""
    wish_id = int((command.args or "").removeprefix("claim_"))
    outcome = await claiming.claim(session, now, town, person, wish_id)
    return None if outcome is claiming.Outcome.CLAIMED else talk.asked_in(person.locale, outcome)


async def blocked(event: ChatMemberUpdated, session: AsyncSession, now: datetime, town: Town, person: Person) -> None:
    """They stopped the bot, or started it again."""
    if person.unreachable_at == now:
        await mending.tell_officers(session, now, town, person.id)


async def help_command(message: Update, person: Person) -> Answer:
    return talk.help_text(person.locale, volunteer=person.is_volunteer, admin=person.is_admin)


async def my(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    return await listing.mine(session, now, town, person)


async def open_command(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    return await listing.open_wishes(session, now, town, person)


async def review(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    return await listing.for_review(session, now, town, person)


async def digest(message: Update, session: AsyncSession, now: datetime, town: Town, person: Person) -> Answer:
    return await digests.digest_now(session, now, town, person)


async def language(message: Update, person: Person) -> Answer:
    return talk.languages(person.locale)


async def privacy(message: Update, person: Person) -> Answer:
    return talk.privacy(person.locale)


async def cancel(message: Update, person: Person) -> Answer:
    was_asked = person.awaiting is not None
    asking.forget(person)
    return talk.cancelled(person.locale) if was_asked else talk.nothing_to_cancel(person.locale)


async def bind_in_private(message: Update, person: Person) -> Answer:
    return talk.only_group(person.locale)


async def elsewhere(message: Update, town: Town, person: Person | None) -> Answer:
    return talk.only_private(person.locale if person else "zh", town.start_link("hello"))


async def unknown(message: Update, person: Person) -> Answer:
    return talk.unknown_command(person.locale)


async def turn_page(
    query: CallbackQuery, callback_data: ListTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    name, page = callback_data.name, callback_data.page
    made: Message
    if name == "first":
        made = talk.first_wish(person.locale)
    elif name == "my":
        made = await listing.mine(session, now, town, person, page)
    elif name == "claims":
        made = await listing.claims(session, now, town, person, page) or await listing.mine(session, now, town, person)
    elif name == "open":
        made = await listing.open_wishes(session, now, town, person, page)
    elif name == "review":
        made = await listing.for_review(session, now, town, person, page)
    elif name == "failed":
        made = await failures.listed(session, town, person, page)
    else:
        raise NotFound
    return made if name == "first" else made.taking_its_place(), Toast()


async def look(
    query: CallbackQuery, callback_data: OpenTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    await listing.one(session, now, town, person, callback_data.wish)
    return Toast()


async def pick_language(query: CallbackQuery, callback_data: PickLocale, person: Person) -> Answer:
    if callback_data.locale not in talk.LOCALES:
        raise NotFound
    person.locale = callback_data.locale
    return talk.language_set(person.locale), Toast()
