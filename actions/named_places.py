"""Roads, estates and buildings: as people list them, and as they are kept with the area they lie in.

阳光小区（阳光苑、老纺织厂家属院）；河畔花园        names, with aliases in brackets
阳光小区1-6栋、8栋；供销大厦；解放路1-50号          buildings of an estate, houses of a road, a building with a name
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nlp.place_names import NUMBER, PlaceName, plain_number, squeezed
from storage.models import Area

KINDS = {"roads": "road", "estates": "estate", "buildings": "building"}
"""The columns of a list, and what stands in them."""
SHORTEST, LONGEST = 2, 40  # characters of a name that is looked for in texts
MOST_NUMBERS = 500

_BRACKETS = str.maketrans("（【［[", "((((") | str.maketrans("）】］]", "))))")
_APART = re.compile(r"[；;、|｜，,\n]")
_NAMED = re.compile(r"(?P<name>[^()]*)(?:\((?P<aliases>[^()]*)\))?")
_UNIT = r"(?:号楼|号院|号|栋楼?|幢|座|#楼?)"
_NUMBERED = re.compile(
    rf"(?P<of>.*?)第?(?P<first>{NUMBER}){_UNIT}?(?:(?:-|~|至|到|—|–|～)第?(?P<last>{NUMBER}))?{_UNIT}"
    rf"|(?P<of2>.*?)(?P<first2>\d+)(?:-|~|至|到|—|–)(?P<last2>\d+)"
)


class BadPlace(ValueError):
    """An entry that names no place; the message says what is wrong with it."""


def split(cell: Any) -> list[str]:
    """The entries of a cell, or of a list: separators inside of brackets separate aliases."""
    if cell is None:
        return []
    if isinstance(cell, Sequence) and not isinstance(cell, str):
        return [part for item in cell for part in split(item)]
    parts, depth, begun = [], 0, 0
    text = str(cell).translate(_BRACKETS)
    for at, char in enumerate(text):
        depth = max(0, depth + (char == "(") - (char == ")"))
        if not depth and _APART.match(char):
            parts.append(text[begun:at])
            begun = at + 1
    return [part.strip() for part in [*parts, text[begun:]] if part.strip()]


def read(column: str, cell: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The places of a cell, each once, and what is wrong with it."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    of = ""
    for entry in split(cell):
        try:
            place = _building(entry, of) if column == "buildings" else _named(KINDS[column], entry)
        except BadPlace as error:
            problems.append(str(error))
            continue
        of = place["name"] if "numbers" in place else ""
        kept = found.setdefault(place["name"], {"kind": place["kind"], "name": place["name"]})
        for key in ("aliases", "numbers"):
            if place.get(key):
                kept[key] = list(dict.fromkeys([*kept.get(key, ()), *place[key]]))
    return list(found.values()), problems


def shown(place: dict[str, Any]) -> str:
    """As people write it: 阳光小区（阳光苑）, 阳光小区1-3栋、8栋."""
    aliases = "、".join(map(str, place.get("aliases", ())))
    unit = "号" if str(place["name"])[-1:] in "路街巷道" else "栋"
    numbers = "、".join(f"{run}{unit}" for run in _runs(place.get("numbers", ())))
    return f"{place['name']}{f'（{aliases}）' if aliases else ''}{numbers}"


def names(areas: Iterable[Area]) -> Iterator[PlaceName]:
    """Every area, and what has a name in it."""
    for area in areas:
        yield PlaceName(area.code, area.name, tuple(map(str, area.aliases)), area.level, area.parent_code)
        for place in area.places or ():
            aliases, numbers = (tuple(map(str, place.get(key, ()))) for key in ("aliases", "numbers"))
            yield PlaceName(area.code, str(place["name"]), aliases, str(place["kind"]), numbers=numbers)


def checked(name: str) -> str:
    """A name as it is looked for.

    Raises:
        BadPlace: too short or too long to be one.
    """
    tidy = "".join(name.split())
    if not SHORTEST <= len(squeezed(tidy)) <= LONGEST:
        raise BadPlace(f"“{name}” is not {SHORTEST}–{LONGEST} characters long, so no text is searched for it")
    return tidy


def _named(kind: str, entry: str) -> dict[str, Any]:
    found = _NAMED.fullmatch(entry)
    if found is None:
        raise BadPlace(f"“{entry}” has brackets that do not close, or more than one pair")
    aliases = [checked(alias) for alias in split(found["aliases"] or "")]
    return {"kind": kind, "name": checked(found["name"]), "aliases": aliases}


def _building(entry: str, before: str) -> dict[str, Any]:
    """Numbers belong to the estate that is named with them, or with the ones before."""
    found = _NUMBERED.fullmatch(squeezed(entry))
    if found is None:
        return _named("building", entry)
    of, first, last = (found[key] or found[f"{key}2"] or "" for key in ("of", "first", "last"))
    if not of and not before:
        raise BadPlace(f"“{entry}” does not say of which estate: 阳光小区1-6栋")
    return {"kind": "building", "name": checked(of) if of else before, "numbers": _numbers(entry, first, last)}


def _numbers(entry: str, first: str, last: str) -> list[str]:
    begin = plain_number(first)
    if not last:
        return [begin]
    end = plain_number(last)
    letters, low = re.fullmatch(r"([a-z]*)(\d*)", begin), begin.lstrip("abcdefghijklmnopqrstuvwxyz")
    high = end.lstrip("abcdefghijklmnopqrstuvwxyz")
    if letters is None or not low.isdigit() or not high.isdigit() or not 0 <= int(high) - int(low) < MOST_NUMBERS:
        raise BadPlace(f"“{entry}” is no range that counts up, of at most {MOST_NUMBERS} numbers")
    return [f"{letters[1]}{number}" for number in range(int(low), int(high) + 1)]


def _runs(numbers: Sequence[Any]) -> Iterator[str]:
    """1, 2, 3, 8 → 1-3, 8."""
    run: list[str] = []
    for number in [*map(str, numbers), ""]:
        if run and not (number.isdigit() and run[-1].isdigit() and int(number) == int(run[-1]) + 1):
            yield run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
            run = []
        run.append(number)
