"""Whatever is sent, and however long Telegram takes to count it, none of its windows is ever overfull."""

import heapq
import math
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limits import AHEAD, Limits, Window

TELEGRAM = {"overall": (30, 1.0), "private": (3, 3.0), "group": (20, 60.0)}
GROUP, PERSON = -100, 7

calls = st.lists(
    st.tuples(
        st.sampled_from([GROUP, -200, PERSON, 8, 9, 10]),
        st.integers(1, 3),  # messages in it
        st.floats(0.001, 2.5),  # from departure to answer
        st.floats(0.0, 1.0),  # when in between Telegram counts it
        st.floats(0.0, 0.5),  # pause before the next wish to send
    ),
    max_size=150,
)


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def overfull(counted: list[float], count: int, seconds: float) -> bool:
    """Telegram's view: does any window of `seconds` hold more than `count`?"""
    counted = sorted(counted)
    return any(later - earlier < seconds for earlier, later in zip(counted, counted[count:], strict=False))


@settings(max_examples=150, deadline=None)
@given(calls)
def test_no_window_of_telegrams_is_ever_overfull(plan: list[tuple[int, int, float, float, float]]) -> None:
    time = Time()
    limits = Limits(1.0, time)
    flying: list[tuple[float, int, object]] = []
    counted: dict[object, list[float]] = defaultdict(list)
    for number, (chat, items, takes, share, pause) in enumerate(plan):
        time.now += pause
        while True:
            while flying and flying[0][0] <= time.now:
                limits.answered(heapq.heappop(flying)[2])  # type: ignore[arg-type]
            wait = limits.wait(chat, items)
            if wait <= 0:
                break
            # Either time makes room, or an answer does.
            time.now = min(time.now + wait, flying[0][0] if flying else math.inf) + 1e-9
            assert time.now < math.inf
        ticket = limits.depart(chat, items)
        heapq.heappush(flying, (time.now + takes, number, ticket))
        counted["overall"] += [time.now + takes * share] * items
        counted[chat] += [time.now + takes * share] * items
    assert not overfull(counted["overall"], *TELEGRAM["overall"])
    for chat in counted.keys() - {"overall"}:
        assert isinstance(chat, int)
        assert not overfull(counted[chat], *TELEGRAM["private" if chat > 0 else "group"])


def test_a_minute_holds_twenty_not_thirtynine() -> None:
    time = Time()
    limits = Limits(1.0, time)
    sent = 0
    while time.now < 59.0:
        if limits.wait(GROUP) <= 0:
            limits.answered(limits.depart(GROUP))
            sent += 1
        time.now += 0.1
    assert sent == 20


def test_a_full_chat_is_named_and_comes_back() -> None:
    time = Time()
    limits = Limits(1.0, time)
    for _ in range(3):
        limits.answered(limits.depart(PERSON))
    assert limits.full_chats() == {PERSON}
    assert 3.0 < limits.wait(PERSON) < 3.2
    assert limits.soonest() == pytest.approx(limits.wait(PERSON))
    time.now = 3.2
    assert limits.full_chats() == set()
    assert limits.soonest() == math.inf


def test_a_call_in_flight_occupies_its_place_until_it_is_answered() -> None:
    time = Time()
    limits = Limits(1.0, time)
    tickets = [limits.depart(PERSON) for _ in range(3)]
    time.now = 100.0
    assert limits.wait(PERSON) == math.inf
    limits.answered(tickets[0])
    assert 3.0 < limits.wait(PERSON) < 3.2


def test_an_album_larger_than_a_window_goes_into_an_empty_one() -> None:
    time = Time()
    limits = Limits(1.0, time)
    limits.answered(limits.depart(PERSON))
    assert limits.wait(PERSON, 10) > 0
    time.now = 4.0
    assert limits.wait(PERSON, 10) == 0


def test_one_chat_that_must_wait_holds_itself_and_two_hold_everything() -> None:
    time = Time()
    limits = Limits(1.0, time)
    limits.told_to_wait(5.0, PERSON)
    assert limits.full_chats() == {PERSON}
    assert limits.wait(8) == 0
    limits.told_to_wait(5.0, 8)
    assert limits.wait(9) == 5.0
    assert limits.soon() == 0


