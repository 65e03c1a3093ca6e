"""Updates that were seen: the row that makes a redelivered update change nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import is_sqlite
from storage.models import SeenUpdate


async def see(
    session: AsyncSession,
    now: datetime,
    update_id: int,
    *,
    outcome: str = "done",
    raw: dict[str, Any] | None = None,
    error: str | None = None,
) -> bool:
    """Write the update down; False when it was already there. Of two that race, the second waits for the first."""
    values: dict[str, Any] = {"id": update_id, "at": now, "outcome": outcome, "error": error}
    if raw is not None:  # None would be written as JSON's null
        values["raw"] = raw
    added = await session.execute(_ON_SQLITE if is_sqlite(session) else _ON_POSTGRESQL, values)
    return added.scalar() is not None


async def conclude(session: AsyncSession, update_id: int, outcome: str) -> None:
    """What came of an update that is being handled, when it is not simply done."""
    await session.execute(_CONCLUDE, {"seen": update_id, "came_of_it": outcome})


# Built once: every update asks them.
_TABLE: Any = SeenUpdate.__table__
_ON_SQLITE = insert_sqlite(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
_ON_POSTGRESQL = insert_postgresql(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
_CONCLUDE = update(_TABLE).where(_TABLE.c.id == bindparam("seen")).values(outcome=bindparam("came_of_it"))
