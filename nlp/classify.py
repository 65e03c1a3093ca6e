"""Weighs the words of a text for every category: one linear model, the taxonomy's weights moved by what was learned."""

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from nlp.learned import NOTHING, Learned
from nlp.matching import PhraseFinder
from nlp.strengths import Hit, strengths
from nlp.taxonomy import FALLBACK, Taxonomy

MOST_WORDS = 6
LIKELY = ("errands", "facilities", "suggestions", "sanitation")  # offered when the words name fewer than three
LEANING = 6.0  # more than the words of one sentence weigh
_Weights = tuple[tuple[int, float], ...]  # which category, how much
PAIR = " "  # stands between two neighbouring words that were learned together


@dataclass(frozen=True, slots=True)
class Verdict:
    category: str
    confidence: float
    not_sure: bool
    choices: tuple[str, ...]
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What one category got, and from which words (negative: against it)."""

    category: str
    score: float
    probability: float
    words: tuple[tuple[str, float], ...]


def taxonomy_weights(taxonomy: Taxonomy) -> dict[str, dict[str, float]]:
    """word or phrase → category → weight; of a word that is there in two ways, the stronger."""
    weights: dict[str, dict[str, float]] = {}
    for code, category in taxonomy.categories.items():
        for given, sign in ((category.keywords, 1), (category.phrases, 1), (category.against, -1)):
            for word, weight in given.items():
                of_word = weights.setdefault(word, {})
                of_word[code] = sign * max(weight, abs(of_word.get(code, 0.0)))
    return weights


def taxonomy_phrases(taxonomy: Taxonomy) -> list[str]:
    """What is looked for as a piece of text, not as a whole word."""
    return [phrase for category in taxonomy.categories.values() for phrase in (*category.phrases, *category.against)]


class Hits:
    """Finds the words and phrases that weigh anything."""

    def __init__(self, taxonomy: Taxonomy, weighed: Iterable[str]) -> None:
        self._weighed = frozenset(weighed)
        self._finder = PhraseFinder(taxonomy_phrases(taxonomy))
        self._pairs = any(PAIR in word for word in self._weighed)

    def of(self, text: str, words: Iterable[Hit]) -> list[Hit]:
        words = list(words)
        weighed = self._weighed
        hits = [hit for hit in words if hit[1] in weighed]
        hits += parts(words, weighed)
        hits += [(start, phrase) for start, _, phrase in self._finder.find(text)]
        if self._pairs:
            hits += [pair for pair in pairs(words) if pair[1] in weighed]
        return hits


def parts(words: Iterable[Hit], weighed: Container[str]) -> list[Hit]:
    """Words of two characters inside longer ones that nothing is known about (垃圾 in 垃圾清运车)."""
    return [
        (start + at, word[at : at + 2])
        for start, word in words
        if len(word) > 2 and word not in weighed
        for at in range(len(word) - 1)
        if word[at : at + 2] in weighed
    ]


def pairs(words: list[Hit]) -> list[Hit]:
    """Two words that follow each other, as one."""
    return [(start, word + PAIR + after) for (start, word), (_, after) in pairwise(words)]


class Classifier:
    def __init__(self, taxonomy: Taxonomy, learned: Learned = NOTHING) -> None:
        self._codes = tuple(taxonomy.categories)
        self._likely = tuple(code for code in LIKELY if code in self._codes) or self._codes
        self._sharpness = learned.sharpness or taxonomy.sharpness
        self._sure = learned.sure or taxonomy.sure
        known = taxonomy_weights(taxonomy)
        for word, moves in learned.moved.items():
            if word in known:
                known[word] = {code: known[word].get(code, 0.0) + moves.get(code, 0.0) for code in {*known[word], *moves}}
        grown = {word: of_word for word, of_word in learned.grown.items() if word not in known}
        self._known = {word: self._indexed(of_word) for word, of_word in known.items()}
        self._grown = {word: self._indexed(of_word) for word, of_word in grown.items()}
        self._hits = Hits(taxonomy, [*known, *grown])

    def _indexed(self, of_word: Mapping[str, float]) -> _Weights:
        return tuple((self._codes.index(code), weight) for code, weight in of_word.items() if code in self._codes)

    def classify(self, text: str, words: Iterable[Hit], leaning: str | None = None) -> Verdict:
        """`leaning` is a category that something else than words speaks for, strongly."""
        scores, given = self._weigh(text, words)
        if leaning in self._codes:
            scores[self._codes.index(leaning)] += LEANING
        best = max(range(len(scores)), key=scores.__getitem__)
        top = scores[best]
        if top <= 0:
            return Verdict(FALLBACK, 0.0, True, (FALLBACK, *self._likely[:2]), ())
        confidence = 1 / sum([math.exp(score - top) for score in scores])
        order = sorted([index for index, score in enumerate(scores) if score > 0], key=scores.__getitem__, reverse=True)
        choices = [self._codes[index] for index in order[:3]]
        if len(choices) < 3:
            choices = list(dict.fromkeys([*choices, *self._likely]))[:3]
        shares = [
            (word, weight * unit) for word, unit, of_word in given for index, weight in of_word if index == best and weight > 0
        ]
        total = sum([share for _, share in shares]) or 1.0
        shares.sort(key=_share, reverse=True)
        return Verdict(
            category=self._codes[best],
            confidence=round(confidence, 3),
            not_sure=confidence < self._sure,
            choices=tuple(choices),
            words=tuple([(word, round(share / total, 3)) for word, share in shares[:MOST_WORDS]]),
        )

    def scores(self, text: str, words: Iterable[Hit]) -> list[Score]:
        """Every category that a word speaks for or against, best first, for whoever wants to know why."""
        scores, given = self._weigh(text, words)
        top = max(scores)
        total = sum(math.exp(score - top) for score in scores)
        found = []
        for index, code in enumerate(self._codes):
            why = [
                (word, round(weight * unit, 3))
                for word, unit, of_word in given
                for which, weight in of_word
                if which == index and weight
            ]
            why.sort(key=lambda pair: -abs(pair[1]))
            if why:
                found.append(Score(code, round(scores[index], 3), round(math.exp(scores[index] - top) / total, 3), tuple(why)))
        return sorted(found, key=lambda score: -score.score)

    def probability(self, text: str, words: Iterable[Hit], code: str) -> float:
        """How likely a category is held to be."""
        scores, _ = self._weigh(text, words)
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        return powers[self._codes.index(code)] / sum(powers)

    def _weigh(self, text: str, words: Iterable[Hit]) -> tuple[list[float], list[tuple[str, float, _Weights]]]:
        """Every category's score; each word, what a weight of one is worth of it, and its weights.

        The more is said, the less each word of it counts, so a long letter is no surer than a short one; words that were
        learned are measured among themselves, so many of them cannot drown the taxonomy's.
        """
        found = strengths(text, self._hits.of(text, words))
        known, grown = self._known, self._grown
        weight_known = self._sharpness / math.sqrt(max(1.0, sum([found[word] for word in found if word in known])))
        weight_grown = 0.0
        if grown:
            length = math.sqrt(sum([found[word] ** 2 for word in found if word in grown]))
            weight_grown = self._sharpness / length if length else 0.0
        scores = [0.0] * len(self._codes)
        given = []
        for word, strength in found.items():
            of_word = known.get(word)
            unit = strength * (weight_known if of_word is not None else weight_grown)
            if of_word is None:
                of_word = grown[word]
            for index, weight in of_word:
                scores[index] += weight * unit
            given.append((word, unit, of_word))
        return scores, given


def _share(pair: tuple[str, float]) -> float:
    return pair[1]
