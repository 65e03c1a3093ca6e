"""What could not be sent at once is looked at again before it goes out: it must still be true, and still be theirs to read."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot.telegram import Never, RetryAfter
from rules.lifecycle import State
from storage.models import Outgoing, Person
from tests.stories.town import Actor, Town, text_of

LAMP = "厨房的灯泡坏了，想请人帮忙换一下"
PHONE = "13812345678"


async def offered(town: Town, secretary: Actor, wang: Actor) -> tuple[Actor, int, dict[str, Any]]:
    """王阿姨's wish, with photo, phone and address, before 小李's eyes."""
    li = await town.volunteer("小李")
    group = await town.group("志愿者", li)
    await wang.photo(LAMP)
    await wang.tap("留电话")
    await wang.say(f"{PHONE} 河街 3 号楼 402")
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    return li, group, (await li.messages(group))[-1]


async def withdraw(town: Town, wang: Actor) -> None:
    """Without waiting for anything that is to be sent."""
    wish = await town.wish()
    card = (await wang.messages())[-1]["message_id"]
    await town.people.tap(wang.id, card, f"w:sure-withdraw:{wish.id}", wait=5, forge=True)
    assert (await town.wish()).state is State.WITHDRAWN


async def test_phone_and_photos_do_not_arrive_after_the_wish_was_withdrawn(town: Town, secretary: Actor, wang: Actor) -> None:
    li, group, post = await offered(town, secretary, wang)
    before = len(await li.messages())
    await town.people.fault("500", methods=["sendMessage", "sendPhoto"])
    await town.people.tap(li.id, post["message_id"], f"k:{(await town.wish()).id}", group, wait=5)
    await asyncio.sleep(0.3)
    assert await town.rows(
        select(Outgoing).where(Outgoing.chat_id == li.id, Outgoing.state == "waiting", Outgoing.attempts > 0)
    )
    await withdraw(town, wang)
    await town.people.fault("none")
    await town.settle()
    got = (await li.messages())[before:]
    assert got
    assert not [message for message in got if "photo" in message or PHONE in text_of(message)]


async def test_phone_and_photos_do_not_arrive_when_telegram_said_wait(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, group, post = await offered(town, secretary, wang)
    telegram, real = town.app.telegram, town.app.telegram.call
    under_way, withdrawn, sent = asyncio.Event(), asyncio.Event(), []

    async def call(method: str, payload: dict[str, Any] | None = None, *more: Any) -> Any:
        if payload and payload.get("chat_id") == li.id and method.startswith(("send", "edit")):
            if not withdrawn.is_set():
                under_way.set()
                await withdrawn.wait()
                raise RetryAfter(0.2)
            sent.append((method, PHONE in str(payload)))
        return await real(method, payload, *more)

    monkeypatch.setattr(telegram, "call", call)
    await town.people.tap(li.id, post["message_id"], f"k:{(await town.wish()).id}", group, wait=5)
    await asyncio.wait_for(under_way.wait(), 10)
    await withdraw(town, wang)
    withdrawn.set()
    await town.settle()
    assert sent
    assert not [method for method, phone in sent if phone or method == "sendPhoto"]


async def test_who_submitted_meanwhile_is_not_asked_whether_to_submit(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await town.people.fault("500", methods=["sendMessage"])
    await town.people.advance(11 * 60)
    await asyncio.sleep(0.3)
    await town.app.tick()
    wish, card = (await town.wish()).id, (await wang.messages())[-1]["message_id"]
    await town.people.tap(wang.id, card, f"w:submit:{wish}", wait=5, forge=True)
    await town.people.fault("none")
    await town.settle()
    assert (await town.wish()).state is not State.DRAFT
    assert not await wang.heard("要帮您提交吗")


async def test_who_writes_while_a_call_to_them_is_refused_is_answered(
    town: Town, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = town.app.telegram.call
    under_way, written = asyncio.Event(), asyncio.Event()

    async def call(method: str, payload: dict[str, Any] | None = None, *more: Any) -> Any:
        if method == "sendMessage" and payload and payload.get("chat_id") == wang.id and not written.is_set():
            under_way.set()
            await written.wait()
            raise Never(403, "Forbidden: bot was blocked by the user")
        return await real(method, payload, *more)

    monkeypatch.setattr(town.app.telegram, "call", call)
    await town.people.say(wang.id, "/help")
    await asyncio.wait_for(under_way.wait(), 10)
    await town.people.say(wang.id, "/my")
    while len(await town.rows(select(Outgoing).where(Outgoing.chat_id == wang.id, Outgoing.state == "waiting"))) < 2:  # noqa: ASYNC110 - what is waited for is elsewhere
        await asyncio.sleep(0.01)
    written.set()
    await town.settle()
    (person,) = await town.rows(select(Person).where(Person.id == wang.id))
    assert person.can_be_written
    assert not await town.rows(select(Outgoing).where(Outgoing.state == "parked"))
