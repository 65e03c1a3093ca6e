"""From a resident's sentence to a fulfilled wish."""

from rules.lifecycle import State
from tests.stories.town import Actor, Town

LAMP = "厨房的灯泡坏了，我眼睛不好，想请人帮忙换一下"


async def test_a_wish_is_written_reviewed_posted_claimed_delivered_confirmed_and_rated(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)

    await wang.say(LAMP)
    assert "我是这样理解的" in await wang.last()
    assert "便民维修" in await wang.last()
    await wang.tap("公开文字")
    await wang.tap("提交")
    wish = await town.wish()
    if wish.state is State.REVIEWING:
        await secretary.tap("通过")
    assert (await town.wish()).state is State.OPEN
    assert LAMP in await li.last(group)

    assert "您认领了" in (await li.tap("认领", group))["text"]
    assert "小李已认领" in await li.last(group)
    assert LAMP in await li.last()
    assert await wang.heard("小李会帮您办")

    await li.tap("办好了")
    await li.say("换了节能灯，顺手擦了灯罩")
    await li.tap("1 小时")
    assert (await town.wish()).state is State.DELIVERED
    assert "小李说办好了" in await wang.last()
    assert "顺手擦了灯罩" in await wang.last()

    await wang.tap("办好了")
    assert (await town.wish()).state is State.FULFILLED
    await wang.tap("5★")
    await wang.tap("说声谢谢")
    await wang.say("小伙子真热心，谢谢你")
    assert await li.heard("小伙子真热心")
    assert "实现了，谢谢小李" in await li.last(group)
    wish = await town.wish()
    assert (wish.rating, wish.next_reminder_at) == (5, None)
    assert await town.refused_calls() == []
