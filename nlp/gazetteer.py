"""Finds the names of a town's areas, roads, estates and buildings in a text: exactly, by an alias, misspelt, with a number."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nlp.misspelt import FEWEST, Frequency, Misspelt, Mistake
from nlp.place_names import (
    ALIAS,
    AREAS,
    EVERYDAY,
    EXACT,
    FUZZY,
    LEVELS,
    NUMBER,
    STANDS_BEFORE,
    STREETS,
    WORD,
    PlaceName,
    plain_number,
    spellings,
    squeezed,
)

# Beside a short name something must say that it is a place (文化社区, 文化活动).
_AFTER = re.compile(
    r"^(?:$|[,.;:!?。、\s\d]|这|那|的|里|附近|门口|旁|边|对面|一带|有|没|居民|业主|住|[东西南北]|[一二三四五六七八九十]+[组期栋区号]|第)"
)
# More is asked for when the name is a word of every day (阳光, 幸福).
_BEFORE_A_WORD = re.compile(r"(?:住|住在|家在|位于|地址[:是]?)$")
_AFTER_A_WORD = re.compile(r"^[a-z]?-?(?:\d+|[一二三四五六七八九十]+)(?:号|栋|幢|期|组|单元|#|座|区)")
_BEGINS = re.compile(r"(?:^|[^\u4e00-\u9fff]|[在住到去从来回离是的和与]|我们|咱们?|位于|地址)$")
_STREET_SIDES = frozenset("口边上旁段中里头尾")  # 路口, 路边: a road is meant; 路灯, 路面: perhaps not (新建路灯)
_LITTLE_WORDS = frozenset("的了在是和与及到去从来回住离往我你他有")

_HOUSE = re.compile(
    rf"(?:的|里|内)?[ ,、]?(?:[东西南北中a-z]区|[一二三四五六1-6]期)?第?(?P<number>{NUMBER}) ?"
    r"(?:号楼|号院|栋楼?(?![上下道顶梯前后])|幢|#楼?|座|号(?!上午|下午|早|晚|中午|凌晨|开始|起|当天|那天)|(?=-\d{1,2}-\d))"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a text names: where in the text, and in which areas it may lie."""

    start: int
    end: int
    words: str
    name: str
    how: str  # exact, alias, fuzzy, relative
    level: str
    areas: tuple[str, ...]
    sure: bool = True  # False: too little is left of the name to tell it from others
    note: str = ""  # at, home, lives, passing, not: what the words around it say


@dataclass(frozen=True, slots=True)
class _Entry:
    how: str
    level: str
    names: tuple[str, ...]  # in full; of an estate, its buildings are known by them
    areas: tuple[str, ...]
    bare: bool = False  # an estate without its ending: 阳光


