"""What one replica at a time runs: sender, ticks, and the poll or the watch over the webhook.

Started when elected, stopped when told or when the turn is lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from actions.mending import mend
from bot.clock import Clock
from bot.intake import Intake
from bot.limits import PER_SECOND, Limits
from bot.logs import where
from bot.polling import Polling
from bot.present import Present
from bot.reruns import Reruns
from bot.seats import why_mute
from bot.sender import Sender
from bot.telegram import ApiError, Telegram
from bot.ticks import Do, Errand, Ticks, Work
from bot.transactions import Transactions
from bot.vitals import Part, Vitals
from bot.webhook import Watch, Webhook
from storage import chats
from storage.outbox import LEASE

log = logging.getLogger(__name__)

# Seconds to finish what is in hand: updates and ticks first, then the calls that are under way, then a moment to give up.
_PATIENCE, _CALLS, _GIVING_UP = 2.0, 3.0, 0.5


class Workers:
    def __init__(
        self,
        transactions: Transactions,
        telegram: Telegram,
        clock: Clock,
        present: Present,
        intake: Intake,
        bot_id: int,
        works: Sequence[Work | Errand | Do],
        may_work: Callable[[], Awaitable[bool]],
        *,
        webhook: Webhook | None = None,
        rate_scale: float = 1.0,
        per_second: int = PER_SECOND,
        lease: timedelta = LEASE,
        vitals: Vitals | None = None,
    ) -> None:
        self._vitals = vitals = vitals or Vitals()
        self._transactions = transactions
        self._telegram = telegram
        self._bot_id = bot_id
        self.sender = Sender(
            transactions,
            telegram,
            clock,
            Limits(rate_scale, per_second=per_second),
            first_delay=1.0 / rate_scale,
            lease=lease,
            may_send=may_work,
            mend=lambda session, now, aftermath: mend(session, now, present.town, aftermath),
            vitals=vitals,
        )
        self.ticks = Ticks(transactions, clock, present, works, self.sender.wake, may_work=may_work, vitals=vitals)
        self.intake = intake
        self.source: Polling | Watch = (
            Polling(telegram, intake, may_poll=may_work, vitals=vitals)
            if webhook is None
            else Watch(telegram, webhook, intake, may_work, vitals)
        )
        self.reruns = Reruns(transactions, intake, may_work)
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        self._vitals.expect(*Part)
        self._tasks = [
            asyncio.create_task(self.sender.run(), name="sender"),
            asyncio.create_task(self.source.run(), name="source"),
            asyncio.create_task(self._look_at_groups(), name="groups"),
            asyncio.create_task(self.reruns.run(), name="reruns"),
        ]
        self.ticks.start()

    async def until_one_ends(self) -> None:
        """Return when the sender or the source of updates ended by itself."""
        sender, source, *_ = self._tasks
        await asyncio.wait({sender, source}, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Take nothing new; finish the updates and the calls in hand, as far as patience reaches."""
        self._vitals.excuse(*Part)
        sender, source, groups, reruns = self._tasks
        groups.cancel()
        self.source.stop()
        self.reruns.stop()
        await asyncio.gather(_finish(source, _PATIENCE), _finish(reruns, _PATIENCE), self.ticks.stop(_PATIENCE))
        self.sender.stop()
        await _finish(sender, _CALLS)
        await self.sender.abandon()
        await asyncio.wait({groups}, timeout=1.0)  # a driver in mid-sentence takes a moment to let go
        for task in self._tasks:
            if not task.done():
                log.warning("a worker hangs and is left behind", extra={"worker": task.get_name()})
            elif not task.cancelled() and (error := task.exception()) is not None:
                log.error("a worker failed", extra={"worker": task.get_name(), "error": where(error)})

    async def _look_at_groups(self) -> None:
        """Which groups the bot cannot post in, asked once: what was missed while it was down."""
        async with self._transactions.begin() as session:
            groups = [(group.id, group.problem) for group in await chats.groups(session)]
        for chat_id, before in groups:
            try:
                member = await self._telegram.call("getChatMember", {"chat_id": chat_id, "user_id": self._bot_id})
            except ApiError:
                continue
            problem = why_mute(member)
            if problem is not None:
                log.warning("the bot cannot post in a group", extra={"chat": chat_id, "problem": problem})
            if problem != before:
                async with self._transactions.begin() as session:
                    if problem is None:
                        await chats.can_post_again(session, chat_id)
                    else:
                        await chats.cannot_post(session, chat_id, problem)


async def _finish(task: asyncio.Task[Any], patience: float) -> None:
    await asyncio.wait({task}, timeout=patience)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_GIVING_UP)
