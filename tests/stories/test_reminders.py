"""What time makes happen to a wish that nobody touches: every ladder to its end."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from actions import emergencies, reminding
from bot.ticks import Ticks, Work
from rules.lifecycle import ClaimState, Event, Kind, State
from rules.reminders import Tell
from storage.models import Claim, Group, Person, Timeline, Wish
from tests.stories.scenes import claimed, delivered, many_opened, opened, said, submitted, times, until
from tests.stories.town import ADMIN, OFFICER, Actor, Town


async def reasons(town: Town, wish_id: int) -> list[str]:
    """Whom each reminder of a wish told."""
    query = select(Timeline.reason).where(Timeline.wish_id == wish_id, Timeline.event == Event.REMIND).order_by(Timeline.id)
    return await town.rows(query)


# ---------------------------------------------------------------------------------------------- reviewing


async def test_reviewers_are_asked_after_two_hours_then_every_four_working_hours_then_as_long_overdue(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await until(town, "03-04 09:30")
    assert await times(town, ADMIN, "等您审核") == ["03-02 12:00", "03-02 18:00"]
    assert await times(town, ADMIN, "拖得久了") == ["03-03 10:00", "03-03 16:00"]
    await secretary.tap("看 #1")
    await secretary.tap("通过")
    await until(town, "03-04 12:30")
    assert len(await times(town, ADMIN, "拖得久了")) == 2


async def test_every_admin_who_can_be_written_to_is_reminded_once_each(town: Town, secretary: Actor, wang: Actor) -> None:
    chen = await town.person("陈姐", id=OFFICER)
    await town.people.block(chen.id)
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await until(town, "03-03 10:00")
    assert len(await times(town, ADMIN, "提醒您")) == 3
    assert await times(town, OFFICER, "提醒您") == []
    (blocked,) = await town.rows(select(Person).where(Person.id == OFFICER))
    assert not blocked.can_be_written


# ---------------------------------------------------------------------------------------------- open


async def test_an_open_wish_is_shown_to_its_group_then_to_those_above_and_climbs_until_it_is_weekly(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    near = await town.group("河街志愿者", area="河街社区")
    above = await town.group("城关志愿者", area="城关镇")
    county = await town.group("旬阳志愿者", area="旬阳")
    await opened(town, wang, area_code="cg-01-02")
    await until(town, "03-18 09:30")
    asked = "个心愿等人认领"
    daily = ["03-02 19:00", *(f"03-{day:02} 14:30" for day in range(3, 18))]
    assert await times(town, near, asked) == daily
    assert await times(town, above, asked) == ["03-04 14:30", "03-09 14:30", "03-17 14:30"]
    assert await times(town, county, asked) == []
    assert await times(town, ADMIN, "拖得久了") == ["03-05 14:30", "03-09 14:30", "03-17 14:30"]
    await until(town, "03-24 14:40")
    assert await times(town, near, asked) == [*daily, "03-24 14:30"]
    told = await reasons(town, 1)
    assert [Tell(reason.split(",")[0]) for reason in told if "co" in reason] == [Tell.COMMUNITY, Tell.COUNTY]


async def test_where_no_group_is_bound_the_reviewers_hear_that_nobody_does(town: Town, secretary: Actor, wang: Actor) -> None:
    await opened(town, wang, area_code="cg-01")
    await until(town, "03-05 14:40")
    assert await times(town, ADMIN, "等您安排人") == ["03-02 19:00", "03-03 14:30", "03-04 14:30"]
    assert await times(town, ADMIN, "拖得久了") == ["03-05 14:30"]
    await secretary.tap("看 #1")
    assert "🙋 我来办" in await secretary.buttons()


async def test_what_is_needed_today_is_asked_for_after_three_hours(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    await opened(town, wang, urgency="today")
    await until(town, "03-03 09:30")
    assert await times(town, group, "个心愿等人认领") == ["03-02 14:30", "03-03 09:00"]


# ---------------------------------------------------------------------------------------------- order


async def test_an_open_complaint_reminds_the_staff_and_never_a_group(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    before = len(await said(town, group))
    wish = await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT)
    await until(town, "03-18 09:30")
    assert len(await said(town, group)) == before
    assert await times(town, ADMIN, "等您安排人") == [
        f"03-{day:02} 10:00" for day in (3, 4, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16)
    ]
    assert await times(town, ADMIN, "拖得久了") == ["03-05 10:00", "03-09 10:00", "03-17 10:00"]
    assert all("group" not in reason for reason in await reasons(town, wish))


# ---------------------------------------------------------------------------------------------- claim


async def test_a_claim_is_reminded_until_it_is_given_to_others(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await claimed(town, wang, li, days=3)
    old = (await li.messages(group))[-1]
    await until(town, "03-08 08:30")
    assert await times(town, li.id, "快到时间了") == ["03-04 10:00"]
    assert await times(town, li.id, "已经超时") == ["03-05 10:00", "03-06 10:00", "03-07 10:00"]
    assert "🙋 认领" not in await li.buttons(group)
    assert await times(town, li.id, "提醒您") == await times(town, li.id, "快到时间了") + await times(town, li.id, "已经超时")
    await until(town, "03-08 09:30")

    (claim,) = await town.rows(select(Claim))
    assert (claim.state, claim.next_reminder_at) == (ClaimState.RELEASED, None)
    assert (await town.wish(wish_id)).state is State.OPEN
    posts = await li.messages(group)
    pointer = next(message for message in posts if message["message_id"] == old["message_id"])
    assert "请看下面新的那条" in pointer["text"]
    assert "reply_markup" not in pointer or not pointer["reply_markup"]["inline_keyboard"]
    assert posts[-1]["message_id"] > old["message_id"]
    assert "再发一次" in posts[-1]["text"]
    assert await secretary.heard("小李超时没办好")
    assert await li.heard("我先请别人来办")
    assert await wang.heard("重新发出去找人了")
    assert "您认领了" in (await li.tap("认领", group))["text"]


async def test_when_the_claimant_blocked_the_bot_the_staff_hears_of_the_due(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await town.group("城关志愿者", li)
    wish_id = await claimed(town, wang, li, days=3)
    await town.people.block(li.id)
    await until(town, "03-08 09:30")
    assert await times(town, ADMIN, "快到时间了") == ["03-04 10:00"]
    assert await times(town, ADMIN, "已经超时") == ["03-05 10:00", "03-06 10:00", "03-07 10:00"]
    assert (await town.wish(wish_id)).state is State.OPEN


# ---------------------------------------------------------------------------------------------- delivered


async def test_silence_ends_a_delivered_wish_after_a_week_and_invents_no_rating(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await delivered(town, wang, li)
    await until(town, "03-09 08:30")
    assert await times(town, wang.id, "说办好了") == ["03-02 09:00", "03-03 09:00", "03-05 09:00"]
    assert (await town.wish(wish_id)).state is State.DELIVERED
    await until(town, "03-09 09:30")
    wish = await town.wish(wish_id)
    assert (wish.state, wish.rating) == (State.FULFILLED, None)
    assert "没等到居民回音" in await li.last(group)
    assert "实现了" not in await li.last(group)
    assert "5★" in " ".join(await wang.buttons())
    await wang.tap("4★")
    assert (await town.wish(wish_id)).rating == 4


async def test_the_wish_of_somebody_who_blocked_the_bot_still_ends_and_stops_nobody(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    gu = await town.person("顾伯")
    await town.group("城关志愿者", li)
    first = await delivered(town, wang, li)
    second = await delivered(town, gu, li)
    await town.people.block(wang.id)
    await until(town, "03-09 09:30")
    for wish_id in (first, second):
        wish = await town.wish(wish_id)
        assert (wish.state, wish.rating) == (State.FULFILLED, None)
    assert await times(town, gu.id, "说办好了") == ["03-02 09:00", "03-03 09:00", "03-05 09:00"]
    (author,) = await town.rows(select(Person).where(Person.id == wang.id))
    assert not author.can_be_written


# ---------------------------------------------------------------------------------------------- emergency


async def test_an_emergency_goes_to_the_next_officer_every_five_minutes_also_at_night_until_it_is_taken(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await town.advance(hours=14)  # 23:00
    await wang.say("着火了！厨房着火了")
    await town.live_through(minutes=16)
    first, second = await times(town, ADMIN, "请马上联系"), await times(town, OFFICER, "请马上联系")
    assert (first, second) == (["03-02 23:00", "03-02 23:10"], ["03-02 23:05", "03-02 23:15"])
    await chen.tap("我来处理")
    await town.live_through(hours=2, minutes=10)
    assert await times(town, ADMIN, "请马上联系") == first
    assert await times(town, OFFICER, "请马上联系") == [*second, "03-03 00:16", "03-03 01:16"]
    await chen.tap("办结")
    await chen.tap("已经解决了")
    assert (await town.wish()).state is State.CLOSED
    told = len(await times(town, OFFICER, "请马上联系"))
    await town.live_through(hours=3)
    assert len(await times(town, OFFICER, "请马上联系")) == told


async def test_an_officer_who_cannot_be_reached_is_passed_over(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    await town.people.block(ADMIN)
    await wang.say("着火了！厨房着火了")
    await town.live_through(minutes=11)
    assert await times(town, OFFICER, "请马上联系") == ["03-02 09:00", "03-02 09:05", "03-02 09:10"]


async def test_when_whoever_took_it_cannot_be_reached_the_others_are_told(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await wang.say("着火了！厨房着火了")
    await secretary.tap("我来处理")
    await town.people.block(ADMIN)
    await town.settle()
    await town.live_through(hours=2, minutes=5)
    assert await times(town, OFFICER, "请马上联系") == ["03-02 10:00", "03-02 11:00"]


# ---------------------------------------------------------------------------------------------- the night


async def test_for_days_nobody_is_reminded_of_anything_at_night(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    above = await town.group("旬阳志愿者", area="旬阳")
    people = [ADMIN, wang.id, li.id, zhao.id]
    awake: list[tuple[datetime, datetime]] = []
    for day in range(2):
        for hours in (5.3, 7.6):  # something happens at odd times, also late in the evening
            began = town.now()
            await many_opened(town, wang, 2, urgency="today" if day % 2 else "whenever")
            await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
            await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT, publish=False)
            if hours > 6:
                await claimed(town, wang, li if day % 2 else zhao, days=1)
            await wang.say(f"还想问一件事，第{day}天")
            awake.append((began, town.now()))
            await town.live_through(hours=hours)
        await town.live_through(hours=11.1)
    await town.live_through(days=2)
    night = []
    for at, chat, text in await said(town, *people, group, above):
        done_by_people = any(begin.replace(microsecond=0) <= at.astimezone(UTC) <= end for begin, end in awake)
        if not done_by_people and (at.time() >= time(21, 30) or at.time() < time(7, 30)):
            night.append((f"{at:%m-%d %H:%M:%S}", chat, text))
    assert night == []
    assert len(await said(town, *people, group, above)) > 60


async def test_a_bot_that_comes_back_at_night_waits_for_the_morning(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await opened(town, wang)
    await delivered(town, wang, li)
    await claimed(town, wang, li, days=1)
    await town.app.stop()
    await town.people.advance(38 * 3600)  # to 23:00 of the second day
    await town.begin_again()
    await town.live_through(hours=8, minutes=25)
    night = [row for row in await said(town, group, wang.id, li.id, ADMIN) if row[0].hour >= 22 or row[0].hour < 7]
    assert night == []
    await town.live_through(minutes=10)
    assert await times(town, group, "个心愿等人认领") == ["03-04 07:30"]
    assert (await times(town, wang.id, "说办好了"))[1:] == ["03-04 07:30"]
    assert await times(town, li.id, "提醒您 1 件事") == ["03-04 07:30"]
    assert await times(town, ADMIN, "小结") == ["03-04 07:30"]


# ---------------------------------------------------------------------------------------------- standstill and poison


async def test_after_five_days_of_standstill_only_the_current_step_is_sent(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    waiting = await opened(town, wang)
    asked = await delivered(town, wang, li)
    held = await claimed(town, wang, li, days=1)
    reviewed = await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await wang.say("还没写完的一句")
    before = {chat: len(await said(town, chat)) for chat in (group, wang.id, li.id, ADMIN)}
    await town.app.stop()
    await town.people.advance(5 * 86400)
    await town.begin_again()
    assert len(await times(town, group, "个心愿等人认领")) == 1
    assert len(await times(town, wang.id, "说办好了")) == 2
    assert len(await times(town, ADMIN, "提醒您")) == 1
    assert len(await times(town, ADMIN, "小结")) == 1
    assert not await wang.heard("要帮您提交吗")
    assert await wang.heard("先交给社区看了")
    # Four days over its due: released at once, since its resident has waited all that time.
    assert (await town.wish(held)).state is State.OPEN
    assert await times(town, li.id, "提醒您") == []
    states = [(await town.wish(wish_id)).state for wish_id in (waiting, asked, reviewed)]
    assert states == [State.OPEN, State.DELIVERED, State.REVIEWING]
    after = {chat: len(await said(town, chat)) for chat in before}
    assert after[group] - before[group] == 2  # the list, and the new post
    assert after[ADMIN] - before[ADMIN] == 4  # the list, the digest, the lapsed draft's card, who was late
    await town.live_through(hours=1)
    assert len(await times(town, group, "个心愿等人认领")) == 1


async def test_a_wish_that_cannot_be_looked_at_is_put_off_and_stops_nobody(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await town.group("城关志愿者")
    poisonous, *others = await many_opened(town, wang, 3)
    real = reminding._groups

    async def fails(session, town, wish, step):
        if wish.id == poisonous:
            raise ValueError("poison")
        return await real(session, town, wish, step)

    monkeypatch.setattr(reminding, "_groups", fails)
    await until(town, "03-02 19:05")
    assert await times(town, group, "还有 2 个心愿等人认领") == ["03-02 19:00"]
    wish = await town.wish(poisonous)
    assert (wish.steps_passed, wish.next_reminder_at.astimezone(UTC).strftime("%H:%M")) == (0, "12:00")
    monkeypatch.undo()
    await until(town, "03-02 20:05")
    assert await times(town, group, "还有 1 个心愿等人认领") == ["03-02 20:00"]
    assert {(await town.wish(one)).steps_passed for one in (poisonous, *others)} == {1}


async def test_an_emergency_that_cannot_be_looked_at_leaves_the_others_their_turn(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = await town.volunteer("小李")
    held = await claimed(town, wang, li, days=3)
    free = await opened(town, wang)
    await wang.say("着火了，快来救人")
    alarm = (await town.wish()).id
    now = datetime(2026, 3, 4, 2, 5, tzinfo=UTC)
    async with town.app.transactions.begin() as session:
        for table in (Wish, Claim):
            await session.execute(update(table).values(next_reminder_at=now - timedelta(minutes=30)))

    async def fails(*args, **kwargs):
        raise ValueError("poison")

    monkeypatch.setattr(emergencies, "alert_next", fails)
    ticks = Ticks(
        town.app.transactions, At(now), town.app.present, [Work(reminding.remind_next_due, reminding.put_off)], lambda: None
    )
    await ticks.tick()
    monkeypatch.undo()
    assert await reasons(town, held) == [Tell.CLAIMANT]
    assert len(await reasons(town, free)) == 1
    assert await reasons(town, alarm) == []
    assert (await town.wish(alarm)).next_reminder_at == now + reminding.PUT_OFF_EMERGENCY


class At:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.now = lambda: moment


async def test_a_group_that_the_bot_lost_stops_nobody(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    county = await town.group("旬阳志愿者", area="旬阳")
    await opened(town, wang, area_code="cg-01")
    await town.people.set_member(group, None, "kicked")
    await town.settle()
    await until(town, "03-02 19:05")
    assert await times(town, group, "个心愿等人认领") == []
    assert await times(town, county, "个心愿等人认领") == ["03-02 19:00"]
    (row,) = await town.rows(select(Group).where(Group.id == group))
    assert row.problem == "left"


async def test_every_live_state_has_a_next_reminder(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT)
    await opened(town, wang)
    await delivered(town, wang, li)
    await claimed(town, wang, li)
    await wang.say("着火了！厨房着火了")
    await secretary.tap("我来处理")
    await wang.tap("另说一件")
    await wang.say("想请人教我用手机")
    await town.settle()
    states = {wish.state for wish in await town.rows(select(Wish))}
    assert states == {State.DRAFT, State.REVIEWING, State.OPEN, State.CLAIMED, State.DELIVERED}
    await town.live_through(hours=30)
