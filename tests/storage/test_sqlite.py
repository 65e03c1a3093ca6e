"""SQLite beside an event loop: nobody waits in the loop for somebody else's transaction."""

import asyncio
import sqlite3
import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import open_engine

HELD = 0.3


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncEngine:
    return open_engine(sqlite_url)


async def count(engine: AsyncEngine) -> int:
    async with engine.begin() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM areas"))).scalar_one())


async def test_the_loop_runs_on_while_another_process_writes(engine: AsyncEngine) -> None:
    assert await count(engine) == 0  # so that a connection is open
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO areas (code, name, level, aliases) VALUES ('a', '甲', 'town', '[]')")
    asyncio.get_running_loop().call_later(HELD, other.execute, "COMMIT")
    waiting, longest = asyncio.create_task(count(engine)), 0.0
    while not waiting.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    assert await waiting == 1
    assert longest < HELD
    other.close()
    await engine.dispose()


async def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_begins(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO areas (code, name, level, aliases) VALUES ('a', '甲', 'town', '[]')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(engine) == 0
    await engine.dispose()


async def test_a_transaction_cancelled_while_it_waits_holds_no_lock(engine: AsyncEngine) -> None:
    assert await count(engine) == 0
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(count(engine))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    other.execute("COMMIT")
    async with asyncio.timeout(10):
        assert await count(engine) == 0
    await engine.dispose()
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_whoever_waits_for_another_process_can_give_up(sqlite_url: str) -> None:
    stranger = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    engine = open_engine(sqlite_url)

    async def write() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM appointments"))

    waiting = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    begun = time.monotonic()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await engine.dispose()
    assert time.monotonic() - begun < 5  # not the half minute that it would wait
    stranger.close()
