"""Editions: how often something was changed that running bots keep in memory, so that they need not read it to know."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import is_sqlite
from storage.models import Edition

AREAS = "areas"
_NUMBER = select(Edition.number).where(Edition.name == bindparam("name"))


async def number(session: AsyncSession, name: str) -> int:
    """The edition there is now; 0 before the first change."""
    return await session.scalar(_NUMBER, {"name": name}) or 0


async def follow(session: AsyncSession, name: str) -> None:
    """It was changed: there is another edition, once this is committed. Two at once are two."""
    insert = insert_sqlite if is_sqlite(session) else insert_postgresql
    first = insert(Edition).values(name=name, number=1)
    await session.execute(first.on_conflict_do_update(index_elements=["name"], set_={"number": Edition.number + 1}))
