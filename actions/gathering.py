"""One list per chat and slot, never a message per wish: notices that wait for the same chat go out together."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, newcomers, posting, telling
from actions.mending import UNREACHABLE
from actions.reminding import anything_due
from actions.town import Town
from nlp.redact import mask_for_others
from rules.lifecycle import LIVE, ClaimState, Kind, State
from storage import supports, wishes
from storage.models import Claim, Group, Notice, Person, Wish
from words import lists
from words.facts import reason_words

_ORDER = ("urged", "climbed", "overdue", UNREACHABLE, "due", "reviewing", "order", "open", supports.NEWS)
NEWCOMER = "newcomer"
"""A line about people, not about the wish that they wanted: they are listed below the wishes."""
PATIENCE = timedelta(minutes=10)
"""How long a list waits for the reminders of its slot to be complete."""
PUT_OFF = timedelta(hours=1)

Waiting = tuple[Notice, Wish, Claim | None]


async def send_next_list(session: AsyncSession, now: datetime, town: Town) -> bool:
    """Gather everything that is due for one chat into one message; True when there was something.

    1. take the chat that waits longest, once its slot is complete and nobody sleeps; 2. the notices are gone, and whoever
    deletes them first has them; 3. drop what settled itself meanwhile; 4. one message.
    """
    oldest = (await session.scalars(_oldest(now))).first()
    if oldest is None:
        return False
    if town.policy.calendar.is_quiet(now):  # left over by a standstill
        await session.execute(update(Notice).where(Notice.due_at <= now).values(due_at=town.policy.calendar.wake(now)))
        return False
    if oldest.due_at > now - PATIENCE and await session.scalar(select(anything_due(now))):
        return False  # hundreds of wishes may share a slot: what comes a moment later belongs into the same list
    chat_id = oldest.chat_id
    due = await _due(session, now, chat_id)
    taken = await session.scalars(
        delete(Notice)
        .where(Notice.id.in_([notice.id for notice, _, _ in due]))
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    ours = set(taken)
    group = await session.get(Group, chat_id)
    person = None if group else await session.get(Person, chat_id)
    news = [wish.id for notice, wish, _ in due if notice.about == supports.NEWS]
    own = await supports.own_wishes(session, chat_id, news) if news else {}
    mine = [
        (notice, wish, claim)
        for notice, wish, claim in due
        if notice.id in ours and _may_read(notice, claim, group, person, own)
    ]
    locale = group.locale if group else person.locale if person else "zh"
    audience = group.audience if group else None
    items = await _items(session, town, mine, locale, now, own, to_volunteers=audience == posting.VOLUNTEERS)
    asked = any(notice.about == NEWCOMER for notice, _, _ in mine)
    waiting = await newcomers.waiting(session) if asked else ()
    if items or waiting:
        message = lists.reminder(locale, items, audience=audience, newcomers=waiting)
        await telling.post(session, now, chat_id, message, lane=telling.REMINDERS)
    for own_id in sorted(own.values()):
        await cards.refresh(session, now, town, await wishes.locked(session, own_id))
    return True


async def put_off(session: AsyncSession, now: datetime) -> None:
    """Push the notices of the chat whose list failed an hour ahead: other chats must not wait for it."""
    oldest = (await session.scalars(_oldest(now))).first()
    if oldest is not None:
        late = update(Notice).where(Notice.chat_id == oldest.chat_id, Notice.due_at <= now)
        await session.execute(late.values(due_at=now + PUT_OFF))


def _oldest(now: datetime) -> Select[Notice]:
    return select(Notice).where(Notice.due_at <= now).order_by(Notice.due_at, Notice.chat_id).limit(1)


async def _due(session: AsyncSession, now: datetime, chat_id: int) -> list[Waiting]:
    rows = await session.execute(
        select(Notice, Wish, Claim)
        .join(Wish, Wish.id == Notice.wish_id)
        .outerjoin(Claim, Claim.id == Notice.claim_id)
        .where(Notice.chat_id == chat_id, Notice.due_at <= now)
        .order_by(Notice.id)
    )
    return [(notice, wish, claim) for notice, wish, claim in rows]


def _may_read(
    notice: Notice, claim: Claim | None, group: Group | None, person: Person | None, supported: Container[int]
) -> bool:
    """Whether the chat can be written to and still is what it was when the notice was written."""
    if group is not None:
        return group.problem is None and group.audience == (posting.VOLUNTEERS if notice.about == "open" else posting.REVIEWERS)
    if person is None or not person.can_be_written:
        return False
    if notice.about == supports.NEWS:
        return notice.wish_id in supported
    return person.is_admin or (claim is not None and claim.person_id == person.id)


async def _items(
    session: AsyncSession,
    town: Town,
    due: Sequence[Waiting],
    locale: str,
    now: datetime,
    own: Mapping[int, int],
    *,
    to_volunteers: bool,
) -> list[lists.Item]:
    """What is still true, each wish once and under its most pressing heading; what is needed today and waits longest first."""
    best: dict[int, tuple[tuple[int, bool, datetime], Wish, Claim | None, str]] = {}
    for notice, wish, claim in due:
        if notice.about == NEWCOMER or not still_true(notice, wish, claim):
            continue
        rank = (_ORDER.index(notice.about), wish.urgency != "today", wish.state_since)
        if wish.id in best and best[wish.id][0] <= rank:
            continue
        best[wish.id] = (rank, wish, claim, notice.about)
    return [
        lists.Item(
            wish=wish.id,
            claim=claim.id if claim else None,
            about=about,
            state=wish.state,
            kind=wish.kind,
            category=cards.category_label(town, wish.category, locale),
            place=cards.place_label(town, wish.area_code),
            since=wish.state_since,
            due=claim.due_at if claim else None,
            text=_words(town, wish, claim, about, locale, to_volunteers=to_volunteers),
            now=now,
            zone=town.policy.calendar.tz,
            own=own.get(wish.id) if about == supports.NEWS else None,
            reason=reason_for_others(wish, locale) if about == supports.NEWS else None,
        )
        for _, wish, claim, about in sorted(best.values(), key=lambda ranked: ranked[0])
    ]


def _words(town: Town, wish: Wish, claim: Claim | None, about: str, locale: str, *, to_volunteers: bool) -> str | None:
    """What of a wish's words its reader may read; lists outlive a claim."""
    if about == supports.NEWS:
        return cards.twin_facts(town, wish, locale).text
    if to_volunteers:
        return _text(wish)
    return wish.public_text if claim else wish.text


