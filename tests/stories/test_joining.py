"""我也要反映: going along with a neighbour's wish, from the first tap to the last word of it."""

import asyncio

import pytest
from sqlalchemy import select

from rules.lifecycle import Event, Kind, State
from storage.models import Line, Notice, Support, Timeline, Wish
from tests.stories.scenes import claimed, opened, said, submitted
from tests.stories.test_overtaking import card_of
from tests.stories.test_twins import AGAIN, ASKED, JOIN, LIGHTS, lights
from tests.stories.town import Actor, Town

NEWS = "您也在反映的事，有消息了"


async def joined(town: Town, actor: Actor, text: str = AGAIN) -> int:
    """Somebody writes the same and joins; their own words' number."""
    await actor.say(text)
    own = (await town.wish()).id
    toast = await actor.tap(JOIN)
    assert "记上了" in toast["text"]
    return own


async def count(town: Town, wish_id: int) -> int:
    """How many support a wish, counted in both ways."""
    wish = await town.wish(wish_id)
    assert wish.supporters == len(await town.rows(select(Support).where(Support.wish_id == wish_id)))
    return wish.supporters


@pytest.fixture
async def zhao(town: Town) -> Actor:
    return await town.person("赵大爷")


async def public_lights(town: Town, author: Actor, **facts: object) -> int:
    """The same as a wish, that volunteers see."""
    return await lights(town, author, kind=Kind.WISH, **facts)


# ---------------------------------------------------------------------------------------------- joining


