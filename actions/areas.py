"""The town's areas, kept as its YAML file says."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage import roster
from storage.models import Area

LEVELS = ("county", "town", "community", "grid")


class AreasError(ValueError):
    """An areas file that cannot be used; the message lists every problem with its row."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def parse(loaded: Any) -> list[dict[str, Any]]:
    """The rows of an areas file: a list of {code, name, level, parent, aliases}, parents before children.

    Raises:
        AreasError: with every problem.
    """
    rows = loaded.get("areas") if isinstance(loaded, Mapping) else loaded
    if not isinstance(rows, list):
        raise AreasError(["areas: expected a list of areas"])
    problems: list[str] = []
    seen: dict[str, str] = {}
    parsed: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        where = f"areas[{number}]"
        if not isinstance(row, Mapping):
            problems.append(f"{where}: expected code, name, level, parent")
            continue
        code, name, level = str(row.get("code", "")), str(row.get("name", "")), str(row.get("level", ""))
        parent = row.get("parent")
        if not 1 <= len(code) <= 24 or not code.replace("-", "").replace("_", "").isalnum() or not code.isascii():
            problems.append(f"{where}.code: {code!r} is not 1–24 letters, digits, - or _")
        if code in seen:
            problems.append(f"{where}.code: {code!r} stands twice")
        if not name:
            problems.append(f"{where}.name: is missing")
        if level not in LEVELS:
            problems.append(f"{where}.level: {level!r} is none of {', '.join(LEVELS)}")
        if parent is not None and str(parent) not in seen:
            problems.append(f"{where}.parent: {parent!r} is not an area above this row")
        elif parent is not None and level in LEVELS and LEVELS.index(seen[str(parent)]) >= LEVELS.index(level):
            problems.append(f"{where}.parent: a {level} cannot belong to a {seen[str(parent)]}")
        aliases = row.get("aliases") or []
        if not isinstance(aliases, list):
            problems.append(f"{where}.aliases: expected a list")
            aliases = []
        if level in LEVELS:
            seen[code] = level
        parsed.append(
            {"code": code, "name": name, "level": level, "parent_code": None if parent is None else str(parent),
             "aliases": [str(alias) for alias in aliases]}
        )  # fmt: skip
    if problems:
        raise AreasError(problems)
    return parsed


async def keep(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> int:
    """Make the table say what the file says; areas that are gone from it stay for the wishes that name them.

    Returns how many rows changed; the same file twice changes nothing.
    """
    known = await roster.areas(session)
    changed = 0
    for row in rows:
        area = known.get(row["code"])
        if area is None:
            session.add(Area(**row))
            await session.flush()
            changed += 1
            continue
        for name, value in row.items():
            if getattr(area, name) != value:
                setattr(area, name, value)
                changed += 1
    return changed
