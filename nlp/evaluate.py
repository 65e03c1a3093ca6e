"""How well a reader does on labelled rows: the figures of `wishlight evaluate`."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader


def evaluate(
    reader: Reader | Taxonomy,
    rows: Iterable[Mapping[str, Any]],
    *,
    text: Sequence[str] = ("text",),
    label: str = "category",
    alt: str | None = "alt_category",
) -> dict[str, Any]:
    """Read every row and compare; a row's `alt` answer is right too."""
    if isinstance(reader, Taxonomy):
        reader = Reader(reader)
    labelled = [
        ("\n".join(str(row[name]) for name in text if row.get(name)), str(row[label]), str(row.get(alt) or "") if alt else "")
        for row in rows
    ]
    begun = time.perf_counter()
    answers = [reader.understand(words).category for words, _, _ in labelled]
    spent = time.perf_counter() - begun
    # an answer that is right in the second way counts for the category it names
    truths = [answer if answer == second else first for answer, (_, first, second) in zip(answers, labelled, strict=True)]
    per_category = {code: _figures(code, truths, answers) for code in sorted(set(truths))}
    right = sum(truth == answer for truth, answer in zip(truths, answers, strict=True))
    return {
        "n": len(labelled),
        "accuracy": round(right / len(labelled), 4) if labelled else 0.0,
        "macro_f1": round(sum(row["f1"] for row in per_category.values()) / len(per_category), 4) if labelled else 0.0,
        "per_category": per_category,
        "texts_per_second": round(len(labelled) / spent, 1) if labelled and spent else 0.0,
    }


def _figures(code: str, truths: list[str], answers: list[str]) -> dict[str, Any]:
    right = sum(truth == answer == code for truth, answer in zip(truths, answers, strict=True))
    given, there = answers.count(code), truths.count(code)
    precision, recall = right / given if given else 0.0, right / there if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"n": there, "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
