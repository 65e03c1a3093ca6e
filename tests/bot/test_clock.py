"""The bot's clock follows the sandbox's, at once and at its speed."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest

import bot.clock
from bot.clock import FollowedClock, NoClock, SystemClock
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.bot.stage import until

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def near(one: datetime, other: datetime, seconds: float = 1.0) -> bool:
    return abs((one - other).total_seconds()) < seconds


async def test_it_is_right_from_the_first_moment_and_follows_every_move() -> None:
    sandbox = Sandbox(clock_start=T0)
    await sandbox.start()
    changes = 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    clock = FollowedClock(f"{sandbox.url}/client/clock")
    try:
        await clock.start(changed)
        assert near(clock.now(), T0)
        assert clock.now().tzinfo is UTC
        async with SandboxClient.connect(sandbox.url) as people:
            await people.advance(86_400)
            await until(lambda: _near(clock, T0 + timedelta(days=1)), 2.0)
            assert changes == 1
            await people.set_clock(speed=3600)
            await asyncio.sleep(0.1)
            before = clock.now()
            await asyncio.sleep(0.1)
            assert timedelta(minutes=5) < clock.now() - before < timedelta(minutes=20)
    finally:
        await clock.stop()
        await sandbox.stop()


async def _near(clock: FollowedClock, moment: datetime) -> bool:
    return near(clock.now(), moment, 2.0)


async def test_it_goes_on_when_the_sandbox_is_gone() -> None:
    sandbox = Sandbox(clock_start=T0)
    await sandbox.start()
    clock = FollowedClock(f"{sandbox.url}/client/clock")
    await clock.start(lambda: None)
    await sandbox.stop()
    before = clock.now()
    await asyncio.sleep(0.1)
    assert clock.now() > before
    await clock.stop()


async def test_it_waits_for_a_sandbox_that_is_starting(free_port: int) -> None:
    sandbox = Sandbox(clock_start=T0)
    clock = FollowedClock(f"http://127.0.0.1:{free_port}/client/clock")
    starting = asyncio.create_task(clock.start(lambda: None))
    await asyncio.sleep(0.2)
    await sandbox.start(port=free_port)
    await starting
    assert near(clock.now(), T0)
    await clock.stop()
    await sandbox.stop()


@pytest.mark.parametrize("path", ["client/status", "nowhere"])
async def test_what_is_no_clock_is_refused(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(bot.clock, "_PATIENCE", 0.1)
    sandbox = Sandbox(clock_start=T0)
    await sandbox.start()
    with pytest.raises(NoClock):
        await FollowedClock(f"{sandbox.url}/{path}").start(lambda: None)
    await sandbox.stop()


async def test_a_time_that_is_none_is_passed_over() -> None:
    sandbox = Sandbox(clock_start=T0)
    await sandbox.start()
    clock = FollowedClock(f"{sandbox.url}/client/clock")
    await clock.start(lambda: None)
    sandbox.world.clock.change(set_to=1e20)
    await asyncio.sleep(0.1)
    assert near(clock.now(), T0)
    sandbox.world.clock.change(set_to=T0.timestamp() + 3600)
    await until(lambda: _near(clock, T0 + timedelta(hours=1)), 5.0)
    await clock.stop()
    await sandbox.stop()


async def test_the_systems_clock_is_in_utc() -> None:
    clock = SystemClock()
    await clock.start(lambda: None)
    assert near(clock.now(), datetime.now(UTC))
    await clock.stop()
