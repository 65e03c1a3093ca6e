"""Rows that are read without SQLAlchemy's machinery are what it would have made of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, event, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.transactions import Transactions
from rules.lifecycle import ClaimState, Kind, State
from storage.models import Claim, Line, Person, Table, Wish
from storage.questions import Question, get, get_one

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WANG, LI = 11, 12
OF_AUTHOR = Question(select(Wish).where(Wish.author_id == bindparam("author")).order_by(Wish.id))
ANEW = Question(select(Wish).where(Wish.author_id == bindparam("author")).order_by(Wish.id), anew=True)
WITH_AUTHOR = Question(select(Wish, Person).join(Person, Person.id == Wish.author_id).where(Wish.id == bindparam("wish")))


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with Transactions(engine).begin() as opened:
        opened.add_all([Person(id=WANG, name="王阿姨", started_at=NOW, created_at=NOW), Person(id=LI, created_at=NOW)])
        await opened.flush()
        opened.add_all([wish(understood={"words": ["灯泡"]}, published=True), wish(next_reminder_at=NOW + timedelta(hours=8))])
        await opened.flush()
        opened.expunge_all()
        yield opened


def wish(**more: object) -> Wish:
    row = {"author_id": WANG, "kind": Kind.WISH, "state": State.DRAFT, "state_since": NOW, "category": "other"}
    return Wish(**row | {"created_at": NOW} | more)


def values(row: Table) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def told(rows: Sequence[Table]) -> list[dict[str, object]]:
    return [values(row) for row in rows]


async def test_a_row_says_what_sqlalchemy_would_have_read(session: AsyncSession) -> None:
    found = told(await OF_AUTHOR.all(session, {"author": WANG}))
    session.expunge_all()
    assert found == told((await session.scalars(select(Wish).order_by(Wish.id))).all())
    assert (found[0]["understood"], found[0]["published"], found[0]["state"]) == ({"words": ["灯泡"]}, True, State.DRAFT)
    assert found[1]["next_reminder_at"] == NOW + timedelta(hours=8)


async def test_every_table_can_be_read(session: AsyncSession) -> None:
    for mapper in Table.registry.mappers:
        if len(mapper.primary_key) == 1:
            everything = select(mapper.class_).order_by(*mapper.primary_key)
            found = await Question(everything).all(session, {})
            assert found == list(await session.scalars(everything))


async def test_a_claim_has_its_hours(session: AsyncSession) -> None:
    (row, _) = await OF_AUTHOR.all(session, {"author": WANG})
    session.add(Claim(wish_id=row.id, person_id=LI, state_since=NOW, due_at=NOW, created_at=NOW, hours=1.5))
    await session.flush()
    session.expunge_all()
    claim = await get_one(session, Claim, 1)
    assert (claim.hours, claim.state, claim.due_at) == (1.5, ClaimState.LIVE, NOW)


async def test_rows_of_two_tables_stand_side_by_side(session: AsyncSession) -> None:
    (first, _) = await OF_AUTHOR.all(session, {"author": WANG})
    ((row, author),) = await WITH_AUTHOR.rows(session, {"wish": first.id})
    assert row is first
    assert (author.id, author.name) == (WANG, "王阿姨")


async def test_nobody_is_none_and_an_empty_list(session: AsyncSession) -> None:
    assert await OF_AUTHOR.first(session, {"author": LI}) is None
    assert await OF_AUTHOR.all(session, {"author": LI}) == []


async def test_a_change_of_a_row_that_was_read_is_written_down(session: AsyncSession) -> None:
    row = await OF_AUTHOR.first(session, {"author": WANG})
    assert row is not None
    row.category = "errands"
    await session.flush()
    assert await session.scalar(text("SELECT category FROM wishes WHERE id = :id"), {"id": row.id}) == "errands"


async def test_what_was_changed_is_seen_by_the_next_question(session: AsyncSession) -> None:
    rows = await OF_AUTHOR.all(session, {"author": WANG})
    rows[0].author_id = LI
    session.add(wish())
    assert len(await OF_AUTHOR.all(session, {"author": WANG})) == 2
    assert await OF_AUTHOR.all(session, {"author": LI}) == [rows[0]]


async def test_a_row_that_is_known_is_the_same_object_and_keeps_what_it_says(session: AsyncSession) -> None:
    row = await OF_AUTHOR.first(session, {"author": WANG})
    assert row is not None
    await session.execute(text("UPDATE wishes SET category = 'traffic'"))
    again = await OF_AUTHOR.first(session, {"author": WANG})
    assert again is row
    assert row.category == "other"


async def test_what_is_asked_anew_is_read_again(session: AsyncSession) -> None:
    row = await OF_AUTHOR.first(session, {"author": WANG})
    await session.execute(text("UPDATE wishes SET category = 'traffic'"))
    again = await ANEW.first(session, {"author": WANG})
    assert again is row
    assert again is not None
    assert again.category == "traffic"


async def test_what_a_savepoint_undid_is_read_again(session: AsyncSession) -> None:
    row = await get_one(session, Person, WANG)
    savepoint = await session.begin_nested()
    row.name = "王奶奶"
    await session.flush()
    await savepoint.rollback()
    assert (await get_one(session, Person, WANG)).name == "王阿姨"


async def test_a_row_is_found_by_its_number_and_asked_for_once(session: AsyncSession, engine: AsyncEngine) -> None:
    asked: list[str] = []
    row = await get(session, Person, WANG)
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert await get(session, Person, WANG) is row
    assert asked == []
    assert await get(session, Line, 1) is None
    with pytest.raises(NoResultFound):
        await get_one(session, Line, 1)
