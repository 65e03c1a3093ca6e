"""A group becomes a supergroup, with another id: it stays bound, and everything that lives stands there anew, once."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from actions import mending
from bot.telegram import Telegram
from bot.transactions import Transactions
from storage import outbox
from storage.deliveries import Sent, settle
from storage.models import Card, Group, Outgoing
from tests.stories.scenes import claimed, delivered, opened
from tests.stories.town import TOKEN, Actor, Town


async def posts(actor: Actor, room: int, wish: int) -> list[dict[str, Any]]:
    return [message for message in await actor.messages(room) if f"#{wish}" in message["text"]]


@pytest.fixture
async def li(town: Town, secretary: Actor) -> Actor:
    """小李, a volunteer."""
    return await town.volunteer("小李")


@pytest.fixture
async def room(town: Town, secretary: Actor, li: Actor) -> int:
    """A plain group of volunteers."""
    return await town.group("志愿者群", li, kind="group")


async def upgrade(town: Town, room: int) -> int:
    new = int((await town.people.upgrade(room))["id"])
    await town.settle()
    return new


async def upgrade_unheard(town: Town, room: int) -> int:
    """The group is another one, and the bot, which was not there, is told nothing of it."""
    await town.app.stop()
    new = int((await town.people.upgrade(room))["id"])
    telegram = Telegram(SecretStr(TOKEN), town.sandbox.url)
    await telegram.open()
    await telegram.call("deleteWebhook", {"drop_pending_updates": True})
    await telegram.close()
    await town.begin_again()
    return new


async def bound(town: Town) -> list[tuple[int, str | None]]:
    return [(group.id, group.audience) for group in await town.rows(select(Group))]


async def test_the_group_stays_bound_and_every_live_card_stands_there_anew(
    town: Town, wang: Actor, li: Actor, room: int
) -> None:
    open_one = await opened(town, wang)
    taken = await claimed(town, wang, li, "想请人帮忙修一下水管")
    over = await delivered(town, wang, li, "想请人帮忙搬一张桌子")
    await wang.tap("办好了")
    new = await upgrade(town, room)
    assert await bound(town) == [(new, "volunteers")]
    (post,) = await posts(li, new, open_one)
    assert "认领" in str(post["reply_markup"])
    (post,) = await posts(li, new, taken)
    assert "小李" in post["text"]
    assert await posts(li, new, over) == []
    later = await opened(town, wang, "想请人帮忙换个门锁")
    assert len(await posts(li, new, later)) == 1


async def test_later_changes_show_on_the_new_card(town: Town, wang: Actor, li: Actor, room: int) -> None:
    wish = await opened(town, wang)
    (old,) = await posts(li, room, wish)
    new = await upgrade(town, room)
    await li.tap("认领", new)
    (post,) = await posts(li, new, wish)
    assert "小李" in post["text"]
    assert post["edited"]
    assert [message["text"] for message in await posts(li, room, wish)] == [old["text"]]
    assert await town.refused_calls() == []


async def test_whoever_taps_in_the_old_group_claims_all_the_same(town: Town, wang: Actor, li: Actor, room: int) -> None:
    wish = await opened(town, wang)
    new = await upgrade(town, room)
    await li.tap("认领", room)
    (post,) = await posts(li, new, wish)
    assert "小李" in post["text"]


async def test_nobody_is_greeted_as_a_stranger(town: Town, li: Actor, room: int) -> None:
    new = await upgrade(town, room)
    assert not await li.heard("大家好", new)
    await town.people.set_member(new, None, "member")
    await town.settle()
    assert not await li.heard("大家好", new)


async def test_told_again_and_in_any_order_it_happens_once(town: Town, wang: Actor, li: Actor, room: int) -> None:
    wish = await opened(town, wang)
    await town.people.fault("shuffle", count=3)
    await town.people.fault("duplicate", count=6)
    new = await upgrade(town, room)
    await li.say("/my")
    assert len(await posts(li, new, wish)) == 1
    assert await bound(town) == [(new, "volunteers")]


async def test_two_who_hear_of_it_at_once_post_it_once(
    town: Town, engine: AsyncEngine, wang: Actor, li: Actor, room: int
) -> None:
    """Service messages of two chats may reach two replicas at the same moment, and the sender is a third."""
    wish = await opened(town, wang)
    await town.app.stop()
    transactions = Transactions(engine)
    new = int((await town.people.upgrade(room))["id"])
    assert town.app.town is not None
    here = town.app.town

    async def hear() -> None:
        await transactions.run(lambda session: mending.follow(session, town.now(), here, room, new))

    await asyncio.gather(hear(), hear(), hear())
    await town.begin_again()
    assert len(await posts(li, new, wish)) == 1
    assert await bound(town) == [(new, "volunteers")]


async def test_who_was_told_nothing_learns_it_from_a_refusal(town: Town, wang: Actor, li: Actor, room: int) -> None:
    first, second = await opened(town, wang), await opened(town, wang, "想请人帮忙修一下水管")
    new = await upgrade_unheard(town, room)
    later = await opened(town, wang, "想请人帮忙换个门锁")  # its post is refused, and says where the group went
    assert await bound(town) == [(new, "volunteers")]
    assert [len(await posts(li, new, wish)) for wish in (first, second, later)] == [1, 1, 1]


async def test_a_change_that_is_refused_shows_on_the_new_card(town: Town, wang: Actor, li: Actor, room: int) -> None:
    wish = await opened(town, wang)
    new = await upgrade_unheard(town, room)
    await li.say(f"/start claim_{wish}")
    (post,) = await posts(li, new, wish)
    assert "小李" in post["text"]


async def test_what_waits_goes_along_and_what_meant_an_old_message_does_not(
    town: Town, engine: AsyncEngine, wang: Actor, li: Actor, room: int
) -> None:
    """Numbers begin anew: an edit or a reply would strike somebody else's message."""
    await town.app.stop()
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        for parked in (False, True):
            payload = {"chat_id": room, "text": f"停着：{parked}", "reply_parameters": {"message_id": 2}}
            await outbox.enqueue(session, town.now(), room, "sendMessage", payload, parked=parked)
        for method, more in (("editMessageText", {"text": "改了"}), ("deleteMessage", {})):
            await outbox.enqueue(session, town.now(), room, method, {"chat_id": room, "message_id": 2, **more})
    new = int((await town.people.upgrade(room))["id"])
    await town.begin_again()
    said = await li.messages(new)
    assert [message["text"] for message in said] == ["停着：False", "停着：True"]
    assert not any("reply_to_message" in message for message in said)
    dropped = await town.rows(select(Outgoing.error).where(Outgoing.state == "dropped", Outgoing.method == "editMessageText"))
    assert dropped == ["its message stayed under the old id"]


