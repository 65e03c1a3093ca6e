"""Chats that change under our feet."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.engine import is_sqlite
from storage.models import Card, Group, Notice, Outgoing


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


async def move(session: AsyncSession, old: int, new: int) -> None:
    """A group became a supergroup: everything of the old id goes to the new one; told twice, it changes nothing."""
    group = await session.get(Group, old, with_for_update=True)
    if group is not None:
        known = await session.get(Group, new)
        if known is None:
            values = {column.key: getattr(group, column.key) for column in Group.__table__.columns}
            session.add(Group(**values | {"id": new, "problem": None}))
        elif known.area_code is None:
            known.area_code, known.audience, known.locale = group.area_code, group.audience, group.locale
            known.bound_by, known.bound_at = group.bound_by, group.bound_at
        await session.delete(group)
        await session.flush()
    await outbox.unpark(session, old)
    rows = await session.scalars(
        select(Outgoing)
        .where(Outgoing.chat_id == old, Outgoing.state == outbox.WAITING)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        row.chat_id = new
        if "chat_id" in row.payload:
            row.payload = row.payload | {"chat_id": new}
    await session.flush()
    # Messages sent to the old chat cannot be edited in the new one: the ids begin anew.
    await session.execute(update(Card).where(Card.chat_id == old).values(chat_id=new, message_id=None))
    taken = select(Notice.wish_id).where(Notice.chat_id == new)
    await session.execute(delete(Notice).where(Notice.chat_id == old, Notice.wish_id.in_(taken)))
    await session.execute(update(Notice).where(Notice.chat_id == old).values(chat_id=new))


async def can_post_again(session: AsyncSession, chat_id: int) -> None:
    """The bot sits in the group again, or got its rights back: what was parked goes out."""
    await session.execute(update(Group).where(Group.id == chat_id, Group.problem.is_not(None)).values(problem=None))
    await outbox.unpark(session, chat_id)


async def cannot_post(session: AsyncSession, chat_id: int, problem: str) -> None:
    """Why not: "left" or "no_rights"."""
    await session.execute(update(Group).where(Group.id == chat_id).values(problem=problem))


async def groups(session: AsyncSession) -> list[Group]:
    return list(await session.scalars(select(Group).order_by(Group.id)))
