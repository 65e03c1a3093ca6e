"""Two measurements of the same exchange: a crowd at once, for what the bot can do, and a trickle, for how long one waits.

crowd     The bot is held while everybody writes, then let go: it finds all of it waiting, and nothing else keeps the machine
          busy but the sandbox it talks to. The clock runs from letting go until the last answer arrived.
trickle   People write at a pace that every bot can keep. Each waits from the moment their update was queued until the
          answer arrived.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bench.contender import Contender, Used
from bench.log import CallLog, Key, updates_of
from bench.residents import Resident, at_a_pace, side_by_side
from sandbox.client import SandboxClient

Do = Callable[[Resident], Awaitable[object]]
Keys = Callable[[Resident], Sequence[Key]]
_AFTERWARDS = 0.25  # seconds in which what was sent is written down; their work counts, their time does not


@dataclass(frozen=True, slots=True)
class Crowd:
    updates: int
    seconds: float
    used: Used


async def crowd(
    client: SandboxClient, contender: Contender, people: Sequence[Resident], do: Do, answers: Keys
) -> tuple[Crowd, CallLog]:
    """Everybody does it at once; `answers` are the calls that each waits for, known once they did it."""
    log = await CallLog.from_now_on(client, contender.bot_id)
    with contender.held():
        await side_by_side(people, do)
        before = contender.used()
        begun = time.monotonic() * 1000
    wanted = [key for one in people for key in answers(one)]
    await log.until(wanted)
    ended = max(map(log.arrived, wanted))
    shares = contender.used() - before  # before anybody rests
    await asyncio.sleep(_AFTERWARDS)
    used = contender.used() - before
    return Crowd(len(people), (ended - begun) / 1000, Used(used.bot, shares.sandbox, shares.load, used.database)), log


async def trickle(
    client: SandboxClient,
    contender: Contender,
    people: Sequence[Resident],
    a_second: float,
    kind: str,
    do: Do,
    answers: Keys,
) -> tuple[list[float], CallLog]:
    """How many milliseconds each waited for the last of their answers."""
    log = await CallLog.from_now_on(client, contender.bot_id)
    await at_a_pace(people, a_second, do)
    await log.until([key for one in people for key in answers(one)])
    updates = await updates_of(client, contender.bot_id, kind)
    waits = [max(map(log.arrived, answers(one))) - updates[one.id]["queued_mono_ms"] for one in people]
    return waits, log
