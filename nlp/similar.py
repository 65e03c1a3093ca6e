"""How alike two messages are: the same matter in other words, not other matters in the same words.

    text → names of things and troubles (`matters.yaml`) and the words between them, each with a weight → a number, and why

A weight is how rare a word is, times how strongly the text says it (`strengths`), more for words that the taxonomy knows.
Alike is the cosine of the weights; less where both name a thing and no common one, a trouble and no common one, or a spot
and no common one (`spots`). A `Matter` is made once a text and compared in microseconds.
"""

import math
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import yaml

from nlp.matching import GAP, PhraseFinder
from nlp.names import SURNAMES
from nlp.normalise import normalise
from nlp.segment import Segmenter
from nlp.spots import Spots, agree, find_spots
from nlp.strengths import Hit, strengths

MATTERS = Path(__file__).parent / "matters.yaml"
LONGEST = 600  # characters that are weighed
SHORT = 60  # a text this short has no title: a place may stand first
MOST_WORDS = 16  # of a text; the rest of a long letter is its story
LIKE = 0.5  # from here on two messages are shown as one matter
KEPT = 4096  # matters of texts that were asked for lately
COMMON, RARE = 7.0, 15.0  # surprises (-ln of the likelihood) between which a word's weight grows
LEAST_WEIGHT = 0.15
THING, TROUBLE = 1.0, 0.55  # what a name of a thing, of a trouble weighs
KNOWN, WORD, SINGLE, NAME = 0.8, 0.55, 0.2, 0.5  # the rarest word of the taxonomy, another one, one character, two in a row
OTHER_THING, OTHER_TROUBLE, OTHER_SPOT = 0.45, 0.45, 0.35  # what is left of it where both name another one
ONE_SIDED = 0.85  # … and where only one of them names any
OTHER_CATEGORY = 0.9
SAME_SPOT, SAME_MATTER = 0.15, 0.35  # how much of what is missing is granted: the same spot, the same thing and trouble
ENOUGH = 3  # texts that say a word, before it may name what they speak of
HEAVY = 0.2  # two matters that share no word of this weight are not alike
TROUBLES = "~"  # stands before what is no thing but a trouble
_LABEL = re.compile(r"[a-z]?\d*(?:[.:/-]\d*)*")  # 3, a7, 2.5: what it counts says more
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text says, before it is measured: words with weights, what of them names things and troubles, its spots."""

    weights: Mapping[str, float]
    names: frozenset[str]
    spots: Spots


@dataclass(frozen=True, slots=True)
class Matter:
    """What a text is about: words with weights, as a vector of length 1; empty when it says nothing."""

    weights: Mapping[str, float]
    things: frozenset[str]
    troubles: frozenset[str]
    spots: Spots
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike, from 0 to 1, and the words that made it so, the heaviest first."""

    score: float
    words: tuple[str, ...]


NOT_ALIKE = Alike(0.0, ())


