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

from sqlalchemy import bindparam, case, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Card, Outgoing

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
EDITS = frozenset({"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia", "deleteMessage"})
_ALBUMS = ("sendPhoto", "sendVideo", "sendMediaGroup")
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
    claim_id: int | None = None,
) -> int:
    """Queue a call, and tell its number; an edit needs no message id, it takes the card's when its turn comes.

    The row is written at once, without a flush: its card must be there already.
    """
    row = {
        "chat_id": chat_id,
        "lane": lane,
        "method": method,
        "payload": payload,
        "card_id": card_id,
        "reply_card_id": reply_card_id,
        "claim_id": claim_id,
        "created_at": now,
    }
    return int((await session.execute(_QUEUE, row)).scalar_one())


async def last_card(session: AsyncSession, chat_id: int) -> int | None:
    """The card that a chat was sent last; None when it was no card."""
    card_id: int | None = await session.scalar(_LAST, {"chat": chat_id})
    return card_id


async def take_back(session: AsyncSession, chat_id: int, file_id: str, fewer_than: int) -> Mapping[str, Any]:
    """What was to be sent last into a chat, if it ends with this file, is not too long and was not tried yet.

    The row is dropped, by a conditional UPDATE: a sender that was faster keeps it, and nothing is taken back.
    """
    query = select(Outgoing).where(
        Outgoing.chat_id == chat_id, Outgoing.state == "waiting", Outgoing.attempts == 0, Outgoing.method.in_(_ALBUMS)
    )
    row = (await session.scalars(query.order_by(Outgoing.id.desc()).limit(1))).first()
    if row is None:
        return {}
    files = [piece["media"] for piece in row.payload.get("media", ())] or [row.payload.get("photo") or row.payload.get("video")]
    if files[-1] != file_id or len(files) >= fewer_than:
        return {}
    dropped = await session.execute(
        update(Outgoing)
        .where(Outgoing.id == row.id, Outgoing.state == "waiting", Outgoing.attempts == 0)
        .values(state="dropped", error="sent with the rest of its album")
    )
    return row.payload if dropped.rowcount == 1 else {}  # type: ignore[attr-defined]


async def lease(
    session: AsyncSession, real_now: datetime, limit: int, skip_chats: Collection[int] = (), *, lasting: timedelta = LEASE
) -> list[Leased]:
    """Take up to `limit` calls, one a chat, lane 0 first, oldest first.

    1. A row waits for every earlier waiting row of the card that it edits or replies to, and for nothing else.
    2. Edits of one card that were never leased become one: the first says what the last says.
    3. An edit whose message will never exist is dropped, or parked with it.
    4. The conditional UPDATE decides if two senders want the same row.
    """
    found: dict[int, Leased] = {}
    skip = set(skip_chats)
    until = real_now + lasting
    for _ in range(_ROUNDS):
        page = (await session.execute(_PAGE, {"now": real_now, "skip": list(skip), "most": limit * 2})).all()
        told = await _collapse(session, page)
        for row in page:
            if row.chat_id in skip or row.id in told.dropped or len(found) == limit:
                continue
            payload = _complete(row, told.payloads.get(row.id, row.payload))
            if payload is None:
                await _give_up_edit(session, row.id, row.card_id)
                continue
            if row.method == "editMessageText" and row.card_displayed == content_digest(payload):
                await _change(session, row.id, state="dropped", error="shown already")  # changed and changed back
                continue
            skip.add(row.chat_id)
            found[row.id] = Leased(row.id, row.chat_id, row.method, payload, row.card_id, row.attempts + 1, until)
        if len(found) == limit or len(page) < limit * 2:
            break
    if not found:
        return []
    ours = set(await session.scalars(_TAKE, {"ids": list(found), "now": real_now, "until": until}))
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


async def drop_of_claim(session: AsyncSession, claim_id: int) -> None:
    """The claim ended: what was not delivered of the resident's private words never will be."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.claim_id == claim_id, Outgoing.state.in_(["waiting", "parked"]), Outgoing.attempts == 0)
        .values(state="dropped", error="the claim ended")
        .execution_options(synchronize_session=False)
    )


async def drop_of_chat(session: AsyncSession, chat_id: int) -> None:
    """The chat became another one: nothing that was meant for the old readers is delivered."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.chat_id == chat_id, Outgoing.state.in_(["waiting", "parked"]))
        .values(state="dropped", error="the chat has other readers now")
        .execution_options(synchronize_session=False)
    )


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
    await session.execute(_UNPARK, {"chat": chat_id})


@dataclass(frozen=True, slots=True)
class _Told:
    """What collapsing did: new payloads, and rows that need not be sent any more."""

    payloads: dict[int, dict[str, Any]]
    dropped: set[int]


