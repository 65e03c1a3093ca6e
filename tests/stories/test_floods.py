"""One resident cannot flood a group, nor the bot; and nothing that was a wish is lost."""

import pytest
from sqlalchemy import select

from actions import drafts
from rules.lifecycle import State
from storage.models import Line, Wish
from tests.stories.scenes import submitted
from tests.stories.town import Actor, Town

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
