"""Updates that were seen: the row that makes a redelivered update change nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
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
    insert = insert_sqlite if is_sqlite(session) else insert_postgresql
    values: dict[str, Any] = {"id": update_id, "at": now, "outcome": outcome, "error": error}
    if raw is not None:  # None would be written as JSON's null
        values["raw"] = raw
    added = await session.execute(insert(SeenUpdate).values(values).on_conflict_do_nothing().returning(SeenUpdate.id))
    return added.scalar() is not None


async def conclude(session: AsyncSession, update_id: int, outcome: str) -> None:
    """What came of an update that is being handled, when it is not simply done."""
    await session.execute(
        update(SeenUpdate)
        .where(SeenUpdate.id == update_id)
        .values(outcome=outcome)
        .execution_options(synchronize_session=False)
    )