class Matters:
    """Reads what texts are about; built once at start, and nothing of it changes but what it keeps of the last texts."""

    def __init__(self, segmenter: Segmenter, known: Iterable[str] = ()) -> None:
        given = yaml.safe_load(MATTERS.read_text(encoding="utf-8"))
        self._segmenter = segmenter
        self._known = frozenset(known)
        self._silent = frozenset(normalise(given["silent"]).split())
        self._names: dict[str, tuple[str, ...]] = {}  # a way to say it → what it is
        self._weights: dict[str, float] = {}
        self.things = self._learn(given["things"], "", THING)
        self.troubles = self._learn(given["troubles"], TROUBLES, TROUBLE)
        self._finder = PhraseFinder(name for name in self._names if len(name) > 1)
        self.of = lru_cache(maxsize=KEPT)(self._of)

    def _learn(self, lines: Iterable[str], sign: str, weight: float) -> frozenset[str]:
        learned = set()
        for line in lines:
            names = normalise(line).split()
            one = sign + names[0]
            learned.add(one)
            self._weights[one] = weight
            for name in names:
                self._names[name] = (*self._names.get(name, ()), one)
        return frozenset(learned)

    def _of(self, text: str, category: str | None = None, place: str | None = None) -> Matter:
        """What a text is about; `place` is the area that is known of it from elsewhere."""
        parts = self.parts(text)
        spots = parts.spots if place is None else {**parts.spots, "area": frozenset({place})}
        return self.measured(parts.weights, parts.names, spots, category)

    def measured(
        self, weights: Mapping[str, float], names: frozenset[str], spots: Spots, category: str | None = None
    ) -> Matter:
        """Only the heaviest words, as a vector of length 1."""
        heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]
        length = math.sqrt(math.fsum(weight * weight for _, weight in heaviest))
        measured = {word: weight / length for word, weight in heaviest} if length else {}
        return Matter(measured, names & self.things, names & self.troubles, spots, category)

    def parts(self, text: str) -> Parts:
        """What a text says."""
        plain = normalise(text)[:LONGEST]
        named, rest = self._named(plain)
        hits = [*named, *self._words(rest)]
        found = dict.fromkeys((word for _, word in hits), 1.0) if len(plain) <= SHORT else strengths(plain, hits)
        names = frozenset(word for word in found if word in self._weights)
        return Parts({word: strength * self._weight(word) for word, strength in found.items()}, names, find_spots(plain))

    def as_said(self, text: str) -> list[tuple[str, str]]:
        """Each word of a text once, and how the text says it."""
        plain = normalise(text)[:LONGEST]
        said: dict[str, str] = {}
        _, rest = self._named(plain, said)
        for _, word in self._words(rest):
            said.setdefault(word, word.removeprefix(TROUBLES))
        return list(said.items())

    def names(self, word: str) -> bool:
        """Whether it stands for a thing or a trouble."""
        return word in self._weights

    def knows(self, word: str) -> bool | None:
        """Whether a word names a thing or a trouble, or stands in the taxonomy; None: no dictionary has it."""
        if word in self._weights or word in self._known:
            return True
        return False if len(word) > 1 and self._segmenter.surprise(word) != self._segmenter.never else None

    def may_name(self, word: str, times: int) -> bool:
        """Whether a word that so many texts say may stand in the name of what they speak of: it is nobody's name."""
        known = self.knows(word)
        return bool(known) or (known is False and times >= ENOUGH and not (len(word) < 4 and word[0] in SURNAMES))

    def _named(self, plain: str, said: dict[str, str] | None = None) -> tuple[list[Hit], str]:
        """What is named, and the text without the words that name it; of names that overlap the longest.

        `said` is told how each is said.
        """
        named: list[Hit] = []
        rest = list(plain)
        for start, end, phrase in sorted(self._finder.find(plain), key=_longest_first):
            if GAP not in phrase:
                if rest[start] == _TAKEN or rest[end - 1] == _TAKEN:
                    continue
                rest[start:end] = [_TAKEN] * (end - start)
            named += [(start, name) for name in self._names[phrase]]
            if said is not None:
                for name in self._names[phrase]:
                    said.setdefault(name, name.removeprefix(TROUBLES) if GAP in phrase else phrase)
        return named, "".join(rest)

    def _words(self, rest: str) -> Iterable[Hit]:
        """The other words that say anything; two in a row that no dictionary knows are a name."""
        words = self._segmenter.words(rest)
        for at, word in words:
            if word in self._names:
                yield from ((at, name) for name in self._names[word])
            elif word not in self._silent and not _LABEL.fullmatch(word):
                yield at, word
        for (at, word), (after, other) in pairwise(words):
            if at + len(word) == after and 1 in (len(word), len(other)) and self._nameless(word) and self._nameless(other):
                yield at, word + other

    def _nameless(self, word: str) -> bool:
        return word not in self._silent and word not in self._names and not word.isascii()

    def _weight(self, word: str) -> float:
        if word in self._weights:
            return self._weights[word]
        if len(word) == 1:
            return SINGLE
        surprise = self._segmenter.surprise(word)
        if surprise == self._segmenter.never:
            return NAME
        rarity = min(1.0, max(LEAST_WEIGHT, (surprise - COMMON) / (RARE - COMMON)))
        return rarity * (KNOWN if word in self._known else WORD)


_TAKEN = " "  # stands where a name stood


def _longest_first(match: tuple[int, int, str]) -> tuple[int, int, str]:
    start, end, phrase = match
    return start - end, start, phrase


def compare(one: Matter, other: Matter) -> Alike:
    """How alike two matters are; the same both ways round."""
    shared = one.weights.keys() & other.weights.keys()
    if not shared:
        return NOT_ALIKE
    shares = {word: one.weights[word] * other.weights[word] for word in shared}
    score = math.fsum(shares.values())
    if one.things & other.things and one.troubles & other.troubles:
        score += SAME_MATTER * (1 - score)
    score *= doubt(one.things, other.things, OTHER_THING) * doubt(one.troubles, other.troubles, OTHER_TROUBLE)
    if one.category is not None and other.category is not None and one.category != other.category:
        score *= OTHER_CATEGORY
    same, different = agree(one.spots, other.spots)
    if different:
        score *= OTHER_SPOT
    elif same:
        score += SAME_SPOT * (1 - score)
    words = sorted(shared, key=lambda word: (-shares[word], word))
    return Alike(round(min(1.0, max(0.0, score)), 4), tuple(word.removeprefix(TROUBLES) for word in words))


def doubt(ours: frozenset[str], theirs: frozenset[str], others: float) -> float:
    """How much is left where both name something and nothing in common, or only one does."""
    if ours & theirs or not (ours or theirs):
        return 1.0
    return others if ours and theirs else ONE_SIDED


def nearest(
    matter: Matter, others: Iterable[tuple[Key, Matter]], *, least: float = LIKE, most: int = 3
) -> list[tuple[Key, Alike]]:
    """The likest of the others, the likest first, of equals the first of the list.

    Most share no heavy word, and are passed over without being compared.
    """
    found = []
    heavy = [word for word, weight in matter.weights.items() if weight >= HEAVY]
    for order, (key, other) in enumerate(others):
        theirs = other.weights
        if any(word in theirs for word in heavy):
            alike = compare(matter, other)
            if alike.score >= least:
                found.append((-alike.score, order, key, alike))
    return [(key, alike) for _, _, key, alike in sorted(found, key=lambda one: one[:2])[:most]]
