"""The figures of `wishlight evaluate`."""

from dataclasses import replace

from nlp.evaluate import Columns, figures
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader


def test_the_least_confident_are_left_out_until_the_rest_is_right() -> None:
    reader = Reader(Taxonomy.default())
    read = reader.understand("水管漏水")
    answers = [replace(read, confidence=confidence) for confidence in (0.9, 0.8, 0.7, 0.2)]

    def needed(labels: list[str]) -> float:
        rows = [{"text": "", "category": label} for label in labels]
        found: float = figures(reader.taxonomy, rows, Columns(), answers[: len(rows)], 1.0)["not_sure_needed"]
        return found

    right, wrong = read.category, "traffic"
    assert needed([right, right, right, wrong]) == 0.25
    assert needed([right, right, right, right]) == 0.0
    assert needed([wrong, right, right, right]) == 1.0
    assert needed([]) == 0.0
