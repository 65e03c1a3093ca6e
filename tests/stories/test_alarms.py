"""After a cry for help: what follows reaches the officers, and what turns out to be calm goes the usual way."""

from typing import Any

from sqlalchemy import select

from rules.lifecycle import Kind, State
from storage.models import Line, Wish
from tests.stories.scenes import claimed
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town

FIRE = "着火了！厨房着火了"
DANGER = "到的时候老人晕倒了，已经打了120送医院"


def has_photo(messages: list[dict[str, Any]]) -> bool:
    return any("photo" in message for message in messages)


async def test_every_word_after_a_cry_reaches_the_officer(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(FIRE)
    assert "您在哪儿" in await wang.last()
    await wang.say("河街社区3号楼2单元401，我在五楼下不来")
    assert "五楼下不来" in await secretary.last()
    await wang.send(location={"latitude": 32.83, "longitude": 109.36})
    assert "📍 32.83000, 109.36000" in await secretary.last()
    await wang.photo("门口全是烟")
    assert has_photo(await secretary.messages())
    assert "门口全是烟" in await secretary.last()
    assert "119" in await wang.last()
    assert len(await town.rows(select(Wish))) == 1
    assert len(await town.rows(select(Line))) == 4


async def test_a_phone_number_after_a_cry_reaches_the_officer(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(FIRE)
    assert "没留电话" in await secretary.last()
    await wang.tap("留电话地址")
    await wang.say("13812345678")
    assert "13812345678" in await secretary.last()
    assert "没留电话" not in await secretary.last()
    await wang.send(contact={"phone_number": "13900001111", "first_name": "王阿姨"})
    assert "13900001111" in await secretary.last()


async def test_words_reach_whoever_took_it_and_the_others_are_left_alone(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await wang.say(FIRE)
    await town.advance(minutes=6)
    await chen.tap("我来处理")
    before = len(await secretary.messages())
    await wang.say("我们下楼了，老人还在里面")
    assert "老人还在里面" in await chen.last()
    assert len(await secretary.messages()) == before


async def test_a_draft_in_hand_says_where_the_cry_comes_from(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("我住河街社区3号楼2单元401")
    await wang.say(FIRE)
    assert "3号楼2单元401" in await secretary.last()
    assert len(await town.rows(select(Wish))) == 1


async def test_an_old_draft_is_no_part_of_a_cry(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await town.advance(hours=2)
    await wang.say(FIRE)
    lamp, fire = await town.rows(select(Wish).order_by(Wish.id))
    assert (lamp.kind, fire.kind) == (Kind.WISH, Kind.EMERGENCY)
    assert "灯泡" not in fire.text


async def test_an_hour_later_or_by_button_words_are_a_wish_again(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(FIRE)
    await wang.tap("另说一件")
    await wang.say(LAMP)
    assert (await town.wish()).state is State.DRAFT
    await wang.tap("提交")
    await town.advance(hours=2)
    await wang.say("想请人修一下水管")
    assert (await town.wish()).text == "想请人修一下水管"
    assert len(await town.rows(select(Wish).where(Wish.kind == Kind.EMERGENCY))) == 1


async def test_an_album_after_a_cry_rings_and_is_answered_once(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(FIRE)
    before = [message["message_id"] for message in await wang.messages()]
    await town.people.send_album(wang.id, [{"photo": True}, {"photo": True}, {"photo": True}])
    await town.settle()
    after = [message["message_id"] for message in await wang.messages()]
    assert after[:-1] == before[:-1]  # the card, once, below the album
    assert after[-1] > before[-1]
    assert "照片 3 张" in await wang.last()


async def test_a_corrected_cry_reaches_the_officer(town: Town, secretary: Actor, wang: Actor) -> None:
    sent = await wang.say(FIRE)
    await town.people.edit(wang.id, sent["message_id"], text=f"{FIRE}，3号楼401")
    await town.settle()
    assert "3号楼401" in await secretary.last()


async def test_a_complaint_that_was_taken_for_an_emergency_stays_a_complaint(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    before = len(await secretary.messages(group))
    await wang.say("投诉楼下老王烧烤店又着火了，每天都这样，没人管")
    assert (await town.wish()).kind is Kind.EMERGENCY
    await secretary.tap("不是紧急")
    wish = await town.wish()
    assert (wish.kind, wish.emergency) == (Kind.COMPLAINT, None)
    await secretary.tap("受理")
    assert (await town.wish()).state is State.OPEN
    assert len(await secretary.messages(group)) == before


async def test_no_emergency_is_sorted_like_anything_else(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("想请人帮忙换个灯泡，刚才那边着火了")
    assert (await town.wish()).category == "public_safety"
    await wang.tap("不是紧急情况")
    assert (await town.wish()).category == "home_repair"


async def test_a_helpers_report_of_danger_is_kept_and_asked_about(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await li.tap("办好了")
    await li.say(DANGER)
    assert "现在有危险" in await li.last()
    assert [wish.kind for wish in await town.rows(select(Wish))] == [Kind.WISH]
    await li.tap("1 小时")
    assert DANGER in await wang.last()


async def test_a_helper_who_says_that_it_is_now_raises_an_alarm_once(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await li.tap("办好了")
    await li.say(DANGER)
    question = (await li.messages())[-1]
    await li.tap("是，现在")
    assert "120" in await li.last()
    assert DANGER in await secretary.last()
    data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "已经做过" in (await li.press(question["message_id"], data))["text"]
    assert "text" in await wang.forge(data)
    assert len(await town.rows(select(Wish))) == 2


async def test_the_answer_to_a_cry_for_help_is_a_new_message_and_no_edit_far_up(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await wang.say("想请人帮忙")
    card = (await wang.messages())[-1]
    await wang.say("我家着火了，快来救命")
    last = (await wang.messages())[-1]
    assert "119" in last["text"]
    assert last["message_id"] > card["message_id"]
    assert card["message_id"] not in [message["message_id"] for message in await wang.messages()]


async def test_an_emergency_nobody_took_comes_first_in_the_digest_and_in_the_queue(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await wang.say("投诉：广场舞半夜还在放，吵得睡不着")
    await wang.tap("提交")
    await town.advance(hours=1)
    await wang.say(FIRE)
    number = (await town.rows(select(Wish.id).where(Wish.kind == Kind.EMERGENCY)))[0]
    await secretary.say("/digest")
    assert f"还没人去的紧急情况 1 件，请马上安排：#{number}" in await secretary.last()
    await secretary.say("/review")
    shown = await secretary.last()
    assert shown.index(f"#{number}") < shown.index("#1")
    await secretary.tap("我来处理")
    await secretary.say("/digest")
    assert "紧急情况" not in await secretary.last()
