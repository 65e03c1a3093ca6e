"""One run: everybody starts, warms up, and is measured in turns; at the end the bot is looked into, which is not timed."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import postgresql
from bench.cast import Cast, sandbox_of
from bench.contender import Contender
from bench.exchanges import Submitting, Writing
from bench.log import CallLog
from bench.measure import Crowd
from bench.profile import Profile, read_profile, sampled
from bench.residents import Resident, move_in
from sandbox.client import SandboxClient

ECHO, SQLITE, BESIDE, POSTGRESQL = "echo", "sqlite", "beside", "postgresql"
_WARMING = 60
_ECHO_TIMES = 3  # as many people: it is that much faster, and a moment says little


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    rounds: int = 5
    crowd: int = 300
    trickle: int = 40
    pace: float = 20.0  # people a second
    postgresql: bool = True
    profile: bool = True
    beside: Path | None = None  # another checkout, to compare with


@dataclass(slots=True)
class Exchange:
    """One way of talking to one bot, round by round."""

    crowds: list[Crowd] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # milliseconds


@dataclass(slots=True)
class Result:
    """Everything that was measured; exchanges are named `echo`, `sqlite card`, `sqlite submit` …"""

    exchanges: dict[str, Exchange] = field(default_factory=dict)
    peak_rss: dict[str, int] = field(default_factory=dict)
    postgresql: str | None = None
    profile: Profile | None = None

    def of(self, name: str) -> Exchange:
        return self.exchanges.setdefault(name, Exchange())


async def bench(plan: Plan, told: Callable[[str], None]) -> Result:
    """Measure; `told` hears how far it is.

    Raises:
        PlayFailed: a process did not start or an answer never came.
    """
    result = Result()
    with tempfile.TemporaryDirectory(prefix="wishlight-bench-") as folder:
        async with AsyncExitStack() as stack:
            told("starting")
            client, sandbox = await stack.enter_async_context(sandbox_of(Path(folder)))
            cast = Cast(client, sandbox, Path(folder), stack)
            urls = {SQLITE: f"sqlite+aiosqlite:///{folder}/bench.db"}
            contenders = {ECHO: await cast.echo(), SQLITE: await cast.wishlight(SQLITE, urls[SQLITE])}
            if plan.beside is not None:
                urls[BESIDE] = f"sqlite+aiosqlite:///{folder}/beside.db"
                contenders[BESIDE] = await cast.wishlight(BESIDE, urls[BESIDE], checkout=plan.beside)
            if plan.postgresql:
                server = stack.enter_context(postgresql.server())
                urls[POSTGRESQL], result.postgresql = server.url, server.version
                contenders[POSTGRESQL] = await cast.wishlight(POSTGRESQL, server.url, database_pid=server.pid)
            await cast.ready(*contenders.values())
            communities: list[str] = []
            for name, url in urls.items():
                communities = await cast.found_groups(contenders[name], url)
            rounds = _Rounds(client, plan, communities, result)
            told("warming up")
            await rounds.warm(list(contenders.values()))
            for number in range(plan.rounds):
                told(f"round {number + 1} of {plan.rounds}")
                turns = list(contenders.values())
                await rounds.play(turns if number % 2 == 0 else turns[::-1])
            result.peak_rss = {name: contender.process.peak_rss for name, contender in contenders.items()}
        if plan.profile:
            told("looking where the time goes")
            result.profile = await _profile(plan, Path(folder))
    return result


class _Rounds:
    def __init__(self, client: SandboxClient, plan: Plan, communities: Sequence[str], result: Result) -> None:
        self._client = client
        self._plan = plan
        self._communities = communities
        self._result = result

    async def warm(self, contenders: Sequence[Contender]) -> None:
        """Caches fill and connections open; nothing is noted."""
        for contender in contenders:
            await self._turn(contender, Result(), min(_WARMING, self._plan.crowd), min(_WARMING // 4, self._plan.trickle))

    async def play(self, contenders: Sequence[Contender]) -> None:
        for contender in contenders:
            await self._turn(contender, self._result, self._plan.crowd, self._plan.trickle)

    async def _turn(self, contender: Contender, result: Result, crowd: int, trickle: int) -> None:
        if contender.name == ECHO:
            await self._write(contender, result.of(ECHO), crowd * _ECHO_TIMES, trickle)
            return
        many, few, written, slowly = await self._write(contender, result.of(f"{contender.name} card"), crowd, trickle)
        exchange = result.of(f"{contender.name} submit")
        measured, _ = await Submitting(self._client, contender, written).crowd(many)
        exchange.crowds.append(measured)
        waits, _ = await Submitting(self._client, contender, slowly).trickle(few, self._plan.pace)
        exchange.waits += waits

    async def _write(
        self, contender: Contender, exchange: Exchange, crowd: int, trickle: int
    ) -> tuple[list[Resident], list[Resident], CallLog, CallLog]:
        writing = Writing(self._client, contender)
        many = await move_in(self._client, crowd, self._communities)
        few = await move_in(self._client, trickle, self._communities)
        measured, written = await writing.crowd(many)
        waits, slowly = await writing.trickle(few, self._plan.pace)
        exchange.crowds.append(measured)
        exchange.waits += waits
        return many, few, written, slowly


async def _profile(plan: Plan, folder: Path) -> Profile:
    """The same work in a process that says every millisecond what it is doing."""
    inside = folder / "profile"
    inside.mkdir()
    file = inside / "samples.json"
    async with AsyncExitStack() as stack:
        client, sandbox = await stack.enter_async_context(sandbox_of(inside))
        cast = Cast(client, sandbox, inside, stack)
        url = f"sqlite+aiosqlite:///{inside}/bench.db"
        contender = await cast.wishlight(SQLITE, url, module="bench.sampler", arguments=[str(file)])
        await cast.ready(contender)
        communities = await cast.found_groups(contender, url)
        rounds = _Rounds(client, plan, communities, Result())
        await rounds.warm([contender])
        with sampled(contender):
            await rounds.play([contender])
    return read_profile(file)
