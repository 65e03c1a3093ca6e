"""A play that is told to stop ends in order."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """A signal ended the play; the message is its name."""


def until_told(work: Coroutine[None, None, T]) -> T:
    """Run it; SIGINT, SIGTERM and a closed terminal cancel it, so that it ends its processes.

    Raises:
        Stopped: it was told to.
    """
    import uvloop

    told: list[str] = []

    async def work_or_stop() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)

        def stop(number: signal.Signals) -> None:
            told.append(number.name)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop, number)
        return await task

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(work_or_stop())
        except asyncio.CancelledError:
            if not told:
                raise
            raise Stopped(told[0]) from None
