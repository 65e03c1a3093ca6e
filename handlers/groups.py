"""The bot among people: /bind, being added, promoted, muted, removed."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ChatMemberUpdated
from aiogram.types import Message as Update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import binding
from handlers.commands import COMMANDS
from rules.errors import NotAllowed
from storage.models import Person
from words import lists, talk
from words.buttons import BindArea, BindAudience
from words.messages import Answer, Toast

GROUPS = F.chat.type.in_({"group", "supergroup"})


def make_router() -> Router:
    router = Router(name="groups")
    router.message.filter(COMMANDS)
    router.message.register(bind, GROUPS, Command("bind"))
    inside = F.message.chat.type.in_({"group", "supergroup"})
    router.callback_query.register(turn_areas, BindArea.filter(F.code == ""), inside)
    router.callback_query.register(pick_area, BindArea.filter(), inside)
    router.callback_query.register(pick_audience, BindAudience.filter(), inside)
    router.my_chat_member.register(membership, GROUPS)
    return router


async def bind(message: Update, session: AsyncSession, now: datetime, person: Person | None) -> Answer:
    if person is None:  # an admin who writes as the group itself
        return talk.show_yourself("zh")
    return await binding.offer_areas(session, now, person, message.chat.id, message.chat.title or "")


async def turn_areas(
    query: CallbackQuery, callback_data: BindArea, session: AsyncSession, now: datetime, person: Person
) -> Answer:
    if query.message is None:
        return Toast()
    chat = query.message.chat
    offered = await binding.offer_areas(session, now, person, chat.id, chat.title or "", callback_data.page)
    return offered.taking_its_place(), Toast()


async def pick_area(query: CallbackQuery, callback_data: BindArea, session: AsyncSession, person: Person) -> Answer:
    return (await binding.offer_audiences(session, person, callback_data.code)).taking_its_place(), Toast()


async def pick_audience(
    query: CallbackQuery, callback_data: BindAudience, session: AsyncSession, now: datetime, person: Person
) -> Answer:
    if query.message is None or query.message.chat.type == "private":
        raise NotAllowed
    chat = query.message.chat
    may_post = await binding.may_post(session, chat.id)
    code, audience = callback_data.code, callback_data.audience
    made = await binding.bind(session, now, person, chat.id, chat.title or "", code, audience, may_post=may_post)
    return made.taking_its_place(), talk.toast(person.locale, "done")


async def membership(event: ChatMemberUpdated, session: AsyncSession, now: datetime, person: Person | None) -> Answer:
    """Being removed stops the posts there; coming back starts them again."""
    member = event.new_chat_member
    inside = member.status in ("member", "administrator", "restricted", "creator")
    may_post = inside and not (member.status == "restricted" and not getattr(member, "can_send_messages", False))
    new = await binding.membership(session, now, event.chat.id, event.chat.title or "", inside=inside, may_post=may_post)
    return lists.group_hello(person.locale if person else "zh") if new else None
