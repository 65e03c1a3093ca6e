"""What is undone has never happened, and what was done before stays."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.transactions import Transactions
from storage.models import Person
from storage.questions import get_one
from storage.savepoint import keep_since, set_savepoint, undo_since

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("together", [False, True])
async def test_only_what_came_after_it_is_undone(engine: AsyncEngine, together: bool) -> None:
    transactions = Transactions(engine)

    async def work() -> None:
        async with transactions.begin() as session:
            person = Person(id=1, name="王阿姨", created_at=NOW)
            session.add(person)  # not flushed yet
            await set_savepoint(session)
            person.name = "无名"
            session.add(Person(id=2, created_at=NOW))
            await session.flush()
            session.add(Person(id=3, created_at=NOW))
            await undo_since(session)
            assert (await get_one(session, Person, 1)).name == "王阿姨"
            await set_savepoint(session)
            session.add(Person(id=4, name="小李", created_at=NOW))
            await keep_since(session)

    if together:
        async with transactions.together():
            await work()
    else:
        await work()
    async with transactions.begin() as session:
        rows = await session.scalars(select(Person).order_by(Person.id))
        assert [(row.id, row.name) for row in rows] == [(1, "王阿姨"), (4, "小李")]
