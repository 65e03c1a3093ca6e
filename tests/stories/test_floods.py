"""One resident cannot flood a group, nor the bot; and nothing that was a wish is lost."""

import pytest
from sqlalchemy import select

from actions import drafts
from rules.lifecycle import State
from storage.models import Claim, Line, Wish
from tests.stories.scenes import claimed, submitted
from tests.stories.town import Actor, Town
from words.buttons import CardTap, HelperTap

PLEA = "慢慢说，不着急"


@pytest.fixture
async def still(town: Town) -> Town:
    """Time stands still, however slow the machine is."""
    await town.people.set_clock(speed=0)
    return town


async def flood(town: Town, actor: Actor, texts: list[str]) -> list[str]:
    """All at once; what the bot said to it."""
    before = len(await actor.messages())
    for text in texts:
        await town.people.say(actor.id, text)
    await town.settle()
    return [message["text"] for message in (await actor.messages())[before:]]


async def kept(town: Town, actor: Actor) -> list[str]:
    return await town.rows(select(Line.text).where(Line.person_id == actor.id).order_by(Line.message_id))


async def test_thirty_messages_a_minute_are_answered_once_and_all_kept(still: Town, wang: Actor, secretary: Actor) -> None:
    texts = [f"第{n}句：厨房的灯又坏了" for n in range(1, 31)]
    said = await flood(still, wang, texts)
    assert len([text for text in said if PLEA in text]) == 1
    assert len(said) == 2  # the card, which was edited as it grew, and the plea
    assert "我是这样理解的" in said[0]
    assert await kept(still, wang) == texts
    (draft,) = await still.rows(select(Wish))
    assert all(text in draft.text for text in texts)
    await still.advance(minutes=3)
    await wang.say("就这些")
    assert "我是这样理解的" in await wang.last()  # calm again: the card comes below
    await wang.tap("提交")
    assert (await still.wish()).state is not State.DRAFT


async def test_what_no_wish_can_hold_begins_another_instead_of_being_refused_thirty_times(still: Town, wang: Actor) -> None:
    number = drafts.LINES_LIMIT + 25
    texts = [f"第{n}句：厨房的灯又坏了" for n in range(1, number + 1)]
    said = await flood(still, wang, texts)
    assert len([text for text in said if PLEA in text]) == 1
    assert not any("太长" in text for text in said)
    assert await kept(still, wang) == texts
    assert len(await still.rows(select(Wish))) == 2


async def test_commands_in_a_row_are_not_all_answered(still: Town, wang: Actor) -> None:
    said = await flood(still, wang, ["/my"] * 40)
    assert len(said) <= 21
    assert len([text for text in said if PLEA in text]) == 1
    assert PLEA in said[-1]
    await still.advance(minutes=3)
    await wang.say("/my")
    assert PLEA not in await wang.last()


async def test_a_cry_for_help_is_heard_in_a_flood_too(still: Town, wang: Actor, secretary: Actor) -> None:
    await flood(still, wang, ["/my"] * 30)
    await flood(still, wang, ["着火了！3 号楼楼道里全是烟"])
    assert "119" in await wang.last()
    assert "楼道里全是烟" in await secretary.last()


async def test_a_doubtful_cry_is_asked_about_in_a_flood_too(still: Town, wang: Actor, secretary: Actor) -> None:
    await flood(still, wang, ["/my"] * 30)
    said = await flood(still, wang, ["我要报警"])
    assert any("110" in text for text in said)


async def test_taps_are_answered_in_a_flood(still: Town, wang: Actor) -> None:
    await flood(still, wang, [f"第{n}句：厨房的灯又坏了" for n in range(1, 31)])
    assert (await wang.tap("提交")).get("text")
    assert (await still.wish()).state is not State.DRAFT


async def test_nobody_else_is_asked_for_patience(still: Town, wang: Actor) -> None:
    zhao = await still.person("小赵")
    for _ in range(25):
        await still.people.say(wang.id, "/my")
        await still.people.say(zhao.id, "/my") if _ % 3 == 0 else None
    await still.settle()
    assert await wang.heard(PLEA)
    assert not await zhao.heard(PLEA)
    assert len(await zhao.messages()) == 10


