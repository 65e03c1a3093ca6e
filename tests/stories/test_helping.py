"""What helpers see and do beyond the claim itself: several places, reports, taps on old messages, news."""

from sqlalchemy import select

from rules.lifecycle import ClaimState, State
from storage.models import Claim, Wish
from tests.stories.scenes import claimed, delivered, opened, said
from tests.stories.town import Actor, Town


async def test_a_wish_with_two_places_is_open_until_both_are_taken_and_asks_when_both_have_delivered(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    wish_id = await opened(town, wang)
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, wish_id)).places = 2
    await li.tap("认领", group)
    assert "还差人（1/2）" in await li.last(group)
    assert "🙋 认领" in await li.buttons(group)
    assert "已经做过" in (await secretary.forge(f"y:{wish_id}:{li.id}"))["text"]
    assert len(await town.rows(select(Claim))) == 1
    await secretary.forge(f"y:{wish_id}:{zhao.id}")
    assert (await town.wish()).state is State.CLAIMED
    assert "🙋 认领" not in await li.buttons(group)
    await li.tap("办好了")
    await li.tap("1 小时")
    assert (await town.wish()).state is State.CLAIMED
    assert not await wang.heard("您看行吗")
    await zhao.tap("办好了")
    await zhao.tap("2 小时")
    assert (await town.wish()).state is State.DELIVERED
    assert await wang.heard("小李、小赵说办好了，您看行吗")
    await wang.tap("👍 办好了")
    states = await town.rows(select(Claim.state))
    assert states == [ClaimState.CONFIRMED, ClaimState.CONFIRMED]


async def test_after_the_first_line_of_a_report_more_may_come(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await li.tap("办好了")
    await li.say("换好了")
    assert "已记 1 条" in await li.last()
    await li.say("顺便擦了灯罩")
    assert "已记 2 条" in await li.last()
    await li.tap("1 小时")
    (claim,) = await town.rows(select(Claim))
    assert claim.report == "换好了\n顺便擦了灯罩"
    assert (await town.rows(select(Wish.id))) == [claim.wish_id]


async def test_a_tap_on_a_message_too_old_to_be_shown_still_counts(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await opened(town, wang)
    post = (await li.messages(group))[-1]
    answer = await li.press(post["message_id"], f"k:{wish_id}", group, inaccessible=True)
    assert "您认领了" in answer["text"]
    card = (await li.messages())[-1]
    await li.press(card["message_id"], "h:deliver:1", inaccessible=True)
    await li.tap("1 小时")
    assert (await town.wish()).state is State.DELIVERED
    await wang.forge(f"o:{wish_id}")
    asked = (await wang.messages())[-1]
    await wang.press(asked["message_id"], f"w:confirm:{wish_id}", inaccessible=True)
    assert (await town.wish()).state is State.FULFILLED
    for data in ("n:my:0", "n:review:0", "b:cg:0", "l:zh", f"v:{wang.id}:1", f"w:withdraw:{wish_id}"):
        await wang.press(asked["message_id"], data, inaccessible=True, forge=True)
    assert await town.refused_calls() == []


async def test_approval_is_news_for_the_author_and_says_where_the_wish_is(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("我想学用智能手机")
    await wang.tap("改类别")
    await wang.tap("困难帮扶")
    await wang.tap("提交")
    await secretary.tap("通过")
    assert await wang.heard("#1 审核通过了，社区正在帮您找志愿者")
    await town.group("城关志愿者")
    await wang.say("还想请人教我发照片")
    await wang.tap("改类别")
    await wang.tap("困难帮扶")
    await wang.tap("提交")
    await secretary.tap("通过")
    assert await wang.heard("#2 审核通过，已经发给志愿者了")


async def test_the_helper_of_a_wish_that_ended_in_silence_is_told_so(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await delivered(town, wang, li)
    told = len(await said(town, li.id))
    await town.live_through(days=8)
    await li.forge("o:1")
    assert len(await said(town, li.id)) == told  # an edit of their card, no message
    assert any("居民一直没回音，先按办好记了" in message["text"] for message in await li.messages())
