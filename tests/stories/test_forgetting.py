"""Phone and address are kept while they are needed, and some days longer."""

from datetime import timedelta

from sqlalchemy import select

from storage.models import Appointment, Claim, Line, Outgoing
from tests.stories.scenes import claimed
from tests.stories.test_claims import LAMP
from tests.stories.town import Actor, Town

PHONE = "13812345678"


async def _fulfilled(town: Town, secretary: Actor, wang: Actor) -> int:
    """A wish that is over, whose helper had a phone number."""
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.say(f"{PHONE} 河街 3 号楼 402")
    await wang.tap("提交")
    await li.tap("认领", group)
    await wang.tap("改电话地址")
    await wang.say(f"{PHONE} 河街 3 号楼 403")
    assert await li.heard(PHONE)
    await li.tap("办好了")
    await li.tap("1 小时")
    await wang.tap("👍 办好了")
    return (await town.wish()).id


async def _kept(town: Town) -> int:
    """How many rows still hold the number."""
    rows = await town.rows(select(Outgoing))
    lines = await town.rows(select(Line))
    return sum(PHONE in str(row.payload) for row in rows) + sum(PHONE in line.text for line in lines)


async def test_a_month_after_the_end_phone_and_address_are_forgotten(town: Town, secretary: Actor, wang: Actor) -> None:
    number = await _fulfilled(town, secretary, wang)
    await town.live_through(days=29)
    assert PHONE in ((await town.wish(number)).contact or "")
    assert await _kept(town) > 0
    await town.live_through(days=2)
    wish = await town.wish(number)
    assert (wish.contact, wish.text) == (None, LAMP)
    assert await _kept(town) == 0
    assert [row for row in await town.rows(select(Outgoing)) if row.payload == {}]  # that something was told stays on record


async def test_a_standstill_forgets_as_soon_as_the_bot_is_back(town: Town, secretary: Actor, wang: Actor) -> None:
    await _fulfilled(town, secretary, wang)
    await town.advance(days=40)
    assert await _kept(town) == 0
    (due,) = [row.due_at for row in await town.rows(select(Appointment)) if row.name == "forget"]
    assert town.now() < due <= town.now() + timedelta(days=1)


async def test_of_a_wish_that_lives_nothing_is_forgotten(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    number = await claimed(town, wang, li, contact=PHONE)
    await town.advance(days=2)
    async with town.app.transactions.begin() as session:
        (claim,) = (await session.scalars(select(Claim))).all()
        claim.due_at += timedelta(days=90)
    await town.advance(days=40)
    assert (await town.wish(number)).contact == PHONE


async def test_a_number_of_a_helper_who_blocked_the_bot_is_forgotten_too(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    number = await claimed(town, wang, li, contact=PHONE)
    await town.people.block(li.id)
    await wang.say("/my")
    await wang.tap(f"看 #{number}")
    await wang.tap("改电话地址")
    await wang.say(f"{PHONE} 河街")
    await wang.tap("撤回")
    await wang.tap("是的，撤回")
    await town.live_through(days=32)
    assert await _kept(town) == 0
    await town.people.block(li.id, False)
    await li.say("/start")
    assert not any(PHONE in str(message) for message in (await li.messages())[-3:])
