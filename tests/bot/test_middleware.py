"""One update, one transaction; a refusal undoes the handler and nothing else."""

from typing import Any

import pytest
from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.types import Message as Update
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.models import Group, Outgoing, Person
from tests.bot.stage import LI, WANG, Stage, until
from words.messages import Answer, Message


async def test_a_refusal_undoes_the_handler_and_its_sentence_is_sent(stage: Stage) -> None:
    await stage.open()
    await stage.people.say(WANG, "no")
    await stage.quiet()
    (said,) = await stage.heard()
    assert said == "您手上已有 3 件，办好一件再认领吧。"  # in their language as it is, not as the handler set it
    assert await stage.outcomes() == ["refused"]
    (person,) = await stage.rows(select(Person).where(Person.id == WANG))
    assert person.locale == "zh"
    assert person.started_at is not None


@pytest.mark.parametrize(("data", "alert"), [("yes", False), ("no", True), ("quiet", False)])
async def test_every_tap_is_answered(stage: Stage, data: str, alert: bool) -> None:
    await stage.open()
    await stage.people.say(WANG, "buttons")
    await stage.hears("press")
    (message,) = [m for m in await stage.people.messages(WANG) if m.get("reply_markup")]
    tap = await stage.people.tap(WANG, message["message_id"], data, wait=5)
    answer = tap["answer"]
    assert answer is not None
    assert bool(answer.get("show_alert")) is alert
    assert bool(answer.get("text")) is (data != "quiet")
    assert await stage.heard() == ["press"]


async def test_a_newcomer_gets_a_row_in_their_language(stage: Stage) -> None:
    await stage.open()
    await stage.people.add_user("Anna", id=13, language_code="de")
    await stage.people.add_user("无名", id=14)
    for user in (WANG, LI, 13, 14):
        await stage.people.say(user, "hi")
    await stage.quiet()
    rows = await stage.rows(select(Person).where(Person.id != 77).order_by(Person.id))
    assert [(row.id, row.locale, row.username) for row in rows] == [
        (WANG, "zh", None),
        (LI, "en", "xiaoli"),
        (13, "en", None),
        (14, "zh", None),
    ]


async def test_a_new_name_is_followed(stage: Stage) -> None:
    await stage.open()
    await stage.people.say(LI, "a")
    await stage.quiet()
    await stage.people.add_user("Li Jr.", id=LI, username="lijr")
    await stage.people.say(LI, "b")
    await stage.quiet()
    (person,) = await stage.rows(select(Person).where(Person.id == LI))
    assert (person.name, person.username) == ("Li Jr.", "lijr")


async def test_who_only_talks_in_a_group_is_not_written_down(stage: Stage) -> None:
    router = Router()

    @router.message(F.text == "/bind")
    async def bind(message: Update) -> Answer:
        return Message("好")

    await stage.open(router)
    group = await stage.people.add_group("志愿者", [WANG, LI])
    for user, text in ((WANG, "今天天气真好"), (WANG, "/bindings are nice"), (LI, "/bind"), (LI, "走了")):
        await stage.people.say(user, text, group["id"])
    await stage.quiet()
    assert [person.id for person in await stage.rows(select(Person).where(Person.id != 77))] == [LI]
    assert [call["method"] for call in await stage.people.calls() if call["method"] == "getChatMember"] == []
    await stage.people.say(WANG, "私下")
    await stage.quiet()
    assert {person.id for person in await stage.rows(select(Person))} == {LI, WANG, 77}


async def test_who_only_writes_in_a_group_has_not_started_the_bot(stage: Stage) -> None:
    await stage.open()
    group = await stage.people.add_group("志愿者", [WANG, LI])
    await stage.people.say(WANG, "群里好", group["id"])
    await stage.quiet()
    (person,) = await stage.rows(select(Person).where(Person.id == WANG))
    assert person.started_at is None
    assert await stage.heard(group["id"]) == ["群里好"]


async def test_an_anonymous_admin_is_nobody(stage: Stage) -> None:
    seen: list[Any] = []
    router = Router()

    @router.message()
    async def look(message: Update, person: Person | None) -> Answer:
        seen.append(person)
        return None

    await stage.open(router)
    group = await stage.people.add_group("志愿者", [WANG], admins=[WANG])
    await stage.people.say(WANG, "匿名", group["id"], anonymous=True)
    await stage.quiet()
    assert seen == [None]
    assert not await stage.rows(select(Person).where(Person.id == 1087968824))


async def test_who_blocks_the_bot_is_unreachable_until_they_write_again(stage: Stage) -> None:
    app = await stage.open()
    await stage.people.say(WANG, "好")
    await stage.quiet()
    await stage.people.block(WANG)

    async def unreachable() -> bool:
        (person,) = await stage.rows(select(Person).where(Person.id == WANG))
        return person.unreachable_at is not None

    await until(unreachable)
    async with app.transactions.begin() as session:
        await outbox.enqueue(session, app.clock.now(), WANG, "sendMessage", {"chat_id": WANG, "text": "提醒"})
    assert app.workers is not None
    app.workers.sender.wake()

    async def parked() -> bool:
        return [
            row.state for row in await stage.rows(select(Outgoing).where(Outgoing.payload["text"].as_string() == "提醒"))
        ] == ["parked"]

    await until(parked)
    await stage.people.block(WANG, False)
    await stage.people.say(WANG, "我回来了")
    await stage.quiet()
    assert not await unreachable()
    assert set(await stage.heard()) == {"好", "提醒", "我回来了"}


async def test_an_update_that_met_another_transaction_is_tried_again(stage: Stage) -> None:
    tries = 0
    router = Router()

    @router.message()
    async def unlucky(message: Update, person: Person) -> Answer:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return Message(f"{tries}")

    await stage.open(router)
    await stage.people.say(WANG, "x")
    await stage.hears("3")
    assert await stage.outcomes() == ["done"]


async def test_a_broken_row_inside_a_handler_fails_only_its_update(stage: Stage) -> None:
    router = Router()

    @router.message(F.text == "bad")
    async def bad(message: Update, session: AsyncSession, person: Person) -> Answer:
        session.add(
            Outgoing(id=1, chat_id=1, method="x", payload={}, not_before=person.created_at, created_at=person.created_at)
        )
        await session.flush()
        session.add(Group(id=None, created_at=None))
        await session.flush()
        return None

    @router.message()
    async def good(message: Update) -> Answer:
        return Message("好")

    await stage.open(router)
    await stage.people.say(WANG, "bad")
    await stage.people.say(WANG, "good")
    await stage.quiet()
    assert await stage.outcomes() == ["failed", "done"]
    assert (await stage.heard())[-1] == "好"


async def test_several_parts_of_an_answer_keep_their_order(stage: Stage) -> None:
    router = Router()

    @router.message()
    async def two(message: Update) -> Answer:
        return [Message("一"), Message("二")]

    @router.callback_query()
    async def tapped(query: CallbackQuery) -> Answer:
        return None

    await stage.open(router)
    await stage.people.say(WANG, "x")
    await stage.hears("一", "二")
