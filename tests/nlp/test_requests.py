"""Requests of our own, which no word list was fitted to: how well the lists do on what they never saw.

`unseen` was written before the lists were broadened, `fresh` after it; `untouched` was measured and never looked at.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nlp.evaluate import evaluate
from nlp.understanding import Reader

FOLDER = Path(__file__).parent / "requests"


def _rows(name: str) -> list[dict[str, Any]]:
    categories = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return [
        {"text": line, "category": category, "kind": kind}
        for category, kinds in categories.items()
        for kind, lines in kinds.items()
        for line in lines.splitlines()
    ]


FLOORS = [("unseen", 0.90, 0.88), ("fresh", 0.70, 0.88), ("untouched", 0.70, 0.82)]


@pytest.mark.parametrize(("name", "accuracy", "kind"), FLOORS)
def test_unseen_requests_find_their_category_and_kind(reader: Reader, name: str, accuracy: float, kind: float) -> None:
    found = evaluate(reader, _rows(name))
    assert found["accuracy"] >= accuracy
    assert found["kind_accuracy"] >= kind
    assert found["accuracy_when_sure"] > found["accuracy"]


@pytest.mark.parametrize("name", [name for name, *_ in FLOORS])
def test_every_category_has_its_own(reader: Reader, name: str) -> None:
    assert {row["category"] for row in _rows(name)} == set(reader.taxonomy.categories)
