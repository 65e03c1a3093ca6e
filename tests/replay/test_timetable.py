"""When people act, and what the figures mean."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from bot.playing.timetable import BEGIN, ZONE, Timetable, by_day, later, on_the_grain, spread
from bot.playing.windows import Traffic
from bot.replay.accounts import answer_times, p95

HOUR = timedelta(hours=1)


async def nothing() -> None:
    pass


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZONE).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_texts_are_spread_over_the_days_by_daytime_and_in_order() -> None:
    moments = spread(500, 10, random.Random(1))
    assert moments == sorted(moments)
    hours = Counter(moment.astimezone(ZONE).hour for moment in moments)
    assert set(hours) <= set(range(8, 20))
    assert hours[9] > hours[13]
    assert {(moment - BEGIN).days for moment in moments} == set(range(10))


def test_the_same_seed_spreads_the_same() -> None:
    assert spread(50, 3, random.Random(7)) == spread(50, 3, random.Random(7))


def test_nobody_acts_at_night() -> None:
    dice = random.Random(1)
    assert by_day(local(2026, 3, 2, 12), dice) == local(2026, 3, 2, 12)
    assert local(2026, 3, 3, 8) <= by_day(local(2026, 3, 2, 23), dice) <= local(2026, 3, 3, 11)
    assert local(2026, 3, 3, 8) <= by_day(local(2026, 3, 3, 3), dice) <= local(2026, 3, 3, 11)
    assert all(8 <= later(BEGIN, (0, 72), dice).astimezone(ZONE).hour < 20 for _ in range(200))


def test_jobs_come_out_by_time_then_in_the_order_they_were_planned() -> None:
    timetable = Timetable()
    jobs = [lambda n=n: nothing() for n in range(4)]  # type: ignore[misc]
    for job, hours in zip(jobs, (3, 1, 1, 5), strict=True):
        timetable.plan(BEGIN + hours * HOUR, job)
    assert timetable.first() == BEGIN + HOUR
    assert timetable.take(BEGIN + 3 * HOUR) == [jobs[1], jobs[2], jobs[0]]
    assert len(timetable) == 1


def test_the_clock_steps_to_full_hours() -> None:
    assert on_the_grain(BEGIN, HOUR) == BEGIN
    assert on_the_grain(BEGIN + timedelta(minutes=1), HOUR) == BEGIN + HOUR
    assert on_the_grain(BEGIN + HOUR, HOUR) == BEGIN + HOUR


def test_ninety_five_of_a_hundred() -> None:
    assert p95([float(n) for n in range(1, 101)]) == 95.0
    assert p95([7.0]) == 7.0
    assert p95([]) is None


def test_an_answer_is_the_first_call_to_the_chat_that_came_afterwards() -> None:
    traffic = Traffic()
    traffic.add(5, arrived=90.0, done=110.0)  # was under way already
    traffic.add(5, arrived=120.0, done=130.0)
    message = {"kind": "message", "chat_id": 5, "queued_mono_ms": 100.0}
    tap = {"kind": "callback_query", "chat_id": 5, "queued_mono_ms": 100.0}
    elsewhere = {"kind": "message", "chat_id": 6, "queued_mono_ms": 100.0}
    assert answer_times([message, tap, elsewhere], traffic) == [30.0]
