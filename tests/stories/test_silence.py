"""Nobody answered: counted as done, told as what it is, and no last word."""

from sqlalchemy import select

from rules.lifecycle import ClaimState, Kind, State
from storage.models import Claim, Wish
from tests.stories.scenes import delivered, opened, times, until
from tests.stories.town import ADMIN, Actor, Town

LAMP = "想请人帮忙换个灯泡"


async def silent(town: Town, author: Actor, helper: Actor, **facts: object) -> int:
    """A wish whose author did not answer for a week."""
    wish_id = await delivered(town, author, helper, LAMP, **facts)
    await until(town, "03-09 09:30")
    assert (await town.wish(wish_id)).state is State.FULFILLED
    return wish_id


async def test_the_author_gets_a_message_and_nobody_calls_it_a_success(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await silent(town, wang, li)
    assert await times(town, wang.id, "一周没等到您的回音") == ["03-09 09:00"]
    assert "👎 还没办好" in await wang.buttons()
    assert "没等到居民回音，先按办好记了，谢谢小李" in await li.last(group)
    assert not await wang.heard("太好了")
    await until(town, "03-09 18:05")
    assert "实现 0 · 其他办结 0 · 没等到回音 1" in await secretary.last()


async def test_a_confirmed_wish_is_still_a_success(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish_id = await delivered(town, wang, li)
    await wang.forge(f"w:confirm:{wish_id}")
    await wang.forge(f"o:{wish_id}")
    assert "太好了！给帮您的人打几颗星" in await wang.last()
    assert "还没办好" not in " ".join(await wang.buttons())
    assert "晚了一步" in (await wang.forge(f"w:dispute:{wish_id}"))["text"]
    await secretary.say("/digest")
    assert "实现 1 · 其他办结 0\n" in await secretary.last()


async def test_not_done_after_all_is_another_wish_that_quotes_the_first(town: Town, secretary: Actor, wang: Actor) -> None:
    li, zhao = await town.volunteer("小李"), await town.volunteer("小赵")
    group = await town.group("城关志愿者", li, zhao)
    first = await silent(town, wang, li, contact="13812345678", area_code="cg-01", category="home_repair")
    await wang.tap("还没办好")
    again = await town.wish()
    assert (again.follows_id, again.state, again.contact, again.area_code) == (first, State.REVIEWING, "13812345678", "cg-01")
    assert (await town.wish(first)).state is State.FULFILLED
    assert [claim.state for claim in await town.rows(select(Claim))] == [ClaimState.CONFIRMED]
    assert "差在哪里" in await wang.last()
    await wang.say("换的灯第二天又不亮了")
    assert (await town.wish(again.id)).text == "换的灯第二天又不亮了"

    await secretary.say("/review")
    await secretary.tap(f"看 #{again.id}")
    card = await secretary.last()
    assert f"接着 #{first}" in card
    assert LAMP in card
    assert "又不亮了" in card
    await secretary.tap("通过")
    assert LAMP not in await li.last(group)  # the yes was for the words of then
    await zhao.tap("认领", group)
    assert LAMP in await zhao.last()
    assert "又不亮了" in await zhao.last()

    await wang.forge(f"o:{first}")
    assert "已经请社区接着办了" in await wang.last()
    await wang.tap("进展")
    assert f"居民说还没办好，接着办 · 居民 · #{again.id}" in await wang.last()


async def test_it_is_said_once_and_only_by_its_author(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    first = await silent(town, wang, li)
    assert "不在您手上" in (await li.forge(f"w:dispute:{first}"))["text"]
    await wang.tap("还没办好")
    assert "已经做过" in (await wang.forge(f"w:dispute:{first}"))["text"]
    assert len(await town.rows(select(Wish))) == 2


async def test_stars_after_a_silence_are_a_yes(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    first = await silent(town, wang, li)
    await wang.tap("4★")
    assert "还没办好" not in " ".join(await wang.buttons())
    assert "晚了一步" in (await wang.forge(f"w:dispute:{first}"))["text"]
    assert len(await town.rows(select(Wish))) == 1


async def test_a_complaint_that_ended_in_silence_goes_on_as_a_complaint(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await li.messages(group))
    wish_id = await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT)
    await secretary.forge(f"y:{wish_id}:{chen.id}")
    await chen.tap("办好了")
    await chen.tap("1 小时")
    await until(town, "03-09 09:30")
    assert not await wang.heard("太好了")
    await wang.tap("还没办好")
    assert ((await town.wish()).kind, (await town.wish()).state) == (Kind.COMPLAINT, State.REVIEWING)
    await secretary.tap("受理")
    assert len(await times(town, ADMIN, "接着 #1")) == 1
    assert len(await li.messages(group)) == before