def reason_for_others(wish: Wish, locale: str) -> str | None:
    """Why it ended, for those who told of the same: what a reviewer wrote to its author may name the author."""
    if wish.state not in (State.REJECTED, State.CLOSED) or not wish.answer:
        return None
    ready = reason_words(wish.answer, locale)
    return ready if ready != wish.answer else mask_for_others(wish.answer)


def _text(wish: Wish) -> str | None:
    """What a group may read of a wish: what its author let the public see, and nothing else."""
    return wish.public_text if wish.published and wish.kind is Kind.WISH else None


def still_true(notice: Notice, wish: Wish, claim: Claim | None) -> bool:
    """Whether a reminder written a moment ago, or before a night, still makes sense."""
    if notice.about in ("due", "overdue") or (notice.about == "urged" and notice.claim_id is not None):
        return claim is not None and claim.state is ClaimState.LIVE
    if notice.about == supports.NEWS:
        return True
    if notice.about == UNREACHABLE:
        return wish.state in LIVE and (claim is None or claim.state is ClaimState.LIVE)
    if wish.state_since > notice.created_at:  # it moved on since
        return False
    if notice.about == "reviewing":
        return wish.state is State.REVIEWING
    if notice.about == "open":
        return wish.state is State.OPEN and wish.kind is Kind.WISH
    if notice.about == "order":
        return wish.state is State.OPEN
    return wish.state in (State.REVIEWING, State.OPEN)
