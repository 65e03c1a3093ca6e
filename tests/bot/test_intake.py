"""Nothing is acknowledged before it is committed, nothing is done twice, nothing blocks what comes after it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from aiogram import Router
from aiogram.types import Message as Update
from sqlalchemy import select

from bot.intake import DatabaseDown
from bot.middleware import OneTransaction
from bot.telegram import Never
from storage.models import Outgoing, Person, SeenUpdate
from tests.bot.stage import LI, WANG, Stage, until
from words.messages import Answer, Message


def raw_message(update_id: int, text: str, user: int = WANG, **more: Any) -> dict[str, Any]:
    someone = {"id": user, "is_bot": False, "first_name": "王阿姨"}
    chat = {"id": user, "type": "private", "first_name": "王阿姨"}
    message = {"message_id": update_id, "date": 1_770_000_000, "chat": chat, "from": someone, "text": text, **more}
    return {"update_id": update_id, "message": message}


async def answers(stage: Stage) -> list[str]:
    """What the bot has to say, sent or not."""
    return [row.payload["text"] for row in await stage.rows(select(Outgoing).order_by(Outgoing.id))]


async def test_what_is_said_is_answered(stage: Stage) -> None:
    await stage.open()
    await stage.people.say(WANG, "你好")
    await stage.hears("你好")
    await stage.quiet()
    assert await stage.outcomes() == ["done"]


async def test_one_persons_messages_are_answered_in_their_order(stage: Stage) -> None:
    await stage.open()
    said = [f"{number}" for number in range(30)]
    for text in said:
        await stage.people.say(WANG, text)
    await stage.hears(*said)


async def test_a_redelivered_update_changes_nothing(stage: Stage) -> None:
    app = await stage.open()
    await stage.people.fault("duplicate", count=1)
    await stage.people.say(WANG, "一次")
    await stage.hears("一次")
    await stage.people.say(WANG, "两次")
    await stage.hears("一次", "两次")
    raw = raw_message(10**9, "三次")
    assert app.workers is not None
    await app.workers.intake.take([raw])
    await app.workers.intake.take([raw, raw])
    await stage.hears("一次", "两次", "三次")
    await stage.quiet()
    assert len(await stage.heard()) == 3


async def test_an_unreadable_update_is_kept_and_blocks_nothing(stage: Stage) -> None:
    app = await stage.open()
    await stage.people.say(WANG, "前")
    await stage.hears("前")
    assert app.workers is not None
    bad = {"update_id": 10**9 + 1, "message": {"message_id": "?", "text": "坏的"}}
    await app.workers.intake.take([raw_message(10**9, "中"), bad, raw_message(10**9 + 2, "后")])
    await stage.hears("前", "中", "后")
    (kept,) = await stage.rows(select(SeenUpdate).where(SeenUpdate.outcome == "unreadable"))
    assert kept.raw == bad


async def _said(stage: Stage, *texts: str) -> bool:
    return set(texts) <= set(await stage.heard())


async def test_a_handler_that_fails_is_undone_told_and_kept(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.open()
    await stage.people.say(WANG, "boom")
    await stage.people.say(WANG, "还在吗")
    await until(lambda: _said(stage, "还在吗"))
    apology, after = await stage.heard()
    assert after == "还在吗"
    assert apology
    (person,) = await stage.rows(select(Person).where(Person.id == WANG))
    assert person.locale == "zh"
    (failed,) = await stage.rows(select(SeenUpdate).where(SeenUpdate.outcome == "failed"))
    assert failed.raw["message"]["text"] == "boom"
    assert "RuntimeError" in failed.error
    for told in (caplog.text, failed.error):
        assert "secret words" not in told
        assert "王阿姨" not in told


async def test_nothing_is_acknowledged_while_the_database_is_down(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    app = await stage.open()
    await stage.people.say(WANG, "先")
    await stage.hears("先")
    sessions = app.transactions.sessions

    def down() -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(app.transactions, "sessions", down)
    await stage.people.say(WANG, "停电了")
    await stage.people.say(LI, "me too")
    await asyncio.sleep(0.3)
    status = await stage.people.status()
    assert status["pending_updates"] + status["unacked_updates"] >= 2
    monkeypatch.setattr(app.transactions, "sessions", sessions)
    await stage.hears("先", "停电了")
    await stage.hears("me too", chat=LI)
    await stage.quiet()
    assert set(await stage.outcomes()) == {"done"}


async def test_an_update_that_takes_the_database_down_every_time_is_given_up(stage: Stage) -> None:
    router = Router()

    @router.message()
    async def cut_off(message: Update) -> Answer:
        raise ConnectionResetError

    app = await stage.open(router)
    assert app.workers is not None
    for _ in range(19):
        with pytest.raises(DatabaseDown):
            await app.workers.intake.take([raw_message(10**9, "x")])
    await app.workers.intake.take([raw_message(10**9, "x")])
    assert await stage.outcomes() == ["failed"]


async def test_an_update_is_not_to_blame_for_a_long_outage(stage: Stage) -> None:
    tries = 0
    router = Router()

    @router.message()
    async def cut_off(message: Update) -> Answer:
        nonlocal tries
        tries += 1
        if tries <= 20:  # the database comes back just after the last of them
            raise ConnectionResetError
        return None

    app = await stage.open(router)
    assert app.workers is not None
    for _ in range(19):
        with pytest.raises(DatabaseDown):
            await app.workers.intake.take([raw_message(10**9, "x")])
    await app.workers.intake.take([raw_message(10**9, "x")])
    assert await stage.outcomes() == ["done"]


async def test_what_cannot_be_kept_blocks_nothing(stage: Stage) -> None:
    app = await stage.open()
    assert app.workers is not None
    await app.workers.intake.take([raw_message(2**70, "大号码"), raw_message(10**9, "后")])
    assert await answers(stage) == ["后"]
    assert await stage.outcomes() == ["done"]


async def test_an_update_whose_apology_fails_is_kept_without(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    app = await stage.open()
    assert app.workers is not None
    monkeypatch.setattr(app.workers.intake, "_apologise", None)
    await app.workers.intake.take([raw_message(10**9, "boom"), raw_message(10**9 + 1, "后")])
    assert await answers(stage) == ["后"]
    assert await stage.outcomes() == ["failed", "done"]


async def test_a_nul_in_a_text_is_left_out(stage: Stage) -> None:
    app = await stage.open()
    assert app.workers is not None
    await app.workers.intake.take([raw_message(10**9, "灯坏\0了"), raw_message(10**9 + 1, "\\x00 \\u0000")])
    assert await answers(stage) == ["灯坏了", "\\x00 \\u0000"]
    assert await stage.outcomes() == ["done", "done"]


@pytest.mark.parametrize("odd", [{"weird": 1}, True, "", [1], [{}], [{"update_id": "5"}]])
async def test_an_answer_that_is_no_list_of_updates_is_asked_for_again_after_a_pause(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    app = await stage.open()
    await stage.people.say(WANG, "前")
    await stage.hears("前")
    real, asked, workers = app.telegram.call, 0, app.workers

    async def call(method: str, *more: Any) -> Any:
        nonlocal asked
        if method != "getUpdates":
            return await real(method, *more)
        asked += 1
        return odd

    monkeypatch.setattr(app.telegram, "call", call)
    await stage.people.say(WANG, "中")  # the poll under way ends
    await until(lambda: _reached(lambda: asked == 1))
    await asyncio.sleep(0.3)
    assert asked == 1
    monkeypatch.undo()
    await until(lambda: _said(stage, "中"))
    assert app.workers is workers


async def _reached(condition: Callable[[], bool]) -> bool:
    return condition()


async def test_people_are_served_side_by_side_where_the_database_can(stage: Stage) -> None:
    inside = 0
    most = 0
    full = asyncio.Event()
    router = Router()

    @router.message()
    async def slow(message: Update) -> Answer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == 4:
            full.set()
        with suppress(TimeoutError):  # long enough for the others to come in, if they are let in
            async with asyncio.timeout(0.05 if app.transactions.one_at_a_time else 5.0):
                await full.wait()
        inside -= 1
        return Message(message.text or "")

    app = await stage.open(router)
    assert app.workers is not None
    batch = [raw_message(10**9 + number, f"{number}", user=100 + number % 4) for number in range(12)]
    await app.workers.intake.take(batch)
    assert most == (1 if app.transactions.one_at_a_time else 4)
    said = await stage.rows(select(Outgoing).where(Outgoing.chat_id == 100).order_by(Outgoing.id))
    assert [row.payload["text"] for row in said] == ["0", "4", "8"]


async def test_of_several_that_share_a_commit_one_fails_alone(stage: Stage) -> None:
    app = await stage.open()
    assert app.workers is not None
    words = ["一", "boom", "二", "no", "三"]
    batch = [raw_message(10**9 + number, text, user=100 + number) for number, text in enumerate(words)]
    await app.workers.intake.take(batch)
    assert sorted(await stage.outcomes()) == ["done", "done", "done", "failed", "refused"]
    said = {row.chat_id: row.payload["text"] for row in await stage.rows(select(Outgoing))}
    assert [said[100], said[102], said[104]] == ["一", "二", "三"]
    assert said.keys() == {100, 101, 102, 103, 104}
    people = {person.id: person.locale for person in await stage.rows(select(Person))}
    assert people.get(101, "zh") == people[103] == "zh"  # what both had begun to change
    await app.workers.intake.take(batch)
    assert len(await stage.rows(select(Outgoing))) == 5


async def test_of_several_that_share_a_commit_none_is_told_of_when_it_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await stage.open()
    assert app.workers is not None
    monkeypatch.setattr("bot.intake._TOGETHER_SECONDS", 60.0)  # a busy machine splits no group
    batch = [raw_message(10**9 + number, f"{number}", user=100 + number) for number in range(4)]
    handle, handled = OneTransaction.__call__, 0

    async def break_down(self: OneTransaction, *given: Any) -> Any:
        nonlocal handled
        handled += 1
        if handled == 3:
            raise ConnectionResetError
        return await handle(self, *given)

    monkeypatch.setattr(OneTransaction, "__call__", break_down)
    with pytest.raises(DatabaseDown):
        await app.workers.intake.take(batch)
    kept = await stage.outcomes()
    assert kept == ([] if app.transactions.one_at_a_time else ["done"] * len(kept))
    await app.workers.intake.take(batch)
    assert await stage.outcomes() == ["done"] * 4
    assert sorted(row.payload["text"] for row in await stage.rows(select(Outgoing))) == ["0", "1", "2", "3"]


async def test_a_second_poller_backs_off_and_says_so(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    app = await stage.open()
    await stage.people.say(WANG, "在吗")
    await stage.hears("在吗")
    with caplog.at_level(logging.WARNING):
        await stage.people.fault("none")
        while not await _logged(caplog, "somebody else"):  # between two polls of ours it would be the other who is told
            with suppress(Never):
                await app.telegram.call("getUpdates", {"timeout": 1})


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return words in caplog.text


async def test_a_stop_finishes_the_update_in_hand(stage: Stage) -> None:
    router = Router()
    begun = asyncio.Event()

    @router.message()
    async def slow(message: Update) -> Answer:
        begun.set()
        await asyncio.sleep(0.3)
        return Message("办完了")

    app = await stage.open(router)
    await stage.people.say(WANG, "慢慢来")
    await begun.wait()
    await app.stop()
    assert [row.payload["text"] for row in await stage.rows(select(Outgoing))] == ["办完了"]
    status = await stage.people.status()
    assert status["unacked_updates"] == 0
    assert status["pending_updates"] == 0
