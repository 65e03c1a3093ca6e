"""Somebody writes faster than anybody can answer: one plea for patience, then no answers until they write calmly again.

Counted are the messages of a minute; a minute that is over is followed by the next one. Calm is a minute with half as many as
the limit, or a minute with none.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast somebody writes."""

    since: datetime | None = None  # when the minute began that is counted
    count: int = 0
    pleaded_at: datetime | None = None  # since then they are not answered


CALM = Pace()


def heard(pace: Pace, at: datetime, limit: int) -> Pace:
    """What one more message makes of it; whoever was not asked for patience before, and is now, is to be asked."""
    if pace.since is None or at - pace.since >= MINUTE:
        calm = pace.since is None or at - pace.since >= 2 * MINUTE or pace.count <= limit // 2
        pace = Pace(at, 0, None if calm else pace.pleaded_at)
    pace = replace(pace, count=pace.count + 1)
    if pace.count > limit and pace.pleaded_at is None:
        pace = replace(pace, pleaded_at=at)
    return pace
