"""Named queries over wishes, their lines, claims, cards and timeline."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.errors import NotFound
from rules.lifecycle import HOLDING, ClaimState, Event, Kind, State
from storage.models import Card, Claim, Line, Person, Timeline, Wish
from storage.prepared import Prepared
from storage.questions import Question


async def locked(session: AsyncSession, wish_id: int) -> Wish:
    """The wish, locked until the transaction ends and read anew.

    Raises:
        NotFound: there is none.
    """
    wish = await _LOCKED.first(session, {"wish": wish_id})
    if wish is None:
        raise NotFound
    return wish


async def locked_both(session: AsyncSession, one_id: int, other_id: int) -> tuple[Wish, Wish]:
    """Two wishes, locked in the order of their numbers.

    Raises:
        NotFound: there is no such wish.
    """
    found = await locked_all(session, (one_id, other_id))
    return found[one_id], found[other_id]


async def locked_all(session: AsyncSession, ids: Iterable[int]) -> dict[int, Wish]:
    """Wishes by their numbers, locked in the order of these: whoever locks several at once waits for nobody who waits for them.

    Raises:
        NotFound: there is no such wish.
    """
    return {wish_id: await locked(session, wish_id) for wish_id in sorted(set(ids))}


async def latest(session: AsyncSession, person_id: int) -> Wish | None:
    """This person's latest wish, which further words join as long as it is a draft or an alarm that is on."""
    return await _LATEST.first(session, {"person": person_id})


async def live_emergency(session: AsyncSession, person_id: int) -> Wish | None:
    """The emergency of this person that nobody has closed yet."""
    wish: Wish | None = await session.scalar(_EMERGENCY, {"person": person_id})
    return wish


async def lines(session: AsyncSession, wish_id: int, role: str = "author") -> Sequence[Line]:
    return await _LINES.all(session, {"wish": wish_id, "role": role})


async def line_of(session: AsyncSession, person_id: int, message_id: int) -> Line | None:
    query = select(Line).where(Line.person_id == person_id, Line.message_id == message_id)
    return (await session.scalars(query)).first()


async def of_album(session: AsyncSession, person_id: int, album: str) -> Wish | None:
    """The wish that an earlier piece of an author's album joined."""
    query = select(Wish).join(Line, Line.wish_id == Wish.id).where(Line.person_id == person_id, Line.role == "author")
    return (await session.scalars(query.where(Line.album == album).order_by(Line.id.desc()).limit(1))).first()


async def claims(session: AsyncSession, wish_id: int) -> Sequence[Claim]:
    """All claims of a wish, oldest first."""
    return await _CLAIMS.all(session, {"wish": wish_id})


async def claims_with_people(session: AsyncSession, wish_id: int) -> Sequence[tuple[Claim, Person]]:
    """All claims of a wish with who made them, oldest first."""
    return await _CLAIMANTS.rows(session, {"wish": wish_id})


async def holders(session: AsyncSession, wish_id: int) -> Sequence[tuple[Claim, Person]]:
    """Claims that fill a place, with who holds them."""
    return [(claim, person) for claim, person in await claims_with_people(session, wish_id) if claim.state in HOLDING]


async def live_claims_of(
    session: AsyncSession, person_id: int, offset: int = 0, limit: int = 100
) -> Sequence[tuple[Claim, Wish]]:
    """What a volunteer has in hand, due first."""
    query = (
        select(Claim, Wish)
        .join(Wish, Wish.id == Claim.wish_id)
        .where(Claim.person_id == person_id, Claim.state == ClaimState.LIVE)
        .order_by(Claim.due_at, Claim.id)
        .offset(offset)
        .limit(limit)
    )
    return [(claim, wish) for claim, wish in await session.execute(query)]


async def live_of(session: AsyncSession, person_id: int) -> Sequence[tuple[Wish, Claim | None]]:
    """What waits for a person, or is waited for: their own live wishes beyond the draft, and their live claims."""
    own = select(Wish).where(Wish.author_id == person_id, _GOING_ON, Wish.state != State.DRAFT).order_by(Wish.id)
    held = [(wish, claim) for claim, wish in await live_claims_of(session, person_id)]
    return [*[(wish, None) for wish in await session.scalars(own)], *held]


async def claim_locked(session: AsyncSession, claim_id: int) -> tuple[Claim, Wish]:
    """A claim and its wish, the wish locked.

    Raises:
        NotFound: there is no such claim.
    """
    claim = await session.get(Claim, claim_id)
    if claim is None:
        raise NotFound
    wish = await locked(session, claim.wish_id)
    await session.refresh(claim)
    return claim, wish


async def of_author(session: AsyncSession, person_id: int, offset: int = 0, limit: int = 8) -> Sequence[Wish]:
    """A resident's wishes, the live ones and newest first."""
    of_theirs = select(Wish).where(Wish.author_id == person_id).order_by(Wish.id.desc())
    live = (await session.scalars(of_theirs.where(_GOING_ON))).all()
    found = live[offset : offset + limit]
    if len(found) < limit:
        ended = of_theirs.where(Wish.finished_at.is_not(None)).offset(max(offset - len(live), 0)).limit(limit - len(found))
        found = [*found, *await session.scalars(ended)]
    return found


async def submitted_since(session: AsyncSession, person_id: int, since: datetime) -> int:
    """How many wishes a resident has sent off since then."""
    await session.flush()
    return int(await _SUBMITTED.scalar(session, {"person": person_id, "since": since}))


