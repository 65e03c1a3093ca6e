"""Telegram's sending limits as sliding windows, kept so that its own are never full.

Telegram counts a call somewhere between its departure and its answer. A call in flight therefore occupies every window, and
an answered one from its answer on: whatever moment Telegram chose, no window of its own ever holds more.

Messages that nobody waits for (reminders, lists, digests) depart at an even pace: a second does not begin with a burst and
end in silence, and whoever pressed a button soon finds room. Where Telegram said wait all the same, the window is made longer,
and shorter again while it stays calm.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf

PER_SECOND = 25
PRIVATE_CHAT = (3, 3.0)
GROUP = (20, 60.0)
MARGIN = 1.005  # clocks run at different speeds, by far less than that
SLACK = 0.005  # seconds; divided as the windows are
SLOWER = 1.5
SLOWEST = 4.0  # times its usual length
CALM = 20.0  # seconds without a refusal until a slowed window gets a step shorter; divided as the windows are
AHEAD = 4  # messages that nobody waits for may depart at once after a silence
_MOMENT = 0.25  # seconds, divided as the windows are
_TIDY_ABOVE = 50


class Window:
    """At most `count` within any `seconds`; longer for a while after Telegram said wait."""

    __slots__ = ("_answered", "_calm", "_calm_at", "_flying", "_usual", "count", "seconds")

    def __init__(self, count: int, seconds: float, calm: float = CALM) -> None:
        self.count = count
        self.seconds = self._usual = seconds
        self._calm = calm
        self._calm_at = inf
        self._flying = 0
        self._answered: deque[float] = deque()

    @property
    def is_slowed(self) -> bool:
        return self._calm_at < inf

    def slow(self, now: float, seconds: float) -> None:
        """Telegram said wait so long: what was right is too fast today."""
        self.seconds = min(self.seconds * SLOWER, self._usual * SLOWEST)
        self._calm_at = now + seconds + self._calm

    def room(self, now: float) -> int:
        self._forget(now)
        return self.count - self._flying - len(self._answered)

    def wait(self, now: float, items: int) -> float:
        """Seconds until `items` fit; infinite while only an answer can make room. What never fits goes into an empty window."""
        surplus = min(items, self.count) - self.room(now)
        if surplus <= 0:
            return 0.0
        if surplus > len(self._answered):
            return inf
        return self._answered[surplus - 1] + self.seconds - now

    def depart(self, items: int) -> None:
        self._flying += items

    def answer(self, now: float, items: int) -> None:
        self._flying -= items
        self._answered.extend([now] * items)

    def is_empty(self, now: float) -> bool:
        return self.room(now) == self.count and not self.is_slowed

    def _forget(self, now: float) -> None:
        while self._calm_at <= now:
            self.seconds = max(self.seconds / SLOWER, self._usual)
            self._calm_at = self._calm_at + self._calm if self.seconds > self._usual else inf
        while self._answered and self._answered[0] + self.seconds <= now:
            self._answered.popleft()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call that was let through."""

    chat_id: int
    items: int


