"""What tells of no matter: answered kindly, filed nowhere, and a matter after all when its author says so."""

from typing import Any

import pytest
from sqlalchemy import select

from rules.lifecycle import State
from storage.models import Line, Wish
from tests.stories.scenes import delivered, said
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town

RECORD = "这是要办的事，请记下"
ANSWERS = {
    "您好": "您好！",
    "谢谢": "好嘞！",
    "👍": "好嘞！",
    "不用了，谢谢": "那就不记了",
    "你们这帮王八蛋": "12345",
    "https://v.douyin.com/abc123/": "链接我打不开",
    "兼职日结200元，加微信abc12345": "广告就不登了",
    "？？": "没看明白",
    "asdf": "没看明白",
    "7": "没看明白",
    "У меня сломался кран": "只看得懂中文和英文",
}


async def send_anything(town: Town, who: Actor, **content: Any) -> None:
    """What no chat window here can send: a poll, a game, a round video."""
    world = town.sandbox.world
    chat = world.private(world.bots[town.bot_id], world.users[who.id])
    world.deliver(world.add_message(chat, world.users[who.id], content))
    await town.settle()


@pytest.mark.parametrize(("text", "answer"), ANSWERS.items())
async def test_what_tells_of_nothing_is_answered_and_not_filed(town: Town, wang: Actor, text: str, answer: str) -> None:
    sent = await wang.say(text)
    told = (await wang.messages())[-1]
    assert answer in told["text"]
    assert "比如" in told["text"]
    assert told["reply_to_message"]["message_id"] == sent["message_id"]
    assert await wang.buttons() == [f"📝 {RECORD}", "💡 说说我的心愿"]
    assert await town.rows(select(Wish)) == []


async def test_whoever_tells_anything_beside_it_is_heard(town: Town, wang: Actor) -> None:
    await wang.say("你好，我家水管漏了")
    assert "我是这样理解的" in await wang.last()
    assert (await town.wish()).text == "你好，我家水管漏了"


async def test_in_english_and_to_another_language_in_both(town: Town) -> None:
    anna = await town.person("Anna", language="en")
    await anna.say("good morning")
    assert "one sentence will do" in await anna.last()
    assert "please note it" in (await anna.buttons())[0]
    await anna.say("Guten Tag, mein Wasserhahn ist kaputt")
    assert "只看得懂中文和英文" in await anna.last()
    assert "I only read Chinese and English" in await anna.last()
    await anna.say("My tap leaks, could somebody repair it")
    assert (await town.wish()).state is State.DRAFT


