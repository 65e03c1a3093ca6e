from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.settings import Settings
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.bot.stage import BOT, LI, SCALE, TOKEN, WANG, Stage


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = Sandbox(rate_scale=SCALE)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def people(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient.connect(sandbox.url) as client:
        await client.set_bot(BOT, first_name="点亮", username="wishlight_bot", privacy=False)
        await client.add_user("王阿姨", id=WANG, language_code="zh-hans")
        await client.add_user("Li", id=LI, language_code="en", username="xiaoli")
        yield client


@pytest.fixture
async def stage(sandbox: Sandbox, people: SandboxClient, database_url: str) -> AsyncIterator[Stage]:
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=database_url, rate_scale=SCALE, admins="77"
    )
    opened = Stage(sandbox, people, settings)
    yield opened
    for app in opened.apps:
        await app.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened
