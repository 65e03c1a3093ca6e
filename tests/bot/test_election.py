"""One replica at a time works; when it dies another takes over."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from actions import area_lists
from bot import election
from bot.composition import App
from bot.election import Elected
from bot.settings import Settings
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.engine import open_engine
from tests.bot.stage import FILES, SCALE, TOKEN, WANG, Stage, until


async def kill_lock_holders(url: str) -> int:
    """The backend that holds the lock dies without a word."""
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        killed = len((await connection.execute(text(query))).all())
    await engine.dispose()
    return killed


def _deaf() -> None:
    """Nobody is told anything here."""


async def test_only_one_has_the_turn(postgresql_url: str) -> None:
    first, second = Elected(postgresql_url, _deaf), Elected(postgresql_url, _deaf)
    assert await first.take()
    assert not await second.take()
    assert await first.held()
    assert not await second.held()
    await first.give_up()
    assert await second.take()
    await second.give_up()


async def test_a_lost_lock_is_noticed(postgresql_url: str, monkeypatch) -> None:
    monkeypatch.setattr(election, "_FRESH_SECONDS", 0.0)
    first, second = Elected(postgresql_url, _deaf), Elected(postgresql_url, _deaf)
    assert await first.take()
    assert await kill_lock_holders(postgresql_url) == 1
    assert not await first.held()
    assert await second.take()
    assert not await first.take()
    await second.give_up()
    await first.give_up()


async def test_whoever_hangs_loses_the_turn_and_knows_it_when_it_goes_on(postgresql_url: str, monkeypatch) -> None:
    monkeypatch.setattr(election, "_HANGS_AFTER", 0.4)
    monkeypatch.setattr(election, "_FRESH_SECONDS", 0.1)
    first, second = Elected(postgresql_url, _deaf), Elected(postgresql_url, _deaf)
    assert await first.take()
    for _ in range(8):  # who asks after it keeps it
        await asyncio.sleep(0.1)
        assert await first.held()
    assert not await second.take()
    await until(second.take, 5.0)
    assert not await first.held()
    assert await second.held()
    await second.give_up()
    await first.give_up()


async def test_whoever_asks_while_somebody_asks_already_is_not_told_what_nobody_knows(postgresql_url: str, monkeypatch) -> None:
    monkeypatch.setattr(election, "_FRESH_SECONDS", 0.1)
    first = Elected(postgresql_url, _deaf)
    assert await first.take()
    assert await asyncio.gather(first.held(), first.held()) == [True, True]
    await kill_lock_holders(postgresql_url)
    await asyncio.sleep(0.3)
    assert await asyncio.gather(first.held(), first.held()) == [False, False]
    await first.give_up()


async def test_what_a_replica_that_hangs_had_locked_is_free_again(postgresql_url: str) -> None:
    hanging = open_engine(postgresql_url, patience=0.3)
    other = open_engine(postgresql_url)
    async with other.begin() as connection:
        await connection.execute(text("CREATE TABLE spot (number int)"))
        await connection.execute(text("INSERT INTO spot VALUES (1)"))
    async with hanging.connect() as connection:
        await connection.execute(text("UPDATE spot SET number = 2"))
        async with other.begin() as second:  # waits until the first is thrown out
            await second.execute(text("UPDATE spot SET number = number + 10"))
        with pytest.raises(DBAPIError):
            await connection.execute(text("UPDATE spot SET number = 3"))
    async with other.begin() as connection:
        assert await connection.scalar(text("SELECT number FROM spot")) == 11
    for engine in (hanging, other):
        await engine.dispose()


async def test_another_replica_takes_over_and_nothing_is_lost(
    postgresql_url: str, sandbox: Sandbox, people: SandboxClient
) -> None:
    settings = Settings(_env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE)
    stage = Stage(sandbox, people, settings)
    first = await stage.open()
    second = await stage.open()
    try:
        assert first.workers is not None
        assert second.workers is None
        await people.say(WANG, "一")
        await stage.hears("一")
        await first.stop()
        await people.say(WANG, "二")
        await stage.hears("一", "二")
        assert second.workers is not None
    finally:
        for app in stage.apps:
            await app.stop()


async def test_replicas_may_start_together_on_an_empty_town(
    postgresql_url: str, sandbox: Sandbox, people: SandboxClient
) -> None:
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE, admins="77,78"
    )
    rows = area_lists.parse([{"code": f"{n}", "name": f"{n}", "level": "town", "parent": None} for n in range(20)])
    apps = [App(settings, files=replace(FILES, areas=rows)) for _ in range(3)]
    try:
        await asyncio.gather(*(app.start() for app in apps))
        assert sum(app.workers is not None for app in apps) == 1
    finally:
        for app in apps:
            await app.stop()


async def test_the_bot_survives_its_database_being_shaken(postgresql_url: str, sandbox: Sandbox, people: SandboxClient) -> None:
    settings = Settings(_env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE)
    stage = Stage(sandbox, people, settings)
    app = await stage.open(lease=timedelta(seconds=5))  # a lease whose commit was cut off runs out
    shaker = create_async_engine(postgresql_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    shake = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    try:
        for number in range(20):
            await people.say(WANG, f"{number}")
            if number % 5 == 2:
                async with shaker.connect() as connection:
                    await connection.execute(text(shake))
            await asyncio.sleep(0.05)

        async def all_answered() -> bool:
            return {f"{number}" for number in range(20)} <= set(await stage.heard())

        await until(all_answered, 30.0)
        assert app.workers is not None
    finally:
        await app.stop()
        await shaker.dispose()