def test_chats_whose_albums_wait_for_room_hold_nobody_else() -> None:
    time = Time()
    limits = Limits(1.0, time)
    for chat in (PERSON, 8):
        limits.hold(2.0, chat)
    assert limits.full_chats() == {PERSON, 8}
    assert limits.wait(9) == 0
    assert limits.soon() > 0
    assert limits.soonest() == pytest.approx(2.0)
    time.now = 2.1
    assert limits.full_chats() == set()


def test_a_scale_divides_every_window() -> None:
    assert Limits(100.0).soon() == Limits(1.0).soon() > 1
    time = Time()
    limits = Limits(100.0, time)
    for _ in range(3):
        limits.answered(limits.depart(PERSON))
    assert 0.03 < limits.wait(PERSON) < 0.032


def test_windows_of_silent_chats_are_forgotten() -> None:
    time = Time()
    limits = Limits(1.0, time)
    for chat in range(1, 2100):
        limits.answered(limits.depart(chat))
    time.now = 10.0
    limits.full_chats()
    assert limits._chats == {}


def test_a_window_counts_what_it_holds() -> None:
    window = Window(2, 1.0)
    window.depart(1)
    window.answer(0.0, 1)
    assert window.room(0.5) == 1
    assert window.room(1.0) == 2


@pytest.mark.parametrize("per_second", [25, 30])
def test_reminders_use_what_is_allowed_and_leave_room_for_answers(per_second: int) -> None:
    time = Time()
    limits = Limits(1.0, time, per_second=per_second)
    sent, waits, asked_at = 0, [], 0.0
    for step in range(60_000):
        time.now = step / 1000
        if step % 1700 == 1699:  # somebody presses a button
            asked_at = time.now
        if asked_at and limits.wait_for_all() <= 0:
            limits.answered(limits.depart(2000 + step))
            waits.append(time.now - asked_at)
            sent += 1
            asked_at = 0.0
        if limits.until_spare() <= 0 and limits.wait_for_all() <= 0:
            limits.answered(limits.depart(step % 997 + 1))
            sent += 1
    assert sent >= 0.95 * per_second * 60
    assert len(waits) == 35
    assert max(waits) < 0.25


def test_after_a_silence_a_few_reminders_go_at_once_and_the_rest_evenly() -> None:
    time = Time()
    limits = Limits(1.0, time)
    for chat in range(1, AHEAD + 1):
        assert limits.until_spare() == 0
        limits.answered(limits.depart(chat))
    assert 0.03 < limits.until_spare() < 0.05
    time.now = 0.05
    assert limits.until_spare() == 0


def test_where_telegram_said_wait_less_is_sent_until_it_stays_calm() -> None:
    time = Time()
    limits = Limits(1.0, time)

    def private_chat_takes() -> int:
        sent = 0
        until = time.now + 12.0
        while time.now < until:
            if limits.wait(PERSON) <= 0:
                limits.answered(limits.depart(PERSON))
                sent += 1
            time.now += 0.05
        return sent

    usual = private_chat_takes()
    for _ in range(2):
        limits.told_to_wait(1.0, PERSON)
    time.now += 1.0
    limits.full_chats()
    slower = private_chat_takes()
    assert slower <= usual * 0.75
    time.now += 60.0
    limits.full_chats()
    assert private_chat_takes() == usual


def test_a_groups_own_limit_slows_nobody_else() -> None:
    time = Time()
    limits = Limits(1.0, time)
    limits.answered(limits.depart(GROUP))
    limits.told_to_wait(3.0, GROUP)
    time.now = 2.0
    assert limits.wait_for_all(25) == 0
    limits.answered(limits.depart(PERSON))
    limits.told_to_wait(3.0, PERSON)
    time.now = 6.0
    for chat in range(1, 26):
        limits.answered(limits.depart(chat))
    time.now = 7.1
    assert limits.wait_for_all() > 0
    time.now = 7.6
    assert limits.wait_for_all(25) == 0


def test_a_slowed_chat_is_not_forgotten_before_it_is_quick_again() -> None:
    time = Time()
    limits = Limits(1.0, time)
    for chat in range(1, 200):
        limits.answered(limits.depart(chat))
    limits.told_to_wait(1.0, PERSON)
    time.now = 15.0
    limits.full_chats()
    assert set(limits._chats) == {PERSON}
    time.now = 30.0
    for chat in range(1001, 1200):
        limits.answered(limits.depart(chat))
    time.now = 40.0
    limits.full_chats()
    assert limits._chats == {}
