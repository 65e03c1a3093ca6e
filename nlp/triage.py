"""Kind, urgency and beneficiary of a message, by weighted cues. Emergencies are found elsewhere and come first."""

import re
from pathlib import Path

import yaml

from nlp.matching import PhraseFinder

CUES = Path(__file__).parent / "cues.yaml"
OPENING = 10  # a kind is usually told by the first words (咨询…, 建议…, 感谢…)
CLOSING = 8  # … or by the last (… 怎么办？)
WITHIN = 160  # characters that are weighed: who a long message is for is said early
STRONG = 1.7
WHETHER = re.compile(r"([\u4e00-\u9fff])不\1")  # 收不收, 涨不涨: asked, except where it is a request (能不能帮)
ASKED = 3.0
FIRST_GUESS = {  # when a text says nothing else
    "wish": {"self": 1.5},
    "question": {"self": 1.0},
    "complaint": {"public": 2.0},
    "suggestion": {"public": 4.0},
    "thanks": {"public": 3.0},
}


class Triage:
    """Immutable; one pass over a text for all cues."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[tuple[str, float], ...]] = {}
        cues: dict[str, dict[str, dict[float, str]]] = yaml.safe_load(CUES.read_text(encoding="utf-8"))
        self._kinds, self._people, self._urgencies = (tuple(cues[name]) for name in ("kinds", "people", "urgencies"))
        for table in cues.values():
            for answer, weights in table.items():
                for weight, phrases in weights.items():
                    for phrase in phrases.split():
                        self._given[phrase] = (*self._given.get(phrase, ()), (answer, weight))
        self._finder = PhraseFinder(self._given)

    def read(self, text: str, *, asks_volunteers: bool) -> tuple[str, str, str]:
        """Kind, urgency and beneficiary of a normalised text.

        What volunteers do is wished for; what units do is complained of: the first guess about a kind.
        """
        scores = {"wish": 3.5} if asks_volunteers else {"complaint": 2.0}
        for _, answer, weight in self.cues(text):
            scores[answer] = scores.get(answer, 0.0) + weight
        kind = max(self._kinds, key=lambda answer: scores.get(answer, 0.0))
        first_guess = FIRST_GUESS[kind]
        who = max(self._people, key=lambda answer: scores.get(answer, 0.0) + first_guess.get(answer, 0.0))
        return kind, next((when for when in self._urgencies if when in scores), "whenever"), who

    def cues(self, text: str) -> list[tuple[str, str, float]]:
        """What was found: phrase, the answer that it speaks for, and how strongly."""
        text = text[:WITHIN]
        found = []
        seen: set[str] = set()
        for start, end, phrase in self._finder.find(text):
            if phrase in seen:
                continue
            seen.add(phrase)
            strength = STRONG if start < OPENING or end > len(text) - CLOSING else 1.0
            for answer, weight in self._given[phrase]:
                found.append((phrase, answer, weight * strength if answer in self._kinds else weight))
        if whether := WHETHER.search(text):
            found.append((whether[0], "question", ASKED))
        return found
