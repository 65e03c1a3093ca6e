"""Who writes too fast is asked for patience once, and answered again when they are calm."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.floods import CALM, Pace, heard

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMIT = 20


def after(*seconds: float, pace: Pace = CALM) -> list[Pace]:
    """The pace after each of the messages that came then."""
    paces = []
    for second in seconds:
        pace = heard(pace, T0 + timedelta(seconds=second), LIMIT)
        paces.append(pace)
    return paces


def pleas(paces: list[Pace]) -> list[int]:
    """Which messages were answered by a plea."""
    before = [CALM, *paces]
    return [
        number for number, (old, new) in enumerate(zip(before, paces, strict=False), 1) if not old.pleaded_at and new.pleaded_at
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([2.0 * n for n in range(30)], [21]),  # thirty in a minute
        ([0.01 * n for n in range(100)], [21]),  # all at once
        ([3.0 * n for n in range(200)], []),  # twenty a minute, for ten minutes
        ([2.0 * n for n in range(300)], [21]),  # ten minutes of it: one plea
        ([2.0 * n for n in range(30)] + [1000 + 2.0 * n for n in range(30)], [21, 51]),  # calm in between: anew
        ([2.0 * n for n in range(30)] + [60 + 6.0 * n for n in range(30)], [21]),  # it slows down
        ([0.0] * 21 + [-5.0] * 5, [21]),  # out of order
    ],
)
def test_a_flood_is_answered_by_one_plea(seconds: list[float], expected: list[int]) -> None:
    assert pleas(after(*seconds)) == expected


@pytest.mark.parametrize(
    ("then", "calm"),
    [
        (59.0, False),
        (119.0, False),  # thirty in the minute before
        (120.0, True),  # a minute with none
    ],
)
def test_they_are_answered_again_when_they_are_calm(then: float, calm: bool) -> None:
    last = after(*[1.0 * n for n in range(30)], then)[-1]
    assert (last.pleaded_at is None) is calm


def test_a_slow_minute_is_calm_as_well() -> None:
    flood = after(*[1.0 * n for n in range(30)])[-1]
    slow = after(*[61.0 + 6.0 * n for n in range(10)], pace=flood)[-1]  # ten in the next minute
    assert slow.pleaded_at is not None
    assert after(122.0, pace=slow)[-1] == Pace(T0 + timedelta(seconds=122), 1, None)
