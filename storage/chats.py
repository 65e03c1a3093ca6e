"""Chats that change under our feet."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.engine import is_sqlite
from storage.models import Card, Group, Notice, Outgoing, Wish


async def known(session: AsyncSession, now: datetime, chat_id: int, title: str) -> Group:
    """The row of a group, locked; made when it is first heard of: of two who want it, the second waits for the first."""
    group = await session.get(Group, chat_id, with_for_update=True, populate_existing=True)
    if group is None:
        values = {"id": chat_id, "title": title, "created_at": now, "locale": "zh"}
        await session.execute(_ADD_ON_SQLITE if is_sqlite(session) else _ADD_ON_POSTGRESQL, values)
        group = await session.get_one(Group, chat_id, with_for_update=True, populate_existing=True)
    group.title = title
    return group


_ADD_ON_SQLITE = insert_sqlite(Group).on_conflict_do_nothing()
_ADD_ON_POSTGRESQL = insert_postgresql(Group).on_conflict_do_nothing()


async def take_seats(session: AsyncSession, now: datetime, moves: Mapping[int, int]) -> list[int]:
    """Groups became supergroups, each old id with its new one, which is bound as the old one was, unless it is bound already.

    Returns the ids that were bound so. It comes first, before wishes and messages are locked (see `carry_over`).
    """
    seated = []
    for old, new in sorted(moves.items()):
        group = await session.get(Group, old, with_for_update=True, populate_existing=True)
        if group is None:
            continue
        there = await known(session, group.created_at, new, group.title)
        if there.area_code is None:
            there.area_code, there.audience, there.locale = group.area_code, group.audience, group.locale
            there.bound_by, there.bound_at = group.bound_by, group.bound_at
            seated.append(new)
        await session.delete(group)
        await session.flush()
    return seated


async def lock_wishes(session: AsyncSession, left: Collection[int], card_ids: Collection[int] = ()) -> None:
    """All wishes of the cards that stand in chats that were left, and of some others, in one order: before their cards."""
    meant = or_(and_(Card.chat_id.in_(left), Card.message_id.is_not(None), Card.retired.is_(False)), Card.id.in_(card_ids))
    wishes = select(Wish.id).where(Wish.id.in_(select(Card.wish_id).where(meant))).order_by(Wish.id)
    await session.execute(wishes.with_for_update(key_share=True))


async def carry_over(session: AsyncSession, moves: Mapping[int, int]) -> list[int]:
    """Everything of an old id goes to the new one; told twice, it changes nothing.

    Messages that stand under the old id cannot be edited any more, and their numbers mean others under the new one: the cards
    among them, which this returns, have to be posted anew.
    """
    lost_ids: list[int] = []
    for old, new in sorted(moves.items()):
        await _carry_messages(session, old, new)  # before their cards, as the sender locks them
        lost = await session.scalars(
            update(Card)
            .where(Card.chat_id == old, Card.message_id.is_not(None), Card.retired.is_(False))
            .values(chat_id=new, message_id=None, displayed="")
            .returning(Card.id)
            .execution_options(synchronize_session=False)
        )
        lost_ids += lost
        await session.execute(
            update(Card)
            .where(Card.chat_id == old)
            .values(chat_id=new, message_id=None)
            .execution_options(synchronize_session=False)
        )
        taken = select(Notice.wish_id).where(Notice.chat_id == new)
        await session.execute(delete(Notice).where(Notice.chat_id == old, Notice.wish_id.in_(taken)))
        await session.execute(update(Notice).where(Notice.chat_id == old).values(chat_id=new))
    return sorted(lost_ids)


async def _carry_messages(session: AsyncSession, old: int, new: int) -> None:
    """The chat has another id now: what waits for it goes there; what meant one of its old messages means none any more.

    A card that is just on its way is sent again: wherever it arrives, that is not where it will be edited.
    """
    await outbox.unpark(session, old)
    query = (
        select(Outgoing)
        .where(Outgoing.chat_id == old, Outgoing.state == outbox.WAITING)
        .order_by(Outgoing.id)
        .with_for_update()
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


async def unsay(session: AsyncSession, now: datetime, chat_id: int, words: Collection[str]) -> None:
    """What was said too early in exactly these words is not sent, or deleted; whatever else was said there stands."""
    said = (Outgoing.chat_id == chat_id, Outgoing.card_id.is_(None), Outgoing.method == "sendMessage")
    states = Outgoing.state.in_(["waiting", "parked", "sent"])
    latest = select(Outgoing.id).where(*said, states).order_by(Outgoing.id.desc()).limit(outbox.LATEST)
    rows = (
        select(Outgoing)
        .where(Outgoing.id.in_((await session.scalars(latest)).all()))
        .order_by(Outgoing.id)
        .with_for_update()  # what arrives at this moment is deleted, not held for never sent
        .execution_options(populate_existing=True)
    )
    for row in (await session.scalars(rows)).all():
        if row.payload.get("text") not in words:
            continue
        if row.state != "sent":
            row.state, row.error = "dropped", "said too early"
        elif row.message_id is not None:
            payload = {"chat_id": chat_id, "message_id": row.message_id}
            await outbox.enqueue(session, now, chat_id, "deleteMessage", payload)
    await session.flush()


async def can_post_again(session: AsyncSession, chat_id: int) -> None:
    """The bot sits in the group again, or got its rights back: what was parked goes out."""
    await session.execute(update(Group).where(Group.id == chat_id, Group.problem.is_not(None)).values(problem=None))
    await outbox.unpark(session, chat_id)


async def cannot_post(session: AsyncSession, chat_id: int, problem: str) -> None:
    """Why not: "left" or "no_rights"."""
    await session.execute(update(Group).where(Group.id == chat_id).values(problem=problem))


async def groups(session: AsyncSession) -> list[Group]:
    return list(await session.scalars(select(Group).order_by(Group.id)))
