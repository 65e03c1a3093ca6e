"""Polling, conflicts, acknowledgement, faults, the log, the clock and the sending limits."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from sandbox.errors import TooManyRequests
from sandbox.events import EventLog
from sandbox.limits import Rates, Window
from sandbox.server import Sandbox

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CONFLICT = (
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)


async def test_updates_stay_until_a_higher_offset_acknowledges_them(bot: Any, people: Any, wang: int) -> None:
    for text in ("一", "二", "三"):
        await people.say(wang, text)
    updates = await bot.updates()
    first = updates[0]["update_id"]
    assert [u["update_id"] - first for u in updates] == [0, 1, 2]
    assert await bot.updates() == updates
    assert await bot.updates(limit=1) == updates[:1]
    assert await bot.updates(offset=first + 1, limit=1) == updates[1:2]
    assert await bot.updates(offset=-1) == updates[2:]  # everything earlier is forgotten
    assert await bot.updates(offset=first) == updates[2:]
    status = await people.status()
    assert (status["pending_updates"], status["unacked_updates"]) == (0, 1)
    assert await bot.updates(offset=first + 3) == []
    rows = await people.updates()
    assert [row["kind"] for row in rows[-3:]] == ["message"] * 3
    assert all(row["queued_mono_ms"] <= row["handed_mono_ms"] <= row["acked_mono_ms"] for row in rows)
    assert (rows[-1]["from_id"], rows[-1]["chat_id"]) == (wang, wang)


async def test_a_long_poll_ends_with_the_first_update_or_with_its_time(bot: Any, people: Any, wang: int, pollers: Any) -> None:
    poll = asyncio.create_task(bot.updates(timeout=30))
    await pollers(1)
    await people.say(wang, "在吗")
    (update,) = await asyncio.wait_for(poll, 2)
    began = time.monotonic()
    assert await bot.updates(offset=update["update_id"] + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - began < 10
    await pollers(0)


async def test_a_second_poller_ends_the_earlier_one(bot: Any, people: Any, wang: int, pollers: Any) -> None:
    earlier = asyncio.create_task(bot.call("getUpdates", timeout=30))
    await pollers(1)
    later = asyncio.create_task(bot.updates(timeout=30))
    answer = await asyncio.wait_for(earlier, 2)
    assert (answer["error_code"], answer["description"]) == CONFLICT
    await people.say(wang, "在吗")
    assert len(await asyncio.wait_for(later, 2)) == 1
    assert (await people.status())["refused_calls"] == 0  # a conflict is no refusal


async def test_a_poller_that_went_away_is_no_poller(bot: Any, people: Any, sandbox: Any, wang: int, pollers: Any) -> None:
    async with aiohttp.ClientSession() as other:
        poll = asyncio.create_task(other.get(f"{sandbox.url}/bot42:TEST/getUpdates?timeout=30"))
        await pollers(1)
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
    await pollers(0)
    await people.say(wang, "在吗")
    assert (await people.status())["pending_updates"] == 1


async def test_updates_are_kept_for_a_day_of_real_time(bot: Any, people: Any, sandbox: Any, wang: int) -> None:
    await people.say(wang, "旧")
    await people.advance(30 * 3600)
    assert len(await bot.updates()) == 1
    for update in sandbox.world.updates:
        update.queued -= 24 * 3600 * 1000
    await people.say(wang, "新")
    assert [m["text"] for m in await bot.updates("message")] == ["新"]


async def test_waiting_updates_can_be_dropped(bot: Any, people: Any, wang: int) -> None:
    await people.say(wang, "旧")
    assert await bot.do("deleteWebhook") is True
    assert len(await bot.updates()) == 1
    await bot.do("deleteWebhook", drop_pending_updates=True)
    assert await bot.updates() == []


async def test_duplicates_come_once_more_after_they_were_acknowledged(bot: Any, people: Any, wang: int) -> None:
    await people.fault("duplicate", count=1)
    await people.say(wang, "一")
    await people.say(wang, "二")
    updates = await bot.updates()
    after = updates[-1]["update_id"] + 1
    assert await bot.updates(offset=after) == updates[:1]
    assert await bot.updates(offset=after) == []


async def test_a_500_does_nothing_and_a_500_after_has_done_it(bot: Any, people: Any, wang: int) -> None:
    seen = len(await people.messages(wang))
    await people.fault("500", methods=["sendMessage"], count=1)
    assert (await bot.do("getMe"))["id"] == 42
    assert await bot.refused("sendMessage", chat_id=wang, text="一") == (500, "Internal Server Error")
    assert len(await people.messages(wang)) == seen
    await people.fault("500_after", methods=["sendmessage"], count=1)
    assert (await bot.refused("sendMessage", chat_id=wang, text="二"))[0] == 500
    assert [m["text"] for m in (await people.messages(wang))[seen:]] == ["二"]
    await bot.do("sendMessage", chat_id=wang, text="三")
    assert [call["status"] for call in (await people.calls())[-3:]] == [500, 500, 200]


async def test_refused_connections_end_without_an_answer(bot: Any, people: Any, wang: int) -> None:
    seen = len(await people.messages(wang))
    await people.fault("refuse", seconds=60)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await bot.call("sendMessage", chat_id=wang, text="x")
    assert (await people.get("faults"))["faults"] == [{"kind": "refuse", "methods": None, "chats": None, "count": None}]
    await people.fault("none")
    await bot.do("sendMessage", chat_id=wang, text="x")
    assert len(await people.messages(wang)) == seen + 1
    await people.fault("refuse", seconds=0.01)
    await asyncio.sleep(0.02)
    await bot.do("getMe")


async def test_a_gateway_has_its_own_page_for_an_error(bot: Any, people: Any, session: Any, wang: int) -> None:
    seen = len(await people.messages(wang))
    await people.fault("502", methods=["sendMessage"], count=1)
    async with session.post(f"{bot.base}/sendMessage", json={"chat_id": wang, "text": "x"}) as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert "Bad Gateway" in await response.text()
    assert len(await people.messages(wang)) == seen
    assert (await people.calls())[-1]["status"] == 502


async def test_told_to_wait_nothing_happened(bot: Any, people: Any, wang: int) -> None:
    seen = len(await people.messages(wang))
    await people.fault("429", methods=["sendMessage"], count=1, retry_after=7)
    answer = await bot.call("sendMessage", chat_id=wang, text="x")
    assert answer["description"] == "Too Many Requests: retry after 7"
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})
    assert len(await people.messages(wang)) == seen


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", aiohttp.ClientPayloadError), ("garbage", ValueError)],
)
async def test_it_happened_and_the_answer_is_spoilt(
    bot: Any, people: Any, wang: int, kind: str, error: type[Exception]
) -> None:
    seen = len(await people.messages(wang))
    await people.fault(kind, methods=["sendMessage"], count=1)
    with pytest.raises(error):
        await bot.call("sendMessage", chat_id=wang, text="到了吗")
    assert [m["text"] for m in (await people.messages(wang))[seen:]] == ["到了吗"]
    assert (await people.calls())[-1]["answer"]["ok"]


async def test_a_fault_may_strike_one_chat_alone(bot: Any, people: Any, wang: int, li: int) -> None:
    await people.say(li, "/start")
    await people.fault("429", chats=[li], retry_after=7)
    await bot.do("sendMessage", chat_id=wang, text="你好")
    assert (await bot.call("sendMessage", chat_id=li, text="你好"))["parameters"] == {"retry_after": 7}
    await people.fault("none")
    await people.fault("refuse", chats=[li], count=1)
    await bot.do("sendMessage", chat_id=wang, text="你好")
    with pytest.raises(aiohttp.ClientError):
        await bot.call("sendMessage", chat_id=str(li), text="你好")
    await bot.do("sendMessage", chat_id=li, text="你好")


async def test_an_answer_may_take_its_time(bot: Any, people: Any, wang: int) -> None:
    await people.fault("delay", methods=["sendMessage"], count=1, delay=0.3)
    late = asyncio.create_task(bot.do("sendMessage", chat_id=wang, text="到了吗"))
    began = time.monotonic()
    async with asyncio.timeout(5):
        while (await people.messages(wang))[-1].get("text") != "到了吗":  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert not late.done()
    await late
    assert time.monotonic() - began > 0.25


async def test_message_dates_follow_the_clock(bot: Any, people: Any, wang: int) -> None:
    reading = await people.clock()
    assert T0.timestamp() <= reading["now"] < T0.timestamp() + 60
    assert (reading["speed"], reading["version"]) == (1.0, 1)
    waiting = asyncio.create_task(people.clock(after=1, wait=20))
    await asyncio.sleep(0.02)
    moved = await people.advance(3 * 86400)
    assert (await asyncio.wait_for(waiting, 2))["version"] == moved["version"] == 2
    sent = await bot.do("sendMessage", chat_id=wang, text="三天后")
    assert sent["date"] - T0.timestamp() >= 3 * 86400
    assert (await people.set_clock(set=1_000_000, advance=5, speed=0))["now"] == 1_000_005
    assert (await people.clock())["now"] == 1_000_005
    assert (await people.clock(after=3, wait=0.01))["version"] == 3
    await people.set_clock(speed=1e6)
    await asyncio.sleep(0.02)
    assert (await people.clock())["now"] > 1_010_000


async def test_the_log_is_read_in_pages(bot: Any, people: Any) -> None:
    for _ in range(3):
        await bot.do("getMe")
    calls = await people.calls()
    assert [call["seq"] for call in calls] == list(range(1, len(calls) + 1))
    assert await people.calls(after=2, limit=1) == calls[2:3]
    assert calls[-1]["method"] == "getMe"
    assert calls[-1]["mono_ms"] <= calls[-1]["done_mono_ms"]
    await bot.updates()
    assert (await people.calls())[-1]["answer"] == {"ok": True, "result": []}


def test_everything_that_happens_can_be_watched() -> None:
    log = EventLog()
    seen: list[Any] = []
    log.add("before")
    stop = log.subscribe(seen.append)
    log.add("message", chat_id=5)
    stop()
    log.add("after")
    assert [(event["seq"], event["kind"]) for event in seen] == [(2, "message")]
    assert [event["kind"] for event in log.after(1)] == ["message", "after"]
    assert log.after(3) == []


# --- sliding windows


def test_a_window_slides() -> None:
    window = Window(3, 3.0)
    for moment in (0.0, 1.0, 2.0):
        assert window.wait(moment, 1) == 0
        window.take(moment, 1)
    assert window.wait(2.5, 1) == 0.5
    assert window.wait(3.0, 1) == 0
    window.take(3.0, 1)
    assert window.wait(3.0, 1) == 1.0
    assert window.wait(3.0, 2) == 2.0
    assert window.wait(3.0, 10) == 3.0  # an album larger than the window waits until it is empty


def test_a_bucket_would_let_39_through_but_a_window_lets_20() -> None:
    window = Window(20, 60.0)
    passed = 0
    for second in range(0, 60):
        if window.wait(float(second), 1) == 0:
            window.take(float(second), 1)
            passed += 1
    assert passed == 20


@pytest.mark.parametrize(("chat_id", "count", "seconds"), [(5, 3, 3.0), (-5, 20, 60.0)])
def test_each_kind_of_chat_has_its_window(chat_id: int, count: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for scale in (1.0, 10.0):
        now = 100.0
        rates = Rates(scale)
        for _ in range(count):
            rates.spend(chat_id)
        with pytest.raises(TooManyRequests) as refused:
            rates.spend(chat_id)
        assert refused.value.parameters == {"retry_after": max(1, round(seconds / scale))}
        rates.spend(chat_id + 1)  # another chat has its own
        now += seconds / scale
        rates.spend(chat_id)


def test_a_bot_sends_30_messages_a_second_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    rates = Rates(1.0)
    for user in range(1, 31):
        rates.spend(user)
    with pytest.raises(TooManyRequests):
        rates.spend(99)


async def test_the_fourth_message_in_three_seconds_is_too_many(strict_sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    from sandbox.client import SandboxClient

    url = f"{strict_sandbox.url}/bot42:TEST"
    people = SandboxClient(strict_sandbox.url, session)
    await session.get(f"{url}/getMe")
    wang = (await people.add_user("王阿姨"))["id"]
    await people.say(wang, "/start")
    answers = []
    for number in range(3):
        async with session.post(f"{url}/sendMessage", data={"chat_id": wang, "text": str(number)}) as response:
            answers.append(await response.json())
    sent = answers[-1]["result"]["message_id"]
    edit = {"chat_id": wang, "message_id": sent, "text": "改"}
    async with session.post(f"{url}/editMessageText", data=edit) as response:  # edits count
        refused = await response.json()
    assert response.status == 429
    assert refused["parameters"]["retry_after"] in (2, 3)
    assert refused["description"] == f"Too Many Requests: retry after {refused['parameters']['retry_after']}"
    async with session.post(f"{url}/deleteMessage", data={"chat_id": wang, "message_id": sent}) as response:  # deletions do not
        assert response.status == 200
    assert (await people.status())["refused_calls"] == 1
