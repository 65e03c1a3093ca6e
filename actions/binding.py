"""Groups: where the bot sits, whom a group is for, what it lacks there."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, telling
from rules.errors import NotAllowed, NotFound
from storage import chats, outbox, roster
from storage.models import Group, Person
from words import lists, talk
from words.facts import Option
from words.messages import Message

AUDIENCES = ("volunteers", "reviewers")


async def offer_areas(session: AsyncSession, now: datetime, admin: Person, chat_id: int, title: str, page: int = 0) -> Message:
    """First step of /bind: whose group is it?

    Raises:
        NotAllowed: only admins bind groups.
    """
    if not admin.is_admin:
        raise NotAllowed
    await chats.known(session, now, chat_id, title)
    options = await _options(session)
    if not options:
        return lists.no_areas(admin.locale)
    return lists.bind_areas(admin.locale, title, options, page)


async def offer_audiences(session: AsyncSession, admin: Person, code: str) -> Message:
    """Second step: who sits in it?

    Raises:
        NotAllowed, NotFound.
    """
    if not admin.is_admin:
        raise NotAllowed
    area = (await roster.areas(session)).get(code)
    if area is None:
        raise NotFound
    return lists.bind_audience(admin.locale, code, area.name)


async def bind(
    session: AsyncSession,
    now: datetime,
    admin: Person,
    chat_id: int,
    title: str,
    code: str,
    audience: str,
    *,
    may_post: bool,
) -> Message:
    """Bind a group to an area and an audience; binding again replaces it.

    Raises:
        NotAllowed, NotFound.
    """
    if not admin.is_admin or audience not in AUDIENCES:
        raise NotAllowed
    area = (await roster.areas(session)).get(code)
    if area is None:
        raise NotFound
    group = await chats.known(session, now, chat_id, title)
    if group.audience is not None and group.audience != audience:
        await _readers_change(session, now, group)
    group.area_code, group.audience, group.locale = code, audience, admin.locale
    group.bound_by, group.bound_at = admin.id, now
    if not may_post:
        group.problem = "no_rights"
    return lists.bound(admin.locale, area.name, audience, may_post=may_post)


async def _readers_change(session: AsyncSession, now: datetime, group: Group) -> None:
    """What was meant for others is not delivered any more; what was, goes."""
    await outbox.drop_of_chat(session, group.id)
    instead = talk.other_readers(group.locale)
    await cards.let_go(session, now, group.id, instead)
    await telling.clear_away(session, now, await outbox.delivered_lists(session, group.id), instead)


async def may_post(session: AsyncSession, chat_id: int) -> bool:
    """Whether the bot may write there, as far as Telegram has told it."""
    group = await session.get(Group, chat_id)
    return group is None or group.problem != "no_rights"


async def membership(session: AsyncSession, now: datetime, chat_id: int, title: str, *, inside: bool, may_post: bool) -> bool:
    """The bot was added, removed, promoted or muted; True when it is new there and should say hello."""
    before = await session.get(Group, chat_id)
    was_inside = before is not None and before.problem != "left"
    group = await chats.known(session, now, chat_id, title)
    group.problem = None if inside and may_post else ("no_rights" if inside else "left")
    is_new = before is None and group.bound_at is None  # it may have moved here while its row was made
    return inside and may_post and (is_new or (before is not None and not was_inside))


async def _options(session: AsyncSession) -> list[Option]:
    """Every area, the largest first, each with the sign of its level."""
    order = {"county": 0, "town": 1, "community": 2, "grid": 3}
    areas = sorted((await roster.areas(session)).values(), key=lambda area: (order.get(area.level, 4), area.code))
    return [(area.code, area.name) for area in areas]
