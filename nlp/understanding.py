"""Everything that is understood of one message."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nlp.classify import Classifier, Score, Verdict
from nlp.emergency import CATEGORIES, find_emergency, is_doubtful
from nlp.idle import Idle, find_idle, find_yes
from nlp.learned import NOTHING, Learned
from nlp.normalise import normalise
from nlp.places import NOWHERE, PlaceName, Places, Where
from nlp.redact import Hidden, find_private, mask
from nlp.segment import Segmenter
from nlp.similar import Matters
from nlp.strengths import Hit
from nlp.taxonomy import FALLBACK, Taxonomy
from nlp.triage import Triage
from nlp.whereabouts import without_whereabouts

__all__ = ["Hidden", "Idle", "PlaceName", "Places", "Reader", "Taxonomy", "Understanding"]

LONGEST = 600  # characters that are weighed; redaction reads everything
GUESS = 0.1  # below this the category says nothing about the kind


@dataclass(frozen=True, slots=True)
class Understanding:
    text: str
    kind: str
    urgency: str
    beneficiary: str
    category: str
    confidence: float
    not_sure: bool
    choices: tuple[str, ...]
    words: tuple[tuple[str, float], ...]
    public_text: str
    hidden: tuple[Hidden, ...]
    where: Where
    emergency: str | None

    @property
    def place(self) -> str | None:
        """The code of the area it is in."""
        return self.where.code

    @property
    def as_dict(self) -> dict[str, Any]:
        """What `wishlight classify` prints."""
        return {
            "text": self.text,
            "kind": self.kind,
            "urgency": self.urgency,
            "beneficiary": self.beneficiary,
            "category": self.category,
            "confidence": self.confidence,
            "not_sure": self.not_sure,
            "words": [list(pair) for pair in self.words],
            "public_text": self.public_text,
            "place": self.place,
        }


_NOTHING = " ,。!?;:、\n"  # stands before the first word


class Reader:
    """Built once at start; nothing of it changes afterwards."""

    def __init__(self, taxonomy: Taxonomy, places: Places = NOWHERE, learned: Learned = NOTHING) -> None:
        self.taxonomy = taxonomy
        self._places = places
        self._triage = Triage()
        self._classifier = Classifier(taxonomy, learned)
        self._keywords = frozenset(word for category in taxonomy.categories.values() for word in category.keywords)
        self.segmenter = Segmenter(self._keywords)

    @cached_property
    def matters(self) -> Matters:
        """For comparing messages with each other; made when first asked for."""
        return Matters(self.segmenter, self._keywords)

    def taught(self, learned: Learned) -> "Reader":
        """The same reader with what was learned; words and places are shared, so it is made at once."""
        other = copy(self)
        other._classifier = Classifier(self.taxonomy, learned)
        return other

    def knowing(self, places: Places) -> "Reader":
        """The same reader in a town that has other names; all else is shared."""
        other = copy(self)
        other._places = places
        return other

    def emergency(self, text: str) -> str | None:
        """Only whether a message is an emergency, and which: each message of several is asked by itself."""
        return find_emergency(normalise(text)[:LONGEST])

    def is_doubtful(self, text: str) -> bool:
        """Whether it is said like a cry for help and tells of no danger: its author is asked."""
        return is_doubtful(normalise(text)[:LONGEST])

    def idle(self, text: str) -> Idle | None:
        """What a message is that tells of no matter, so that nothing of it is filed; a cry, even a doubtful one, is none."""
        plain = normalise(text)
        cry = find_emergency(plain[:LONGEST]) is not None or is_doubtful(plain[:LONGEST])
        return None if cry else find_idle(plain)

    def is_yes(self, text: str) -> bool | None:
        """Whether it answers a question with yes or with no, and says nothing else."""
        return find_yes(normalise(text))

    def why(self, text: str) -> tuple[list[Hit], list[Score], list[tuple[str, str, float]]]:
        """What an answer came from: the words, every category's score, the cues for kind, urgency and beneficiary."""
        matter = without_whereabouts(normalise(text)[:LONGEST])
        words = self.segmenter.words(matter)
        return words, self._classifier.scores(matter, words), self._triage.cues(matter.lstrip(_NOTHING))

    def probability(self, text: str, code: str) -> float:
        """How likely a category is held to be for a text."""
        plain = without_whereabouts(normalise(text)[:LONGEST])
        return self._classifier.probability(plain, self.segmenter.words(plain), code)

    def sort(self, text: str) -> tuple[Verdict, tuple[str, str, str]]:
        """Only category, and kind, urgency, beneficiary: without what must be hidden, place and emergency."""
        plain = normalise(text)[:LONGEST]
        return self._sort(plain, None)

    def _sort(self, plain: str, leaning: str | None) -> tuple[Verdict, tuple[str, str, str]]:
        matter = without_whereabouts(plain)
        verdict = self._classifier.classify(matter, self.segmenter.words(matter), leaning)
        asks_volunteers = (
            verdict.confidence < GUESS
            or verdict.category == FALLBACK
            or self.taxonomy.categories[verdict.category].served_by == "volunteers"
        )
        return verdict, self._triage.read(matter.lstrip(_NOTHING), asks_volunteers=asks_volunteers)

    def understand(self, text: str, *, calm: bool = False, home: str | None = None) -> Understanding:
        """`calm`: somebody said that it is no emergency, so it is read as anything else; `home`: the sender's own area."""
        whole = normalise(text)
        plain = whole[:LONGEST]
        emergency = None if calm else find_emergency(plain)
        leaning = CATEGORIES.get(emergency) if emergency else None
        verdict, (kind, urgency, beneficiary) = self._sort(plain, leaning)
        hidden = find_private(text)
        return Understanding(
            text=text,
            kind="emergency" if emergency else kind,
            urgency="today" if emergency else urgency,
            beneficiary=beneficiary,
            category=verdict.category,
            confidence=verdict.confidence,
            not_sure=verdict.not_sure,
            choices=verdict.choices,
            words=verdict.words,
            public_text=mask(text, hidden),
            hidden=hidden,
            where=self._places.look(whole, self.segmenter.frequency, home),
            emergency=emergency,
        )
