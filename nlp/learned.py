"""What was learned on top of a taxonomy: how far each weight has moved, and words that the taxonomy does not have.

A plain value that becomes a line of JSON and back; the classifier reads it, `nlp.learning` makes it.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from nlp.taxonomy import Taxonomy

VERSION = 1
Weights = Mapping[str, Mapping[str, float]]  # word → category → weight
_NOTHING: Weights = MappingProxyType({})


class UnusableModel(ValueError):
    """What is stored is no model of this version."""


@dataclass(frozen=True, slots=True)
class Learned:
    moved: Weights = field(default_factory=lambda: _NOTHING)  # of the taxonomy's words: what is added to their weights
    grown: Weights = field(default_factory=lambda: _NOTHING)  # of words that only the texts have: their weights
    sharpness: float | None = None  # where the texts were enough to fit them; else the taxonomy's
    sure: float | None = None
    texts: int = 0

    def to_json(self) -> str:
        return json.dumps(
            {
                "version": VERSION,
                "texts": self.texts,
                "sharpness": self.sharpness,
                "sure": self.sure,
                "moved": _plain(self.moved),
                "grown": _plain(self.grown),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> "Learned":
        """
        Raises:
            UnusableModel: it is not what `to_json` wrote.
        """
        try:
            value: dict[str, Any] = json.loads(text)
            if value["version"] != VERSION:
                raise UnusableModel(f"model of version {value['version']}; this program reads {VERSION}")
            return cls(
                moved=_weights(value["moved"]),
                grown=_weights(value["grown"]),
                sharpness=_number(value["sharpness"]),
                sure=_number(value["sure"]),
                texts=int(value["texts"]),
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UnusableModel(f"not a model: {error}") from None
        except ValueError as error:
            raise UnusableModel(str(error)) from None


NOTHING = Learned()


def fingerprint(taxonomy: Taxonomy) -> str:
    """What a model was learned on: with other categories or weights, or for another program, it means something else."""
    meant = json.dumps([VERSION, taxonomy.weights], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(meant.encode()).hexdigest()[:32]


def _plain(weights: Weights) -> dict[str, dict[str, float]]:
    return {word: dict(sorted(of_word.items())) for word, of_word in sorted(weights.items())}


def _weights(value: dict[str, dict[str, float]]) -> Weights:
    return MappingProxyType(
        {str(word): {str(code): _finite(weight) for code, weight in of_word.items()} for word, of_word in value.items()}
    )


def _number(value: Any) -> float | None:
    return None if value is None else _finite(value)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise UnusableModel("a weight is not a number")
    return number