async def test_a_matter_after_all_is_filed_once_however_often_the_button_is_pressed(town: Town, wang: Actor) -> None:
    await wang.say("У меня сломался кран")
    told = (await wang.messages())[-1]
    data = told["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await wang.tap(RECORD)
    assert (await town.wish()).text == "У меня сломался кран"
    assert "我是这样理解的" in await wang.last()
    assert "记下了" in next(m["text"] for m in await wang.messages() if m["message_id"] == told["message_id"])
    assert RECORD not in "".join(await wang.buttons())
    again = await wang.press(told["message_id"], data, forge=True)
    assert "已经做过" in again["text"]
    assert len(await town.rows(select(Line))) == 1
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING


async def test_a_tap_that_comes_again_files_nothing_twice(town: Town, wang: Actor) -> None:
    await wang.say("3")
    told = (await wang.messages())[-1]
    data = told["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _ in range(2):  # two taps before the first is answered
        await town.people.tap(wang.id, told["message_id"], data)
    await town.settle()
    assert len(await town.rows(select(Wish))) == 1
    assert len(await town.rows(select(Line))) == 1


async def test_without_the_words_the_button_asks_for_them_kindly(town: Town, wang: Actor) -> None:
    await wang.say("7")
    told = (await wang.messages())[-1]
    data = told["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    answer = await wang.press(told["message_id"], data, inaccessible=True)
    assert "再发一遍" in answer["text"]
    assert await town.rows(select(Wish)) == []
    await wang.tap(RECORD)
    assert (await town.wish()).text == "7"


async def test_a_forged_button_files_nobody_elses_words(town: Town, secretary: Actor, wang: Actor) -> None:
    answer = await wang.forge("rec")  # on a message that replies to nothing
    assert "再发一遍" in answer["text"]
    group = await town.group("城关志愿者", wang)
    post = (await wang.messages(group))[-1]
    await wang.press(post["message_id"], "rec", group, forge=True)
    assert await town.rows(select(Wish)) == []


async def test_a_row_is_answered_once_and_again_later(town: Town, wang: Actor) -> None:
    before = len(await wang.messages())
    for _ in range(3):
        await wang.send(sticker=True)
    await wang.say("你好")
    await wang.say("😭")
    assert len(await wang.messages()) == before + 1
    assert "看不懂" in await wang.last()
    await town.advance(minutes=2)
    await wang.say("你好")
    assert "您好！" in await wang.last()
    await wang.say(LAMP)
    await wang.send(sticker=True)  # something else was said meanwhile
    assert "看不懂" in await wang.last()


async def test_insults_and_adverts_in_a_row_are_answered_once_each(town: Town, wang: Actor) -> None:
    before = len(await wang.messages())
    for _ in range(3):
        await wang.say("滚")
        await wang.say("兼职日结200元，加微信abc12345")
    assert len(await wang.messages()) == before + 2


async def test_every_sentence_in_another_language_keeps_its_button_up_to_a_few(town: Town, wang: Actor) -> None:
    before = len(await wang.messages())
    for n in range(8):
        await wang.say(f"У меня сломался кран {n}")
    told = (await wang.messages())[before:]
    assert len(told) == 5
    assert [message["reply_to_message"]["text"][-1] for message in told] == list("01234")


async def test_politeness_is_no_part_of_a_draft_and_says_that_it_waits(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.say("好的")
    assert "还没提交" in await wang.last()
    assert (await town.wish()).text == LAMP
    await town.advance(minutes=2)
    await wang.say("在三楼")
    assert (await town.wish()).text == f"{LAMP}\n在三楼"
    await wang.say("谢谢您")
    await wang.tap("提交")
    assert (await town.wish()).state in (State.REVIEWING, State.OPEN)
    assert len(await town.rows(select(Wish))) == 1


@pytest.mark.parametrize("text", ["3", "B", "https://surl.amap.com/abc", "兼职日结200元，加微信abc12345", "у реки"])
async def test_a_draft_takes_what_may_be_a_part_of_it(town: Town, wang: Actor, text: str) -> None:
    await wang.say(LAMP)
    await wang.say(text)
    assert (await town.wish()).text == f"{LAMP}\n{text}"


async def test_after_submitting_a_thank_you_opens_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("提交")
    await wang.say("谢谢")
    assert "好嘞" in await wang.last()
    assert "还没提交" not in await wang.last()
    assert len(await town.rows(select(Wish))) == 1


async def test_another_one_stays_announced_through_politeness(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("另说一件")
    await wang.say("好的")
    await wang.say("想找人帮忙代买一袋米")
    first, second = await town.rows(select(Wish).order_by(Wish.id))
    assert (first.text, second.text) == (LAMP, "想找人帮忙代买一袋米")


async def test_thanks_after_a_delivery_lead_to_the_confirmation(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await delivered(town, wang, li)
    await wang.say("谢谢你们")
    assert "不客气" in await wang.last()
    await wang.tap("办好了")
    assert (await town.wish()).state is State.FULFILLED


async def test_thanks_that_name_somebody_are_filed(town: Town, wang: Actor) -> None:
    await wang.say("感谢王医生上门给我妈看病")
    assert (await town.wish()).kind == "thanks"


async def test_an_answer_to_a_question_is_an_answer(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("提交")
    await wang.tap("补充")
    await wang.say("好的")
    assert (await town.wish()).text == f"{LAMP}\n好的"


async def test_while_an_alarm_is_on_every_word_reaches_the_officer(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("着火了！厨房着火了")
    for text in ("您好", "7", "谢谢", "……"):
        await wang.say(text)
        assert text in await secretary.last()
    assert len(await town.rows(select(Line))) == 5


async def test_a_photo_is_a_matter_whatever_is_written_under_it(town: Town, wang: Actor) -> None:
    await wang.photo("你好")
    assert (await town.wish()).text == "你好"


async def test_a_greeting_that_is_edited_into_a_matter_is_heard(town: Town, wang: Actor) -> None:
    sent = await wang.say("您好")
    await town.people.edit(wang.id, sent["message_id"], text="您好您好")
    await town.settle()
    assert await town.rows(select(Wish)) == []
    await town.people.edit(wang.id, sent["message_id"], text="您好，我家水管漏了")
    await town.settle()
    assert (await town.wish()).text == "您好，我家水管漏了"
    await town.people.edit(wang.id, sent["message_id"], text="您好，我家水管漏了，在厨房")
    await town.settle()
    assert (await town.wish()).text == "您好，我家水管漏了，在厨房"
    assert len(await town.rows(select(Wish))) == 1


async def test_one_of_a_row_that_is_edited_into_a_matter_is_heard_as_well(town: Town, wang: Actor) -> None:
    await wang.say("您好")
    sent = await wang.say("在吗")  # not answered by itself
    await town.people.edit(wang.id, sent["message_id"], text="在吗，我家水管漏了")
    await town.settle()
    assert (await town.wish()).text == "在吗，我家水管漏了"


async def test_a_greeting_that_is_edited_into_a_cry_is_an_alarm(town: Town, secretary: Actor, wang: Actor) -> None:
    sent = await wang.say("您好")
    await town.people.edit(wang.id, sent["message_id"], text="您好，我家着火了")
    await town.settle()
    assert "119" in await wang.last()
    assert "着火了" in await secretary.last()


async def test_what_cannot_be_read_is_told_what_can(town: Town, wang: Actor) -> None:
    poll = {
        "id": "1", "question": "?", "options": [{"persistent_id": "a", "text": "a", "voter_count": 0}], "total_voter_count": 0,
        "is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
        "allows_revoting": False, "members_only": False,
    }  # fmt: skip
    file = {"file_id": "f", "file_unique_id": "u", "duration": 1}
    gif = {**file, "width": 9, "height": 9}
    contents: list[dict[str, Any]] = [
        {"dice": {"emoji": "🎲", "value": 3}},
        {"video_note": {**file, "length": 240}},
        {"animation": gif, "document": {"file_id": "f", "file_unique_id": "u"}},
        {"audio": file},
        {"poll": poll},
        {"story": {"id": 1, "chat": {"id": 5, "type": "private", "first_name": "x"}}},
        {"game": {"title": "t", "description": "d", "photo": []}},
    ]
    for content in contents:
        await send_anything(town, wang, **content)
        assert "楼道灯坏了" in await wang.last(), content
        await town.advance(minutes=2)
    assert len(await said(town, wang.id)) == 1 + len(contents)
    assert await town.rows(select(Wish)) == []
    await send_anything(town, wang, **contents[2], caption="我家水管漏成这样")
    assert (await town.wish()).text == "我家水管漏成这样"


async def test_what_telegram_itself_says_is_not_answered(town: Town, wang: Actor) -> None:
    before = len(await wang.messages())
    pinned = {"message_id": 1, "date": 0, "chat": {"id": wang.id, "type": "private", "first_name": "x"}}
    await send_anything(town, wang, pinned_message=pinned)
    await send_anything(town, wang, message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    assert len(await wang.messages()) == before
