"""The county's own files, read once at start; every problem of every file is told together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from actions import area_lists, named_places
from actions.area_lists import AreaList, AreasError
from actions.town import Town
from bot.area_files import read_areas
from bot.settings import PREFIX, BadSettings, Settings, TownSettings, read_settings
from nlp.places import Places
from nlp.taxonomy import Taxonomy, TaxonomyError
from nlp.understanding import Reader
from rules.policy import Policy, PolicyError, default_policy
from storage.models import Area


@dataclass(frozen=True, slots=True)
class TownFiles:
    """What the files say, checked."""

    policy: Policy
    taxonomy: Taxonomy
    areas: AreaList

    def town(self, rows: Sequence[Area], bot_username: str) -> Town:
        """The town, with every area that the database knows."""
        reader = self.reader(rows)
        return Town(self.policy, self.taxonomy, reader, bot_username, {area.code: area for area in rows})

    def reader(self, rows: Sequence[Area] | None = None) -> Reader:
        """A reader that knows these areas, or without a database those of the file."""
        known = [row.over(None) for row in self.areas.rows] if rows is None else rows
        return Reader(self.taxonomy, Places(named_places.names(known)))


def read_town_files(settings: TownSettings) -> TownFiles:
    """Read policy, taxonomy and areas.

    Raises:
        BadSettings: with every problem of every file.
    """
    problems: list[str] = []
    policy = taxonomy = None
    listed = AreaList()
    try:
        policy = default_policy(settings.zone) if settings.policy is None else _policy(settings.policy, settings)
    except (PolicyError, UnicodeDecodeError) as error:
        problems += _told("POLICY", settings.policy, error)
    try:
        taxonomy = Taxonomy.default() if settings.taxonomy is None else Taxonomy.load(settings.taxonomy)
    except (TaxonomyError, UnicodeDecodeError) as error:
        problems += _told("TAXONOMY", settings.taxonomy, error)
    try:
        if settings.areas is not None:
            listed = read_areas(settings.areas)
            area_lists.check(listed, {})
    except AreasError as error:
        problems += _told("AREAS", settings.areas, error)
    if problems or policy is None or taxonomy is None:
        raise BadSettings(problems)
    return TownFiles(policy, taxonomy, listed)


def read_everything() -> tuple[Settings, TownFiles]:
    """Settings and files of the running bot.

    Raises:
        BadSettings: with every problem of the variables and of what the files say.
    """
    problems: list[str] = []
    settings: Settings | None = None
    files: TownFiles | None = None
    try:
        settings = read_settings(Settings)
    except BadSettings as error:
        problems += error.problems
    try:
        files = read_town_files(settings or read_settings(TownSettings))
    except BadSettings as error:
        problems += [problem for problem in error.problems if problem not in problems]
    if settings is None or files is None:
        raise BadSettings(problems)
    return settings, files


def _policy(path: Path, settings: TownSettings) -> Policy:
    return Policy.parse_yaml(path.read_text("utf-8"), settings.zone)


def _told(name: str, path: Path | None, error: Exception) -> list[str]:
    found = getattr(error, "problems", None) or [" ".join(str(error).split())]
    return [f"{PREFIX}{name} ({path}): {problem}" for problem in found]
