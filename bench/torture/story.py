"""What the sandbox saw: who wrote when, and which messages of the bot arrived where, and when."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sandbox.client import SandboxClient

_PAGE = 5_000


async def all_calls(client: SandboxClient, after: int = 0) -> list[dict[str, Any]]:
    """Every Bot API call since."""
    found: list[dict[str, Any]] = []
    while page := await client.calls(after=after, limit=_PAGE):
        found += page
        after = page[-1]["seq"]
    return found


class Seen:
    """The calls so far, read as they come."""

    def __init__(self, client: SandboxClient) -> None:
        self._client = client
        self.calls: list[dict[str, Any]] = []

    async def look(self) -> None:
        self.calls += await all_calls(self._client, self.calls[-1]["seq"] if self.calls else 0)


def arrivals(calls: Collection[dict[str, Any]], method: str = "sendMessage") -> dict[int, list[float]]:
    """chat → when each message arrived there, by the machine's monotonic clock in milliseconds."""
    found: dict[int, list[float]] = defaultdict(list)
    for call in calls:
        if call["method"] == method and call["status"] == 200:
            found[int(call["payload"]["chat_id"])].append(call["mono_ms"])
    return found


def percentile(waits: Collection[float], share: float) -> float | None:
    """The value that so many do not exceed."""
    ordered = sorted(waits)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None
