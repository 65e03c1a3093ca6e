"""A doubtful cry for help: kept as a draft, asked about once, an alarm at the first yes."""

import pytest
from sqlalchemy import select

from rules.lifecycle import Kind, State
from storage.models import Line, Wish
from tests.stories.scenes import claimed
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town

CAT = "救命，猫卡在树上了"
HOMEWORK = "救命，作业写不完"
QUESTION = "您是遇到危险了吗"
YES, NO = "是，快叫人", "不是，平常的事"


@pytest.mark.parametrize(
    "text", [CAT, HOMEWORK, "笑死我了，要出人命了", "热死了救命啊", "110", "🆘", "我要报警", "救命！他来了"]
)
async def test_a_doubtful_cry_is_a_draft_and_asked_about(town: Town, secretary: Actor, wang: Actor, text: str) -> None:
    before = len(await secretary.messages())
    sent = await wang.say(text)
    question = (await wang.messages())[-1]
    assert QUESTION in question["text"]
    assert all(number in question["text"] for number in ("110", "119", "120"))
    assert question["reply_to_message"]["message_id"] == sent["message_id"]
    assert (await wang.buttons())[:2] == [f"🚨 {YES}", NO]
    wish = await town.wish()
    assert (wish.state, wish.text) == (State.DRAFT, text)
    assert wish.kind is not Kind.EMERGENCY
    assert len(await secretary.messages()) == before


