"""Very many rows, written fast: in the order of the tables, without indexes, which are made at the end."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Dialect, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from bot.playing.failure import PlayFailed
from storage import dump
from storage.engine import open_engine
from storage.migrate import upgrade
from storage.models import Table

_AT_ONCE = 20_000
_FAST = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "temp_store=MEMORY")
"""A database that is not complete is thrown away, so nothing of it has to survive anything."""


class Bulk:
    """Rows on their way into the tables, as the database wants their values."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[Sequence[Any]]] = defaultdict(list)
        self._rows = 0
        self.written: dict[str, int] = defaultdict(int)

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def add(self, rows: Iterable[tuple[str, Sequence[Any]]]) -> None:
        """Whole rows, with a value for each column."""
        for table, row in rows:
            self._waiting[table].append(row)
            self._rows += 1
        if self._rows >= _AT_ONCE:
            await self.flush()

    async def put(self, table: type[Table], rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows by name; what they do not say is what the model says, or nothing."""
        await self.add(_converted(self.dialect, table.__table__, rows))

    async def flush(self) -> None:
        for table in Table.metadata.sorted_tables:
            rows = self._waiting.pop(table.name, None)
            if rows:
                await _write(self._connection, table, rows)
                self.written[table.name] += len(rows)
        self._rows = 0


def _converted(dialect: Dialect, table: Any, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    binders = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    for row in rows:
        values = [row[column.name] if column.name in row else _default(column) for column in table.columns]
        yield table.name, tuple([value if bind is None else bind(value) for bind, value in zip(binders, values, strict=True)])


def _default(column: Any) -> Any:
    default = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


async def _write(connection: AsyncConnection, table: Any, rows: list[Sequence[Any]]) -> None:
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table(table.name, records=rows, columns=names)
    else:
        await connection.exec_driver_sql(str(insert(table).compile(dialect=connection.dialect, column_keys=names)), rows)


async def require_empty(url: str) -> None:
    """Raises PlayFailed: it cannot be reached, or there is anything in it."""
    engine = open_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
            strangers = sorted(set(found) - Table.metadata.tables.keys() - {dump.VERSION_TABLE})
            full = [name for name in found if name in Table.metadata.tables and await _has_rows(connection, name)]
    except (SQLAlchemyError, OSError) as error:
        raise PlayFailed(f"The database cannot be reached: {type(error).__name__}.") from None
    finally:
        await engine.dispose()
    if strangers or full:
        raise PlayFailed(f"There is something in the database ({', '.join(strangers or full)}): it must be empty.")


async def _has_rows(connection: AsyncConnection, name: str) -> bool:
    return (await connection.execute(select(Table.metadata.tables[name]).limit(1))).first() is not None


@asynccontextmanager
async def filling(url: str) -> AsyncIterator[Bulk]:
    """The tables of an empty database, open to be filled; indexes and references are made at the end.

    PostgreSQL looks then whether whatever is referred to is there; SQLite does not: a test has it look at a smaller one.
    """
    await upgrade(url)
    engine = open_engine(url, pool_size=1, rebuilding=True)
    try:
        async with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                driver: Any = (await connection.get_raw_connection()).driver_connection
                for setting in _FAST:
                    driver.at_once(f"PRAGMA {setting}")  # within a transaction it would be too late
            async with connection.begin():
                await _strip(connection)
                bulk = Bulk(connection)
                yield bulk
                await bulk.flush()
                await _dress(connection)
                for shape in await dump.shapes(connection):
                    await dump.continue_numbers(connection, shape)
        await _known(engine)
    finally:
        await engine.dispose()


async def _strip(connection: AsyncConnection) -> None:
    for table in Table.metadata.sorted_tables:
        for index in table.indexes:
            await connection.execute(DropIndex(index))
        if connection.dialect.name == "postgresql":
            for constraint in table.foreign_key_constraints:
                await connection.execute(DropConstraint(constraint))


async def _dress(connection: AsyncConnection) -> None:
    for table in Table.metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            await connection.execute(CreateIndex(index))
    if connection.dialect.name == "postgresql":
        for table in Table.metadata.sorted_tables:
            for constraint in table.foreign_key_constraints:
                await connection.execute(AddConstraint(constraint))


async def _known(engine: AsyncEngine) -> None:
    """What PostgreSQL's own housekeeping does in time: it knows how much there is of what."""
    if engine.dialect.name == "postgresql":
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM (ANALYZE)"))
