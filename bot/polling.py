"""Polling: asks Telegram for updates, has them handled, and only then acknowledges them.

getUpdates → intake commits each → the next offset acknowledges the batch
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from bot.intake import ALLOWED, DatabaseDown, Intake
from bot.pausing import until_stopped
from bot.telegram import ApiError, Later, Never, Reason, RetryAfter, Telegram
from bot.vitals import Part, Vitals

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 30.0
_TOASTS = 1.0  # seconds that answers to taps have when it stops


class Polling:
    def __init__(
        self,
        telegram: Telegram,
        intake: Intake,
        *,
        poll_seconds: int = 25,
        may_poll: Callable[[], Awaitable[bool]] | None = None,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals or Vitals()
        self._telegram = telegram
        self._intake = intake
        self._poll_seconds = poll_seconds
        self._may_poll = may_poll
        self._offset = 0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`; the batch in hand is finished, its toasts are answered, and it is acknowledged."""
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    if self._may_poll is not None and not await self._may_poll():
                        return
                    await self._round()
                    self._vitals.beat(Part.EXCHANGE)
                    failures = 0
                    continue
                except DatabaseDown as error:
                    pause = _growing(failures)
                    log.error("the database is down, nothing is acknowledged", extra={"why": str(error), "pause": pause})
                except RetryAfter as error:
                    pause = error.seconds
                except ApiError as error:
                    pause = self._pause_after(error, failures)
                failures += 1
                await until_stopped(self._stopping, pause)
        finally:
            await self._finish()

    def stop(self) -> None:
        self._stopping.set()

    async def _round(self) -> None:
        asked = {"offset": self._offset, "timeout": self._poll_seconds, "limit": 100, "allowed_updates": ALLOWED}
        poll = asyncio.create_task(self._telegram.call("getUpdates", asked, self._poll_seconds + 10.0))
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({poll, stopped}, return_when=asyncio.FIRST_COMPLETED)
            batch = _batch(poll.result()) if poll.done() else []
        finally:
            poll.cancel()
            stopped.cancel()
        if batch:
            await self._intake.take(batch)
            self._offset = max(raw["update_id"] for raw in batch) + 1
        else:
            self._offset = 0  # all is acknowledged; after a quiet week Telegram's numbers may begin lower
        await self._intake.forget()

    async def _finish(self) -> None:
        await self._intake.all_told(_TOASTS)
        if self._offset:
            with suppress(ApiError):  # then they come again and change nothing
                await self._telegram.call("getUpdates", {"offset": self._offset, "timeout": 0, "limit": 1}, timeout=2.0)

    def _pause_after(self, error: ApiError, failures: int) -> float:
        if isinstance(error, Never) and error.reason is Reason.CONFLICT:
            log.warning("somebody else asks for this bot's updates", extra={"why": str(error)})
            return 5.0
        if not isinstance(error, Later):
            log.error("getUpdates refused", extra={"why": str(error)})
            return _LONGEST_PAUSE
        log.warning("Telegram not reachable", extra={"why": str(error)})
        return _growing(failures)


def _growing(failures: int) -> float:
    return float(min(0.5 * 2 ** min(failures, 10), _LONGEST_PAUSE))


def _batch(answer: Any) -> list[dict[str, Any]]:
    """Telegram's answer to getUpdates.

    Raises:
        Later: it is none.
    """
    if isinstance(answer, list) and all(isinstance(raw, dict) and isinstance(raw.get("update_id"), int) for raw in answer):
        return answer
    raise Later("getUpdates: no list of updates", sent_nothing=True)
