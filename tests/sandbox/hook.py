"""A bot's webhook as a test has it: notes what it is brought, and answers as it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.serving import serving

Json = dict[str, Any]
Answer = Callable[[Json], Awaitable[web.Response]]


class Hook:
    """Listens on a free port; `answer` decides what each update is answered."""

    def __init__(self) -> None:
        self.brought: list[Json] = []
        self.times: list[float] = []
        self.headers: list[Any] = []
        self.busy = 0
        self.busiest = 0
        self.answer: Answer = self.fine
        self.url = ""

    @staticmethod
    async def fine(update: Json) -> web.Response:
        return web.Response()

    def answers(self, *statuses: int, **headers: str) -> None:
        """These, one after the other, then 200."""
        left = list(statuses)

        async def answer(update: Json) -> web.Response:
            status = left.pop(0) if left else 200
            return web.Response(status=status, headers=headers if status != 200 else None)

        self.answer = answer

    async def taken(self, count: int, seconds: float = 10) -> list[Json]:
        """So many were brought, and no more came at once."""
        async with asyncio.timeout(seconds):
            while len(self.brought) < count:  # noqa: ASYNC110 - what is waited for comes over HTTP
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        assert len(self.brought) == count
        return self.brought

    @property
    def texts(self) -> list[str]:
        """What was said, or tapped."""
        return [
            update["message"]["text"] if "message" in update else update["callback_query"]["data"] for update in self.brought
        ]

    async def _handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.brought.append(update)
        self.times.append(time.monotonic())
        self.headers.append(request.headers)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await self.answer(update)
        finally:
            self.busy -= 1

    @classmethod
    @asynccontextmanager
    async def listening(cls, port: int = 0) -> AsyncIterator[Hook]:
        """Open until the block ends."""
        hook = cls()
        async with serving(hook._handle, "/hook", port) as address:
            hook.url = f"{address}/hook"
            yield hook
