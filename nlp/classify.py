"""Weighs the words of a text for every category: one linear model, read from the taxonomy."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.matching import PhraseFinder
from nlp.taxonomy import FALLBACK, Taxonomy

OPENING = 40  # characters that count fully; what follows counts less and less
TAIL = 0.35  # the least that a word far down counts
SHARPNESS = 0.6  # with this, of messages said to be 0.6 sure about six in ten or more were right
SURE = 0.42  # below it, or so close to the second, a person chooses
MARGIN = 0.14
MOST_WORDS = 6
LIKELY = ("errands", "facilities", "suggestions", "sanitation")  # offered when the words name fewer than three
LEANING = 12.0  # more than the words of one sentence weigh


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
        self._likely = tuple(code for code in LIKELY if code in self._codes) or self._codes
        weights: dict[str, dict[int, float]] = {}
        phrases: list[str] = []
        for index, category in enumerate(taxonomy.categories.values()):
            for given, sign in ((category.keywords, 1), (category.phrases, 1), (category.against, -1)):
                for word, weight in given.items():
                    of_word = weights.setdefault(word, {})
                    of_word[index] = sign * max(weight, abs(of_word.get(index, 0.0)))
            phrases += [*category.phrases, *category.against]
        self._weights = weights
        self._finder = PhraseFinder(phrases)

    def classify(self, text: str, words: Iterable[tuple[int, str]], leaning: str | None = None) -> Verdict:
        """`leaning` is a category that something else than words speaks for, strongly."""
        strengths: dict[str, float] = {}
        times: dict[str, int] = {}
        hits = [hit for hit in words if hit[1] in self._weights]
        hits += [(start, phrase) for start, _, phrase in self._finder.find(text)]
        for offset, word in dict.fromkeys(hits):  # a word of the text may also be a phrase
            again = times[word] = times.get(word, 0) + 1
            strength = 1.0 if offset < OPENING else max(TAIL, OPENING / (offset + 1))
            strengths[word] = strengths.get(word, 0.0) + strength / again**2
        scores: dict[int, float] = {}
        for word, strength in strengths.items():
            for index, weight in self._weights[word].items():
                scores[index] = scores.get(index, 0.0) + weight * strength
        if leaning in self._codes:
            index = self._codes.index(leaning)
            scores[index] = scores.get(index, 0.0) + LEANING
        return self._verdict(scores, strengths)

    def _verdict(self, scores: dict[int, float], strengths: dict[str, float]) -> Verdict:
        order = sorted([index for index in scores if scores[index] > 0], key=scores.__getitem__, reverse=True)
        if not order:
            return Verdict(FALLBACK, 0.0, True, (FALLBACK, *self._likely[:2]), ())
        best = order[0]
        top = scores[best]
        silent = (len(self._codes) - len(scores)) * math.exp(-SHARPNESS * top)  # categories that no word speaks for
        confidence = 1 / (silent + sum([math.exp(SHARPNESS * (score - top)) for score in scores.values()]))
        runner_up = scores[order[1]] if len(order) > 1 else 0.0
        margin = confidence * (1 - math.exp(SHARPNESS * (runner_up - top)))
        choices = [self._codes[index] for index in order[:3]]
        if len(choices) < 3:
            choices = list(dict.fromkeys([*choices, *self._likely]))[:3]
        shares = []
        for word, strength in strengths.items():
            weight = self._weights[word].get(best, 0.0)
            if weight > 0:
                shares.append((word, weight * strength))
        total = sum([share for _, share in shares]) or 1.0
        shares.sort(key=_share, reverse=True)
        return Verdict(
            category=self._codes[best],
            confidence=round(confidence, 3),
            not_sure=confidence < SURE or margin < MARGIN,
            choices=tuple(choices),
            words=tuple([(word, round(share / total, 3)) for word, share in shares[:MOST_WORDS]]),
        )


def _share(pair: tuple[str, float]) -> float:
    return pair[1]
