"""What comes later: additions, albums, edited messages, another matter."""

from datetime import timedelta
from itertools import count

from sqlalchemy import select

from actions import delivering
from actions.drafts import Said
from rules.lifecycle import State
from storage.models import Line, Outgoing, Person, Wish
from tests.stories.scenes import claimed, delivered, opened, submitted
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town

_numbers = count(2_000_000)


async def test_an_album_is_one_addition_and_the_next_words_are_another_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    await opened(town, wang)
    await wang.say("/my")
    await wang.tap("看 #1")
    await wang.tap("补充")
    before = len(await wang.messages())
    await town.people.send_album(wang.id, [{"photo": True, "caption": "就是这三个灯"}, {"photo": True}, {"photo": True}])
    await town.settle()
    assert len(await wang.messages()) == before + 1
    assert sum("补充了" in str(message.get("text")) for message in await secretary.messages()) == 1
    assert sum("photo" in message for message in await secretary.messages()) == 3
    await wang.say("想请人修一下水管")
    assert len(await town.rows(select(Wish))) == 2
    assert len(await town.rows(select(Line).where(Line.wish_id == 1))) == 4


async def test_pieces_of_an_album_that_still_wait_go_out_as_one(town: Town, secretary: Actor, wang: Actor) -> None:
    number = await opened(town, wang)
    async with town.app.transactions.begin() as session:
        author = await session.get_one(Person, wang.id)
        for _ in range(3):
            said = Said(next(_numbers), "", "photo", await _photo(town, wang), "album")
            await delivering.add(session, town.now(), town.app.town, author, number, said)
    sent = await town.rows(select(Outgoing).where(Outgoing.chat_id == secretary.id, Outgoing.state != "dropped"))
    assert [row.method for row in sent if row.method in ("sendPhoto", "sendMediaGroup")] == ["sendMediaGroup"]
    await town.settle()
    assert sum("photo" in message for message in await secretary.messages()) == 3


async def _photo(town: Town, author: Actor) -> str:
    sent = await town.people.send_photo(author.id)
    return str(sent["photo"][-1]["file_id"])


async def test_a_photo_that_is_added_reaches_the_helper_and_may_not_be_passed_on(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await wang.say("/my")
    await wang.tap("看 #1")
    await wang.tap("补充")
    await wang.photo("门口在这儿")
    assert await li.heard("门口在这儿")
    assert any("photo" in message for message in await li.messages())
    assert not any("photo" in message for message in await secretary.messages())
    sent = [call["payload"] for call in await town.people.calls() if call["method"].lower() == "sendphoto"]
    assert [bool(payload.get("protect_content")) for payload in sent] == [True]


async def test_an_edit_after_the_end_is_answered_as_such(town: Town, wang: Actor) -> None:
    sent = await wang.say(LAMP)
    await wang.tap("不办了")
    await wang.tap("是的，不办了")
    await town.people.edit(wang.id, sent["message_id"], text="别的")
    await town.settle()
    assert "已经结束了" in await wang.last()
    assert (await town.wish()).text == LAMP


async def test_a_helpers_edited_report_counts_until_it_is_handed_in(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await li.tap("办好了")
    sent = await li.say("换了灯炮")
    await town.people.edit(li.id, sent["message_id"], text="换了灯泡，试过会亮")
    await town.settle()
    await li.tap("1 小时")
    assert "换了灯泡，试过会亮" in await wang.last()
    await town.people.edit(li.id, sent["message_id"], text="又改一次")
    await town.settle()
    assert "居民看了" in await li.last()
    assert not await wang.heard("又改一次")


async def test_another_matter_is_another_matter_also_much_later(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("另说一件")
    await town.advance(minutes=31)
    await wang.say("想找人帮忙代买一袋米")
    assert [wish.text for wish in await town.rows(select(Wish).order_by(Wish.id))] == [LAMP, "想找人帮忙代买一袋米"]


async def test_a_card_that_is_not_the_last_thing_said_comes_again(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.say("/help")
    await wang.say("最好周末来")
    assert "我是这样理解的" in await wang.last()
    assert [wish.state for wish in await town.rows(select(Wish))] == [State.DRAFT]
    before = len(await wang.messages())
    await wang.say("上午也行")
    assert len(await wang.messages()) == before


async def test_an_album_goes_on_where_it_began_though_the_draft_was_sent_off(town: Town, secretary: Actor, wang: Actor) -> None:
    number = await submitted(town, wang)
    async with town.app.transactions.begin() as session:
        session.add(
            Line(wish_id=number, person_id=wang.id, message_id=next(_numbers), album="77", created_at=town.now(), text="")
        )
        await session.flush()
        author = await session.get_one(Person, wang.id)
        said = Said(next(_numbers), "", "photo", "file", "77")
        assert await delivering.goes_on(session, author, said) == number


async def test_stars_are_given_once_and_thanks_name_nobody(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    number = await delivered(town, wang, li)
    await wang.tap("👍 办好了")
    for stars in (0, 6):
        assert (await wang.forge(f"s:{number}:{stars}"))["text"]
    await wang.tap("4★")
    assert "已经做过" in (await wang.forge(f"s:{number}:1"))["text"]
    assert (await town.wish()).rating == 4
    await wang.tap("说声谢谢")
    await wang.say("谢谢小伙子，我电话 13812345678，住 3 栋 2 单元 401")
    assert "带到了" in await wang.last()
    assert "谢谢小伙子" in await li.last()
    for private in ("13812345678", "401"):
        assert not await li.heard(private)
    assert await wang.heard("💌 谢谢小伙子")


async def test_only_who_was_confirmed_is_thanked(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    await claimed(town, wang, li)
    await li.tap("来不了")
    await li.tap("是的，让给别人")
    await zhao.forge("k:1")
    await zhao.tap("办好了")
    await zhao.tap("1 小时")
    await wang.tap("👍 办好了")
    await wang.tap("说声谢谢")
    await wang.say("手艺真好")
    assert await zhao.heard("手艺真好")
    assert not await li.heard("手艺真好")
    assert timedelta(0) <= town.now() - (await town.wish()).finished_at