class Gazetteer:
    """Immutable; built once from all names."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        found: dict[str, list[tuple[PlaceName, str, bool]]] = {}
        self._numbers: dict[str, dict[str, list[str]]] = {}
        for place in names:
            if place.numbers:
                houses = self._numbers.setdefault(place.name, {})
                for number in place.numbers:
                    houses.setdefault(plain_number(squeezed(number)), []).append(place.code)
            for spelling in spellings(place):
                if len(spelling.text) >= 2:
                    found.setdefault(spelling.text, []).append((place, spelling.how, spelling.whole))
        self._entries: dict[str, _Entry] = {text: _entry(meant) for text, meant in found.items()}
        self._by_pair: dict[str, tuple[str, ...]] = {}
        for text in self._entries:
            self._by_pair[text[:2]] = (*self._by_pair.get(text[:2], ()), text)
        self._misspelt = Misspelt(
            text
            for text, meant in found.items()
            if len(text) >= FEWEST and any(_may_be_misspelt(place, whole) for place, _, whole in meant)
        )
        self._pairs = frozenset(self._by_pair) | self._misspelt.pairs
        firsts = "".join(sorted({pair[0] for pair in self._pairs}))
        self._firsts = re.compile(f"[{re.escape(firsts)}]" if firsts else "(?!)")

    def mentions(self, text: str, begin: int, end: int, frequency: Frequency) -> list[Mention]:
        """Every place that is named in a piece of a normalised text, in order, never overlapping."""
        pairs, starts = self._pairs, self._firsts.finditer(text, begin, end)
        hits = [(at, pair) for found in starts if (pair := text[(at := found.start()) : at + 2]) in pairs]
        if not hits:
            return []
        exact = [mention for at, pair in hits for mention in self._exact(text, at, pair, frequency)]
        found = _longest(exact)
        # what has a short name alone may still be a long one, misspelt
        taken = {at for mention in found if len(mention.words) > 2 for at in range(mention.start, mention.end)}
        fuzzy: list[Mention] = []
        for at, pair in hits:
            if at not in taken and pair in self._misspelt.pairs:
                fuzzy += self._fuzzy(text, at, pair, frequency, taken)
        if fuzzy:
            found = _longest([*found, *_alternatives(fuzzy)])
            ends = {mention.end for mention in found}
            found = [one for one in found if one.sure or one.start in ends or _begins(text, one.start)]
        return [self._with_number(text, mention) for mention in found]

    def _exact(self, text: str, at: int, pair: str, frequency: Frequency) -> Iterator[Mention]:
        for spelling in self._by_pair.get(pair, ()):
            if text.startswith(spelling, at):
                end = at + len(spelling)
                entry = self._entries[spelling]
                if _is_meant(text, at, end, entry.bare, frequency):
                    yield Mention(at, end, spelling, entry.names[0], entry.how, entry.level, entry.areas)

    def _fuzzy(self, text: str, at: int, pair: str, frequency: Frequency, taken: set[int]) -> Iterator[Mention]:
        for mistake in self._misspelt.at(text, at, pair, frequency):
            if taken.isdisjoint(range(mistake.start, mistake.end)):
                yield self._mistaken(text, mistake)

    def _mistaken(self, text: str, mistake: Mistake) -> Mention:
        entry = self._entries[mistake.name]
        words = text[mistake.start : mistake.end]
        return Mention(mistake.start, mistake.end, words, entry.names[0], FUZZY, entry.level, entry.areas, mistake.sure)

    def _with_number(self, text: str, mention: Mention) -> Mention:
        """阳光小区3号楼: the building, when it is known where it lies."""
        houses = self._houses(mention)
        found = _HOUSE.match(text, mention.end) if houses else None
        if found is None:
            return mention
        areas = houses.get(plain_number(found["number"].replace("-", "")))
        if not areas:
            return mention
        words = text[mention.start : found.end()]
        return replace(mention, end=found.end(), words=words, level="building", areas=tuple(dict.fromkeys(areas)))

    def _houses(self, mention: Mention) -> Mapping[str, list[str]]:
        if mention.level in AREAS:
            return {}
        return self._numbers.get(mention.name, {})


def _may_be_misspelt(place: PlaceName, whole: bool) -> bool:
    """Counties and towns are names that everybody writes; what was shortened is only a name of its own for a community."""
    return place.level not in ("county", "town") and (whole or place.level == "community")


def _entry(meant: list[tuple[PlaceName, str, bool]]) -> _Entry:
    """What one spelling stands for: names in full before aliases, aliases before what is only shortened."""
    best = min((how != EXACT, not whole) for _, how, whole in meant)
    chosen = [(place, how) for place, how, whole in meant if (how != EXACT, not whole) == best]
    declared = [place for place, _ in chosen if not place.numbers] or [place for place, _ in chosen]
    level = max((place.level for place in declared), key=LEVELS.index)
    return _Entry(
        EXACT if best == (False, False) else ALIAS,
        level,
        tuple(dict.fromkeys(place.name for place in declared)),
        tuple(dict.fromkeys(place.code for place in declared)),
        best[1] and level not in AREAS,
    )


def _is_meant(text: str, start: int, end: int, bare: bool, frequency: Frequency) -> bool:
    """Whether a name that stands in a text is one there, and no accident of the words around it."""
    size = end - start
    if size > 4:
        return True
    before, after = text[max(0, start - 3) : start], text[end : end + 4]
    if (size == 2 or bare) and (bare or frequency(text[start:end]) >= EVERYDAY):
        return bool(_BEFORE_A_WORD.search(before) or (_AFTER_A_WORD.match(after) and _begins(text, start)))
    if size == 2:
        beside = bool(STANDS_BEFORE.search(before)), bool(_AFTER.match(after))
        return all(beside) or (any(beside) and not _crosses(text, start, end, frequency))
    if after and text[end - 1] in STREETS and after[0] not in _STREET_SIDES and frequency(text[end - 1 : end + 1]) >= WORD:
        # 希望新建路灯, 人民路过: no roads of that name
        return frequency(text[start : end - 1]) < WORD or (after[0] != "过" and bool(STANDS_BEFORE.search(before)))
    return size > 3 or not _crosses(text, start, start + 1, frequency)


def _crosses(text: str, start: int, end: int, frequency: Frequency) -> bool:
    """Whether its first or last character makes a word with the one outside (黄河街道, 重新建路)."""
    left, right = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
    return (len(left) == 2 and left[0] not in _LITTLE_WORDS and frequency(left) >= WORD) or (
        end - start > 1 and len(right) == 2 and right[1] not in _LITTLE_WORDS and frequency(right) >= WORD
    )


def _begins(text: str, start: int) -> bool:
    """Whether a name may begin there: what is misspelt beyond doubt is no tail of another one."""
    return bool(_BEGINS.search(text[max(0, start - 3) : start]))


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Of those that overlap the longest, the earlier of two as long."""
    found: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (one.start - one.end, one.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in found):
            found.append(mention)
    return sorted(found, key=lambda one: one.start)


def _alternatives(mentions: list[Mention]) -> list[Mention]:
    """Misspelt names: those that explain the same characters are alternatives, all of which are kept."""
    same: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        same.setdefault((mention.start, mention.end), []).append(mention)
    united = [
        replace(group[0], areas=tuple(dict.fromkeys(code for mention in group for code in mention.areas)))
        for group in same.values()
    ]
    return _longest(united)
