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

from sqlalchemy import ColumnElement, String, bindparam, case, cast, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.lifecycle import ClaimState
from storage.engine import is_sqlite
from storage.models import Card, Claim, Outgoing
from storage.prepared import Prepared

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
EDITS = frozenset({"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia", "deleteMessage"})
_ALBUMS = ("sendPhoto", "sendVideo", "sendMediaGroup")
UNKNOWN = "unknown outcome"
"""How the error of a row begins that may have reached Telegram; leased again, it may arrive twice."""

ENTITLED = (ClaimState.LIVE, ClaimState.DELIVERED)
"""Who may read a resident's private words: whoever has such a claim."""

OTHERS = "others"
"""In the payload of a delivered album: the ids of its messages after the first."""
LATEST = 200
LATEST_REPLIES = 20
ANSWERS, LAST_LANE = 0, 9
"""Somebody waits for what is in the first lane."""

WAITING: ColumnElement[str] = literal_column("'waiting'")
PARKED: ColumnElement[str] = literal_column("'parked'")
FAILED: ColumnElement[str] = literal_column("'failed'")
"""States of what is not settled, said in the statement itself: PostgreSQL plans what is asked often for any state, and by a
state that it does not know it finds no partial index and thinks that each is as frequent as all others."""

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
    newest: int = 0  # the last row that was there when it was leased
    claim_id: int | None = None
    lane: int = 0

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
    parked: bool = False,
) -> int:
    """Queue a call, and tell its number; an edit needs no message id, it takes the card's when its turn comes.

    `parked`: nothing can be delivered there for now; it goes out when the chat can be written to again.
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
        "state": "parked" if parked else "waiting",
        "created_at": now,
    }
    return int(await _QUEUE.scalar(session, row))


async def last_card(session: AsyncSession, chat_id: int) -> int | None:
    """The card that a chat was sent last; None when it was no card."""
    card_id: int | None = await session.scalar(_LAST, {"chat": chat_id})
    return card_id


async def texts_since(session: AsyncSession, chat_id: int, since: datetime, most: int) -> list[str]:
    """The messages of words that a chat was sent since then, cards included, the newest first."""
    query = _SAID.add_columns(Outgoing.created_at).where(Outgoing.chat_id == chat_id).limit(most)
    # What is too old is left out here: the database would go on through the chat's whole history to find as many.
    return [str(payload.get("text", "")) for payload, at in await session.execute(query) if at > since]


async def coming_text(session: AsyncSession, card_id: int) -> str | None:
    """What a card is about to say, where a change of it is still on its way."""
    coming = select(Outgoing.payload).where(
        Outgoing.card_id == card_id, Outgoing.state == WAITING, Outgoing.method == "editMessageText"
    )
    payload = await session.scalar(coming.order_by(Outgoing.id.desc()).limit(1))
    return str(payload.get("text", "")) if payload is not None else None


async def replied_to(session: AsyncSession, chat_id: int, message_id: int) -> bool:
    """Whether one of the latest messages of a chat replies to this one."""
    told = await session.scalars(_SAID.where(Outgoing.chat_id == chat_id).limit(LATEST_REPLIES))
    return any(payload.get("reply_parameters", {}).get("message_id") == message_id for payload in told)


async def offering(session: AsyncSession, chat_id: int, data: str, since: datetime) -> Sequence[Outgoing]:
    """Messages of a chat since then that offer a button with this data, whatever they were edited to.

    What was not tried yet is dropped, by a conditional UPDATE; what is on its way is not known.
    """
    of_chat = Outgoing.chat_id == chat_id
    before = select(Outgoing.id).where(of_chat, Outgoing.created_at < since).order_by(Outgoing.id.desc()).limit(1)
    offers = (
        of_chat,
        Outgoing.id > func.coalesce(before.scalar_subquery(), 0),  # the chat's whole history is not looked through
        Outgoing.method == "sendMessage",
        Outgoing.created_at >= since,
        cast(Outgoing.payload, String).contains(json.dumps(data), autoescape=True),
    )
    await session.execute(
        update(Outgoing)
        .where(*offers, Outgoing.state.in_(["waiting", "parked"]), Outgoing.attempts == 0)
        .values(state="dropped", error="settled before it was sent")
        .execution_options(synchronize_session=False)
    )
    delivered = (Outgoing.state == "sent", Outgoing.message_id.is_not(None))
    return (await session.scalars(select(Outgoing).where(*offers, *delivered))).all()


async def take_back(session: AsyncSession, chat_id: int, file_id: str, fewer_than: int) -> Mapping[str, Any]:
    """What was to be sent last into a chat, if it ends with this file, is not too long and was not tried yet.

    The row is dropped, by a conditional UPDATE: a sender that was faster keeps it, and nothing is taken back.
    """
    query = select(Outgoing).where(
        Outgoing.chat_id == chat_id, Outgoing.state == WAITING, Outgoing.attempts == 0, Outgoing.method.in_(_ALBUMS)
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
    session: AsyncSession,
    real_now: datetime,
    limit: int,
    skip_chats: Collection[int] = (),
    *,
    spare: int | None = None,
    lasting: timedelta = LEASE,
) -> list[Leased]:
    """Take up to `limit` calls, one a chat, lane 0 first, oldest first; of the other lanes at most `spare`.

    1. A row waits for every earlier waiting row of the card that it edits or replies to, and for nothing else.
    2. A card's message, or an edit of it, says what the last edit that waits behind it says, which is then no call of its own.
    3. Private words of a claim that ended are dropped; of a card that may have arrived before, its last face still goes out.
    4. An edit whose message will never exist is dropped, or parked with it.
    5. The conditional UPDATE decides if two senders want the same row.
    """
    found: dict[int, Leased] = {}
    skip = set(skip_chats)
    until = real_now + lasting
    spare = limit if spare is None else spare
    for _ in range(_ROUNDS):
        asked = {"now": real_now, "skip": list(skip), "most": limit * 2, "lanes": LAST_LANE if spare > 0 else ANSWERS}
        page = (await session.execute(_PAGE, asked)).all()
        told = await _collapse(session, page)
        for row in page:
            if row.chat_id in skip or row.id in told.dropped or len(found) == limit or (row.lane > ANSWERS and spare <= 0):
                continue
            if row.claim_state not in (None, *ENTITLED) and not (row.attempts and row.id in told.payloads):
                await _change(session, row.id, state="dropped", error="the claim ended")
                continue
            payload = _complete(row, told.payloads.get(row.id, row.payload))
            if payload is None:
                await _give_up_edit(session, row.id, row.card_id)
                continue
            if row.method == "editMessageText" and row.card_displayed == content_digest(payload):
                await _change(session, row.id, state="dropped", error="shown already")  # changed and changed back
                continue
            skip.add(row.chat_id)
            spare -= row.lane > ANSWERS
            tried = row.attempts + 1
            found[row.id] = Leased(
                row.id, row.chat_id, row.method, payload, row.card_id, tried, until, row.newest, row.claim_id, row.lane
            )
        if len(found) == limit or len(page) < limit * 2:
            break
    if not found:
        return []
    ours = set(await session.scalars(_TAKE, {"ids": list(found), "now": real_now, "until": until}))
    return [row for row in found.values() if row.id in ours]


async def clock(session: AsyncSession) -> datetime | None:
    """What the database's clock says; None for an embedded one, which has none of its own."""
    if is_sqlite(session):
        return None
    moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


