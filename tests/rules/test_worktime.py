"""Working days, working hours and quiet hours; times in the tables are local unless they say otherwise."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.worktime import SHANGHAI, Calendar

TOWN = Calendar()
NEW_YORK = Calendar(ZoneInfo("America/New_York"))
LORD_HOWE = Calendar(ZoneInfo("Australia/Lord_Howe"))  # summer time of half an hour
CALENDARS = st.sampled_from([TOWN, NEW_YORK, LORD_HOWE])
MOMENTS = st.timedeltas(timedelta(), timedelta(days=7 * 365)).map(lambda passed: datetime(2024, 1, 1, tzinfo=UTC) + passed)
MINUTES = st.integers(0, 500 * 24 * 60).map(lambda minutes: datetime(2025, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes))
SLOTS = (time(9), time(14, 30), time(19))


def at(text: str, tz: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-09-28", True),  # an ordinary Monday
        ("2026-09-26", False),  # an ordinary Saturday
        ("2026-09-20", True),  # a Sunday worked for the National Day week
        ("2026-10-01", False),  # National Day, a Thursday
        ("2026-10-07", False),  # the last day of the week, a Wednesday
        ("2026-10-08", True),  # back to work
        ("2026-10-10", True),  # a Saturday worked in exchange
        ("2026-10-11", False),  # and the Sunday after it is free
        ("2026-01-01", False),  # New Year, a Thursday
        ("2026-01-02", False),  # bridged
        ("2026-01-04", True),  # the Sunday that pays for it
        ("2026-02-17", False),  # Spring Festival
        ("2035-10-01", True),  # not published: a plain Monday
        ("2035-10-06", False),  # not published: a plain Saturday
    ],
)
def test_holidays_and_swapped_days_are_those_announced(day, working):
    assert TOWN.is_working_day(date.fromisoformat(day)) is working


def test_the_override_comes_before_what_is_published_and_what_is_not():
    calendar = Calendar(holidays={date(2026, 9, 28): False, date(2026, 10, 1): True, date(2035, 10, 1): False})
    assert not calendar.is_working_day(date(2026, 9, 28))
    assert calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_working_day(date(2035, 10, 1))


def test_a_year_is_published_by_the_library_or_by_the_override():
    assert TOWN.published(2026)
    assert not TOWN.published(2035)
    assert Calendar(holidays={date(2035, 10, 1): False}).published(2035)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-09-28 09:00", 2, "2026-09-28 11:00"),  # inside the morning
        ("2026-09-28 09:00", 4, "2026-09-28 15:00"),  # over the midday rest
        ("2026-09-28 09:00", 3, "2026-09-28 12:00"),  # to the last minute of the morning, not to 14:00
        ("2026-09-28 08:30", 7.5, "2026-09-28 18:00"),  # exactly a day
        ("2026-09-28 08:30", 15, "2026-09-29 18:00"),  # exactly two days
        ("2026-09-28 06:00", 1, "2026-09-28 09:30"),  # before work begins
        ("2026-09-28 13:00", 1, "2026-09-28 15:00"),  # in the midday rest
        ("2026-09-28 20:00", 1, "2026-09-29 09:30"),  # after work
        ("2026-09-28 17:30", 1, "2026-09-29 09:00"),  # half an hour today, half tomorrow
        ("2026-09-26 10:00", 1, "2026-09-28 09:30"),  # Saturday waits for Monday
        ("2026-09-30 17:00", 2, "2026-10-08 09:30"),  # over the National Day week
        ("2026-10-09 17:00", 2, "2026-10-10 09:30"),  # into the Saturday worked in exchange
        ("2026-10-10 17:00", 2, "2026-10-12 09:30"),  # over the Sunday after it
        ("2025-12-31 17:30", 1, "2026-01-04 09:00"),  # over New Year into the swapped Sunday
        ("2034-12-29 17:30", 1, "2035-01-01 09:00"),  # an unpublished year: New Year's Monday counts as a weekday
        ("2026-09-28 09:00", 0, "2026-09-28 09:00"),  # nothing to do
        ("2026-09-26 10:00", 0, "2026-09-26 10:00"),  # nothing to do, on a Saturday
    ],
)
def test_working_hours_are_counted_over_rests_weekends_and_holidays(start, hours, end):
    assert TOWN.add_working_hours(at(start), hours) == at(end)


def by_minutes(calendar: Calendar, start: datetime, hours: int) -> datetime:
    """The same by walking minute by minute."""
    moment, left = start, hours * 60
    while left:
        local = calendar.local(moment)
        working = calendar.is_working_day(local.date()) and any(a <= local.time() < b for a, b in calendar.work)
        moment += timedelta(minutes=1)
        left -= working
    return moment


@given(MINUTES, st.integers(1, 20))
def test_working_hours_agree_with_walking_minute_by_minute(start, hours):
    assert TOWN.add_working_hours(start, hours) == by_minutes(TOWN, start, hours)


@given(CALENDARS, MOMENTS, st.integers(0, 20_000), st.integers(0, 20_000))
def test_more_working_hours_end_no_earlier(calendar, start, hours, more):
    assert start <= calendar.add_working_hours(start, hours) <= calendar.add_working_hours(start, hours + more)


def test_working_hours_of_a_night_that_is_an_hour_longer_do_not_go_back():
    night_shift = Calendar(NEW_YORK.tz, work=((time(0), time(23)),), holidays={date(2026, 11, 1): True})
    second_half_past_one = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert night_shift.add_working_hours(second_half_past_one, 0.25) >= second_half_past_one


def test_a_year_without_a_single_working_day_is_passed_over():
    calendar = Calendar(holidays={date(2026, 1, 1) + timedelta(days=number): False for number in range(365)})
    assert calendar.add_working_hours(at("2026-05-05 10:00"), 1) == at("2027-01-01 09:30")


@pytest.mark.parametrize(
    ("moment", "wakes"),
    [
        ("2026-09-28 21:29", "2026-09-28 21:29"),  # still awake
        ("2026-09-28 21:30", "2026-09-29 07:30"),  # the first quiet minute
        ("2026-09-28 23:59", "2026-09-29 07:30"),  # before midnight
        ("2026-09-29 00:00", "2026-09-29 07:30"),  # after midnight: the same morning
        ("2026-09-29 07:29", "2026-09-29 07:30"),  # the last quiet minute
        ("2026-09-29 07:30", "2026-09-29 07:30"),  # awake again
    ],
)
def test_quiet_hours_end_in_the_morning(moment, wakes):
    assert TOWN.wake(at(moment)) == at(wakes)


def test_quiet_hours_can_lie_within_a_day_or_not_be_at_all():
    siesta = Calendar(quiet=(time(12), time(14)))
    assert siesta.wake(at("2026-09-28 13:00")) == at("2026-09-28 14:00")
    assert not siesta.is_quiet(at("2026-09-28 23:00"))
    never = Calendar(quiet=(time(12), time(12)))
    assert not never.is_quiet(at("2026-09-28 12:00"))


@given(CALENDARS, MOMENTS)
def test_waking_is_never_quiet_never_earlier_and_never_a_day_later(calendar, moment):
    awake = calendar.wake(moment)
    assert not calendar.is_quiet(awake)
    assert moment <= awake <= moment + timedelta(hours=11)  # ten hours, and one that summer time may give back


@given(CALENDARS, MOMENTS, MOMENTS)
def test_slots_keep_the_order_of_moments(calendar, one, other):
    earlier, later = sorted((one, other))
    assert earlier <= calendar.next_slot(earlier, SLOTS) <= calendar.next_slot(later, SLOTS)
    assert calendar.local(calendar.next_slot(earlier, SLOTS)).time() in SLOTS


def test_a_moment_on_a_slot_is_its_own_slot_but_not_its_next_local():
    nine = at("2026-09-28 09:00")
    assert TOWN.next_slot(nine, SLOTS) == nine
    assert TOWN.next_local(nine, time(9)) == at("2026-09-29 09:00")


@pytest.mark.parametrize(
    ("after", "clock", "moment"),
    [
        ("2026-03-07 12:00", time(9), "2026-03-08T13:00+00:00"),  # the night summer time begins: nine is an hour earlier
        ("2026-10-31 12:00", time(9), "2026-11-01T14:00+00:00"),  # the night it ends: an hour later
        ("2026-03-08 01:00", time(2, 30), "2026-03-08T07:30+00:00"),  # 02:30 does not exist that night: an hour after 01:30
    ],
)
def test_the_local_clock_is_followed_through_summer_time(after, clock, moment):
    assert NEW_YORK.next_local(at(after, NEW_YORK.tz), clock) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("moment", ["2026-03-08 00:30", "2026-10-31 23:00", "2026-11-01 01:30"])
def test_quiet_nights_end_at_half_past_seven_in_summer_and_winter(moment):
    awake = NEW_YORK.local(NEW_YORK.wake(at(moment, NEW_YORK.tz)))
    assert awake.time() == time(7, 30)


@pytest.mark.parametrize(
    "work",
    [(), ((time(12), time(9)),), ((time(9), time(12)), (time(11), time(18)))],
    ids=["none", "backwards", "overlapping"],
)
def test_impossible_working_hours_are_refused(work):
    with pytest.raises(ValueError, match="working hours"):
        Calendar(work=work)
