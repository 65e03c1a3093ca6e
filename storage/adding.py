"""New rows written at once, one INSERT each: no flush looks through the session for what else may have changed."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import insert, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstanceState, Mapper

from storage.models import Table
from storage.prepared import Prepared


async def add(session: AsyncSession, row: Table) -> None:
    """Write a new row and learn its number; from then on it is one of the session's, as if it had been read."""
    if session.new:  # rows it may refer to
        await session.flush()
    statement, number, defaults = _how(type(row))
    told = row.__dict__  # nobody watches a row that is no session's yet
    for name, default in defaults:
        if name not in told:
            told[name] = default()
    told[number] = await statement.scalar(session, {name: told[name] for name, _ in defaults})
    keep(session, row)


def keep(session: AsyncSession, row: Table) -> None:
    """Take a complete row that the database has into the session, as SQLAlchemy takes one that it reads."""
    state: InstanceState[Any] = inspect(row)
    state.key = state.mapper.identity_key_from_instance(row)
    state.session_id = session.sync_session.hash_key
    state._commit_all(state.dict)
    session.identity_map.add(state)


@lru_cache
def _how(table: type[Table]) -> tuple[Prepared, str, tuple[tuple[str, Callable[[], Any]], ...]]:
    """The statement, the column that counts by itself, and the other columns with what they say unless told."""
    mapper: Mapper[Any] = inspect(table)
    columns: Any = table.__table__
    (number,) = columns.primary_key
    others = [column for column in columns.columns if column is not number]
    statement = Prepared(insert(columns).returning(number), *(column.key for column in others))
    return statement, mapper.get_property_by_column(number).key, tuple((column.key, _default(column)) for column in others)


def _default(column: Any) -> Callable[[], Any]:
    default = column.default
    if default is None:
        return lambda: None
    return partial(default.arg, None) if default.is_callable else lambda: default.arg
