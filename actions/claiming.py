"""Claiming (认领): exactly one winner a place; only people whom an admin has let in; at most so many at a time."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, newcomers, posting, reviewing, telling
from actions.moves import actors_of, move, schedule_claim
from actions.town import Town
from rules.errors import (
    AlreadyClaimed,
    AlreadyDone,
    NotAllowed,
    NotFound,
    NotOpen,
    NotStarted,
    NotYours,
    OutOfReach,
    OwnWish,
    TooManyClaims,
)
from rules.lifecycle import Actor, ClaimState, Event, Kind, State, decide
from storage import roster, wishes
from storage.models import Claim, Person, Wish
from words import claimant, staff, talk
from words.messages import Message


class Outcome(StrEnum):
    """How a claim ended when it was not refused."""

    CLAIMED = "claimed"
    ASKED = "asked"  # an admin is asked to let the newcomer in first
    WAITING = "waiting"  # … and was asked before
    NOBODY = "nobody"  # no admin can be reached now


async def claim(session: AsyncSession, now: datetime, town: Town, volunteer: Person, wish_id: int) -> Outcome:
    """Give an open wish to a volunteer.

    Raises:
        NotStarted: the bot could not write them the details; nothing is claimed.
        AlreadyClaimed: somebody was faster; the refusal names them.
        NotOpen: to somebody who is not let in, whatever stands in the way.
        TooManyClaims, NotAllowed, WrongState, NotFound: nothing was changed.
    """
    if not volunteer.can_be_written:
        raise NotStarted
    if not (volunteer.is_volunteer or volunteer.is_admin):
        return await _ask_in(session, now, town, volunteer, wish_id)
    wish = await wishes.locked(session, wish_id)
    await _still_free(session, wish, volunteer)
    decide(wish.kind, wish.state, Event.CLAIM, await actors_of(session, volunteer, wish))
    limit = town.policy.max_live_claims
    if len(await wishes.live_claims_of(session, volunteer.id)) >= limit:
        raise TooManyClaims(limit)
    await hold(session, now, town, wish, volunteer, Event.CLAIM, by=volunteer)
    return Outcome.CLAIMED


async def _still_free(session: AsyncSession, wish: Wish, volunteer: Person) -> None:
    if wish.author_id == volunteer.id:
        raise OwnWish(Event.CLAIM)
    if wish.kind is not Kind.WISH:
        raise NotAllowed(Event.CLAIM)
    holders = await wishes.holders(session, wish.id)
    if any(person.id == volunteer.id for _, person in holders):
        raise AlreadyDone
    if wish.state in (State.CLAIMED, State.DELIVERED) and holders:
        raise AlreadyClaimed(holders[-1][1].name)
    decide(wish.kind, wish.state, Event.CLAIM, frozenset({Actor.VOLUNTEER}))


async def _ask_in(session: AsyncSession, now: datetime, town: Town, newcomer: Person, wish_id: int) -> Outcome:
    """Nobody reads a resident's words uninvited: an admin lets a first-time claimant in with one tap."""
    try:
        wish = await wishes.locked(session, wish_id)
    except NotFound:
        raise NotOpen from None
    if wish.kind is not Kind.WISH or wish.state is not State.OPEN:
        raise NotOpen
    if wish.author_id == newcomer.id:
        raise OwnWish(Event.CLAIM)
    if newcomer.volunteer == "asked":
        newcomer.wants_wish_id = wish.id
        return Outcome.WAITING
    return Outcome.ASKED if await newcomers.ask_in(session, now, town, newcomer, wish) else Outcome.NOBODY


