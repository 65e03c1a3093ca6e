"""What failed for good and is kept: updates that could not be handled, messages that Telegram refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Group, Outgoing, SeenUpdate
from storage.outbox import AT_ONCE, FAILED
from storage.updates import AGAIN

KEPT = ("failed", "unreadable")
_KEPT: tuple[ColumnElement[bool], ...] = (SeenUpdate.raw.is_not(null()), SeenUpdate.outcome.in_(KEPT))
_FAILED = (Outgoing.state == FAILED,)


async def count_updates(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(SeenUpdate).where(*_KEPT)) or 0


async def updates(session: AsyncSession, offset: int, limit: int) -> Sequence[SeenUpdate]:
    """The oldest first."""
    query = select(SeenUpdate).where(*_KEPT).order_by(SeenUpdate.at, SeenUpdate.id).offset(offset).limit(limit)
    return (await session.scalars(query)).all()


async def kept_update(session: AsyncSession, update_id: int) -> SeenUpdate | None:
    """One that still waits for somebody's decision."""
    return (await session.scalars(select(SeenUpdate).where(SeenUpdate.id == update_id, *_KEPT))).first()


async def run_again(session: AsyncSession, update_id: int) -> bool:
    """Have it run again; False when somebody else decided meanwhile."""
    return await _decide(session, update_id, outcome=AGAIN)


async def drop_update(session: AsyncSession, update_id: int) -> bool:
    """Forget what it said; False when somebody else decided meanwhile."""
    return await _decide(session, update_id, outcome="dropped", raw=null())


async def _decide(session: AsyncSession, update_id: int, **values: Any) -> bool:
    decided = await session.execute(
        update(SeenUpdate)
        .where(SeenUpdate.id == update_id, *_KEPT)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(decided.rowcount) == 1  # type: ignore[attr-defined]


async def to_run_again(session: AsyncSession, limit: int) -> Sequence[dict[str, Any]]:
    """Updates that somebody wants to be run again, in their order."""
    query = select(SeenUpdate.raw).where(SeenUpdate.raw.is_not(null()), SeenUpdate.outcome == AGAIN)
    return [raw for raw in await session.scalars(query.order_by(SeenUpdate.id).limit(limit)) if raw is not None]


async def messages(session: AsyncSession, offset: int, limit: int) -> Sequence[tuple[Outgoing, str | None]]:
    """Messages that failed, the oldest first, and the title of the group they were for."""
    query = (
        select(Outgoing, Group.title)
        .outerjoin(Group, Group.id == Outgoing.chat_id)
        .where(*_FAILED)
        .order_by(Outgoing.id)
        .offset(offset)
        .limit(limit)
    )
    return [(row, title) for row, title in await session.execute(query)]


async def send_again(session: AsyncSession, row_id: int) -> bool:
    """Back into the queue; False when somebody else decided meanwhile."""
    return await _settle(session, row_id, state="waiting", not_before=AT_ONCE, attempts=0, error=None, done_at=None)


async def drop_message(session: AsyncSession, row_id: int, now: datetime) -> bool:
    """It is not sent any more; False when somebody else decided meanwhile."""
    return await _settle(session, row_id, state="dropped", done_at=now)


async def _settle(session: AsyncSession, row_id: int, **values: Any) -> bool:
    settled = await session.execute(
        update(Outgoing).where(Outgoing.id == row_id, *_FAILED).values(**values).execution_options(synchronize_session=False)
    )
    return int(settled.rowcount) == 1  # type: ignore[attr-defined]
