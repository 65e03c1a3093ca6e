"""Leases, edits, moves: what the sender may take and what it leaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.transactions import Transactions
from rules.lifecycle import ClaimState, Kind, State
from storage import chats, outbox, people, updates, wishes
from storage.deliveries import Moved, Outcome, PutOff, Refused, Sent, Why, settle
from storage.models import Area, Card, Claim, Group, Notice, Outgoing, Person, SeenUpdate, Wish

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REAL = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WANG = 11


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with Transactions(engine).begin() as opened:
        yield opened


async def say(session: AsyncSession, text: str, chat: int = WANG, method: str = "sendMessage", **more: Any) -> Outgoing:
    row_id = await outbox.enqueue(session, NOW, chat, method, {"chat_id": chat, "text": text}, **more)
    return await session.get_one(Outgoing, row_id)


async def card(session: AsyncSession, chat: int = WANG, message_id: int | None = None) -> Card:
    if await session.get(Person, WANG) is None:
        session.add(Person(id=WANG, created_at=NOW))
        await session.flush()
    wish = Wish(author_id=WANG, kind=Kind.WISH, state=State.OPEN, state_since=NOW, category="other", created_at=NOW)
    session.add(wish)
    await session.flush()
    made = Card(wish_id=wish.id, chat_id=chat, face="group", message_id=message_id, created_at=NOW)
    session.add(made)
    await session.flush()
    return made


def texts(leased: list[outbox.Leased]) -> list[str]:
    return [row.payload["text"] for row in leased]


async def test_one_row_a_chat_and_answers_first(session: AsyncSession) -> None:
    for text, chat, lane in (("提醒", 1, 1), ("一", 2, 0), ("二", 2, 0), ("三", 3, 0)):
        await say(session, text, chat, lane=lane)
    assert texts(await outbox.lease(session, REAL, 8)) == ["一", "三", "提醒"]
    assert texts(await outbox.lease(session, REAL, 8)) == ["二"]
    assert await outbox.lease(session, REAL, 8) == []


async def test_a_crowded_chat_does_not_hide_the_others(session: AsyncSession) -> None:
    for number in range(100):
        await say(session, f"{number}", 1)
    await say(session, "另一个", 2)
    assert texts(await outbox.lease(session, REAL, 2)) == ["0", "另一个"]


async def test_of_what_nobody_waits_for_only_so_much_is_leased(session: AsyncSession) -> None:
    for chat in range(1, 7):
        await outbox.enqueue(session, NOW, chat, "sendMessage", {"chat_id": chat, "text": "r"}, lane=1)
    await outbox.enqueue(session, NOW, 7, "sendMessage", {"chat_id": 7, "text": "a"})
    assert [row.chat_id for row in await outbox.lease(session, NOW, 8, spare=2)] == [7, 1, 2]
    assert await outbox.lease(session, NOW, 8, spare=0) == []
    assert [row.chat_id for row in await outbox.lease(session, NOW, 8)] == [3, 4, 5, 6]


async def test_chats_that_must_wait_are_skipped(session: AsyncSession) -> None:
    await say(session, "一", 1)
    await say(session, "二", 2)
    assert texts(await outbox.lease(session, REAL, 8, {1})) == ["二"]


async def test_a_lease_is_a_later_moment_and_comes_back(session: AsyncSession) -> None:
    row = await say(session, "一")
    (first,) = await outbox.lease(session, REAL, 8)
    assert first.until == REAL + outbox.LEASE
    assert await outbox.lease(session, REAL + timedelta(seconds=59), 8) == []
    assert await outbox.next_due(session, REAL) == first.until
    (again,) = await outbox.lease(session, REAL + timedelta(seconds=60), 8)
    await session.refresh(row)
    assert (again.attempts, row.maybe_twice) == (2, True)


GONE = Refused(Why.PERSON_GONE, "403 bot was blocked by the user")


async def test_who_came_back_while_the_verdict_was_on_its_way_is_heard(session: AsyncSession) -> None:
    wang = people.Sender(WANG, "王阿姨", None, "zh", True)
    await people.load_and_lock(session, NOW, wang)
    await say(session, "一")
    (leased,) = await outbox.lease(session, REAL, 8)
    await people.load_and_lock(session, NOW, wang)
    await say(session, "二")
    await settle(session, NOW, [(leased, GONE)])
    person = await session.get_one(Person, WANG, populate_existing=True)
    assert person.can_be_written
    assert texts(await outbox.lease(session, REAL, 8)) == ["一"]
    assert texts(await outbox.lease(session, REAL, 8)) == ["二"]


async def test_who_is_gone_is_asked_for_once_more_at_most(session: AsyncSession) -> None:
    await people.load_and_lock(session, NOW, people.Sender(WANG, "王阿姨", None, "zh", True))
    await say(session, "一")
    for text in ("二", "三"):
        (leased,) = await outbox.lease(session, REAL, 8)
        if text == "二":
            await say(session, text)  # news of somebody else's doing
        await settle(session, NOW, [(leased, GONE)])
    person = await session.get_one(Person, WANG, populate_existing=True)
    assert person.unreachable_at == NOW
    assert list(await session.scalars(select(Outgoing.state))) == ["parked", "parked"]


async def test_an_outcome_after_the_lease_was_lost_changes_nothing(session: AsyncSession) -> None:
    row = await say(session, "一")
    (late,) = await outbox.lease(session, REAL, 8)
    (now,) = await outbox.lease(session, late.until, 8)
    await settle(session, NOW, [(late, Sent(5))])
    await session.refresh(row)
    assert row.state == "waiting"
    await settle(session, NOW, [(now, Sent(6))])
    await session.refresh(row)
    assert (row.state, row.message_id) == ("sent", 6)


async def test_what_was_surely_not_sent_is_not_counted(session: AsyncSession) -> None:
    row = await say(session, "一")
    (leased,) = await outbox.lease(session, REAL, 8)
    await settle(session, NOW, [(leased, PutOff(REAL, "not sent: no connection", counted=False))])
    (again,) = await outbox.lease(session, REAL, 8)
    await session.refresh(row)
    assert (again.attempts, row.maybe_twice) == (1, False)


async def test_a_row_that_is_put_off_holds_back_only_what_edits_or_answers_its_card(session: AsyncSession) -> None:
    shown = await card(session)
    await say(session, "心愿", card_id=shown.id)
    await say(session, "改", method="editMessageText", card_id=shown.id)
    await say(session, "回复", reply_card_id=shown.id)
    await say(session, "不相干")
    (first,) = await outbox.lease(session, REAL, 8)
    await settle(session, NOW, [(first, PutOff(REAL + timedelta(hours=1), "unknown outcome: 500"))])
    assert texts(await outbox.lease(session, REAL, 8)) == ["不相干"]
    assert await outbox.lease(session, REAL, 8) == []


async def test_an_edit_takes_chat_and_message_from_its_card(session: AsyncSession) -> None:
    shown = await card(session, chat=-100, message_id=77)
    await outbox.enqueue(session, NOW, -100, "editMessageText", {"text": "新"}, card_id=shown.id)
    (edit,) = await outbox.lease(session, REAL, 8)
    assert edit.payload == {"text": "新", "chat_id": -100, "message_id": 77}
    assert edit.is_edit


async def test_a_message_that_waits_shows_from_the_beginning_what_it_became_meanwhile(session: AsyncSession) -> None:
    shown = await card(session)
    keyboard = {"inline_keyboard": [[{"text": "提交", "callback_data": "x"}]]}
    payload = {"chat_id": WANG, "text": "草稿", "parse_mode": "HTML", "reply_markup": keyboard}
    await outbox.enqueue(session, NOW, WANG, "sendMessage", payload, card_id=shown.id)
    (first,) = await outbox.lease(session, REAL, 8)
    for text in ("改过", "已提交"):
        edit = {"text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": []}}
        await outbox.enqueue(session, NOW, WANG, "editMessageText", edit, card_id=shown.id)
    await settle(session, NOW, [(first, PutOff(REAL, "unknown outcome: 500"))])
    (again,) = await outbox.lease(session, REAL, 8)
    assert again.payload == {"chat_id": WANG, "text": "已提交", "parse_mode": "HTML"}
    await settle(session, NOW, [(again, Sent(5))])
    assert await outbox.lease(session, REAL, 8) == []
    assert (await session.get_one(Card, shown.id, populate_existing=True)).message_id == 5


async def claim_of(session: AsyncSession, wish_id: int) -> Claim:
    session.add(claim := Claim(wish_id=wish_id, person_id=WANG, state_since=NOW, due_at=NOW, created_at=NOW))
    await session.flush()
    return claim


@pytest.mark.parametrize("state", [ClaimState.RELEASED, ClaimState.DISPUTED, ClaimState.CONFIRMED])
async def test_private_words_are_not_delivered_once_the_claim_has_ended(session: AsyncSession, state: ClaimState) -> None:
    shown = await card(session)
    claim = await claim_of(session, shown.wish_id)
    for _ in range(2):
        await say(session, "13812345678", claim_id=claim.id)
    (tried,) = await outbox.lease(session, REAL, 8)
    await settle(session, NOW, [(tried, PutOff(REAL, "unknown outcome: 500"))])
    claim.state = state
    await session.flush()
    assert await outbox.lease(session, REAL, 8) == []
    assert set(await session.scalars(select(Outgoing.state))) == {"dropped"}


async def test_private_words_that_arrive_while_the_claim_ends_are_deleted(session: AsyncSession) -> None:
    shown = await card(session)
    claim = await claim_of(session, shown.wish_id)
    await say(session, "13812345678", claim_id=claim.id)
    (leased,) = await outbox.lease(session, REAL, 8)
    claim.state = ClaimState.RELEASED
    await session.flush()
    await settle(session, NOW, [(leased, Sent(5, (6,)))])
    deleted = [(await outbox.lease(session, REAL, 8))[0] for _ in range(2)]
    assert [(row.method, row.payload["message_id"]) for row in deleted] == [("deleteMessage", 5), ("deleteMessage", 6)]


async def test_private_words_are_delivered_while_the_claim_is_theirs(session: AsyncSession) -> None:
    shown = await card(session)
    claim = await claim_of(session, shown.wish_id)
    await say(session, "13812345678", claim_id=claim.id)
    claim.state = ClaimState.DELIVERED
    await session.flush()
    assert texts(await outbox.lease(session, REAL, 8)) == ["13812345678"]


@pytest.mark.parametrize(("outcome", "goes_out"), [("unknown outcome: 500", ["已让出"]), ("told to wait", [])])
async def test_a_claimants_card_that_may_have_arrived_tells_that_the_claim_ended(
    session: AsyncSession, outcome: str, goes_out: list[str]
) -> None:
    shown = await card(session)
    claim = await claim_of(session, shown.wish_id)
    await say(session, "13812345678", card_id=shown.id, claim_id=claim.id)
    (tried,) = await outbox.lease(session, REAL, 8)
    claim.state = ClaimState.RELEASED
    await session.flush()
    await say(session, "已让出", method="editMessageText", card_id=shown.id)
    await settle(session, NOW, [(tried, PutOff(REAL, outcome, counted=outcome.startswith(outbox.UNKNOWN)))])
    assert texts(await outbox.lease(session, REAL, 8)) == goes_out
    assert await outbox.lease(session, REAL, 8) == []


async def test_an_edit_whose_message_is_parked_is_parked_with_it(session: AsyncSession) -> None:
    shown = await card(session)
    await say(session, "心愿", card_id=shown.id)
    await outbox.park(session, WANG)
    edit = await say(session, "改", method="editMessageText", card_id=shown.id)
    assert await outbox.lease(session, REAL, 8) == []
    await session.refresh(edit)
    assert edit.state == "parked"
    await outbox.unpark(session, WANG)
    assert texts(await outbox.lease(session, REAL, 8)) == ["改"]


async def test_two_senders_never_lease_the_same_row(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        for chat in range(1, 41):
            await say(session, f"{chat}", chat)

    async def take() -> list[str]:
        taken: list[str] = []
        for _ in range(10):
            taken += await transactions.run(lambda session: _texts(session))
        return taken

    both = await asyncio.gather(take(), take())
    assert sorted(map(int, both[0] + both[1])) == list(range(1, 41))


async def _texts(session: AsyncSession) -> list[str]:
    return texts(await outbox.lease(session, REAL, 4))


async def move(session: AsyncSession) -> list[int]:
    """As an update does that tells of it."""
    moves = {-5: -1005}
    await chats.take_seats(session, NOW, moves)
    await chats.lock_wishes(session, moves)
    return await chats.carry_over(session, moves)


async def test_a_group_that_moved_takes_everything_along(session: AsyncSession) -> None:
    session.add(Group(id=-5, title="群", audience="volunteers", locale="en", problem="left", created_at=NOW))
    shown = await card(session, chat=-5, message_id=7)
    shown_id = shown.id
    await say(session, "等着", -5)
    await say(session, "停着", -5)
    session.add(Notice(chat_id=-5, wish_id=shown.wish_id, about="open", due_at=NOW, created_at=NOW))
    await session.flush()
    assert await move(session) == [shown_id]
    assert await move(session) == []  # Telegram says it twice
    session.expire_all()
    moved = await session.get_one(Group, -1005)
    assert (moved.audience, moved.locale, moved.problem) == ("volunteers", "en", None)
    assert await session.get(Group, -5) is None
    assert (await session.get_one(Card, shown_id)).chat_id == -1005
    assert [row.payload["chat_id"] for row in await session.scalars(select(Outgoing))] == [-1005, -1005]
    assert [row.chat_id for row in await session.scalars(select(Notice))] == [-1005]


async def test_what_a_group_was_not_to_hear_is_deleted_when_it_arrives_all_the_same(session: AsyncSession) -> None:
    await say(session, "给审核员看的", -5)
    (leased,) = await outbox.lease(session, REAL, 8)
    await outbox.drop_of_chat(session, -5)
    await settle(session, NOW, [(leased, Sent(7))])
    (clearing,) = await outbox.lease(session, REAL, 8)
    assert (clearing.method, clearing.payload) == ("deleteMessage", {"chat_id": -5, "message_id": 7})


async def test_a_send_that_learns_the_new_id_goes_there(session: AsyncSession) -> None:
    await say(session, "一", -5)
    (leased,) = await outbox.lease(session, REAL, 8)
    await settle(session, NOW, [(leased, Moved(-1005))])
    (again,) = await outbox.lease(session, REAL, 8)
    assert (again.chat_id, again.payload["chat_id"], again.attempts) == (-1005, -1005, 1)


async def test_sender_and_update_that_learn_of_a_new_id_at_once_wait_for_each_other(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        session.add(Group(id=-5, title="群", created_at=NOW))
        await card(session, chat=-5, message_id=7)
        await say(session, "一", -5)
        (leased,) = await outbox.lease(session, REAL, 8)
    sending: asyncio.Task[None] | None = None
    async with transactions.begin() as session:
        await chats.take_seats(session, NOW, {-5: -1005})
        sending = asyncio.create_task(settling(transactions, (leased, Moved(-1005))))
        await asyncio.sleep(0.2)  # it has locked all that it can
        await chats.lock_wishes(session, [-5])
        await chats.carry_over(session, {-5: -1005})
    await sending
    async with transactions.begin() as session:
        assert texts(await outbox.lease(session, REAL, 8)) == ["一"]
        assert [group.id for group in await chats.groups(session)] == [-1005]


async def test_a_round_locks_people_before_the_wishes_of_groups_that_moved(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        session.add(Group(id=-5, title="群", created_at=NOW))
        wish_id = (await card(session, chat=-5, message_id=7)).wish_id
        await say(session, "一", -5)
        await say(session, "二")
        first, second = await outbox.lease(session, REAL, 8)
    outcomes = (first, Moved(-1005)), (second, Refused(Why.PERSON_GONE, "blocked"))
    async with transactions.begin() as session:  # somebody writes, and changes a wish of theirs
        await session.get_one(Person, WANG, with_for_update={"key_share": True})
        sending = asyncio.create_task(settling(transactions, *outcomes))
        await asyncio.sleep(0.2)
        await wishes.locked(session, wish_id)
    await sending
    async with transactions.begin() as session:
        assert (await session.get_one(Person, WANG)).unreachable_at == NOW
        assert [group.id for group in await chats.groups(session)] == [-1005]


async def settling(transactions: Transactions, *outcomes: tuple[outbox.Leased, Outcome]) -> None:
    """Once: a deadlock is an error."""
    async with transactions.begin() as session:
        await settle(session, NOW, outcomes)


async def test_groups_that_move_in_one_round_take_everything_along(session: AsyncSession) -> None:
    shown = [(await card(session, chat, 7)).id for chat in (-6, -5)]
    for chat in (-5, -6):
        await say(session, f"{chat}", chat)
    rows = await outbox.lease(session, REAL, 8)
    aftermath = await settle(session, NOW, [(row, Moved(row.chat_id - 1000)) for row in rows])
    assert sorted(aftermath.moved_cards) == shown
    assert [(row.chat_id, row.attempts) for row in await outbox.lease(session, REAL, 8)] == [(-1005, 1), (-1006, 1)]


async def test_who_binds_the_new_id_meanwhile_is_not_overruled(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    async with transactions.begin() as session:
        session.add_all([Area(code=code, name=code, level="community") for code in ("a", "b")])
        await session.flush()
        session.add(Group(id=-5, title="群", area_code="a", audience="volunteers", created_at=NOW))
        session.add(Group(id=-1005, title="群", created_at=NOW))

    async def hear() -> None:
        async with transactions.begin() as session:
            assert await chats.take_seats(session, NOW, {-5: -1005}) == []

    async with transactions.begin() as session:
        there = await chats.known(session, NOW, -1005, "群")
        there.area_code, there.audience = "b", "reviewers"
        hearing = asyncio.create_task(hear())
        await asyncio.sleep(0.2)
    await hearing
    async with transactions.begin() as session:
        assert [(group.id, group.area_code, group.audience) for group in await chats.groups(session)] == [
            (-1005, "b", "reviewers")
        ]


async def test_only_what_was_said_too_early_is_unsaid(session: AsyncSession) -> None:
    for text in ("大家好", "这是谁的群？"):
        await say(session, text, -1005)
        (row,) = await outbox.lease(session, REAL, 8)
        await settle(session, NOW, [(row, Sent(row.id + 100))])
    await say(session, "大家好", -1005)
    await say(session, "请选社区", -1005)
    await chats.unsay(session, NOW, -1005, ["大家好", "Hello"])
    rows = (await session.scalars(select(Outgoing).order_by(Outgoing.id))).all()
    assert [row.state for row in rows] == ["sent", "sent", "dropped", "waiting", "waiting"]
    assert (rows[4].method, rows[4].payload["message_id"]) == ("deleteMessage", rows[0].message_id)


async def test_a_group_is_added_once_whoever_races(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)

    async def hear(session: AsyncSession) -> str:
        group = await chats.known(session, NOW, -1005, "群")
        await asyncio.sleep(0.05)  # long enough for the others to come in, where the database lets them
        return group.title

    assert await asyncio.gather(*(transactions.run(hear) for _ in range(4))) == ["群"] * 4


async def test_an_update_is_seen_once_whoever_races(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    seen = await asyncio.gather(*(transactions.run(lambda session: updates.see(session, NOW, 5)) for _ in range(4)))
    assert sorted(seen) == [False, False, False, True]


async def test_a_number_that_telegram_gives_anew_after_days_is_seen_anew(session: AsyncSession) -> None:
    assert await updates.see(session, NOW, 5, outcome="failed", raw={"update_id": 5}, error="x")
    assert not await updates.see(session, NOW + timedelta(days=2), 5)
    assert await updates.see(session, NOW + timedelta(days=8), 5)
    (row,) = await session.scalars(select(SeenUpdate))
    assert (row.outcome, row.raw, row.error, row.at) == ("done", None, None, NOW + timedelta(days=8))


async def test_numbers_that_cannot_come_again_are_forgotten_a_few_at_a_time(session: AsyncSession) -> None:
    old = [{"id": number, "at": NOW, "outcome": "done"} for number in range(700)]
    failed = {"id": 1000, "at": NOW, "outcome": "failed"}
    fresh = {"id": 1001, "at": NOW + timedelta(days=9), "outcome": "done"}
    await session.execute(insert(SeenUpdate), [*old, failed, fresh])
    later = NOW + timedelta(days=10)
    assert [await updates.forget(session, later) for _ in range(2)] == [True, False]
    assert list(await session.scalars(select(SeenUpdate.id).order_by(SeenUpdate.id))) == [1000, 1001]


async def test_what_came_of_an_update_is_kept(session: AsyncSession) -> None:
    await updates.see(session, NOW, 1)
    await updates.see(session, NOW, 2, outcome="failed", raw={"update_id": 2}, error="x")
    await updates.conclude(session, 1, "refused")
    rows = list(await session.scalars(select(SeenUpdate).order_by(SeenUpdate.id)))
    assert [(row.outcome, row.raw) for row in rows] == [("refused", None), ("failed", {"update_id": 2})]
    assert not await session.scalar(select(SeenUpdate.id).where(SeenUpdate.raw.is_(None), SeenUpdate.id == 2))


async def test_admins_are_exactly_those_of_the_settings(session: AsyncSession) -> None:
    session.add(Person(id=1, is_admin=True, created_at=NOW))
    session.add(Person(id=2, created_at=NOW))
    await session.flush()
    admins = await people.synchronise_admins(session, NOW, frozenset({2, 3}))
    assert [person.id for person in admins] == [2, 3]
    session.expire_all()
    rows = {row.id: row.is_admin for row in await session.scalars(select(Person))}
    assert rows == {1: False, 2: True, 3: True}