async def let_in(
    session: AsyncSession,
    now: datetime,
    town: Town,
    admin: Person,
    newcomer_id: int,
    *,
    yes: bool,
    after_all: bool = False,
    tapped: int = 0,
) -> Message:
    """An admin's tap: the newcomer may claim from now on, and gets what they wanted if it is still free.

    `after_all`: somebody who was turned away is let in. `tapped`: the message that the answer takes the place of.

    Raises:
        NotAllowed, NotFound, AlreadyDone: another admin was faster.
    """
    if not admin.is_admin:
        raise NotAllowed
    newcomer = await session.get(Person, newcomer_id, with_for_update={"key_share": True})
    if newcomer is None:
        raise NotFound
    if newcomer.volunteer != ("refused" if after_all else "asked"):
        raise AlreadyDone
    newcomer.volunteer = "yes" if yes else "refused"
    wanted, newcomer.wants_wish_id = newcomer.wants_wish_id, None
    if not yes:
        await telling.tell(session, now, newcomer, talk.not_let_in(newcomer.locale))
    else:
        await telling.tell(session, now, newcomer, talk.let_in(newcomer.locale))
        if wanted is not None:
            await _claim_wanted(session, now, town, newcomer, wanted)
    await newcomers.settle(session, now, newcomer, admin, yes=yes, tapped=tapped)
    return staff.newcomer_settled(admin.locale, newcomer.id, newcomer.name, admin.name, yes=yes)


async def _claim_wanted(session: AsyncSession, now: datetime, town: Town, volunteer: Person, wish_id: int) -> None:
    wish = await wishes.locked(session, wish_id)
    limit = town.policy.max_live_claims
    if len(await wishes.live_claims_of(session, volunteer.id)) >= limit:
        await telling.tell(session, now, volunteer, talk.hands_full(volunteer.locale, limit))
    elif _claimable(wish) and volunteer.can_be_written:
        await hold(session, now, town, wish, volunteer, Event.CLAIM, by=volunteer)
    else:
        await telling.tell(session, now, volunteer, talk.gone_meanwhile(volunteer.locale, wish_id))


