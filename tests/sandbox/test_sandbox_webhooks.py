"""Webhooks: what is brought, in which order, how often, and what may be answered."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox import courier
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.sandbox.conftest import T0, TOKEN, RawBot
from tests.sandbox.hook import Hook

ACTIVE = (
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook.listening() as hook:
        yield hook


# --- setting it


async def test_what_is_said_is_brought_with_the_secret(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    answer = await bot.call("setWebhook", url=hook.url, secret_token="s3cret_-")
    assert answer == {"ok": True, "result": True, "description": "Webhook was set"}
    await people.say(wang, "灯泡坏了")
    (update,) = await hook.taken(1)
    assert update["message"]["text"] == "灯泡坏了"
    assert hook.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret_-"
    assert hook.headers[0]["Content-Type"] == "application/json"
    row = (await people.updates())[-1]
    assert (row["update_id"], row["tries"]) == (update["update_id"], 1)
    assert row["queued_mono_ms"] <= row["handed_mono_ms"] <= row["acked_mono_ms"]


async def test_without_a_secret_there_is_no_header(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "在吗")
    await hook.taken(1)
    assert "X-Telegram-Bot-Api-Secret-Token" not in hook.headers[0]


async def test_nobody_polls_beside_a_webhook(bot: RawBot, people: SandboxClient, wang: int, hook: Hook, pollers: Any) -> None:
    waiting = asyncio.create_task(bot.refused("getUpdates", timeout=30))
    await pollers(1)
    await bot.do("setWebhook", url=hook.url)
    assert await asyncio.wait_for(waiting, 5) == (409, "Conflict: terminated by setWebhook request")
    assert await bot.refused("getUpdates") == ACTIVE
    await bot.do("deleteWebhook")
    await people.say(wang, "在吗")
    assert [message["text"] for message in await bot.updates("message")] == ["在吗"]
    assert hook.brought == []


async def test_what_waited_before_is_brought_unless_it_is_to_be_dropped(
    bot: RawBot, people: SandboxClient, wang: int, hook: Hook
) -> None:
    await people.say(wang, "一")
    await bot.do("setWebhook", url=hook.url, drop_pending_updates=True)
    await bot.do("deleteWebhook")
    await people.say(wang, "二")
    await bot.do("setWebhook", url=hook.url)
    await hook.taken(1)
    assert hook.texts == ["二"]


async def test_only_the_kinds_that_are_wanted_are_brought(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    await bot.do("setWebhook", url=hook.url, allowed_updates=["edited_message"])
    said = await people.say(wang, "一")
    await people.edit(wang, said["message_id"], text="二")
    (update,) = await hook.taken(1)
    assert update["edited_message"]["text"] == "二"
    assert (await bot.do("getWebhookInfo"))["allowed_updates"] == ["edited_message"]
    await bot.do("setWebhook", url=hook.url + "?x")  # not named: as it was
    assert (await bot.do("getWebhookInfo"))["allowed_updates"] == ["edited_message"]
    await bot.do("setWebhook", url=hook.url, allowed_updates=[])
    assert "allowed_updates" not in await bot.do("getWebhookInfo")


async def test_the_info_says_what_is_set(bot: RawBot, hook: Hook) -> None:
    nothing = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    assert await bot.do("getWebhookInfo") == nothing
    await bot.do("setWebhook", url=hook.url, max_connections=1000)
    assert await bot.do("getWebhookInfo") == nothing | {"url": hook.url, "max_connections": 100, "ip_address": "127.0.0.1"}
    again = await bot.call("setWebhook", url=hook.url, max_connections=1000)
    assert again["description"] == "Webhook is already set"
    assert (await bot.call("setWebhook", url=""))["description"] == "Webhook was deleted"
    assert (await bot.call("deleteWebhook"))["description"] == "Webhook is already deleted"
    assert await bot.do("getWebhookInfo") == nothing


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "http://wishlight.example/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://wishlight.example:9000/hook"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "ftp://127.0.0.1/hook"}, "invalid webhook URL specified"),
        ({"url": "https://"}, "invalid webhook URL specified"),
        ({"url": "https://a:b:c/"}, "invalid webhook URL specified"),
        ({"url": "https://127.0.0.1/", "secret_token": "ä"}, "secret token contains unallowed characters"),
        ({"url": "https://127.0.0.1/", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "https://127.0.0.1/", "ip_address": "127.0.0.1"}, "bad webhook: the sandbox takes no ip_address"),
        ({"url": "https://127.0.0.1/", "certificate": "x"}, "bad webhook: the sandbox takes no certificate"),
    ],
)
async def test_addresses_that_telegram_would_not_go_to_are_refused(bot: RawBot, given: dict[str, Any], words: str) -> None:
    assert await bot.refused("setWebhook", **given) == (400, f"Bad Request: {words}")
    assert (await bot.do("getWebhookInfo"))["url"] == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://localhost:9/", "http://[::1]:9/x", "127.0.0.1:9"])
async def test_here_no_certificate_is_needed(bot: RawBot, url: str) -> None:
    assert await bot.do("setWebhook", url=url)


# --- order


async def test_a_chats_messages_come_one_by_one_and_chats_side_by_side(
    bot: RawBot, people: SandboxClient, wang: int, li: int, hook: Hook
) -> None:
    await people.say(li, "/start")
    await bot.do("deleteWebhook", drop_pending_updates=True)
    gate = asyncio.Event()

    async def slow(update: dict[str, Any]) -> web.Response:
        await gate.wait()
        return web.Response()

    hook.answer = slow
    await bot.do("setWebhook", url=hook.url)
    for text in ("一", "二", "三"):
        await people.say(wang, text)
    await people.say(li, "四")
    await hook.taken(2)
    assert hook.texts == ["一", "四"]
    status = await people.status()
    assert (status["pending_updates"], status["unacked_updates"]) == (2, 4)
    gate.set()
    await hook.taken(4)
    assert [text for text in hook.texts if text != "四"] == ["一", "二", "三"]
    assert (await people.status())["unacked_updates"] == 0


async def test_taps_wait_in_a_line_of_their_own(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "a"}, {"text": "不", "callback_data": "b"}]]}
    sent = await bot.do("sendMessage", chat_id=wang, text="?", reply_markup=markup)
    gate = asyncio.Event()

    async def slow_words(update: dict[str, Any]) -> web.Response:
        if "message" in update:
            await gate.wait()
        return web.Response()

    hook.answer = slow_words
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "先说的")
    await people.tap(wang, sent["message_id"], "a")
    await people.tap(wang, sent["message_id"], "b")
    await hook.taken(3)
    assert hook.texts == ["先说的", "a", "b"]
    assert hook.busy == 1  # the taps are through, the words are not
    gate.set()


async def test_edits_come_after_what_they_edit(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    gate = asyncio.Event()

    async def slow(update: dict[str, Any]) -> web.Response:
        await gate.wait()
        return web.Response()

    hook.answer = slow
    await bot.do("setWebhook", url=hook.url)
    said = await people.say(wang, "一")
    await people.edit(wang, said["message_id"], text="二")
    await hook.taken(1)
    gate.set()
    assert [next(key for key in update if key != "update_id") for update in await hook.taken(2)] == [
        "message",
        "edited_message",
    ]


async def test_no_more_connections_than_allowed(bot: RawBot, people: SandboxClient, hook: Hook) -> None:
    await bot.do("getMe")
    users = [(await people.add_user(f"邻居{number}"))["id"] for number in range(6)]

    async def slow(update: dict[str, Any]) -> web.Response:
        await asyncio.sleep(0.05)
        return web.Response()

    hook.answer = slow
    await bot.do("setWebhook", url=hook.url, max_connections=2)
    for user in users:
        await people.say(user, "/start")
    await hook.taken(6)
    assert hook.busiest == 2


# --- what is not taken


@pytest.fixture
async def unhurried() -> AsyncIterator[Sandbox]:
    """Pauses a tenth as long as Telegram's."""
    sandbox = Sandbox(rate_scale=10.0, clock_start=T0)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def test_what_is_refused_comes_again_after_growing_pauses(
    unhurried: Sandbox, session: aiohttp.ClientSession, hook: Hook
) -> None:
    people, bot = SandboxClient(unhurried.url, session), RawBot(unhurried.url, session, TOKEN)
    wang = (await people.add_user("王阿姨"))["id"]
    hook.answers(500, 404, 302, 503)
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "一")
    await people.say(wang, "二")
    await hook.taken(6)
    assert hook.texts == ["一"] * 5 + ["二"]
    pauses = [later - earlier for earlier, later in itertools.pairwise(hook.times)]
    assert pauses[0] < 0.15  # at once
    assert 0.18 < pauses[1] < 0.38
    assert 0.38 < pauses[2] < 0.7
    assert 0.78 < pauses[3] < 1.5
    info = await bot.do("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert abs(info["last_error_date"] - T0.timestamp()) < 60
    assert info["pending_update_count"] == 0


async def test_it_comes_again_when_the_bot_says_so(unhurried: Sandbox, session: aiohttp.ClientSession, hook: Hook) -> None:
    people, bot = SandboxClient(unhurried.url, session), RawBot(unhurried.url, session, TOKEN)
    wang = (await people.add_user("王阿姨"))["id"]
    hook.answers(503, 503, 503, **{"Retry-After": "3"})
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "一")
    await hook.taken(4)
    assert all(0.28 < later - earlier < 0.6 for earlier, later in itertools.pairwise(hook.times))


