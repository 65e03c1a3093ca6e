"""What somebody sends is answered where they look: at the end of their chat, and nowhere twice."""

from typing import Any

import pytest

from rules.lifecycle import State
from tests.stories.scenes import opened
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town, text_of

UNDERSTOOD = "我是这样理解的"
LINE = "最新的在下面"


async def conversation(town: Town, actor: Actor) -> list[dict[str, Any]]:
    """Everything that stands in somebody's chat, theirs and the bot's."""
    return [message for message in await town.people.messages(actor.id) if not message.get("deleted")]


async def drafts_in(actor: Actor) -> list[str]:
    return [text_of(message) for message in await actor.messages() if UNDERSTOOD in text_of(message)]


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        ({"photo": True}, "照片 1 张"),
        ({"voice": True}, "语音 1 段"),
        ({"document": True, "caption": "单子在这里"}, "文件 1 个"),
        ({"location": {"latitude": 32.83, "longitude": 109.36}}, "位置 1 处"),
    ],
    ids=["photo", "voice", "file", "place"],
)
async def test_what_pushes_a_draft_s_card_up_brings_it_anew_below(
    town: Town, wang: Actor, sent: dict[str, Any], counted: str
) -> None:
    await wang.say(LAMP)
    await wang.send(**sent)
    assert counted in text_of((await conversation(town, wang))[-1])
    assert len(await drafts_in(wang)) == 1
    assert not await wang.heard(LINE)
    await wang.tap("提交")
    assert (await town.wish()).state is not State.DRAFT


async def test_an_album_brings_the_card_anew_once(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    before = len([call for call in await town.people.calls() if call["method"].lower() == "sendmessage"])
    await town.people.send_album(wang.id, [{"photo": True}] * 4)
    await town.settle()
    assert "照片 4 张" in text_of((await conversation(town, wang))[-1])
    assert len([call for call in await town.people.calls() if call["method"].lower() == "sendmessage"]) == before + 1
    assert len(await drafts_in(wang)) == 1


async def test_a_few_words_change_the_card_in_its_place_and_many_bring_it_anew(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    first = (await wang.messages())[-1]["message_id"]
    await wang.say("晚上七点以后在家")
    assert (await wang.messages())[-1]["message_id"] == first
    await wang.say("我跟您细说。" + "那盏灯是前年装的，一直好好的，上个月开始一闪一闪，" * 5)
    assert (await wang.messages())[-1]["message_id"] > first
    assert len(await drafts_in(wang)) == 1
    latest = (await wang.messages())[-1]["message_id"]
    for _ in range(9):
        await wang.say("对了，还想说一句话：灯罩也松了")
    assert (await wang.messages())[-1]["message_id"] > latest  # short ones add up


async def test_a_card_that_is_shown_again_takes_the_old_one_s_place(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await opened(town, wang)
    for _ in range(3):
        await wang.say("/my")
        await wang.tap(f"看 #{wish}")
    shown = [message for message in await wang.messages() if f"#{wish} 心愿" in text_of(message)]
    assert len(shown) == 1
    assert not await wang.heard(LINE)


async def test_what_telegram_deletes_no_more_becomes_a_line_without_buttons(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("提交")
    await town.advance(hours=48)
    await wang.say("/my")
    await wang.tap("看 #1")
    assert await wang.heard(f"#1 {LINE}")
    assert sum("撤回" in label for label in await wang.buttons()) == 1
    assert await town.refused_calls() == []


async def test_who_was_away_finds_one_card_with_buttons(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await opened(town, wang)
    li = await town.volunteer("小李")
    await li.forge(f"k:{wish}")
    await town.people.block(wang.id)
    await town.settle()
    await li.tap("办好了")
    await li.tap("1 小时")
    await town.people.block(wang.id, blocked=False)
    await wang.say("/start")
    assert sum("还没办好" in label for label in await wang.buttons()) == 1
    assert await wang.heard("小李说办好了，您看行吗？")


async def test_of_a_draft_that_went_to_the_community_by_itself_its_author_can_go_on(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await wang.say(LAMP)
    await town.live_through(hours=25)
    assert "我先交给社区看了" in await wang.last()
    await wang.tap("看 #1")
    assert any("补充" in label for label in await wang.buttons())
    assert any("撤回" in label for label in await wang.buttons())


async def test_an_emergency_that_is_over_tells_nobody_to_call(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("厨房着火了，快来人")
    assert "请马上打电话" in await wang.last()
    await secretary.tap("我来处理")
    assert await wang.heard("张书记已经接手")
    await secretary.tap("办结")
    await secretary.tap("了解过了，情况平安")
    for actor in (wang, secretary):
        assert not await actor.heard("请马上")
    assert await wang.heard("社区处理完了：了解过了，情况平安")
    assert await secretary.heard("已办结：了解过了，情况平安")


async def test_an_old_card_that_waited_too_long_to_be_deleted_points_on_and_keeps_no_button(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    old = (await wang.messages())[-1]["message_id"]
    town.sandbox.world.privates[town.bot_id, wang.id].messages[old].sent -= 48 * 3600 + 1  # an outage in between
    await wang.photo()
    (left,) = [message for message in await wang.messages() if message["message_id"] == old]
    assert LINE in text_of(left)
    assert not left.get("reply_markup", {}).get("inline_keyboard")
    assert UNDERSTOOD in await wang.last()