async def test_joining_counts_and_keeps_ones_own_words(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    kept = await town.wish(own)
    assert (kept.state, kept.merged_into, kept.text) == (State.MERGED, first, AGAIN)
    assert kept.submitted_at is not None
    assert await count(town, first) == 1
    card = await zhao.last()
    assert f"和 #{first}" in card
    assert "您也在反映" in card
    assert AGAIN in card
    assert "提交" not in " ".join(await zhao.buttons())
    await zhao.say("/my")
    assert f"和 #{first} 一起办" in await zhao.last()
    await zhao.say("还有一件：想学用智能手机")  # the next words are another matter
    assert (await town.wish()).id not in (first, own)


async def test_everybody_who_works_on_it_sees_the_number_and_no_more(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    first = await public_lights(town, wang)
    await li.tap("认领", group)
    await joined(town, zhao, ASKED)
    number = "另有 1 人也在反映"
    assert number in await li.last(group)
    assert number in await li.last()
    await wang.forge(f"o:{first}")
    assert number in await wang.last()
    await secretary.forge(f"o:{first}")
    for reader, chat in ((li, group), (li, None), (wang, None)):
        assert not await reader.heard("赵大爷", chat)
        assert not await reader.heard("摔了一跤", chat)


async def test_a_second_tap_and_a_second_message_count_once(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    assert "已经做过" in (await zhao.forge(f"x:join:{own}:{first}"))["text"]
    again = await joined(town, zhao, "河街路灯还是不亮啊")
    assert again != own
    assert await count(town, first) == 1
    assert (await town.wish(again)).merged_into == first
    await secretary.forge(f"w:voices:{first}")
    assert await secretary.heard("还是不亮啊")


async def test_two_people_at_once_both_count(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    sun = await town.person("孙阿姨")
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    one = (await town.wish()).id
    await sun.say("河街路灯坏了好多天了")
    other = (await town.wish()).id
    cards = [(await actor.messages())[-1]["message_id"] for actor in (zhao, sun)]
    taps = [
        town.people.tap(zhao.id, cards[0], f"x:join:{one}:{first}", wait=5),
        town.people.tap(sun.id, cards[1], f"x:join:{other}:{first}", wait=5),
        town.people.tap(zhao.id, cards[0], f"x:join:{one}:{first}", wait=5),
    ]
    await asyncio.gather(*taps)
    await town.settle()
    assert await count(town, first) == 2
    joins = await town.rows(select(Timeline).where(Timeline.wish_id == first, Timeline.event == Event.JOIN))
    assert len(joins) == 2


@pytest.mark.parametrize("ending", ["close", "withdraw", "deliver"])
async def test_a_twin_that_ends_between_showing_and_tapping_leaves_the_draft(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, zhao: Actor, ending: str
) -> None:
    first = await lights(town, wang)
    await secretary.forge(f"y:{first}:{chen.id}")
    await zhao.say(AGAIN)
    draft = await town.wish()
    if ending == "close":
        await secretary.forge(f"j:{first}:close:solved")
    elif ending == "withdraw":
        await wang.forge(f"w:sure-withdraw:{first}")
    else:
        await chen.tap("办好了")
        await chen.tap("1 小时")
    toast = await zhao.tap(JOIN)
    assert "您写的都在" in toast["text"]
    assert (await town.wish(draft.id)).state is State.DRAFT
    assert (await town.wish(draft.id)).text == AGAIN
    assert await count(town, first) == 0
    assert JOIN not in " ".join(await zhao.buttons())
    await zhao.tap("提交")
    assert (await town.wish(draft.id)).state is State.REVIEWING


async def test_a_resident_may_file_anyway_and_the_reviewer_sees_both(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    await zhao.tap("提交")
    assert f"像是同一件事：#{first}" in await secretary.last()


# ---------------------------------------------------------------------------------------------- news


async def test_supporters_hear_of_every_step_gathered_and_calm(
    town: Town, secretary: Actor, chen: Actor, wang: Actor, zhao: Actor
) -> None:
    first = await submitted(
        town, wang, LIGHTS, kind=Kind.COMPLAINT, category="facilities", category_sure=True, area_code="cg-01"
    )
    own = await joined(town, zhao)
    before = len(await said(town, zhao.id))
    await secretary.forge(f"w:approve:{first}")
    await secretary.forge(f"y:{first}:{chen.id}")  # two steps at once are one message
    await town.live_through(minutes=30)
    news = [text for _, _, text in (await said(town, zhao.id))[before:]]
    assert len(news) == 1
    assert NEWS in news[0]
    assert f"#{first}" in news[0]
    assert "有人在办" in news[0]
    await chen.tap("办好了")
    await chen.tap("1 小时")
    await town.live_through(minutes=30)
    assert "等居民确认" in await zhao.last()
    await wang.forge(f"w:confirm:{first}")
    await town.live_through(minutes=30)
    assert "已实现" in await zhao.last()
    assert len(await said(town, zhao.id)) == before + 3
    await zhao.tap(f"看 #{first}")
    assert "现在：已实现" in await zhao.last()
    assert (await town.wish(own)).state is State.MERGED


async def test_nobody_is_woken_by_news(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    await joined(town, zhao)
    await town.live_through(hours=14)  # 23:00
    before = len(await said(town, zhao.id))
    await secretary.forge(f"j:{first}:close:solved")
    await town.live_through(hours=8)
    assert len(await said(town, zhao.id)) == before
    await town.live_through(hours=2)
    (news,) = (await said(town, zhao.id))[before:]
    assert NEWS in news[2]
    assert news[0].hour >= 7


async def test_a_reason_is_told_without_whom_it_was_told_to(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    await joined(town, zhao)
    await secretary.forge(f"w:close-words:{first}")
    await secretary.say("王阿姨您好，灯修好了，王秀英女士可打13812345678")
    await town.live_through(minutes=15)
    news = await zhao.last()
    assert "灯修好了" in news
    for secret in ("王阿姨", "王秀英", "13812345678"):
        assert secret not in news
    assert await wang.heard("王阿姨您好")


async def test_supporters_never_get_what_is_the_authors_alone(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    li = await town.volunteer("小李")
    await town.group("城关志愿者", li)
    first = await public_lights(town, wang, contact="13812345678", show_name=True)
    await joined(town, zhao, ASKED)
    taps = (
        f"w:story:{first}", f"w:contact:{first}", f"w:add:{first}", f"w:urge:{first}", f"w:sure-withdraw:{first}",
        f"w:confirm:{first}", f"w:dispute:{first}", f"w:publish:{first}", f"w:media:{first}", f"w:voices:{first}",
        f"s:{first}:5", f"c:{first}:traffic", f"w:thank:{first}",
    )  # fmt: skip
    state = (await town.wish(first)).state
    for tap in taps:
        toast = (await zhao.forge(tap))["text"]
        assert toast in ("这一步要社区来办。", "这件事不在您手上，要本人来点。"), tap
    after = await town.wish(first)
    assert (after.state, after.contact, after.urged_at) == (state, "13812345678", None)
    for secret in ("13812345678", "王阿姨"):
        assert not await zhao.heard(secret)
    await zhao.forge(f"o:{first}")  # it leads to their own words
    assert AGAIN in await zhao.last()


async def test_the_author_cannot_act_for_a_supporter_either(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    await lights(town, wang)
    own = await joined(town, zhao)
    for tap in (f"w:leave:{own}", f"w:go-on:{own}", f"o:{own}", f"w:story:{own}"):
        assert "要本人来点" in (await wang.forge(tap))["text"]
    assert not await wang.heard("摔了一跤")


# ---------------------------------------------------------------------------------------------- leaving


async def test_who_leaves_is_counted_and_told_no_more(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    await secretary.forge(f"w:mine:{first}")  # news is on its way
    assert "不再提醒" in (await zhao.tap("不再关注"))["text"]
    assert await count(town, first) == 0
    assert await town.rows(select(Notice).where(Notice.chat_id == zhao.id)) == []
    assert "并在一起了" in await zhao.last()
    assert "不再关注" not in " ".join(await zhao.buttons())
    before = len(await said(town, zhao.id))
    await secretary.forge(f"j:{first}:close:solved")
    await town.live_through(minutes=30)
    assert len(await said(town, zhao.id)) == before
    assert "已经做过" in (await zhao.forge(f"w:leave:{own}"))["text"]
    await secretary.forge(f"w:voices:{first}")
    assert await secretary.heard("摔了一跤")  # their words stay


async def test_who_left_may_come_back(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    await joined(town, zhao)
    await zhao.tap("不再关注")
    await joined(town, zhao, "河街路灯还是不亮啊")
    assert await count(town, first) == 1


async def test_what_is_over_is_followed_no_longer_by_itself(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    await secretary.forge(f"j:{first}:close:solved")
    assert "晚了一步" in (await zhao.forge(f"w:leave:{own}"))["text"]
    assert "找不到" in (await zhao.forge("w:leave:999"))["text"]
    await zhao.say("河街的井盖丢了")
    draft = (await town.wish()).id
    assert "晚了一步" in (await zhao.forge(f"w:leave:{draft}"))["text"]


# ---------------------------------------------------------------------------------------------- the author goes


async def test_a_withdrawn_wish_asks_those_who_went_along(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    await wang.forge(f"w:sure-withdraw:{first}")
    await town.live_through(minutes=15)
    news = await zhao.last()
    assert NEWS in news
    assert "已撤回" in news
    await zhao.tap("我这里还没解决")
    again = await town.wish()
    assert (again.state, again.kind, again.text, again.author_id) == (State.REVIEWING, Kind.COMPLAINT, AGAIN, zhao.id)
    assert (again.follows_id, again.area_code, again.category) == (own, "cg-01", "facilities")
    (line,) = await town.rows(select(Line).where(Line.text == AGAIN))
    assert line.wish_id == again.id
    assert await secretary.heard(AGAIN)
    assert f"原先和 #{first} 并在一起" in await secretary.last()
    assert "已经做过" in (await zhao.forge(f"w:go-on:{own}"))["text"]
    assert len(await town.rows(select(Wish).where(Wish.author_id == zhao.id))) == 2


async def test_the_second_who_goes_on_goes_along_with_the_first(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    sun = await town.person("孙阿姨")
    first = await lights(town, wang)
    await joined(town, zhao)
    other = await joined(town, sun, "河街路灯坏了好多天了")
    await wang.forge(f"w:sure-withdraw:{first}")
    await town.live_through(minutes=15)
    await zhao.tap("我这里还没解决")
    again = (await town.wish()).id
    assert f"#{again}" in (await sun.tap("我这里还没解决"))["text"]
    assert await count(town, again) == 1
    assert (await town.wish(other)).merged_into == again
    await sun.say("/my")
    assert f"和 #{again} 一起办" in await sun.last()
    await zhao.forge(f"w:sure-withdraw:{again}")  # and once more
    await town.live_through(minutes=15)
    await sun.tap("我这里还没解决")
    assert (await town.wish()).author_id == sun.id


async def test_nobody_goes_on_while_it_is_still_on(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    await lights(town, wang)
    own = await joined(town, zhao)
    assert "晚了一步" in (await zhao.forge(f"w:go-on:{own}"))["text"]


async def test_done_for_the_author_is_not_done_for_everybody(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    own = await joined(town, zhao)
    await secretary.forge(f"w:mine:{first}")
    await secretary.tap("办好了")
    await secretary.tap("1 小时")
    await wang.forge(f"w:confirm:{first}")
    await town.live_through(minutes=15)
    await zhao.tap("我这里还没解决")
    assert (await town.wish()).follows_id == own


async def test_who_blocked_the_bot_hears_nothing_and_stops_nobody(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    sun = await town.person("孙阿姨")
    first = await lights(town, wang)
    await joined(town, zhao)
    await joined(town, sun, "河街路灯坏了好多天了")
    await town.people.block(zhao.id)
    await secretary.forge(f"j:{first}:close:solved")
    await town.live_through(minutes=15)
    assert NEWS in await sun.last()


async def test_a_supporter_who_is_a_helper_is_not_told_of_their_own_deed(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    first = await public_lights(town, wang)
    await joined(town, li, ASKED)
    await li.tap("认领", group)
    await town.live_through(minutes=15)
    assert not await li.heard(NEWS)
    assert (await town.wish(first)).state is State.CLAIMED


async def test_photos_come_along(town: Town, secretary: Actor, wang: Actor, zhao: Actor) -> None:
    first = await lights(town, wang)
    await zhao.photo(AGAIN)
    await zhao.tap(JOIN)
    await secretary.forge(f"w:voices:{first}")
    assert any("photo" in message for message in await secretary.messages())
    assert await secretary.heard("也在反映")
    assert await town.refused_calls() == []


async def test_a_wish_in_review_that_others_joined_is_told_its_end(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    first = await submitted(
        town, wang, LIGHTS, kind=Kind.COMPLAINT, category="facilities", category_sure=True, area_code="cg-01"
    )
    await joined(town, zhao)
    assert "另有 1 人也在反映" in await secretary.last()
    await secretary.forge(f"j:{first}:reject:not-ours")
    await town.live_through(minutes=15)
    assert "12345" in await zhao.last()
    assert "我这里还没解决" in " ".join(await zhao.buttons())


async def test_an_open_wish_stays_whole_whatever_its_neighbours_do(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    """The number goes up and down; nothing else of it changes."""
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    first = await public_lights(town, wang)
    before = await town.wish(first)
    await joined(town, zhao, ASKED)
    await zhao.tap("不再关注")
    after = await town.wish(first)
    for name in ("state", "text", "public_text", "published", "contact", "next_reminder_at", "state_since", "supporters"):
        assert getattr(after, name) == getattr(before, name), name
    assert "也在反映" not in await li.last(group)
    assert await opened(town, wang, "想请人帮忙换个灯泡") > first


# ---------------------------------------------------------------------------------------------- what was seen, and whose it is


async def test_words_that_do_not_stand_on_the_card_yet_are_not_sent_along(
    town: Town, secretary: Actor, wang: Actor, zhao: Actor
) -> None:
    first = await lights(town, wang)
    for actor, label in ((zhao, JOIN), (wang, "加到")):
        await actor.say(AGAIN)
        message_id, data = await card_of(actor, label)
        await actor.say("/my")
        await actor.say("还有我的身份证丢在那儿了")  # the card comes anew, below
        draft = (await town.wish()).id
        assert "刚好变了" in (await actor.press(message_id, data, forge=True, inaccessible=True))["text"]
        assert (await town.wish(draft)).state is State.DRAFT
    assert (await town.wish(first)).text == LIGHTS
    assert await count(town, first) == 0


async def test_what_was_added_to_ones_own_wish_is_neither_left_nor_filed_anew(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    first = await lights(town, wang)
    await wang.say(AGAIN)
    own = (await town.wish()).id
    await wang.tap("加到")
    assert "晚了一步" in (await wang.forge(f"w:leave:{own}"))["text"]
    await secretary.forge(f"j:{first}:close:solved")
    assert "晚了一步" in (await wang.forge(f"w:go-on:{own}"))["text"]
    assert [wish.id for wish in await town.rows(select(Wish).order_by(Wish.id))] == [first, own]


async def test_a_helper_is_told_of_a_number_that_came_with_further_words(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    public = {"kind": Kind.WISH, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    await claimed(town, wang, li, LIGHTS, **public)
    await wang.say(ASKED)
    draft = (await town.wish()).id
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, draft)).contact = "13812345678"
    before = len(await said(town, li.id))
    await wang.tap("加到")
    heard = [text for _, _, text in (await said(town, li.id))[before:]]
    assert any("13812345678" in text for text in heard)
