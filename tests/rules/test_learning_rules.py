"""Who teaches, and when what was learned is better."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.learning import FROM_ONE_AUTHOR, Choice, Score, is_better, taught

ADMIN, WANG, LI = 1, 2, 3
T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def choice(author: int, by: int | None, *, let_stand: bool = False, wish: int = 1) -> Choice:
    return Choice(wish, "errands", T0, author, by, let_stand)


@pytest.mark.parametrize(
    ("by", "let_stand", "counts"),
    [
        (ADMIN, False, True),  # an admin corrected it
        (ADMIN, True, True),
        (WANG, False, False),  # nobody has looked at it yet
        (WANG, True, True),  # a reviewer saw it and left it so
    ],
)
def test_an_admins_choice_counts_and_a_residents_own_when_it_was_let_stand(by, let_stand, counts):
    assert bool(taught([choice(WANG, by, let_stand=let_stand)])) is counts


def test_of_one_resident_only_the_newest_choices_count():
    many = [choice(WANG, WANG, let_stand=True, wish=number) for number in range(100)]
    others = [choice(LI, LI, let_stand=True, wish=200), choice(WANG, ADMIN, wish=201)]
    assert [one.wish for one in taught([*many, *others])] == [*range(FROM_ONE_AUTHOR), 200, 201]


@given(st.lists(st.builds(choice, st.integers(1, 4), st.integers(1, 4), let_stand=st.booleans()), max_size=80))
def test_whatever_one_resident_chooses_they_teach_no_more_than_a_few(choices):
    counted = taught(choices)
    own = Counter(one.author for one in counted if one.by == one.author)
    assert all(number <= FROM_ONE_AUTHOR for number in own.values())
    assert [one for one in choices if one.by != one.author] == [one for one in counted if one.by != one.author]


@pytest.mark.parametrize(
    ("before", "after", "held_back", "better"),
    [
        ((3, 1.0), (4, 1.0), 5, True),  # more right answers
        ((3, 1.0), (4, 2.0), 5, True),  # … even if the others surprise more
        ((3, 1.0), (3, 0.9), 5, True),  # as many, and surer ones
        ((3, 1.0), (3, 1.0), 5, False),  # nothing gained
        ((3, 1.0), (3, 1.1), 5, False),
        ((3, 1.0), (2, 0.1), 5, False),  # fewer right answers
        ((0, 0.0), (0, 0.0), 0, False),  # nothing to compare on
    ],
)
def test_better_is_more_right_answers_or_surer_ones(before, after, held_back, better):
    assert is_better(Score(*before), Score(*after), held_back) is better