async def _collapse(session: AsyncSession, rows: Sequence[Any]) -> _Told:
    edits = (row for row in rows if row.card_id is not None and row.method in EDITS and row.attempts == 0)
    firsts = {(row.card_id, row.method): row.id for row in edits}
    told = _Told({}, set())
    if not firsts:
        return told
    for later in await session.execute(_LATER, {"cards": [card_id for card_id, _ in firsts]}):
        first = firsts.get((later.card_id, later.method))
        if first is not None and later.id > first:
            told.payloads[first] = later.payload
            told.dropped.add(later.id)
    for row_id, payload in told.payloads.items():
        await _change(session, row_id, payload=payload)
    for row_id in told.dropped:
        await _change(session, row_id, state="dropped", error="told by an earlier edit")
    return told


def _complete(row: Any, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The payload with the ids that only the cards know; None for an edit without a message."""
    payload = dict(payload)
    if row.method in EDITS and row.card_id is not None:
        if row.card_message is None:
            return None
        payload |= {"chat_id": row.card_chat, "message_id": row.card_message}
    if row.reply_message is not None:
        payload["reply_parameters"] = {"message_id": row.reply_message, "allow_sending_without_reply": True}
    return payload


async def _give_up_edit(session: AsyncSession, row_id: int, card_id: int) -> None:
    parked = await session.scalar(
        select(Outgoing.id).where(Outgoing.card_id == card_id, Outgoing.state == "parked", Outgoing.id < row_id).limit(1)
    )
    if parked is not None:
        await _change(session, row_id, state="parked")
    else:
        await _change(session, row_id, state="dropped", error="its message was never sent")


async def _change(session: AsyncSession, row_id: int, **values: Any) -> None:
    await session.execute(
        update(Outgoing)
        .where(Outgoing.id == row_id, Outgoing.state == "waiting")
        .values(**values)
        .execution_options(synchronize_session=False)
    )


_TABLE: Any = Outgoing.__table__
# Built once: the sender asks them many times a second, and building them takes longer than answering.
_QUEUE = insert(_TABLE).values(state="waiting", not_before=AT_ONCE, attempts=0, maybe_twice=False).returning(_TABLE.c.id)
_earlier, _card, _reply = aliased(Outgoing), aliased(Card), aliased(Card)
_PAGE = (
    select(
        Outgoing.id,
        Outgoing.chat_id,
        Outgoing.method,
        Outgoing.payload,
        Outgoing.card_id,
        Outgoing.attempts,
        _card.chat_id.label("card_chat"),
        _card.message_id.label("card_message"),
        _card.displayed.label("card_displayed"),
        _reply.message_id.label("reply_message"),
    )
    .outerjoin(_card, _card.id == Outgoing.card_id)
    .outerjoin(_reply, _reply.id == Outgoing.reply_card_id)
    .where(
        Outgoing.state == "waiting",
        Outgoing.not_before <= bindparam("now"),
        Outgoing.chat_id.not_in(bindparam("skip", expanding=True)),
        ~exists().where(
            or_(_earlier.card_id == Outgoing.card_id, _earlier.card_id == Outgoing.reply_card_id),
            _earlier.id < Outgoing.id,
            _earlier.state == "waiting",
        ),
    )
    .order_by(Outgoing.lane, Outgoing.id)
    .limit(bindparam("most"))
)
_LAST = (
    select(Outgoing.card_id)
    .where(Outgoing.chat_id == bindparam("chat"), Outgoing.method.startswith("send"))
    .order_by(Outgoing.id.desc())
    .limit(1)
)
_UNPARK = (
    update(Outgoing)
    .where(Outgoing.chat_id == bindparam("chat"), Outgoing.state == "parked")
    .values(state="waiting", not_before=AT_ONCE, attempts=0, error=None)
    .execution_options(synchronize_session=False)
)
_LATER = (
    select(Outgoing.id, Outgoing.card_id, Outgoing.method, Outgoing.payload)
    .where(
        Outgoing.card_id.in_(bindparam("cards", expanding=True)),
        Outgoing.method.in_(EDITS),
        Outgoing.state == "waiting",
        Outgoing.attempts == 0,
    )
    .order_by(Outgoing.id)
)
_TAKE = (
    update(Outgoing)
    .where(
        Outgoing.id.in_(bindparam("ids", expanding=True)),
        Outgoing.state == "waiting",
        Outgoing.not_before <= bindparam("now"),
    )
    .values(
        not_before=bindparam("until"),
        attempts=Outgoing.attempts + 1,
        maybe_twice=case((Outgoing.error.startswith(UNKNOWN), True), else_=Outgoing.maybe_twice),
        error=f"{UNKNOWN}: in flight",
    )
    .returning(Outgoing.id)
    .execution_options(synchronize_session=False)
)
