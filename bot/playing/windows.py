"""What the people of the town see: every chat's messages with the buttons they have now, read from the sandbox as they come.

One request tells of all chats: the log of calls holds the bot's messages as their readers see them. Who presses a button that
was taken away meanwhile is refused by the sandbox, as a person would be by their screen.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiogram.filters.callback_data import CallbackData

from sandbox.client import SandboxClient

Json = dict[str, Any]
T = TypeVar("T", bound=CallbackData)

KEPT = 300  # messages of a chat; nobody scrolls further up
_EVERY = 0.02  # seconds


@dataclass(slots=True)
class Shown:
    """A message of the bot as it is now; `seen` grows with every change anywhere."""

    id: int
    chat: int
    text: str
    data: tuple[str, ...]  # of its buttons
    seen: int

    def buttons(self, kind: type[T]) -> list[T]:
        """Its buttons of one kind, in their order."""
        return [kind.unpack(data) for data in self.data if data.split(kind.__separator__)[0] == kind.__prefix__]


@dataclass(slots=True)
class Traffic:
    """When the bot's calls to each chat arrived and were done, on the machine's monotonic clock."""

    arrived: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    done: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, chat: int, arrived: float, done: float) -> None:
        self.arrived[chat].append(arrived)
        self.done[chat].append(done)


class Windows:
    """Every chat's window; `on_new` hears of each new message of the bot."""

    def __init__(self, client: SandboxClient) -> None:
        self._client = client
        self._chats: dict[int, dict[int, Shown]] = defaultdict(dict)
        self._changed: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._last_call = 0
        self._one = asyncio.Lock()
        self.seen = 0
        self.traffic = Traffic()
        self.on_new: Callable[[Shown], None] = lambda message: None

    async def follow(self) -> None:
        """Keep reading until cancelled."""
        while True:
            await self.read()
            await asyncio.sleep(_EVERY)

    async def read(self) -> int:
        """Take over what is new; returns how many calls there were."""
        async with self._one:
            calls = await self._client.calls(after=self._last_call)
            for call in calls:
                self._last_call = call["seq"]
                self._take(call)
            return len(calls)

    def messages(self, chat: int) -> Iterator[Shown]:
        """The bot's messages of a chat, the newest first."""
        return reversed(self._chats[chat].values())

    def latest(self, chat: int, data: str, *, after: int = 0) -> Shown | None:
        """The newest message that has this button and changed after `after`."""
        return next((message for message in self.messages(chat) if data in message.data and message.seen > after), None)

    async def until(self, chat: int, look: Callable[[], T | Any | None], seconds: float) -> Any:
        """What `look` finds in a chat, as soon as it finds something; None when nothing came in so many real seconds."""
        changed = self._changed[chat]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (found := look()) is None:
                    changed.clear()
                    await changed.wait()
                return found
        return None

    def _take(self, call: Json) -> None:
        payload, method = call["payload"], call["method"]
        chat = payload.get("chat_id")
        if not isinstance(chat, int) or method in ("getChatMember", "getChat"):
            return
        self.traffic.add(chat, call["mono_ms"], call["done_mono_ms"])
        if call["status"] != 200:
            return
        result = call["answer"].get("result")
        for message in result if isinstance(result, list) else [result]:
            if isinstance(message, dict) and "message_id" in message:
                self._show(chat, message)

    def _show(self, chat: int, message: Json) -> None:
        self.seen += 1
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        data = tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button)
        shown = Shown(message["message_id"], chat, message.get("text") or message.get("caption") or "", data, self.seen)
        window = self._chats[chat]
        new = shown.id not in window
        window[shown.id] = shown
        while len(window) > KEPT:
            del window[next(iter(window))]
        self._changed[chat].set()
        if new:
            self.on_new(shown)
