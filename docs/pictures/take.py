"""Takes the pictures of the documents from the real demo, so that they stay true: `make pictures`.

For each a demo of its own starts, the tour is played so far with the page's own buttons, and the browser looks. It needs
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
PICTURES = {"demo": (1280, 800, 6), "phone": (360, 740, 1)}
"""Width, height, and how many of the tour's buttons are pressed, those that go on to the next step among them."""


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


async def play(page: Page, taps: int) -> None:
    """Press what the tour offers, one button after the other."""
    tour = page.locator("#tour")
    for _ in range(taps):
        await expect(tour.locator("button.primary:enabled")).to_have_count(1, timeout=PATIENCE)
        await tour.locator("button.primary").click()
        await expect(tour.locator("button:disabled.act")).to_have_count(0, timeout=PATIENCE)


async def take() -> None:
    with tempfile.TemporaryDirectory(prefix="wishlight-pictures-") as folder:
        for name, (width, height, taps) in PICTURES.items():
            async with demo(folder) as address, async_playwright() as playwright:
                chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                page = await chromium.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
                await page.goto(address)
                await expect(page.locator("#bar h1")).not_to_be_empty(timeout=PATIENCE)
                await play(page, taps)
                if name == "phone":
                    await page.locator("#tour .fold").click()
                    await expect(page.locator(".phone.current .bubble").last).to_contain_text(
                        "我是这样理解的", timeout=PATIENCE
                    )
                await expect(page.locator(".toast")).to_have_count(0, timeout=PATIENCE)
                await page.screenshot(path=HERE / f"{name}.png")
                await chromium.close()


if __name__ == "__main__":
    asyncio.run(take())
