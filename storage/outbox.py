"""Outgoing rows: queued in the transaction of what they tell of, leased by the sender, settled by Telegram's answer.

A lease is a later `not_before`, so a crash leaves nothing to clean up. `not_before` is real time, whatever the bot's clock
says, because Telegram's limits are; `created_at` and `done_at` are the bot's time.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Card, Outgoing

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
EDITS = frozenset({"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia", "deleteMessage"})
UNKNOWN = "unknown outcome"
"""How the error of a row begins that may have reached Telegram; leased again, it may arrive twice."""

_ROUNDS = 4  # of looking past chats whose first rows fill the page


@dataclass(frozen=True, slots=True)
class Leased:
    """A call to make now, complete; `until` is the lease and the proof that it is still ours."""

    id: int
    chat_id: int
    method: str
    payload: dict[str, Any]
    card_id: int | None
    attempts: int
    until: datetime

    @property
    def is_edit(self) -> bool:
        return self.method in EDITS

    @property
    def items(self) -> int:
        """How many messages Telegram counts it as."""
        return len(self.payload.get("media", ())) if self.method == "sendMediaGroup" else 1


def content_digest(payload: Mapping[str, Any]) -> str:
    """What a message shows, in short: its text and its buttons."""
    shown = [payload.get("text"), payload.get("reply_markup") or {"inline_keyboard": []}]
    return hashlib.blake2b(json.dumps(shown, ensure_ascii=False).encode(), digest_size=12).hexdigest()


async def enqueue(
    session: AsyncSession,
    now: datetime,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    *,
    lane: int = 0,
    card_id: int | None = None,
    reply_card_id: int | None = None,
) -> Outgoing:
    """Queue a call; an edit needs no message id, it takes the card's when its turn comes."""
    row = Outgoing(
        chat_id=chat_id,
        lane=lane,
        method=method,
        payload=payload,
        card_id=card_id,
        reply_card_id=reply_card_id,
        not_before=AT_ONCE,
        created_at=now,
    )
    session.add(row)
    return row


async def lease(
    session: AsyncSession, real_now: datetime, limit: int, skip_chats: Collection[int] = (), *, lasting: timedelta = LEASE
) -> list[Leased]:
    """Take up to `limit` calls, one a chat, lane 0 first, oldest first.

    1. A row waits for every earlier waiting row of the card that it edits or replies to, and for nothing else.
    2. Edits of one card that were never leased become one: the last.
    3. An edit whose message will never exist is dropped, or parked with it.
    4. The conditional UPDATE decides if two senders want the same row.
    """
    found: dict[int, Leased] = {}
    skip = set(skip_chats)
    until = real_now + lasting
    for _ in range(_ROUNDS):
        page = await _page(session, real_now, limit, skip)
        await _collapse(session, [row for row, _, _ in page])
        for row, card, reply in page:
            if row.chat_id in skip or row.state != "waiting" or len(found) == limit:
                continue
            payload = _complete(row, card, reply)
            if payload is None:
                await _give_up_edit(session, row)
                continue
            if row.method == "editMessageText" and card is not None and card.displayed == content_digest(payload):
                row.state, row.error = "dropped", "shown already"  # changed and changed back meanwhile
                continue
            skip.add(row.chat_id)
            found[row.id] = Leased(row.id, row.chat_id, row.method, payload, row.card_id, row.attempts + 1, until)
        if len(found) == limit or not page:
            break
    if not found:
        return []
    taken = await session.scalars(
        update(Outgoing)
        .where(Outgoing.id.in_(found), Outgoing.state == "waiting", Outgoing.not_before <= real_now)
        .values(
            not_before=until,
            attempts=Outgoing.attempts + 1,
            maybe_twice=case((Outgoing.error.startswith(UNKNOWN), True), else_=Outgoing.maybe_twice),
            error=f"{UNKNOWN}: in flight",
        )
        .returning(Outgoing.id)
        .execution_options(synchronize_session=False)
    )
    ours = set(taken)
    return [row for row in found.values() if row.id in ours]


