"""Every sentence suits whoever reads it: who asked, who was asked, whose it is."""

from rules.lifecycle import Kind, State
from storage.models import Wish
from tests.stories.scenes import claimed, delivered, opened, submitted
from tests.stories.town import OFFICER, Actor, Town

LEAK = "楼上漏水没人管，我要投诉物业"


async def test_an_admin_who_never_pressed_start_is_led_there_and_not_told_of_somebody_else(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    chen = await town.person("陈姐", id=OFFICER, start=False)
    room = await town.group("审核群", secretary, chen, audience="审核员群")
    await submitted(town, wang, LEAK, kind=Kind.COMPLAINT)
    for label in ("我来办",):
        answer = await chen.tap(label, room)
        assert answer["url"].endswith("?start=hello")
        assert "请先在私聊里点“开始”" in answer["text"]
    assert (await town.wish()).state is State.REVIEWING


async def test_somebody_who_cannot_be_written_to_is_handed_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await opened(town, wang)
    await town.people.block(li.id)
    await town.settle()
    answer = await secretary.forge(f"y:{wish_id}:{li.id}")
    assert "给对方发不了消息" in answer["text"]
    assert not answer.get("url")


async def test_a_volunteer_who_was_asked_does_not_read_that_they_claimed(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    wish_id = await opened(town, wang)
    await secretary.forge(f"y:{wish_id}:{li.id}")
    assert "社区请您帮忙办这个心愿" in await li.last()
    assert not await li.heard("您认领了")
    await claimed(town, wang, zhao)
    assert "您认领了这个心愿" in await zhao.last()


async def test_a_complaint_is_dealt_with_and_not_claimed(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    wish_id = await opened(town, wang, LEAK, kind=Kind.COMPLAINT)
    await wang.say("/my")
    assert "等社区安排人" in await wang.last()
    await secretary.forge(f"o:{wish_id}")
    assert "等社区安排人" in await secretary.last()
    assert not await secretary.heard("等人认领")
    await secretary.forge(f"y:{wish_id}:{chen.id}")
    assert await wang.heard(f"#{wish_id} 由陈姐来办")
    assert not await wang.heard("好消息")


async def test_a_stranger_an_author_and_the_community_are_refused_in_their_own_words(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    wish_id = await delivered(town, wang, li)
    for forged in (f"w:confirm:{wish_id}", f"o:{wish_id}", "h:release:1"):
        assert "不在您手上" in (await zhao.forge(forged))["text"], forged
    assert "这一步要社区来办" in (await zhao.forge(f"w:approve:{wish_id}"))["text"]
    assert "要由别人来办" in (await wang.forge(f"w:approve:{wish_id}"))["text"]


async def test_helpers_are_named_as_people_name_them(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    wish_id = await opened(town, wang)
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, wish_id)).places = 2
    await li.tap("认领", group)
    assert "⏳ 小李已认领，还差人（1/2）" in await li.last(group)
    await zhao.tap("认领", group)
    assert "小李、小赵已认领" in await li.last(group)
    await wang.forge(f"o:{wish_id}")
    assert "小李、小赵正在帮您办" in await wang.last()