async def test_who_does_not_answer_is_asked_again(
    bot: RawBot, people: SandboxClient, wang: int, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "ANSWER_SECONDS", 0.1)

    async def first_never(update: dict[str, Any]) -> web.Response:
        if len(hook.brought) == 1:
            await asyncio.sleep(30)
        return web.Response()

    hook.answer = first_never
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "在吗")
    await hook.taken(2)
    assert (await bot.do("getWebhookInfo"))["last_error_message"] == "Read timeout expired"
    assert (await people.status())["unacked_updates"] == 0


async def test_a_bot_that_is_away_gets_everything_when_it_is_back(bot: RawBot, people: SandboxClient, wang: int) -> None:
    async with Hook.listening() as away:
        url = away.url
    await bot.do("setWebhook", url=url)
    await people.say(wang, "一")
    await people.say(wang, "二")
    async with asyncio.timeout(10):
        while "last_error_message" not in (info := await bot.do("getWebhookInfo")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 2)
    async with Hook.listening(int(url.split(":")[2].removesuffix("/hook"))) as back:
        await back.taken(2)
        assert back.texts == ["一", "二"]


async def test_what_is_a_day_old_is_dropped(
    sandbox: Sandbox, bot: RawBot, people: SandboxClient, wang: int, hook: Hook
) -> None:
    hook.answers(*[500] * 100)
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "旧")
    async with asyncio.timeout(10):
        while len(hook.brought) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for update in sandbox.world.updates:
        update.queued -= 24 * 3600 * 1000
    async with asyncio.timeout(10):
        while (await people.status())["unacked_updates"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    hook.answer = hook.fine
    await people.say(wang, "新")
    async with asyncio.timeout(10):
        while hook.texts[-1] != "新":  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# --- what is answered


@pytest.mark.parametrize("dress", ["json", "form"])
async def test_a_call_in_the_answer_is_carried_out(
    bot: RawBot, people: SandboxClient, wang: int, hook: Hook, dress: str
) -> None:
    async def reply(update: dict[str, Any]) -> web.Response:
        call = {"method": "sendmessage", "chat_id": wang, "text": "听到了"}
        if dress == "json":
            return web.json_response(call)
        body = aiohttp.FormData({name: str(value) for name, value in call.items()})()
        return web.Response(body=body, content_type="application/x-www-form-urlencoded")

    hook.answer = reply
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "在吗")
    await hook.taken(1)
    assert (await people.messages(wang))[-1]["text"] == "听到了"
    call = (await people.calls())[-1]
    assert (call["method"], call["status"], call["unknown"]) == ("sendMessage", 200, [])


