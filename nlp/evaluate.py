"""How well a reader does on labelled rows: the figures of `wishlight evaluate`."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.learned import NOTHING, Learned
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader, Understanding

Row = Mapping[str, Any]

RIGHT = 0.95  # the share of right answers that the least confident are left out for


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file hold what."""

    text: tuple[str, ...] = ("text",)
    label: str = "category"
    alt: str | None = "alt_category"  # a second answer that is right too
    kind: str = "kind"

    def words(self, row: Row) -> str:
        return "\n".join(str(row[name]) for name in self.text if row.get(name))


class Labels:
    """Labels are codes of categories, or their Chinese names."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._known = frozenset(taxonomy.categories)
        self._codes = {category.zh: code for code, category in taxonomy.categories.items()}

    def code(self, label: object) -> str:
        text = str(label or "").strip()
        return self._codes.get(text, text)

    def unknown(self, rows: Iterable[Row], columns: Columns) -> list[str]:
        """Labels that are neither a code nor a name: such rows can only be answered wrongly, and teach nothing."""
        return sorted({str(row[columns.label]) for row in rows if self.code(row[columns.label]) not in self._known})

    def rows(self, rows: Iterable[Row], columns: Columns) -> list[tuple[str, str]]:
        """Text and code, to learn from."""
        return [(columns.words(row), self.code(row[columns.label])) for row in rows]


def evaluate(
    reader: Reader | Taxonomy,
    rows: Iterable[Row],
    *,
    text: Sequence[str] = ("text",),
    label: str = "category",
    alt: str | None = "alt_category",
) -> dict[str, Any]:
    """Read every row and compare; a row's `alt` answer is right too."""
    if isinstance(reader, Taxonomy):
        reader = Reader(reader)
    columns = Columns(tuple(text), label, alt)
    rows = list(rows)
    answers, spent = _read(reader, rows, columns)
    return figures(reader.taxonomy, rows, columns, answers, spent)


def evaluate_rows(taxonomy: Taxonomy, rows: Iterable[Row], columns: Columns, learned: Learned = NOTHING) -> dict[str, Any]:
    """ """
    rows = list(rows)
    answers, spent = _read(Reader(taxonomy, learned=learned), rows, columns)
    return figures(taxonomy, rows, columns, answers, spent) | ({"learned_from": learned.texts} if learned.texts else {})


def cross_validate(
    taxonomy: Taxonomy, rows: Iterable[Row], columns: Columns, parts: int, always: Iterable[Row] = ()
) -> dict[str, Any]:
    """Every row is read by a reader that learned from the other parts alone (and from rows that are `always` there)."""
    from nlp.learning import Lesson, folds

    rows, always = list(rows), list(always)
    reader, labels = Reader(taxonomy), Labels(taxonomy)
    lesson = Lesson(taxonomy, reader.segmenter, labels.rows([*rows, *always], columns))
    part_of = folds(lesson.answers[: len(rows)], parts)
    answers: dict[int, Understanding] = {}
    spent = 0.0
    for part in range(parts):
        mine = [index for index, its in enumerate(part_of) if its == part]
        others = [index for index in range(len(lesson.texts)) if index >= len(rows) or part_of[index] != part]
        found, seconds = _read(reader.taught(lesson.learn(others)), [rows[index] for index in mine], columns)
        answers |= zip(mine, found, strict=True)
        spent += seconds
    return figures(taxonomy, rows, columns, [answers[index] for index in range(len(rows))], spent) | {"folds": parts}


def _read(reader: Reader, rows: Sequence[Row], columns: Columns) -> tuple[list[Understanding], float]:
    texts = [columns.words(row) for row in rows]
    begun = time.perf_counter()
    answers = [reader.understand(text) for text in texts]
    return answers, time.perf_counter() - begun


def train(taxonomy: Taxonomy, rows: Iterable[Row], columns: Columns) -> Learned:
    """What the rows of a file teach on top of a taxonomy."""
    from nlp.learning import learn

    return learn(taxonomy, Labels(taxonomy).rows(rows, columns))


