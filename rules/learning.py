"""What the classifier learns from people, and when what it learned takes the place of what it knew.

Plain values in, a decision out. Texts are learned from by their newest words: a correction of a correction is what counts.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.lifecycle import Event, Kind, State

ENOUGH = 10
"""Texts without which nothing is learned: fewer say nothing about the next."""
MOST = 3000
"""Texts that are learned from, the newest first: a night, and the memory of a small machine, is enough for so many."""
FROM_ONE_AUTHOR = 5
"""Choices of one resident that count, the newest first: nobody teaches a whole town their own idea of a category."""
KEPT = 20
"""Versions that one can still go back to."""

LET_STAND = frozenset({Event.APPROVE, Event.ASSIGN, Event.ANSWER})
"""What a reviewer does with a wish whose category they saw on its card and left as it was."""
TEACHING_KINDS = frozenset(Kind) - {Kind.EMERGENCY}  # the category of an emergency follows from the emergency
TEACHING_STATES = frozenset(State) - {State.DRAFT, State.WITHDRAWN, State.REJECTED}


class Fate(StrEnum):
    """What became of a model."""

    IN_USE = "in_use"
    REPLACED = "replaced"  # by a better one
    NOT_BETTER = "not_better"  # … than the one in use: never used
    TAKEN_BACK = "taken_back"  # by somebody: no night brings it again


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody's last word on the category of a wish."""

    wish: int
    category: str
    at: datetime
    author: int
    by: int | None
    let_stand: bool  # a reviewer decided on the wish afterwards, and did not change it


def taught(choices: Iterable[Choice]) -> list[Choice]:
    """Those that count, of choices that come newest first.

    An admin's choice counts. A resident's own counts once a reviewer has let it stand, and of one resident only a few do.
    """
    counted: list[Choice] = []
    own: Counter[int] = Counter()
    for choice in choices:
        if choice.by == choice.author:
            if not choice.let_stand or own[choice.author] >= FROM_ONE_AUTHOR:
                continue
            own[choice.author] += 1
        counted.append(choice)
    return counted


@dataclass(frozen=True, slots=True)
class Score:
    """How a model does on texts that it never learned from."""

    right: int
    surprise: float  # at the right answers, on average: less is better


def is_better(before: Score, after: Score, held_back: int) -> bool:
    """Whether what was learned takes the place of what is in use: more right answers, or as many and surer ones."""
    if not held_back:
        return False  # nothing to compare on
    return (-after.right, after.surprise) < (-before.right, before.surprise)
