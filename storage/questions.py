"""Questions of the hot path: whole rows, which become the session's own.

The rows come from the driver as they are (`storage.prepared`) and are made objects here: SQLAlchemy's own way from a statement
to an object takes ten times longer than SQLite takes to answer. A row of which the session knows something that may be out of
date goes that way all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, TypeVarTuple, cast

from sqlalchemy import Dialect, Float, Select, bindparam, inspect, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine

from storage.adding import keep
from storage.models import Table
from storage.prepared import Prepared

Rows = TypeVarTuple("Rows")
T = TypeVar("T", bound=Table)


class Question(Generic[*Rows]):
    """A SELECT of whole rows, of one table or of several side by side; all its parameters are bound by name.

    `anew`: what the session knows of them already is read again.
    """

    def __init__(self, statement: Select[*Rows], *, anew: bool = False) -> None:
        self._statement = statement.execution_options(populate_existing=anew)
        self._anew = anew
        tables: list[Any] = [described["entity"] for described in statement.column_descriptions]
        columns = [column for table in tables for column in table.__table__.columns]
        self._prepared = Prepared(statement.with_only_columns(*columns, maintain_column_froms=True))
        self._tables: tuple[type[Table], ...] = tuple(tables)
        self._kinds: dict[str, Sequence[_Kind]] = {}  # by dialect

    async def rows(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[tuple[*Rows]]:
        """Every answer, side by side as they were asked for. What was changed of these tables is flushed before."""
        if self._may_differ(session):
            await session.flush()
        dialect: Dialect = cast("Any", session.bind).dialect
        found = await self._prepared.plain(session, values)
        if not found:
            return ()
        kinds = self._kinds.get(dialect.name) or self._look(dialect)
        try:
            return [tuple([kind.of(session, row, self._anew) for kind in kinds]) for row in found]
        except _OutOfDateError:
            return list(await session.execute(self._statement, values))

    async def all(self: "Question[T]", session: AsyncSession, values: Mapping[str, Any]) -> list[T]:
        return [row for (row,) in await self.rows(session, values)]

    async def first(self: "Question[T]", session: AsyncSession, values: Mapping[str, Any]) -> T | None:
        rows = await self.rows(session, values)
        return rows[0][0] if rows else None

    def _may_differ(self, session: AsyncSession) -> bool:
        """Whether the session knows better than the database."""
        changed = [*session.new, *session.deleted]
        if session.identity_map.check_modified():
            changed += session.dirty
        return any(isinstance(row, self._tables) for row in changed)

    def _look(self, dialect: Dialect) -> Sequence["_Kind"]:
        begin, kinds = 0, []
        for table in self._tables:
            kinds.append(_kind(table, begin, dialect))
            begin += len(table.__table__.columns)
        self._kinds[dialect.name] = kinds
        return kinds


async def get(session: AsyncSession, table: type[T], number: int) -> T | None:
    """A row by its number, as `session.get` finds it; at once when the session knows it."""
    found: Any = session.identity_map.get(inspect(table).identity_key_from_primary_key((number,)))
    if found is not None and not inspect(found).expired_attributes:
        return cast("T", found)
    return await _by_number(table).first(session, {"number": number})


async def get_one(session: AsyncSession, table: type[T], number: int) -> T:
    """The same of a row that must be there.

    Raises:
        NoResultFound: it is not.
    """
    row = await get(session, table, number)
    if row is None:
        raise NoResultFound(f"no row of {table.__tablename__} has this number")
    return row


@lru_cache
def _by_number(table: type[T]) -> Question[T]:
    (number,) = inspect(table).primary_key
    return Question(select(table).where(number == bindparam("number")))


class _OutOfDateError(Exception):
    """The session knows a row that has to be read again."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a stretch of a row becomes an object of one table."""

    mapper: Mapper[Any]
    number: int  # where its primary key stands
    columns: Sequence[tuple[str, int, Callable[[Any], Any] | None]]

    def of(self, session: AsyncSession, row: Sequence[Any], anew: bool) -> Any:
        """The object that the session knows already, or a new one."""
        found = session.identity_map.get(self.mapper.identity_key_from_primary_key((row[self.number],)))
        if found is not None:
            if anew or inspect(found).expired_attributes:
                raise _OutOfDateError
            return found
        made = self.mapper.class_manager.new_instance()
        made.__dict__.update(
            [(name, row[place] if convert is None else convert(row[place])) for name, place, convert in self.columns]
        )
        keep(session, made)
        return made


def _kind(table: type[Table], begin: int, dialect: Dialect) -> _Kind:
    mapper: Mapper[Any] = inspect(table)
    places = {column: begin + place for place, column in enumerate(table.__table__.columns)}
    (number,) = mapper.primary_key
    columns: list[Any] = [
        (mapper.get_property_by_column(column).key, place, _converter(column.type, dialect)) for column, place in places.items()
    ]
    return _Kind(mapper, places[number], columns)  # type: ignore[index]


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes of a driver's value what the row holds; None when it is that already, as floats are."""
    return None if isinstance(kind, Float) else kind.dialect_impl(dialect).result_processor(dialect, None)
