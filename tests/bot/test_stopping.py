"""A bot that is told to stop ends within ten seconds: with nothing half done under load, and also when everything hangs."""

import asyncio
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot.playing.processes import Process, running, settings_for
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.engine import open_engine, open_sessions
from storage.models import Line, Outgoing, SeenUpdate
from tests.bot.stage import BOT, SCALE, TOKEN, until

PEOPLE = range(3001, 3121)
PATIENCE = 90.0


class Stopping:
    """A bot in a process of its own that somebody stops."""

    def __init__(self, sandbox: Sandbox, url: str, folder: Path) -> None:
        self._settings = settings_for(sandbox.url, url, "77", SCALE, WISHLIGHT_BOT_TOKEN=TOKEN)
        self._folder = folder
        self._url = url

    def process(self, name: str) -> Process:
        return Process(name, ["run"], self._settings, self._folder)

    async def stops(self, process: Process) -> float:
        """Tell it to; how many seconds it took."""
        assert process._process is not None
        begun = time.monotonic()
        process._process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process._process.wait(), 30)
        assert code == 0, process.tail()
        return time.monotonic() - begun

    async def rows(self, query: Any) -> list[Any]:
        engine = open_engine(self._url)
        try:
            async with open_sessions(engine)() as session:
                return list(await session.scalars(query))
        finally:
            await engine.dispose()


@pytest.fixture
def stopping(sandbox: Sandbox, database_url: str, tmp_path: Path) -> Stopping:
    return Stopping(sandbox, database_url, tmp_path)


async def heard(people: SandboxClient, so_many: int) -> bool:
    calls = await people.calls()
    return sum(call["method"] == "sendMessage" for call in calls) >= so_many


async def test_nothing_is_half_done_and_nothing_is_done_twice(stopping: Stopping, people: SandboxClient) -> None:
    for person in PEOPLE:
        await people.add_user(f"居民{person}", id=person)
    said = 0

    async def talk() -> None:
        nonlocal said
        for person in PEOPLE:
            await people.say(person, f"楼下第{person}盏路灯坏了，想请人看看")
            said += 1
            await asyncio.sleep(0.01)

    first = stopping.process("first")
    async with running(first):
        talking = asyncio.create_task(talk())
        await until(lambda: heard(people, 5), PATIENCE)
        seconds = await stopping.stops(first)
        assert seconds < 10
        stopped_after = said
    assert "ERROR" not in first.log_text()
    waiting = await stopping.rows(select(Outgoing).where(Outgoing.state == "waiting"))
    assert [row for row in waiting if row.attempts] == []  # none was left in flight
    await talking
    async with running(stopping.process("second")):
        await until(lambda: _all_answered(people), PATIENCE)
    assert 0 < stopped_after <= len(PEOPLE)
    lines = Counter([line.person_id for line in await stopping.rows(select(Line))])
    assert lines == dict.fromkeys(PEOPLE, 1)
    assert not await stopping.rows(select(Outgoing).where(Outgoing.maybe_twice))
    cards = Counter([call["payload"]["chat_id"] for call in await people.calls() if call["method"] == "sendMessage"])
    assert {person: cards[person] for person in PEOPLE} == dict.fromkeys(PEOPLE, 1)


async def _all_answered(people: SandboxClient) -> bool:
    """Everybody has a card."""
    for person in (PEOPLE[0], PEOPLE[-1], *PEOPLE):
        if not any(message["from"]["id"] == BOT for message in await people.messages(person)):
            return False
    return True


async def test_telegram_and_the_database_may_hang(stopping: Stopping, people: SandboxClient, database_url: str) -> None:
    for person in PEOPLE[:20]:
        await people.add_user(f"居民{person}", id=person)
    process = stopping.process("bot")
    async with running(process):
        await people.say(PEOPLE[0], "楼下的路灯坏了，想请人看看")
        await until(lambda: heard(people, 1), PATIENCE)
        await people.fault("delay", methods=["sendMessage", "editMessageText", "answerCallbackQuery"], seconds=120, delay=60)
        for person in PEOPLE[1:10]:
            await people.say(person, "楼下的路灯坏了，想请人看看")
        await until(lambda: _under_way(people), PATIENCE)
        stranger = await Stranger.hold(database_url)  # and whoever comes now waits for somebody else's lock
        await people.fault("delay", methods=["getUpdates"], seconds=120, delay=60)
        for person in PEOPLE[10:20]:
            await people.say(person, "楼下的路灯坏了，想请人看看")
        await asyncio.sleep(0.5)
        try:
            seconds = await stopping.stops(process)
        finally:
            await stranger.let_go()
        assert seconds < 10, process.tail()
    await people.fault("none")
    async with running(stopping.process("again")):
        await until(lambda: _all_stored(stopping), PATIENCE)
    lines = Counter([line.person_id for line in await stopping.rows(select(Line))])
    assert lines == dict.fromkeys(PEOPLE[:20], 1)


async def _under_way(people: SandboxClient) -> bool:
    status = await people.status()
    return not status["pending_updates"]


async def _all_stored(stopping: Stopping) -> bool:
    return len(await stopping.rows(select(SeenUpdate))) >= 20


class Stranger:
    """Somebody who holds what the bot wants to write."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def hold(cls, url: str) -> "Stranger":
        found = make_url(url)
        if found.get_backend_name() == "sqlite":
            alone = sqlite3.connect(str(found.database), timeout=30, isolation_level=None, check_same_thread=False)
            alone.execute("BEGIN IMMEDIATE")
            return cls(alone)
        connection = await asyncpg.connect(host=str(found.query["host"]), user="postgres", database=found.database)
        await connection.execute("BEGIN")
        await connection.execute("LOCK TABLE seen_updates, outgoing IN ACCESS EXCLUSIVE MODE")
        return cls(connection)

    async def let_go(self) -> None:
        if isinstance(self._connection, sqlite3.Connection):
            self._connection.close()
        else:
            await self._connection.close()