class Limits:
    """The windows of one bot: overall, and one a chat."""

    def __init__(
        self, scale: float = 1.0, monotonic: Callable[[], float] = time.monotonic, *, per_second: int = PER_SECOND
    ) -> None:
        self._scale = scale
        self._monotonic = monotonic
        self._overall = self._window((per_second, 1.0))
        self._ahead = float(AHEAD)  # how many may depart that nobody waits for; answers overdraw it
        self._counted_at = monotonic()
        self._chats: dict[int, Window] = {}
        self._tidy_above = _TIDY_ABOVE
        self._blocked: dict[int, float] = {}
        self._held: dict[int, float] = {}
        self._all_blocked = 0.0

    def _window(self, limit: tuple[int, float]) -> Window:
        count, seconds = limit
        return Window(count, (seconds * MARGIN + SLACK) / self._scale, CALM / self._scale)

    def soon(self) -> int:
        """How many messages may be fetched because they will depart in a moment, chats aside: at least one, unless all wait."""
        return 0 if self._monotonic() < self._all_blocked else ceil(self._pace() * _MOMENT / self._scale)

    def until_spare(self) -> float:
        """Seconds until the pace allows one more that nobody waits for."""
        self._count_ahead(self._monotonic())
        return max(0.0, (1.0 - self._ahead) / self._pace())

    def full_chats(self) -> set[int]:
        """Chats that nothing may be sent to now."""
        now = self._monotonic()
        self._tidy(now)
        full = {chat_id for chat_id, window in self._chats.items() if window.room(now) <= 0}
        return full | self._blocked.keys() | self._held.keys()

    def wait(self, chat_id: int, items: int = 1) -> float:
        """Seconds until a call may depart; infinite while that depends on an answer."""
        return max(self.wait_for_chat(chat_id, items), self.wait_for_all(items))

    def wait_for_chat(self, chat_id: int, items: int = 1) -> float:
        """As far as its chat is concerned."""
        now = self._monotonic()
        window = self._chats.get(chat_id)
        return max(self._blocked.get(chat_id, 0.0) - now, window.wait(now, items) if window is not None else 0.0, 0.0)

    def wait_for_all(self, items: int = 1) -> float:
        """As far as all chats together are concerned."""
        now = self._monotonic()
        return max(self._all_blocked - now, self._overall.wait(now, items), 0.0)

    def depart(self, chat_id: int, items: int = 1) -> Ticket:
        """Count a call that is about to be made."""
        window = self._chats.get(chat_id)
        if window is None:
            window = self._chats[chat_id] = self._window(PRIVATE_CHAT if chat_id > 0 else GROUP)
        window.depart(items)
        self._overall.depart(items)
        self._count_ahead(self._monotonic())
        self._ahead = max(self._ahead - items, -float(self._overall.count))
        return Ticket(chat_id, items)

    def answered(self, ticket: Ticket) -> None:
        now = self._monotonic()
        self._chats[ticket.chat_id].answer(now, ticket.items)
        self._overall.answer(now, ticket.items)

    def block(self, seconds: float, chat_id: int | None = None) -> None:
        """Nothing departs for so long: to a chat, or to all of them."""
        until = self._monotonic() + seconds
        if chat_id is None:
            self._all_blocked = max(self._all_blocked, until)
        else:
            self._blocked[chat_id] = max(self._blocked.get(chat_id, 0.0), until)

    def told_to_wait(self, seconds: float, chat_id: int) -> None:
        """Telegram said wait, and not whether it meant the chat or everything: two chats at once mean everything.

        Its window is slower for a while, as is the overall one unless it was a group's own limit.
        """
        now = self._monotonic()
        everything = any(other != chat_id and end > now for other, end in self._blocked.items())
        self.block(seconds, chat_id)
        if everything:
            self.block(seconds)
        if chat_id in self._chats:
            self._chats[chat_id].slow(now, seconds)
        if everything or chat_id > 0:
            self._overall.slow(now, seconds)

    def hold(self, seconds: float, chat_id: int) -> None:
        """Nothing may overtake what waits in a chat: it counts as full, and says nothing of any other."""
        self._held[chat_id] = self._monotonic() + seconds

    def soonest(self) -> float:
        """Seconds until a chat that is full now has room again, or all of them; infinite when none is."""
        now = self._monotonic()
        if now < self._all_blocked:
            return self._all_blocked - now
        waits = [window.wait(now, 1) for window in self._chats.values()]
        waits += [end - now for end in (*self._blocked.values(), *self._held.values())]
        return min((wait for wait in waits if wait > 0), default=inf)

    def _pace(self) -> float:
        """Messages a second."""
        return self._overall.count / self._overall.seconds

    def _count_ahead(self, now: float) -> None:
        self._ahead = min(float(AHEAD), self._ahead + (now - self._counted_at) * self._pace())
        self._counted_at = now

    def _tidy(self, now: float) -> None:
        self._blocked = {chat_id: end for chat_id, end in self._blocked.items() if end > now}
        self._held = {chat_id: end for chat_id, end in self._held.items() if end > now}
        if len(self._chats) > self._tidy_above:
            self._chats = {chat_id: window for chat_id, window in self._chats.items() if not window.is_empty(now)}
            self._tidy_above = max(_TIDY_ABOVE, 2 * len(self._chats))
