"""People write without pause while the bot's processes are killed at random moments, and PostgreSQL is restarted."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import postgresql
from bench.torture.accounts import account
from bench.torture.replicas import Replicas
from bench.torture.scene import scene, write


@dataclass(frozen=True, slots=True)
class Trial:
    replicas: int
    seconds: float
    pause: float  # between two kills, on average
    pace: float  # people a second
    on_postgresql: bool
    kills: int = 0  # at least; it goes on until then
    seed: int = 1


async def trial(plan: Trial, told: Callable[[str], None]) -> dict[str, Any]:
    """Run it; everything that was seen.

    Raises:
        PlayFailed: the bot does not work.
    """
    name = "postgresql" if plan.on_postgresql else "sqlite"
    async with scene(plan.replicas, on_postgresql=plan.on_postgresql) as there:
        told(f"{name}: {plan.replicas} at work, people write for {plan.seconds:g} seconds or until {plan.kills} were killed")
        killing = asyncio.create_task(_kill(there.replicas, plan))
        restart = asyncio.create_task(_restart(there.server, plan.seconds / 2)) if there.server is not None else None
        begun = time.monotonic()

        def enough() -> bool:
            long = time.monotonic() - begun >= plan.seconds
            return killing.done() or (long and there.replicas.kills >= plan.kills)

        people = await write(there.client, plan.pace, enough)
        spoken = time.monotonic() - begun
        if killing.done():
            await killing  # it failed
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        if restart is not None:
            await restart
        told(f"{name}: {there.replicas.kills} killed; waiting for the last cards")
        await there.replicas.until_led()
        found = await account(there, people)
        return {
            "database": name,
            "replicas": plan.replicas,
            "seconds": round(spoken, 1),
            "kills": there.replicas.kills,
            "database_restarts": int(restart is not None),
            **found,
            "repeats_per_kill": round(found["repeated"] / max(1, there.replicas.kills), 2),
        }


async def _kill(replicas: Replicas, plan: Trial) -> None:
    """Somebody is always killed at work: alone, a bot that still starts would never come to it."""
    chance = random.Random(plan.seed)
    while True:
        await replicas.until_led()
        await asyncio.sleep(plan.pause * chance.uniform(0.1, 1.9))
        await replicas.kill_one(chance)


async def _restart(server: postgresql.Server, after: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(server.restart)
