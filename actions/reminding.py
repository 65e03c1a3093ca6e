"""What time makes happen: the next due wish or claim is looked at, its people are told, its next reminder is set.

Reminders to a group, a reviewer or a claimant wait as notices until `gathering` sends one list for all of them; the author of
a wish is written to directly, with the wish's own card.

After a standstill only the current step happens, not every missed one. When that step is the end of a ladder, it happens
without another reminder: a claim three days over its due is released even if the bot was down all that time, since the
resident has waited just as long. A bot that comes back at night waits for the morning, but for emergencies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, claiming, delivering, drafts, emergencies, posting, telling
from actions.moves import claim_subject, move, schedule, schedule_claim, subject_of
from actions.town import Town
from rules.lifecycle import ClaimState, Event, Kind, State
from rules.policy import SLEEPLESS
from rules.reminders import Ladder, Step, Tell, Then, current_step
from storage import roster, wishes
from storage.models import Claim, Group, Person, Wish
from words.author import ASKED_AFTER

LEVELS = (Tell.COMMUNITY, Tell.TOWN, Tell.COUNTY)
LEASE = timedelta(minutes=10)
PUT_OFF, PUT_OFF_EMERGENCY = timedelta(hours=1), timedelta(minutes=5)


async def remind_next_due(session: AsyncSession, now: datetime, town: Town) -> bool:
    """Handle the wish or claim that has been due longest; True when there was one."""
    due = await _next_due(session, now)
    if due is None:
        return False
    remind = _remind_wish if due.table is Wish else _remind_claim
    await remind(session, now, town, due.id, due.since)
    return True


async def put_off(session: AsyncSession, now: datetime) -> None:
    """Push what `remind_next_due` looks at ahead, when that failed: it must not stop the rest."""
    due = await _next_due(session, now)
    if due is not None:
        late = now + (PUT_OFF_EMERGENCY if due.is_emergency else PUT_OFF)
        await session.execute(update(due.table).where(due.table.id == due.id).values(next_reminder_at=late))


@dataclass(frozen=True, slots=True)
class _Due:
    table: type[Wish] | type[Claim]
    id: int
    since: datetime
    is_emergency: bool


async def _next_due(session: AsyncSession, now: datetime) -> _Due | None:
    """An emergency before all else, a claim before a wish, each kind in the order in which it fell due."""
    for table, is_emergency, query in _QUERIES:
        found = (await session.execute(query, {"now": now})).first()
        if found is not None:
            return _Due(table, found.id, found.next_reminder_at, is_emergency)
    return None


def _first_due(table: type[Wish] | type[Claim]) -> Select[int, datetime | None]:
    by_time = (table.next_reminder_at, table.id)
    return (
        select(table.id, table.next_reminder_at).where(table.next_reminder_at <= bindparam("now")).order_by(*by_time).limit(1)
    )


_QUERIES = (
    (Wish, True, _first_due(Wish).where(Wish.kind == Kind.EMERGENCY)),
    (Claim, False, _first_due(Claim)),
    (Wish, False, _first_due(Wish)),
)


def anything_due(now: datetime) -> ColumnElement[bool]:
    """Whether a wish or a claim still has to be looked at."""
    return or_(exists().where(Wish.next_reminder_at <= now), exists().where(Claim.next_reminder_at <= now))


async def _remind_wish(session: AsyncSession, now: datetime, town: Town, wish_id: int, seen: datetime) -> None:
    # Whoever changes the row first has it; the lease is overwritten below.
    taken = await session.execute(
        update(Wish).where(Wish.id == wish_id, Wish.next_reminder_at == seen).values(next_reminder_at=now + LEASE)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return
    wish = await wishes.locked(session, wish_id)
    subject = subject_of(wish)
    if subject is not None and subject.ladder not in SLEEPLESS and town.policy.calendar.is_quiet(now):
        wish.next_reminder_at = town.policy.calendar.wake(now)
        return
    step = current_step(town.policy, subject, now) if subject is not None else None
    if subject is None or step is None:
        schedule(town, wish)
        return
    wish.steps_passed = step.number
    if step.then is Then.LAPSE:
        await drafts.lapse(session, now, town, wish)
        return
    if step.then is Then.SILENCE:
        await delivering.silence(session, now, town, wish)
        return
    await _tell(session, now, town, wish, step, subject.ladder)
    await move(session, now, town, wish, Event.REMIND, by=None, reason=",".join(sorted(step.tell)))


async def _remind_claim(session: AsyncSession, now: datetime, town: Town, claim_id: int, seen: datetime) -> None:
    claim, wish = await wishes.claim_locked(session, claim_id)
    if claim.next_reminder_at != seen:
        return
    if town.policy.calendar.is_quiet(now):
        claim.next_reminder_at = town.policy.calendar.wake(now)
        return
    step = current_step(town.policy, claim_subject(claim), now)
    if step is None or claim.state is not ClaimState.LIVE:
        schedule_claim(town, wish, claim)
        return
    claim.steps_passed = step.number
    if step.then is Then.EXPIRE:
        await claiming.expire(session, now, town, claim, wish)
        return
    about = "overdue" if now > claim.due_at else "due"
    helper = await session.get_one(Person, claim.person_id)
    # Whoever blocked the bot will hardly come: those who can still find somebody else are told instead.
    for chat_id in [helper.id] if helper.can_be_written else await posting.staff_chats(session, town, wish):
        await telling.notice(session, now, chat_id, wish, about, claim)
    await move(session, now, town, wish, Event.REMIND, by=None, claim=claim, reason=Tell.CLAIMANT)
    schedule_claim(town, wish, claim)


async def _tell(session: AsyncSession, now: datetime, town: Town, wish: Wish, step: Step, ladder: Ladder) -> None:
    if Tell.AUTHOR in step.tell:
        await _tell_author(session, now, town, wish, ladder)
    if Tell.OFFICERS in step.tell:
        await _alarm(session, now, town, wish, step, ladder)
    groups = await _groups(session, town, wish, step)
    for group in groups:
        await telling.notice(session, now, group.id, wish, "open")
    for chat_id, about in (await _staff(session, town, wish, step, without_group=not groups)).items():
        await telling.notice(session, now, chat_id, wish, about)


async def _groups(session: AsyncSession, town: Town, wish: Wish, step: Step) -> list[Group]:
    """The groups that a step tells, each once."""
    found: dict[int, Group] = {}
    if Tell.GROUP in step.tell:
        found |= {group.id: group for group in await posting.groups_for(session, town, wish.area_code, posting.VOLUNTEERS)}
    if Tell.GROUPS_ABOVE in step.tell:
        found |= {group.id: group for group in await posting.groups_above(session, town, wish.area_code, posting.VOLUNTEERS)}
    return list(found.values())


async def _staff(session: AsyncSession, town: Town, wish: Wish, step: Step, *, without_group: bool) -> dict[int, str]:
    """Which chats of the staff a step tells, each once, under the most pressing heading that concerns them.

    Where no group hears of an open wish, its reviewers do: a rung that nobody holds goes to the next that somebody holds.
    """
    told: dict[int, str] = {}
    if Tell.REVIEWERS in step.tell or (Tell.GROUP in step.tell and without_group):
        about = "reviewing" if wish.state is State.REVIEWING else "order"
        told |= dict.fromkeys(await posting.staff_chats(session, town, wish), about)
    for level in (Tell.ABOVE, *LEVELS):
        if level in step.tell:
            told |= {holder.id: "climbed" for holder in await holders_of(session, wish, level)}
    return told


async def holders_of(session: AsyncSession, wish: Wish, level: Tell) -> Sequence[Person]:
    """Who holds a rung of the ladder for a wish's area and can be written to.

    All admins are admins of the whole county so far: they hold every level of every area, so neither is looked at yet.
    """
    return [admin for admin in await roster.admins(session) if admin.can_be_written]


async def _tell_author(session: AsyncSession, now: datetime, town: Town, wish: Wish, ladder: Ladder) -> None:
    author = await session.get_one(Person, wish.author_id)
    if author.can_be_written:
        # A question of its own would still be asked, late, when the card has moved on.
        mode = ASKED_AFTER if ladder is Ladder.DRAFT else ""
        await cards.show(session, now, town, wish, author.id, cards.AUTHOR, mode=mode, lane=telling.REMINDERS)


async def _alarm(session: AsyncSession, now: datetime, town: Town, wish: Wish, step: Step, ladder: Ladder) -> None:
    if ladder is Ladder.EMERGENCY:
        await emergencies.alert_next(session, now, town, wish, turn=step.number)
        return
    takers = [officer for _, officer in await wishes.holders(session, wish.id) if officer.can_be_written]
    for officer in takers:
        await cards.show(session, now, town, wish, officer.id, cards.ALARM)
    if not takers:
        await emergencies.alert_next(session, now, town, wish, turn=step.number)