@pytest.mark.parametrize(
    "said", ['{"method":"setWebhook","url":""}', '{"method":"getMe"}', '{"method":"deleteWebhook"}', "[1]", "not JSON", "{}"]
)
async def test_anything_else_in_an_answer_is_passed_over(
    bot: RawBot, people: SandboxClient, wang: int, hook: Hook, said: str
) -> None:
    async def reply(update: dict[str, Any]) -> web.Response:
        return web.Response(text=said, content_type="application/json")

    hook.answer = reply
    await bot.do("setWebhook", url=hook.url)
    calls = (await people.status())["calls"]
    await people.say(wang, "在吗")
    await hook.taken(1)
    assert (await bot.do("getWebhookInfo"))["url"] == hook.url
    assert (await people.status())["calls"] == calls + 1


async def test_a_call_that_is_refused_is_only_logged(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    said = iter(['{"method":"sendMessage","chat_id":5,"text":"x"}', '{"method":"dance"}'])

    async def reply(update: dict[str, Any]) -> web.Response:
        return web.Response(text=next(said), content_type="application/json")

    hook.answer = reply
    await bot.do("setWebhook", url=hook.url)
    await people.say(wang, "一")
    await people.say(wang, "二")
    await hook.taken(2)
    assert [(call["method"], call["status"]) for call in (await people.calls())[-2:]] == [("sendMessage", 400), ("dance", 404)]
    assert (await people.status())["unacked_updates"] == 0


# --- faults


async def test_an_answer_that_is_lost_brings_it_again(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    await bot.do("setWebhook", url=hook.url)
    await people.fault("reset", methods=["webhook"], count=1)
    await people.say(wang, "一")
    await hook.taken(2)
    assert hook.texts == ["一", "一"]
    assert hook.brought[0] == hook.brought[1]


async def test_duplicates_come_after_what_was_later(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    for text in ("一", "二", "三"):
        await people.say(wang, text)
    await people.fault("duplicate", count=1)
    await bot.do("setWebhook", url=hook.url)
    await hook.taken(4)
    assert hook.texts == ["一", "二", "三", "一"]


async def test_what_waits_may_come_newest_first(bot: RawBot, people: SandboxClient, wang: int, hook: Hook) -> None:
    await people.fault("shuffle", count=2)
    for text in ("一", "二", "三"):
        await people.say(wang, text)
    assert [message["text"] for message in await bot.updates("message")] == ["三", "二", "一"]
    await bot.do("setWebhook", url=hook.url)
    await hook.taken(3)
    assert hook.texts == ["三", "一", "二"]


# --- kept


async def test_a_kept_telegram_goes_on_bringing(tmp_path: Path, session: aiohttp.ClientSession, hook: Hook) -> None:
    for text in ("一", "二"):
        sandbox = Sandbox(rate_scale=1e6, clock_start=T0, keep=tmp_path / "world")
        await sandbox.start()
        try:
            people, bot = SandboxClient(sandbox.url, session), RawBot(sandbox.url, session, TOKEN)
            if text == "一":
                await bot.do("setWebhook", url=hook.url, secret_token="s")
                await people.add_user("王阿姨", id=1001)
            await people.say(1001, text)
            await hook.taken(1 if text == "一" else 2)
        finally:
            await sandbox.stop()
    assert hook.texts == ["一", "二"]
    assert [headers["X-Telegram-Bot-Api-Secret-Token"] for headers in hook.headers] == ["s", "s"]
