"""Area names in a text: which community, estate or street it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass

from nlp.normalise import normalise

SUFFIXES = ("社区", "小区", "街道", "居委会", "村委会", "新村", "镇", "村", "乡", "县", "网格")
LEVELS = ("county", "town", "community", "grid", "estate", "building")  # the later, the more specific


@dataclass(frozen=True, slots=True)
class PlaceName:
    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: str = "community"


class Places:
    """Finds the most specific, then the longest, then the first name."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        self._spellings: list[tuple[str, tuple[int, int], str]] = []
        for place in names:
            level = LEVELS.index(place.level) if place.level in LEVELS else len(LEVELS)
            for spelling in (place.name, *place.aliases):
                for form in _forms(normalise(spelling.strip())):
                    self._spellings.append((form, (level, len(form)), place.code))
        self._spellings.sort(key=lambda entry: entry[1], reverse=True)

    def find(self, text: str) -> str | None:
        if not self._spellings:
            return None
        text = normalise(text)
        return next((code for form, _, code in self._spellings if form in text), None)


NOWHERE = Places(())


def _forms(name: str) -> list[str]:
    """A name with and without what kind of place it is; without it needs two characters to be told from a word."""
    if not name:
        return []
    short = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    return [name] if short == name or len(short) < 2 else [name, short]
