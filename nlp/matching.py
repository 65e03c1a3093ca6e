"""Finds many weighted phrases in a text in one pass.

A phrase is a plain substring; `…` inside it stands for up to a dozen characters of the same clause ("帮…买药").
A pattern stands for several: (a|b) is a choice, x? and (a|b)? are one or nothing, <name> is any of the words of that name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import add
from types import MappingProxyType
from typing import Generic, TypeVar

GAP = "…"
WIDEST_GAP = 12
CLAUSE_ENDS = frozenset("。！？!?；;\n")


_PART = re.compile(r"(?:\((?P<choice>[^)]*)\)|<(?P<name>\w+)>|(?P<sign>.))(?P<maybe>\?)?")
_NO_NAMES: Mapping[str, list[str]] = MappingProxyType({})

Meaning = TypeVar("Meaning")
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


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
    """Where a pattern was found."""

    start: int
    end: int
    head_end: int  # where its first part ends
    last: int  # where its last part begins
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class _Pattern(Generic[Meaning]):
    heads: frozenset[str]
    between: tuple[tuple[str, ...], ...]
    meaning: Meaning


class PatternFinder(Generic[Meaning]):
    """Immutable index of patterns whose parts are choices: "(孩子|老人)…(晕倒|没气了)", and all that can happen to anybody.

    Spelled out they would be a million phrases; here only the words of each part are kept. A pattern is looked at when a word
    of its last part stands in the text, which is seldom.
    """

    def __init__(self, patterns: Iterable[tuple[str, Meaning]], names: Mapping[str, list[str]] = _NO_NAMES) -> None:
        self._plain: dict[str, list[Meaning]] = {}
        self._by_last: dict[str, list[_Pattern[Meaning]]] = {}
        heads: set[str] = set()
        for pattern, meaning in patterns:
            for first, *rest in _parts(pattern, names):
                if not rest:
                    for word in first:
                        self._plain.setdefault(word, []).append(meaning)
                    continue
                heads.update(first)
                learned = _Pattern(frozenset(first), tuple(rest[:-1]), meaning)
                for word in dict.fromkeys(rest[-1]):
                    self._by_last.setdefault(word, []).append(learned)
        self._heads = frozenset(heads)
        self._words: dict[str, tuple[str, ...]] = {}  # by their first two characters, or by their only one
        for word in dict.fromkeys([*self._plain, *heads, *self._by_last]):
            self._words[word[:2]] = (*self._words.get(word[:2], ()), word)

    def find(self, text: str) -> Iterator[Hit[Meaning]]:
        """Every pattern at every place; places may overlap."""
        words = self._words
        keys = [(at, key) for at, key in enumerate([*map(add, text, text[1:])]) if key in words]
        keys += [(at, key) for at, key in enumerate(text) if key in words]
        there = [(at, word) for at, key in keys for word in words[key] if text.startswith(word, at)]
        for at, word in there:
            for meaning in self._plain.get(word, ()):
                yield Hit(at, at + len(word), at + len(word), at, meaning)
        lasts = [word for word in dict.fromkeys(word for _, word in there) if word in self._by_last]
        heads = [(at, word) for at, word in there if word in self._heads]
        for last in lasts:
            for pattern in self._by_last[last]:
                for at, head in heads:
                    if head in pattern.heads:
                        for end in _reaches(text, at + len(head), (*pattern.between, (last,))):
                            yield Hit(at, end, at + len(head), end - len(last), pattern.meaning)


def _parts(pattern: str, names: Mapping[str, list[str]]) -> list[list[tuple[str, ...]]]:
    """The words of each part of a pattern; a choice with a gap inside makes several patterns of it."""
    parts = pattern.split(GAP)
    if all(part.count("(") == part.count(")") for part in parts):
        return [[tuple(dict.fromkeys(spelled_out(part, names))) for part in parts]]
    return [[(part,) for part in phrase.split(GAP)] for phrase in spelled_out(pattern, names)]


def _reaches(text: str, end: int, parts: tuple[tuple[str, ...], ...]) -> set[int]:
    """Every end of the last part, when a word of each part follows within reach."""
    words, *rest = parts
    found = {there for word in words if (there := _reach(text, end, (word,)))}
    return {last for there in found for last in _reaches(text, there, tuple(rest))} if rest else found


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
