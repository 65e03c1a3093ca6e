"""Taps travel in a queue of their own: one that comes when its card has changed is refused kindly, and loses nothing."""

import asyncio
from typing import Any

from sqlalchemy import select

from rules.lifecycle import State
from storage.models import Line, Wish
from tests.stories.town import Actor, Town

LAMP = "厨房的灯泡坏了，想请人帮忙换一下"
MORE = "还有卫生间的灯也坏了"
KINDLY = "刚好变了"


async def card_of(actor: Actor, label: str) -> tuple[int, str]:
    """The message with this button, and what the button says to the bot."""
    for message in reversed(await actor.messages()):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if label in button["text"]:
                    return message["message_id"], button["callback_data"]
    raise AssertionError(label)


async def kept(town: Town) -> list[str]:
    return await town.rows(select(Line.text).order_by(Line.message_id))


async def test_a_tap_on_a_card_that_was_just_replaced_changes_nothing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    submit, publish = await card_of(wang, "提交"), await card_of(wang, "公开文字")
    await wang.say("/my")
    await wang.say(MORE)  # the card comes anew, below
    assert (await card_of(wang, "提交"))[0] > submit[0]
    for message_id, data in (submit, publish):
        assert KINDLY in (await wang.press(message_id, data, forge=True, inaccessible=True))["text"]
    wish = await town.wish()
    assert (wish.state, wish.published) == (State.DRAFT, False)
    await wang.tap("公开文字")
    await wang.tap("提交")
    wish = await town.wish()
    assert (wish.state is State.DRAFT, wish.published) == (False, True)
    assert await kept(town) == [LAMP, MORE]


async def test_a_yes_to_words_that_do_not_stand_there_yet_is_asked_for_again(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    publish, submit = await card_of(wang, "公开文字"), await card_of(wang, "提交")
    await town.people.fault("429", methods=["editMessageText"], count=1, retry_after=3)  # the card lags behind
    await town.people.say(wang.id, MORE)
    async with asyncio.timeout(30):
        while await kept(town) != [LAMP, MORE]:  # noqa: ASYNC110 - what is waited for is elsewhere
            await asyncio.sleep(0.01)
    for message_id, data in (publish, submit):
        tap = await town.people.tap(wang.id, message_id, data, wait=5)
        assert KINDLY in tap["answer"]["text"]
    await town.settle()
    wish = await town.wish()
    assert (wish.state, wish.published) == (State.DRAFT, False)
    await wang.tap("公开文字")
    assert (await town.wish()).published


async def test_a_no_needs_no_look(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("公开文字")
    message_id, data = await card_of(wang, "不公开")
    await wang.say("/my")
    await wang.tap("不公开")
    await wang.tap("公开文字")
    await wang.press(message_id, data, forge=True)
    assert not (await town.wish()).published


async def test_a_tap_that_is_handled_before_the_words_written_before_it_loses_none_of_them(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    message_id, data = await card_of(wang, "提交")
    await town.app.stop()
    await town.people.say(wang.id, MORE)
    tap = await town.people.tap(wang.id, message_id, data)
    await town.people.fault("shuffle", count=1)
    await town.begin_again()
    assert await answer_of(town, tap)
    assert await kept(town) == [LAMP, MORE]
    first, *others = await town.rows(select(Wish).order_by(Wish.id))
    assert first.state is not State.DRAFT
    assert MORE in " ".join(wish.text for wish in (first, *others))


async def answer_of(town: Town, tap: dict[str, Any]) -> bool:
    answer = (await town.people.tapped(tap["id"]))["answer"]
    return answer is not None and KINDLY not in (answer["text"] or "")
