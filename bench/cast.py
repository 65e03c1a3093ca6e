"""Everybody on stage: one sandbox, the echo bot, and this bot once on each database with groups for its cards."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.posting import REVIEWERS, VOLUNTEERS
from bench.contender import Contender
from bot.playing.failure import PlayFailed
from bot.playing.opening import until_polled
from bot.playing.processes import Process, running, settings_for, while_they_run
from sandbox.client import SandboxClient
from storage.engine import open_engine, open_sessions
from storage.models import Area, Group

NO_LIMIT = 1e6  # Telegram's windows become microseconds
ADMIN = 30_000_001
_START_SECONDS = 120.0
_QUIET = 0.5


@asynccontextmanager
async def sandbox_of(folder: Path, rate_scale: float = NO_LIMIT) -> AsyncIterator[tuple[SandboxClient, Process]]:
    """A sandbox that refuses nobody for being fast, or as fast as said; and its process."""
    process = Process("sandbox", ["sandbox", "--port", "0", "--rate-scale", f"{rate_scale:g}"], {}, folder)
    async with running(process):
        address = await while_they_run(process.says(r"Sandbox at (http://\S+?):? ", _START_SECONDS), process)
        async with SandboxClient.connect(address) as client:
            yield client, process


class Cast:
    """Lets bots in; whoever came leaves at the end of the stack."""

    def __init__(self, client: SandboxClient, sandbox: Process, folder: Path, stack: AsyncExitStack) -> None:
        self.client = client
        self.sandbox = sandbox
        self._folder = folder
        self._stack = stack
        self._next_id = 7_000_001

    async def echo(self) -> Contender:
        bot_id, token = self._name()
        await self.client.set_bot(bot_id, first_name="echo")
        process = Process("echo", [self.client.url, token], {}, self._folder, "bench.echo")
        await self._stack.enter_async_context(running(process))
        return Contender("echo", bot_id, process, self.sandbox)

    async def wishlight(
        self,
        name: str,
        url: str,
        *,
        database_pid: int | None = None,
        checkout: Path | None = None,
        module: str = "bot.cli",
        arguments: Sequence[str] = ("run",),
    ) -> Contender:
        bot_id, token = self._name()
        await self.client.set_bot(bot_id, first_name=name)
        own = {"WISHLIGHT_BOT_TOKEN": token, "WISHLIGHT_CLOCK_URL": ""}
        if checkout is not None:
            own["PYTHONPATH"] = str(checkout)
        settings = settings_for(self.client.url, url, str(ADMIN), NO_LIMIT, **own)
        process = Process(name, list(arguments), settings, self._folder, module)
        await self._stack.enter_async_context(running(process))
        return Contender(name, bot_id, process, self.sandbox, database_pid)

    async def ready(self, *contenders: Contender) -> None:
        """Everybody asks for updates.

        Raises:
            PlayFailed: somebody does not.
        """
        processes = [self.sandbox, *(contender.process for contender in contenders)]
        await while_they_run(until_polled(self.client, len(contenders)), *processes)

    async def found_groups(self, contender: Contender, url: str) -> list[str]:
        """A reviewers' and a volunteers' group for every community, with the bot in them; the communities' names."""
        engine = open_engine(url, pool_size=1)
        try:
            return await self._found_groups(contender, engine)
        finally:
            await engine.dispose()

    async def _found_groups(self, contender: Contender, engine: AsyncEngine) -> list[str]:
        sessions = open_sessions(engine)
        async with sessions() as session:
            communities = list(await session.scalars(select(Area).where(Area.level == "community").order_by(Area.code)))
        bound: dict[int, tuple[str, str]] = {}
        for area in communities:
            for audience in (REVIEWERS, VOLUNTEERS):
                chat = await self.client.add_group(f"{area.name} {audience}", bot=None)
                await self.client.set_member(chat["id"], None, "administrator", bot=contender.bot_id)
                bound[chat["id"]] = (area.code, audience)
        deadline = time.monotonic() + _START_SECONDS
        known: set[int] = set()
        while known != bound.keys():
            if time.monotonic() > deadline:
                raise PlayFailed(f"{contender.name} did not hear of its groups.\n{contender.process.tail()}")
            await asyncio.sleep(_QUIET)
            async with sessions.begin() as session:
                for group in await session.scalars(select(Group).where(Group.id.in_(bound.keys() - known))):
                    group.area_code, group.audience = bound[group.id]
                    known.add(group.id)
        return [area.name for area in communities]

    def _name(self) -> tuple[int, str]:
        bot_id = self._next_id
        self._next_id += 1
        return bot_id, f"{bot_id}:in-a-local-sandbox"
