"""The log of every Bot API call: what was asked, what was answered, when."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sandbox.parameters import Upload

KEPT = 200_000


class Call:
    """One call, when it came by real time and by the sandbox's clock; the answer stays the JSON text that was sent."""

    __slots__ = ("answer", "arrived", "bot_id", "clock", "done", "method", "payload", "seq", "status", "time", "unknown")

    def __init__(self, bot_id: int | None, method: str, payload: dict[str, Any], clock: float) -> None:
        self.seq = 0
        self.time = time.time()
        self.clock = clock
        self.arrived = time.monotonic()
        self.done = 0.0
        self.bot_id = bot_id
        self.method = method
        self.payload = payload
        self.status = 0
        self.answer = "null"
        self.unknown: list[str] = []

    def row(self) -> str:
        """The call as JSON text."""
        head = {
            "seq": self.seq,
            "time": self.time,
            "clock": self.clock,
            "mono_ms": self.arrived * 1000,
            "done_mono_ms": self.done * 1000,
            "bot": self.bot_id,
            "method": self.method,
            "payload": self.payload,
            "status": self.status,
            "unknown": self.unknown,
        }
        return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "answer": {self.answer}}}'


class CallLog:
    """The last calls, numbered from 1 in the order of their answers."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self.count = 0
        self.refused = 0

    def add(self, call: Call, status: int, answer: str) -> None:
        """Record a finished call."""
        self.count += 1
        call.seq = self.count
        call.done = time.monotonic()
        call.status = status
        call.answer = answer
        for name, value in call.payload.items():
            if isinstance(value, Upload):  # the log keeps no bytes
                call.payload[name] = value.note()
        if status not in (200, 409):
            self.refused += 1
        self._calls.append(call)

    def after(self, seq: int, limit: int) -> Iterator[Call]:
        """Calls numbered above `seq`."""
        start = max(0, seq - (self.count - len(self._calls)))
        return islice(self._calls, start, start + limit)
