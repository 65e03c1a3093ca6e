"""Statements that go to SQLite's driver as they are do what SQLAlchemy would have done, and fail as it would have failed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.transactions import Transactions
from rules.lifecycle import Kind, State
from storage import updates
from storage.adding import add
from storage.models import Area, Person, SeenUpdate, Wish
from storage.prepared import Prepared

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WANG = 11
_AREAS: Any = Area.__table__
ADD = Prepared(insert(_AREAS).values(level="grid").returning(_AREAS.c.name), "code", "name", "parent_code", "aliases")
GRID: dict[str, Any] = {"code": "g1", "name": "一网格", "parent_code": None, "aliases": ["一格"]}


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with Transactions(engine).begin() as opened:
        yield opened


def wish(**more: Any) -> Wish:
    row = {"author_id": WANG, "kind": Kind.WISH, "state": State.DRAFT, "state_since": NOW, "category": "other"}
    return Wish(**row | {"created_at": NOW} | more)


async def test_values_arrive_as_their_columns_want_them(session: AsyncSession) -> None:
    assert await ADD.scalar(session, GRID) == "一网格"
    area = await session.get_one(Area, "g1")
    assert (area.level, area.parent_code, area.aliases) == ("grid", None, ["一格"])


async def test_what_returns_nothing_is_none(session: AsyncSession) -> None:
    asked = Prepared(select(_AREAS.c.name).where(_AREAS.c.code == bindparam("wanted")))
    assert await asked.scalar(session, {"wanted": "nowhere"}) is None


async def test_what_the_database_refuses_is_told_as_ever(session: AsyncSession) -> None:
    await ADD.scalar(session, GRID)
    with pytest.raises(IntegrityError) as refused:
        async with session.begin_nested():
            await ADD.scalar(session, GRID)
    assert "一网格" not in str(refused.value)  # parameters may be somebody's words
    assert await session.get(Area, "g1") is not None


async def test_a_value_that_is_forgotten_is_a_mistake_and_no_null(session: AsyncSession) -> None:
    with pytest.raises(Exception, match="name"):
        await ADD.scalar(session, {"code": "g1", "parent_code": None, "aliases": []})


async def test_a_row_that_is_added_is_like_one_that_was_read(session: AsyncSession) -> None:
    session.add(Person(id=WANG, created_at=NOW))
    row = wish(next_reminder_at=NOW.astimezone(timezone(timedelta(hours=8))))
    await add(session, row)
    assert row.id is not None
    assert row in session
    assert not session.dirty
    assert (row.places, row.understood, row.contact) == (1, {}, None)
    row.places = 2
    await session.flush()
    session.expunge_all()
    again = await session.get_one(Wish, row.id)
    assert (again.places, again.state, again.next_reminder_at) == (2, State.DRAFT, NOW)


async def test_an_added_row_goes_with_the_savepoint_it_was_added_in(session: AsyncSession) -> None:
    session.add(Person(id=WANG, created_at=NOW))
    await session.flush()
    for _ in range(2):  # the driver's connection is known the second time, and the savepoint is begun all the same
        savepoint = await session.begin_nested()
        await add(session, wish())
        await savepoint.rollback()
        assert (await session.scalars(select(Wish))).all() == []
    await add(session, wish())
    assert len((await session.scalars(select(Wish))).all()) == 1


async def test_no_update_kept_is_no_null_of_json(session: AsyncSession) -> None:
    assert await updates.see(session, NOW, 7)
    kept = select(SeenUpdate.id).where(SeenUpdate.raw.is_(None))
    assert (await session.scalars(kept)).all() == [7]


async def test_rows_come_in_the_order_that_was_asked_for(session: AsyncSession) -> None:
    for code in ("g2", "g1", "g3"):
        await ADD.scalar(session, GRID | {"code": code})
    listed = Prepared(select(_AREAS.c.code).where(_AREAS.c.level == bindparam("level")).order_by(_AREAS.c.code.desc()))
    assert [row[0] for row in await listed.plain(session, {"level": "grid"})] == ["g3", "g2", "g1"]
    assert list(await listed.plain(session, {"level": "county"})) == []
