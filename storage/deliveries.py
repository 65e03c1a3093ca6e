"""What came of the calls: the sender's second transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import chats, outbox
from storage.models import Card, Claim, Group, Outgoing, Person
from storage.outbox import Leased


class Why(Enum):
    """Why a call can never succeed as it is."""

    PERSON_GONE = auto()  # blocked the bot, deleted their account, never started it
    GROUP_GONE = auto()
    NO_RIGHTS = auto()
    MESSAGE_GONE = auto()  # what was to be edited
    TOO_OLD = auto()  # to be deleted
    OTHER = auto()


_CLOSED = frozenset({Why.PERSON_GONE, Why.GROUP_GONE, Why.NO_RIGHTS})


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: int | None = None
    others: tuple[int, ...] = ()  # the rest of an album


@dataclass(frozen=True, slots=True)
class PutOff:
    """Again at `until`. An attempt that surely was not made is not counted."""

    until: datetime
    error: str | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    why: Why
    error: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup with another id."""

    chat_id: int


Outcome = Sent | PutOff | Refused | Moved


@dataclass(slots=True)
class Aftermath:
    """What Telegram's answers mean for more than their rows: `actions.mending` sees to it, in the same transaction."""

    lost_cards: list[int] = field(default_factory=list)  # deleted in their chats
    lasting_cards: list[int] = field(default_factory=list)  # were to be deleted, and cannot be any more
    moved_cards: list[int] = field(default_factory=list)  # left behind by a group that became another chat
    new_seats: list[int] = field(default_factory=list)  # ids under which such a group is bound now
    gone_people: list[int] = field(default_factory=list)  # cannot be reached any more, and could be until now

    def __bool__(self) -> bool:
        cards = self.lost_cards or self.lasting_cards or self.moved_cards
        return bool(cards or self.new_seats or self.gone_people)


async def settle(session: AsyncSession, now: datetime, outcomes: Sequence[tuple[Leased, Outcome]]) -> Aftermath:
    """Write down what Telegram answered; rows whose lease was lost meanwhile are left alone.

    1. People, groups, wishes are locked, as far as the answers touch them: everybody locks them before any message.
    2. Each row gets its outcome, in the order of their numbers.
    3. Groups that have another id take everything along.
    """
    aftermath = Aftermath()
    ordered = sorted(outcomes, key=lambda pair: pair[0].id)
    moves = {row.chat_id: outcome.chat_id for row, outcome in ordered if isinstance(outcome, Moved)}
    await _lock_people(session, ordered)
    if moves:
        aftermath.new_seats = await chats.take_seats(session, now, moves)
    gone = [row.card_id for row, outcome in ordered if _is_gone(outcome) and row.card_id is not None]
    if moves or gone:
        await chats.lock_wishes(session, moves.keys(), gone)
    await _sent(session, now, [(row, outcome) for row, outcome in ordered if isinstance(outcome, Sent)])
    for row, outcome in ordered:
        if isinstance(outcome, PutOff):
            await _write(
                session,
                row,
                not_before=outcome.until,
                attempts=row.attempts if outcome.counted else row.attempts - 1,
                error=outcome.error,
            )
        elif isinstance(outcome, Refused):
            await _refused(session, now, row, outcome, aftermath)
        elif isinstance(outcome, Moved):
            await _write(session, row, not_before=outbox.AT_ONCE, attempts=row.attempts - 1, error=None)
    if moves:
        aftermath.moved_cards = await chats.carry_over(session, moves)
    return aftermath


async def _lock_people(session: AsyncSession, outcomes: Sequence[tuple[Leased, Outcome]]) -> None:
    """Whoever writes holds their own row until their answer is queued: then `_is_outdated` sees it."""
    shut = {row.chat_id for row, outcome in outcomes if isinstance(outcome, Refused) and outcome.why in _CLOSED}
    if shut:
        people = select(Person.id).where(Person.id.in_(shut)).order_by(Person.id)
        await session.execute(people.with_for_update(key_share=True))


