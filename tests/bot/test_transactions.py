"""Another transaction in the way is waited for and tried again; everything else is told at once."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.transactions import Lost, Transactions, is_down
from storage.engine import open_engine, wait_for_turn
from storage.models import Person

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def test_a_deadlock_is_tried_again_until_both_succeed(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        session.add_all([Person(id=1, created_at=NOW), Person(id=2, created_at=NOW)])
    tries = 0

    async def take(first: int, second: int) -> None:
        async def work(session: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            for person_id in (first, second):
                person = (await session.scalars(select(Person).where(Person.id == person_id).with_for_update())).one()
                person.name += "·"
                await session.flush()
                await asyncio.sleep(0.2)

        await transactions.run(work)

    await asyncio.gather(take(1, 2), take(2, 1))
    async with transactions.begin() as session:
        assert {person.name for person in await session.scalars(select(Person))} == {"··"}
    assert tries >= 3
    await engine.dispose()


async def test_a_lock_that_is_not_given_is_the_databases_fault(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.LOCK_TIMEOUT", "50ms")
    engine = open_engine(postgresql_url)
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        session.add(Person(id=1, created_at=NOW))

    async def take(session: AsyncSession) -> None:
        await session.execute(select(Person).where(Person.id == 1).with_for_update())

    async with transactions.sessions() as held, held.begin():
        await take(held)
        with pytest.raises(DBAPIError) as caught:
            await transactions.run(take)
    assert is_down(caught.value)
    await transactions.run(take)
    await engine.dispose()


async def test_replicas_wait_for_their_turn_however_long_it_takes(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.LOCK_TIMEOUT", "50ms")
    engine = open_engine(postgresql_url)
    transactions = Transactions(engine)
    order: list[str] = []

    async def take(name: str, seconds: float) -> None:
        async with transactions.begin() as session:
            await wait_for_turn(session)
            order.append(name)
            await asyncio.sleep(seconds)

    first = asyncio.create_task(take("first", 0.3))
    await asyncio.sleep(0.1)
    await asyncio.gather(first, take("second", 0.0))
    assert order == ["first", "second"]
    await engine.dispose()


async def test_a_mistake_is_not_tried_again(engine: AsyncEngine) -> None:
    tries = 0

    async def work(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        session.add(Person(id=1, created_at=NOW))
        await session.flush()
        session.expunge_all()
        session.add(Person(id=1, created_at=NOW))
        await session.flush()

    with pytest.raises(IntegrityError) as caught:
        await Transactions(engine).run(work)
    assert tries == 1
    assert not is_down(caught.value)


async def test_a_cancelled_transaction_leaves_the_connection_usable(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)

    async def write(person_id: int, pause: float) -> None:
        async with transactions.begin() as session:
            session.add(Person(id=person_id, created_at=NOW))
            await session.flush()
            await asyncio.sleep(pause)

    for person_id, pause in ((1, 5.0), (2, 0.0), (3, 5.0)):
        task = asyncio.create_task(write(person_id, pause))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await write(4, 0.0)
    async with transactions.begin() as session:
        assert list(await session.scalars(select(Person.id).order_by(Person.id))) == [2, 4]


async def test_a_transaction_within_a_transaction_is_refused_instead_of_waited_for(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    async with transactions.begin():
        with pytest.raises(RuntimeError, match="within"):
            async with transactions.begin():
                pass
    async with transactions.begin() as session:
        assert (await session.scalars(select(Person))).all() == []


async def names(transactions: Transactions) -> list[str]:
    async with transactions.begin() as session:
        return list(await session.scalars(select(Person.name).order_by(Person.id)))


async def add(transactions: Transactions, person_id: int, *, fail: bool = False) -> None:
    async with transactions.begin() as session:
        session.add(Person(id=person_id, name=f"{person_id}", created_at=NOW))
        await session.flush()
        if fail:
            raise ZeroDivisionError


async def test_of_what_is_done_together_only_what_fails_is_undone(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    done: list[int] = []
    async with transactions.together():
        await add(transactions, 1)
        transactions.when_committed(lambda: done.append(1))
        with pytest.raises(ZeroDivisionError):
            await add(transactions, 2, fail=True)
        await add(transactions, 3)
        assert done == ([] if transactions.one_at_a_time else [1])
    assert done == [1]
    assert await names(transactions) == ["1", "3"]


async def test_what_is_done_together_is_committed_together_or_not_at_all(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    transactions = Transactions(engine)
    done: list[int] = []

    async def break_off() -> None:
        async with transactions.together():
            await add(transactions, 1)
            transactions.when_committed(lambda: done.append(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    assert done == []
    assert await names(transactions) == []
    await engine.dispose()


async def test_nothing_goes_on_after_the_database_rolled_everything_back(sqlite_url: str) -> None:
    """As SQLite does by itself when the disk is full: a savepoint would then begin a transaction of its own."""
    engine = open_engine(sqlite_url)
    transactions = Transactions(engine)

    async def lose() -> None:
        async with transactions.together():
            await add(transactions, 1)
            async with transactions.begin() as session:
                await session.execute(text("ROLLBACK"))
                session.expunge_all()

    async def go_on() -> None:
        async with transactions.together():
            await add(transactions, 1)
            with suppress(DBAPIError):
                async with transactions.begin() as session:
                    await session.execute(text("ROLLBACK"))
            await add(transactions, 2)

    for attempt in (lose, go_on):
        with pytest.raises((Lost, DBAPIError)) as caught:
            await attempt()
        assert isinstance(caught.value, DBAPIError) or is_down(caught.value)
        assert await names(transactions) == []
    await engine.dispose()


async def test_others_wait_for_what_is_done_together(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    transactions = Transactions(engine)
    async with transactions.together():
        await add(transactions, 1)
        other = asyncio.create_task(add(transactions, 2))
        await asyncio.sleep(0.05)
        assert not other.done()
        await add(transactions, 3)
    await other
    assert await names(transactions) == ["1", "2", "3"]
    await engine.dispose()


def confused() -> Exception:
    """What comes of a statement whose connection was ended in the middle of the one before."""
    orig = Exception("cannot switch to state 12; another operation (2) is in progress")
    orig.__cause__ = asyncpg.InternalClientError(str(orig))
    return DBAPIError("x", {}, orig)


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (confused(), True),
        (DBAPIError("x", {}, Exception("cannot switch to state 12")), False),
        (OperationalError("x", {}, Exception("no such column: y")), False),
        (OperationalError("x", {}, Exception("database or disk is full")), True),
        (OperationalError("x", {}, Exception("database is locked")), True),
        (ConnectionRefusedError(), True),
        (ValueError("x"), False),
    ],
)
def test_what_is_the_databases_fault(error: Exception, down: bool) -> None:
    assert is_down(error) is down
