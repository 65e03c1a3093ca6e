"""What could not be handled is kept, told kindly, and looked after by admins who do not read it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import hearing
from storage import outbox, updates
from storage.models import Outgoing, SeenUpdate, Wish
from tests.stories.town import PATIENCE, Actor, Town

WORDS = "厨房灯坏了，我电话 13912345678，住 3 号楼 402"


@pytest.fixture
def broken(town: Town, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing that residents write can be handled, until it is undone."""

    async def fail(*given: Any) -> None:
        raise RuntimeError(WORDS)

    town.may_fail = True
    monkeypatch.setattr(hearing, "write", fail)
    return monkeypatch


async def settled(town: Town, outcome: str, count: int = 1) -> list[SeenUpdate]:
    """So many updates came to this end."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await town.rows(select(SeenUpdate).where(SeenUpdate.outcome == outcome).order_by(SeenUpdate.id))
            if len(found) == count:
                await town.settle()
                return found
            await asyncio.sleep(0.02)


async def test_nothing_failed_and_nothing_is_left_over(town: Town, secretary: Actor) -> None:
    await secretary.say("/failed")
    assert "没有积压" in await secretary.last()
    assert "reply_markup" not in (await secretary.messages())[-1]


async def test_it_is_listed_without_its_words_and_run_again(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await wang.say(WORDS)
    assert "出了点差错" in await wang.last()
    await secretary.say("/failed")
    assert "没处理成的消息" in await secretary.last()
    assert f"文字（{len(WORDS)} 字）" in await secretary.last()
    assert "09:0" in await secretary.last()
    await secretary.tap("第 1 条")
    shown = await secretary.last()
    assert "RuntimeError at " in shown
    assert "内容不在这里显示" in shown
    for private in ("灯", "13912345678", "402", "王阿姨", str(wang.id)):
        assert private not in shown
    broken.undo()
    await secretary.tap("再试一次")
    assert "再跑一次" in await secretary.last()
    await settled(town, "failed", 0)
    await settled(town, "again", 0)
    assert "我是这样理解的" in await wang.last()
    assert (await town.wish()).text == WORDS
    await secretary.tap("看没处理成的")
    assert "没有积压" in await secretary.last()
    (row,) = await town.rows(select(SeenUpdate).order_by(SeenUpdate.id.desc()).where(SeenUpdate.outcome == "done").limit(1))
    assert row.raw is None


async def test_what_fails_again_comes_back_and_is_apologised_for_once(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await wang.say(WORDS)
    await secretary.say("/failed")
    await secretary.tap("第 1 条")
    await secretary.tap("再试一次")
    await settled(town, "again", 0)
    await settled(town, "failed")
    assert [text for text in [m["text"] for m in await wang.messages()] if "差错" in text] == [await wang.last()]
    await secretary.tap("看没处理成的")
    assert "没处理成的消息" in await secretary.last()


async def test_what_is_dropped_is_asked_for_once_more(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await wang.say(WORDS)
    await secretary.say("/failed")
    await secretary.tap("第 1 条")
    await secretary.tap("不要了")
    assert "真的不要了吗" in await secretary.last()
    assert len(await settled(town, "failed")) == 1
    await secretary.tap("确定不要了")
    assert "已经请对方再说一次" in await secretary.last()
    assert "麻烦您再说一次" in await wang.last()
    (row,) = await settled(town, "dropped")
    assert row.raw is None


async def test_of_two_admins_one_decides_and_a_second_tap_changes_nothing(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await wang.say(WORDS)
    for admin in (secretary, chen):
        await admin.say("/failed")
        await admin.tap("第 1 条")
    again, drop = [data for _, data in await _taps(chen)][:2]
    broken.undo()
    await secretary.tap("再试一次")
    await settled(town, "failed", 0)
    for data in (again, drop, drop.replace("drop", "sure-drop")):
        refused = await chen.forge(data)
        assert refused["show_alert"]
        assert "已经" in refused["text"]
    await settled(town, "again", 0)
    assert len(await town.rows(select(Wish))) == 1
    assert not await wang.heard("麻烦您再说一次")


async def _taps(actor: Actor) -> list[tuple[str, str]]:
    return [(button["text"], button["callback_data"]) for _, button in await actor._buttons(None)]


@pytest.mark.parametrize("do", ["show", "drop", "again", "sure-drop"])
async def test_only_admins_look_after_it(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch, do: str
) -> None:
    zhao = await town.volunteer("小赵")
    await zhao.say("/failed")
    assert "没处理成" not in await zhao.last()
    await wang.say(WORDS)
    (row,) = await settled(town, "failed")
    message = await _refused_message(town, wang)
    before = len(await zhao.messages())
    for data in (f"f:{do}:u:{row.id}", f"f:{do}:m:{message}", "n:failed:0"):
        assert (await zhao.forge(data))["show_alert"]
    assert len(await zhao.messages()) == before
    assert len(await settled(town, "failed")) == 1
    assert await town.rows(select(Outgoing.state).where(Outgoing.id == message)) == ["failed"]


@pytest.mark.parametrize("data", ["f:again:u:5", "f:again:m:5", "f:dance:u:5", "f:dance:m:5", "f:show:m:999999", "f:x:y:1"])
async def test_what_is_not_there_cannot_be_decided(town: Town, secretary: Actor, data: str) -> None:
    await secretary.say("/failed")
    before = [message["text"] for message in await secretary.messages()]
    await secretary.forge(data)
    assert [message["text"] for message in await secretary.messages()] == before


async def test_a_cry_for_help_that_fails_gets_its_number_and_reaches_the_officers(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.may_fail = True
    zhao = await town.volunteer("小赵")

    async def fail(*given: Any) -> bool:
        raise RuntimeError

    monkeypatch.setattr(hearing, "cry", fail)
    await wang.say("着火了！楼道里全是烟，3 号楼")
    assert "119" in await wang.last()
    assert "没能替您报上去" in await wang.last()
    for admin in (secretary, chen):
        assert "没能报警" in await admin.last()
        assert "楼道里全是烟" in await admin.last()
        assert "王阿姨" in await admin.last()
    assert not await zhao.heard("报警")
    monkeypatch.undo()
    await secretary.tap("看没处理成的")
    await secretary.tap("第 1 条")
    await secretary.tap("再试一次")
    await settled(town, "failed", 0)
    await settled(town, "again", 0)
    assert (await town.wish()).emergency == "fire"


async def test_what_failed_in_a_group_is_told_by_its_title_and_to_nobody_there(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await town.group("城关志愿者", wang)
    town.may_fail = True

    async def fail(*given: Any, **more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("actions.binding.offer_areas", fail)
    before = len(await wang.messages(chat))
    await secretary.say("/bind", chat)
    assert len(await wang.messages(chat)) == before
    assert "出了点差错" in await secretary.last()
    await secretary.say("/failed")
    assert "群“城关志愿者”" in await secretary.last()
    await secretary.tap("第 1 条")
    await secretary.tap("不要了")
    await secretary.tap("确定不要了")
    assert "不要了。" in await secretary.last()
    assert not await secretary.heard("麻烦您再说一次")
    assert len(await wang.messages(chat)) == before


async def test_what_is_no_update_can_only_be_dropped(town: Town, secretary: Actor) -> None:
    town.may_fail = True
    async with town.app.transactions.begin() as session:
        await updates.see(session, town.now(), -7, outcome="unreadable", raw={"update_id": -7, "body": "坏"}, error="no update")
    await secretary.say("/failed")
    assert "读不懂的格式" in await secretary.last()
    await secretary.tap("第 1 条")
    assert not any("再试" in label for label in (await secretary.buttons())[:3])
    await secretary.tap("不要了")
    await secretary.tap("确定不要了")
    await secretary.tap("看没处理成的")
    assert "没有积压" in await secretary.last()


async def test_it_is_run_again_after_a_restart_too(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await wang.say(WORDS)
    (row,) = await settled(town, "failed")
    await town.app.stop()
    async with town.app.transactions.begin() as session:
        (await session.get_one(SeenUpdate, row.id)).outcome = updates.AGAIN
    broken.undo()
    await town.begin_again()
    await settled(town, "again", 0)
    assert "我是这样理解的" in await wang.last()


async def test_long_lists_have_pages(town: Town, secretary: Actor) -> None:
    town.may_fail = True
    async with town.app.transactions.begin() as session:
        for number in range(19):
            at = town.now() - timedelta(minutes=60 - number)
            raw = {"update_id": number, "message": {"text": "x" * (number + 1)}}
            await updates.see(session, at, number + 1, outcome="failed", raw=raw, error="E")
    await secretary.say("/failed")
    assert "文字（1 字）" in await secretary.last()
    await secretary.tap("后面 →")
    assert "文字（9 字）" in await secretary.last()
    await secretary.tap("后面 →")
    assert "文字（19 字）" in await secretary.last()
    assert "文字（16 字）" not in await secretary.last()
    await secretary.tap("← 前面")
    assert "文字（9 字）" in await secretary.last()


# --- messages


async def _refused_message(town: Town, to: Actor) -> int:
    """A message that Telegram refuses for good."""
    async with town.app.transactions.begin() as session:
        payload = {"chat_id": to.id, "text": "x" * 5000}
        row_id = await outbox.enqueue(session, town.now(), to.id, "sendMessage", payload)
    assert town.app.workers is not None
    town.app.workers.sender.wake()
    async with asyncio.timeout(PATIENCE):
        while await town.rows(select(Outgoing.state).where(Outgoing.id == row_id)) != ["failed"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return row_id


async def test_a_message_that_could_not_be_sent_is_sent_again_or_dropped(town: Town, secretary: Actor, wang: Actor) -> None:
    town.may_fail = True
    first = await _refused_message(town, wang)
    await secretary.say("/failed")
    assert "没发出去的消息" in await secretary.last()
    await secretary.tap("第 1 条")
    assert "message is too long" in await secretary.last()
    assert "xxx" not in await secretary.last()
    async with town.app.transactions.begin() as session:
        row = await session.get_one(Outgoing, first)
        row.payload = {**row.payload, "text": "短一点"}
    await secretary.tap("再发一次")
    await town.settle()
    assert await wang.last() == "短一点"
    assert (await secretary.forge(f"f:again:m:{first}"))["show_alert"]
    second = await _refused_message(town, wang)
    await secretary.tap("看没处理成的")
    await secretary.tap("第 1 条")
    await secretary.tap("不要了")
    assert "不发了" in await secretary.last()
    assert await town.rows(select(Outgoing.state).where(Outgoing.id == second)) == ["dropped"]


async def test_the_digest_says_how_much_was_not_handled(
    town: Town, secretary: Actor, wang: Actor, broken: pytest.MonkeyPatch
) -> None:
    await secretary.say("/digest")
    assert "没处理成" not in await secretary.last()
    await wang.say(WORDS)
    await secretary.say("/digest")
    assert "🧯 有 1 条消息没处理成" in await secretary.last()