async def assign(session: AsyncSession, now: datetime, town: Town, admin: Person, wish_id: int, person_id: int) -> Person:
    """Hand a wish or a complaint to somebody by hand; a complaint only to an officer.

    Raises:
        NotAllowed: not theirs to hand out, or not to this person.
        NotStarted, OutOfReach: the bot cannot write to them, or to that person.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.ASSIGN, await actors_of(session, admin, wish))
    helper = admin if person_id == admin.id else await session.get(Person, person_id)
    if helper is None:
        raise NotFound
    fit = helper.is_admin or (helper.is_volunteer and wish.kind is Kind.WISH)
    if not fit or helper.id == wish.author_id:
        raise NotAllowed(Event.ASSIGN)
    if not helper.can_be_written:
        raise NotStarted if helper is admin else OutOfReach
    if any(person.id == helper.id for _, person in await wishes.holders(session, wish.id)):
        raise AlreadyDone
    await hold(session, now, town, wish, helper, Event.ASSIGN, by=admin)
    return helper


async def hold(
    session: AsyncSession, now: datetime, town: Town, wish: Wish, helper: Person, event: Event, *, by: Person
) -> Claim:
    """Fill one place of a locked wish, and tell everybody whom it concerns."""
    claim = Claim(
        wish_id=wish.id,
        person_id=helper.id,
        assigned_by=by.id if by.id != helper.id else None,
        state=ClaimState.LIVE,
        state_since=now,
        due_at=town.policy.calendar.wake(now + timedelta(days=wish.days)),
        created_at=now,
        steps_passed=0,
    )
    session.add(claim)
    await session.flush()
    await move(session, now, town, wish, event, by=by, claim=claim, reason=helper.name if by.id != helper.id else None)
    schedule_claim(town, wish, claim)
    files = telling.files_of(await wishes.lines(session, wish.id))
    await telling.send_files(session, now, helper.id, files, claim_id=claim.id)
    if len(wish.text) > claimant.SHOWN:
        await telling.send_words(session, now, helper.id, wish.text, claim_id=claim.id)
    await cards.show(session, now, town, wish, helper.id, cards.CLAIMANT, claim=claim)
    await cards.refresh(session, now, town, wish)
    author = await session.get_one(Person, wish.author_id)
    if author.id != by.id:
        missing = wish.contact is None
        news = talk.news(author.locale, wish.id, "claimed", wish.kind, name=helper.name, contact_missing=missing)
        await telling.tell(session, now, author, news)
    return claim


async def release(session: AsyncSession, now: datetime, town: Town, helper: Person, claim_id: int) -> None:
    """Give a claim back; the wish is posted again at once.

    Raises:
        NotAllowed: it is not theirs; AlreadyDone: it is not live any more.
    """
    claim, wish = await own_claim(session, helper, claim_id)
    await move(session, now, town, wish, Event.RELEASE, by=helper, claim=claim)
    await reopened(session, now, town, wish, "released")


async def expire(session: AsyncSession, now: datetime, town: Town, claim: Claim, wish: Wish) -> None:
    """Three days over: the claim is released, the wish posted again or back with the staff, the admins told."""
    helper = await session.get_one(Person, claim.person_id)
    await move(session, now, town, wish, Event.EXPIRE, by=None, claim=claim)
    claimable = _claimable(wish)
    message = talk.expired(helper.locale, wish.id, theirs_to_hand_out=helper.is_admin and not claimable)
    await telling.tell(session, now, helper, message, lane=telling.REMINDERS)
    for admin in await roster.admins(session):
        if admin.id != helper.id:
            message = talk.expired_for_admin(admin.locale, wish.id, helper.name, claimable=claimable)
            await telling.tell(session, now, admin, message, lane=telling.REMINDERS)
    await reopened(session, now, town, wish, "expired")


async def reopened(session: AsyncSession, now: datetime, town: Town, wish: Wish, why: str) -> None:
    """A place is free again: a new post for an open wish; anything else goes back to whoever decides and hands out."""
    posted = await posting.post(session, now, town, wish, again=True)
    if not _claimable(wish):
        await reviewing.ask_reviewers(session, now, town, wish)
    await cards.refresh(session, now, town, wish)
    author = await session.get_one(Person, wish.author_id)
    if why != "disputed":
        news = why if posted else f"{why}-by-staff"
        await telling.tell(session, now, author, talk.news(author.locale, wish.id, news, wish.kind, None))


def _claimable(wish: Wish) -> bool:
    return wish.kind is Kind.WISH and wish.state is State.OPEN


async def own_claim(session: AsyncSession, helper: Person, claim_id: int) -> tuple[Claim, Wish]:
    """The helper's own live claim and its wish, locked.

    Raises:
        NotFound, NotYours, AlreadyDone.
    """
    claim, wish = await wishes.claim_locked(session, claim_id)
    if claim.person_id != helper.id:
        raise NotYours
    if claim.state is not ClaimState.LIVE:
        raise AlreadyDone
    return claim, wish


async def send_media(session: AsyncSession, now: datetime, helper: Person, claim_id: int) -> int:
    """Send the wish's photos and voices to whoever holds it; returns how many."""
    _, wish = await own_claim(session, helper, claim_id)
    return await reviewing.send_media(session, now, helper, wish.id)


async def turn_card(session: AsyncSession, now: datetime, town: Town, helper: Person, claim_id: int, mode: str) -> None:
    """Let a claimant's card ask: how many hours, or really give it back?"""
    claim, wish = await own_claim(session, helper, claim_id)
    if mode == "deliver":
        decide(wish.kind, wish.state, Event.DELIVER, await actors_of(session, helper, wish))
        asking.ask(helper, now, asking.REPORT, claim.id)
    else:
        asking.forget(helper)
    for card in cards.of_face(await wishes.cards(session, wish.id), cards.CLAIMANT):
        if card.claim_id == claim.id:
            await cards.turn(session, now, town, wish, card, mode)
