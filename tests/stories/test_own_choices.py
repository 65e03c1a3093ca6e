"""What its author decides, before and after handing it in: the yes to the words, the name, phone and address."""

from sqlalchemy import select

from rules.lifecycle import State
from storage.models import Line, Wish
from tests.stories.scenes import claimed, opened, submitted
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town


async def hand_in(town: Town, secretary: Actor, author: Actor) -> Wish:
    await author.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    return await town.wish()


async def test_a_signed_wish_names_its_author_to_the_group_and_the_helper(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    assert "不显示姓名" in await wang.last()
    await wang.tap("署名")
    assert "署名：王阿姨" in await wang.last()
    await hand_in(town, secretary, wang)
    assert "—— 王阿姨" in await li.last(group)
    await li.tap("认领", group)
    assert "居民：王阿姨" in await li.last()


async def test_an_unsigned_wish_names_nobody(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await hand_in(town, secretary, wang)
    await li.tap("认领", group)
    assert not await li.heard("王阿姨", group)
    assert not await li.heard("王阿姨")


async def test_after_handing_in_the_author_still_chooses(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await hand_in(town, secretary, wang)
    assert "灯泡" not in await li.last(group)
    assert "文字不公开" in await wang.last()
    await wang.tap("公开文字")
    await wang.tap("署名")
    assert LAMP in await li.last(group)
    assert "王阿姨" in await li.last(group)
    assert "大家看得到" in await wang.last()
    await wang.tap("改为不公开文字")
    await wang.tap("改为匿名")
    assert "灯泡" not in await li.last(group)
    assert "王阿姨" not in await li.last(group)


async def test_once_it_is_claimed_only_the_contact_is_left_to_choose(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await wang.say("/my")
    await wang.tap("看 #1")
    labels = (await wang.messages())[-1]["reply_markup"]["inline_keyboard"]
    shown = [button["text"] for row in labels for button in row]
    assert any("留电话地址" in label for label in shown)
    assert not any("公开" in label or "署名" in label for label in shown)


async def test_with_the_news_that_somebody_comes_a_phone_number_is_asked_for_and_passed_on(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    assert "还没留联系方式" in await li.last()
    assert "只有小李看得到" in await wang.last()
    await wang.tap("留电话地址")
    await wang.say("13812345678，河街 3 栋")
    assert "☎️ 13812345678，河街 3 栋" in await li.last()
    assert not await secretary.heard("13812345678")


async def test_the_news_asks_for_no_number_that_is_there(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li, contact="13812345678")
    assert "看得到" not in await wang.last()
    assert "13812345678" in await li.last()


async def test_a_phone_number_is_shared_from_the_phone_and_shown_on_the_draft(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.send(contact={"phone_number": "13812345678", "first_name": "王阿姨"})
    assert "记下了" in await wang.last()
    assert (await town.wish()).contact == "13812345678"
    assert await wang.heard("只给帮您的人：13812345678")


async def test_a_shared_number_after_handing_in_goes_to_the_latest_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    await submitted(town, wang)
    await wang.send(contact={"phone_number": "13812345678", "first_name": "王阿姨"})
    assert "13812345678" in await wang.last()
    assert (await town.wish()).contact == "13812345678"


async def test_a_shared_number_for_nothing_is_answered_kindly(town: Town, wang: Actor) -> None:
    await wang.send(contact={"phone_number": "13812345678", "first_name": "王阿姨"})
    assert "先说一句" in await wang.last()


async def test_a_photo_is_no_phone_number_and_joins_the_wish(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.photo("就是这个灯")
    assert "照片 1 张" in await wang.last()
    await wang.say("13812345678")
    wish = await town.wish()
    assert (wish.contact, wish.text) == ("13812345678", f"{LAMP}\n就是这个灯")


async def test_words_that_were_no_phone_number_go_to_the_wish_by_button(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.say("最好周末上午来")
    assert "最好周末上午来" in await wang.last()
    data = next(b["callback_data"] for m in await wang.messages() for b in _buttons(m) if "不是电话" in b["text"])
    await wang.tap("不是电话，加到心愿里")
    wish = await town.wish()
    assert (wish.contact, wish.text) == (None, f"{LAMP}\n最好周末上午来")
    assert "已经做过" in (await wang.forge(data))["text"]


async def test_a_phone_number_can_be_changed_by_button_or_by_editing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.say("13812345678")
    await wang.tap("改电话地址")
    sent = await wang.say("13900001111")
    assert (await town.wish()).contact == "13900001111"
    await town.people.edit(wang.id, sent["message_id"], text="13900002222")
    await town.settle()
    assert (await town.wish()).contact == "13900002222"
    assert "13900002222" in await wang.last()
    assert [line.text for line in await town.rows(select(Line).where(Line.role == "contact"))] == ["13900002222"]


async def test_further_words_take_back_the_yes(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("公开文字")
    await wang.photo()
    assert (await town.wish()).published  # the words are still those that were shown
    await wang.say("我一个人住，儿子在外地")
    assert not (await town.wish()).published
    assert "点“公开文字”，就会看到" in await wang.last()


async def test_an_edit_takes_back_the_yes(town: Town, wang: Actor) -> None:
    sent = await wang.say(LAMP)
    await wang.tap("公开文字")
    await town.people.edit(wang.id, sent["message_id"], text=f"{LAMP}，我一个人住")
    await town.settle()
    assert not (await town.wish()).published


async def test_an_author_reads_what_a_reviewer_made_of_their_words_and_may_hide_it(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    group = await town.group("城关志愿者")
    number = await opened(town, wang)
    await secretary.forge(f"o:{number}")
    await secretary.tap("改公开文字")
    await secretary.say("独居老人家里灯坏了，儿子不在身边")
    assert "改成了这样" in await wang.last()
    assert "儿子不在身边" in await wang.last()
    assert "儿子不在身边" in await secretary.last(group)
    await wang.tap("改为不公开文字")
    assert "儿子不在身边" not in await secretary.last(group)


async def test_of_a_text_that_is_not_public_the_author_hears_nothing_new(town: Town, secretary: Actor, wang: Actor) -> None:
    number = await opened(town, wang, publish=False)
    before = len(await wang.messages())
    await secretary.forge(f"o:{number}")
    await secretary.tap("改公开文字")
    await secretary.say("独居老人家里灯坏了")
    assert len(await wang.messages()) == before


def _buttons(message: dict) -> list[dict]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
