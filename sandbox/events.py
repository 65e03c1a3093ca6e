"""One stream of everything that happens in the sandbox, for whoever wants to watch it live."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

KEPT = 10_000
Event = dict[str, Any]


class EventLog:
    """Numbered events; the last ones are kept, subscribers get each as it happens."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._subscribers: list[Callable[[Event], None]] = []
        self.count = 0
        self.closed = False

    def add(self, kind: str, **facts: Any) -> None:
        """Record an event and tell the subscribers."""
        self.count += 1
        event = {"seq": self.count, "kind": kind, **facts}
        self._kept.append(event)
        for subscriber in self._subscribers:
            subscriber(event)

    def after(self, seq: int) -> list[Event]:
        """Events numbered above `seq` that are still kept."""
        missing = self.count - seq
        return list(self._kept)[-missing:] if missing > 0 else []

    def close(self) -> None:
        """The sandbox stops: wake whoever watches, so that they see it."""
        self.closed = True
        for subscriber in list(self._subscribers):
            subscriber({"seq": self.count, "kind": "closed"})

    def subscribe(self, subscriber: Callable[[Event], None]) -> Callable[[], None]:
        """Call `subscriber` with every event from now on; the returned function ends that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)
