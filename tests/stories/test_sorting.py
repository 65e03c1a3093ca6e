"""Two taps correct what a wish is, of which category and where, on any card, and everything that hangs on it follows."""

import pytest
from sqlalchemy import select

from rules.lifecycle import ClaimState, Event, Kind, State
from storage.models import Claim, Timeline, Wish
from tests.stories.scenes import claimed, delivered, opened, said, submitted, times
from tests.stories.town import ADMIN, Actor, Town

LEAK = "楼上漏水没人管，我要投诉物业"
NEARBY = {"area_code": "cg-01"}


async def corrections(town: Town, wish_id: int) -> list[tuple[str, int | None, str | None]]:
    """Event, who, from what to what."""
    events = (Event.CATEGORISE, Event.LOCATE, Event.RECAST)
    rows = await town.rows(
        select(Timeline).where(Timeline.wish_id == wish_id, Timeline.event.in_(events)).order_by(Timeline.id)
    )
    return [(row.event.value, row.actor_id, row.reason) for row in rows]


async def look(reader: Actor, wish_id: int) -> None:
    """Open a wish out of a list."""
    await reader.forge(f"o:{wish_id}")


async def test_an_admin_corrects_category_and_place_of_an_open_wish_and_the_group_reads_it(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    group = await town.group("城关志愿者")
    wish_id = await opened(town, wang, **NEARBY)
    await look(secretary, wish_id)
    await secretary.tap("改类别")
    await secretary.tap("为老服务")
    await secretary.tap("选社区")
    await secretary.tap("菜湾社区")
    wish = await town.wish()
    assert (wish.category, wish.area_code, wish.state) == ("elder_care", "cg-07", State.OPEN)
    assert "为老服务 · 菜湾社区" in await secretary.last(group)
    await look(wang, wish_id)
    assert "为老服务 · 菜湾社区" in await wang.last()
    assert await corrections(town, wish_id) == [
        ("categorise", ADMIN, "home_repair>elder_care"),
        ("locate", ADMIN, "cg-01>cg-07"),
    ]


async def test_the_story_says_from_what_to_what(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await opened(town, wang, **NEARBY)
    await look(secretary, wish_id)
    for first, second in (("改类别", "为老服务"), ("选社区", "菜湾社区"), ("改类别", "投诉")):
        await secretary.tap(first)
        await secretary.tap(second)
    await look(wang, wish_id)
    await wang.tap("进展")
    story = await wang.last()
    assert "改分类 · 张书记 · 🔧 便民维修 → " in story
    assert "改地方 · 张书记 · 河街社区 → 菜湾社区" in story
    assert "改类型 · 张书记 · 心愿 → 投诉" in story


async def test_a_second_tap_says_nothing_new(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await opened(town, wang, **NEARBY)
    for _ in range(2):
        for data in (f"c:{wish_id}:elder_care", f"a:{wish_id}:cg-07", f"q:{wish_id}:complaint"):
            await secretary.forge(data)
    assert [event for event, _, _ in await corrections(town, wish_id)] == ["categorise", "locate", "recast"]


async def test_what_is_already_right_can_be_said_to_be_so(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await submitted(town, wang, "请帮帮我")
    assert not (await town.wish()).category_sure
    category = (await town.wish()).category
    await secretary.forge(f"c:{wish_id}:{category}")
    assert (await town.wish()).category_sure
    assert await corrections(town, wish_id) == [("categorise", ADMIN, f"{category}>{category}")]


async def test_an_open_wish_that_is_a_complaint_leaves_the_volunteers_and_waits_for_its_reviewers(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await opened(town, wang)
    assert "🙋 认领" in await li.buttons(group)
    await look(secretary, wish_id)
    await secretary.tap("改类别")
    await secretary.tap("投诉")
    wish = await town.wish()
    assert (wish.kind, wish.state) == (Kind.COMPLAINT, State.REVIEWING)
    assert await li.buttons(group) == []
    assert await li.last(group) == f"#{wish_id} 这件事由社区来办，不用认领了，谢谢大家。"
    assert "这一步要社区来办" in (await li.forge(f"k:{wish_id}"))["text"]
    assert await wang.heard(f"#{wish_id} 社区看了，改按“投诉”来办")
    before = len(await said(town, group))
    await secretary.tap("受理")
    assert (await town.wish()).state is State.OPEN
    await town.live_through(days=3)
    assert len(await said(town, group)) == before


async def test_a_complaint_that_is_a_wish_reaches_the_volunteers_only_when_it_is_approved_as_one(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    """It was taken up as a complaint; given out and given back, it is with its reviewers and not with the group."""
    group = await town.group("城关志愿者")
    before = len(await said(town, group))
    wish_id = await opened(town, wang, LEAK, kind=Kind.COMPLAINT)
    await secretary.forge(f"q:{wish_id}:wish")
    assert ((await town.wish()).kind, (await town.wish()).state) == (Kind.WISH, State.REVIEWING)
    await look(secretary, wish_id)
    await secretary.tap("交给别人")
    await secretary.tap("陈姐")
    await chen.tap("来不了")
    await chen.tap("是的，让给别人")
    assert (await town.wish()).state is State.REVIEWING
    assert len(await said(town, group)) == before
    await secretary.tap("通过，发给志愿者")
    assert (await town.wish()).state is State.OPEN
    assert "等人认领" in await secretary.last(group)


async def test_a_newcomer_who_wanted_what_is_a_complaint_now_is_let_in_without_it(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    zhao = await town.person("小赵")
    group = await town.group("城关志愿者", zhao)
    wish_id = await opened(town, wang)
    await zhao.tap("认领", group)
    await secretary.forge(f"q:{wish_id}:complaint")
    await secretary.forge(f"w:approve:{wish_id}")
    assert (await town.wish()).state is State.OPEN
    await secretary.forge(f"v:{zhao.id}:1")
    assert await zhao.heard("欢迎加入")
    assert await town.rows(select(Claim)) == []


@pytest.mark.parametrize("scene", [claimed, delivered])
async def test_category_and_place_change_under_a_helpers_hands_and_the_kind_does_not(
    town: Town, secretary: Actor, wang: Actor, scene: object
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await scene(town, wang, li, **NEARBY)  # type: ignore[operator]
    state = (await town.wish()).state
    (claim,) = await town.rows(select(Claim))
    await look(secretary, wish_id)
    await secretary.tap("改类别")
    assert "投诉" not in await secretary.buttons()
    await secretary.tap("为老服务")
    await secretary.tap("选社区")
    await secretary.tap("菜湾社区")
    wish = await town.wish()
    assert (wish.category, wish.area_code, wish.state) == ("elder_care", "cg-07", state)
    (after,) = await town.rows(select(Claim))
    assert (after.state, after.due_at, after.next_reminder_at) == (claim.state, claim.due_at, claim.next_reminder_at)
    assert "为老服务 · 菜湾社区" in await li.last()
    assert "为老服务 · 菜湾社区" in await li.last(group)
    assert "小李已经在办了，这会儿不改类型" in (await secretary.forge(f"q:{wish_id}:complaint"))["text"]
    assert (await town.wish()).kind is Kind.WISH
    assert "小李" not in (await (await town.person("路人")).forge(f"q:{wish_id}:complaint"))["text"]


async def test_a_wish_with_one_of_two_places_taken_stays_a_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await opened(town, wang)
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, wish_id)).places = 2
    await li.forge(f"k:{wish_id}")
    assert (await town.wish()).state is State.OPEN
    assert "已经在办了" in (await secretary.forge(f"q:{wish_id}:complaint"))["text"]
    assert ((await town.wish()).kind, (await town.rows(select(Claim.state)))) == (Kind.WISH, [ClaimState.LIVE])


async def test_an_admin_who_helps_corrects_on_the_helpers_own_card(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    wish_id = await claimed(town, wang, chen, **NEARBY)
    await look(chen, wish_id)
    assert "✅ 办好了" in await chen.buttons()
    await chen.tap("改类别")
    await chen.tap("为老服务")
    await chen.tap("选社区")
    await chen.tap("← 返回")
    assert (await town.wish()).category == "elder_care"
    await chen.tap("办好了")
    await chen.tap("1 小时")
    await chen.tap("选社区")
    await chen.tap("菜湾社区")
    assert ((await town.wish()).area_code, (await town.wish()).state) == ("cg-07", State.DELIVERED)
    await wang.tap("👍 办好了")
    assert "🏷 改类别" not in await chen.buttons()


async def test_a_helper_who_is_no_admin_corrects_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await claimed(town, wang, li)
    assert not {"🏷 改类别", "📍 选社区"} & set(await li.buttons())
    for data in (f"c:{wish_id}:elder_care", f"a:{wish_id}:cg-07", f"q:{wish_id}:thanks", f"w:category:{wish_id}"):
        assert (await li.forge(data))["text"]
    assert await corrections(town, wish_id) == []


async def test_its_author_corrects_until_it_is_decided_and_then_only_where_it_is(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True, **NEARBY)
    await look(wang, wish_id)
    await wang.tap("改类别")
    await wang.tap("教育")
    await wang.tap("改类别")
    await wang.tap("咨询")
    await wang.tap("改类别")
    await wang.tap("心愿")
    assert ((await town.wish()).category, (await town.wish()).kind) == ("education", Kind.WISH)
    assert "上学教育" in await secretary.last()
    await secretary.tap("通过")
    assert "🏷 改类别" not in await wang.buttons()
    assert "晚了一步" in (await wang.forge(f"c:{wish_id}:errands"))["text"]
    await wang.tap("选社区")
    await wang.tap("菜湾社区")
    assert "菜湾社区" in await li.last(group)
    await li.tap("认领", group)
    assert not {"🏷 改类别", "📍 选社区"} & set(await wang.buttons())
    assert "晚了一步" in (await wang.forge(f"a:{wish_id}:cg-01"))["text"]
    assert [who for _, who, _ in await corrections(town, wish_id)] == [wang.id] * 4


async def test_a_claimed_wish_that_moved_does_not_come_back_to_the_wrong_group(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    here = await town.group("河街志愿者", li, zhao, area="河街社区")
    there = await town.group("菜湾志愿者", zhao, area="菜湾社区")
    wish_id = await opened(town, wang, **NEARBY)
    before = len(await said(town, there))
    await li.tap("认领", here)
    await secretary.forge(f"a:{wish_id}:cg-07")
    assert "归别的社区" in await li.last(here)
    assert len(await said(town, there)) == before  # it is in somebody's hands
    await li.tap("来不了")
    await li.tap("是的，让给别人")
    assert "🙋 认领" in await zhao.buttons(there)
    assert await li.buttons(here) == []


async def test_what_waits_for_reviewers_moves_to_the_reviewers_of_the_other_place(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    here = await town.group("河街审核", secretary, area="河街社区", audience="审核员群")
    there = await town.group("菜湾审核", secretary, area="菜湾社区", audience="审核员群")
    await submitted(town, wang, LEAK, kind=Kind.COMPLAINT, **NEARBY)
    assert "漏水" in await secretary.last(here)
    await secretary.tap("选社区", here)
    await secretary.tap("菜湾社区", here)
    assert "归别的社区" in await secretary.last(here)
    assert "漏水" not in await secretary.last(here)
    assert "漏水" in await secretary.last(there)
    await secretary.tap("受理", there)
    assert (await town.wish()).state is State.OPEN


async def test_an_officer_corrects_where_an_emergency_is_and_only_calming_makes_it_something_else(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await wang.say("家里煤气泄漏了，味道很大，头晕")
    wish_id = (await town.wish()).id
    await secretary.tap("选社区")
    await secretary.tap("菜湾社区")
    assert "菜湾社区" in await secretary.last()
    await secretary.tap("改类别")
    assert not {"心愿", "投诉", "咨询"} & set(await secretary.buttons())
    await secretary.tap("治安安全")
    assert "这一步要社区来办" in (await secretary.forge(f"q:{wish_id}:complaint"))["text"]
    wish = await town.wish()
    assert (wish.kind, wish.state, wish.category, wish.area_code) == (
        Kind.EMERGENCY,
        State.OPEN,
        "public_safety",
        "cg-07",
    )
    assert "要由别人来办" in (await wang.forge(f"c:{wish_id}:errands"))["text"]
    await secretary.tap("我来处理")
    await secretary.tap("选社区")
    await secretary.tap("河街社区")
    assert ((await town.wish()).area_code, (await town.wish()).state) == ("cg-01", State.CLAIMED)
    await secretary.tap("办结")
    await secretary.tap("情况平安")


async def test_a_place_that_was_calmed_keeps_what_was_corrected(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    await wang.say("家里煤气泄漏了，味道很大，头晕")
    await secretary.tap("选社区")
    await secretary.tap("菜湾社区")
    await secretary.tap("不是紧急，按普通办")
    assert ((await town.wish()).area_code, (await town.wish()).state) == ("cg-07", State.REVIEWING)
    await secretary.tap("改类别")
    await secretary.tap("咨询")
    assert (await town.wish()).kind is Kind.QUESTION


async def test_what_is_over_is_corrected_by_nobody(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await submitted(town, wang, LEAK, kind=Kind.COMPLAINT)
    await secretary.forge(f"j:{wish_id}:close:solved")
    for data in (f"c:{wish_id}:elder_care", f"a:{wish_id}:cg-07", f"q:{wish_id}:wish"):
        assert "晚了一步" in (await secretary.forge(data))["text"]
        assert (await wang.forge(data))["text"]
    assert await corrections(town, wish_id) == []


async def test_a_stale_tap_on_what_does_not_exist_is_refused(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await submitted(town, wang, LEAK, kind=Kind.COMPLAINT)
    for data in (f"c:{wish_id}:gone", f"a:{wish_id}:nowhere", f"q:{wish_id}:emergency", f"q:{wish_id}:joke", "q:999999:wish"):
        assert (await secretary.forge(data))["text"]
    assert await corrections(town, wish_id) == []


async def test_reminders_to_the_group_stop_with_its_card(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    wish_id = await opened(town, wang)
    await secretary.forge(f"q:{wish_id}:question")
    await town.live_through(days=2)
    assert await times(town, group, "还有 1 个心愿等人认领") == []
    await secretary.forge(f"w:answer:{wish_id}")
    await secretary.say("周一到周五都可以")
    assert (await town.wish()).state is State.CLOSED
