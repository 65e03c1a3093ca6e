"""What comes back from whoever had it: an approved wish to the volunteers, anything else to those who decide."""

import pytest

from rules.lifecycle import Kind, State
from storage.models import Wish
from tests.stories.scenes import opened, said, submitted, times
from tests.stories.town import ADMIN, OFFICER, Actor, Town

PHONE = "我想学用智能手机"
LEAK = "楼上漏水没人管，我要投诉物业"
WAYS = ("released", "expired", "disputed")


async def unapproved(town: Town, author: Actor) -> int:
    """A wish of a category that a reviewer must see first."""
    return await submitted(town, author, PHONE, category="hardship_relief", category_sure=True)


async def hand_to_chen(secretary: Actor, wish_id: int) -> None:
    await secretary.forge(f"o:{wish_id}")
    await secretary.tap("交给别人")
    await secretary.tap("陈姐")


async def comes_back(town: Town, helper: Actor, author: Actor, way: str) -> None:
    if way == "released":
        await helper.tap("来不了")
        await helper.tap("是的，让给别人")
    elif way == "expired":
        await town.live_through(days=12)
    else:
        await helper.tap("办好了")
        await helper.tap("1 小时")
        await author.tap("还没办好")


@pytest.mark.parametrize("way", WAYS)
async def test_a_wish_that_nobody_approved_goes_back_to_its_reviewers_and_not_to_the_group(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, way: str
) -> None:
    group = await town.group("城关志愿者")
    before = len(await said(town, group))
    wish_id = await unapproved(town, wang)
    await hand_to_chen(secretary, wish_id)
    assert (await town.wish()).state is State.CLAIMED
    await comes_back(town, chen, wang, way)
    assert (await town.wish()).state is State.REVIEWING
    assert len(await said(town, group)) == before
    await secretary.forge(f"o:{wish_id}")
    assert "✅ 通过，发给志愿者" in await secretary.buttons()
    await secretary.tap("通过")
    assert (await town.wish()).state is State.OPEN
    assert "等人认领" in await secretary.last(group)


@pytest.mark.parametrize("way", WAYS)
async def test_an_approved_complaint_goes_back_to_whoever_hands_it_out(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, way: str
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await said(town, group))
    wish_id = await opened(town, wang, LEAK, kind=Kind.COMPLAINT, days=7)
    await hand_to_chen(secretary, wish_id)
    cards = len(await times(town, ADMIN, "漏水"))
    await comes_back(town, chen, wang, way)
    assert (await town.wish()).state is State.OPEN
    assert len(await times(town, ADMIN, "漏水")) > cards
    assert "👉 交给别人" in await secretary.buttons()
    await li.say("/open")
    assert "没有等人认领" in await li.last()
    assert len(await said(town, group)) == before


async def test_a_complaint_that_was_only_handed_out_is_taken_up_when_it_comes_back(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    wish_id = await submitted(town, wang, LEAK, kind=Kind.COMPLAINT)
    await hand_to_chen(secretary, wish_id)
    await comes_back(town, chen, wang, "released")
    assert (await town.wish()).state is State.REVIEWING
    await secretary.tap("受理")
    assert (await town.wish()).state is State.OPEN


async def test_the_author_hears_who_looks_for_somebody_else(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    wish_id = await unapproved(town, wang)
    await hand_to_chen(secretary, wish_id)
    await comes_back(town, chen, wang, "released")
    assert await wang.heard("要换一位来办，社区正在安排")
    assert not await wang.heard("重新发出去找人")


async def test_an_officer_whose_order_expired_reads_that_it_has_to_be_handed_out(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    wish_id = await opened(town, wang, LEAK, kind=Kind.COMPLAINT, days=3)
    await hand_to_chen(secretary, wish_id)
    await comes_back(town, chen, wang, "expired")
    assert len(await times(town, OFFICER, "请看看交给谁办")) == 1
    assert await times(town, OFFICER, "超时没办好") == []  # not once more, as one of the admins
    assert len(await times(town, ADMIN, "陈姐超时没办好，已经收回，请另外安排")) == 1


async def test_one_of_two_places_given_out_before_approval_is_nobodys_to_claim(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    wish_id = await unapproved(town, wang)
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, wish_id)).places = 2
    await hand_to_chen(secretary, wish_id)
    assert (await town.wish()).state is State.CLAIMED
    await li.say("/open")
    assert "没有等人认领" in await li.last()
    assert "陈姐先认领了" in (await li.forge(f"k:{wish_id}"))["text"]
