"""The stream of events that the page follows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from sandbox import stream
from sandbox.client import SandboxClient
from sandbox.events import KEPT
from sandbox.server import Sandbox
from tests.sandbox.conftest import RawBot

Json = dict[str, Any]


class Reader:
    """Reads a stream, event by event."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, *kinds: str) -> Json:
        """The next event, of one of these kinds when some are given."""
        async with asyncio.timeout(10):
            async for line in self.response.content:
                if line.startswith(b"data: "):
                    event: Json = json.loads(line[6:])
                    if not kinds or event["kind"] in kinds:
                        return event
        raise AssertionError("the stream ended")


@asynccontextmanager
async def following(sandbox: Sandbox, session: aiohttp.ClientSession, **headers: str) -> AsyncIterator[Reader]:
    async with session.get(f"{sandbox.url}/client/events", headers=headers) as response:
        assert response.content_type == "text/event-stream"
        yield Reader(response)


async def test_whatever_happens_is_told_with_what_it_is_about(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, bot: RawBot, wang: int
) -> None:
    async with following(sandbox, session) as events:
        keys = {"inline_keyboard": [[{"text": "认领", "callback_data": "k"}]]}
        sent = await bot.do("sendMessage", chat_id=wang, text="灯泡", reply_markup=keys)
        message = await events.next("message")
        assert (message["chat_id"], message["bot"], message["message"]["text"]) == (wang, 42, "灯泡")
        assert message["message"]["reply_markup"] == keys
        call = await events.next("call")
        assert (call["call"]["method"], call["call"]["status"]) == ("sendMessage", 200)
        tap = await people.tap(wang, sent["message_id"], "k")
        pressed = await events.next("tap")
        assert (pressed["user_id"], pressed["bot"], pressed["data"]) == (wang, 42, "k")
        await bot.do("answerCallbackQuery", callback_query_id=tap["id"], text="好", show_alert=True)
        answer = await events.next("answer")
        assert (answer["tap_id"], answer["text"], answer["show_alert"], answer["url"]) == (tap["id"], "好", True, None)
        await bot.do("editMessageText", chat_id=wang, message_id=sent["message_id"], text="换好了")
        assert (await events.next("edit"))["message"]["text"] == "换好了"
        await bot.do("sendChatAction", chat_id=wang, action="typing")
        typing = await events.next("action")
        assert (typing["chat_id"], typing["bot"], typing["action"]) == (wang, 42, "typing")
        await bot.do("deleteMessage", chat_id=wang, message_id=sent["message_id"])
        assert (await events.next("delete"))["message_id"] == sent["message_id"]
        await people.block(wang)
        assert (await events.next("block"))["blocked"] is True
        group = await people.add_group("城关志愿者", [wang])
        assert (await events.next("chat"))["chat"]["title"] == "城关志愿者"
        await people.set_member(group["id"], wang, "left")
        assert (await events.next("member"))["status"] == "left"
        await people.add_user("小李", id=1002)
        assert (await events.next("user"))["user"]["first_name"] == "小李"
        await people.set_clock(speed=60)
        assert (await events.next("clock"))["speed"] == 60
        await people.post("stage", title="镇")
        await events.next("stage")


async def test_an_idle_poll_is_no_event(sandbox: Sandbox, session: aiohttp.ClientSession, bot: RawBot, wang: int) -> None:
    async with following(sandbox, session) as events:
        await bot.do("getUpdates")
        await bot.do("getMe")
        assert (await events.next())["call"]["method"] == "getMe"


async def test_a_reader_goes_on_where_it_was(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int
) -> None:
    async with following(sandbox, session) as events:
        await people.say(wang, "一")
        seq = (await events.next("message"))["seq"]
    await people.say(wang, "二")
    async with following(sandbox, session, **{"Last-Event-ID": str(seq)}) as events:
        assert (await events.next("message"))["message"]["text"] == "二"
    async with session.get(f"{sandbox.url}/client/events?after={seq}") as response:
        assert (await Reader(response).next("message"))["message"]["text"] == "二"


@pytest.mark.parametrize("seen", [lambda count: count + 1, lambda count: count - KEPT - 1])
async def test_whoever_fell_behind_or_knows_another_world_reads_anew(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int, seen: Any
) -> None:
    log = sandbox.world.events
    while log.count <= KEPT:
        log.add("nothing")
    async with following(sandbox, session, **{"Last-Event-ID": str(seen(log.count))}) as events:
        assert (await events.next())["kind"] == "reload"
        await people.say(wang, "往下")
        assert (await events.next("message"))["message"]["text"] == "往下"


async def test_a_burst_arrives_whole_and_in_order(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, bot: RawBot, wang: int
) -> None:
    async with following(sandbox, session) as events:
        await asyncio.gather(*(bot.do("sendMessage", chat_id=wang, text=str(number)) for number in range(300)))
        numbers = [(await events.next("message"))["message_id"] for _ in range(300)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 300


async def test_a_quiet_stream_says_that_it_is_there(
    sandbox: Sandbox, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.01)
    async with following(sandbox, session) as events, asyncio.timeout(10):
        async for line in events.response.content:
            if line == b": still here\n":
                break


async def test_the_stream_ends_with_the_sandbox(session: aiohttp.ClientSession) -> None:
    sandbox = Sandbox()
    await sandbox.start()
    async with following(sandbox, session) as events:
        await sandbox.stop()
        async with asyncio.timeout(10):
            await events.response.content.read()


async def test_a_reader_that_goes_is_forgotten(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int
) -> None:
    log = sandbox.world.events
    before = len(log._subscribers)
    async with following(sandbox, session):
        pass
    async with asyncio.timeout(10):
        while len(log._subscribers) > before:
            await people.say(wang, "还在吗")
            await asyncio.sleep(0.01)
