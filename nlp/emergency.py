"""Emergencies: what must not wait for any queue, and the number to call.

Words stand in emergencies.yaml; here is how they are weighed. One pass over the text finds every trigger and every veto.

1. Wrong characters of a hurried hand are put right, harmless sayings (打火机, 累死了) painted over.
2. A trigger is *strong* (said by nobody who is safe), *plain* (an event), or *weak* (only where nothing else is said).
3. A veto holds within its reach, mostly its own clause, and only against the strengths it can outweigh: who has often been
   hit is in danger, who smells smoke every day complains.
4. Where nothing is found, the words of a cry leave a doubt ("救命，猫卡在树上", "110"): who wrote them is asked back once.

Better one alarm too many than one too few, but an alarm that rings every day is not heard.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import yaml

from nlp.matching import Hit, PatternFinder, PhraseFinder, spelled_out

NUMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(  # of several emergencies in one text the first here is told
    {
        "fire": ("119",),
        "gas": ("119",),
        "violence": ("110",),
        "suicide": ("110", "120", "12356"),  # 12356: the national line for psychological help
        "lost": ("110",),
        "traffic": ("122", "120"),
        "medical": ("120",),
        "rescue": ("119", "110"),  # trapped: flood, collapse, a stuck lift
    }
)
CATEGORIES: Mapping[str, str] = MappingProxyType(  # where an emergency belongs in the taxonomy, if it has such a code
    {
        "medical": "health",
        "suicide": "health",
        "fire": "public_safety",
        "gas": "public_safety",
        "violence": "public_safety",
        "lost": "public_safety",
        "rescue": "public_safety",
        "traffic": "public_safety",
    }
)

WORDS = Path(__file__).parent / "emergencies.yaml"
EARLY = 160  # who is in danger says so early; a long account tells of what happened
PROMPT = 60  # … and of an event at once
SHORT = 40  # and shortly: a weak trigger counts in a text up to this length
ADVERB = 6  # a clause so short ("去年冬天，") belongs to the next
BESIDE = 2  # characters that may stand between a negation and its verb
SUBJECT = 6  # … and between the one it happens to and the verb
CALL = "rescue"  # a bare cry for help
DOUBT = "doubt"  # no emergency that anything says, but said like one
DOUBTFUL = 80  # characters; a longer text says itself what it is about

_CLAUSE_ENDS = re.compile(r"[,、。!?;:~…\n.]")
_SENTENCE_ENDS = re.compile(r"[。!?;\n]")
_GAPS_BETWEEN_WORDS = re.compile(r"(?<![a-z',]) | (?![a-z'])")  # a space between Chinese words is a comma
_PLACE = re.compile(r"[\w-]{0,20}(?:社区|小区|村|路|街|号|楼|栋|单元|室|层|组|\d)")
_PAINT = "□"
_SIGNS = re.compile(r"[\W_]+")
_MARKS = frozenset(" \n\ufe0f\u200d!,.。、~?")


@dataclass(frozen=True, slots=True)
class _Trigger:
    kind: str
    strength: str


_Role: TypeAlias = _Trigger | str  # the name of a veto, of what lifts one, of a doubt


@dataclass(frozen=True, slots=True)
class _Veto:
    """Where a word has to stand, which triggers it outweighs, and what lifts it."""

    reach: str
    strengths: str = "strong plain weak"
    lifted_by: str = ""
    kinds: str = " ".join(NUMBERS)


_VETOES: Mapping[str, _Veto] = MappingProxyType(
    {
        "negated": _Veto("beside"),
        "supposed": _Veto("before"),
        "feared": _Veto("before", lifted_by="happened"),
        "habitual": _Veto("clause", "plain weak", "now"),
        "ancient": _Veto("time", lifted_by="now"),
        "recent": _Veto("time", "plain weak", "now"),
        "told": _Veto("earlier", lifted_by="plea"),
        "posted": _Veto("earlier", lifted_by="plea", kinds="fire gas violence lost traffic medical rescue"),
        "stench": _Veto("anywhere", "weak", kinds="fire gas"),
        "away": _Veto("clause", kinds="lost"),
        "thanks": _Veto("before", lifted_by="plea"),
        "precaution": _Veto("clause"),
        "after": _Veto("after"),
        "over": _Veto("anywhere"),
        "aftermath": _Veto("sentence", "plain weak", "now"),
        "talk": _Veto("anywhere", "weak"),
        "wondered": _Veto("after", lifted_by="happened", kinds="medical rescue traffic"),
        "mistaken": _Veto("before", kinds="suicide"),
        "formal": _Veto("earlier", "plain weak", "now plea"),
        "beast": _Veto("subject", kinds="violence lost traffic medical rescue"),
        "owner": _Veto("head", kinds="lost"),
        "thing": _Veto("beside", kinds="lost rescue"),
    }
)
_LIFTS = ("now", "plea")
_NO_DOUBT = frozenset({"but", "supposed", "ancient", "told", "posted", "thanks", "precaution", "over", "aftermath", "formal"})
_HARMLESS = "harmless"


def find_emergency(text: str) -> str | None:
    """The emergency that a normalised text tells of, if any."""
    found = _heard(text)
    return None if found == DOUBT else found


def is_doubtful(text: str) -> bool:
    """Whether a normalised text is said like a cry for help and tells of no danger: its author is asked once."""
    return _heard(text) == DOUBT


@lru_cache(maxsize=64)  # a message is asked about when it comes, as a line and as the whole of a wish
def _heard(text: str) -> str | None:
    return _BOOK.read(text[:EARLY])


class _Book:
    """What emergencies.yaml says, ready to be looked up. Immutable."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        names = {name: phrases.split() for name, phrases in words["names"].items()}
        doubts = words["doubts"]
        rows: list[tuple[_Role, list[str]]] = [
            *((_Trigger(kind, how), some) for kind, strengths in words["kinds"].items() for how, some in strengths.items()),
            *((_Trigger(kind, "plain"), some) for kind, some in words["english"].items()),
            *words["vetoes"].items(),
            *((lift, words[lift]) for lift in _LIFTS),
            *((role, doubts[role]) for role in ("within", "but")),
        ]
        patterns = ((pattern, role) for role, some in rows for pattern in _patterns(some))
        self._finder = PatternFinder[_Role](patterns, names)
        self._doubts_alone = frozenset(_phrases(doubts["alone"], names))
        self._doubt_signs = frozenset(_phrases(doubts["signs"], names))
        self._harmless = PhraseFinder(_phrases(words[_HARMLESS], names))
        self._spelling = words["spelling"]
        self._misspelt = re.compile("|".join(self._spelling))
        calls, fillers = (sorted(_phrases(words[role], names), key=len, reverse=True) for role in ("calls", "fillers"))
        self._call = re.compile("|".join(calls))
        self._beside_a_call = re.compile("|".join(calls + fillers))

    def read(self, text: str) -> str | None:
        text = self._prepared(text)
        triggers: list[tuple[_Trigger, Hit[_Role]]] = []
        words: list[tuple[str, Hit[_Role]]] = []
        for found in self._finder.find(text):
            if _cuts_a_word(text, found.start, found.end):
                continue
            if isinstance(found.meaning, str):
                words.append((found.meaning, found))
            else:
                triggers.append((found.meaning, found))
        if not triggers and self._is_bare_call(text):
            return CALL
        live = {trigger.kind for trigger, found in triggers if not _is_vetoed(text, trigger, found, words)}
        if live:
            return next(kind for kind in NUMBERS if kind in live)
        return DOUBT if self._is_doubtful(text, {role for role, _ in words}) else None

    def _prepared(self, text: str) -> str:
        text = _GAPS_BETWEEN_WORDS.sub(",", text)
        text = self._misspelt.sub(lambda found: self._spelling[found[0]], text)
        for start, end, _ in list(self._harmless.find(text)):
            text = text[:start] + _PAINT * (end - start) + text[end:]
        return text

    def _is_bare_call(self, text: str) -> bool:
        """Nothing is said but "help", and perhaps where."""
        if len(text) > SHORT or not self._call.search(text):
            return False
        rest = (self._beside_a_call.sub("", clause).strip() for clause in _CLAUSE_ENDS.split(text))
        return all(not clause or _PLACE.fullmatch(clause) for clause in rest)

    def _is_doubtful(self, text: str, roles: set[str]) -> bool:
        """A cry's words, and nobody who tells of another time or place; or hardly anything but them."""
        if len(text) > DOUBTFUL:
            return False
        said = _SIGNS.sub(" ", text).strip()
        if not said:
            signs = set(text) - _MARKS
            return bool(signs) and signs <= self._doubt_signs
        return said in self._doubts_alone or ("within" in roles and roles.isdisjoint(_NO_DOUBT))


