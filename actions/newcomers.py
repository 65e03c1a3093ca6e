"""First-time claimants: nobody reads a resident's words uninvited, and nobody who offers to help is forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import posting, telling
from actions.town import Town
from rules.errors import AlreadyDone, NotAllowed, NotFound, TurnedAway
from rules.reminders import Ladder, Subject, next_reminder_at, steps_until
from storage import appointments, outbox, roster
from storage.models import Appointment, Person, Wish
from words import staff
from words.buttons import VolunteerTap
from words.messages import Message

NAME = "newcomers"
ASK_AGAIN = timedelta(days=30)
"""After this long somebody who was turned away may ask once more."""


async def ask_in(session: AsyncSession, now: datetime, town: Town, newcomer: Person, wish: Wish) -> bool:
    """Ask the admins whether somebody may claim, by a card of its own; they are reminded as they are of a review.

    Returns False when none of them can be reached now.

    Raises:
        TurnedAway: an admin said no not long ago.
    """
    asked_at = newcomer.volunteer_asked_at
    if newcomer.volunteer == "refused" and asked_at is not None and now - asked_at < ASK_AGAIN:
        raise TurnedAway
    newcomer.wants_wish_id = wish.id
    asked = [
        await telling.tell(session, now, admin, staff.newcomer(admin.locale, newcomer.id, newcomer.name, wish.id))
        for admin in await roster.admins(session)
    ]
    if not any(asked):
        return False
    newcomer.volunteer, newcomer.volunteer_asked_at = "asked", now
    await appointments.not_later_than(session, NAME, _next(town, now, now))
    return True


async def show(session: AsyncSession, admin: Person, newcomer_id: int) -> Message:
    """The card that asks about one of them, once more.

    Raises:
        NotAllowed, NotFound; AlreadyDone: it is settled.
    """
    if not admin.is_admin:
        raise NotAllowed
    newcomer = await session.get(Person, newcomer_id)
    if newcomer is None:
        raise NotFound
    if newcomer.volunteer != "asked":
        raise AlreadyDone
    return staff.newcomer(admin.locale, newcomer.id, newcomer.name, newcomer.wants_wish_id)


async def settle(session: AsyncSession, now: datetime, newcomer: Person, by: Person, *, yes: bool, tapped: int) -> None:
    """What was asked of every admin is answered: wherever else it stands, it says so and asks no more.

    `tapped`: the message that `by` answered it on, which whoever handles the tap sees to.
    """
    data = VolunteerTap(person=newcomer.id, yes=True).pack()
    for admin in await roster.admins(session):
        settled = staff.newcomer_settled(admin.locale, newcomer.id, newcomer.name, by.name, yes=yes)
        for row in await outbox.offering(session, admin.id, data, newcomer.volunteer_asked_at or now):
            if row.message_id is not None and (admin.id, row.message_id) != (by.id, tapped):
                await telling.rewrite(session, now, admin.id, row.message_id, settled)


async def waiting(session: AsyncSession) -> tuple[staff.Newcomer, ...]:
    """Who waits to be let in, the longest waiting first."""
    return tuple(staff.Newcomer(one.id, one.name, one.wants_wish_id) for one in await roster.newcomers(session))


async def remind(session: AsyncSession, now: datetime, town: Town) -> bool:
    """When somebody has waited as long as a review may, put a line into the next list of those who can let them in."""
    due = await session.scalar(select(Appointment.due_at).where(Appointment.name == NAME, Appointment.due_at <= now))
    if due is None:
        return False
    ours = (Appointment.name == NAME, Appointment.due_at == due)
    found = await roster.newcomers(session)
    if not found:
        await session.execute(delete(Appointment).where(*ours))
        return True
    quiet = town.policy.calendar.is_quiet(now)  # left over by a standstill
    following = (
        town.policy.calendar.wake(now) if quiet else min(_next(town, one.volunteer_asked_at or now, now) for one in found)
    )
    taken = await session.execute(update(Appointment).where(*ours).values(due_at=following))
    if quiet or taken.rowcount != 1:  # type: ignore[attr-defined]
        return not quiet
    for one in found:
        wish = await session.get(Wish, one.wants_wish_id)
        if wish is None:
            continue
        for chat_id in await posting.staff_chats(session, town, wish):
            await telling.notice(session, now, chat_id, wish, "newcomer")
    return True


def _next(town: Town, asked_at: datetime, now: datetime) -> datetime:
    """The rhythm of a review."""
    subject = Subject(Ladder.REVIEWING, asked_at)
    passed = steps_until(town.policy, subject, now)
    return next_reminder_at(town.policy, replace(subject, passed=passed)) or town.policy.calendar.wake(now + ASK_AGAIN)
