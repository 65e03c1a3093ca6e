"""Column types that both databases treat alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

TelegramId = BigInteger
"""Telegram's ids have up to 52 significant bits."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""Own ids: 64 bits, and SQLite's rowid, which must be called INTEGER to count by itself."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so naive values are refused going in and made aware coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        raise NotImplementedError("moments are always bound, never literals")
