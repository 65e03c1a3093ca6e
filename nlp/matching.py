"""Finds many weighted phrases in a text in one pass.

A phrase is a plain substring; `…` inside it stands for up to a dozen characters of the same clause ("帮…买药").
A pattern stands for several: (a|b) is a choice, x? and (a|b)? are one or nothing, <name> is any of the words of that name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from operator import add
from types import MappingProxyType

GAP = "…"
WIDEST_GAP = 12
CLAUSE_ENDS = frozenset("。！？!?；;\n")


_PART = re.compile(r"(?:\((?P<choice>[^)]*)\)|<(?P<name>\w+)>|(?P<sign>.))(?P<maybe>\?)?")
_NO_NAMES: Mapping[str, list[str]] = MappingProxyType({})

Match = tuple[int, int, str]  # start, end, phrase


class PhraseFinder:
    """Immutable index of phrases by their first two characters (by one, where a gap follows it)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_start: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {}
        for phrase in dict.fromkeys(phrases):
            head, *rest = phrase.split(GAP)
            key = head[:2]
            self._by_start[key] = (*self._by_start.get(key, ()), (head, tuple(rest), phrase))
        single = "".join(key for key in self._by_start if len(key) == 1)
        self._single = re.compile(f"[{re.escape(single)}]") if single else None

    def find(self, text: str) -> Iterator[Match]:
        """Every phrase at every place; places may overlap."""
        by_start = self._by_start
        starts = [(at, pair) for at, pair in enumerate(map(add, text, text[1:])) if pair in by_start]
        if self._single is not None:
            starts += [(found.start(), found[0]) for found in self._single.finditer(text)]
        for start, key in starts:
            for head, rest, phrase in by_start[key]:
                if not rest:
                    if text.startswith(head, start):
                        yield start, start + len(head), phrase
                elif rest[-1] in text and text.startswith(head, start):  # most have no such end: asked first
                    end = _reach(text, start + len(head), rest)
                    if end:
                        yield start, end, phrase


def _reach(text: str, end: int, rest: tuple[str, ...]) -> int:
    """The end of the last part when every part follows within reach, else 0."""
    for part in rest:
        found = text.find(part, end, end + WIDEST_GAP + len(part))
        if found < 0 or not CLAUSE_ENDS.isdisjoint(text[end:found]):
            return 0
        end = found + len(part)
    return end


def spelled_out(pattern: str, names: Mapping[str, list[str]] = _NO_NAMES) -> Iterator[str]:
    """Every phrase that a pattern stands for: "(掉|落)水里了?" → 掉水里, 掉水里了, 落水里, 落水里了."""
    parts = []
    for part in _PART.finditer(pattern):
        choices = names[part["name"]] if part["name"] else (part["choice"] or part["sign"]).split("|")
        parts.append([*choices, ""] if part["maybe"] else choices)
    return map("".join, product(*parts))
