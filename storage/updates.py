"""Updates that were seen: the row that makes a redelivered update change nothing.

Telegram keeps an update for a day, and after a quiet week its numbers begin anew, maybe among those seen: a row that is older
than both counts for nothing. Neither does one that somebody wants to be run again.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import is_sqlite
from storage.models import SeenUpdate
from storage.prepared import Prepared

REMEMBERED = timedelta(days=3)
AGAIN = "again"
"""The outcome of an update that failed and is to be run again."""


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
    values = {"id": update_id, "at": now, "outcome": outcome, "raw": raw, "error": error, "stale": now - REMEMBERED}
    return await (_ON_SQLITE if is_sqlite(session) else _ON_POSTGRESQL).scalar(session, values) is not None


async def is_run_again(session: AsyncSession, update_id: int) -> bool:
    """Whether it failed before, and somebody wants it to be tried once more."""
    return await session.scalar(select(SeenUpdate.outcome).where(SeenUpdate.id == update_id)) == AGAIN


async def conclude(session: AsyncSession, update_id: int, outcome: str) -> None:
    """What came of an update that is being handled, when it is not simply done."""
    await session.execute(_CONCLUDE, {"seen": update_id, "came_of_it": outcome})


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Delete a few rows that count for nothing; True when there may be more. What failed stays: it can be run again."""
    gone = await session.execute(_FORGET, {"stale": now - REMEMBERED})
    return int(gone.rowcount) == _AT_ONCE  # type: ignore[attr-defined]


def _see(insert: Any) -> Prepared:
    added = insert(_TABLE)
    anew = {name: added.excluded[name] for name in ("at", "outcome", "raw", "error")}
    counts_for_nothing = or_(_TABLE.c.at < bindparam("stale"), _TABLE.c.outcome == AGAIN)
    added = added.on_conflict_do_update(index_elements=["id"], set_=anew, where=counts_for_nothing)
    return Prepared(added.returning(_TABLE.c.id), *anew, "id")


_AT_ONCE = 500

# Built once: every update asks them.
_TABLE: Any = SeenUpdate.__table__
_ON_SQLITE, _ON_POSTGRESQL = _see(insert_sqlite), _see(insert_postgresql)
_STALE = _TABLE.c.at < bindparam("stale"), _TABLE.c.outcome.not_in(["failed", "unreadable", AGAIN])
_FORGET = delete(_TABLE).where(_TABLE.c.id.in_(select(_TABLE.c.id).where(*_STALE).limit(_AT_ONCE)))
_CONCLUDE = update(_TABLE).where(_TABLE.c.id == bindparam("seen")).values(outcome=bindparam("came_of_it"))
