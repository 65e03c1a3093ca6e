"""What waits for a bot: one queue a bot, read by long polling or brought to a webhook, forgotten when acknowledged or after
24 real hours.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from sandbox.errors import Refused
from sandbox.limits import UPDATE_SECONDS

_KIND_WORDS = """
    message edited_message channel_post edited_channel_post business_connection business_message edited_business_message
    deleted_business_messages guest_message message_reaction message_reaction_count inline_query chosen_inline_result
    callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member
    chat_join_request chat_boost removed_chat_boost managed_bot
"""
KINDS = frozenset(_KIND_WORDS.split())
DEFAULT_KINDS = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
PENDING_MAX = 200_000
LONGEST_POLL = 50
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_SET = "Conflict: terminated by setWebhook request"


def milliseconds() -> float:
    """Real monotonic time, for measuring."""
    return time.monotonic() * 1000


class Update:
    """One update; its JSON is a snapshot of the moment it was queued."""

    __slots__ = ("acked", "bot_id", "chat_id", "from_id", "handed", "id", "json", "kind", "message_id", "queued", "tries")

    def __init__(
        self,
        bot_id: int,
        update_id: int,
        kind: str,
        content: str,
        chat_id: int | None,
        from_id: int | None,
        message_id: int | None,
    ) -> None:
        self.bot_id = bot_id
        self.id = update_id
        self.kind = kind
        self.json = f'{{"update_id":{update_id},"{kind}":{content}}}'
        self.chat_id = chat_id
        self.from_id = from_id
        self.message_id = message_id
        self.queued = milliseconds()
        self.handed: float | None = None
        self.acked: float | None = None
        self.tries = 0

    @property
    def line(self) -> tuple[str, int]:
        """In which order webhooks get it: a chat's messages one after the other, a person's taps in a line of their own."""
        if self.kind == "callback_query":
            return "tap", self.from_id or 0
        return "message" if self.kind == "edited_message" else self.kind, self.chat_id or 0

    def expired(self, now: float) -> bool:
        """Whether it is too old to be kept, at `now` in `milliseconds`."""
        return self.queued < now - UPDATE_SECONDS * 1000

    def row(self) -> dict[str, Any]:
        """What the client side is told."""
        return {
            "update_id": self.id,
            "bot": self.bot_id,
            "kind": self.kind,
            "chat_id": self.chat_id,
            "from_id": self.from_id,
            "message_id": self.message_id,
            "queued_mono_ms": self.queued,
            "handed_mono_ms": self.handed,
            "acked_mono_ms": self.acked,
            "tries": self.tries,
        }


class UpdateQueue:
    """The updates of one bot, oldest first."""

    def __init__(
        self, bot_id: int, log: deque[Update], repeats: Callable[[], bool], shuffles: Callable[[], bool] = lambda: False
    ) -> None:
        self._bot_id = bot_id
        self._log = log
        self._repeats = repeats
        self._shuffles = shuffles
        self._next_id = 100_000_001
        self._pending: OrderedDict[int, Update] = OrderedDict()
        self._again: list[Update] = []
        self._poll: asyncio.Future[None] | None = None
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.courier: Callable[[Update], None] | None = None  # is told of every new one: it brings them to a webhook

    def put(self, kind: str, content: str, chat_id: int | None, from_id: int | None, message_id: int | None = None) -> None:
        """Queue an update, unless the bot does not want its kind, and wake whoever polls."""
        if kind not in self.allowed:
            return
        update = Update(self._bot_id, self._next_id, kind, content, chat_id, from_id, message_id)
        self._next_id += 1
        if len(self._pending) >= PENDING_MAX:
            self._pending.popitem(last=False)
        self._pending[update.id] = update
        self._log.append(update)
        if self.courier is not None:
            self.courier(update)
        self._wake()

    def allow(self, kinds: Iterable[Any]) -> None:
        """From now on queue only these kinds; an empty list means Telegram's default, unknown names are ignored."""
        chosen = frozenset(kind for kind in kinds if kind in KINDS)
        self.allowed = chosen or DEFAULT_KINDS

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Acknowledge everything before `offset`, then return what waits, waiting for it when nothing does.

        Raises:
            Refused: another poller came while this one waited; the earlier one gets the 409.
        """
        self._acknowledge(offset)
        self._end_poll(_CONFLICT)
        ready = self._ready(limit)
        if ready or seconds <= 0:
            return ready
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._poll = mine
        timer = loop.call_later(min(seconds, LONGEST_POLL), self._finish, mine)
        try:
            await mine
        finally:
            timer.cancel()
            if self._poll is mine:
                self._poll = None
        return self._ready(limit)

    def waiting_updates(self) -> Iterator[Update]:
        """Everything that is not acknowledged, oldest first."""
        return iter(list(self._pending.values()))

    def waits(self, update: Update) -> bool:
        """Whether it is still to be brought."""
        return update.id in self._pending

    def brought(self, update: Update) -> bool:
        """A webhook took it, or it is too late for it: it waits no more; True when it is to be brought once more."""
        if self._pending.pop(update.id, None) is None:
            return False
        repeated = self._repeats()
        self._ack(update, keep=repeated)
        return repeated

    def turned(self) -> bool:
        """Whether the newest comes before the older ones, this time."""
        return self._shuffles()

    def end_poll(self) -> None:
        """From now on a webhook gets what comes."""
        self._end_poll(_WEBHOOK_SET)

    def drop_all(self) -> None:
        """Forget everything that waits."""
        for update in self._pending.values():
            self._ack(update)
        self._pending.clear()
        self._again.clear()

    def keep(self) -> dict[str, Any]:
        """What is needed to go on later: everything that is not acknowledged."""
        now = milliseconds()
        waiting = [
            [one.id, one.kind, one.json, one.chat_id, one.from_id, one.message_id, now - one.queued]
            for one in self._pending.values()
        ]
        return {"next_id": self._next_id, "allowed": sorted(self.allowed), "waiting": waiting}

    def restore(self, kept: dict[str, Any], ahead: int) -> None:
        """Take over what `keep` told, with new numbers `ahead` of it."""
        self._next_id = kept["next_id"] + ahead
        self.allowed = frozenset(kept["allowed"])
        for update_id, kind, text, chat_id, from_id, message_id, age in kept["waiting"]:
            update = Update(self._bot_id, update_id, kind, "null", chat_id, from_id, message_id)
            update.json, update.queued = text, milliseconds() - age
            self._pending[update.id] = update
            self._log.append(update)

    def stop(self) -> None:
        """End a waiting poll with an empty answer."""
        self._wake()

    def waiting(self) -> int:
        """How many pollers wait (0 or 1)."""
        return int(self._poll is not None and not self._poll.done())

    def pending(self) -> tuple[int, int]:
        """How many updates were never handed out, and how many are not acknowledged."""
        return sum(update.handed is None for update in self._pending.values()), len(self._pending)

    @staticmethod
    def _finish(poll: asyncio.Future[None]) -> None:
        if not poll.done():
            poll.set_result(None)

    def _wake(self) -> None:
        if self._poll is not None:
            self._finish(self._poll)

    def _end_poll(self, why: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(409, why))
        self._poll = None

    def _acknowledge(self, offset: int) -> None:
        pending = self._pending
        if offset < 0:
            while len(pending) > -offset:
                self._ack(pending.popitem(last=False)[1])
            return
        while pending and next(iter(pending)) < offset:
            update = pending.popitem(last=False)[1]
            repeated = self._repeats()
            self._ack(update, keep=repeated)
            if repeated:
                self._again.append(update)

    @staticmethod
    def _ack(update: Update, *, keep: bool = False) -> None:
        update.acked = milliseconds()
        if not keep:
            update.json = ""  # the log keeps only when and what, not the words

    def _ready(self, limit: int) -> list[Update]:
        now = milliseconds()
        pending = self._pending
        while pending and next(iter(pending.values())).expired(now):
            pending.popitem(last=False)[1].json = ""
        again, self._again = self._again[:limit], self._again[limit:]
        ready = again + list(islice(pending.values(), limit - len(again)))
        if len(ready) > 1 and self._shuffles():
            ready.reverse()
        for update in ready:
            if update.handed is None:
                update.handed = now
            update.tries += 1
        return ready
