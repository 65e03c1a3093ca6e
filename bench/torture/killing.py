"""People write without pause while the bot's processes are killed at random moments, and PostgreSQL is restarted.

Every resident writes once. What the sandbox took from them is looked for in the database, and the card that answers it in their
chat: none may be missing, none stored twice, and a killed process may repeat what it had in flight, no more.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from bench import postgresql
from bench.cast import NO_LIMIT, sandbox_of
from bench.log import updates_of
from bench.residents import WISHES, Resident, at_a_pace
from bench.torture.story import Seen, arrivals, percentile
from bot.playing.opening import until_polled
from bot.playing.processes import BOT, Process, settings_for, while_they_run
from sandbox.client import SandboxClient
from storage.engine import open_engine, open_sessions
from storage.models import Line, Outgoing, SeenUpdate, Wish

IN_FLIGHT = 8
_PATIENCE = 180.0  # seconds until everything must have arrived
_FIRST_ID = 50_000_001


@dataclass(frozen=True, slots=True)
class Trial:
    replicas: int
    seconds: float
    pause: float  # between two kills, on average
    pace: float  # people a second
    on_postgresql: bool
    seed: int = 1


class Replicas:
    """Processes of the same bot; whoever is killed is started again at once."""

    def __init__(self, settings: dict[str, str], folder: Path, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._folder = folder
        self._stack = stack
        self._numbers = count(1)
        self.running: list[Process] = []
        self.kills = 0

    async def start(self) -> None:
        process = Process(f"bot-{next(self._numbers)}", ["run"], self._settings, self._folder)
        await process.start()
        self._stack.push_async_callback(process.stop)
        self.running.append(process)

    async def kill_one(self, chance: random.Random) -> None:
        """kill -9, wherever it is."""
        victim = self.running.pop(chance.randrange(len(self.running)))
        psutil.Process(victim.pid).kill()
        self.kills += 1
        await self.start()


async def trial(plan: Trial, told: Callable[[str], None]) -> dict[str, Any]:
    """Run it; everything that was seen.

    Raises:
        PlayFailed: the bot never began to work.
    """
    name = "postgresql" if plan.on_postgresql else "sqlite"
    with (
        tempfile.TemporaryDirectory(prefix="wishlight-torture-") as at,
        postgresql.server() if plan.on_postgresql else nullcontext() as server,
    ):
        folder = Path(at)
        url = server.url if server is not None else f"sqlite+aiosqlite:///{folder / 'town.db'}"
        async with sandbox_of(folder) as (client, _), AsyncExitStack() as stack:
            settings = settings_for(client.url, url, "1", NO_LIMIT, WISHLIGHT_CLOCK_URL="")
            await client.set_bot(BOT, first_name="点亮微心愿")
            replicas = Replicas(settings, folder, stack)
            for _ in range(plan.replicas):
                await replicas.start()
            await while_they_run(until_polled(client), *replicas.running)
            told(f"{name}: {plan.replicas} at work, people write for {plan.seconds:g} seconds")
            people = await _move_in(client, round(plan.seconds * plan.pace))
            restart = asyncio.create_task(_restart(server, plan.seconds / 2)) if server is not None else None
            killing = asyncio.create_task(_kill(client, replicas, plan))
            begun = time.monotonic()
            await at_a_pace(people, plan.pace, lambda one: client.say(one.id, one.words))
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            if restart is not None:
                await restart
            spoken = time.monotonic() - begun
            told(f"{name}: {replicas.kills} killed; waiting for the last cards")
            seen = Seen(client)
            late = await _everything_arrived(seen, url, people)
            found = await _looked_at(client, seen, url, people)
            return {
                "database": name,
                "replicas": plan.replicas,
                "seconds": round(spoken, 1),
                "messages": len(people),
                "kills": replicas.kills,
                "database_restarts": int(restart is not None),
                "unanswered": late,
                **found,
                "repeats_per_kill": round(found["repeated"] / max(1, replicas.kills), 2),
            }


def failures(found: dict[str, Any]) -> list[str]:
    """Which promises were broken."""
    wrong = [
        f"{name}: {found[name]}" for name in ("unanswered", "lost", "stored_twice", "still_waiting", "failed") if found[name]
    ]
    allowed = IN_FLIGHT * (found["kills"] + found["database_restarts"])
    return [*wrong, f"repeated: {found['repeated']} of {allowed}"] if found["repeated"] > allowed else wrong


async def _move_in(client: SandboxClient, number: int) -> list[Resident]:
    people = [Resident(_FIRST_ID + index, f"第{index + 1}件：{WISHES[index % len(WISHES)]}") for index in range(number)]
    for one in people:
        await client.add_user(f"居民{one.id}", id=one.id, language_code="zh-hans")
    return people


async def _kill(client: SandboxClient, replicas: Replicas, plan: Trial) -> None:
    """Somebody is always killed at work: alone, a bot that still starts would never come to it."""
    chance = random.Random(plan.seed)
    while True:
        await until_polled(client)
        await asyncio.sleep(plan.pause * chance.uniform(0.1, 1.9))
        await replicas.kill_one(chance)


async def _restart(server: postgresql.Server, after: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(server.restart)


async def _everything_arrived(seen: Seen, url: str, people: list[Resident]) -> int:
    """How many never got a card; what a killed process had in flight is tried again when its lease is over."""
    engine = open_engine(url, pool_size=1)
    sessions = open_sessions(engine)
    deadline = time.monotonic() + _PATIENCE
    try:
        while True:
            await seen.look()
            arrived = arrivals(seen.calls)
            late = sum(one.id not in arrived for one in people)
            async with sessions() as session:
                waiting = await session.scalar(select(func.count()).where(Outgoing.state == "waiting"))
            if not (late or waiting) or time.monotonic() > deadline:
                return late
            await asyncio.sleep(1.0)
    finally:
        await engine.dispose()


async def _looked_at(client: SandboxClient, seen: Seen, url: str, people: list[Resident]) -> dict[str, Any]:
    arrived = arrivals(seen.calls)
    written = {one: update["queued_mono_ms"] for one, update in (await updates_of(client, BOT, "message")).items()}
    waits = [arrived[one.id][0] - written[one.id] for one in people if arrived.get(one.id) and one.id in written]
    polls = [call["mono_ms"] for call in seen.calls if call["method"] == "getUpdates"]
    polls = [poll for poll in polls if min(written.values()) <= poll <= max(written.values())]
    engine = open_engine(url, pool_size=1)
    try:
        async with open_sessions(engine)() as session:
            lines = await session.execute(select(Line.person_id, func.count()).group_by(Line.person_id))
            stored: dict[int, int] = {person: number for person, number in lines}
            wishes = await session.scalar(select(func.count()).select_from(Wish))
            states = {
                state: number
                for state, number in await session.execute(select(Outgoing.state, func.count()).group_by(Outgoing.state))
            }
            failed = await session.scalar(select(func.count()).select_from(SeenUpdate).where(SeenUpdate.outcome == "failed"))
    finally:
        await engine.dispose()
    return {
        "stored": len(stored),
        "lost": sum(one.id not in stored for one in people),
        "stored_twice": sum(number - 1 for number in stored.values()) + max(0, (wishes or 0) - len(stored)),
        "still_waiting": states.get("waiting", 0),
        "failed": (failed or 0) + states.get("failed", 0),
        "repeated": sum(max(0, len(arrived.get(one.id, ())) - 1) for one in people),
        "p50_ms": percentile(waits, 0.5),
        "p95_ms": percentile(waits, 0.95),
        "worst_ms": percentile(waits, 1.0),
        "longest_without_a_poll_ms": round(max((after - before for before, after in pairwise(polls)), default=0.0)),
    }
