"""Whoever leads is stopped in the middle of its work, and goes on when another leads; people write all the while."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.torture import accounts
from bench.torture.replicas import Replicas
from bench.torture.scene import scene, write

TAKEN_OVER_WITHIN = 10.0  # seconds
_AWAY = 15.0  # seconds; all that it had begun is somebody else's by then
_BETWEEN = 5.0


async def trial(replicas: int, hangs: int, pace: float, told: Callable[[str], None]) -> dict[str, Any]:
    """Run it; everything that was seen.

    Raises:
        PlayFailed: nobody works.
    """
    async with scene(replicas, on_postgresql=True) as there:
        told(f"hanging: {replicas} at work, whoever leads is stopped {hangs} times")
        hanging = asyncio.create_task(_hang(there.replicas, hangs))
        begun = time.monotonic()
        people = await write(there.client, pace, hanging.done)
        taken_over, leaders = await hanging
        told("hanging: waiting for the last cards")
        return {
            "database": "postgresql",
            "replicas": replicas,
            "seconds": round(time.monotonic() - begun, 1),
            "hangs": hangs,
            "taken_over_after_s": taken_over,
            "leaders_at_most": leaders,
            **await accounts.account(there, people),
        }


def failures(found: dict[str, Any]) -> list[str]:
    """Which promises were broken."""
    wrong = accounts.failures(found)
    late = [seconds for seconds in found["taken_over_after_s"] if seconds > TAKEN_OVER_WITHIN]
    wrong += [f"taken over after {seconds} s" for seconds in late]
    return [*wrong, f"leaders: {found['leaders_at_most']}"] if found["leaders_at_most"] > 1 else wrong


async def _hang(replicas: Replicas, hangs: int) -> tuple[list[float], int]:
    """After how many seconds another led, each time; and how many led at once when the first one had gone on."""
    taken_over: list[float] = []
    leaders = 0
    for _ in range(hangs):
        port = await replicas.until_led()
        await asyncio.sleep(_BETWEEN)
        replicas.hold(port)
        begun = time.monotonic()
        try:
            await replicas.until_led(but=port)
            taken_over.append(round(time.monotonic() - begun, 1))
            await asyncio.sleep(max(0.0, begun + _AWAY - time.monotonic()))
        finally:
            replicas.let_go(port)
        await asyncio.sleep(_BETWEEN)  # it has noticed
        leaders = max(leaders, await replicas.leading())
    return taken_over, leaders
