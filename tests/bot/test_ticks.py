"""A tick does what is due until nothing is; a piece that fails stops nothing else."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot import ticks
from bot.clock import SystemClock
from bot.present import Present
from bot.ticks import Errand, ErrandFailed, Ticks, Work
from bot.transactions import Transactions
from bot.vitals import Vitals
from storage.engine import open_engine
from storage.models import Area

PRESENT = Present(cast(Any, None))


def make(engine: AsyncEngine, *works: Any, done: Any = lambda: None) -> Ticks:
    return Ticks(Transactions(engine), SystemClock(), PRESENT, works, done)


def counting(pieces: int) -> tuple[Any, list[datetime]]:
    seen: list[datetime] = []

    async def work(session: AsyncSession, now: datetime, town: Any) -> bool:
        seen.append(now)
        return len(seen) < pieces

    return work, seen


async def test_each_piece_has_a_transaction_of_its_own_until_nothing_is_due(engine: AsyncEngine) -> None:
    work, seen = counting(5)
    woken = []
    loop = make(engine, work, done=lambda: woken.append(1))
    assert await loop.tick() == 4
    assert len(seen) == 5
    assert woken == [1]
    assert all(now.tzinfo is UTC for now in seen)


async def test_a_piece_that_fails_is_undone_and_the_others_go_on(engine: AsyncEngine) -> None:
    async def fails(session: AsyncSession, now: datetime, town: Any) -> bool:
        session.add(Area(code="x", name="x", level="grid", aliases=[]))
        await session.flush()
        raise RuntimeError("poison")

    work, seen = counting(2)
    loop = make(engine, fails, work)
    await loop.tick()
    assert len(seen) == 2
    async with Transactions(engine).begin() as session:
        assert await session.get(Area, "x") is None


async def test_a_poisonous_row_is_put_off_and_the_rest_is_done(engine: AsyncEngine) -> None:
    rows = ["good", "poison", "good", "good"]
    done: list[str] = []

    async def work(session: AsyncSession, now: datetime, town: Any) -> bool:
        if not rows:
            return False
        if rows[0] == "poison":
            raise RuntimeError
        done.append(rows.pop(0))
        return True

    async def put_off(session: AsyncSession, now: datetime) -> None:
        rows.remove("poison")

    assert await make(engine, Work(work, put_off)).tick() >= 3
    assert done == ["good"] * 3


async def test_a_work_may_carry_its_own_way_to_put_off(engine: AsyncEngine) -> None:
    tries = 0

    async def work(session: AsyncSession, now: datetime, town: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError
        return False

    async def put_off(session: AsyncSession, now: datetime) -> None:
        pass

    work.put_off = put_off  # type: ignore[attr-defined]
    await make(engine, work).tick()
    assert tries == 2


async def test_what_takes_long_to_read_is_read_while_others_write(engine: AsyncEngine) -> None:
    done: list[int] = []
    transactions = Transactions(engine)

    async def read(session: AsyncSession, now: datetime, town: Any) -> int | None:
        before = await session.scalar(select(func.count()).select_from(Area)) or 0
        if done:
            return None
        async with asyncio.timeout(3.0):
            await asyncio.create_task(write())
        assert await session.scalar(select(func.count()).select_from(Area)) == before  # it sees one moment
        return before

    async def write() -> None:
        async with transactions.begin() as session:
            session.add(Area(code="x", name="x", level="grid", aliases=[]))

    async def do(session: AsyncSession, now: datetime, town: Any, found: int) -> bool:
        assert await session.get(Area, "x") is not None
        done.append(found)
        return True

    await Ticks(transactions, SystemClock(), PRESENT, [Work(do, None, read)], lambda: None).tick()
    assert done == [0]


async def test_a_reading_session_writes_nothing_on_postgresql(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    transactions = Transactions(engine)
    with pytest.raises(DBAPIError, match="read-only"):
        async with transactions.reading() as session:
            session.add(Area(code="x", name="x", level="grid", aliases=[]))
    async with transactions.begin() as session:  # the same connection writes again
        session.add(Area(code="x", name="x", level="grid", aliases=[]))
    await engine.dispose()


async def test_work_that_cannot_put_off_rests_for_a_while(engine: AsyncEngine) -> None:
    tries = 0

    async def fails(session: AsyncSession, now: datetime, town: Any) -> bool:
        nonlocal tries
        tries += 1
        raise RuntimeError

    loop = make(engine, fails)
    await loop.tick()
    await loop.tick()
    assert tries == 1


async def test_a_tick_is_bounded(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "AT_MOST", 7)
    work, seen = counting(1000)
    assert await make(engine, work).tick() == 7
    assert len(seen) == 7


async def test_it_fires_by_itself_and_stops(engine: AsyncEngine) -> None:
    _, seen = counting(10**9)
    fired = asyncio.Event()

    async def once(session: AsyncSession, now: datetime, town: Any) -> bool:
        seen.append(now)
        fired.set()
        return False

    loop = make(engine, once)
    loop.start()
    loop.hurry()
    async with asyncio.timeout(0.9):  # sooner than the second would
        await fired.wait()
    await loop.stop()
    before = len(seen)
    await asyncio.sleep(1.2)
    assert len(seen) == before


async def test_who_is_not_elected_does_nothing(engine: AsyncEngine) -> None:
    work, seen = counting(5)

    async def no() -> bool:
        return False

    loop = Ticks(Transactions(engine), SystemClock(), PRESENT, [work], lambda: None, may_work=no)
    loop.start()
    loop.hurry()
    await asyncio.sleep(0.2)
    await loop.stop()
    assert seen == []


async def test_a_piece_that_does_not_end_is_given_up_when_told_to_stop(engine: AsyncEngine) -> None:
    begun = asyncio.Event()

    async def waits(session: AsyncSession, now: datetime, town: Any) -> bool:
        session.add(Area(code="x", name="x", level="grid", aliases=[]))
        await session.flush()
        begun.set()
        await asyncio.Event().wait()
        return True

    loop = make(engine, waits)
    loop.start()
    loop.hurry()
    await begun.wait()
    async with asyncio.timeout(3.0):
        await loop.stop(0.2)
    async with Transactions(engine).begin() as session:
        assert await session.get(Area, "x") is None


def sent_once(go: Any) -> tuple[Errand, list[int]]:
    """An errand whose time comes with every tick."""
    turns: list[int] = []

    async def take(session: AsyncSession, now: datetime, town: Any) -> bool:
        turns.append(1)
        return True

    return Errand(take, go), turns


async def test_an_errand_goes_on_beside_the_ticks_one_at_a_time(engine: AsyncEngine) -> None:
    home = asyncio.Event()

    async def go(transactions: Transactions, clock: Any, town: Any) -> None:
        await home.wait()
        async with transactions.begin() as session:
            session.add(Area(code="x", name="x", level="grid", aliases=[]))

    errand, turns = sent_once(go)
    work, seen = counting(10)
    loop = make(engine, errand, work)
    assert await loop.tick() == 10  # nobody waits for it
    assert await loop.tick() == 1  # it is still under way, and nobody else is sent
    assert (len(turns), len(seen)) == (1, 11)
    home.set()
    async with asyncio.timeout(5.0):
        while len(turns) < 2:  # home again, it may be sent again
            await loop.tick()
            await asyncio.sleep(0.01)
    async with Transactions(engine).begin() as session:
        assert await session.get(Area, "x") is not None
    await loop.stop()


@pytest.mark.parametrize("error", [RuntimeError("王阿姨"), ErrandFailed("ended with 3")])
async def test_an_errand_that_fails_stops_nothing_and_says_nobodys_words(
    engine: AsyncEngine, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def go(transactions: Transactions, clock: Any, town: Any) -> None:
        raise error

    errand, turns = sent_once(go)
    vitals = Vitals()
    loop = Ticks(Transactions(engine), SystemClock(), PRESENT, [errand], lambda: None, vitals=vitals)
    for _ in range(2):
        await loop.tick()
        await asyncio.sleep(0.01)
    assert len(turns) == 2
    assert vitals.failed_works["go"] == 2
    assert [getattr(record, "why", None) for record in caplog.records] == [
        None if isinstance(error, RuntimeError) else "ended with 3"
    ] * 2


async def test_an_errand_whose_turn_cannot_be_taken_rests(engine: AsyncEngine) -> None:
    tries = []

    async def take(session: AsyncSession, now: datetime, town: Any) -> bool:
        tries.append(1)
        raise RuntimeError

    async def go(transactions: Transactions, clock: Any, town: Any) -> None:
        raise AssertionError

    loop = make(engine, Errand(take, go))
    await loop.tick()
    await loop.tick()
    assert len(tries) == 1


async def test_an_errand_is_called_back_when_told_to_stop(engine: AsyncEngine) -> None:
    begun, called_back = asyncio.Event(), []

    async def go(transactions: Transactions, clock: Any, town: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            called_back.append(1)

    errand, _ = sent_once(go)
    loop = make(engine, errand)
    loop.start()
    loop.hurry()
    await begun.wait()
    async with asyncio.timeout(3.0):
        await loop.stop()
    assert called_back == [1]
