"""What every action needs to know of the town it works in, and what never changes while the bot runs."""

from dataclasses import dataclass

from nlp.taxonomy import Category, Taxonomy
from nlp.understanding import Reader
from rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Town:
    """One deployment: its policy, its taxonomy, the reader built from it, and the bot's public name."""

    policy: Policy
    taxonomy: Taxonomy
    reader: Reader
    bot_username: str = ""

    def category(self, code: str) -> Category:
        """A category, or 其他 when the taxonomy no longer has it: a new taxonomy must not trap older wishes."""
        return self.taxonomy.categories.get(code) or self.taxonomy.categories["other"]

    def start_link(self, payload: str) -> str:
        """A link that opens the bot with `/start payload` (64 characters of A–Z a–z 0–9 _ - at most)."""
        return f"https://t.me/{self.bot_username}?start={payload}"