def figures(
    taxonomy: Taxonomy, rows: Sequence[Row], columns: Columns, answers: Sequence[Understanding], spent: float
) -> dict[str, Any]:
    code = Labels(taxonomy).code
    given = [answer.category for answer in answers]
    firsts = [code(row[columns.label]) for row in rows]
    seconds = [code(row.get(columns.alt)) if columns.alt else "" for row in rows]
    # an answer that is right in the second way counts for the category it names
    truths = [answer if answer == second else first for answer, first, second in zip(given, firsts, seconds, strict=True)]
    per_category = {name: _figures(name, truths, given) for name in sorted(set(truths))}
    sure = [(truth, answer.category) for truth, answer in zip(truths, answers, strict=True) if not answer.not_sure]
    found = {
        "n": len(rows),
        "accuracy": _share(list(zip(truths, given, strict=True)), _same),
        "macro_f1": round(sum(row["f1"] for row in per_category.values()) / len(per_category), 4) if rows else 0.0,
        "not_sure": round(1 - len(sure) / len(rows), 4) if rows else 0.0,
        "accuracy_when_sure": _share(sure, _same),
        "not_sure_needed": _needed(truths, answers),
        "reliability": _reliability(truths, answers),
        "per_category": per_category,
        "texts_per_second": round(len(rows) / spent, 1) if rows and spent else 0.0,
    }
    kinds = [(str(row[columns.kind]), answer.kind) for row, answer in zip(rows, answers, strict=True) if row.get(columns.kind)]
    unknown = Labels(taxonomy).unknown(rows, columns)
    return found | ({"kind_accuracy": _share(kinds, _same)} if kinds else {}) | ({"unknown_labels": unknown} if unknown else {})


def confusion(
    taxonomy: Taxonomy, rows: Sequence[Row], columns: Columns, answers: Sequence[Understanding]
) -> dict[tuple[str, str], int]:
    """(right, given) → how many."""
    table: dict[tuple[str, str], int] = {}
    code = Labels(taxonomy).code
    for row, answer in zip(rows, answers, strict=True):
        right = code(row[columns.label])
        if columns.alt and code(row.get(columns.alt)) == answer.category:
            right = answer.category
        table[right, answer.category] = table.get((right, answer.category), 0) + 1
    return table


def _same(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _share(pairs: Sequence[tuple[str, str]], good: Callable[[tuple[str, str]], bool]) -> float:
    return round(sum(map(good, pairs)) / len(pairs), 4) if pairs else 0.0


def _reliability(truths: Sequence[str], answers: Sequence[Understanding]) -> list[dict[str, float]]:
    """Of the answers with a like confidence: how sure on average, and how many were right."""
    rows = []
    for least in (0.0, 0.3, 0.5, 0.7, 0.9):
        upper = {0.0: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 0.9}.get(least, 1.01)
        within = [(truth, answer) for truth, answer in zip(truths, answers, strict=True) if least <= answer.confidence < upper]
        if within:
            said = sum(answer.confidence for _, answer in within) / len(within)
            right = sum(truth == answer.category for truth, answer in within) / len(within)
            rows.append({"from": least, "n": len(within), "said": round(said, 3), "right": round(right, 3)})
    return rows


def _needed(truths: Sequence[str], answers: Sequence[Understanding]) -> float:
    """The smallest share of answers, the least confident, that has to be left out for RIGHT of the rest to be right."""
    rows = sorted(
        ((answer.confidence, truth == answer.category) for truth, answer in zip(truths, answers, strict=True)), reverse=True
    )
    kept = right = 0
    for number, (_, is_right) in enumerate(rows, 1):
        right += is_right
        if right >= RIGHT * number:
            kept = number
    return round(1 - kept / len(rows), 4) if rows else 0.0


def _figures(code: str, truths: list[str], answers: list[str]) -> dict[str, Any]:
    right = sum(truth == answer == code for truth, answer in zip(truths, answers, strict=True))
    given, there = answers.count(code), truths.count(code)
    precision, recall = right / given if given else 0.0, right / there if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"n": there, "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
