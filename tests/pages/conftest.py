"""A real browser before a sandbox. Where no Chromium is installed, these tests are skipped, and say so; CI must have one."""

import os
import shutil
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.pages.window import Window, look
from tests.sandbox.conftest import T0, TOKEN, RawBot

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        instead = pytest.fail if os.environ.get("CI") else pytest.skip
        instead(f"The pages are tested in a browser, and there is none of {', '.join(NAMES)} here.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(rate_scale=1e6, clock_start=T0)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture(loop_scope="session")
async def people(sandbox: Sandbox, session: aiohttp.ClientSession) -> SandboxClient:
    return SandboxClient(sandbox.url, session)


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient) -> RawBot:
    """心愿, the bot."""
    await people.set_bot(42, first_name="心愿", username="wish_bot")
    bot = RawBot(sandbox.url, session, TOKEN)
    await bot.do("getMe")
    return bot


@pytest_asyncio.fixture(loop_scope="session")
async def wang(people: SandboxClient, bot: RawBot) -> int:
    """王阿姨, who has started the bot."""
    await people.add_user("王阿姨", id=1001)
    await people.say(1001, "/start")
    await bot.do("deleteWebhook", drop_pending_updates=True)
    return 1001


@pytest_asyncio.fixture(loop_scope="session")
async def li(people: SandboxClient, wang: int) -> int:
    """小李, who has not."""
    await people.add_user("小李", id=1002, username="xiaoli")
    return 1002


@pytest_asyncio.fixture(loop_scope="session")
async def group(people: SandboxClient, bot: RawBot, wang: int, li: int) -> int:
    """A supergroup of both, 小李 its owner, the bot an administrator."""
    chat = await people.add_group("城关志愿者", [wang], admins=[li])
    await bot.do("deleteWebhook", drop_pending_updates=True)
    return int(chat["id"])


@pytest_asyncio.fixture(loop_scope="session")
async def window(chromium: Browser, sandbox: Sandbox) -> AsyncIterator[Window]:
    """The page, opened by the test when the world is ready; nothing may go wrong in it."""
    async with look(chromium, sandbox.url) as window:
        yield window


@pytest_asyncio.fixture(loop_scope="session")
async def narrow(chromium: Browser, sandbox: Sandbox) -> AsyncIterator[Window]:
    """The same on a phone's screen."""
    async with look(chromium, sandbox.url, width=360, height=740) as window:
        yield window
