"""The rows of one life as a pattern: what is the same in every copy, and what each copy has of its own.

A copy has its own numbers, people, community, messages and days. Which column means what is read off the tables, so that a
new column or table comes along by itself, or is refused when nobody can say what its numbers refer to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Date, Dialect, ForeignKey, Integer, select
from sqlalchemy import Table as PlainTable
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.scale.town import Cast
from storage.models import Table
from storage.types import Moment

TOWN = ("areas", "people", "groups", "appointments", "editions", "seen_updates")
"""Tables that are no wish's."""
MESSAGES = 1000
"""How far apart the message numbers of two copies begin."""
_NAMED = {"claim_id": "claims", "reply_card_id": "cards", "follows_id": "wishes", "merged_into": "wishes"}
_REAL = ("not_before",)
"""Times of the machine, not of the town."""


class Unknown(Exception):
    """A column of numbers of which nobody can say what they refer to."""


def counted() -> list[PlainTable]:
    """The tables whose rows are numbered by themselves, those that others refer to first."""
    return [table for table in Table.metadata.sorted_tables if table.name not in TOWN]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A life's rows by table; each row picks its values from one long list, which a copy fills."""

    constants: list[Any]
    moments: list[datetime | date]
    numbers: Sequence[tuple[str, int]]  # table and how many rows before it, one for each row
    messages: list[int]
    pickers: Mapping[str, "list[itemgetter[Any]]"]
    sizes: Mapping[str, int]
    end: datetime

    def copy(self, moments: list[Any], who: Sequence[Any], bases: Mapping[str, int], shift: int) -> Iterator[tuple[str, Any]]:
        """Its rows, for people, with the numbers that follow `bases`; `moments` are made by `at`."""
        values = [
            *self.constants,
            *moments,
            *who,
            *[bases[table] + place for table, place in self.numbers],
            *[message + shift for message in self.messages],
        ]
        for table, pickers in self.pickers.items():
            for picker in pickers:
                yield table, picker(values)

    def at(self, later: timedelta, dialect: Dialect) -> list[Any]:
        """The life's times, so much later, as the database wants them."""
        moment, day = _binder(Moment(), dialect), _binder(Date(), dialect)
        return [moment(one + later) if isinstance(one, datetime) else day(one + later) for one in self.moments]


def _binder(kind: Any, dialect: Dialect) -> Any:
    return kind.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


async def taken(connection: AsyncConnection, who: Cast, end: datetime, dialect: Dialect) -> Pattern:
    """The pattern of all that a database holds besides its town, for a database of this kind.

    Raises:
        Unknown
    """
    weave = _Weave(who, dialect)
    for table in counted():
        key = next(iter(table.primary_key.columns))
        rows = [dict(row) for row in (await connection.execute(select(table).order_by(key))).mappings()]
        weave.number(table, [row[key.name] for row in rows])
        weave.rows[table.name] = rows
    return weave.woven(end)


class _Weave:
    """Where each value of each row will be found."""

    def __init__(self, who: Cast, dialect: Dialect) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._dialect = dialect
        self._who = {value: place for place, value in enumerate(astuple(who))}
        self._constants: list[Any] = []
        self._moments: dict[datetime | date, int] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._places: list[tuple[str, int]] = []
        self._messages: dict[int, int] = {}

    def number(self, table: PlainTable, keys: Sequence[int]) -> None:
        for place, key in enumerate(keys):
            self._numbers[table.name, key] = len(self._places)
            self._places.append((table.name, place + 1))

    def woven(self, end: datetime) -> Pattern:
        found = {
            table.name: [[self._found(column, row[column.name]) for column in table.columns] for row in self.rows[table.name]]
            for table in counted()
            if self.rows[table.name]
        }
        starts, begin = {}, 0
        for part, length in (
            ("constant", len(self._constants)), ("moment", len(self._moments)), ("who", len(self._who)),
            ("number", len(self._places)), ("message", len(self._messages)),
        ):  # fmt: skip
            starts[part] = begin
            begin += length
        return Pattern(
            self._constants,
            list(self._moments),
            self._places,
            list(self._messages),
            {
                name: [itemgetter(*[starts[part] + n for part, n in row]) for row in rows]
                for name, rows in found.items()
                if rows
            },
            {name: len(rows) for name, rows in self.rows.items() if rows},
            end,
        )

    def _found(self, column: Column[Any], value: Any) -> tuple[str, int]:
        """Which part of the list a value stands in, and where."""
        if value is None or isinstance(column.type, JSON):
            return self._constant(column, value)
        if column.name == "message_id":
            return "message", self._messages.setdefault(value, len(self._messages))
        if isinstance(column.type, Moment | Date) and column.name not in _REAL:
            return "moment", self._moments.setdefault(value, len(self._moments))
        if value in self._who:
            return "who", self._who[value]
        target = _referred(column)
        return ("number", self._numbers[target, value]) if target is not None else self._constant(column, value)

    def _constant(self, column: Column[Any], value: Any) -> tuple[str, int]:
        self._constants.append(_binder(column.type, self._dialect)(value))
        return "constant", len(self._constants) - 1


def _referred(column: Column[Any]) -> str | None:
    """The table that a column's numbers count, if it is one of ours.

    Raises:
        Unknown
    """
    names = {table.name for table in counted()}
    if column.primary_key:
        return str(column.table.name)
    for key in column.foreign_keys:
        target = _target(key)
        return target if target in names else None
    if column.name in _NAMED:
        return _NAMED[column.name]
    if column.name.endswith("_id") and isinstance(column.type, BigInteger | Integer) and not _is_somebody(column):
        raise Unknown(f"{column.table.name}.{column.name}")
    return None


def _target(key: ForeignKey) -> str:
    return str(key.column.table.name)


def _is_somebody(column: Column[Any]) -> bool:
    return column.name in ("chat_id", "actor_id", "person_id")
