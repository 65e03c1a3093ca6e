"""A pause that a stop ends early."""

import asyncio
from contextlib import suppress


async def until_stopped(stopping: asyncio.Event, seconds: float) -> None:
    """Return when told to stop, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
