"""Takes the pictures of the documents from the real demo, so that they stay true: `make pictures`.

A demo of its own starts, the tour's first two steps are played with the page's own buttons, and the browser looks. It needs
Debian's Chromium with Chinese and emoji fonts (`make browser`).
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

HERE = Path(__file__).parent
START_SECONDS = 120
PATIENCE = 60_000  # milliseconds
STEPS = 2
SIZES = {"demo": (1280, 800), "phone": (360, 740)}


@asynccontextmanager
async def demo(folder: str) -> AsyncIterator[str]:
    """A demo in `folder` for as long as the block; its address."""
    arguments = ["-m", "bot.cli", "demo", "--port", "0", "--no-browser", "--folder", folder]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            said = ""
            while (found := re.search(r"http://[\d.:]+/", said)) is None:
                said = (await process.stdout.readline()).decode()
        yield found[0]
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def play(page: Page, steps: int) -> None:
    """Press what the tour offers, one button after the other, and go on to the next step."""
    tour = page.locator("#tour")
    for _ in range(steps):
        actions = tour.locator("button.act")
        for number in range(await actions.count()):
            if "did" not in (await actions.nth(number).get_attribute("class") or ""):
                await actions.nth(number).click()
                await expect(actions.nth(number)).to_have_class(re.compile(r"\bdid\b"), timeout=PATIENCE)
        await expect(tour.locator("button.next.primary")).to_be_visible(timeout=PATIENCE)
        await tour.locator("button.next").click()


async def take() -> None:
    with tempfile.TemporaryDirectory(prefix="wishlight-pictures-") as folder:
        async with demo(folder) as address, async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, (width, height) in SIZES.items():
                context = await chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
                page = await context.new_page()
                await page.goto(address)
                await expect(page.locator("#bar h1")).not_to_be_empty(timeout=PATIENCE)
                if name == "demo":
                    await play(page, STEPS)
                await expect(page.locator(".toast")).to_have_count(0, timeout=PATIENCE)
                await page.screenshot(path=HERE / f"{name}.png")
                await context.close()
            await chromium.close()


if __name__ == "__main__":
    asyncio.run(take())
