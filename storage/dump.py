"""Rows as plain JSON values and back, the same from and for both databases, whatever the revision of their schema.

Tables are read as the database describes them, not as the models do: a backup is most wanted before an upgrade. A moment is
text in UTC; what a JSON column holds is carried as its text, to the letter; everything else is what it is.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, Column, Connection, Date, DateTime, MetaData, Table, Text, cast, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

Kind = Literal["plain", "moment", "day", "json"]
Row = list[Any]
VERSION_TABLE = "alembic_version"
_PAGE = 2000  # rows


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it stands in a database."""

    table: Table
    kinds: tuple[Kind, ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.table.columns]

    @property
    def key(self) -> Column[Any]:
        (key,) = self.table.primary_key.columns
        return key


async def shapes(connection: AsyncConnection) -> list[Shape]:
    """Every table but the revision's, those that others refer to first."""
    return await connection.run_sync(_shapes)


def _shapes(connection: Connection) -> list[Shape]:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != VERSION_TABLE)
    return [Shape(table, tuple(_kind(column) for column in table.columns)) for table in metadata.sorted_tables]


def _kind(column: Column[Any]) -> Kind:
    if isinstance(column.type, DateTime):
        return "moment"
    if isinstance(column.type, Date):
        return "day"
    return "json" if isinstance(column.type, JSON) else "plain"


async def count(connection: AsyncConnection, shape: Shape) -> int:
    return await connection.scalar(select(func.count()).select_from(shape.table)) or 0


async def read(connection: AsyncConnection, shape: Shape) -> AsyncIterator[list[Row]]:
    """All rows in the order of their keys, which both databases agree on, some at a time."""
    key: Any = shape.key
    if connection.dialect.name == "postgresql" and key.type.python_type is str:
        key = key.collate("C")
    asked = [
        cast(column, Text).label(column.name) if kind == "json" else column
        for column, kind in zip(shape.table.columns, shape.kinds, strict=True)
    ]
    place = shape.columns.index(shape.key.name)
    query = select(*asked).order_by(key).limit(_PAGE)
    page = (await connection.execute(query)).all()
    while page:
        yield [[_out(value) for value in row] for row in page]
        page = (await connection.execute(query.where(key > page[-1][place]))).all()


async def write(connection: AsyncConnection, shape: Shape, pages: AsyncIterator[list[Row]]) -> None:
    """Add rows, whose values stand in the order of the table's columns."""
    if connection.dialect.name == "postgresql":
        driver: Any = (await connection.get_raw_connection()).driver_connection

        async def records() -> AsyncIterator[tuple[Any, ...]]:
            async for page in pages:
                for row in page:
                    yield tuple(_in(value, kind) for value, kind in zip(row, shape.kinds, strict=True))

        # One COPY a table: what refers to another row of it is looked up at its end.
        await driver.copy_records_to_table(shape.name, records=records(), columns=shape.columns)
        return
    plain = Table(shape.name, MetaData(), *(Column(name) for name in shape.columns))
    added = str(insert(plain).compile(dialect=connection.dialect))
    async for page in pages:
        values = [tuple(_for_sqlite(value, kind) for value, kind in zip(row, shape.kinds, strict=True)) for row in page]
        await connection.exec_driver_sql(added, values)


async def continue_numbers(connection: AsyncConnection, shape: Shape) -> None:
    """After rows with numbers of their own were written: the next one is numbered after them. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(shape.name, shape.key.name)
    if await connection.scalar(select(sequence)) is None:
        return
    last = func.coalesce(func.max(shape.key), 0)
    await connection.execute(select(func.setval(sequence, last + 1, False)).select_from(shape.table))


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _in(value: Any, kind: Kind) -> Any:
    if value is None or kind in ("plain", "json"):
        return value
    return datetime.fromisoformat(value) if kind == "moment" else date.fromisoformat(value)


def _for_sqlite(value: Any, kind: Kind) -> Any:
    """As SQLAlchemy stores it there."""
    if value is None or kind != "moment":
        return value
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