async def test_a_yes_is_an_alarm_with_the_original_words(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("救命！他来了")
    question = (await wang.messages())[-1]
    await wang.tap(YES)
    assert "110 · 119 · 120" in await wang.last()
    assert "救命！他来了" in await wang.last()
    assert "救命！他来了" in await secretary.last()
    wish = await town.wish()
    assert (wish.kind, wish.state, wish.urgency) == (Kind.EMERGENCY, State.OPEN, "today")
    await wang.say("在河街三楼")
    assert "河街三楼" in await secretary.last()
    data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    rung = len(await secretary.messages())
    assert "已经做过" in (await wang.press(question["message_id"], data, forge=True))["text"]
    assert len(await secretary.messages()) == rung
    assert len(await town.rows(select(Wish))) == 1


@pytest.mark.parametrize("text", ["是的", "有危险！", "嗯，快点"])
async def test_a_yes_in_words_is_one_as_well(town: Town, secretary: Actor, wang: Actor, text: str) -> None:
    await wang.say("我要报警")
    await wang.say(text)
    assert (await town.wish()).kind is Kind.EMERGENCY
    assert "我要报警" in await secretary.last()
    assert len(await town.rows(select(Line))) == 1


async def test_a_no_goes_on_as_the_draft_it_is(town: Town, secretary: Actor, wang: Actor) -> None:
    before = len(await secretary.messages())
    await wang.say(CAT)
    question = (await wang.messages())[-1]
    no = question["reply_markup"]["inline_keyboard"][1][0]["callback_data"]
    await wang.tap(NO)
    assert YES not in "".join(await wang.buttons())
    assert "按平常的事办" in next(m["text"] for m in await wang.messages() if m["message_id"] == question["message_id"])
    await wang.press(question["message_id"], no, forge=True)
    await wang.say("在河街老槐树上")
    assert (await town.wish()).text == f"{CAT}\n在河街老槐树上"
    await wang.tap("提交")
    assert (await town.wish()).state in (State.REVIEWING, State.OPEN)
    assert (await town.wish()).kind is not Kind.EMERGENCY
    assert [m["text"] for m in (await secretary.messages())[before:] if "请马上联系居民" in m["text"]] == []
    assert await town.refused_calls() == []


@pytest.mark.parametrize("text", ["不是", "没有，开玩笑的"])
async def test_a_no_in_words_is_no_part_of_the_draft(town: Town, wang: Actor, text: str) -> None:
    await wang.say(HOMEWORK)
    await wang.say(text)
    assert "按平常的事办" in await wang.last()
    assert (await town.wish()).text == HOMEWORK


async def test_nobody_is_woken_without_an_answer_and_nothing_is_lost(town: Town, secretary: Actor, wang: Actor) -> None:
    before = len(await secretary.messages())
    await wang.say(CAT)
    await town.live_through(minutes=30)
    assert await wang.heard("要帮您提交吗")
    assert len(await secretary.messages()) == before
    await town.live_through(hours=25)
    assert (await town.wish()).state is State.REVIEWING
    assert await secretary.heard(CAT)


async def test_a_late_yes_is_still_an_alarm(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(CAT)
    question = (await wang.messages())[-1]
    yes = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await wang.tap("提交")
    await secretary.tap("不通过")
    await secretary.tap("没太看明白")
    assert (await town.wish()).state is State.REJECTED
    await wang.press(question["message_id"], yes)
    wish = await town.wish()
    assert (wish.kind, wish.state, wish.text) == (Kind.EMERGENCY, State.OPEN, CAT)
    assert len(await town.rows(select(Wish))) == 2
    assert "已经做过" in (await wang.press(question["message_id"], yes, forge=True))["text"]
    assert len(await town.rows(select(Wish))) == 2


async def test_what_was_with_the_reviewers_becomes_the_alarm(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("救命啊，楼上又来了")
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING
    await wang.tap(YES)
    assert (await town.wish()).kind is Kind.EMERGENCY
    assert await secretary.heard("请马上联系居民")
    assert len(await town.rows(select(Wish))) == 1


async def test_an_old_draft_is_no_part_of_the_alarm(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await town.advance(hours=2)
    await wang.say("救命！他来了")
    await wang.tap(YES)
    lamp, cry = await town.rows(select(Wish).order_by(Wish.id))
    assert (lamp.kind, lamp.state) == (Kind.WISH, State.DRAFT)
    assert (cry.kind, cry.text) == (Kind.EMERGENCY, "救命！他来了")
    assert "灯泡" not in await secretary.last()


async def test_it_is_asked_once_while_the_question_is_open(town: Town, wang: Actor) -> None:
    await wang.say(HOMEWORK)
    await wang.say("救命啊真的写不完了")
    await wang.say("在三楼")
    assert sum(QUESTION in message["text"] for message in await wang.messages()) == 1
    await wang.say("是的")  # the question is still open
    assert (await town.wish()).kind is Kind.EMERGENCY
    assert len(await town.rows(select(Line))) == 3


async def test_after_a_no_another_cry_is_asked_about_again(town: Town, wang: Actor) -> None:
    await wang.say(HOMEWORK)
    await wang.tap(NO)
    await wang.say("救命！他来了")
    assert QUESTION in await wang.last()


async def test_a_real_cry_is_never_only_asked_back(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(CAT)
    await wang.tap(NO)
    await wang.say("救命，我家着火了")
    assert (await town.wish()).kind is Kind.EMERGENCY
    assert "119" in await wang.last()
    assert "着火了" in await secretary.last()
    assert sum(QUESTION in message["text"] for message in await wang.messages()) == 0


async def test_while_an_alarm_is_on_nobody_is_asked(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("着火了！厨房着火了")
    await wang.say("救命！他来了")
    assert not await wang.heard(QUESTION)
    assert "他来了" in await secretary.last()


async def test_an_alarm_that_was_a_mistake_goes_the_usual_way(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(CAT)
    await wang.tap(YES)
    await wang.tap("不是紧急情况")
    wish = await town.wish()
    assert (wish.state, wish.emergency) == (State.REVIEWING, None)
    assert wish.kind is not Kind.EMERGENCY


async def test_somebody_elses_tap_raises_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(CAT)
    (line,) = await town.rows(select(Line))
    zhao = await town.person("小赵")
    for data in (f"ask:{line.id}:1", f"ask:{line.id}:0", "ask:999999:1", "ask:x:1"):
        await zhao.forge(data)
    assert (await town.wish()).kind is not Kind.EMERGENCY
    assert len(await town.rows(select(Wish))) == 1


async def test_a_doubt_said_as_an_answer_is_asked_about_as_well(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    first = await claimed(town, wang, li)
    await wang.forge(f"w:add:{first}")
    await wang.say("救命！他来了")
    assert QUESTION in await wang.last()
    await wang.tap(YES)
    wish = await town.wish()
    assert wish.id != first
    assert (wish.kind, wish.text) == (Kind.EMERGENCY, "救命！他来了")
    assert (await town.wish(first)).state is State.CLAIMED


async def test_it_is_asked_in_english(town: Town, secretary: Actor) -> None:
    anna = await town.person("Anna", language="en")
    await anna.say("help! my homework is too hard")
    assert "Are you in danger?" in await anna.last()
    await anna.say("no, just kidding")
    assert "usual way" in await anna.last()
