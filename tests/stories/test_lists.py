"""One list per chat and slot, never a message per wish."""

import asyncio

from sqlalchemy import select

from actions import delivering, gathering
from rules.lifecycle import Kind, State
from storage.models import Claim, Group, Notice, Person, Wish
from tests.stories.scenes import claimed, many_opened, opened, said, submitted, times, until
from tests.stories.town import ADMIN, Actor, Town

ASKED = "个心愿等人认领"


async def labels(reader: Actor, chat: int) -> list[str]:
    """The buttons under the last message."""
    rows = (await reader.messages(chat))[-1]["reply_markup"]["inline_keyboard"]
    return [button["text"] for row in rows for button in row]


async def test_twelve_open_wishes_are_one_list_with_buttons_that_claim(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    found = await many_opened(town, wang, 12)
    before = len(await said(town, group))
    await until(town, "03-02 19:05")
    assert len(await said(town, group)) == before + 1
    text = await li.last(group)
    assert f"还有 12 {ASKED}" in text
    assert await labels(li, group) == [f"🙋 认领 #{wish_id}" for wish_id in found]
    assert "您认领了" in (await li.tap(f"认领 #{found[4]}", group))["text"]
    assert (await town.wish(found[4])).state is State.CLAIMED

    # What settled itself is in no later list.
    await until(town, "03-03 14:35")
    assert f"还有 11 {ASKED}" in await li.last(group)
    assert f"#{found[4]} " not in await li.last(group)
    assert len(await times(town, group, ASKED)) == 2


async def test_a_list_shows_only_what_its_authors_let_the_public_see(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者", wang)
    await opened(town, wang, "厨房的灯泡坏了，请打 13812345678")
    await opened(town, wang, "想请人陪我去医院看病", publish=False)
    await until(town, "03-02 19:05")
    text = await wang.last(group)
    assert f"还有 2 {ASKED}" in text
    assert "厨房的灯泡坏了" in text
    for private in ("13812345678", "看病", "王阿姨"):
        assert private not in text


async def test_a_wish_whose_yes_was_taken_back_is_listed_without_its_text(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者", wang)
    wish_id = await opened(town, wang, "厨房的灯泡坏了")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, wish_id)).published = False
    await until(town, "03-02 19:05")
    assert "灯泡" not in await wang.last(group)


async def test_a_long_list_is_cut_and_says_how_many_more_there_are(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者", wang)
    found = await many_opened(town, wang, 31)
    urgent = await opened(town, wang, "今天就要用，想借一个轮椅", urgency="today")
    await until(town, "03-02 18:59")
    async with town.app.transactions.begin() as session:  # its own slot was at 14:30; now it meets the others
        session.add(Notice(chat_id=group, wish_id=urgent, about="open", due_at=town.now(), created_at=town.now()))
        await session.flush()
        for notice in await session.scalars(select(Notice)):
            notice.due_at = notice.due_at.replace(hour=11, minute=0, second=0)
    await until(town, "03-02 19:05")
    text, buttons = await wang.last(group), await labels(wang, group)
    assert f"还有 32 {ASKED}" in text
    assert "还有 12 件" in text
    assert "私下" in text
    assert buttons == [f"🙋 认领 #{wish_id}" for wish_id in [urgent, *found[:19]]]
    assert len(text) <= 4096
    assert len(buttons) <= 100
    assert await town.refused_calls() == []


async def test_reviewer_and_claimant_in_one_person_get_one_list_under_headings(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    group = await town.group("城关志愿者")
    await claimed(town, wang, secretary, "想请人陪我去医院看病", days=1, publish=False)
    for _ in range(3):
        await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT)
    await until(town, "03-03 10:30")
    mine = [(f"{at:%d %H:%M}", text) for at, _, text in await said(town, ADMIN) if "提醒您" in text]
    assert [at for at, _ in mine] == ["02 12:00", "02 18:00", "03 10:00"]
    text = mine[-1][1]
    assert "提醒您 5 件事" in text
    assert [line for line in text.split("\n") if line.endswith("：")] == [
        "拖得久了，请过问：", "已经超时：", "等您安排人：",
    ]  # fmt: skip
    assert "陪我去医院" in text  # a claimant reads what they promised
    assert await times(town, group, ASKED) == []


async def test_nothing_is_sent_when_everything_settled_itself(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish_id = await opened(town, wang)
    await until(town, "03-02 18:59")
    before = len(await said(town, group))
    async with town.app.transactions.begin() as session:
        session.add(Notice(chat_id=group, wish_id=wish_id, about="open", due_at=town.now(), created_at=town.now()))
        session.add(Notice(chat_id=ADMIN, wish_id=wish_id, about="reviewing", due_at=town.now(), created_at=town.now()))
        session.add(Notice(chat_id=li.id, wish_id=wish_id, about="due", due_at=town.now(), created_at=town.now()))
        session.add(Notice(chat_id=999, wish_id=wish_id, about="order", due_at=town.now(), created_at=town.now()))
        row = await session.get_one(Person, wang.id)
        await delivering.withdraw(session, town.now(), town.app.town, row, wish_id)
    await town.settle()
    await until(town, "03-03 19:30")
    assert len(await said(town, group)) == before
    assert not await secretary.heard("提醒您")
    assert not await li.heard("提醒您")
    assert await town.rows(select(Notice)) == []


async def test_a_list_that_fails_waits_an_hour_and_other_chats_get_theirs(
    town: Town, secretary: Actor, wang: Actor, monkeypatch
) -> None:
    poisonous = await town.group("河街志愿者", area="河街社区")
    other = await town.group("旬阳志愿者", area="旬阳")
    await opened(town, wang, area_code="cg-01")
    await opened(town, wang, area_code="cg-02")
    real = gathering._items

    async def fails(session, given, due, *rest, **more):
        if due and due[0][0].chat_id == poisonous:
            raise ValueError("poison")
        return await real(session, given, due, *rest, **more)

    monkeypatch.setattr(gathering, "_items", fails)
    await until(town, "03-02 19:05")
    assert await times(town, poisonous, ASKED) == []
    assert await times(town, other, ASKED) == ["03-02 19:00"]
    monkeypatch.undo()
    await until(town, "03-02 20:05")
    assert await times(town, poisonous, ASKED) == ["03-02 20:00"]


async def test_hundreds_of_wishes_of_one_slot_are_still_one_list(
    town: Town, secretary: Actor, wang: Actor, monkeypatch
) -> None:
    monkeypatch.setattr("bot.ticks.AT_MOST", 5)
    group = await town.group("城关志愿者", wang)
    await many_opened(town, wang, 23)
    await until(town, "03-02 19:05")
    assert len(await times(town, group, ASKED)) == 1
    assert f"还有 23 {ASKED}" in await wang.last(group)


async def test_a_list_reads_in_the_language_of_its_chat(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("Volunteers")
    english = await town.volunteer("Ann")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Group, group)).locale = "en"
        (await session.get_one(Person, english.id)).locale = "en"
    await many_opened(town, wang, 22)
    await claimed(town, wang, english, days=1)
    await until(town, "03-03 10:30")
    assert "22 wishes are still waiting" in await wang.last(group)
    assert "and 2 more" in await wang.last(group)
    assert "Overdue" in await english.last()
    assert (await town.rows(select(Claim.person_id))) == [english.id]


async def test_whoever_is_no_admin_any_more_gets_no_list_for_the_staff(town: Town, secretary: Actor, wang: Actor) -> None:
    wish_id = await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True)
    async with town.app.transactions.begin() as session:
        session.add(Notice(chat_id=wang.id, wish_id=wish_id, about="reviewing", due_at=town.now(), created_at=town.now()))
    await town.settle()
    assert not await wang.heard("提醒您")


async def test_two_ticks_at_once_make_one_list(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    found = await many_opened(town, wang, 3)
    async with town.app.transactions.begin() as session:
        session.add_all(
            Notice(chat_id=group, wish_id=wish_id, about="open", due_at=town.now(), created_at=town.now()) for wish_id in found
        )
    run = town.app.transactions.run
    await asyncio.gather(*(run(lambda session: gathering.send_next_list(session, town.now(), town.app.town)) for _ in range(4)))
    await town.settle()
    assert len(await times(town, group, ASKED)) == 1
