"""Emergencies: the right number at once, and an alarm that goes to the next officer until somebody takes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, reading, reviewing, telling, twins
from actions.moves import move, schedule
from actions.town import Town
from rules.lifecycle import ClaimState, Event
from storage import roster, wishes
from storage.models import Claim, Person, Wish
from words.messages import Attachment


async def alarm(session: AsyncSession, now: datetime, town: Town, author: Person, wish: Wish) -> None:
    """Answer with the number to call, and wake the first officer."""
    await move(session, now, town, wish, Event.ALARM, by=author)
    wish.submitted_at = now
    await alert_next(session, now, town, wish, turn=0)
    await cards.show(session, now, town, wish, author.id, cards.AUTHOR)  # a new message, not an edit far up


async def alert_next(session: AsyncSession, now: datetime, town: Town, wish: Wish, turn: int) -> bool:
    """Show the alarm to the officer whose turn it is; False when nobody can be reached at all."""
    officers = await _reachable(session, wish)
    if not officers:
        return False
    officer = officers[turn % len(officers)]
    first = not cards.of_face(await wishes.cards(session, wish.id), cards.ALARM)
    await cards.show(session, now, town, wish, officer.id, cards.ALARM)
    if first:
        await cards.refresh(session, now, town, wish)  # its author reads now that somebody was called
    return True


async def pass_on(session: AsyncSession, now: datetime, town: Town, wish: Wish, files: Iterable[Attachment] = ()) -> None:
    """Its author said more: whoever took it sees the alarm again, or else everybody who was called; it rings anew."""
    takers = [helper.id for claim, helper in await wishes.holders(session, wish.id) if claim.state is ClaimState.LIVE]
    called = [card.chat_id for card in cards.of_face(await wishes.cards(session, wish.id), cards.ALARM)]
    rung = False
    for reader_id in sorted({*(takers or called)}):
        reader = await session.get(Person, reader_id)
        if reader is not None and reader.is_admin and reader.can_be_written:
            await telling.send_files(session, now, reader.id, files)
            await cards.show(session, now, town, wish, reader.id, cards.ALARM)
            rung = True
    if not rung:
        await alert_next(session, now, town, wish, turn=wish.steps_passed)
    await cards.refresh(session, now, town, wish)


async def _reachable(session: AsyncSession, wish: Wish) -> Sequence[Person]:
    """Who can be called: an officer's own cry is for the others, unless nobody else is there."""
    officers = [officer for officer in await roster.admins(session) if officer.can_be_written]
    return [officer for officer in officers if officer.id != wish.author_id] or officers


async def take(session: AsyncSession, now: datetime, town: Town, officer: Person, wish_id: int) -> None:
    """An officer takes it: the alarm stops, everybody else sees who.

    Raises:
        NotAllowed, WrongState: somebody was faster, or it is over.
    """
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.TAKE, by=officer)
    claim = Claim(
        wish_id=wish.id,
        person_id=officer.id,
        state=ClaimState.LIVE,
        state_since=now,
        due_at=now + timedelta(hours=2),
        created_at=now,
        steps_passed=0,
    )
    session.add(claim)
    await session.flush()
    await cards.refresh(session, now, town, wish)


async def calm(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int) -> None:
    """It is no emergency: it goes to the reviewers like any other wish, and nothing is lost."""
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CALM, by=person)
    wish.understood = {**wish.understood, "calm_chosen": True}
    author = await session.get_one(Person, wish.author_id)
    # a complaint stays one, and is never posted
    reading.understand(town, wish, await wishes.lines(session, wish.id), author)
    twins.keep_matter(town, wish)
    schedule(town, wish)
    for card in cards.of_face(await wishes.cards(session, wish.id), cards.ALARM):
        card.face = cards.REVIEW
    await reviewing.ask_reviewers(session, now, town, wish)
    await cards.refresh(session, now, town, wish)
