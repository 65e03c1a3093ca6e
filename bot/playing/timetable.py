"""When what is going to happen: people act by day, and what is planned waits in one queue until the clock reaches it."""

import heapq
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE).astimezone(UTC)
"""A Monday morning; the same in every run, so that runs can be compared."""
SETTLING = 10
"""Days after the last text, until what can end has ended."""
MORNING, EVENING = time(8, 0), time(20, 0)
_HOURS = {8: 4, 9: 9, 10: 9, 11: 6, 12: 3, 13: 2, 14: 6, 15: 8, 16: 8, 17: 5, 18: 4, 19: 6}
"""How many of the texts of a day come in each hour."""

Job = Callable[[], Awaitable[None]]


class Timetable:
    """Jobs by their time, the earliest first; jobs of one time in the order they were planned."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Job]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._queue)

    def plan(self, when: datetime, job: Job) -> None:
        heapq.heappush(self._queue, (when, next(self._numbers), job))

    def first(self) -> datetime | None:
        return self._queue[0][0] if self._queue else None

    def take(self, until: datetime) -> list[Job]:
        """The jobs whose time has come."""
        jobs = []
        while self._queue and self._queue[0][0] <= until:
            jobs.append(heapq.heappop(self._queue)[2])
        return jobs


def by_day(moment: datetime, dice: random.Random) -> datetime:
    """The moment itself by day, else some time of the next morning."""
    local = moment.astimezone(ZONE)
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    begin = datetime.combine(day, MORNING, ZONE).astimezone(UTC)
    return begin + timedelta(minutes=dice.randrange(150))


def later(now: datetime, hours: tuple[float, float], dice: random.Random) -> datetime:
    """Between so many hours from now, by day."""
    return by_day(now + timedelta(hours=dice.uniform(*hours)), dice)


def spread(texts: int, days: int, dice: random.Random) -> list[datetime]:
    """When each of the texts is sent: over the days, more in working hours, in order."""
    hours, weights = list(_HOURS), list(_HOURS.values())
    moments = []
    for _ in range(texts):
        hour = dice.choices(hours, weights)[0]
        moment = timedelta(days=dice.randrange(days), hours=hour - MORNING.hour, seconds=dice.randrange(3600))
        moments.append(BEGIN + moment)
    return sorted(moments)


def on_the_grain(moment: datetime, grain: timedelta) -> datetime:
    """The next full step of the clock at or after a moment."""
    return moment + (BEGIN - moment) % grain
