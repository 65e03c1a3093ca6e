"""A sandbox a test, people to play with, and a bot that calls methods without any library."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from sandbox.client import SandboxClient
from sandbox.server import Sandbox

os.environ["PTB_TIMEDELTA"] = "true"

TOKEN = "42:TEST"
T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Xunyang


class RawBot:
    """Calls Bot API methods with JSON bodies and gives back what was answered."""

    def __init__(self, url: str, session: aiohttp.ClientSession, token: str) -> None:
        self.base = f"{url}/bot{token}"
        self.session = session

    async def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """The whole answer, whose error_code must be the HTTP status."""
        async with self.session.post(f"{self.base}/{method}", json=parameters) as response:
            answer: dict[str, Any] = await response.json()
        assert response.status == answer.get("error_code", 200)
        assert answer["ok"] == (response.status == 200)
        return answer

    async def do(self, method: str, /, **parameters: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.call(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, /, **parameters: Any) -> tuple[int, str]:
        """Code and words of a call that must fail."""
        answer = await self.call(method, **parameters)
        assert not answer["ok"], json.dumps(answer, ensure_ascii=False)
        return answer["error_code"], answer["description"]

    async def updates(self, kind: str | None = None, **parameters: Any) -> list[Any]:
        """What waits, without acknowledging it; of one kind only the contents."""
        updates = await self.do("getUpdates", **parameters)
        return updates if kind is None else [update[kind] for update in updates if kind in update]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(rate_scale=1e6, clock_start=T0)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def strict_sandbox() -> AsyncIterator[Sandbox]:
    """With Telegram's own rates."""
    sandbox = Sandbox(clock_start=T0)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def bot(sandbox: Sandbox, session: aiohttp.ClientSession) -> RawBot:
    """The bot that came first: number 42."""
    bot = RawBot(sandbox.url, session, TOKEN)
    await bot.do("getMe")
    return bot


@pytest.fixture
async def second_bot(bot: RawBot, sandbox: Sandbox, session: aiohttp.ClientSession) -> RawBot:
    """Another bot, number 43, that came later."""
    second = RawBot(sandbox.url, session, "43:TEST")
    await second.do("getMe")
    return second


@pytest.fixture
async def people(sandbox: Sandbox, session: aiohttp.ClientSession) -> SandboxClient:
    return SandboxClient(sandbox.url, session)


@pytest.fixture
def pollers(people: SandboxClient) -> Callable[[int], Awaitable[None]]:
    """Waits until so many pollers wait."""

    async def until(count: int) -> None:
        async with asyncio.timeout(10):
            while (await people.status())["pollers"] != count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    return until


@pytest.fixture
async def wang(people: SandboxClient, bot: RawBot) -> int:
    """王阿姨, who has started the bot."""
    user = await people.add_user("王阿姨", id=1001)
    await people.say(1001, "/start")
    await bot.do("getUpdates", offset=-1)
    await bot.do("deleteWebhook", drop_pending_updates=True)
    return int(user["id"])


@pytest.fixture
async def li(people: SandboxClient, bot: RawBot) -> int:
    """小李, who has not."""
    await people.add_user("小李", id=1002, username="xiaoli")
    return 1002


@pytest.fixture
async def group(people: SandboxClient, bot: RawBot, wang: int, li: int) -> int:
    """A supergroup of both, 小李 its owner, the bot an administrator."""
    chat = await people.add_group("城关志愿者", [wang, li], admins=[li])
    await bot.do("deleteWebhook", drop_pending_updates=True)
    return int(chat["id"])
