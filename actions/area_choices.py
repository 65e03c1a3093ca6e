"""The communities among which somebody chooses: all of a town, or of a county those of one town and the way to the others."""

from actions.town import Town
from words.facts import Option

MODE = "area"
INSIDE = f"{MODE}-"
"""A card's mode that shows the communities of one town, whose code follows; without a code, the towns."""
MOST = 60
"""Telegram takes a hundred buttons in a message; more than these nobody looks through."""


def inside(mode: str) -> str | None:
    """The code of the town that a mode is about; "" the towns; None: whatever is nearest."""
    return mode.removeprefix(INSIDE) if mode.startswith(INSIDE) else None


def choices(town: Town, near: str | None, wanted: str | None) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
    """Communities to tap (or whatever the town has, when it has none), and towns to look into; `near` is where somebody lives.

    Where there are too many for one message, those of the wanted town are shown, or of the nearest. A code of "" among the
    towns leads to all of them.
    """
    found = [area for area in town.areas.values() if area.level == "community"] or list(town.areas.values())
    if len(found) <= MOST:
        return tuple((area.code, area.name) for area in found), ()
    towns: dict[str, list[Option]] = {}
    for area in found:
        towns.setdefault(area.parent_code or area.code, []).append((area.code, area.name))
    if wanted is None:
        wanted = next((area.code for area in town.area_path(near) if area.code in towns), "")
    if wanted in towns:
        return tuple(towns[wanted][:MOST]), (("", ""),)
    return (), tuple((code, town.areas[code].name) for code in towns if code in town.areas)[:MOST]
