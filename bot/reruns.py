"""Updates that failed and that an admin wants to be run again: taken up within a second by the replica that works."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.intake import DatabaseDown, Intake
from bot.logs import where
from bot.pausing import until_stopped
from bot.transactions import Transactions
from storage import failures

log = logging.getLogger(__name__)

_AT_ONCE = 20
_EVERY = 1.0  # seconds


class Reruns:
    def __init__(self, transactions: Transactions, intake: Intake, may_run: Callable[[], Awaitable[bool]]) -> None:
        self._transactions = transactions
        self._intake = intake
        self._may_run = may_run
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`; one that fails once more is kept once more."""
        while not self._stopping.is_set():
            try:
                if await self._may_run():
                    async with self._transactions.reading() as session:
                        found = await failures.to_run_again(session, _AT_ONCE)
                    await self._intake.take(found)
            except DatabaseDown as error:
                log.error("what is to be run again has to wait", extra={"why": str(error)})
            except Exception as error:
                log.error("nobody knows what is to be run again", extra={"error": where(error)})
            await until_stopped(self._stopping, _EVERY)

    def stop(self) -> None:
        self._stopping.set()
