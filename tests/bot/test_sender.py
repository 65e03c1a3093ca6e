"""Rows go out at least once, in order, within Telegram's limits, and no row blocks the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import sender as sending
from bot.clock import SystemClock
from bot.limits import AHEAD, Limits
from bot.sender import Sender
from bot.telegram import Telegram
from bot.transactions import Transactions
from rules.lifecycle import Kind, State
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage import outbox
from storage.engine import open_engine
from storage.models import Card, Group, Outgoing, Person, Wish
from tests.bot.stage import BOT, LI, SCALE, TOKEN, WANG, until

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Post:
    """An outbox, its sender and the people it writes to."""

    def __init__(self, engine: AsyncEngine, sandbox: Sandbox, people: SandboxClient) -> None:
        self.transactions = Transactions(engine)
        self.telegram = Telegram(SecretStr(TOKEN), sandbox.url)
        self.people = people
        self.senders: list[tuple[Sender, asyncio.Task[None]]] = []

    def start(self, **more: Any) -> Sender:
        more = {"first_delay": 0.02, "poll": 0.1} | more
        sender = Sender(self.transactions, self.telegram, SystemClock(), Limits(SCALE), **more)
        self.senders.append((sender, asyncio.create_task(sender.run())))
        return sender

    async def stop(self) -> None:
        for sender, task in self.senders:
            sender.stop()
            await task
        self.senders.clear()

    async def kill(self) -> None:
        """The process dies: nothing is settled any more."""
        for sender, task in self.senders:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await sender.abandon()
        self.senders.clear()

    async def queue(self, text: str, chat: int = WANG, method: str = "sendMessage", **more: Any) -> int:
        payload = more.pop("payload", {"chat_id": chat, "text": text})
        async with self.transactions.begin() as session:
            return await outbox.enqueue(session, NOW, chat, method, payload, **more)

    async def card(self, chat: int = WANG) -> int:
        async with self.transactions.begin() as session:
            wish = Wish(
                author_id=WANG,
                kind=Kind.WISH,
                state=State.OPEN,
                state_since=NOW,
                category="other",
                understood={},
                created_at=NOW,
            )
            session.add(wish)
            await session.flush()
            card = Card(wish_id=wish.id, chat_id=chat, face="author", created_at=NOW)
            session.add(card)
            await session.flush()
            return card.id

    async def row(self, row_id: int) -> Outgoing:
        async with self.transactions.begin() as session:
            return await session.get_one(Outgoing, row_id)

    async def done(self) -> None:
        async def nothing_waits() -> bool:
            async with self.transactions.begin() as session:
                return not (await session.scalars(select(Outgoing.id).where(Outgoing.state == "waiting"))).all()

        await until(nothing_waits)

    async def heard(self, chat: int = WANG) -> list[str]:
        return [m.get("text", "") for m in await self.people.messages(chat) if m["from"]["id"] == BOT]


@pytest.fixture
async def post(engine: AsyncEngine, sandbox: Sandbox, people: SandboxClient) -> AsyncIterator[Post]:
    opened = Post(engine, sandbox, people)
    await opened.telegram.open()
    await opened.telegram.call("getMe")
    async with opened.transactions.begin() as session:
        session.add_all([Person(id=user, locale="zh", started_at=NOW, created_at=NOW) for user in (WANG, LI)])
    for user in (WANG, LI):
        await people.say(user, "/start")
    yield opened
    await opened.stop()
    await opened.telegram.close()


async def test_one_chats_rows_go_out_in_order(post: Post) -> None:
    for number in range(20):
        await post.queue(f"{number}")
    post.start()
    await post.done()
    assert await post.heard() == [f"{number}" for number in range(20)]


async def test_answers_overtake_reminders(post: Post) -> None:
    for number in range(3):
        await post.queue(f"提醒{number}", lane=1)
    await post.queue("回答")
    post.start()
    await post.done()
    assert await post.heard() == ["回答", "提醒0", "提醒1", "提醒2"]


async def test_an_answer_finds_a_way_while_every_reminder_hangs(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = asyncio.Event()
    call = post.telegram.call

    async def hangs(method: str, payload: dict[str, Any], seconds: float) -> Any:
        if payload.get("text") == "催一催":
            await let_go.wait()
        return await call(method, payload, seconds)

    monkeypatch.setattr(post.telegram, "call", hangs)
    for user in range(30, 42):
        await post.people.add_user(f"{user}", id=user)
        await post.people.say(user, "/start")
        await post.queue("催一催", user, lane=1)
    sender = post.start()
    await until(lambda: _in_flight(sender, 6))
    await post.queue("收到了")
    await until(lambda: _heard(post, "收到了"))
    assert not await post.heard(41)
    let_go.set()
    await post.done()
    assert await post.heard(41) == ["催一催"]


async def _in_flight(sender: Sender, number: int) -> bool:
    return len(sender._calls) == number


async def _heard(post: Post, text: str) -> bool:
    return text in await post.heard()


async def test_what_telegram_answered_is_written_down(post: Post) -> None:
    card = await post.card()
    row_id = await post.queue("心愿", card_id=card)
    post.start()
    await post.done()
    row = await post.row(row_id)
    (message,) = [m for m in await post.people.messages(WANG) if m["from"]["id"] == BOT]
    assert (row.state, row.message_id, row.attempts, row.maybe_twice, row.error) == (
        "sent",
        message["message_id"],
        1,
        False,
        None,
    )
    assert row.done_at is not None
    async with post.transactions.begin() as session:
        assert (await session.get_one(Card, card)).message_id == message["message_id"]


async def test_an_edit_waits_for_its_message_and_a_reply_finds_it(post: Post) -> None:
    card = await post.card()
    await post.people.fault("500", methods=["sendMessage"], count=1)  # the first try fails, and the others wait for it
    await post.queue("心愿", card_id=card)
    await post.queue("", method="editMessageText", payload={"text": "心愿（已认领）"}, card_id=card)
    await post.queue("看这里", reply_card_id=card)
    await post.queue("不相干")
    post.start()
    await post.done()
    assert sorted(await post.heard()) == sorted(["不相干", "心愿（已认领）", "看这里"])
    shown, reply = [m for m in await post.people.messages(WANG) if m.get("text") in ("心愿（已认领）", "看这里")]
    assert reply["reply_to_message"]["message_id"] == shown["message_id"]


async def test_several_edits_become_one(post: Post) -> None:
    card = await post.card()
    await post.queue("一", card_id=card)
    post.start()
    await post.done()
    await post.stop()
    edits = [
        await post.queue("", method="editMessageText", payload={"text": text}, card_id=card) for text in ("二", "三", "四")
    ]
    post.start()
    await post.done()
    assert await post.heard() == ["四"]
    assert [(await post.row(row)).state for row in edits] == ["sent", "dropped", "dropped"]
    calls = [call for call in await post.people.calls() if call["method"] == "editMessageText"]
    assert len(calls) == 1


async def test_an_edit_of_what_was_never_sent_is_dropped(post: Post) -> None:
    card = await post.card()
    poison = await post.queue("<b>", payload={"chat_id": WANG, "text": "<b>", "parse_mode": "HTML"}, card_id=card)
    post.start()
    await post.done()
    edit = await post.queue("", method="editMessageText", payload={"text": "x"}, card_id=card)
    after = await post.queue("好")
    await post.done()
    assert [(await post.row(row)).state for row in (poison, edit, after)] == ["failed", "dropped", "sent"]
    failed = await post.row(poison)
    assert failed.error is not None
    assert failed.error.startswith("400")


async def test_an_edit_to_what_is_shown_already_is_not_sent(post: Post) -> None:
    card = await post.card()
    await post.queue("一样", card_id=card)
    post.start()
    await post.done()
    edit = await post.queue("", method="editMessageText", payload={"text": "一样"}, card_id=card)
    await post.done()
    assert (await post.row(edit)).state == "dropped"
    async with post.transactions.begin() as session:
        (await session.get_one(Card, card)).displayed = ""  # not known: Telegram is asked, and "not modified" is a success
    edit = await post.queue("", method="editMessageText", payload={"text": "一样"}, card_id=card)
    await post.done()
    assert (await post.row(edit)).state == "sent"


async def test_told_to_wait_the_chat_waits_and_keeps_its_order(post: Post) -> None:
    for number in range(3):  # somebody else used the window up
        await post.telegram.call("sendMessage", {"chat_id": WANG, "text": f"别人{number}"})
    rows = [await post.queue(f"{number}") for number in range(4)]
    post.start()
    await post.done()
    assert (await post.heard())[-4:] == ["0", "1", "2", "3"]
    assert [(await post.row(row)).attempts for row in rows] == [1, 1, 1, 1]


async def test_who_blocked_the_bot_is_parked_and_holds_nobody_up(post: Post) -> None:
    await post.people.block(WANG)
    rows = [await post.queue("一"), await post.queue("二")]
    other = await post.queue("你好", LI)
    post.start()
    await post.done()
    assert [(await post.row(row)).state for row in (*rows, other)] == ["parked", "parked", "sent"]
    async with post.transactions.begin() as session:
        assert (await session.get_one(Person, WANG)).unreachable_at is not None
    await post.people.block(WANG, False)
    async with post.transactions.begin() as session:
        await outbox.unpark(session, WANG)
    await post.done()
    assert await post.heard() == ["一", "二"]


async def test_a_group_that_threw_the_bot_out_is_marked(post: Post) -> None:
    group = await post.people.add_group("志愿者", [WANG])
    async with post.transactions.begin() as session:
        session.add(Group(id=group["id"], title="志愿者", created_at=NOW))
    await post.people.set_member(group["id"], None, "kicked")
    row = await post.queue("通知", group["id"])
    post.start()
    await post.done()
    assert (await post.row(row)).state == "parked"
    async with post.transactions.begin() as session:
        assert (await session.get_one(Group, group["id"])).problem == "left"


async def test_a_message_that_is_gone_retires_its_card(post: Post) -> None:
    card = await post.card()
    async with post.transactions.begin() as session:
        (await session.get_one(Card, card)).message_id = 999_999
    edit = await post.queue("", method="editMessageText", payload={"text": "x"}, card_id=card)
    post.start()
    await post.done()
    assert (await post.row(edit)).state == "dropped"
    async with post.transactions.begin() as session:
        gone = await session.get_one(Card, card)
        assert (gone.message_id, gone.retired) == (None, True)


async def test_an_unknown_outcome_is_tried_again_and_marked(post: Post) -> None:
    await post.people.fault("500_after", methods=["sendMessage"], count=1)
    row_id = await post.queue("重要")
    post.start()
    await post.done()
    assert await post.heard() == ["重要", "重要"]
    row = await post.row(row_id)
    assert (row.state, row.maybe_twice, row.attempts) == ("sent", True, 2)


async def test_a_connection_that_was_never_made_sends_nothing_twice(post: Post, sandbox: Sandbox) -> None:
    real = post.telegram._root
    post.telegram._root = "http://127.0.0.1:1/bot1:x/"
    row_id = await post.queue("等网")
    post.start()
    await asyncio.sleep(0.3)
    assert (await post.row(row_id)).state == "waiting"
    post.telegram._root = real
    await post.done()
    row = await post.row(row_id)
    assert (row.maybe_twice, row.attempts) == (False, 1)
    assert await post.heard() == ["等网"]


async def test_a_machine_whose_clock_is_wrong_leases_by_the_databases(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=1)

    monkeypatch.setattr("bot.sender.datetime", Ahead)
    engine = open_engine(postgresql_url)
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        await outbox.enqueue(session, NOW, WANG, "sendMessage", {"chat_id": WANG, "text": "一"})
    sender = Sender(transactions, Telegram(SecretStr(TOKEN)), SystemClock(), Limits(SCALE))
    before = datetime.now(UTC)
    (leased,) = await transactions.run(lambda session: sender._settle_and_lease(session, [], 8))
    assert leased.until - before < outbox.LEASE + timedelta(minutes=1)
    await engine.dispose()


async def test_killed_between_lease_and_answer_it_goes_out_when_the_lease_is_over(post: Post) -> None:
    row_id = await post.queue("断电前")
    async with post.transactions.begin() as session:
        taken = await outbox.lease(session, datetime.now(UTC), 8, lasting=timedelta(seconds=0.4))
    assert [row.id for row in taken] == [row_id]
    post.start()  # the next process
    await asyncio.sleep(0.15)
    assert await post.heard() == []
    await post.done()
    assert await post.heard() == ["断电前"]
    row = await post.row(row_id)
    assert (row.maybe_twice, row.attempts) == (True, 2)


async def test_killed_at_any_moment_everything_arrives_and_little_arrives_twice(post: Post) -> None:
    texts = [f"{number}" for number in range(40)]
    for number, text in enumerate(texts):
        await post.queue(text, WANG if number % 2 else LI)
    for pause in (0.03, 0.06, 0.09):
        post.start(lease=timedelta(seconds=0.3))
        await asyncio.sleep(pause)
        await post.kill()
    post.start(lease=timedelta(seconds=0.3))
    await post.done()
    heard = await post.heard() + await post.heard(LI)
    assert set(heard) == set(texts)
    assert len(heard) <= len(texts) + 3 * 8


async def test_at_full_load_telegram_never_has_to_say_wait(
    engine: AsyncEngine, people: SandboxClient, sandbox: Sandbox
) -> None:
    strict = Sandbox(rate_scale=20.0)
    await strict.start()
    try:
        async with SandboxClient.connect(strict.url) as crowd:
            await crowd.set_bot(BOT, first_name="点亮")
            post = Post(engine, strict, crowd)
            await post.telegram.open()
            await post.telegram.call("getMe")
            chats = []
            for user in range(100, 106):
                await crowd.add_user(f"{user}", id=user)
                await crowd.say(user, "/start")
                chats.append(user)
            group = await crowd.add_group("群", [100])
            chats.append(group["id"])
            async with post.transactions.begin() as session:
                for number in range(150):
                    chat = chats[number % len(chats)]
                    payload = {"chat_id": chat, "text": f"{number}"}
                    await outbox.enqueue(session, NOW, chat, "sendMessage", payload)
            sender = Sender(post.transactions, post.telegram, SystemClock(), Limits(20.0))
            post.senders.append((sender, asyncio.create_task(sender.run())))
            await post.done()
            await post.stop()
            calls = [call for call in await crowd.calls() if call["method"] == "sendMessage"]
            await post.telegram.close()
        assert len(calls) == 150
        assert {call["status"] for call in calls} == {200}
    finally:
        await strict.stop()


async def test_reminders_use_nearly_all_that_telegram_permits_while_the_database_is_slow(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    permitted = 30
    strict = Sandbox()
    await strict.start()
    async with SandboxClient.connect(strict.url) as crowd:
        await crowd.set_bot(BOT, first_name="点亮")
        post = Post(engine, strict, crowd)
        await post.telegram.open()
        await post.telegram.call("getMe")
        for user in range(100, 220):
            await crowd.add_user(f"{user}", id=user)
            await crowd.say(user, "/start")
            await post.queue("催一催", user, lane=1)
        run = post.transactions.run

        async def slowly(work: Any) -> Any:
            await asyncio.sleep(0.08)
            return await run(work)

        monkeypatch.setattr(post.transactions, "run", slowly)
        sender = Sender(post.transactions, post.telegram, SystemClock(), Limits(1.0, per_second=permitted))
        post.senders.append((sender, asyncio.create_task(sender.run())))
        await post.done()
        await post.stop()
        calls = [call for call in await crowd.calls() if call["method"] == "sendMessage"]
        await post.telegram.close()
    await strict.stop()
    assert {call["status"] for call in calls} == {200}
    moments = sorted(call["mono_ms"] for call in calls)[AHEAD:]  # after the first few, which go at once
    assert len(moments) == 120 - AHEAD
    assert (len(moments) - 1) * 1000 / (moments[-1] - moments[0]) >= 0.95 * permitted


async def test_what_stood_in_line_longer_than_its_lease_is_not_sent_by_two(post: Post) -> None:
    await post.queue("一")
    second = await post.queue("二", LI)
    slow = post.start(lease=timedelta(seconds=0.3))
    slow._limits = Limits(1.0, per_second=1)  # the second one stands in line for a second
    await until(lambda: _in_line(slow, LI))
    post.start()
    await until(lambda: _is_sent(post, second))
    await until(lambda: _in_line(slow))
    await post.done()
    assert await post.heard(LI) == ["二"]
    assert await post.heard() == ["一"]


async def test_what_stood_in_line_while_the_process_stood_still_is_not_sent_when_the_turn_is_gone(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_TRUSTED", 0.5)
    has_the_turn = True

    async def may_send() -> bool:
        return has_the_turn

    await post.queue("一")
    second = await post.queue("二", LI)
    hung = post.start(may_send=may_send)
    hung._limits = Limits(1.0, per_second=1)  # the second one stands in line for a second
    await until(lambda: _in_line(hung, LI))
    await until(lambda: _is_sent(post, second - 1))
    has_the_turn = False
    time.sleep(1.5)  # noqa: ASYNC251 - nothing of this process goes on, and its timers are due when it does
    await until(lambda: _in_line(hung))
    await asyncio.sleep(0.2)
    assert await post.heard(LI) == []
    post.start()  # whoever has the turn need not wait for the lease
    await post.done()
    assert (await post.heard(), await post.heard(LI)) == (["一"], ["二"])


async def _in_line(sender: Sender, *chats: int) -> bool:
    return sender._line.keys() == set(chats)


async def _is_sent(post: Post, row_id: int) -> bool:
    return (await post.row(row_id)).state == "sent"


async def test_an_album_counts_as_many_as_it_has(post: Post) -> None:
    await post.people.send_photo(WANG)
    (photo,) = [m for m in await post.people.messages(WANG) if m.get("photo")]
    media = [{"type": "photo", "media": photo["photo"][-1]["file_id"]} for _ in range(3)]
    rows = [
        await post.queue("前"),
        await post.queue("", method="sendMediaGroup", payload={"chat_id": WANG, "media": media}),
        await post.queue("后"),
    ]
    post.start()
    await post.done()
    assert [(await post.row(row)).state for row in rows] == ["sent", "sent", "sent"]
    said = [m for m in await post.people.messages(WANG) if m["from"]["id"] == BOT]
    assert [m.get("text") or "照片" for m in said] == ["前", "照片", "照片", "照片", "后"]


async def test_albums_that_wait_for_room_hold_up_nobody_else(post: Post) -> None:
    await post.people.send_photo(WANG)
    (photo,) = [m for m in await post.people.messages(WANG) if m.get("photo")]
    media = [{"type": "photo", "media": photo["photo"][-1]["file_id"]}] * 3
    for chat in (WANG, LI):
        await post.queue("好消息", chat)
        await post.queue("", chat, method="sendMediaGroup", payload={"chat_id": chat, "media": media})
    sender = post.start()
    sender._limits = Limits(1.0)  # windows as long as Telegram's: the albums wait three seconds

    async def albums_wait() -> bool:
        return {WANG, LI} <= sender._limits.full_chats() and not sender._calls

    await until(albums_wait)
    assert sender._limits.wait(13) == 0


async def test_a_poisonous_row_waits_ever_longer_and_the_others_go(post: Post) -> None:
    await post.people.fault("500", methods=["sendPhoto"])
    poison = await post.queue("", method="sendPhoto", payload={"chat_id": WANG, "photo": "x"})
    for number in range(5):
        await post.queue(f"{number}")
    post.start()

    async def all_said() -> bool:
        return len(await post.heard()) == 5

    await until(all_said)
    row = await post.row(poison)
    assert row.state == "waiting"
    assert row.attempts >= 1
    await post.people.fault("none")
