"""A list of areas as people write it, from YAML or a spreadsheet: read and checked as a whole, every problem with its place."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from actions import named_places
from actions.named_places import KINDS, BadPlace
from storage.models import Area

LEVELS = ("county", "town", "community", "grid")
COLUMNS = ("code", "name", "level", "parent", "aliases", *KINDS)
_SPOKEN = {
    **{word: "county" for word in ("县", "市", "区", "区县", "县市", "县级")},
    **{word: "town" for word in ("镇", "乡", "街道", "乡镇", "镇街", "镇级")},
    **{word: "community" for word in ("社区", "村", "村社区", "社区村", "社区级")},
    **{word: "grid" for word in ("网格", "网格级")},
}
_CODE = re.compile(r"[A-Za-z0-9_-]{1,24}")
_ROUNDED = re.compile(r"\d(?:[.]\d+)?[Ee][+]?\d+|\d+[.]0+")
_ORDER = tuple(KINDS.values())
_WITH_PLACES = ("community", "grid")

Place = Callable[[str], str]
"""Says where a column of a row stands, for people."""


class AreasError(ValueError):
    """A list of areas that cannot be used; the message tells every problem with its row."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list; None, or a kind that is missing, is what the list does not speak of."""

    code: str
    name: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...] | None
    places: Mapping[str, list[dict[str, Any]]]
    at: Place

    def over(self, area: Area | None) -> Area:
        """A row of its own: what the list says, and what it does not speak of as it was."""
        return Area(code=self.code, **self.columns(area))

    def columns(self, area: Area | None) -> dict[str, Any]:
        """What the columns of its row are to be."""
        aliases = list(area.aliases) if area is not None else []
        kept = [place for place in area.places if place["kind"] not in self.places] if area is not None else []
        said = [*kept, *(place for places in self.places.values() for place in places)]
        return {
            "name": self.name,
            "level": self.level,
            "parent_code": self.parent_code,
            "aliases": aliases if self.aliases is None else list(self.aliases),
            "places": sorted(said, key=lambda place: _ORDER.index(place["kind"])),
        }


class AreaList(NamedTuple):
    """A list that was read: its rows, each by itself, and what is wrong with them."""

    rows: tuple[Listed, ...] = ()
    problems: tuple[str, ...] = ()


def parse(loaded: Any) -> AreaList:
    """A YAML file: a list of {code, name, level, parent, aliases, roads, estates, buildings}.

    Raises:
        AreasError: it is no list.
    """
    rows = loaded.get("areas") if isinstance(loaded, Mapping) else loaded
    if not isinstance(rows, list):
        raise AreasError(["areas: expected a list of areas"])
    wrong = "expected code, name, level, parent"
    strangers = [f"areas[{n}]: {wrong}" for n, row in enumerate(rows) if not isinstance(row, Mapping)]
    listed = [(f"areas[{n}].{{}}".format, row) for n, row in enumerate(rows) if isinstance(row, Mapping)]
    found = read(listed)
    return AreaList(found.rows, (*strangers, *found.problems))


def read(rows: Sequence[tuple[Place, Mapping[Any, Any]]]) -> AreaList:
    """Read every row by itself. A column that no row has is not spoken of; what a row leaves out of the others is empty."""
    spoken = {column for _, row in rows for column in COLUMNS if column in row}
    problems: list[str] = []
    found = [_row(at, row, spoken, problems) for at, row in rows]
    return AreaList(tuple(found), tuple(problems))


def check(given: AreaList, known: Mapping[str, Area]) -> tuple[Listed, ...]:
    """Check how the rows fit each other, and the areas that are there already; returned with parents before children.

    Raises:
        AreasError: with every problem of the list.
    """
    problems = list(given.problems)
    listed: dict[str, Listed] = {}
    for row in given.rows:
        if row.code and listed.setdefault(row.code, row) is not row:
            problems.append(f"{row.at('code')}: {row.code!r} stands twice")
    named: dict[tuple[str | None, str], Listed] = {}
    for row in listed.values():
        above = listed.get(row.parent_code or "") or known.get(row.parent_code or "")
        if row.parent_code is not None and above is None:
            problems.append(f"{row.at('parent')}: {row.parent_code!r} is no area, neither of this list nor known before")
        elif above is not None and not _is_above(above.level, row.level):
            problems.append(f"{row.at('parent')}: a {row.level} cannot belong to {above.name}, a {above.level}")
        twin = named.setdefault((row.parent_code, row.name), row)
        if twin is not row and row.name:
            problems.append(f"{row.at('name')}: {row.name} is there twice in the same place, as {twin.code} and {row.code}")
    for area in known.values():
        moved = listed.get(area.parent_code or "")
        if area.code not in listed and moved is not None and not _is_above(moved.level, area.level):
            below = f"{area.name} ({area.code}), a {area.level}"
            problems.append(f"{moved.at('level')}: {below}, belongs to it and is not in this list")
    if problems:
        raise AreasError(sorted(problems, key=_row_number))
    return tuple(sorted(listed.values(), key=lambda row: LEVELS.index(row.level)))


def _row_number(problem: str) -> int:
    found = re.search(r"\d+", problem)
    return int(found[0]) if found else 0


def _is_above(level: str, other: str) -> bool:
    """What is no level at all is told where it stands."""
    return not {level, other} <= set(LEVELS) or LEVELS.index(level) < LEVELS.index(other)


def _row(at: Place, row: Mapping[Any, Any], spoken: set[str], problems: list[str]) -> Listed:
    def wrong(column: str, words: str) -> None:
        problems.append(f"{at(column)}: {words}")

    code, name, written, parent = (_plain(row.get(column)) for column in ("code", "name", "level", "parent"))
    for column, value in (("code", code), ("parent", parent)):
        if _ROUNDED.fullmatch(value):
            wrong(column, f"{value!r} was rounded by a spreadsheet; format the column as text and write it anew")
        elif not _CODE.fullmatch(value) and (value or column == "code"):
            wrong(column, f"{value!r} is not 1–24 letters, digits, - or _" if value else "is missing")
    name = "".join(name.split())
    if not name:
        wrong("name", "is missing")
    elif len(name) > named_places.LONGEST:
        wrong("name", f"is longer than {named_places.LONGEST} characters")
    level = _SPOKEN.get(written, written.lower())
    if level not in LEVELS:
        wrong("level", f"{written!r} is none of {', '.join(LEVELS)}" if written else "is missing")
    aliases = None
    if "aliases" in spoken:
        aliases = _aliases(row.get("aliases"), lambda words: wrong("aliases", words))
    places: dict[str, list[dict[str, Any]]] = {}
    for column, kind in KINDS.items():
        if column in spoken:
            places[kind], bad = named_places.read(column, row.get(column))
            for words in bad:
                wrong(column, words)
            if places[kind] and level in LEVELS and level not in _WITH_PLACES:
                wrong(column, f"belong to a grid or a community, not to a {level}")
    return Listed(code, name, level, parent or None, aliases, places, at)


def _aliases(cell: Any, wrong: Callable[[str], None]) -> tuple[str, ...]:
    found = []
    for entry in named_places.split(cell):
        try:
            found.append(named_places.checked(entry))
        except BadPlace as error:
            wrong(str(error))
    return tuple(dict.fromkeys(found))


def _plain(cell: Any) -> str:
    """Half width, without the blanks and invisible signs that spreadsheets leave."""
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell))
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc")).strip()
