"""Answers to taps: given directly once everything is committed, a few times if need be, and then forgotten."""

import asyncio
import logging

from bot.telegram import Later, Never, RetryAfter, Telegram
from words.messages import Toast

log = logging.getLogger(__name__)

_AT_ONCE = 16
_TRIES = 3


class Toasts:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._under_way: set[asyncio.Task[None]] = set()

    async def answer(self, query_id: str, toast: Toast) -> None:
        """Begin to answer a tap; return when there is room for another one."""
        while len(self._under_way) >= _AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._tell(query_id, toast))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def all_told(self, patience: float) -> None:
        """Whoever tapped has their answer, or waited long enough for it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=patience)
            for task in late:
                task.cancel()

    async def _tell(self, query_id: str, toast: Toast) -> None:
        """A tap expires within minutes."""
        for attempt in range(_TRIES):
            try:
                await self._telegram.call("answerCallbackQuery", toast.payload(query_id), timeout=10.0)
                return
            except Never as error:
                log.warning("toast refused", extra={"why": str(error)})
                return
            except RetryAfter as error:
                await asyncio.sleep(min(error.seconds, 5.0))
            except Later:
                await asyncio.sleep(0.2 * 2**attempt)
