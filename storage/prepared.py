"""Statements of the hot path, compiled once.

SQLAlchemy looks a statement up, lays out its parameters and wraps its result anew each time, which takes several times longer
than SQLite takes to answer, and as long as PostgreSQL. These go to the driver as they are: SQLite's own, or SQLAlchemy's
adapter of asyncpg, which begins the transaction, prepares each text once and tells errors as ever.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
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
        self._compiled: dict[str, tuple[str, list[_Place]]] = {}  # by dialect

    async def scalar(self, session: AsyncSession, values: Mapping[str, Any]) -> Any:
        """What it returns first; None when it returns nothing. Nothing is flushed before."""
        rows = await self.plain(session, values)
        return rows[0][0] if rows else None

    async def plain(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Any]:
        """All its rows as the driver has them; nothing is flushed before."""
        dialect: Dialect = cast("Any", session.bind).dialect
        statement, places = self._compiled.get(dialect.name) or self._compile(dialect)
        laid_out = tuple(
            [
                (values[place.name] if place.convert is None else place.convert(values[place.name]))
                if place.name is not None
                else place.always
                for place in places
            ]
        )
        return await ask(session, statement, laid_out)

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
        self._compiled[dialect.name] = str(compiled), places
        return self._compiled[dialect.name]


async def ask(session: AsyncSession, statement: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    """All rows of a statement as the driver understands it; none, when it returns nothing."""
    if not is_sqlite(session):
        return await (await _connection(session)).run_sync(_ask_adapter, statement, parameters)
    try:
        return await (await driver_of(session)).ask(statement, parameters)
    except sqlite3.Error as error:
        raise told(error, statement) from error


def _ask_adapter(connection: SyncConnection, statement: str, parameters: Sequence[Any]) -> Sequence[Any]:
    dialect = connection.dialect
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
    except dialect.loaded_dbapi.Error as error:
        base = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True, dialect=dialect) from error
    finally:
        cursor.close()
    return rows


async def driver_of(session: AsyncSession) -> Connection:
    """SQLite's driver that a session works on."""
    connection: Any = (await _connection(session)).sync_connection
    return cast("Connection", connection.connection.driver_connection)


async def _connection(session: AsyncSession) -> AsyncConnection:
    """The connection of a session, looked up once a transaction or savepoint: looking it up begins it."""
    innermost = _innermost(session.sync_session)
    begun, connection = session.info.get(_KNOWN, (None, None))
    if innermost is None or begun is not innermost:
        connection = await session.connection()
        session.info[_KNOWN] = _innermost(session.sync_session), connection
    return cast("AsyncConnection", connection)


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


_KNOWN = "connection"
