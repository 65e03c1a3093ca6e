"""Working time and quiet hours of a town: which days people work, and when nobody is to be disturbed.

Moments are aware UTC; the local clock is the calendar's own. Working hours are counted on the local clock.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
Span = tuple[time, time]


@dataclass(frozen=True)
class Calendar:
    """Days and hours of work, and the quiet hours (静默时段), in one time zone.

    `holidays` overrides the published calendar: True is a working day, False a day of rest.
    """

    tz: ZoneInfo = SHANGHAI
    work: tuple[Span, ...] = ((time(8, 30), time(12)), (time(14), time(18)))
    quiet: Span = (time(21, 30), time(7, 30))
    holidays: Mapping[date, bool] = field(default_factory=dict)
    _years: dict[int, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = [edge for span in self.work for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("working hours must be spans of one day, in order")

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.tz)

    def day(self, moment: datetime) -> date:
        return self.local(moment).date()

    def next_local(self, after: datetime, at: time) -> datetime:
        """The next moment, strictly after `after`, at which the local clock shows `at`."""
        day = self.day(after)
        while (moment := self._moment(day, at)) <= after:
            day += timedelta(days=1)
        return moment

    def next_slot(self, moment: datetime, slots: Sequence[time]) -> datetime:
        """`moment` itself or the first moment after it at which the local clock shows one of `slots`."""
        just_before = moment - timedelta.resolution
        return min(self.next_local(just_before, slot) for slot in slots)

    def is_quiet(self, moment: datetime) -> bool:
        return self.is_quiet_clock(self.local(moment).time())

    def is_quiet_clock(self, clock: time) -> bool:
        """Whether the local clock shows a quiet time; the first moment is quiet, the last is not."""
        begin, end = self.quiet
        if begin <= end:
            return begin <= clock < end
        return clock >= begin or clock < end

    def wake(self, moment: datetime) -> datetime:
        """`moment` itself, or the end of the quiet hours it falls in."""
        return self.next_local(moment, self.quiet[1]) if self.is_quiet(moment) else moment

    def published(self, year: int) -> bool:
        """Whether the year's holidays are known, from the library or by the override."""
        return _published_workday(date(year, 1, 1)) is not None or any(day.year == year for day in self.holidays)

    def is_working_day(self, day: date) -> bool:
        """The override first, then the published calendar; plain weekdays for a year not yet published."""
        if day in self.holidays:
            return self.holidays[day]
        workday = _published_workday(day)
        return day.weekday() < 5 if workday is None else workday

    def add_working_hours(self, start: datetime, hours: float) -> datetime:
        """The first moment at which `hours` have been worked since `start`.

        Whole days are skipped by counting, so that years cost no more than days.
        """
        if hours <= 0:
            return start
        local = self.local(start)
        worked = self._worked_before(local.time()) if self.is_working_day(local.date()) else timedelta()
        total = worked + timedelta(hours=hours)
        days, rest = divmod(total, self._day_length)
        if not rest:  # a full day ends in the evening, not on the next morning
            days, rest = days - 1, self._day_length
        end = self._moment(self._working_day_after(local.date(), days), self._clock_after(rest))
        return max(start, end)

    @property
    def _day_length(self) -> timedelta:
        return sum((_between(begin, end) for begin, end in self.work), timedelta())

    def _worked_before(self, clock: time) -> timedelta:
        return sum((_between(begin, min(clock, end)) for begin, end in self.work if clock > begin), timedelta())

    def _clock_after(self, worked: timedelta) -> time:
        """What the clock shows when so much of a working day is done."""
        for begin, end in self.work:
            length = _between(begin, end)
            if worked <= length:
                return (datetime.combine(date.min, begin) + worked).time()
            worked -= length
        raise ValueError("more than a day's work")

    def _working_day_after(self, day: date, count: int) -> date:
        """`count` working days after the first one that is not before `day`."""
        year = day.year
        index = bisect_left(self._working_days(year), day) + count
        while index >= len(self._working_days(year)):
            index -= len(self._working_days(year))
            year += 1
        return self._working_days(year)[index]

    def _working_days(self, year: int) -> tuple[date, ...]:
        if year not in self._years:
            first = date(year, 1, 1)
            days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
            self._years[year] = tuple(day for day in days if self.is_working_day(day))
        return self._years[year]

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.tz).astimezone(UTC)


def _between(begin: time, end: time) -> timedelta:
    return datetime.combine(date.min, end) - datetime.combine(date.min, begin)


@lru_cache(maxsize=4096)  # the library looks through all its years at each question
def _published_workday(day: date) -> bool | None:
    """What the yearly announcement says, swapped days (调休) included; None when there is none yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
