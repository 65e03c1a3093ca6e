"""Kind, urgency and beneficiary of a message, by weighted cues. Emergencies are found elsewhere and come first."""

from nlp import cues
from nlp.matching import PhraseFinder

OPENING = 10  # a kind is usually told by the first words (咨询…, 建议…, 感谢…)
CLOSING = 8  # … or by the last (… 怎么办？)
WITHIN = 160  # characters that are weighed: who a long message is for is said early
STRONG = 1.7
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
        for table in (cues.KINDS, cues.PEOPLE, cues.URGENCIES):
            for answer, weights in table.items():
                for weight, phrases in weights.items():
                    for phrase in phrases.split():
                        self._given[phrase] = (*self._given.get(phrase, ()), (answer, weight))
        self._finder = PhraseFinder(self._given)

    def read(self, text: str, *, asks_volunteers: bool) -> tuple[str, str, str]:
        """Kind, urgency and beneficiary of a normalised text.

        What volunteers do is wished for; what units do is complained of: the first guess about a kind.
        """
        text = text[:WITHIN]
        scores = {"wish": 3.5} if asks_volunteers else {"complaint": 2.0}
        seen: set[str] = set()
        for start, end, phrase in self._finder.find(text):
            if phrase in seen:
                continue
            seen.add(phrase)
            strength = STRONG if start < OPENING or end > len(text) - CLOSING else 1.0
            for answer, weight in self._given[phrase]:
                scores[answer] = scores.get(answer, 0.0) + (weight * strength if answer in cues.KINDS else weight)
        kind = max(cues.KINDS, key=lambda answer: scores.get(answer, 0.0))
        first_guess = FIRST_GUESS[kind]
        who = max(cues.PEOPLE, key=lambda answer: scores.get(answer, 0.0) + first_guess.get(answer, 0.0))
        return kind, next((when for when in cues.URGENCIES if when in scores), "whenever"), who
