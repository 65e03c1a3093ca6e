"""Names and words are people's own, whatever they begin with; only our own ready reasons are keys of sentences."""

from rules.lifecycle import State
from storage.models import Person
from tests.stories.scenes import claimed, opened, submitted
from tests.stories.town import Actor, Town

NOISE = "小区门口的垃圾没人清，臭死了，投诉物业"


async def test_a_volunteer_whose_name_begins_with_an_at_sign_claims_like_anybody(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("@小李")
    group = await town.group("城关志愿者", li)
    await opened(town, wang)
    assert "您认领了" in (await li.tap("认领", group))["text"]
    assert "@小李" in await wang.last()
    assert (await town.wish()).state is State.CLAIMED


async def test_a_newcomer_with_such_a_name_is_let_in_and_gets_the_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.person("@reason-unclear")
    group = await town.group("城关志愿者", li)
    await opened(town, wang)
    await li.tap("认领", group)
    await secretary.tap("同意")
    async with town.app.transactions.begin() as session:
        assert (await session.get_one(Person, li.id)).is_volunteer
    assert "@reason-unclear" in await wang.last()


async def test_a_reviewers_words_may_begin_with_an_at_sign(town: Town, secretary: Actor, wang: Actor) -> None:
    await submitted(town, wang, NOISE)
    await secretary.tap("不通过")
    await secretary.tap("自己写")
    await secretary.say("@物业小王已经在处理了")
    assert "@物业小王已经在处理了" in await wang.last()
    await wang.say("/my")
    await wang.tap("看 #1")
    assert "@物业小王已经在处理了" in await wang.last()


async def test_a_reviewer_cannot_name_a_sentence_of_ours(town: Town, secretary: Actor, wang: Actor) -> None:
    await submitted(town, wang, NOISE)
    await secretary.tap("不通过")
    await secretary.tap("自己写")
    await secretary.say("@start")
    assert "@start" in await wang.last()


async def test_a_story_tells_of_a_helper_whose_name_begins_with_an_at_sign(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("@小李")
    wish = await opened(town, wang)
    await secretary.forge(f"y:{wish}:{li.id}")
    assert (await town.wish()).state is State.CLAIMED
    await wang.say("/my")
    await wang.tap("看 #1")
    await wang.tap("进展")
    assert "@小李" in await wang.last()


async def test_a_ready_reason_is_read_in_the_readers_language(town: Town, secretary: Actor) -> None:
    anna = await town.person("Anna", language="en")
    li = await town.volunteer("小李")
    wish = await claimed(town, anna, li)
    await secretary.forge(f"j:{wish}:close:solved")
    assert "it is solved" in await anna.last()
