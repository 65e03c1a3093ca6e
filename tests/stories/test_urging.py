"""催办: once a local day, in the reader's list, and in the morning when it is night."""

from rules.lifecycle import Kind, State
from tests.stories.scenes import claimed, delivered, opened, submitted, times, until
from tests.stories.town import ADMIN, Actor, Town

URGED = "居民在催"
PHONE = "我想学用智能手机"


async def test_urging_is_once_a_day_as_people_count_days(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await claimed(town, wang, li)
    await until(town, "03-02 19:00")
    assert "已提醒帮您的人" in (await wang.forge(f"w:urge:{wish_id}"))["text"]
    assert "今天已经催过" in (await wang.forge(f"w:urge:{wish_id}"))["text"]
    await until(town, "03-03 09:30")
    assert "已提醒帮您的人" in (await wang.forge(f"w:urge:{wish_id}"))["text"]
    assert await times(town, li.id, URGED) == ["03-02 19:00", "03-03 09:30"]


async def test_at_night_the_helper_sleeps_and_reads_it_in_the_morning(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await claimed(town, wang, li)
    await until(town, "03-03 02:00")
    assert "天亮就提醒帮您的人" in (await wang.forge(f"w:urge:{wish_id}"))["text"]
    await until(town, "03-03 08:00")
    assert await times(town, li.id, URGED) == ["03-03 07:30"]
    await li.tap(f"看 #{wish_id}")
    assert "✅ 办好了" in await li.buttons()


async def test_what_was_done_before_the_morning_is_not_asked_after(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await claimed(town, wang, li)
    await until(town, "03-02 22:00")
    await wang.forge(f"w:urge:{wish_id}")
    await li.tap("办好了")
    await li.tap("1 小时")
    await until(town, "03-03 08:00")
    assert await times(town, li.id, URGED) == []


async def test_when_the_helper_cannot_be_reached_the_staff_hears_it(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await claimed(town, wang, li)
    await town.people.block(li.id)
    await town.settle()
    assert "已提醒社区" in (await wang.forge(f"w:urge:{wish_id}"))["text"]
    assert await times(town, ADMIN, URGED) == ["03-02 09:00"]


async def test_a_delivered_wish_is_not_urged(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await delivered(town, wang, li)
    assert "晚了一步" in (await wang.forge(f"w:urge:{wish_id}"))["text"]


# ---------------------------------------------------------------------------------------------- the reviewers' group


async def test_a_reviewers_group_gets_the_list_and_admins_are_left_in_peace(town: Town, secretary: Actor, wang: Actor) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    volunteers = await town.group("城关志愿者", secretary)
    first = await submitted(town, wang, PHONE, category="hardship_relief", category_sure=True)
    await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT)
    await until(town, "03-02 12:05")
    assert await times(town, room, "提醒大家 1 件事") == ["03-02 12:00"]
    assert PHONE in await secretary.last(room)
    assert not await secretary.heard("提醒您")
    assert not await secretary.heard(PHONE, volunteers)
    await secretary.tap(f"看 #{first}", room)
    assert "✅ 通过，发给志愿者" in await secretary.buttons()
    await wang.forge(f"w:urge:{first}")
    assert URGED in await secretary.last(room)
    await until(town, "03-03 10:05")  # what takes too long climbs to people, not to the group
    assert await times(town, ADMIN, "拖得久了") == ["03-03 10:00"]


async def test_a_list_for_reviewers_is_not_read_by_a_group_that_became_the_volunteers(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    wish_id = await submitted(town, wang, PHONE, category="hardship_relief", category_sure=True)
    await until(town, "03-02 22:00")
    await wang.forge(f"w:urge:{wish_id}")
    await secretary.say("/bind", room)
    await secretary.tap("城关镇", room)
    await secretary.tap("志愿者群", room)
    await until(town, "03-03 07:45")
    assert await times(town, room, URGED) == []


# ---------------------------------------------------------------------------------------------- one's own wish


async def test_an_admin_does_not_review_their_own_wish_while_another_can(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    wish_id = await submitted(town, secretary, PHONE, category="hardship_relief", category_sure=True)
    assert "✅ 通过，发给志愿者" in await chen.buttons()
    assert not any("通过" in label for label in await secretary.buttons())
    for forged in (f"w:approve:{wish_id}", f"j:{wish_id}:reject:unclear", f"y:{wish_id}:{chen.id}"):
        assert "要由别人来办" in (await secretary.forge(forged))["text"]
    assert (await town.wish()).state is State.REVIEWING
    await until(town, "03-02 12:05")
    assert await times(town, chen.id, "等您审核") == ["03-02 12:00"]
    assert await times(town, ADMIN, "等您审核") == []
    await chen.tap("看 #")
    await chen.tap("通过，发给志愿者")
    assert (await town.wish()).state is State.OPEN


async def test_the_only_admin_may_review_their_own_wish_and_the_timeline_says_so(town: Town, secretary: Actor) -> None:
    await submitted(town, secretary, PHONE, category="hardship_relief", category_sure=True)
    await secretary.tap("通过，发给志愿者")
    assert (await town.wish()).state is State.OPEN
    await secretary.say("/my")
    await secretary.tap("看 #1")
    await secretary.tap("进展")
    assert "审核通过 · 居民 · 只有一位管理员，是自己审的" in await secretary.last()
