"""Versions of what was learned: which one is in use, and how that changes, one at a time whatever races."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from rules.learning import Fate
from storage.engine import is_sqlite
from storage.models import LearnedModel


async def in_use(session: AsyncSession, taxonomy: str) -> int | None:
    """The number of the one in use; None: the taxonomy alone."""
    query = select(LearnedModel.number).where(LearnedModel.taxonomy == taxonomy, LearnedModel.state == Fate.IN_USE)
    number: int | None = await session.scalar(query)
    return number


async def learned(session: AsyncSession, number: int) -> str | None:
    """What a version says, as JSON; None when it was let go of."""
    text: str | None = await session.scalar(select(LearnedModel.learned).where(LearnedModel.number == number))
    return text


async def every(session: AsyncSession) -> Sequence[LearnedModel]:
    """All of them, the newest first."""
    return (await session.scalars(select(LearnedModel).order_by(LearnedModel.number.desc()))).all()


async def learned_from(session: AsyncSession, taxonomy: str, lessons: str) -> int | None:
    """The number of the one that was learned from just these texts."""
    query = select(LearnedModel.number).where(LearnedModel.taxonomy == taxonomy, LearnedModel.lessons == lessons)
    number: int | None = await session.scalar(query)
    return number


async def add(session: AsyncSession, **values: Any) -> int | None:
    """A new version, not in use; None when somebody has just learned the same. Returns its number."""
    insert = insert_sqlite if is_sqlite(session) else insert_postgresql
    new = (
        insert(LearnedModel)
        .values(**values, state=Fate.NOT_BETTER)
        .on_conflict_do_nothing(index_elements=["taxonomy", "lessons"])
    )
    number: int | None = await session.scalar(new.returning(LearnedModel.number))
    return number


async def put_to_use(session: AsyncSession, now: datetime, new: int | None, old: int | None, fate: Fate) -> None:
    """Put `new` to use instead of `old` (None: the taxonomy alone), which meets its `fate`; for whoever has the turn."""
    if old is not None:
        await session.execute(_change(old, state=fate, ended_at=now))
    if new is not None:
        await session.execute(_change(new, state=Fate.IN_USE, used_at=now, ended_at=None))


async def let_go(session: AsyncSession, kept: int) -> None:
    """Only the newest can be gone back to: of the others their figures stay."""
    stay = select(LearnedModel.number).order_by(LearnedModel.number.desc()).limit(kept)
    old = update(LearnedModel).where(
        LearnedModel.learned.is_not(None), LearnedModel.state != Fate.IN_USE, LearnedModel.number.not_in(stay)
    )
    await session.execute(old.values(learned=None).execution_options(synchronize_session=False))


def _change(number: int, **values: Any) -> Any:
    change = update(LearnedModel).where(LearnedModel.number == number).values(**values)
    return change.execution_options(synchronize_session=False)
