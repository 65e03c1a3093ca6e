"""Statements of the hot path, compiled once.

SQLAlchemy looks a statement up, lays out its parameters and wraps its result anew each time, which takes several times longer
than SQLite takes to answer. On SQLite these go to the driver as they are; on PostgreSQL, where the way there and back is longer
than all that, they are executed as any other.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import is_sqlite, told


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands where a statement has a question mark: a value of a name, as the database wants it, or always the same."""

    name: str | None
    convert: Callable[[Any], Any] | None
    always: Any = None


class Prepared:
    """A statement that is given values of the same names each time."""

    def __init__(self, statement: Any, *names: str) -> None:
        self._statement = statement
        self._names = names or None
        self._compiled: tuple[str, list[_Place]] | None = None

    async def scalar(self, session: AsyncSession, values: Mapping[str, Any]) -> Any:
        """What it returns first; None when it returns nothing. Nothing is flushed before."""
        if not is_sqlite(session):
            return (await session.execute(self._statement, values)).scalar()
        rows = await self.plain(session, values)
        return rows[0][0] if rows else None

    async def plain(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Any]:
        """All its rows as SQLite has them; nothing is flushed before."""
        connection: Any = (await session.connection()).sync_connection
        statement, places = self._compiled or self._compile(connection.dialect)
        laid_out = [
            (values[place.name] if place.convert is None else place.convert(values[place.name]))
            if place.name is not None
            else place.always
            for place in places
        ]
        try:
            rows: Sequence[Any] = await connection.connection.driver_connection.ask(statement, laid_out)
        except sqlite3.Error as error:
            raise told(error, statement) from error
        return rows

    def _compile(self, dialect: Dialect) -> tuple[str, list[_Place]]:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._names)
        places = []
        for name in compiled.positiontup:
            bound = compiled.binds[name]
            convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
            if bound.required:
                places.append(_Place(name, convert))
            else:
                places.append(_Place(None, None, bound.value if convert is None else convert(bound.value)))
        self._compiled = str(compiled), places
        return self._compiled
