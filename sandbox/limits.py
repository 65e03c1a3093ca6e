"""Telegram's sending limits as sliding windows, and the numbers that refusals quote."""

from __future__ import annotations

import math
import time
from collections import deque

from sandbox.errors import TooManyRequests

TEXT_MAX = 4096
CAPTION_MAX = 1024
CALLBACK_DATA_MAX_BYTES = 64
CALLBACK_ANSWER_MAX = 200
TAP_SECONDS = 150.0
UPDATE_SECONDS = 24 * 3600.0
DELETE_SECONDS = 48 * 3600
DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
PHOTO_MAX_BYTES = 10 * 1024 * 1024

OVERALL = (30, 1.0)
PRIVATE_CHAT = (3, 3.0)
GROUP = (20, 60.0)


class Window:
    """At most `count` within any `seconds`."""

    __slots__ = ("_times", "count", "seconds")

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float, items: int) -> float:
        """Seconds until `items` more fit; 0 when they fit now. More than the window ever holds fit into an empty one."""
        times = self._times
        horizon = now - self.seconds
        while times and times[0] <= horizon:
            times.popleft()
        surplus = len(times) + min(items, self.count) - self.count
        return times[surplus - 1] + self.seconds - now if surplus > 0 else 0.0

    def take(self, now: float, items: int) -> None:
        """Count `items` at `now`."""
        self._times.extend([now] * items)


class Rates:
    """The windows of one bot: overall, per private chat, per group."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._overall = Window(OVERALL[0], OVERALL[1] / scale)
        self._chats: dict[int, Window] = {}

    def spend(self, chat_id: int, items: int = 1) -> None:
        """Count `items` messages to a chat.

        Raises:
            TooManyRequests: a window is full; nothing was counted.
        """
        now = time.monotonic()
        window = self._chats.get(chat_id)
        if window is None:
            count, seconds = PRIVATE_CHAT if chat_id > 0 else GROUP
            window = self._chats[chat_id] = Window(count, seconds / self._scale)
        wait = max(self._overall.wait(now, items), window.wait(now, items))
        if wait > 0:
            raise TooManyRequests(max(1, math.ceil(wait)))
        self._overall.take(now, items)
        window.take(now, items)
