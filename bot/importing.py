"""`wishlight import-areas`: a list becomes the town's areas, all of it or nothing, and what it changes is told."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from actions import area_lists, areas, named_places
from actions.area_lists import AreaList, AreasError, Listed
from actions.areas import Changed, Changes, Left
from bot.area_files import read_areas
from bot.settings import PREFIX, TownSettings
from bot.transactions import Transactions
from storage import migrate, roster
from storage.engine import is_made, open_engine, wait_for_turn
from storage.models import Area

_POINTING = (("wish", "wishes"), ("group", "groups"), ("person", "people"), ("area", "areas"))
_SHOWN = 8  # entries of a long list


@dataclass(frozen=True, slots=True)
class Imported:
    """What was changed, or would be."""

    changes: Changes
    removed: tuple[Left, ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()  # names that stand in several communities
    undone: tuple[str, ...] = ()  # areas that the file of the settings changes back at the next start


async def import_areas(settings: TownSettings, path: Path, *, dry: bool = False, remove: bool = False) -> Imported:
    """Read and check everything, then change everything in one transaction; `dry` only looks.

    Raises:
        AreasError: with every problem; nothing was changed. OSError: the file cannot be read.
    """
    given = read_areas(path)
    url = settings.database_url.get_secret_value()
    if dry and not await is_there(url):
        return Imported(Changes(area_lists.check(given, {}), (), 0, ()))
    if not is_made(url):
        area_lists.check(given, {})  # no database is made for a list that cannot be used
    if not dry:
        await migrate.upgrade(url)
    engine = open_engine(url)
    try:
        transactions = Transactions(engine)
        if not dry:
            async with transactions.begin() as session:
                await wait_for_turn(session)
                changes = await areas.keep(session, given)
                removed = await areas.remove(session, changes.left) if remove else ()
                await session.flush()
                shared = tuple(areas.shared_names((await roster.areas(session)).values()))
                return Imported(changes, removed, shared, await _undone(session, settings, path))
        async with transactions.reading() as session:
            changes = await areas.compare(session, given)
            return Imported(changes, areas.removable(changes.left) if remove else ())
    finally:
        await engine.dispose()


async def known_areas(settings: TownSettings, listed: AreaList) -> list[Area]:
    """The areas of the database, if it is there and can be read, as a bot that starts with this list would know them."""
    url = settings.database_url.get_secret_value()
    known: dict[str, Area] = {}
    with suppress(AreasError, SQLAlchemyError, OSError):
        if await is_there(url):
            engine = open_engine(url)
            try:
                async with Transactions(engine).reading() as session:
                    known = await roster.areas(session)
            finally:
                await engine.dispose()
    return list((known | {row.code: row.over(known.get(row.code)) for row in listed.rows}).values())


async def is_there(url: str) -> bool:
    """Whether there is a database of this very program.

    Raises:
        AreasError: there is one of another version.
    """
    if not is_made(url):
        return False
    at = await migrate.revision(url)
    if at is not None and at != migrate.revisions()[0]:
        raise AreasError(["the database is of another version; run “wishlight migrate” first"])
    return at is not None


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


async def _undone(session: AsyncSession, settings: TownSettings, path: Path) -> tuple[str, ...]:
    """The file that the settings name is read at every start, and has the last word."""
    if settings.areas is None or _same(settings.areas, path):
        return ()
    try:
        back = await areas.compare(session, read_areas(settings.areas))
    except AreasError:
        return ()  # told at the next start
    return tuple(change.area.code for change in back.changed)


# --- what is told


def told(found: Imported, *, dry: bool) -> Iterator[str]:
    """One line for each area that changes or is left, then the sum."""
    changes = found.changes
    yield from (f"+ {_new(row)}" for row in changes.new)
    yield from (f"~ {_changed(change)}" for change in changes.changed)
    gone = {one.area.code for one in found.removed}
    for one in changes.left:
        yield f"- {_left(one)}" if one.area.code in gone else f"= {_left(one)}"
    for name, communities in found.shared:
        yield f"! {name} stands in {_listed(communities)}: alone it does not say where"
    if not changes and not gone:
        yield f"Nothing to change: {changes.same} areas are as the list says{_kept(changes, gone)}."
    else:
        parts = [f"{len(changes.new)} new", f"{len(changes.changed)} changed", *([f"{len(gone)} removed"] if gone else [])]
        yield f"{', '.join(parts)}; {changes.same} as {'they are' if dry else 'they were'}{_kept(changes, gone)}."
    if dry:
        yield "Nothing was changed, since this was only a look."
    if found.undone:
        yield (
            f"{PREFIX}AREAS names another list, which is read at every start and changes {_listed(found.undone)} back: "
            f"name this one there, or leave the setting out."
        )


def _kept(changes: Changes, gone: set[str]) -> str:
    kept = len(changes.left) - len(gone)
    return f"; {kept} stay that the list lacks" if kept else ""


def _new(row: Listed) -> str:
    inside = f" in {row.parent_code}" if row.parent_code else ""
    parts = [f"{column} {_listed(_names(value))}" for column, value in _details(row) if value]
    return f"{row.code} {row.name}, {row.level}{inside}{''.join(f'; {part}' for part in parts)}"


def _details(row: Listed) -> Iterator[tuple[str, Any]]:
    yield "aliases", row.aliases or ()
    for column, kind in named_places.KINDS.items():
        yield column, row.places.get(kind, ())


def _changed(change: Changed) -> str:
    parts = [part for name, before, after in change.columns for part in _difference(name, before, after)]
    return f"{change.area.code} {change.area.name}: {'; '.join(parts)}"


def _difference(name: str, before: Any, after: Any) -> Iterator[str]:
    if name == "aliases":
        yield f"aliases {_compared(before or (), after)}"
    elif name == "places":
        for column, kind in named_places.KINDS.items():
            some, others = ([place for place in side or () if place["kind"] == kind] for side in (before, after))
            if some != others:
                yield f"{column} {_compared(_names(some), _names(others))}"
    else:
        yield f"{name.removesuffix('_code')} {before or 'none'} → {after or 'none'}"


def _compared(before: Iterable[str], after: Iterable[str]) -> str:
    some, others = list(before), list(after)
    added = [f"+{name}" for name in others if name not in some]
    taken = [f"-{name}" for name in some if name not in others]
    return _listed([*added, *taken]) if added or taken else "in another order"


def _left(one: Left) -> str:
    counts = (one.wishes, one.groups, one.people, one.areas)
    needs = ", ".join(f"{n} {single if n == 1 else many}" for n, (single, many) in zip(counts, _POINTING, strict=True) if n)
    point = "points" if sum(counts) == 1 else "point"
    return f"{one.area.code} {one.area.name} is not in the list" + (f", and {needs} {point} to it" if needs else "")


def _names(values: Iterable[Any]) -> list[str]:
    return [named_places.shown(value) if isinstance(value, dict) else str(value) for value in values]


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _SHOWN
    return "、".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
