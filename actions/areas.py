"""The town's areas: what a list would change, the change itself, and what it leaves behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions import area_lists
from actions.area_lists import AreaList, Listed
from storage import editions, roster
from storage.models import Area


@dataclass(frozen=True, slots=True)
class Changed:
    """An area that is there already, and the columns that become another: name, before, after."""

    area: Area
    columns: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Left:
    """An area that the list lacks, though the one above it is there; what points to it."""

    area: Area
    wishes: int
    groups: int
    people: int
    areas: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a list means for the table."""

    new: tuple[Listed, ...]
    changed: tuple[Changed, ...]
    same: int
    left: tuple[Left, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


async def compare(session: AsyncSession, given: AreaList) -> Changes:
    """What the list would change; nothing is changed.

    Raises:
        AreasError: with every problem of the list.
    """
    known = await roster.areas(session)
    ordered = area_lists.check(given, known)
    found = [Changed(known[row.code], _differences(known[row.code], row)) for row in ordered if row.code in known]
    changed = tuple(change for change in found if change.columns)
    new = tuple(row for row in ordered if row.code not in known)
    left = await _left(session, ordered, known)
    return Changes(new, changed, len(ordered) - len(new) - len(changed), left)


async def keep(session: AsyncSession, given: AreaList) -> Changes:
    """Make the table say what the list says; the same list twice changes nothing. What the list lacks stays.

    Raises:
        AreasError: nothing was changed.
    """
    changes = await compare(session, given)
    for level in area_lists.LEVELS:  # those above before those below
        session.add_all([row.over(None) for row in changes.new if row.level == level])
        await session.flush()
    for change in changes.changed:
        for column, _, after in change.columns:
            setattr(change.area, column, after)
    if changes:
        await editions.follow(session, editions.AREAS)
    return changes


async def remove(session: AsyncSession, left: Sequence[Left]) -> tuple[Left, ...]:
    """Take away what the list lacks and nothing needs, grids before their communities; returns what was taken away."""
    gone = removable(left)
    for one in gone:
        await session.delete(one.area)
        await session.flush()
    if gone:
        await editions.follow(session, editions.AREAS)
    return gone


def removable(left: Sequence[Left]) -> tuple[Left, ...]:
    """Areas that nothing points to but what goes with them, the lowest first."""
    gone: list[Left] = []
    inside = {one.area.code: one.areas for one in left}
    for one in sorted(left, key=lambda one: -area_lists.LEVELS.index(one.area.level)):
        if one.wishes or one.groups or one.people or inside[one.area.code]:
            continue
        if one.area.parent_code in inside:
            inside[one.area.parent_code] -= 1
        gone.append(one)
    return tuple(gone)


def shared_names(areas: Iterable[Area]) -> list[tuple[str, tuple[str, ...]]]:
    """Names of roads and estates that stand in several communities: alone they do not say where."""
    known = {area.code: area for area in areas}
    found: dict[str, dict[str, str]] = {}
    for area in known.values():
        above = known.get(area.parent_code or "")
        community = above if area.level == "grid" and above is not None else area
        for place in area.places or ():
            found.setdefault(str(place["name"]), {})[community.code] = community.name
    return [(name, tuple(communities.values())) for name, communities in sorted(found.items()) if len(communities) > 1]


def _differences(area: Area, row: Listed) -> tuple[tuple[str, Any, Any], ...]:
    wanted = row.columns(area)
    return tuple((name, before, value) for name, value in wanted.items() if (before := getattr(area, name)) != value)


async def _left(session: AsyncSession, rows: Sequence[Listed], known: Mapping[str, Area]) -> tuple[Left, ...]:
    """Areas of which the list names one above, but not them. Another town's are none of its business."""
    listed = {row.code for row in rows}
    missing = [area for area in known.values() if area.code not in listed and _is_below(area, listed, known)]
    if not missing:
        return ()
    counted = await roster.pointing_to(session, [area.code for area in missing])
    return tuple(Left(area, *counted[area.code]) for area in sorted(missing, key=lambda area: area.code))


def _is_below(area: Area, listed: set[str], known: Mapping[str, Area]) -> bool:
    seen: set[str] = set()
    while area.parent_code is not None and area.parent_code not in seen:
        if area.parent_code in listed:
            return True
        seen.add(area.parent_code)
        if area.parent_code not in known:
            return False
        area = known[area.parent_code]
    return False