def _is_vetoed(text: str, trigger: _Trigger, found: Hit[_Role], words: list[tuple[str, Hit[_Role]]]) -> bool:
    if (trigger.strength == "weak" and len(text) > SHORT) or (trigger.strength == "plain" and found.start > PROMPT):
        return True
    clause, clause_end = _clause(text, found.start, found.end)
    lifts = {role for role, word in words if role == "plea" or (role == "now" and clause <= word.start < clause_end)}
    if "了" in text[found.last : found.end + 1]:
        lifts.add("happened")
    for role, word in words:
        veto = _VETOES.get(role)
        if (
            veto is None
            or trigger.strength not in veto.strengths
            or not lifts.isdisjoint(veto.lifted_by.split())
            or trigger.kind not in veto.kinds
        ):
            continue
        if _reaches(veto.reach, text, word, found, clause, clause_end):
            return True
    return False


def _reaches(reach: str, text: str, word: Hit[_Role], found: Hit[_Role], clause: int, clause_end: int) -> bool:
    match reach:
        case "beside":
            its_own = found.start <= word.start < found.head_end  # 三天没吃…起不来
            return clause <= word.start and 0 <= found.last - word.end <= BESIDE and not its_own
        case "subject":
            between = text[word.end : found.last]
            if "的" in between or found.start <= word.start < found.head_end:  # 养猪的老王, 牛…顶伤人
                return False
            return clause <= word.start < found.last and len(between) <= SUBJECT
        case "head":
            return word.start == found.start
        case "before":
            return clause <= word.start < found.last
        case "time":
            return _with_adverb(text, clause) <= word.start < found.last
        case "clause":
            return clause <= word.start < clause_end
        case "sentence":
            return _SENTENCE_ENDS.search(text, min(found.end, word.end), max(found.start, word.start)) is None
        case "earlier":
            return word.start < found.last
        case "after":
            return found.end <= word.start <= found.end + (text[found.end : found.end + 1] == "了")
        case _:
            return True


def _clause(text: str, begins: int, ends: int) -> tuple[int, int]:
    start = max((end.end() for end in _CLAUSE_ENDS.finditer(text, 0, begins)), default=0)
    end = _CLAUSE_ENDS.search(text, ends)
    return start, end.start() if end else len(text)


def _with_adverb(text: str, clause: int) -> int:
    before = _clause(text, clause - 1, clause - 1)[0] if clause else 0
    return before if clause - before <= ADVERB else clause


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    return _goes_on(text, start) or _goes_on(text, end)


def _goes_on(text: str, at: int) -> bool:
    """An English word, or a number, has letters on both sides of this place."""
    return 0 < at < len(text) and all(sign.isascii() and sign.isalnum() for sign in text[at - 1 : at + 1])


def _phrases(rows: Iterable[str], names: Mapping[str, list[str]]) -> Iterator[str]:
    for pattern in _patterns(rows):
        yield from spelled_out(pattern, names)


def _patterns(rows: Iterable[str]) -> Iterator[str]:
    return (pattern.replace("_", " ") for row in rows for pattern in row.split())


_BOOK = _Book(yaml.safe_load(WORDS.read_text(encoding="utf-8")))
