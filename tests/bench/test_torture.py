"""A short trial of each kind: the long ones are for `make torture`."""

import pytest

from bench.torture.killing import IN_FLIGHT, Trial, failures, trial
from bench.torture.story import arrivals, percentile


@pytest.mark.parametrize(("replicas", "on_postgresql"), [(1, False), (2, True)], ids=["sqlite", "postgresql"])
async def test_killed_again_and_again_nothing_is_lost_and_nothing_is_stored_twice(replicas: int, on_postgresql: bool) -> None:
    found = await trial(Trial(replicas, seconds=12.0, pause=2.0, pace=4.0, on_postgresql=on_postgresql), lambda words: None)
    assert found["kills"] >= 1
    assert found["stored"] == found["messages"] == 48
    assert failures(found) == []


def test_broken_promises_are_named() -> None:
    kept = {"unanswered": 0, "lost": 0, "stored_twice": 0, "still_waiting": 0, "failed": 0, "kills": 2, "database_restarts": 0}
    assert failures(kept | {"repeated": 2 * IN_FLIGHT}) == []
    assert failures(kept | {"repeated": 2 * IN_FLIGHT + 1, "lost": 3}) == ["lost: 3", "repeated: 17 of 16"]


def test_only_messages_that_arrived_count() -> None:
    calls = [
        {"method": "sendMessage", "status": 200, "payload": {"chat_id": 7}, "mono_ms": 3.0},
        {"method": "sendMessage", "status": 429, "payload": {"chat_id": 7}, "mono_ms": 4.0},
        {"method": "getUpdates", "status": 200, "payload": {}, "mono_ms": 5.0},
    ]
    assert arrivals(calls) == {7: [3.0]}
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 1.0) == 3.0
