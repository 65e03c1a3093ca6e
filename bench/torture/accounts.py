"""What became of everything that was said: in the database, in the chats, in the sandbox's log.

Every resident writes once. What the sandbox took from them is looked for in the database, and the card that answers it in their
chat: none may be missing, none stored twice, and what befell a process may repeat what it had in flight, no more.
"""

import asyncio
import time
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from bench.log import updates_of
from bench.residents import Resident
from bench.torture.scene import Scene
from bench.torture.story import Seen, arrivals, percentile
from bot.playing.processes import BOT
from storage.engine import open_engine, open_sessions
from storage.models import Line, Outgoing, SeenUpdate, Wish

IN_FLIGHT = 8
_PATIENCE = 180.0  # seconds until everything must have arrived


async def account(scene: Scene, people: list[Resident]) -> dict[str, Any]:
    """Wait for the last cards, then count."""
    seen = Seen(scene.client)
    engine = open_engine(scene.url, pool_size=1)
    try:
        late = await _everything_arrived(seen, open_sessions(engine), people)
        return {"messages": len(people), "unanswered": late, **await _counted(scene, seen, open_sessions(engine), people)}
    finally:
        await engine.dispose()


def failures(found: dict[str, Any]) -> list[str]:
    """Which promises were broken."""
    none_of = ("unanswered", "unacknowledged", "lost", "stored_twice", "still_waiting", "failed")
    wrong = [f"{name}: {found[name]}" for name in none_of if found[name]]
    allowed = IN_FLIGHT * sum(found.get(name, 0) for name in ("kills", "hangs", "database_restarts"))
    return [*wrong, f"repeated: {found['repeated']} of {allowed}"] if found["repeated"] > allowed else wrong


async def _everything_arrived(seen: Seen, sessions: Any, people: list[Resident]) -> int:
    """How many never got a card; what a killed process had in flight is tried again when its lease is over."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        await seen.look()
        arrived = arrivals(seen.calls)
        late = sum(one.id not in arrived for one in people)
        async with sessions() as session:
            waiting = await session.scalar(select(func.count()).where(Outgoing.state == "waiting"))
        if not (late or waiting) or time.monotonic() > deadline:
            return late
        await asyncio.sleep(1.0)


async def _counted(scene: Scene, seen: Seen, sessions: Any, people: list[Resident]) -> dict[str, Any]:
    arrived = arrivals(seen.calls)
    written = {one: update["queued_mono_ms"] for one, update in (await updates_of(scene.client, BOT, "message")).items()}
    waits = [arrived[one.id][0] - written[one.id] for one in people if arrived.get(one.id) and one.id in written]
    moments = sorted(moment for chat in arrived.values() for moment in chat if moment <= max(written.values()))
    async with sessions() as session:
        lines = await session.execute(select(Line.person_id, func.count()).group_by(Line.person_id))
        stored: dict[int, int] = {person: number for person, number in lines}
        wishes = await session.scalar(select(func.count()).select_from(Wish))
        rows = await session.execute(select(Outgoing.state, func.count()).group_by(Outgoing.state))
        states: dict[str, int] = {state: number for state, number in rows}
        failed = await session.scalar(select(func.count()).select_from(SeenUpdate).where(SeenUpdate.outcome == "failed"))
    return {
        "unacknowledged": (await scene.client.status())["unacked_updates"],
        "stored": len(stored),
        "lost": sum(one.id not in stored for one in people),
        "stored_twice": sum(number - 1 for number in stored.values()) + max(0, (wishes or 0) - len(stored)),
        "still_waiting": states.get("waiting", 0),
        "failed": (failed or 0) + states.get("failed", 0),
        "repeated": sum(max(0, len(arrived.get(one.id, ())) - 1) for one in people),
        "p50_ms": percentile(waits, 0.5),
        "p95_ms": percentile(waits, 0.95),
        "worst_ms": percentile(waits, 1.0),
        "longest_silence_ms": round(max((after - before for before, after in pairwise(moments)), default=0.0)),
    }