def _is_gone(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.why is Why.MESSAGE_GONE


async def _sent(session: AsyncSession, now: datetime, sent: Sequence[tuple[Leased, Sent]]) -> None:
    if not sent:
        return
    rows = [{"row": row.id, "lease": row.until, "message": outcome.message_id, "at": now} for row, outcome in sent]
    await session.execute(_SENT, rows)
    albums = [
        {"row": row.id, "payload": row.payload | {outbox.OTHERS: outcome.others}} for row, outcome in sent if outcome.others
    ]
    if albums:
        await session.execute(_ALBUM, albums)
    await _clear_away_late(session, now, sent)
    await _clear_away_dropped(session, now, sent)
    places, faces = [], []
    for row, outcome in sent:
        if row.card_id is None:
            continue
        if not row.is_edit and outcome.message_id is not None:
            places.append({"card": row.card_id, "chat": row.chat_id, "message": outcome.message_id})
        if "text" in row.payload:
            faces.append({"card": row.card_id, "chat": row.chat_id, "digest": outbox.content_digest(row.payload)})
    if places:
        await session.execute(_PLACED, places)
    if faces:
        await session.execute(_SHOWN, faces)


async def _clear_away_late(session: AsyncSession, now: datetime, sent: Sequence[tuple[Leased, Sent]]) -> None:
    """Private words that arrived while their claim ended are deleted; a card follows its claim by itself."""
    private = [(row, outcome) for row, outcome in sent if row.claim_id is not None and row.card_id is None]
    if not private:
        return
    claims = select(Claim.id).where(Claim.id.in_([row.claim_id for row, _ in private]), Claim.state.not_in(outbox.ENTITLED))
    over = set(await session.scalars(claims))
    for row, outcome in private:
        for message_id in (outcome.message_id, *outcome.others):
            if row.claim_id in over and message_id is not None:
                payload = {"chat_id": row.chat_id, "message_id": message_id}
                await outbox.enqueue(session, now, row.chat_id, "deleteMessage", payload)


async def _clear_away_dropped(session: AsyncSession, now: datetime, sent: Sequence[tuple[Leased, Sent]]) -> None:
    """What a group was not to hear any more, and was on its way already, is deleted; a card is edited by itself."""
    words = {row.id: (row, outcome) for row, outcome in sent if row.chat_id < 0 and row.card_id is None and not row.is_edit}
    if not words:
        return
    query = select(Outgoing.id).where(Outgoing.id.in_(words), Outgoing.state == "dropped").order_by(Outgoing.id)
    for row_id in (await session.scalars(query)).all():
        row, outcome = words[row_id]
        for message_id in (outcome.message_id, *outcome.others):
            if message_id is not None:
                payload = {"chat_id": row.chat_id, "message_id": message_id}
                await outbox.enqueue(session, now, row.chat_id, "deleteMessage", payload)


_TABLE: Any = Outgoing.__table__
_ALBUM = update(_TABLE).where(_TABLE.c.id == bindparam("row")).values(payload=bindparam("payload"))
_CARDS: Any = Card.__table__
# Unless the chat has another id meanwhile: what arrived under the old one is not the card.
_THERE = (_CARDS.c.id == bindparam("card"), _CARDS.c.chat_id == bindparam("chat"))
_PLACED = update(_CARDS).where(*_THERE).values(message_id=bindparam("message"))
_SHOWN = update(_CARDS).where(*_THERE).values(displayed=bindparam("digest"))
_LOST = (
    update(Card)
    .where(Card.id == bindparam("card"), Card.retired.is_(False))
    .values(message_id=None, retired=True)
    .returning(Card.id)
    .execution_options(synchronize_session=False)
)
_GONE = (
    update(Person)
    .where(Person.id == bindparam("person"), Person.unreachable_at.is_(None))
    .values(unreachable_at=bindparam("at"))
    .returning(Person.id)
    .execution_options(synchronize_session=False)
)
_SENT = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"), _TABLE.c.state == "waiting", _TABLE.c.not_before == bindparam("lease"))
    .values(state="sent", message_id=bindparam("message"), done_at=bindparam("at"), error=None)
)


async def _refused(session: AsyncSession, now: datetime, row: Leased, outcome: Refused, aftermath: Aftermath) -> None:
    if outcome.why in _CLOSED and await _is_outdated(session, row):
        await _write(session, row, not_before=outbox.AT_ONCE, attempts=row.attempts - 1, error=outcome.error)
        return
    match outcome.why:
        case Why.PERSON_GONE:
            await _write(session, row, state="parked", attempts=0, error=outcome.error)
            await outbox.park(session, row.chat_id)
            gone = await session.scalars(_GONE, {"person": row.chat_id, "at": now})
            aftermath.gone_people += gone
        case Why.GROUP_GONE | Why.NO_RIGHTS:
            await _write(session, row, state="parked", attempts=0, error=outcome.error)
            await outbox.park(session, row.chat_id)
            problem = "left" if outcome.why is Why.GROUP_GONE else "no_rights"
            await session.execute(update(Group).where(Group.id == row.chat_id).values(problem=problem))
        case Why.MESSAGE_GONE:
            await _write(session, row, state="dropped", error=outcome.error, done_at=now)
            if row.card_id is not None:
                lost = await session.scalars(_LOST, {"card": row.card_id})
                aftermath.lost_cards += lost
        case Why.TOO_OLD:
            await _write(session, row, state="dropped", error=outcome.error, done_at=now)
            if row.card_id is not None:
                aftermath.lasting_cards.append(row.card_id)
        case Why.OTHER:
            await _write(session, row, state="failed", error=outcome.error, done_at=now)


async def _is_outdated(session: AsyncSession, row: Leased) -> bool:
    """Whether there is something new for the chat since the call was made: they may be back, and have been answered.

    Then the verdict is asked for once more; by whoever never came back it is given again.
    """
    newer = select(Outgoing.id).where(Outgoing.chat_id == row.chat_id, Outgoing.id > row.newest).limit(1)
    return await session.scalar(newer) is not None


async def _write(session: AsyncSession, row: Leased, **values: object) -> None:
    await session.execute(
        update(Outgoing)
        .where(Outgoing.id == row.id, Outgoing.state == "waiting", Outgoing.not_before == row.until)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
