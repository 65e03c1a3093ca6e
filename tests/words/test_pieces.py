"""A long text is parted where it hurts least, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.sentences import pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("灯坏了", ["灯坏了"]),
        ("楼道的灯坏了。\n电梯也停了", ["楼道的灯坏了。\n", "电梯也停了"]),  # a paragraph
        ("楼道的灯坏了。电梯也停了", ["楼道的灯坏了。", "电梯也停了"]),  # a sentence
        ("他说“灯坏了。”电梯也停了", ["他说“灯坏了。”", "电梯也停了"]),  # … with what closes it
        ("楼道的灯坏了，电梯也停了", ["楼道的灯坏了，", "电梯也停了"]),  # a clause
        ("the lamp is out", ["the lamp ", "is out"]),  # a word
        ("是3.5米高的围墙要倒了", ["是3.5米高的围墙", "要倒了"]),  # nowhere good; a number's point is none
        ("灯。" + "楼" * 12, ["灯。" + "楼" * 7, "楼" * 5]),  # too early
    ],
)
def test_a_long_text_is_parted_where_it_hurts_least(text: str, expected: list[str]) -> None:
    assert pieces(text, 9) == expected


@given(st.text(alphabet="灯楼。，！\n .a,”", max_size=200), st.integers(1, 30))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    parts = pieces(text, limit)
    assert "".join(parts) == text
    assert all(0 < len(part) <= limit for part in parts)