async def claimable(session: AsyncSession, person_id: int, offset: int = 0, limit: int = 8) -> Sequence[Wish]:
    """Open wishes that this person may claim, the longest waiting first."""
    held = exists().where(Claim.wish_id == Wish.id, Claim.person_id == person_id, Claim.state.in_(HOLDING))
    query = (
        select(Wish)
        .where(Wish.state == _OPEN, Wish.kind == Kind.WISH, Wish.author_id != person_id, ~held)
        .order_by(Wish.id)
        .offset(offset)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def waiting_for_staff(session: AsyncSession, offset: int = 0, limit: int = 8) -> Sequence[Wish]:
    """What a reviewer still has to decide or hand out: reviewing, open complaints, and before all emergencies nobody took."""
    query = (
        select(Wish)
        .where((Wish.state == _REVIEWING) | ((Wish.state == _OPEN) & (Wish.kind.in_([Kind.COMPLAINT, Kind.EMERGENCY]))))
        .order_by(Wish.kind != Kind.EMERGENCY, Wish.state_since)
        .offset(offset)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def untaken_emergencies(session: AsyncSession) -> Sequence[int]:
    """The numbers of emergencies that nobody took yet, the oldest first."""
    query = select(Wish.id).where(Wish.state == _OPEN, Wish.kind == Kind.EMERGENCY).order_by(Wish.id)
    return (await session.scalars(query)).all()


async def timeline(session: AsyncSession, wish_id: int) -> Sequence[Timeline]:
    return (await session.scalars(select(Timeline).where(Timeline.wish_id == wish_id).order_by(Timeline.id))).all()


async def ended_in_silence(session: AsyncSession, wish_id: int) -> bool:
    """Fulfilled because nobody answered, which is no confirmation."""
    return await _has_happened(session, wish_id, Event.SILENCE)


async def was_followed(session: AsyncSession, wish_id: int) -> bool:
    """Whether another wish goes on where it ended."""
    return await _has_happened(session, wish_id, Event.FOLLOW)


async def is_approved(session: AsyncSession, wish_id: int) -> bool:
    """Whether a reviewer, or the policy for them, ever let it through as what it is now."""
    return await session.scalar(_APPROVED, {"wish": wish_id}) is not None


async def _has_happened(session: AsyncSession, wish_id: int, event: Event) -> bool:
    return await session.scalar(_HAPPENED, {"wish": wish_id, "event": event}) is not None


async def cards(session: AsyncSession, wish_id: int) -> Sequence[Card]:
    """Cards that still follow the wish."""
    return await _CARDS.all(session, {"wish": wish_id})


async def cards_in(session: AsyncSession, chat_id: int) -> Sequence[Card]:
    """Cards of a chat that still follow their wishes."""
    return (await session.scalars(select(Card).where(Card.chat_id == chat_id, Card.retired.is_(False)).order_by(Card.id))).all()


async def card_at(session: AsyncSession, chat_id: int, message_id: int) -> Card | None:
    """The card that a message is: what a reply to it, or a tap on it, means."""
    query = select(Card).where(Card.chat_id == chat_id, Card.message_id == message_id)
    return (await session.scalars(query)).first()


_GOING_ON = Wish.finished_at.is_(None)
_OPEN, _REVIEWING = (literal(state, literal_execute=True) for state in (State.OPEN, State.REVIEWING))
"""Said in the statement itself: PostgreSQL takes a state that it is not told for as frequent as any other."""

# Built once: every message asks some of them, and building them takes longer than answering.
_LOCKED = Question(select(Wish).where(Wish.id == bindparam("wish")).with_for_update(key_share=True), anew=True)
_LATEST = Question(
    select(Wish).where(Wish.author_id == bindparam("person")).order_by(Wish.id.desc()).limit(1).with_for_update(key_share=True)
)
_EMERGENCY = (
    select(Wish)
    .where(
        Wish.author_id == bindparam("person"),
        _GOING_ON,
        Wish.kind == Kind.EMERGENCY,
        Wish.state.in_([State.OPEN, State.CLAIMED]),
    )
    .order_by(Wish.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_LINES = Question(select(Line).where(Line.wish_id == bindparam("wish"), Line.role == bindparam("role")).order_by(Line.id))
_CLAIMS = Question(select(Claim).where(Claim.wish_id == bindparam("wish")).order_by(Claim.id))
_CLAIMANTS = Question(
    select(Claim, Person)
    .join(Person, Person.id == Claim.person_id)
    .where(Claim.wish_id == bindparam("wish"))
    .order_by(Claim.id)
)
# One day of everybody is less than all of somebody who writes every day: the sum keeps the author's index out of it.
_SUBMITTED = Prepared(
    select(func.count())
    .select_from(Wish)
    .where(Wish.author_id + literal_column("0") == bindparam("person"), Wish.submitted_at >= bindparam("since"))
)
_HAPPENED = select(Timeline.id).where(Timeline.wish_id == bindparam("wish"), Timeline.event == bindparam("event")).limit(1)
_RECAST = (
    select(func.max(Timeline.id)).where(Timeline.wish_id == bindparam("wish"), Timeline.event == Event.RECAST).scalar_subquery()
)
_APPROVED = (
    select(Timeline.id)
    .where(Timeline.wish_id == bindparam("wish"), Timeline.event == Event.APPROVE, Timeline.id > func.coalesce(_RECAST, 0))
    .limit(1)
)
_CARDS = Question(select(Card).where(Card.wish_id == bindparam("wish"), Card.retired.is_(False)).order_by(Card.id))