async def next_due(session: AsyncSession, real_now: datetime) -> datetime | None:
    """When the first row that was put off comes back."""
    return await session.scalar(
        select(func.min(Outgoing.not_before)).where(Outgoing.state == "waiting", Outgoing.not_before > real_now)
    )


async def delivered_of_claim(session: AsyncSession, claim_id: int) -> Sequence[Outgoing]:
    """Messages that only the claim entitled somebody to read; its card, which follows the claim, is left out."""
    return await _delivered(session, Outgoing.claim_id == claim_id)


async def delivered_lists(session: AsyncSession, chat_id: int) -> Sequence[Outgoing]:
    """The latest lists and reminders of a chat that are no cards."""
    return await _delivered(session, Outgoing.chat_id == chat_id, Outgoing.lane == 1)


async def _delivered(session: AsyncSession, *where: ColumnElement[bool]) -> Sequence[Outgoing]:
    told = (
        Outgoing.state == "sent",
        Outgoing.card_id.is_(None),
        Outgoing.message_id.is_not(None),
        Outgoing.method.like("send%"),
    )
    query = select(Outgoing).where(*where, *told).order_by(Outgoing.id.desc()).limit(LATEST)
    return (await session.scalars(query)).all()


async def drop_of_chat(session: AsyncSession, chat_id: int) -> None:
    """The chat became another one: nothing that was meant for the old readers is delivered."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.chat_id == chat_id, or_(Outgoing.state == WAITING, Outgoing.state == PARKED))
        .values(state="dropped", error="the chat has other readers now")
        .execution_options(synchronize_session=False)
    )


async def blank(session: AsyncSession, wish_id: int, author_id: int, until: datetime) -> None:
    """What the messages of a wish that is over said, to whomever; and what its author was told meanwhile."""
    its_cards = select(Card.id).where(Card.wish_id == wish_id)
    its_claims = select(Claim.id).where(Claim.wish_id == wish_id)
    to_author = (Outgoing.chat_id == author_id) & (Outgoing.created_at <= until)
    newest = select(func.max(Outgoing.id)).where(Outgoing.card_id.in_(its_cards)).group_by(Outgoing.card_id)
    overtaken = (Outgoing.state == "parked") & Outgoing.card_id.in_(its_cards) & Outgoing.id.not_in(newest)
    await session.execute(
        update(Outgoing)
        .where(overtaken)
        .values(state="dropped", error="told by a later edit")
        .execution_options(synchronize_session=False)
    )
    for told in (Outgoing.card_id.in_(its_cards), Outgoing.claim_id.in_(its_claims), to_author):
        await session.execute(
            update(Outgoing)
            .where(told, Outgoing.state.in_(["sent", "dropped", "failed"]))
            .values(payload={})
            .execution_options(synchronize_session=False)
        )


async def park(session: AsyncSession, chat_id: int) -> None:
    """Nothing can be delivered there for now: what waits waits without being tried."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.chat_id == chat_id, Outgoing.state == WAITING)
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
    firsts = {row.card_id: row for row in rows if row.edited_later}
    told = _Told({}, set())
    if not firsts:
        return told
    for later in await session.execute(_LATER, {"cards": list(firsts)}):
        first = firsts[later.card_id]
        if later.id > first.id:
            told.payloads[first.id] = later.payload if first.method in EDITS else _as_sent(first.payload, later.payload)
            told.dropped.add(later.id)
    for row_id, payload in told.payloads.items():
        await _change(session, row_id, payload=payload)
    for row_id in told.dropped:
        await _change(session, row_id, state="dropped", error="told by what is edited")
    return told


