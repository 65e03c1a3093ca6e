"""Phone and address are kept no longer than they are needed: every night, those of wishes that are long over are forgotten."""

from datetime import datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import contacts
from actions.town import Town
from storage import appointments, outbox, wishes
from storage.models import Appointment, Line, Wish

NAME = "forget"
AT = time(3, 0)


async def make_appointment(session: AsyncSession, now: datetime, town: Town) -> None:
    """See to it that there is a next night's work; a restart changes nothing."""
    await appointments.not_later_than(session, NAME, town.policy.calendar.next_local(now, AT))


async def forget_next(session: AsyncSession, now: datetime, town: Town) -> bool:
    """When the night's work is due, forget the phone and address of one wish; True while there may be more."""
    due = await session.scalar(select(Appointment.due_at).where(Appointment.name == NAME, Appointment.due_at <= now))
    if due is None:
        return False
    over = now - timedelta(days=town.policy.contact_days)
    found = select(Wish.id).where(Wish.contact.is_not(None), Wish.finished_at <= over)
    wish_id = await session.scalar(found.order_by(Wish.finished_at.desc()).limit(1))
    if wish_id is None:
        following = town.policy.calendar.next_local(now, AT)
        await session.execute(update(Appointment).where(Appointment.name == NAME).values(due_at=following))
        return False
    await _forget(session, await wishes.locked(session, wish_id))
    return True


async def _forget(session: AsyncSession, wish: Wish) -> None:
    """From the wish, from what was typed, and from every message that told of it; that it was told stays on record."""
    wish.contact = None
    await session.execute(delete(Line).where(Line.wish_id == wish.id, Line.role == contacts.ROLE))
    if wish.finished_at is not None:
        await outbox.blank(session, wish.id, wish.author_id, wish.finished_at)


async def put_off(session: AsyncSession, now: datetime) -> None:
    """Try again in an hour."""
    late = update(Appointment).where(Appointment.name == NAME, Appointment.due_at <= now)
    await session.execute(late.values(due_at=now + timedelta(hours=1)))
