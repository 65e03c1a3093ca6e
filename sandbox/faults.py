"""Faults on demand: what the server does wrong, to which methods, how often or how long.

Methods are those of the Bot API; "file" is a download, "webhook" is what a webhook is brought.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sandbox.errors import BadClientRequest

KINDS = {
    "refuse": "the connection is closed without an answer, nothing happened",
    "500": "answered with 500, nothing happened",
    "500_after": "it happened, yet the answer is 500",
    "502": "a gateway's page instead of an answer, nothing happened",
    "429": "told to wait `retry_after` seconds, nothing happened",
    "reset": "it happened, and the connection is reset in the middle of the answer",
    "garbage": "it happened, yet the answer is no JSON",
    "delay": "it happened, the answer comes `delay` seconds later",
    "duplicate": "acknowledged updates are delivered once more, after later ones",
    "shuffle": "updates that wait together are delivered newest first",
}


@dataclass(slots=True)
class Fault:
    """A fault that is in force."""

    kind: str
    methods: frozenset[str] | None
    chats: frozenset[int] | None
    left: int | None
    until: float | None
    delay: float = 1.0
    retry_after: int = 1


class Faults:
    """Faults in force, oldest first; each hit uses one up."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def order(self, body: dict[str, Any]) -> None:
        """Add the fault that the client side asks for; kind "none" clears them all."""
        kind = str(body.get("kind"))
        if kind == "none":
            self._active.clear()
            return
        if kind not in KINDS:
            raise BadClientRequest(f"kind must be one of {', '.join(['none', *KINDS])}.")
        methods, count, seconds = body.get("methods"), body.get("count"), body.get("seconds")
        if methods is not None and not (isinstance(methods, list) and all(isinstance(m, str) for m in methods)):
            raise BadClientRequest("methods must be a list of method names.")
        chats = body.get("chats")
        if chats is not None and not (isinstance(chats, list) and all(type(chat) is int for chat in chats)):
            raise BadClientRequest("chats must be a list of chat ids.")
        if count is not None and not _is_whole(count):
            raise BadClientRequest("count must be a whole number above 0.")
        if seconds is not None and not _is_above_0(seconds):
            raise BadClientRequest("seconds must be a number above 0.")
        delay, retry_after = body.get("delay", 1.0), body.get("retry_after", 1)
        if not _is_above_0(delay):
            raise BadClientRequest("delay must be a number above 0.")
        if not _is_whole(retry_after):
            raise BadClientRequest("retry_after must be a whole number above 0.")
        chosen = frozenset(method.lower() for method in methods) if methods else None
        until = time.monotonic() + seconds if seconds is not None else None
        self._active.append(Fault(kind, chosen, frozenset(chats) if chats else None, count, until, float(delay), retry_after))

    def hit(self, kinds: tuple[str, ...], method: str, chat_id: object = None) -> Fault | None:
        """The fault that strikes this call, if any; without a chat, only those that strike whatever chat it is."""
        if not self._active:
            return None
        now = time.monotonic()
        self._active = [f for f in self._active if (f.until is None or f.until > now) and f.left != 0]
        for fault in self._active:
            if fault.chats is not None and str(chat_id) not in map(str, fault.chats):
                continue
            if fault.kind in kinds and (fault.methods is None or method.lower() in fault.methods):
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def rows(self) -> list[dict[str, Any]]:
        """Faults in force, for the client side."""
        return [
            {
                "kind": fault.kind,
                "methods": sorted(fault.methods) if fault.methods else None,
                "chats": sorted(fault.chats) if fault.chats else None,
                "count": fault.left,
            }
            for fault in self._active
        ]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_above_0(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
