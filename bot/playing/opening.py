"""The curtain: sandbox and bot start as processes, the clock is held, the chat windows are followed."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.playing.failure import PlayFailed
from bot.playing.processes import BOT, Process, running, settings_for, while_they_run
from bot.playing.timetable import BEGIN
from sandbox.client import SandboxClient
from storage.engine import open_engine

if TYPE_CHECKING:
    from bot.playing.pace import Pace
    from bot.playing.stage import Stage
    from bot.playing.windows import Windows

START_SECONDS = 120.0  # it may be a busy machine


@dataclass(frozen=True, slots=True)
class Opened:
    """What a play needs."""

    stage: "Stage"
    pace: "Pace"
    sandbox: Process
    bot: Process
    engine: AsyncEngine  # reads only


def read_only(url: str) -> AsyncEngine:
    """An engine that cannot change anything."""
    return open_engine(url, pool_size=2).execution_options(wishlight_readonly=True, postgresql_readonly=True)


@asynccontextmanager
async def opened(
    folder: Path,
    url: str,
    admins: str,
    *,
    rate_scale: float,
    seed: int,
    ends: datetime,
    arguments: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Opened]:
    """Sandbox and bot at `BEGIN`, the bot asking for updates; both end with the block.

    `arguments` are further ones of `wishlight sandbox`, `more` further settings of the bot.

    Raises:
        PlayFailed: one of them does not start.
    """
    async with AsyncExitStack() as stack:
        sandbox = Process("sandbox", ["sandbox", "--port", "0", "--rate-scale", f"{rate_scale:g}", *arguments], {}, folder)
        await stack.enter_async_context(running(sandbox))
        address = await while_they_run(sandbox.says(r"Sandbox at (http://\S+?):? ", START_SECONDS), sandbox)
        client = await stack.enter_async_context(SandboxClient.connect(address))
        await client.set_bot(BOT, first_name="点亮微心愿", username="dianliang_bot")
        await client.set_clock(set=BEGIN.timestamp(), speed=0)  # from now on it moves by steps only

        bot = Process("bot", ["run"], settings_for(address, url, admins, rate_scale, **(more or {})), folder)
        await stack.enter_async_context(running(bot))
        # Both read a large library first, which takes seconds: side by side.
        from bot.playing.pace import Pace
        from bot.playing.stage import Stage
        from bot.playing.windows import Windows

        engine = read_only(url)
        stack.push_async_callback(engine.dispose)
        stage = Stage(client, Windows(client), seed, ends)
        await stack.enter_async_context(_followed(stage.windows))
        pace = Pace(stage, engine, [sandbox, bot])
        await while_they_run(until_polled(client), sandbox, bot)
        yield Opened(stage, pace, sandbox, bot, engine)


async def until_polled(client: SandboxClient, bots: int = 1) -> None:
    """Wait until so many bots ask for updates.

    Raises:
        PlayFailed: they do not.
    """
    deadline = time.monotonic() + START_SECONDS
    while (await client.status())["pollers"] < bots:
        if time.monotonic() > deadline:
            raise PlayFailed(f"Nobody asked for updates within {START_SECONDS:g} seconds.")
        await asyncio.sleep(0.05)


@asynccontextmanager
async def _followed(windows: "Windows") -> AsyncIterator[None]:
    following = asyncio.create_task(windows.follow(), name="windows")
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError):
            await following
