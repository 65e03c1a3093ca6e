"""Who offers to help for the first time: asked about, not forgotten, and not turned away for ever."""

from sqlalchemy import select

from rules.lifecycle import ClaimState, State
from storage.models import Appointment, Claim, Outgoing, Person
from tests.stories.scenes import opened, submitted, times, until
from tests.stories.town import ADMIN, OFFICER, Actor, Town

WAITS = "想当志愿者，等您点头"


async def asks(town: Town, author: Actor, *names: str) -> list[Actor]:
    """People who tapped 认领 for the first time."""
    wish_id = await opened(town, author)
    found = []
    for name in names:
        found.append(await town.person(name))
        await found[-1].forge(f"k:{wish_id}")
    return found


async def test_whoever_waits_is_in_the_review_list_and_in_the_digest(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, _ = await asks(town, wang, "小赵", "小钱")
    await secretary.say("/review")
    assert f"{WAITS}（2 位）" in await secretary.last()
    assert "小赵，想认领 #1" in await secretary.last()
    assert "都处理完了" not in await secretary.last()
    await secretary.say("/digest")
    assert "等您点头的 2 位" in await secretary.last()
    await secretary.say("/review")
    await secretary.tap("👋 小赵")
    await secretary.tap("✅ 同意")
    assert await zhao.heard("欢迎加入")
    assert (await town.wish()).state is State.CLAIMED
    await secretary.say("/review")
    assert "小赵" not in await secretary.last()


async def test_they_are_reminded_of_with_the_reviewers_list_in_the_rhythm_of_a_review(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await asks(town, wang, "小赵")
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await until(town, "03-03 10:05")
    assert await times(town, ADMIN, WAITS) == ["03-02 12:00", "03-02 18:00", "03-03 10:00"]
    assert await times(town, ADMIN, "提醒您 2 件事") == ["03-02 12:00", "03-02 18:00", "03-03 10:00"]
    await secretary.tap("👋 小赵")
    await secretary.tap("✖️ 不同意")
    await until(town, "03-06 18:30")
    assert len(await times(town, ADMIN, WAITS)) == 3
    assert await town.rows(select(Appointment.name).where(Appointment.name == "newcomers")) == []


async def test_the_reviewers_group_reads_of_them_and_an_admin_settles_it_in_private(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    room = await town.group("审核群", secretary, wang, audience="审核员群")
    (zhao,) = await asks(town, wang, "小赵")
    await until(town, "03-02 12:05")
    assert await times(town, room, WAITS) == ["03-02 12:00"]
    assert await times(town, ADMIN, WAITS) == []
    assert "这一步要社区来办" in (await wang.tap("👋 小赵", room))["text"]
    await secretary.tap("👋 小赵", room)
    await secretary.tap("✅ 同意")
    assert await zhao.heard("欢迎加入")


async def test_nobody_is_reminded_of_newcomers_at_night(town: Town, secretary: Actor, wang: Actor) -> None:
    await until(town, "03-02 20:30")
    await asks(town, wang, "小赵")
    await town.app.stop()
    await town.people.advance(3600 * 5)
    await town.begin_again()
    assert await times(town, ADMIN, WAITS) == []
    await until(town, "03-03 09:05")
    assert len(await times(town, ADMIN, WAITS)) == 1


async def test_what_one_admin_answered_no_other_is_asked_any_more(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    zhao, qian = await asks(town, wang, "小赵", "小钱")
    await chen.say("/review")
    await chen.tap("👋 小赵")  # asked twice by now
    await chen.tap("✖️ 不同意")
    for admin in (secretary, chen):
        said = [
            message["text"] for message in await admin.messages() if "小赵" in message["text"] and "想认领" in message["text"]
        ]
        assert [text for text in said if "同意加入吗" in text] == []
        assert await admin.heard("没有让小赵加入（陈姐）")
        assert await admin.heard("小钱想做志愿者，想认领 #1。同意加入吗？")
    await secretary.tap("还是请进来吧")
    assert await zhao.heard("欢迎加入")
    for admin in (secretary, chen):
        assert not await admin.heard("没有让小赵加入")
        assert await admin.heard("小赵已加入志愿者（张书记同意）")
    await secretary.tap("✅ 同意")
    assert await qian.heard("欢迎加入")
    assert await town.refused_calls() == []


async def test_an_admin_who_was_away_is_not_asked_what_is_settled(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await town.people.block(OFFICER)
    (zhao,) = await asks(town, wang, "小赵")
    await secretary.tap("✅ 同意")
    assert await zhao.heard("欢迎加入")
    await town.people.block(OFFICER, blocked=False)
    await chen.say("/start")
    assert not await chen.heard("同意加入吗")


async def test_a_no_can_be_thought_better_of(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    (zhao,) = await asks(town, wang, "小赵")
    await secretary.tap("✖️ 不同意")
    assert "问问社区" in (await zhao.forge("k:1"))["text"]
    assert "已经做过" in (await chen.forge(f"v:{zhao.id}:1"))["text"]  # an old tap does not undo it
    assert "这一步要社区来办" in (await wang.forge(f"u:after-all:{zhao.id}"))["text"]
    await secretary.tap("还是请进来吧")
    assert await zhao.heard("欢迎加入")
    await zhao.say("/open")
    await zhao.tap("认领 #1")
    assert (await town.wish()).state is State.CLAIMED


async def test_after_a_month_somebody_turned_away_may_ask_again(town: Town, secretary: Actor, wang: Actor) -> None:
    (zhao,) = await asks(town, wang, "小赵")
    await secretary.tap("✖️ 不同意")
    await until(town, "03-20 10:00", live=False)
    assert "上次没能让您加入" in (await zhao.forge("k:1"))["text"]
    await until(town, "04-02 10:00", live=False)
    assert "要管理员同意" in (await zhao.forge("k:1"))["text"]
    await secretary.tap("✅ 同意")
    assert (await town.wish(1)).state is State.CLAIMED


async def test_who_has_their_hands_full_is_let_in_and_claims_nothing_more(town: Town, secretary: Actor, wang: Actor) -> None:
    (zhao,) = await asks(town, wang, "小赵")
    for _ in range(3):  # an officer once, with three orders still in hand
        held = await opened(town, wang)
        async with town.app.transactions.begin() as session:
            (await session.get_one(Person, zhao.id)).is_admin = True
        await secretary.forge(f"y:{held}:{zhao.id}")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Person, zhao.id)).is_admin = False
    await secretary.say("/review")
    await secretary.tap("👋 小赵")
    await secretary.tap("✅ 同意")
    assert "您手上已有 3 件" in await zhao.last()
    assert (await town.wish(1)).state is State.OPEN
    live = await town.rows(select(Claim).where(Claim.person_id == zhao.id, Claim.state == ClaimState.LIVE))
    assert len(live) == 3


async def test_nothing_is_sent_to_somebody_known_to_be_gone_until_they_return(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await town.people.block(OFFICER)
    await town.settle()
    tried = len(await town.refused_calls())
    await secretary.tap("通过，发给志愿者")
    assert len(await town.refused_calls()) == tried
    states = await town.rows(select(Outgoing.state).where(Outgoing.chat_id == OFFICER, Outgoing.method == "editMessageText"))
    assert states[-1] == "parked"
    await town.people.block(OFFICER, False)
    await chen.say("/help")
    cards = [message["text"] for message in await chen.messages() if "智能手机" in message["text"]]
    assert "现在：等人认领" in cards[-1]


async def test_a_question_too_old_to_be_shown_with_its_tap_is_settled_like_any_other(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    (zhao,) = await asks(town, wang, "小赵")
    asked = next(message for message in await secretary.messages() if "小赵" in message["text"] and "reply_markup" in message)
    await secretary.press(asked["message_id"], f"v:{zhao.id}:1", inaccessible=True)
    (settled,) = [message for message in await secretary.messages() if message["message_id"] == asked["message_id"]]
    assert "小赵已加入志愿者" in settled["text"]
    assert not settled.get("reply_markup", {}).get("inline_keyboard")
