"""What every action needs to know of the town it works in, and what never changes while the bot runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nlp.taxonomy import Category, Taxonomy
from nlp.understanding import Reader
from rules.policy import Policy
from storage.models import Area


@dataclass(frozen=True, slots=True)
class Town:
    """One deployment: its policy, its taxonomy, the reader built from it, the bot's public name, and every area by its code."""

    policy: Policy
    taxonomy: Taxonomy
    reader: Reader
    bot_username: str = ""
    areas: Mapping[str, Area] = field(default_factory=dict)

    def category(self, code: str) -> Category:
        """A category, or 其他 when the taxonomy no longer has it: a new taxonomy must not trap older wishes."""
        return self.taxonomy.categories.get(code) or self.taxonomy.categories["other"]

    def area_path(self, code: str | None) -> Sequence[Area]:
        """An area and those above it, the nearest first."""
        path: list[Area] = []
        while code is not None and code in self.areas and len(path) < len(self.areas):  # a circle ends too
            path.append(self.areas[code])
            code = self.areas[code].parent_code
        return path

    def community(self, code: str | None) -> str | None:
        """The community that an area lies in, or the area itself where it lies in none: who lives there are neighbours."""
        path = self.area_path(code)
        return next((area.code for area in path if area.level == "community"), path[0].code if path else None)

    def start_link(self, payload: str) -> str:
        """A link that opens the bot with `/start payload` (64 characters of A–Z a–z 0–9 _ - at most)."""
        return f"https://t.me/{self.bot_username}?start={payload}"
