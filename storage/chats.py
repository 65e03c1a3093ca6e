"""Chats that change under our feet."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.engine import is_sqlite
from storage.models import Card, Group, Notice, Outgoing, Wish


async def known(session: AsyncSession, now: datetime, chat_id: int, title: str) -> Group:
    """The row of a group, made when it is first heard of: of two who make it, the second waits for the first."""
    group = await session.get(Group, chat_id)
    if group is None:
        values = {"id": chat_id, "title": title, "created_at": now, "locale": "zh"}
        await session.execute(_ADD_ON_SQLITE if is_sqlite(session) else _ADD_ON_POSTGRESQL, values)
        group = await session.get_one(Group, chat_id)
    group.title = title
    return group


_ADD_ON_SQLITE = insert_sqlite(Group).on_conflict_do_nothing()
_ADD_ON_POSTGRESQL = insert_postgresql(Group).on_conflict_do_nothing()


async def move(session: AsyncSession, now: datetime, old: int, new: int) -> list[int]:
    """A group became a supergroup: everything of the old id goes to the new one; told twice, it changes nothing.

    Messages that stand under the old id cannot be edited any more, and their numbers mean others under the new one: the cards
    among them, which this returns, have to be posted anew.
    """
    group = await session.get(Group, old, with_for_update=True)
    if group is not None:
        await _take_seat(session, now, group, new)
    following = Card.chat_id == old, Card.message_id.is_not(None), Card.retired.is_(False)
    wishes = select(Wish.id).where(Wish.id.in_(select(Card.wish_id).where(*following))).order_by(Wish.id)
    await session.execute(wishes.with_for_update(key_share=True))  # before their cards, as everybody locks them
    lost = await session.scalars(
        update(Card)
        .where(*following)
        .values(chat_id=new, message_id=None, displayed="")
        .returning(Card.id)
        .execution_options(synchronize_session=False)
    )
    lost_ids = sorted(lost)
    await session.execute(
        update(Card)
        .where(Card.chat_id == old)
        .values(chat_id=new, message_id=None)
        .execution_options(synchronize_session=False)
    )
    await _carry_over(session, old, new)
    taken = select(Notice.wish_id).where(Notice.chat_id == new)
    await session.execute(delete(Notice).where(Notice.chat_id == old, Notice.wish_id.in_(taken)))
    await session.execute(update(Notice).where(Notice.chat_id == old).values(chat_id=new))
    return lost_ids


async def _take_seat(session: AsyncSession, now: datetime, group: Group, new: int) -> None:
    """The new id is bound as the old one was, unless somebody has bound it already."""
    there = await known(session, group.created_at, new, group.title)
    if there.area_code is None:
        await _unsay(session, now, new)  # to Telegram the bot is new there, and it said hello as to strangers
        there.area_code, there.audience, there.locale = group.area_code, group.audience, group.locale
        there.bound_by, there.bound_at = group.bound_by, group.bound_at
    await session.delete(group)
    await session.flush()


async def _carry_over(session: AsyncSession, old: int, new: int) -> None:
    """The chat has another id now: what waits for it goes there; what meant one of its old messages means none any more.

    A card that is just on its way is sent again: wherever it arrives, that is not where it will be edited.
    """
    await outbox.unpark(session, old)
    query = (
        select(Outgoing)
        .where(Outgoing.chat_id == old, Outgoing.state == outbox.WAITING)
        .execution_options(populate_existing=True)
    )
    for row in await session.scalars(query):
        if row.card_id is None and row.method in outbox.EDITS:
            row.state, row.error = "dropped", "its message stayed under the old id"
            continue
        row.chat_id = new
        row.payload = {name: value for name, value in row.payload.items() if name != "reply_parameters"}
        if "chat_id" in row.payload:
            row.payload = row.payload | {"chat_id": new}
        if row.card_id is not None and row.method not in outbox.EDITS:
            row.not_before, row.attempts, row.error = outbox.AT_ONCE, 0, None
    await session.flush()


async def _unsay(session: AsyncSession, now: datetime, chat_id: int) -> None:
    """Words that were said too early, and are no cards, are not sent, or deleted."""
    said = (Outgoing.chat_id == chat_id, Outgoing.card_id.is_(None), Outgoing.method == "sendMessage")
    await session.execute(
        update(Outgoing)
        .where(*said, Outgoing.state.in_(["waiting", "parked"]))
        .values(state="dropped", error="said too early")
        .execution_options(synchronize_session=False)
    )
    for row in await session.scalars(select(Outgoing).where(*said, Outgoing.state == "sent").limit(outbox.LATEST)):
        if row.message_id is not None:
            payload = {"chat_id": chat_id, "message_id": row.message_id}
            await outbox.enqueue(session, now, chat_id, "deleteMessage", payload)


async def can_post_again(session: AsyncSession, chat_id: int) -> None:
    """The bot sits in the group again, or got its rights back: what was parked goes out."""
    await session.execute(update(Group).where(Group.id == chat_id, Group.problem.is_not(None)).values(problem=None))
    await outbox.unpark(session, chat_id)


async def cannot_post(session: AsyncSession, chat_id: int, problem: str) -> None:
    """Why not: "left" or "no_rights"."""
    await session.execute(update(Group).where(Group.id == chat_id).values(problem=problem))


async def groups(session: AsyncSession) -> list[Group]:
    return list(await session.scalars(select(Group).order_by(Group.id)))
