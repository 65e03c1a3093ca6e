"""Rows of buttons: as many as asked for, and fewer where a narrow phone would break a label."""

import pytest

from nlp.taxonomy import Taxonomy
from words.facts import CLOSE_REASONS, REJECT_REASONS, grid
from words.messages import Button
from words.sentences import LOCALES, plain


def laid_out(labels: list[str], width: int) -> list[list[str]]:
    return [[button.label for button in row] for row in grid([Button(label, "x") for label in labels], width)]


@pytest.mark.parametrize(
    ("labels", "width", "rows"),
    [
        ([], 3, []),
        (["看 #2", "看 #3", "看 #9", "看 #10"], 3, [3, 1]),
        (["🔧 便民维修", "♿ 助残", "🛵 便民代办"], 3, [3]),
        (["♿ 助残", "🔧 便民维修", "🧒 儿童青少年", "🤝 困难帮扶"], 3, [2, 2]),  # the long one ends the row before it
        (["0.5 小时", "1 小时", "1.5 小时", "2 小时"], 4, [4]),
        (["同样的事已经在办了", "这件事我们办不了，建议拨打 12345 热线", "不清楚"], 2, [1, 1, 1]),
        (["Hardship relief", "Errands", "Culture and sports"], 3, [2, 1]),
        (["一个长得没有任何一行装得下的名字，可它还是一个按钮"], 2, [1]),
    ],
)
def test_a_row_holds_what_fits(labels: list[str], width: int, rows: list[int]) -> None:
    made = laid_out(labels, width)
    assert [len(row) for row in made] == rows
    assert [label for row in made for label in row] == labels


@pytest.mark.parametrize("locale", LOCALES)
def test_every_category_and_reason_keeps_its_place_in_the_order(locale: str) -> None:
    categories = Taxonomy.default().categories.values()
    labels = [f"{one.emoji} {one.zh if locale == 'zh' else one.en}" for one in categories]
    assert [label for row in laid_out(labels, 3) for label in row] == labels
    assert len(laid_out(labels, 3)) < (10 if locale == "zh" else 20)
    reasons = [plain(locale, f"reason-{reason}") for reason in (*REJECT_REASONS, *CLOSE_REASONS)]
    assert max(map(len, laid_out(reasons, 2))) <= 2
