"""Statements of the hot path, compiled once.

SQLAlchemy looks a statement up, lays out its parameters and wraps its result anew each time, which takes several times longer
than SQLite takes to answer. On SQLite these go to the driver as they are; on PostgreSQL, where the way there and back is longer
than all that, they are executed as any other.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from storage.engine import is_sqlite, told
from storage.sqlite import Connection


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
        driver = await driver_of(session)
        statement, places = self._compiled or self._compile(session.get_bind().dialect)
        laid_out = [
            (values[place.name] if place.convert is None else place.convert(values[place.name]))
            if place.name is not None
            else place.always
            for place in places
        ]
        try:
            rows = await driver.ask(statement, laid_out)
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


async def driver_of(session: AsyncSession) -> Connection:
    """The driver's connection that a session works on, looked up once a transaction or savepoint: looking it up begins it."""
    innermost = _innermost(session.sync_session)
    begun, driver = session.info.get(_DRIVER, (None, None))
    if innermost is None or begun is not innermost:
        connection: Any = (await session.connection()).sync_connection
        driver = connection.connection.driver_connection
        session.info[_DRIVER] = _innermost(session.sync_session), driver
    return cast("Connection", driver)


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


_DRIVER = "driver"
