"""The page as people see it: phones, bubbles, buttons; and what went wrong behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Locator, Page, expect

PATIENCE = 30_000  # milliseconds; a busy machine is no failure
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Phone:
    """One phone on the page."""

    root: Locator

    @property
    def bubbles(self) -> Locator:
        return self.root.locator(".message .bubble")

    @property
    def input(self) -> Locator:
        return self.root.locator("textarea")

    @property
    def toast(self) -> Locator:
        return self.root.locator(".toast")

    @property
    def title(self) -> Locator:
        return self.root.locator("header .chat .strong")

    def bubble(self, words: str) -> Locator:
        return self.bubbles.filter(has_text=words).last

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name)

    async def say(self, words: str) -> None:
        await self.input.fill(words)
        await self.input.press("Enter")

    async def choose(self, opener: str, *path: str) -> None:
        """Open a list by the label of its button, and choose from it."""
        await self.root.get_by_role("button", name=opener, exact=True).first.click()
        for name in path:
            await self.root.get_by_role("menuitem", name=name).first.click()

    async def about(self, words: str, choice: str) -> None:
        """Choose from the list about a message."""
        await self.bubble(words).click(button="right")
        await self.root.get_by_role("menuitem", name=choice).click()

    async def go_to(self, chat: str) -> None:
        await self.root.locator("header .chat").click()
        await self.root.get_by_role("menuitem", name=chat).first.click()


@dataclass
class Window:
    """A page in a browser."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)
    may_fail: bool = False  # a test about refusals and lost connections says so

    async def open(self, *shown: tuple[int, int | None]) -> list[Phone]:
        """Open it; the phones that it shows are these windows."""
        await self.page.goto(self.url)
        await expect(self.page.locator("#bar h1")).not_to_be_empty()
        return [self.phone(number) for number in range(max(len(shown), 1))]

    def phone(self, number: int) -> Phone:
        return Phone(self.page.locator(".phone").nth(number))

    async def scroll_height(self, phone: Phone) -> float:
        return float(await phone.root.locator(".scroller").evaluate("it => it.scrollHeight - it.scrollTop - it.clientHeight"))


@asynccontextmanager
async def look(chromium: Browser, url: str, *, width: int = 1280, height: int = 800) -> AsyncIterator[Window]:
    """A page of a browser that was never used; errors in it are errors of the test."""
    context = await chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    try:
        page = await context.new_page()
        window = Window(page, url)
        page.on("console", lambda told: window.wrong.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: window.wrong.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith((url, "blob:", "data:")) else window.wrong.append(asked.url)
        )
        yield window
        assert window.may_fail or window.wrong == []
    finally:
        await context.close()
