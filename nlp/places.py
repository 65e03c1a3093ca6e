"""Area names in a text: which community, estate or street it speaks of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.matching import PhraseFinder
from nlp.normalise import normalise

# longest first: 移民社区 loses 社区, never only 区
SUFFIXES = (
    "村委会",
    "居委会",
    "经济社",
    "社区",
    "小区",
    "街道",
    "新村",
    "家园",
    "花园",
    "网格",
    "镇",
    "村",
    "乡",
    "县",
    "街",
    "路",
    "巷",
    "组",
)
LEVELS = ("county", "town", "community", "grid", "estate", "building")  # the later, the more specific

# A short name of two characters may be half of another word (文化社区, 文化活动): something beside it must say it is a place.
_BEFORE = re.compile(r"(?:^|[在住到去从来回离是,.;:!?、\s]|我们|咱们|咱|位于|家住|地址)$")
_AFTER = re.compile(
    r"^(?:$|[,.;:!?、\s\d]|这|那|的|里|附近|门口|旁|边|对面|一带|有|没|居民|业主|住|[东西南北]|[一二三四五六七八九十]+[组期栋区号]|第)"
)


@dataclass(frozen=True, slots=True)
class PlaceName:
    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: str = "community"


class Places:
    """Finds the most specific name; among those the longest; among those the first of the list."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        self._best: dict[str, tuple[int, int, str]] = {}  # spelling → how specific, how long, code
        self._doubtful: set[str] = set()
        for place in names:
            level = LEVELS.index(place.level) if place.level in LEVELS else len(LEVELS)
            for given in (place.name, *place.aliases):
                spelling = normalise(given.strip())
                short = next((spelling.removesuffix(end) for end in SUFFIXES if spelling.endswith(end)), spelling)
                self._add(spelling, level, place.code)
                if len(short) >= 2 and short != spelling and self._add(short, level, place.code) and len(short) == 2:
                    self._doubtful.add(short)
        self._finder = PhraseFinder(self._best)

    def find(self, text: str) -> str | None:
        """The code of the area that the text names, if any."""
        if not self._best:
            return None
        text = normalise(text)
        best: tuple[int, int, str] | None = None
        for start, end, spelling in self._finder.find(text):
            if spelling in self._doubtful and not (_BEFORE.search(text[:start][-3:]) and _AFTER.search(text[end : end + 4])):
                continue
            found = self._best[spelling]
            if best is None or found[:2] > best[:2]:
                best = found
        return best[2] if best else None

    def _add(self, spelling: str, level: int, code: str) -> bool:
        if len(spelling) < 2 or "…" in spelling:
            return False
        found = self._best.get(spelling)
        if found is not None and found[0] >= level:
            return False
        self._best[spelling] = (level, len(spelling), code)
        self._doubtful.discard(spelling)
        return True


NOWHERE = Places(())
