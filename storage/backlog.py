"""What waits and what is stuck, in figures: for whoever watches over the bot. Nothing of it grows with history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.lifecycle import LIVE, ClaimState
from storage import failures
from storage.models import Claim, Group, Outgoing, Wish
from storage.outbox import FAILED, PARKED, WAITING

LATE = timedelta(minutes=10)
"""A reminder is looked at within a second or two of its time; one that is so late has been missed."""
STUCK = ("failed", "parked")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one lane of the outbox."""

    rows: int
    since: datetime | None  # its oldest


@dataclass(frozen=True, slots=True)
class Backlog:
    lanes: dict[int, Waiting]
    stuck: dict[str, int]  # outgoing rows by state
    failed_updates: int
    due: int  # reminders whose time has come
    late: int
    late_since: datetime | None
    wishes: dict[str, int]  # live ones by state
    shut_groups: int  # bound ones in which the bot cannot post


async def read(session: AsyncSession, now: datetime) -> Backlog:
    lanes = await session.execute(
        select(Outgoing.lane, func.count(), func.min(Outgoing.created_at))
        .where(Outgoing.state == WAITING)
        .group_by(Outgoing.lane)
    )
    waiting = {lane: Waiting(rows, since) for lane, rows, since in lanes}
    due = late = 0
    since: list[datetime] = []
    for table in (Wish, Claim):
        at = table.next_reminder_at
        rows, first = (await session.execute(select(func.count(), func.min(at)).where(at <= now))).one()
        due += rows
        since += [first] if first is not None else []
        late += await _count(session, at <= now - LATE)
    live = await session.execute(select(Wish.state, func.count()).where(Wish.state.in_(LIVE)).group_by(Wish.state))
    return Backlog(
        lanes={lane: waiting.get(lane, Waiting(0, None)) for lane in sorted({0, 1} | waiting.keys())},
        stuck=await stuck(session),
        failed_updates=await failures.count_updates(session),
        due=due,
        late=late,
        late_since=min(since, default=None) if late else None,
        wishes=dict.fromkeys(sorted(LIVE), 0) | {state.value: rows for state, rows in live},
        shut_groups=await _count(session, Group.audience.is_not(None), Group.problem.is_not(None)),
    )


async def stuck(session: AsyncSession) -> dict[str, int]:
    """Messages that failed for good, or wait for somebody who cannot be reached, by state."""
    failed, parked = (select(func.count()).where(Outgoing.state == state).scalar_subquery() for state in (FAILED, PARKED))
    return dict(zip(STUCK, (await session.execute(select(failed, parked))).one(), strict=True))


async def _count(session: AsyncSession, *where: Any) -> int:
    return await session.scalar(select(func.count()).where(*where)) or 0


async def without_reminder(session: AsyncSession, limit: int = 10) -> list[int]:
    """Live wishes that have no next reminder, neither of their own nor of a claim: there must be none."""
    of_claim = exists().where(Claim.wish_id == Wish.id, Claim.state == ClaimState.LIVE, Claim.next_reminder_at.is_not(None))
    query = select(Wish.id).where(Wish.state.in_(LIVE), Wish.next_reminder_at.is_(None), ~of_claim).order_by(Wish.id)
    return list(await session.scalars(query.limit(limit)))


async def bound_groups(session: AsyncSession) -> list[Group]:
    """Every bound group, also where the bot cannot post."""
    return list(await session.scalars(select(Group).where(Group.audience.is_not(None)).order_by(Group.id)))
