"""Telegram has a bad day: everything that was said arrives all the same, and nobody else waits."""

import time
from typing import Any

import pytest
from sqlalchemy import select

from rules.lifecycle import State
from storage import outbox
from storage.models import Outgoing
from tests.stories.scenes import claimed
from tests.stories.town import Actor, Town

WRITING = ["sendMessage", "editMessageText", "sendMediaGroup", "deleteMessage"]


async def say_to(town: Town, chat: int, *texts: str, **more: Any) -> None:
    async with town.app.transactions.begin() as session:
        for text in texts:
            payload = {"chat_id": chat, "text": text}
            await outbox.enqueue(session, town.now(), chat, "sendMessage", payload, **more)


async def said(town: Town, actor: Actor, *words: str, chat: int | None = None) -> list[int]:
    """How often each of these was said."""
    texts = [message.get("text", "") for message in await actor.messages(chat)]
    return [sum(word in text for text in texts) for word in words]


@pytest.mark.parametrize("kind", ["refuse", "500", "502", "429", "500_after", "reset", "garbage"])
async def test_a_wish_goes_its_way_whatever_goes_wrong_with_the_answers(
    town: Town, secretary: Actor, wang: Actor, kind: str
) -> None:
    li = await town.volunteer("小李")
    room = await town.group("志愿者群", li)
    await town.people.fault(kind, methods=WRITING, count=4)
    wish = await claimed(town, wang, li)
    await town.people.fault("none")
    assert await wang.heard("小李会帮您办")
    assert await li.heard(f"#{wish}")
    assert "小李已认领" in await li.last(room)
    rows = await town.rows(select(Outgoing).where(Outgoing.state == "sent"))
    happened = kind in ("500_after", "reset", "garbage")
    assert any(row.maybe_twice for row in rows) is (kind != "429")
    repeated = [n for n in await said(town, wang, "小李会帮您办") if n > 1]
    assert not repeated or happened
    await wang.say("/my")
    assert f"#{wish}" in await wang.last()


async def test_an_answer_that_comes_too_late_is_none(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sender._CALL_SECONDS", 1.0)
    await town.people.fault("delay", methods=["sendMessage"], chats=[wang.id], count=1, delay=3)
    await say_to(town, wang.id, "第一条")
    await town.settle()
    (row,) = await town.rows(select(Outgoing).where(Outgoing.payload["text"].as_string() == "第一条"))
    assert (row.state, row.maybe_twice, row.attempts) == ("sent", True, 2)
    assert (await said(town, wang, "第一条")) == [2]  # nobody knows, so it is said again


async def test_one_chat_that_is_told_to_wait_holds_nobody_else(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("小赵")
    await town.people.fault("429", chats=[wang.id], methods=["sendMessage"], count=1, retry_after=2)
    began = time.monotonic()
    await say_to(town, wang.id, "第一条", "第二条")
    while not (await refusals(town)):
        assert time.monotonic() < began + 30
    await zhao.town.people.say(zhao.id, "/my")
    while not await answered_after_start(zhao):
        assert time.monotonic() < began + 30
    waits = await said(town, wang, "第一条", "第二条")
    if time.monotonic() < began + 1.5:  # a busy machine may be late itself
        assert waits == [0, 0]
    await town.settle()
    assert time.monotonic() >= began + 2
    heard = [message["text"] for message in await wang.messages()][-2:]
    assert heard == ["第一条", "第二条"]
    assert [row.attempts for row in await town.rows(select(Outgoing).where(Outgoing.chat_id == wang.id))][-2:] == [1, 1]


async def answered_after_start(actor: Actor) -> bool:
    return len(await actor.messages()) > 1


async def refusals(town: Town) -> list[dict[str, Any]]:
    return [call for call in await town.people.calls() if call["status"] == 429]


async def test_two_chats_that_are_told_to_wait_mean_everybody(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, li = await town.person("小赵"), await town.person("小李")
    for actor in (wang, zhao):
        await town.people.fault("429", chats=[actor.id], methods=["sendMessage"], count=1, retry_after=2)
    await say_to(town, wang.id, "第一条")
    await say_to(town, zhao.id, "第二条")
    began = time.monotonic()
    while len(await refusals(town)) < 2:
        assert time.monotonic() < began + 30
    told = time.monotonic()
    await say_to(town, li.id, "第三条")
    await town.settle()
    assert time.monotonic() >= told + 1.5
    for actor, text in ((wang, "第一条"), (zhao, "第二条"), (li, "第三条")):
        assert await actor.last() == text
    assert len(await refusals(town)) == 2  # nobody asked again before the time


async def test_a_poisoned_message_fails_alone_and_an_admin_sends_it_again(town: Town, secretary: Actor, wang: Actor) -> None:
    async with town.app.transactions.begin() as session:
        payload = {"chat_id": wang.id, "text": "<b>没关上", "parse_mode": "HTML"}
        row_id = await outbox.enqueue(session, town.now(), wang.id, "sendMessage", payload)
    await say_to(town, wang.id, "后面的")
    await town.settle()
    assert await wang.last() == "后面的"
    (row,) = await town.rows(select(Outgoing).where(Outgoing.id == row_id))
    assert row.state == "failed"
    assert (row.error or "").startswith("400")
    await secretary.say("/failed")
    assert "没发出去的消息" in await secretary.last()
    async with town.app.transactions.begin() as session:  # whoever mended it
        (await session.get_one(Outgoing, row_id)).payload = {"chat_id": wang.id, "text": "关上了"}
    await secretary.tap("第 1 条")
    assert "400" in await secretary.last()
    await secretary.tap("再发一次")
    await town.settle()
    assert await wang.last() == "关上了"


async def test_words_for_a_helper_whose_claim_ended_meanwhile_are_dropped_with_a_reason(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    wish = await claimed(town, wang, li)
    claim_id = (await town.rows(select(Outgoing.claim_id).where(Outgoing.claim_id.is_not(None))))[0]
    await wang.tap(f"#{wish}")
    await wang.tap("撤回")
    await town.people.fault("500", chats=[li.id])
    await say_to(town, li.id, "门牌是 3 号楼 402", claim_id=claim_id)
    await town.people.tap(wang.id, *await button(wang, "是的，撤回"), wait=5)
    assert (await town.wish(wish)).state is State.WITHDRAWN
    await town.people.fault("none")
    await town.settle()
    assert not await li.heard("402")
    errors = await town.rows(select(Outgoing.error).where(Outgoing.payload["text"].as_string() == "门牌是 3 号楼 402"))
    assert errors == ["the claim ended"]


async def button(actor: Actor, label: str) -> tuple[int, str]:
    for message, found in await actor._buttons(None):
        if label in found["text"]:
            return message["message_id"], found["callback_data"]
    raise AssertionError(await actor.buttons())
