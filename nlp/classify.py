"""Weighs the words of a text for every category: one linear model, read from the taxonomy."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.matching import PhraseFinder
from nlp.taxonomy import FALLBACK, Taxonomy

OPENING = 40  # characters that count fully; what follows counts less and less
TAIL = 0.35  # the least that a word far down counts
SHARPNESS = 0.75
SURE = 0.55
MARGIN = 0.15
MOST_WORDS = 6
LEANING = 8.0


@dataclass(frozen=True, slots=True)
class Verdict:
    category: str
    confidence: float
    not_sure: bool
    choices: tuple[str, ...]
    words: tuple[tuple[str, float], ...]


class Classifier:
    def __init__(self, taxonomy: Taxonomy) -> None:
        self._codes = tuple(taxonomy.categories)
        self._words: dict[str, tuple[tuple[int, float], ...]] = {}
        self._phrases: dict[str, tuple[tuple[int, float], ...]] = {}
        for index, category in enumerate(taxonomy.categories.values()):
            for word, weight in category.keywords.items():
                self._words[word] = (*self._words.get(word, ()), (index, weight))
            for phrase, weight in category.phrases.items():
                self._phrases[phrase] = (*self._phrases.get(phrase, ()), (index, weight))
            for phrase, weight in category.against.items():
                self._phrases[phrase] = (*self._phrases.get(phrase, ()), (index, -weight))
        self._finder = PhraseFinder(self._phrases)

    def classify(self, text: str, words: Iterable[tuple[int, str]], leaning: str | None = None) -> Verdict:
        """`leaning` is a category that something else than words speaks for, strongly."""
        scores = [0.0] * len(self._codes)
        shares: dict[str, dict[int, float]] = {}
        hits = [(offset, word, self._words[word]) for offset, word in words if word in self._words]
        hits += [(found.start, found.phrase, self._phrases[found.phrase]) for found in self._finder.find(text)]
        seen: dict[str, int] = {}
        for offset, word, weights in hits:
            times = seen[word] = seen.get(word, 0) + 1
            if times > 3:
                continue
            strength = max(TAIL, min(1.0, OPENING / (offset + 1))) / times**2
            given = shares.setdefault(word, {})
            for index, weight in weights:
                scores[index] += weight * strength
                given[index] = given.get(index, 0.0) + weight * strength
        if leaning in self._codes:
            scores[self._codes.index(leaning)] += LEANING
        return self._verdict(scores, shares)

    def _verdict(self, scores: list[float], shares: dict[str, dict[int, float]]) -> Verdict:
        order = sorted(range(len(scores)), key=lambda index: -scores[index])
        best = order[0]
        if scores[best] <= 0:
            rest = [code for code in self._codes if code != FALLBACK][:2]
            return Verdict(FALLBACK, 0.0, True, (FALLBACK, *rest), ())
        odds = [math.exp(SHARPNESS * min(30.0, score - scores[best])) for score in scores]
        confidence = odds[best] / sum(odds)
        second = odds[order[1]] / sum(odds)
        given = [(word, share[best]) for word, share in shares.items() if share.get(best, 0.0) > 0]
        total = sum(share for _, share in given)
        given.sort(key=lambda pair: -pair[1])
        return Verdict(
            category=self._codes[best],
            confidence=round(confidence, 3),
            not_sure=confidence < SURE or confidence - second < MARGIN,
            choices=tuple(self._codes[index] for index in order[:3]),
            words=tuple((word, round(share / total, 3)) for word, share in given[:MOST_WORDS]),
        )