async def next_due(session: AsyncSession, real_now: datetime) -> datetime | None:
    """When the first row that was put off comes back."""
    return await session.scalar(
        select(func.min(Outgoing.not_before)).where(Outgoing.state == "waiting", Outgoing.not_before > real_now)
    )


async def count_stuck(session: AsyncSession) -> int:
    """Messages that failed for good, or wait for somebody who cannot be reached."""
    stuck = Outgoing.state.in_(["failed", "parked"])
    return await session.scalar(select(func.count()).select_from(Outgoing).where(stuck)) or 0


async def park(session: AsyncSession, chat_id: int) -> None:
    """Nothing can be delivered there for now: what waits waits without being tried."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.chat_id == chat_id, Outgoing.state == "waiting")
        .values(state="parked")
        .execution_options(synchronize_session=False)
    )


async def unpark(session: AsyncSession, chat_id: int) -> None:
    """The chat can be written to again: what was parked goes out, in its old order."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.chat_id == chat_id, Outgoing.state == "parked")
        .values(state="waiting", not_before=AT_ONCE, attempts=0, error=None)
        .execution_options(synchronize_session=False)
    )


async def _page(
    session: AsyncSession, real_now: datetime, limit: int, skip: Collection[int]
) -> Sequence[tuple[Outgoing, Card | None, Card | None]]:
    earlier, reply = aliased(Outgoing), aliased(Card)
    holds_back = exists().where(
        or_(earlier.card_id == Outgoing.card_id, earlier.card_id == Outgoing.reply_card_id),
        earlier.id < Outgoing.id,
        earlier.state == "waiting",
    )
    query = (
        select(Outgoing, Card, reply)
        .outerjoin(Card, Card.id == Outgoing.card_id)
        .outerjoin(reply, reply.id == Outgoing.reply_card_id)
        .where(Outgoing.state == "waiting", Outgoing.not_before <= real_now, ~holds_back)
        .order_by(Outgoing.lane, Outgoing.id)
        .limit(limit * 2)
        .execution_options(populate_existing=True)
    )
    if skip:
        query = query.where(Outgoing.chat_id.not_in(skip))
    return [(row, card, other) for row, card, other in await session.execute(query)]


async def _collapse(session: AsyncSession, rows: Sequence[Outgoing]) -> None:
    """Let the first of several edits of a card say what the last of them says, and drop the others."""
    edits = (row for row in rows if row.method in EDITS and row.attempts == 0)
    firsts = {(row.card_id, row.method): row for row in edits if row.card_id is not None}
    if not firsts:
        return
    later = await session.scalars(
        select(Outgoing)
        .where(Outgoing.card_id.in_({card_id for card_id, _ in firsts}), Outgoing.state == "waiting", Outgoing.attempts == 0)
        .order_by(Outgoing.id)
    )
    for row in later:
        first = firsts.get((row.card_id, row.method)) if row.card_id is not None else None
        if first is not None and row.id > first.id:
            first.payload = row.payload
            row.state, row.error = "dropped", "told by an earlier edit"


def _complete(row: Outgoing, card: Card | None, reply: Card | None) -> dict[str, Any] | None:
    """The payload with the ids that only the cards know; None for an edit without a message."""
    payload = dict(row.payload)
    if row.method in EDITS and row.card_id is not None:
        if card is None or card.message_id is None:
            return None
        payload |= {"chat_id": card.chat_id, "message_id": card.message_id}
    if reply is not None and reply.message_id is not None:
        payload["reply_parameters"] = {"message_id": reply.message_id, "allow_sending_without_reply": True}
    return payload


async def _give_up_edit(session: AsyncSession, row: Outgoing) -> None:
    parked = await session.scalar(
        select(Outgoing.id).where(Outgoing.card_id == row.card_id, Outgoing.state == "parked", Outgoing.id < row.id).limit(1)
    )
    row.state, row.error = ("parked", None) if parked else ("dropped", "its message was never sent")