async def test_an_album_is_one_thing_said(still: Town, wang: Actor) -> None:
    for _ in range(3):
        await still.people.send_album(wang.id, [{"photo": True}] * 10)
    await still.settle()
    assert not await wang.heard(PLEA)


async def test_what_waited_while_the_bot_was_away_is_no_flood(still: Town, wang: Actor) -> None:
    await still.app.stop()
    for number in range(30):
        await still.people.say(wang.id, f"第{number}句：灯坏了")
        await still.people.advance(60)
    await still.begin_again()
    assert len(await kept(still, wang)) == 30
    assert not await wang.heard(PLEA)


async def test_a_restart_in_the_middle_of_it_changes_nothing(still: Town, wang: Actor) -> None:
    first = await flood(still, wang, ["/my"] * 24)
    await still.restart()
    second = await flood(still, wang, ["/my"] * 12)
    assert len([text for text in first + second if PLEA in text]) == 1
    assert second == []


async def test_what_one_resident_sends_beyond_a_few_a_day_is_looked_at_first(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await li.messages(group))
    numbers = [await submitted(town, wang, f"第{n}个灯泡坏了，想请人换一下") for n in range(1, 8)]
    states = [(await town.wish(number)).state for number in numbers]
    assert states == [State.OPEN] * 5 + [State.REVIEWING] * 2
    assert len(await li.messages(group)) == before + 5
    zhao = await town.person("小赵")
    assert (await town.wish(await submitted(town, zhao))).state is State.OPEN  # somebody else's does not wait
    await town.advance(days=1)
    assert (await town.wish(await submitted(town, wang))).state is State.OPEN


async def test_an_address_that_is_too_long_is_said_to_be_in_a_flood_too_and_becomes_no_wish(still: Town, wang: Actor) -> None:
    number = await submitted(still, wang)
    await flood(still, wang, ["/my"] * 30)
    await wang.forge(CardTap(do="contact", wish=number).pack())
    said = await flood(still, wang, ["城关镇东街 12 号楼 3 单元 401，进门往左拐。" * 10])
    assert len([text for text in said if "太长" in text]) == 1
    assert [wish.id for wish in await still.rows(select(Wish))] == [number]
    await flood(still, wang, ["东街 12 号楼 401"])  # the question is still open
    assert (await still.wish()).contact == "东街 12 号楼 401"


async def test_a_reviewers_reason_that_is_too_long_becomes_no_wish_of_theirs(
    still: Town, wang: Actor, secretary: Actor
) -> None:
    number = await submitted(still, wang, "我想让儿子回家看看我")
    await flood(still, secretary, ["/my"] * 30)
    await secretary.forge(CardTap(do="reject-words", wish=number).pack())
    said = await flood(still, secretary, ["王阿姨家里的事不好在群里说，她儿子欠了债。" * 40])
    assert any("太长" in text for text in said)
    assert not await still.rows(select(Wish).where(Wish.author_id == secretary.id))


async def test_what_is_refused_in_a_flood_is_said_to_be(still: Town, wang: Actor) -> None:
    li = await still.volunteer("小李")
    number = await claimed(still, wang, li)
    (claim,) = await still.rows(select(Claim.id).where(Claim.wish_id == number))
    await flood(still, li, ["/my"] * 30)
    await li.forge(HelperTap(do="deliver", claim=claim).pack())
    said = await flood(still, li, ["30小时"])
    assert any("0 到 24" in text for text in said)


async def test_what_would_only_be_answered_is_kept_in_a_flood(still: Town, wang: Actor) -> None:
    texts = ["！！！！？？？", "你好", "没事了", "傻逼", "3", "https://example.com/ditie", "加微信领红包，日赚五百"]
    await flood(still, wang, ["/my"] * 30)
    await flood(still, wang, texts)
    assert await kept(still, wang) == texts
    assert len(await still.rows(select(Wish))) == 1
