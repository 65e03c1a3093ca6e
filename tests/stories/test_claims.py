"""认领: one winner a place, and nobody reads a resident's words uninvited."""

import asyncio

import pytest
from sqlalchemy import select

from rules.lifecycle import ClaimState, State
from storage.models import Claim, Person, Timeline, Wish
from tests.stories.town import Actor, Town

LAMP = "厨房的灯泡坏了，想请人帮忙换一下"


async def open_wish(town: Town, secretary: Actor, author: Actor, text: str = LAMP, *, publish: bool = True) -> Wish:
    """A wish that waits in the group."""
    await author.say(text)
    if publish:
        await author.tap("公开文字")
    await author.tap("提交")
    wish = await town.wish()
    if wish.state is State.REVIEWING:
        await secretary.tap("通过")
    wish = await town.wish()
    assert wish.state is State.OPEN
    return wish


async def test_of_two_who_tap_at_once_one_wins_and_the_other_is_told_who(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    await open_wish(town, secretary, wang)
    card = (await li.messages(group))[-1]
    data = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    answers = await asyncio.gather(
        *(town.people.tap(who.id, card["message_id"], data, group, wait=10) for who in (li, zhao)),
    )
    await town.settle()
    texts = sorted(answer["answer"]["text"] for answer in answers)
    (claim,) = await town.rows(select(Claim))
    winner, loser = (li, zhao) if claim.person_id == li.id else (zhao, li)
    assert any("您认领了" in text for text in texts)
    assert any(f"{winner.name}先认领了" in text for text in texts)
    assert await winner.heard(LAMP)
    assert not await loser.heard(LAMP)
    assert f"{winner.name}已认领" in await li.last(group)
    assert "🙋 认领" not in await li.buttons(group)


async def test_the_second_tap_of_the_winner_changes_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish = await open_wish(town, secretary, wang)
    card = (await li.messages(group))[-1]
    await li.tap("认领", group)
    answer = await li.press(card["message_id"], f"k:{wish.id}", group, forge=True)
    assert "已经做过" in answer["text"]
    assert len(await town.rows(select(Claim))) == 1


async def test_a_tap_by_somebody_who_never_started_the_bot_claims_nothing_and_opens_it(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    zhao = await town.person("小赵", start=False)
    group = await town.group("城关志愿者", zhao)
    wish = await open_wish(town, secretary, wang)
    answer = await zhao.tap("认领", group)
    assert answer["url"].endswith(f"?start=claim_{wish.id}")
    assert await town.rows(select(Claim)) == []
    await zhao.say(f"/start claim_{wish.id}")
    assert "管理员同意" in await zhao.last()
    assert not await zhao.heard(LAMP)
    await secretary.tap("同意")
    assert await zhao.heard("欢迎加入")
    assert await zhao.heard(LAMP)
    assert (await town.wish()).state is State.CLAIMED


async def test_a_first_time_claimant_is_asked_about_once_and_may_be_declined(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("小赵")
    group = await town.group("城关志愿者", zhao)
    await open_wish(town, secretary, wang)
    assert "要管理员同意" in (await zhao.tap("认领", group))["text"]
    assert "已经在等" in (await zhao.tap("认领", group))["text"]
    assert (await secretary.buttons()).count("✅ 同意") == 1
    await secretary.tap("不同意")
    assert await zhao.heard("没能让您加入")
    assert (await town.wish()).state is State.OPEN
    assert "上次没能让您加入" in (await zhao.tap("认领", group))["text"]


async def test_two_admins_settle_a_newcomer_once(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    zhao = await town.person("小赵")
    group = await town.group("城关志愿者", zhao)
    await open_wish(town, secretary, wang)
    await zhao.tap("认领", group)
    await secretary.tap("同意")
    assert "已经做过" in (await chen.forge(f"v:{zhao.id}:0"))["text"]
    (row,) = await town.rows(select(Person).where(Person.id == zhao.id))
    assert row.volunteer == "yes"


async def test_a_volunteer_holds_three_at_most(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    for n in range(4):
        await open_wish(town, secretary, wang, f"{LAMP}，第 {n} 盏")
        answer = await li.tap("认领", group)
    assert "已有 3 件" in answer["text"]
    assert len(await town.rows(select(Claim))) == 3


async def test_an_author_cannot_claim_their_own_wish(town: Town, secretary: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, li)
    assert "要由别人来办" in (await li.tap("认领", group))["text"]


async def test_a_released_wish_is_posted_again_and_the_old_post_points_on(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await li.tap("来不了")
    await li.tap("← 返回")
    assert (await town.wish()).state is State.CLAIMED
    await li.tap("来不了")
    await li.tap("是的，让给别人")
    assert (await town.wish()).state is State.OPEN
    posts = [message["text"] for message in await li.messages(group) if "便民维修" in message["text"]]
    assert "这条重新发了" in posts[-2]
    assert "再发一次" in posts[-1]
    assert "不在您手上" in await li.last()
    assert not any("灯泡" in message["text"] for message in (await li.messages())[-1:])
    await zhao.tap("认领", group)
    assert (await town.wish()).state is State.CLAIMED


async def test_phone_and_address_are_shown_to_the_claimant_alone(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.say("13812345678 菜湾 3 栋 401")
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    await zhao.say("/open")
    await li.tap("认领", group)
    assert await li.heard("13812345678")
    for reader, chat in ((zhao, None), (zhao, group), (secretary, None)):
        assert not await reader.heard("13812345678", chat)
    assert not await li.heard("王阿姨")


async def test_delivery_takes_words_photos_and_hours(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.photo("换好了")
    await li.say("一共两个灯泡")
    await li.say("1.5小时")
    (claim,) = await town.rows(select(Claim))
    assert (claim.state, claim.hours, claim.report) == (ClaimState.DELIVERED, 1.5, "换好了\n一共两个灯泡")
    assert any("photo" in message for message in await wang.messages())
    assert "一共两个灯泡" in await wang.last()


@pytest.mark.parametrize("hours", ["100", "0", "-3"])
async def test_impossible_hours_are_refused_with_a_sentence(town: Town, secretary: Actor, wang: Actor, hours: str) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.say(hours)
    assert "小时数" in await li.last()
    assert (await town.wish()).state is State.CLAIMED


async def test_a_disputed_wish_is_open_again_and_a_second_claim_fulfils_it(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.tap("0.5 小时")
    await wang.tap("还没办好")
    await wang.say("还是一闪一闪的")
    wish = await town.wish()
    assert wish.state is State.OPEN
    assert "还是一闪一闪的" in wish.text
    assert await li.heard("居民说还没办好")
    assert await secretary.heard("居民说还没办好")
    await zhao.tap("认领", group)
    assert await zhao.heard("还是一闪一闪的")
    await zhao.tap("办好了")
    await zhao.tap("2 小时")
    await wang.tap("👍 办好了")
    states = [claim.state for claim in await town.rows(select(Claim).order_by(Claim.id))]
    assert states == [ClaimState.DISPUTED, ClaimState.CONFIRMED]
    assert (await town.wish()).state is State.FULFILLED


async def test_withdrawing_a_claimed_wish_tells_the_helper(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await wang.tap("撤回")
    await wang.tap("是的，撤回")
    assert await li.heard("不用去了")
    assert "居民已撤回" in await li.last(group)
    assert (await town.rows(select(Claim)))[0].state is ClaimState.RELEASED


async def test_urging_reaches_the_helper_and_only_once_a_day(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    assert "已提醒帮您的人" in (await wang.tap("催一催"))["text"]
    assert await li.heard("办得怎样了")
    assert "今天已经催过" in (await wang.tap("催一催"))["text"]
    await town.advance(hours=25)
    assert "已提醒帮您的人" in (await wang.tap("催一催"))["text"]


async def test_urging_before_anybody_claimed_reaches_the_staff(town: Town, secretary: Actor, wang: Actor) -> None:
    await open_wish(town, secretary, wang)
    assert "已提醒社区" in (await wang.tap("催一催"))["text"]
    assert await secretary.heard("居民在催")


async def test_open_lists_what_can_be_claimed_with_only_what_is_public(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    stranger = await town.person("路人")
    await open_wish(town, secretary, wang, "厨房的灯泡坏了，想换一个", publish=True)
    await open_wish(town, secretary, wang, "水龙头漏水，想请人修修", publish=False)
    await stranger.say("/open")
    assert "志愿者才能看" in await stranger.last()
    await li.say("/open")
    assert "灯泡" in await li.last()
    assert "水龙头" not in await li.last()
    await li.tap("认领 #1")
    assert await li.heard("您认领了这个心愿")
    await li.say("/my")
    assert "灯泡" in await li.last()


async def test_open_is_kind_when_there_is_nothing(town: Town) -> None:
    li = await town.volunteer("小李")
    await li.say("/open")
    assert "没有等人认领" in await li.last()


async def test_the_timeline_under_my_tells_every_step(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await wang.say("/my")
    await wang.tap("看 #1")
    await wang.tap("进展")
    story = await wang.last()
    assert "提交" in story
    assert "认领 · 小李" in story
    rows = await town.rows(select(Timeline).order_by(Timeline.id))
    assert [row.from_state for row in rows[1:]] == [row.to_state for row in rows[:-1]]


async def test_a_volunteer_who_blocked_the_bot_claims_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish = await open_wish(town, secretary, wang)
    await town.people.block(li.id)
    await town.settle()
    assert f"claim_{wish.id}" in (await li.tap("认领", group))["url"]
    assert await town.rows(select(Claim)) == []


async def test_a_resident_who_blocked_the_bot_stops_nothing_and_hears_all_when_they_return(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang)
    await town.people.block(wang.id)
    await town.settle()
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.tap("1 小时")
    assert (await town.wish()).state is State.DELIVERED
    await town.people.block(wang.id, False)
    await town.settle()
    await wang.tap("👍 办好了")  # the question came by itself
    assert (await town.wish()).state is State.FULFILLED


async def test_a_group_member_cannot_paint_over_the_groups_card(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li, wang)
    await open_wish(town, secretary, wang)
    card = (await li.messages(group))[-1]
    await wang.say("免费领鸡蛋")
    for data in ("n:my:0", "l:en", "w:story:1", "n:open:0"):
        await wang.press(card["message_id"], data, group, forge=True)
    assert (await li.messages(group))[-1]["text"] == card["text"]
    assert "🙋 认领" in await li.buttons(group)


async def test_a_helper_who_lost_the_claim_while_away_never_reads_the_address(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.say("13812345678 河街 3 号楼 402")
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    await town.people.fault("500", methods=["sendMessage"], count=1)
    card = (await li.messages(group))[-1]
    await town.people.tap(li.id, card["message_id"], f"k:{(await town.wish()).id}", group, wait=5)
    await town.people.block(li.id)
    await town.settle()
    await town.live_through(days=12)
    await town.people.block(li.id, False)
    await li.say("/start")
    assert not await li.heard("13812345678")


async def test_a_claimant_who_is_away_is_asked_to_come_back_when_no_admin_is_there(town: Town, wang: Actor) -> None:
    zhao = await town.person("小赵")
    await wang.say(LAMP)
    await wang.tap("提交")
    wish = await town.wish()
    if wish.state is State.OPEN:
        assert "联系不上管理员" in (await zhao.forge(f"k:{wish.id}"))["text"]
        (row,) = await town.rows(select(Person).where(Person.id == zhao.id))
        assert row.volunteer == "no"


async def test_a_group_where_the_bot_may_not_write_holds_nothing_up(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await town.people.set_member(group, None, "kicked")
    await town.settle()
    await open_wish(town, secretary, wang)
    await li.say("/open")
    await li.tap("认领 #1")
    assert (await town.wish()).state is State.CLAIMED
    assert await town.refused_calls() == []
