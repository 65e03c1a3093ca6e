"""A reviewer makes one of two: whose words go where, and who is told."""

import asyncio

from sqlalchemy import select, text

from rules.lifecycle import Event, Kind, State
from storage import wishes
from storage.models import Notice, Support, Timeline, Wish
from tests.stories.scenes import claimed, opened, submitted
from tests.stories.test_joining import count, joined
from tests.stories.test_twins import AGAIN, LIGHTS, NAMED, lights
from tests.stories.town import Actor, Town


async def reviewing(town: Town, author: Actor, text: str = AGAIN, **facts: object) -> int:
    """A complaint that waits for its reviewer."""
    given = {"kind": Kind.COMPLAINT, "category": "facilities", "category_sure": True, "area_code": "cg-01"} | facts
    return await submitted(town, author, text, **given)


async def test_two_taps_make_one_and_its_author_goes_along(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    second = await reviewing(town, zhao)
    assert f"像是同一件事：#{first}" in await secretary.last()
    await secretary.tap("并入同类")
    assert "并到哪一件里" in await secretary.last()
    assert "并好了" in (await secretary.tap(f"#{first} {LIGHTS[:8]}"))["text"]
    merged = await town.wish(second)
    assert (merged.state, merged.merged_into) == (State.MERGED, first)
    assert await count(town, first) == 1
    assert f"和邻居反映的 #{first} 是同一件事" in await zhao.last()
    await zhao.tap(f"看 #{first}")
    assert "您也在反映" in await zhao.last()
    assert AGAIN in await zhao.last()
    await secretary.forge(f"w:voices:{first}")
    assert await secretary.heard("摔了一跤")
    await secretary.forge(f"j:{first}:close:solved")
    await town.live_through(minutes=15)
    assert "已经解决了" in await zhao.last()


async def test_a_card_may_be_turned_back_and_nothing_happens(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    second = await reviewing(town, zhao)
    await secretary.tap("并入同类")
    await secretary.tap("返回")
    assert "通过" in " ".join(await secretary.buttons()) or "受理" in " ".join(await secretary.buttons())
    assert (await town.wish(second)).state is State.REVIEWING
    assert await count(town, first) == 0


async def test_nothing_alike_nearby_is_said_so(town: Town, secretary: Actor, wang: Actor) -> None:
    await reviewing(town, wang)
    await secretary.tap("并入同类")
    assert "没有看到相像的" in await secretary.last()
    assert "返回" in " ".join(await secretary.buttons())


async def test_whoever_went_along_goes_along_with_the_other(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, sun, li = await town.person("赵大爷"), await town.person("孙阿姨"), await town.person("李大妈")
    second = await reviewing(town, zhao)
    own = await joined(town, sun, "河街路灯坏了好多天了")
    await joined(town, li, "河街路灯一直不亮")
    assert await count(town, second) == 2
    first = await lights(town, wang)
    await secretary.forge(f"x:merge:{second}:{first}")
    assert await count(town, first) == 3
    assert await count(town, second) == 0
    assert (await town.wish(own)).merged_into == first
    assert {notice.chat_id for notice in await town.rows(select(Notice).where(Notice.about == "news"))} == {sun.id, li.id}
    await town.live_through(minutes=15)
    assert f"#{first}" in await sun.last()


async def test_who_supported_both_counts_once(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, sun = await town.person("赵大爷"), await town.person("孙阿姨")
    first = await lights(town, wang)
    await joined(town, sun, "河街路灯坏了好多天了")
    second = await reviewing(town, zhao, "河街路灯不亮，天天摸黑")
    async with town.app.transactions.begin() as session:  # they went along with the other one as well
        support = (await session.scalars(select(Support))).one()
        session.add(Support(wish_id=second, person_id=sun.id, own_wish_id=support.own_wish_id, created_at=town.now()))
        (await session.get_one(Wish, second)).supporters = 1
    await secretary.forge(f"x:merge:{second}:{first}")
    assert await count(town, first) == 2  # 孙阿姨 and 赵大爷


async def test_an_authors_own_second_one_is_put_together(town: Town, secretary: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    second = await reviewing(town, wang)
    await secretary.tap("并入同类")
    await secretary.tap(f"#{first} {LIGHTS[:8]}")
    assert (await town.wish(first)).text == f"{LIGHTS}\n{AGAIN}"
    assert (await town.wish(second)).merged_into == first
    assert await count(town, first) == 0
    assert await wang.heard("您的话都在里面")


async def test_who_went_along_with_what_becomes_part_of_their_own_finds_their_words_there(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    zhao = await town.person("赵大爷")
    second = await reviewing(town, zhao)
    own = await joined(town, wang, "河街路灯坏了好多天了")
    first = await lights(town, wang)
    await secretary.forge(f"x:merge:{second}:{first}")
    assert (await town.wish(first)).text == f"河街路灯坏了好多天了\n{LIGHTS}"  # as it was written
    assert (await town.wish(own)).merged_into == first
    assert await count(town, first) == 1  # 赵大爷
    assert await wang.heard("您的话都在里面")


async def test_who_leaves_while_reviewers_make_one_of_two_stops_neither(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    await zhao.say("我住河街")
    own = (await town.wish()).id
    second = await reviewing(town, wang, LIGHTS)
    await zhao.say("路灯坏了，天天摸黑")
    await zhao.tap("我也要反映")
    assert (await town.wish(own)).merged_into == second > own
    first = await lights(town, await town.person("孙阿姨"))
    card = (await secretary.messages())[-1]["message_id"]
    async with town.app.transactions.begin() as session:  # they are about to leave: first the one, then the other
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("SET LOCAL lock_timeout = '300ms'"))  # before a deadlock is found, and tried anew
        await wishes.locked(session, own)
        tap = asyncio.create_task(town.people.tap(secretary.id, card, f"x:merge:{second}:{first}", wait=5, forge=True))
        await asyncio.sleep(0.5)
        await wishes.locked(session, second)
    assert "并好了" in (await tap)["answer"]["text"]
    await town.settle()
    assert (await town.wish(own)).merged_into == first


async def test_what_is_personal_is_offered_only_with_its_authors_own(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    medicine = {"category": "errands", "category_sure": True, "kind": Kind.WISH, "area_code": "cg-01"}
    first = await opened(town, wang, "想请人帮忙买降压药", **medicine)
    second = await submitted(town, zhao, "请人帮忙买降压药", **medicine | {"category": "disability_aid"})
    assert "像是同一件事" not in await secretary.last()
    await secretary.forge(f"w:merge:{second}")
    assert f"#{first}" not in " ".join(await secretary.buttons())
    third = await submitted(town, wang, "请人帮忙买降压药", **medicine | {"category": "disability_aid"})
    await secretary.forge(f"o:{third}")
    await secretary.tap("并入同类")
    assert f"#{first}" in " ".join(await secretary.buttons())


async def test_a_complaints_words_are_never_merged_into_a_wish_that_a_helper_reads(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    public = {"kind": Kind.WISH, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    first = await claimed(town, wang, li, LIGHTS, **public)
    second = await reviewing(town, wang, NAMED)
    assert "像是同一件事" not in await secretary.last()
    await secretary.forge(f"w:merge:{second}")
    assert f"#{first}" not in " ".join(await secretary.buttons())
    assert "不是同一类" in (await secretary.forge(f"x:merge:{second}:{first}"))["text"]
    assert (await town.wish(second)).state is State.REVIEWING
    assert (await town.wish(first)).text == LIGHTS
    assert not await li.heard("张建军")


async def test_only_reviewers_make_one_of_two(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, li = await town.person("赵大爷"), await town.volunteer("小李")
    await li.say("/start")
    first = await lights(town, wang)
    second = await reviewing(town, zhao)
    for actor in (wang, zhao, li):
        assert (await actor.forge(f"x:merge:{second}:{first}"))["text"]
        assert (await actor.forge(f"w:merge:{second}"))["text"]
    assert (await town.wish(second)).state is State.REVIEWING
    assert "这一步要社区来办" in (await secretary.forge(f"x:merge:{second}:{second}"))["text"]
    assert "找不到" in (await secretary.forge(f"x:merge:{second}:999"))["text"]
    assert "晚了一步" in (await secretary.forge(f"x:merge:{first}:{second}"))["text"]  # it is past review


async def test_nothing_is_merged_into_what_is_over_or_an_emergency(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, sun = await town.person("赵大爷"), await town.person("孙阿姨")
    first = await lights(town, wang)
    second = await reviewing(town, zhao)
    await secretary.forge(f"j:{first}:close:solved")
    assert "晚了一步" in (await secretary.forge(f"x:merge:{second}:{first}"))["text"]
    await sun.say("河街着火了，救命")
    alarm = (await town.wish()).id
    assert (await secretary.forge(f"x:merge:{second}:{alarm}"))["text"]
    assert (await town.wish(second)).state is State.REVIEWING


async def test_two_reviewers_who_merge_crosswise_make_no_circle(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await reviewing(town, wang, LIGHTS)
    second = await reviewing(town, zhao)
    cards = [(await actor.messages())[-1]["message_id"] for actor in (secretary, chen)]
    await asyncio.gather(
        town.people.tap(secretary.id, cards[0], f"x:merge:{first}:{second}", wait=5, forge=True),
        town.people.tap(chen.id, cards[1], f"x:merge:{second}:{first}", wait=5, forge=True),
    )
    await town.settle()
    states = sorted([(await town.wish(first)).state, (await town.wish(second)).state])
    assert states == [State.MERGED, State.REVIEWING]
    kept = first if (await town.wish(first)).state is State.REVIEWING else second
    assert await count(town, kept) == 1


async def test_an_admins_own_wish_is_merged_by_another(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    first = await lights(town, wang)
    second = await reviewing(town, secretary)
    assert (await secretary.forge(f"x:merge:{second}:{first}"))["text"]
    assert (await town.wish(second)).state is State.REVIEWING
    await chen.forge(f"x:merge:{second}:{first}")
    assert (await town.wish(second)).state is State.MERGED
    assert await count(town, first) == 1


async def test_voices_are_for_reviewers_alone(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    await joined(town, zhao)
    for actor in (wang, zhao):
        assert "这一步要社区来办" in (await actor.forge(f"w:voices:{first}"))["text"]
    assert not await wang.heard("摔了一跤")


async def test_the_story_of_a_merged_wish_tells_where_it_went(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao = await town.person("赵大爷")
    first = await lights(town, wang)
    second = await reviewing(town, zhao)
    await secretary.forge(f"x:merge:{second}:{first}")
    await zhao.forge(f"w:story:{second}")
    assert f"并入同类 · 张书记 · #{first}" in await zhao.last()
    events = await town.rows(select(Timeline.event).where(Timeline.wish_id == first, Timeline.event == Event.JOIN))
    assert events == [Event.JOIN]
