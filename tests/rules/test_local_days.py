"""How often a resident may urge, in local days."""

from datetime import UTC, datetime

import pytest

from rules.policy import Policy, default_policy
from rules.reminders import may_urge

DAILY = default_policy()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=DAILY.calendar.tz).astimezone(UTC)


@pytest.mark.parametrize(
    ("every", "last", "now", "may"),
    [
        ("1d", "02 09:00", "02 23:59", False),
        ("1d", "02 19:00", "03 09:30", True),  # tomorrow is tomorrow, not in 24 hours
        ("1d", "02 23:59", "03 00:00", True),
        ("24h", "02 19:00", "03 09:30", True),
        ("2d", "02 09:00", "03 23:59", False),
        ("2d", "02 23:00", "04 00:00", True),
        ("6h", "02 09:00", "02 14:59", False),  # less than a day goes by the clock
        ("6h", "02 09:00", "02 15:00", True),
    ],
)
def test_a_day_begins_at_midnight(every, last, now, may):
    assert may_urge(Policy.parse({"urge_every": every}), at(last), at(now)) is may


def test_who_never_urged_may():
    assert may_urge(DAILY, None, at("02 09:00"))
