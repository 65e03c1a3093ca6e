"""The demo's tour, through the page and against the real bot, on a desk and on a phone's screen."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from playwright.async_api import Browser, expect

from bot.demo import town
from sandbox.client import SandboxClient, SandboxRefused
from tests.demo.evening import demo, until
from tests.pages.window import Window, look

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEPS: list[dict[str, Any]] = yaml.safe_load((Path(town.__file__).parent / "stage.yaml").read_text("utf-8"))["tour"]
BOT_MILLISECONDS = 60_000  # to answer and to be reminded, on a busy machine
SHOWN = re.compile("did")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the town is made once, and entered afresh by every test."""
    return tmp_path_factory.mktemp("demo")


@asynccontextmanager
async def opened(chromium: Browser, folder: Path, width: int, height: int) -> AsyncIterator[Window]:
    """A fresh demo, and its page once the town is there."""
    running = demo(folder)
    address = (await asyncio.to_thread(running.__enter__)).address
    try:
        async with SandboxClient.connect(address) as people:
            await until(lambda: toured(people))
        async with look(chromium, address, width=width, height=height) as window:
            await window.page.goto(address)
            yield window
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def toured(people: SandboxClient) -> bool:
    """Whether the stage is set; until then somebody else may be at the door."""
    try:
        return bool((await people.get("stage"))["tour"])
    except (aiohttp.ClientError, SandboxRefused):
        return False


async def play(window: Window, step: dict[str, Any]) -> None:
    """Let the page do everything that a step proposes, and see that it is done."""
    tour = window.page.locator("#tour")
    await expect(tour).to_contain_text(step["title"]["zh"])
    for number in range(len(step["actions"])):
        action = tour.locator(".act").nth(number)
        await expect(action).to_be_enabled(timeout=BOT_MILLISECONDS)
        await action.click()
        await expect(action).to_have_class(SHOWN, timeout=BOT_MILLISECONDS)
    await expect(tour).to_contain_text("这一步完成了", timeout=BOT_MILLISECONDS)


async def test_the_tour_leads_from_a_sentence_to_the_evening_digest(chromium: Browser, folder: Path) -> None:
    async with opened(chromium, folder, 1280, 800) as window:
        await expect(window.page.locator(".phone .owner")).to_have_text(
            ["王奶奶的手机", "小李的手机", "小李的手机", "张书记的手机"]
        )
        for number, step in enumerate(STEPS):
            if number == 2:  # whoever reads anew goes on where they were
                await window.page.reload()
            await play(window, step)
            await window.page.locator("#tour .next").click()
        await expect(window.page.locator("#tour")).to_contain_text("导览走完了")
        await expect(window.phone(3).bubble("今日小结")).to_be_in_viewport()
        await window.page.locator("#tour").get_by_role("button", name="关闭").click()
        await expect(window.page.locator("#tour")).to_be_hidden()


async def test_the_tour_fits_a_small_screen(chromium: Browser, folder: Path) -> None:
    async with opened(chromium, folder, 360, 740) as window:
        for step in STEPS:
            await play(window, step)
            composer = window.page.locator(".phone.current .composer")
            await expect(composer).to_be_in_viewport(ratio=1)
            assert await window.page.evaluate("document.documentElement.scrollWidth") <= 360
            await window.page.locator("#tour .next").click()
        await window.page.locator("#tour .fold").click()
        await expect(window.page.locator("#tour .body")).to_have_count(0)


async def test_a_step_can_be_done_by_hand(chromium: Browser, folder: Path) -> None:
    async with opened(chromium, folder, 1280, 800) as window:
        phone, tour = window.phone(0), window.page.locator("#tour")
        await phone.say("厨房的灯泡坏了，够不着，想请人换一下，我住河街社区。")
        await expect(tour.locator(".act").first).to_have_class(SHOWN)
        await phone.button("公开文字").click(timeout=BOT_MILLISECONDS)
        await expect(tour.locator(".act").nth(1)).to_have_class(SHOWN)
        await expect(phone.button("改为不公开文字")).to_be_visible(timeout=BOT_MILLISECONDS)  # the card that they send off
        await phone.button("提交").click()
        await expect(tour).to_contain_text("这一步完成了", timeout=BOT_MILLISECONDS)
        await window.page.locator("#tour").get_by_role("button", name="跳过导览").click()
        await expect(tour).to_be_hidden()
        await window.page.get_by_role("button", name="导览").click()
        await expect(tour).to_contain_text("这一步完成了")
