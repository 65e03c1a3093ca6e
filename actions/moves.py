"""The one way a wish changes: the table decides, the row follows, the timeline remembers, the next reminder is set."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import telling
from actions.town import Town
from rules.lifecycle import (
    CLAIM_MOVES,
    LIVE,
    TERMINAL,
    Actor,
    ClaimState,
    Event,
    Kind,
    State,
    decide,
    state_from_claims,
)
from rules.reminders import Ladder, Subject, ladder_for, next_reminder_at
from storage import roster, wishes
from storage.adding import add
from storage.models import Claim, Person, Timeline, Wish

_HELD_ALONE = frozenset({Kind.EMERGENCY})


async def actors_of(session: AsyncSession, person: Person | None, wish: Wish) -> frozenset[Actor]:
    """What this person is to this wish; nobody is time itself."""
    return await actors_among(session, person, wish, await claims_of(session, wish) if person is not None else ())


async def claims_of(session: AsyncSession, wish: Wish) -> Sequence[Claim]:
    """All claims of a wish; nobody claims a draft."""
    return await wishes.claims(session, wish.id) if wish.state is not State.DRAFT else ()


async def actors_among(session: AsyncSession, person: Person | None, wish: Wish, claims: Sequence[Claim]) -> frozenset[Actor]:
    """The same, with the wish's claims at hand.

    An admin is no reviewer of their own wish, unless no other admin can be written to.
    """
    if person is None:
        return frozenset({Actor.TIME})
    found: set[Actor] = set()
    if wish.author_id == person.id:
        found.add(Actor.AUTHOR)
    else:
        found.add(Actor.NEIGHBOUR)
        if person.is_volunteer or person.is_admin:
            found.add(Actor.VOLUNTEER)  # nobody claims their own wish
    if person.is_admin and wish.submitted_at is not None:  # what nobody has sent off is its author's alone
        found.add(Actor.OFFICER)
        if wish.author_id != person.id or not await roster.another_admin(session, person.id):
            found |= {Actor.REVIEWER, Actor.ADMIN}
    if any(claim.person_id == person.id and claim.state is ClaimState.LIVE for claim in claims):
        found.add(Actor.CLAIMANT)
    return frozenset(found)


async def move(
    session: AsyncSession,
    now: datetime,
    town: Town,
    wish: Wish,
    event: Event,
    *,
    by: Person | None,
    claim: Claim | None = None,
    reason: str | None = None,
) -> None:
    """Let `event` happen to a locked wish.

    1. the table allows it, or refuses; 2. claims move; 3. the wish follows; 4. one timeline row; 5. the next reminder;
    6. whoever supports it hears of a new state in their next list.

    Raises:
        NotAllowed, WrongState: nothing was changed.
    """
    claims = await claims_of(session, wish)
    rule = decide(wish.kind, wish.state, event, await actors_among(session, by, wish, claims))
    before = wish.state
    await _move_claims(session, now, event, claims if claim is None else [claim])
    if rule.follows_claims:
        await session.flush()
        states = [held.state for held in await wishes.claims(session, wish.id)]
        after = state_from_claims(wish.places, states, approved=await _approved(session, wish))
    else:
        after = rule.to or before
    happened = Timeline(
        wish_id=wish.id,
        claim_id=claim.id if claim else None,
        at=now,
        actor_id=by.id if by else None,
        event=event,
        from_state=before,
        to_state=after,
        reason=reason,
    )
    await add(session, happened)
    if after is not before:
        enter(wish, after, now)
    schedule(town, wish)
    if after is not before and after is not State.MERGED and wish.supporters:
        await telling.tell_supporters(session, now, town, wish, but=by)


def change(before: str | None, after: str) -> str:
    """From what to what: the reason of a correction's timeline row."""
    return f"{before or ''}>{after}"


def changed(reason: str) -> tuple[str, str]:
    """What `change` wrote; a code alone is what it became."""
    before, _, after = reason.rpartition(">")
    return before, after


async def _approved(session: AsyncSession, wish: Wish) -> bool:
    """Whether it is past review, which an emergency never waits for; only what was approved is open."""
    return wish.state is State.OPEN or wish.kind is Kind.EMERGENCY or await wishes.is_approved(session, wish.id)


async def _move_claims(session: AsyncSession, now: datetime, event: Event, claims: Sequence[Claim]) -> None:
    """Move the claim meant, or all of them when the event is the whole wish's."""
    for one in claims:
        to = CLAIM_MOVES.get((one.state, event))
        if to is None:
            continue
        one.state, one.state_since, one.next_reminder_at = to, now, None
        if to is ClaimState.DELIVERED:
            one.delivered_at = now
        if to not in (ClaimState.LIVE, ClaimState.DELIVERED):
            await telling.take_back_from_helper(session, now, one)


def enter(wish: Wish, state: State, now: datetime) -> None:
    """Begin a state: its ladder starts at the bottom."""
    wish.state, wish.state_since, wish.steps_passed = state, now, 0
    if state in TERMINAL:
        wish.finished_at = now
        wish.next_reminder_at = None


def schedule(town: Town, wish: Wish) -> None:
    """Set the wish's own next reminder: None when its live claims carry it, or when it is finished."""
    subject = subject_of(wish)
    wish.next_reminder_at = next_reminder_at(town.policy, subject) if subject is not None and wish.state in LIVE else None


def schedule_claim(town: Town, wish: Wish, claim: Claim) -> None:
    """Set a claim's next reminder; an emergency's officer is reminded by the wish itself."""
    if claim.state is ClaimState.LIVE and wish.kind not in _HELD_ALONE:
        claim.next_reminder_at = next_reminder_at(town.policy, claim_subject(claim))
    else:
        claim.next_reminder_at = None


def subject_of(wish: Wish) -> Subject | None:
    ladder = ladder_for(wish.kind, wish.state)
    if ladder is None:
        return None
    return Subject(ladder, wish.state_since, passed=wish.steps_passed, urgent=wish.urgency == "today")


def claim_subject(claim: Claim) -> Subject:
    return Subject(Ladder.CLAIM, claim.created_at, due=claim.due_at, passed=claim.steps_passed)
