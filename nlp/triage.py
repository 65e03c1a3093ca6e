"""Kind, urgency and beneficiary of a message, by weighted cues. Emergencies are found elsewhere and come first."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from nlp.matching import GAP, WIDEST_GAP, PhraseFinder

CUES = Path(__file__).parent / "cues.yaml"
OPENING = 10  # a kind is usually told by the first words (咨询…, 建议…, 感谢…)
CLOSING = 8  # … or by the last (… 怎么办？)
WITHIN = 160  # characters that are weighed: who a long message is for is said early
STRONG = 1.7
LAST_WORDS = 8
LAST_CLAUSE = 24
PUNCTUATION = '。.！!？?~，,;； \n"”'
GREETING = re.compile(r"(?:尊敬的[^,。:]{1,12}[,。:]?|[^,。!:?]{0,6}[您你]好[,。!:\s]*)+")
ASKS_AT_THE_END = re.compile(
    r"(?:(?:[能会要行管还]|可以|到底).{1,14}不|了没|(?:啥|什么)(?:原因|材料|条件|手续|规定|标准|说法|意思)?)[?。,!\s]*$"
)
MORE = re.compile(r"[大小早晚多少快慢宽高低亮密](?:一)?点儿?[。!,吧\s]*$")  # 字印大点, 早发一点
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
    """Immutable; one pass over a text for all cues, and one over its first and its last words."""

    def __init__(self) -> None:
        cues: dict[str, dict[str, dict[float, str]]] = yaml.safe_load(CUES.read_text(encoding="utf-8"))
        self._kinds, self._people, self._urgencies = (tuple(cues[name]) for name in ("kinds", "people", "urgencies"))
        self._given = _given(cues["kinds"], cues["people"], cues["urgencies"])
        self._finder = PhraseFinder(self._given)
        self._openings, self._closings = _given(cues["openings"]), _given(cues["closings"])
        self._gapped = [(phrase, given) for phrase, given in self._openings.items() if GAP in phrase]
        self._opening = re.compile("|".join(map(_pattern, _longest_first(self._openings))))
        self._closing = re.compile("(?:" + "|".join(map(_pattern, _longest_first(self._closings))) + ")$")

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
        whole, text = text, text[:WITHIN]
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
        return found + self._edges(whole)

    def _edges(self, text: str) -> list[tuple[str, str, float]]:
        """What the first words and the last say: of each the longest cue."""
        edges = []
        greeting = GREETING.match(text)
        if opening := self._opening.match(text, greeting.end() if greeting else 0):
            edges += [(opening[0], answer, weight) for answer, weight in self._of_opening(opening[0])]
        end = text[-LAST_CLAUSE:].rstrip(PUNCTUATION)
        if closing := self._closing.search(end, len(end) - LAST_WORDS):
            edges += [(closing[0], answer, weight) for answer, weight in self._closings[closing[0]]]
        elif asked := ASKS_AT_THE_END.search(end):
            edges.append((asked[0], "question", ASKED))
        elif more := MORE.search(end, len(end) - LAST_WORDS):
            edges.append((more[0], "suggestion", ASKED))
        return edges

    def _of_opening(self, said: str) -> tuple[tuple[str, float], ...]:
        """What an opening speaks for; one with a gap is found by how it begins and ends."""
        if said in self._openings:
            return self._openings[said]
        return next(given for phrase, given in self._gapped if re.fullmatch(_pattern(phrase), said))


def _given(*tables: Mapping[str, Mapping[float, str]]) -> dict[str, tuple[tuple[str, float], ...]]:
    """phrase → what it speaks for, and how strongly."""
    given: dict[str, tuple[tuple[str, float], ...]] = {}
    for table in tables:
        for answer, weights in table.items():
            for weight, phrases in weights.items():
                for phrase in phrases.split():
                    given[phrase] = (*given.get(phrase, ()), (answer, weight))
    return given


def _longest_first(phrases: Iterable[str]) -> list[str]:
    return sorted(phrases, key=len, reverse=True)


def _pattern(phrase: str) -> str:
    return f".{{0,{WIDEST_GAP}}}?".join(map(re.escape, phrase.split(GAP)))
