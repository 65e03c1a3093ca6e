"""Where a trial takes place: a sandbox, a database, replicas at work, and people who write one after the other."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench import postgresql
from bench.cast import NO_LIMIT, sandbox_of
from bench.residents import WISHES, Resident, at_a_pace
from bench.torture.balancer import Balancer
from bench.torture.replicas import Replicas, free_ports, looking
from bot.playing.processes import BOT, settings_for
from sandbox.client import SandboxClient

_FIRST_ID = 50_000_001


@dataclass(frozen=True, slots=True)
class Scene:
    client: SandboxClient
    url: str
    server: postgresql.Server | None
    replicas: Replicas


@asynccontextmanager
async def scene(replicas: int, *, on_postgresql: bool) -> AsyncIterator[Scene]:
    """One process on SQLite, which polls; or so many on PostgreSQL, to which a balancer brings updates.

    Raises:
        PlayFailed: they never began to work.
    """
    with (
        tempfile.TemporaryDirectory(prefix="wishlight-torture-") as at,
        postgresql.server() if on_postgresql else nullcontext() as server,
    ):
        folder = Path(at)
        url = server.url if server is not None else f"sqlite+aiosqlite:///{folder / 'town.db'}"
        ports = free_ports(replicas)
        async with sandbox_of(folder) as (client, _), AsyncExitStack() as stack:
            settings = settings_for(client.url, url, "1", NO_LIMIT, WISHLIGHT_CLOCK_URL="")
            if server is not None:
                balancer = await stack.enter_async_context(Balancer.before(ports))
                settings |= {
                    "WISHLIGHT_MODE": "webhook",
                    "WISHLIGHT_WEBHOOK_URL": f"{balancer.url}telegram",
                    "WISHLIGHT_WEBHOOK_SECRET": "in-a-local-sandbox",
                }
            await client.set_bot(BOT, first_name="点亮微心愿")
            there = Replicas(settings, ports, folder, await stack.enter_async_context(looking()), stack)
            await there.start()
            await there.until_led()
            await there.until_all_ready()
            yield Scene(client, url, server, there)


async def write(client: SandboxClient, a_second: float, until: Callable[[], bool]) -> list[Resident]:
    """People who never wrote before write one wish each, so many a second, whether or not anybody answers; who they were."""
    people: list[Resident] = []

    def newcomers() -> Iterator[Resident]:
        while not until():
            number = len(people)
            people.append(Resident(_FIRST_ID + number, f"第{number + 1}件：{WISHES[number % len(WISHES)]}"))
            yield people[-1]

    async def speak(one: Resident) -> None:
        await client.add_user(f"居民{one.id}", id=one.id, language_code="zh-hans")
        await client.say(one.id, one.words)

    await at_a_pace(newcomers(), a_second, speak)
    return people
