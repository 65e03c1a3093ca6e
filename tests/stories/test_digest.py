"""今日小结: once a day to every admin, on demand at any time, and true."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from actions import delivering
from actions.digests import count_next_digest, send_next_digest
from rules.lifecycle import Kind
from storage.models import Appointment, Claim, Digest, Person
from tests.stories.scenes import claimed, delivered, many_opened, opened, said, submitted, times, until
from tests.stories.town import ADMIN, OFFICER, Actor, Town

HEAD = "今日小结"


async def test_at_six_every_admin_gets_it_once_whatever_restarts(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await opened(town, wang)
    await until(town, "03-02 17:59")
    six = town.now() + timedelta(seconds=62)
    transactions = town.app.transactions

    async def send() -> None:
        async with transactions.reading() as session:
            counted = await count_next_digest(session, six, town.app.town)
        await transactions.run(lambda session: send_next_digest(session, six, town.app.town, counted))

    await asyncio.gather(*(send() for _ in range(5)))  # as if several replicas thought that it was their turn
    await town.settle()
    await town.advance(seconds=30)
    await town.restart()
    await asyncio.gather(town.app.tick(), town.app.tick())
    await until(town, "03-02 21:00")
    for admin in (secretary, chen):
        assert len(await times(town, admin.id, HEAD)) == 1
    assert await times(town, wang.id, HEAD) == []
    await until(town, "03-03 18:05")
    assert (await times(town, ADMIN, HEAD))[1:] == ["03-03 18:00"]


async def test_an_appointment_that_comes_back_does_not_repeat_the_day(town: Town, secretary: Actor) -> None:
    await until(town, "03-02 18:05")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Appointment, "digest")).due_at = town.now()
    await town.settle()
    assert len(await times(town, ADMIN, HEAD)) == 1
    assert len(await town.rows(select(Digest))) == 1


async def test_its_figures_equal_what_happened(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await submitted(town, wang, "我想学用智能手机", category="hardship_relief", category_sure=True, area_code="cg-07")
    await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT, area_code="cg-01", category="property")
    await many_opened(town, wang, 2, area_code="cg-01")
    late = await claimed(town, wang, li, area_code="cg-01-02")
    async with town.app.transactions.begin() as session:
        claim = (await session.scalars(select(Claim).where(Claim.wish_id == late))).one()
        claim.due_at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 16:00 local
    done = await delivered(town, wang, li)
    await town.people.tap(wang.id, *(await _button(wang, f"w:confirm:{done}")))
    await town.settle()
    await delivered(town, wang, li)
    await wang.say("这条没提交就不要了")
    await wang.tap("不办了")
    await wang.tap("是的，不办了")
    gone = await opened(town, wang)
    await _withdraw(town, wang, gone)
    await wang.say("这条还是草稿")
    await until(town, "03-02 18:05")

    digest = await secretary.last()
    assert "03-02" in digest
    assert "新来 8 · 实现 1 · 其他办结 1" in digest
    assert "待审 1 · 待认领 3 · 在办 1 · 待确认 1" in digest
    assert "超时 1 件" in digest
    assert "便民维修 4" in digest
    assert "物业管理 1" in digest
    assert "河街社区 4" in digest
    assert "菜湾社区 1" in digest
    assert "未注明 1" in digest
    assert [line.split(" ")[0] for line in digest.split("等得最久的：")[1].split("\n") if line] == [
        f"#{n}" for n in range(1, 6)
    ]
    (row,) = await town.rows(select(Digest))
    assert (row.figures["new"], row.figures["fulfilled"], row.figures["overdue"]) == (8, 1, 1)
    await secretary.tap("看 #1")
    assert "我想学用智能手机" in await secretary.last()
    await secretary.say("/digest")
    assert (await secretary.last()).split("等得最久的")[0] == digest.split("等得最久的")[0]


async def test_a_community_is_named_once_with_what_waits_in_all_its_grids(town: Town, secretary: Actor, wang: Actor) -> None:
    for code in ("cg-01", "cg-01-01", "cg-01-02", "cg-01-03", "cg-02-01", "cg-03-01", "cg-04-01", "cg-05-01", "cg-06-01"):
        await opened(town, wang, area_code=code)
    await opened(town, wang, category="no_longer_there", area_code="cg-07")
    await opened(town, wang, category="other", area_code="cg-07")
    await secretary.say("/digest")
    digest = await secretary.last()
    assert "地方：河街社区 4、菜湾社区 2" in digest
    assert digest.count("河街社区") == 1 + digest.split("等得最久的")[1].count("河街社区")
    assert digest.count("社区 1") == 5
    assert "其他 2" in digest


async def test_what_comes_in_the_evening_is_told_the_day_after(town: Town, secretary: Actor, wang: Actor) -> None:
    await until(town, "03-02 20:00")
    await opened(town, wang)
    await until(town, "03-03 18:05")
    digest = await secretary.last()
    assert "新来 0 · 实现 0 · 其他办结 0" in digest
    assert "昨晚小结之后：新来 1 · 实现 0 · 其他办结 0" in digest
    await until(town, "03-04 18:05")
    assert "昨晚" not in await secretary.last()


async def test_what_came_before_a_late_digest_is_told_once(town: Town, secretary: Actor, wang: Actor) -> None:
    await until(town, "03-02 17:50")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Appointment, "digest")).due_at += timedelta(hours=1)  # as if nobody could send it at six
    await until(town, "03-02 18:30")
    await opened(town, wang)
    await until(town, "03-02 19:05")
    assert await times(town, ADMIN, "新来 0 ") == ["03-02 19:00"]
    await until(town, "03-03 18:05")
    assert "昨晚小结之后：新来 1 " in await secretary.last()


async def test_on_demand_it_is_for_admins_only(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    for who in (wang, li):
        await who.say("/digest")
        assert "这一步要社区来办" in await who.last()
    await secretary.say("/digest")
    assert HEAD in await secretary.last()
    await until(town, "03-02 18:05")
    assert await times(town, ADMIN, HEAD) == ["03-02 09:00", "03-02 18:00"]


async def test_a_day_with_nothing_to_tell_reads_kindly(town: Town, secretary: Actor) -> None:
    await until(town, "03-02 18:05")
    assert (await secretary.last()).split("\n") == [
        "📊 03-02 今日小结",
        "新来 0 · 实现 0 · 其他办结 0",
        "现在：待审 0 · 待认领 0 · 在办 0 · 待确认 0",
        "没有积压，大家辛苦了。",
    ]


async def test_an_english_admin_reads_english(town: Town, wang: Actor) -> None:
    ann = await town.person("Ann", id=ADMIN, language="en")
    async with town.app.transactions.begin() as session:
        (await session.get_one(Person, ADMIN)).locale = "en"
    await opened(town, wang, area_code="cg-01")
    await opened(town, wang, "楼上漏水没人管，我要投诉物业", kind=Kind.COMPLAINT, category="property")
    await until(town, "03-02 18:05")
    digest = await ann.last()
    assert "Today, 03-02" in digest
    assert "New 2 · fulfilled 0" in digest
    assert "、" not in digest
    assert "Waiting longest" in digest


async def test_days_that_were_slept_through_are_one_digest_of_the_last_of_them(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    await until(town, "03-05 12:00")
    await opened(town, wang)
    await town.app.stop()
    await town.people.advance(86400 - 2 * 3600)  # to Friday 10:00
    await town.begin_again()
    assert (await times(town, ADMIN, HEAD))[3:] == ["03-06 10:00"]
    digest = next(text for _, _, text in reversed(await said(town, ADMIN)) if HEAD in text)
    assert "03-05 今日小结" in digest
    assert "新来 1" in digest
    await until(town, "03-06 18:05")
    assert await times(town, ADMIN, "03-06 今日小结") == ["03-06 18:00"]
    days = [row.day.day for row in await town.rows(select(Digest).where(Digest.person_id == ADMIN).order_by(Digest.day))]
    assert days == [2, 3, 4, 5, 6]


async def test_an_admin_who_blocked_the_bot_does_not_keep_it_from_the_others(town: Town, secretary: Actor, chen: Actor) -> None:
    await town.people.block(ADMIN)
    await until(town, "03-02 18:05")
    assert await times(town, OFFICER, HEAD) == ["03-02 18:00"]
    assert await times(town, ADMIN, HEAD) == []


async def test_a_digest_that_cannot_be_made_is_tried_again_in_an_hour(town: Town, secretary: Actor, monkeypatch) -> None:
    async def fails(*given):
        raise ValueError("poison")

    monkeypatch.setattr("actions.digests.compose", fails)
    await until(town, "03-02 18:05")
    assert await times(town, ADMIN, HEAD) == []
    monkeypatch.undo()
    await until(town, "03-02 19:05")
    assert await times(town, ADMIN, HEAD) == ["03-02 19:00"]
    await until(town, "03-03 18:05")
    assert await times(town, ADMIN, HEAD) == ["03-02 19:00", "03-03 18:00"]


async def test_from_december_on_admins_are_warned_once_of_holidays_that_are_not_known(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    assert not await secretary.heard("放假安排")
    await until(town, "11-30 23:59", live=False)
    await town.live_through(hours=7)
    assert not await secretary.heard("放假安排")
    await town.advance(hours=1)
    assert await times(town, ADMIN, "2027 年的放假安排") == ["12-01 07:59"]
    await town.restart()
    await town.advance(days=10)
    assert len(await times(town, ADMIN, "放假安排")) == 1
    assert not await wang.heard("放假安排")


async def _button(reader: Actor, data: str) -> tuple[int, str]:
    """The newest message with that button."""
    for message in reversed(await reader.messages()):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            if any(button.get("callback_data") == data for button in row):
                return message["message_id"], data
    raise AssertionError(data)


async def _withdraw(town: Town, author: Actor, wish_id: int) -> None:
    async with town.app.transactions.begin() as session:
        person = await session.get_one(Person, author.id)
        await delivering.withdraw(session, town.now(), town.app.town, person, wish_id)
    await town.settle()


async def test_what_three_people_speak_of_stands_in_the_digest(town: Town, secretary: Actor, wang: Actor) -> None:
    zhao, sun = await town.person("赵大爷"), await town.person("孙阿姨")
    public = {"kind": Kind.COMPLAINT, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    lights = [await submitted(town, wang, "河街路灯不亮，找王秀英13812345678", **public)]
    lights.append(await submitted(town, zhao, "河街的路灯坏了，晚上看不见", **public | {"area_code": "cg-01-02"}))
    await secretary.say("/digest")
    assert "好几位都在说" not in await secretary.last()  # two are no topic
    lights.append(await submitted(town, sun, "河街晚上路灯一盏都不亮", **public))
    await submitted(town, sun, "菜湾的垃圾没人收", **public | {"area_code": "cg-07", "category": "sanitation"})
    await until(town, "03-02 18:05")
    digest = await secretary.last()
    assert "这几天好几位都在说" in digest
    assert "路灯" in digest
    assert "河街社区（3 人，1 天）：#" in digest
    told = next(line for line in digest.splitlines() if "（3 人，1 天）" in line)
    numbers = [int(number) for number in re.findall(r"#(\d+)", told)]
    assert sorted(numbers) == lights
    await secretary.tap(f"#{numbers[0]}")
    assert f"#{numbers[0]} " in (await secretary.last()).splitlines()[0]
    for secret in ("王秀英", "13812345678", "垃圾"):
        assert secret not in digest


async def test_who_went_along_counts_as_a_voice_and_not_as_new(town: Town, secretary: Actor, wang: Actor) -> None:
    public = {"kind": Kind.COMPLAINT, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    await submitted(town, wang, "河街路灯不亮", **public)
    for name in ("赵大爷", "孙阿姨"):
        neighbour = await town.person(name)
        await neighbour.say("河街的路灯坏了，晚上看不见")
        await neighbour.tap("我也要反映")
    await secretary.say("/digest")
    digest = await secretary.last()
    assert "新来 1 · 实现 0 · 其他办结 0 · 一起反映 2" in digest
    assert "（3 人，其中 2 人跟着反映，1 天）：#1" in digest


async def test_what_was_said_long_ago_is_no_topic(town: Town, secretary: Actor, wang: Actor) -> None:
    public = {"kind": Kind.COMPLAINT, "category": "facilities", "category_sure": True, "area_code": "cg-01"}
    for name in ("赵大爷", "孙阿姨", "李大妈"):
        await submitted(town, await town.person(name), "河街路灯不亮", **public)
    await until(town, "03-20 12:00", live=False)
    await secretary.say("/digest")
    assert "好几位都在说" not in await secretary.last()