def _as_sent(sent: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    """A message that shows from the beginning what it would have been edited to."""
    shown = {key: value for key, value in sent.items() if key != "reply_markup"} | edit
    if not shown.get("reply_markup", {}).get("inline_keyboard"):
        shown.pop("reply_markup", None)
    return shown


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
_QUEUE = Prepared(
    insert(_TABLE).values(not_before=AT_ONCE, attempts=0, maybe_twice=False).returning(_TABLE.c.id),
    *("chat_id", "lane", "method", "payload", "card_id", "reply_card_id", "claim_id", "state", "created_at"),
)
_row, _earlier, _later, _any = _TABLE.c, _TABLE.alias().c, _TABLE.alias().c, _TABLE.alias().c
_card, _reply, _claim = Card.__table__.alias(), Card.__table__.alias(), Claim.__table__.alias()
_PAGE = (
    select(
        _row.id,
        _row.chat_id,
        _row.method,
        _row.payload,
        _row.card_id,
        _row.attempts,
        _card.c.chat_id.label("card_chat"),
        _card.c.message_id.label("card_message"),
        _card.c.displayed.label("card_displayed"),
        _reply.c.message_id.label("reply_message"),
        _row.claim_id,
        _row.lane,
        _claim.c.state.label("claim_state"),
        (
            _row.method.in_(["sendMessage", "editMessageText"])
            & exists().where(
                _later.card_id == _row.card_id,
                _later.id > _row.id,
                _later.method == "editMessageText",
                _later.state == "waiting",
                _later.attempts == 0,
            )
        ).label("edited_later"),
        select(func.max(_any.id)).scalar_subquery().label("newest"),
    )
    .outerjoin(_card, _card.c.id == _row.card_id)
    .outerjoin(_reply, _reply.c.id == _row.reply_card_id)
    .outerjoin(_claim, _claim.c.id == _row.claim_id)
    .where(
        _row.state == "waiting",
        _row.lane <= bindparam("lanes"),
        _row.not_before <= bindparam("now"),
        _row.chat_id.not_in(bindparam("skip", expanding=True)),
        ~exists().where(
            or_(_earlier.card_id == _row.card_id, _earlier.card_id == _row.reply_card_id),
            _earlier.id < _row.id,
            _earlier.state == "waiting",
        ),
    )
    .order_by(_row.lane, _row.id)
    .limit(bindparam("most"))
)
_LAST = (
    select(Outgoing.card_id)
    .where(Outgoing.chat_id == bindparam("chat"), Outgoing.method.startswith("send"))
    .order_by(Outgoing.id.desc())
    .limit(1)
)
_SAID = select(Outgoing.payload).where(Outgoing.method == "sendMessage").order_by(Outgoing.id.desc())
_UNPARK = (
    update(Outgoing)
    .where(Outgoing.chat_id == bindparam("chat"), Outgoing.state == PARKED)
    .values(state="waiting", not_before=AT_ONCE, attempts=0, error=None)
    .execution_options(synchronize_session=False)
)
_LATER = (
    select(_row.id, _row.card_id, _row.payload)
    .where(
        _row.card_id.in_(bindparam("cards", expanding=True)),
        _row.method == "editMessageText",
        _row.state == "waiting",
        _row.attempts == 0,
    )
    .order_by(_row.id)
)
_TAKE = (
    update(_TABLE)
    .where(
        _row.id.in_(bindparam("ids", expanding=True)),
        _row.state == "waiting",
        _row.not_before <= bindparam("now"),
    )
    .values(
        not_before=bindparam("until"),
        attempts=_row.attempts + 1,
        maybe_twice=case((_row.error.startswith(UNKNOWN), True), else_=_row.maybe_twice),
        error=f"{UNKNOWN}: in flight",
    )
    .returning(_row.id)
)
