"""Somebody nearby said the same: what a resident sees of it, and what never."""

import pytest
from sqlalchemy import select, update

from rules.lifecycle import Event, Kind, State
from storage.models import Line, Person, Support, Timeline, Wish
from tests.stories.scenes import claimed, delivered, opened, submitted
from tests.stories.town import Actor, Town

LIGHTS = "河街社区的路灯不亮，晚上看不见路"
AGAIN = "河街的路灯坏了，摔了一跤"
ASKED = f"{AGAIN}，想请人帮忙"
"""The same as a wish."""
NAMED = "我要投诉河街的路灯坏了没人管，社区书记张建军不管事，我是实名举报"
NEAR = "附近有人说过同样的事"
JOIN = "我也要反映"


async def lights(town: Town, author: Actor, text: str = LIGHTS, **facts: object) -> int:
    """A complaint that everybody around has."""
    given = {"kind": Kind.COMPLAINT, "category": "facilities", "category_sure": True, "area_code": "cg-01"} | facts
    return await opened(town, author, text, **given)


async def shows(actor: Actor) -> str:
    """The card of a draft."""
    card = await actor.last()
    assert "提交" in " ".join(await actor.buttons())
    return card


# ---------------------------------------------------------------------------------------------- what is shown


async def test_a_resident_sees_that_somebody_nearby_said_the_same(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    card = await shows(zhao)
    assert f"{NEAR}：#{first}" in card
    assert "河街社区" in card
    assert f"🙋 {JOIN} #{first}" in await zhao.buttons()


async def test_only_category_and_place_are_told_without_a_yes(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await opened(
        town,
        wang,
        "河街的路灯不亮，我是王秀英，家里孩子怕黑",
        publish=False,
        category="facilities",
        category_sure=True,
        area_code="cg-01",
        show_name=True,
        contact="13812345678",
    )
    await zhao.say(ASKED)
    card = await shows(zhao)
    assert NEAR in card
    for secret in ("怕黑", "王秀英", "王阿姨", "13812345678"):
        assert secret not in card


async def test_the_public_text_is_told_with_a_yes_and_a_reviewers_eye(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    words = "河街的路灯不亮，我家孩子怕黑，想请人修修"
    wish = await submitted(
        town, wang, words, kind=Kind.WISH, category="facilities", category_sure=True, area_code="cg-01", show_name=True
    )
    await zhao.say(ASKED)
    assert NEAR in await zhao.last()
    assert "怕黑" not in await zhao.last()  # nobody looked at it yet
    await zhao.tap("不办了")
    await zhao.tap("是的")
    await secretary.forge(f"w:approve:{wish}")
    await zhao.say(ASKED)
    assert "怕黑" in await zhao.last()
    assert "王阿姨" not in await zhao.last()  # a name is for the group, not for who writes the same


async def test_a_complaints_words_are_told_to_nobody(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await lights(town, wang, "河街路灯不亮，物业的李老板不管", publish=True)
    await zhao.say(AGAIN)
    assert NEAR in await zhao.last()
    assert "老板" not in await zhao.last()


@pytest.mark.parametrize(
    "text",
    [
        "河街的垃圾三天没人收了",  # another matter
        "菜湾的路灯坏了，摔了一跤",  # another community
        "河街3号楼的电梯坏了",
    ],
)
async def test_another_matter_or_another_community_is_no_twin(town: Town, secretary: Actor, wang: Actor, text: str) -> None:
    zhao = await town.person("赵大爷")
    await lights(town, wang)
    await zhao.say(text)
    assert NEAR not in await shows(zhao)


async def test_a_complaint_is_no_twin_of_a_wish_that_volunteers_read(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang, kind=Kind.WISH)
    await zhao.say(NAMED)
    draft = await town.wish()
    assert draft.kind is Kind.COMPLAINT
    assert NEAR not in await shows(zhao)
    async with town.app.transactions.begin() as session:  # it was shown while both were one kind
        kept = await session.get_one(Wish, draft.id)
        kept.understood = {**kept.understood, "twin": first}
    assert "您写的都在" in (await zhao.forge(f"x:join:{draft.id}:{first}"))["text"]
    assert (await town.wish(draft.id)).state is State.DRAFT
    assert (await town.wish(first)).supporters == 0


async def test_two_people_who_need_medicine_are_two_wishes(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await opened(town, wang, "我住河街，腿脚不好，想请人帮忙买降压药", area_code="cg-01")
    await zhao.say("我住河街，腿脚不好，想请人帮忙买降压药")
    assert NEAR not in await shows(zhao)
    await zhao.tap("提交")
    assert len(await town.rows(select(Wish).where(Wish.state != State.DRAFT))) == 2


async def test_an_emergency_has_no_twins_and_is_none(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await wang.say("河街3号楼着火了，快来救人")
    await zhao.say("河街3号楼着火了，快来救人")
    assert "119" in await zhao.last()
    assert not await zhao.heard(NEAR)
    assert JOIN not in " ".join(await zhao.buttons())


@pytest.mark.parametrize("ending", ["withdrawn", "delivered", "draft"])
async def test_what_takes_nobody_in_any_more_is_not_shown(town: Town, secretary: Actor, wang: Actor, ending: str) -> None:
    zhao = await town.person("赵大爷")
    li = await town.volunteer("小李")
    public = {"category": "facilities", "category_sure": True, "area_code": "cg-01"}
    if ending == "withdrawn":
        wish = await lights(town, wang)
        await wang.forge(f"w:sure-withdraw:{wish}")
    elif ending == "delivered":
        await delivered(town, wang, li, LIGHTS, kind=Kind.WISH, **public)
    else:
        await wang.say(LIGHTS)
    await zhao.say(AGAIN)
    assert NEAR not in await shows(zhao)


async def test_a_claimed_wish_still_takes_others_in(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, li = await town.person("赵大爷"), await town.volunteer("小李")
    public = {"category": "facilities", "category_sure": True, "area_code": "cg-01-02"}
    await claimed(town, wang, li, LIGHTS, kind=Kind.WISH, **public)  # in a neighbour grid
    await zhao.say(ASKED)
    assert NEAR in await shows(zhao)


async def test_choosing_the_place_finds_who_said_the_same_there(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await lights(town, wang)
    await zhao.say("路灯坏了，摔了一跤")
    assert NEAR not in await shows(zhao)
    await zhao.tap("选社区")
    await zhao.tap("河街社区")
    assert NEAR in await shows(zhao)
    await zhao.tap("选社区")
    await zhao.tap("菜湾社区")
    assert NEAR not in await shows(zhao)


async def test_further_words_and_edits_look_again(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await lights(town, wang)
    sent = await zhao.say("我住河街")
    assert NEAR not in await zhao.last()
    await zhao.say("路灯坏了，天天摸黑")
    assert NEAR in await shows(zhao)
    await town.people.edit(zhao.id, sent["message_id"], text="我住菜湾社区")
    await town.settle()
    assert NEAR not in await zhao.last()


async def test_ones_own_wish_is_no_neighbours(town: Town, secretary: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    await wang.say(AGAIN)
    card = await shows(wang)
    assert NEAR not in card
    assert f"您自己说过一件像是同样的：#{first}" in card
    assert JOIN not in " ".join(await wang.buttons())
    assert f"加到 #{first} 里" in " ".join(await wang.buttons())


# ---------------------------------------------------------------------------------------------- one's own


async def test_words_are_added_to_ones_own_wish(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    await secretary.forge(f"y:{first}:{chen.id}")
    sent = await wang.say(AGAIN)
    draft = await town.wish()
    assert "加到" in (await wang.tap("加到"))["text"]
    own, draft = await town.wish(first), await town.wish(draft.id)
    assert own.text == f"{LIGHTS}\n{AGAIN}"
    assert (draft.state, draft.merged_into) == (State.MERGED, first)
    assert own.supporters == 0
    assert await town.rows(select(Support)) == []
    assert await chen.heard("摔了一跤")  # who works on it hears of it
    assert f"已加到您的 #{first} 里" in await wang.last()
    (line,) = await town.rows(select(Line).where(Line.text == AGAIN))
    assert line.wish_id == first
    await town.people.edit(wang.id, sent["message_id"], text="改一个字")
    await town.settle()
    assert "补充" in await wang.last()  # it is that wish's message now
    assert "已经做过" in (await wang.forge(f"x:own:{draft.id}:{first}"))["text"]


async def test_a_complaint_is_not_added_to_ones_own_wish_that_a_helper_reads(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    public = {"kind": Kind.WISH, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    first = await claimed(town, wang, li, LIGHTS, **public)
    await wang.say(NAMED)
    draft = await town.wish()
    assert draft.kind is Kind.COMPLAINT
    assert "您自己说过" not in await shows(wang)
    async with town.app.transactions.begin() as session:  # it was shown while both were one kind
        kept = await session.get_one(Wish, draft.id)
        kept.understood = {**kept.understood, "own_twin": first}
    assert "您写的都在" in (await wang.forge(f"x:own:{draft.id}:{first}"))["text"]
    assert (await town.wish(draft.id)).state is State.DRAFT
    assert not await li.heard("张建军")


async def test_ones_own_wish_that_just_ended_takes_no_words(town: Town, secretary: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    await wang.say(AGAIN)
    draft = await town.wish()
    await secretary.forge(f"j:{first}:close:solved")
    toast = await wang.forge(f"x:own:{draft.id}:{first}")
    assert "刚刚有了变化" in toast["text"]
    assert (await town.wish(draft.id)).state is State.DRAFT
    assert "加到" not in " ".join(await wang.buttons())


# ---------------------------------------------------------------------------------------------- forged and stale


async def test_nobody_joins_what_was_not_shown_to_them(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, sun = await town.person("赵大爷"), await town.person("孙阿姨")
    first = await lights(town, wang)
    other = await lights(town, wang, "河街的垃圾没人收", category="sanitation")
    await zhao.say(AGAIN)
    draft = (await town.wish()).id
    for forged in (f"x:join:{draft}:{other}", f"x:join:{draft}:999", f"x:join:999:{first}", f"x:join:{draft}:{draft}"):
        assert "找不到" in (await zhao.forge(forged))["text"]
    await sun.say("/start")
    assert "要本人来点" in (await sun.forge(f"x:join:{draft}:{first}"))["text"]
    assert "要本人来点" in (await wang.forge(f"x:join:{draft}:{first}"))["text"]
    assert await town.rows(select(Support)) == []
    assert (await town.wish(draft)).state is State.DRAFT


async def test_a_reviewer_who_only_forges_a_number_joins_nothing(town: Town, secretary: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    await secretary.say("我要投诉河街的井盖")
    draft = (await town.wish()).id
    assert "找不到" in (await secretary.forge(f"x:join:{draft}:{first}"))["text"]


async def test_a_draft_that_was_sent_off_is_not_joined_afterwards(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    draft = (await town.wish()).id
    await zhao.tap("提交")  # they may file anyway
    assert (await town.wish(draft)).state is State.REVIEWING
    assert "晚了一步" in (await zhao.forge(f"x:join:{draft}:{first}"))["text"]
    assert (await town.wish(first)).supporters == 0


async def test_a_wish_that_changed_its_mind_is_seen_on_the_next_card(town: Town, secretary: Actor, wang: Actor) -> None:
    """The card that asks after ten minutes shows no twin that is gone."""
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    assert NEAR in await zhao.last()
    await secretary.forge(f"j:{first}:close:solved")
    await town.advance(minutes=11)
    assert "还没提交" in await zhao.last()
    assert NEAR not in await zhao.last()


async def test_nothing_is_looked_up_for_what_is_ones_own_alone(town: Town, secretary: Actor, wang: Actor) -> None:
    """Personal matters ask no question of the database: what was not found there is not kept either."""
    await lights(town, wang)
    await wang.say("我住河街，想请人陪我去医院")
    assert {"twin", "own_twin"}.isdisjoint((await town.wish()).understood)


async def test_a_stranger_who_reads_a_story_learns_of_no_neighbour(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    await zhao.say(AGAIN)
    await zhao.tap(JOIN)
    await wang.forge(f"w:story:{first}")
    assert "也在反映 · 一位邻居" in await wang.last()
    assert "赵大爷" not in await wang.last()
    assert "要本人来点" in (await zhao.forge(f"w:story:{first}"))["text"]
    rows = await town.rows(select(Timeline).where(Timeline.wish_id == first, Timeline.event == Event.JOIN))
    assert [row.actor_id for row in rows] == [zhao.id]


async def test_a_home_that_is_known_is_enough(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    async with town.app.transactions.begin() as session:
        await session.execute(update(Person).where(Person.id == zhao.id).values(area_code="cg-01-03"))
    await lights(town, wang)
    await zhao.say("路灯又坏了，走路摔跤")
    assert NEAR in await shows(zhao)


async def test_the_twin_is_told_in_english_too(town: Town, secretary: Actor, wang: Actor) -> None:
    tom = await town.person("Tom", language="en")
    await lights(town, wang)
    await tom.say(AGAIN)
    assert "Somebody nearby said the same" in await tom.last()
    assert "Me too" in " ".join(await tom.buttons())
