"""A short trial of each kind: the long ones are for `make torture`."""

from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from bench.torture import hanging
from bench.torture.accounts import IN_FLIGHT, failures
from bench.torture.balancer import Balancer
from bench.torture.killing import Trial, trial
from bench.torture.replicas import free_ports
from bench.torture.story import arrivals, percentile
from tests.serving import Handler, serving


@pytest.mark.parametrize(("replicas", "on_postgresql"), [(1, False), (2, True)], ids=["sqlite", "postgresql"])
async def test_killed_again_and_again_nothing_is_lost_and_nothing_is_stored_twice(replicas: int, on_postgresql: bool) -> None:
    found = await trial(Trial(replicas, seconds=12.0, pause=2.0, pace=4.0, on_postgresql=on_postgresql), lambda words: None)
    assert found["kills"] >= 1
    assert found["stored"] == found["messages"] >= 40
    assert failures(found) == []


async def test_whoever_hangs_is_replaced_and_does_no_harm_when_it_goes_on() -> None:
    found = await hanging.trial(replicas=2, hangs=1, pace=4.0, told=lambda words: None)
    assert len(found["taken_over_after_s"]) == 1
    assert found["leaders_at_most"] == 1
    assert found["stored"] == found["messages"] >= 40
    assert hanging.failures(found) == []


async def test_the_balancer_gives_an_update_to_the_next_replica_only_when_the_first_cannot_have_taken_it() -> None:
    taken: list[int] = []

    def replica(status: int) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            taken.append(status)
            return web.Response(status=status)

        return answer

    (nobody,) = free_ports(1)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(aiohttp.ClientSession())
        ports = [nobody]
        for status in (503, 500, 200):
            url = await stack.enter_async_context(serving(replica(status)))
            ports.append(int(url.rpartition(":")[2]))
        balancer = await stack.enter_async_context(Balancer.before(ports))

        async def bring() -> int:
            async with telegram.post(f"{balancer.url}telegram", data=b"{}") as answer:
                return answer.status

        assert [await bring() for _ in range(4)] == [500, 500, 500, 200]
    assert taken == [503, 500, 503, 500, 500, 200]


def test_broken_promises_are_named() -> None:
    none = ("unanswered", "unacknowledged", "lost", "stored_twice", "still_waiting", "failed", "database_restarts")
    kept = dict.fromkeys(none, 0) | {"kills": 2}
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