async def test_a_card_that_was_on_its_way_arrives_under_the_new_id(
    town: Town, engine: AsyncEngine, wang: Actor, li: Actor, room: int
) -> None:
    """It was sent just before the group moved, and its answer comes just after."""
    wish = await opened(town, wang)
    await town.app.stop()
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        await session.execute(update(Card).where(Card.face == "group").values(message_id=None))
        on_its_way = update(Outgoing).where(Outgoing.chat_id == room, Outgoing.card_id.is_not(None))
        await session.execute(on_its_way.values(state="waiting", message_id=None, not_before=outbox.AT_ONCE))
        leased = await outbox.lease(session, datetime.now(UTC), 8)
    assert [row.chat_id for row in leased] == [room]
    new = int((await town.people.upgrade(room))["id"])
    assert town.app.town is not None
    here = town.app.town
    await transactions.run(lambda session: mending.follow(session, town.now(), here, room, new))
    await transactions.run(lambda session: settle(session, town.now(), [(leased[0], Sent(5))]))
    async with transactions.begin() as session:
        card = (await session.scalars(select(Card).where(Card.wish_id == wish, Card.face == "group"))).one()
    assert (card.chat_id, card.message_id) == (new, None)
    await town.begin_again()
    assert len(await posts(li, new, wish)) == 1
    await li.tap("认领", new)
    (post,) = await posts(li, new, wish)
    assert "小李" in post["text"]


async def test_reviewers_cards_follow_as_well(town: Town, secretary: Actor, wang: Actor) -> None:
    desk = await town.group("审核群", secretary, audience="审核员群", kind="group")
    await wang.say("楼上天天半夜装修，投诉了没人管")
    await wang.tap("提交")
    wish = (await town.wish()).id
    assert await posts(secretary, desk, wish)
    new = await upgrade(town, desk)
    (card,) = await posts(secretary, new, wish)
    labels = [button["text"] for row in card["reply_markup"]["inline_keyboard"] for button in row]
    assert labels
    await secretary.tap(labels[0], new)
    assert await town.refused_calls() == []
