"""The county that both databases share: communities with their groups, volunteers, officers; and residents, who are history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from actions import area_lists
from actions.town import Town
from bot.scale.rehearsal import ADMINS
from bot.town_files import TownFiles
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader
from rules.policy import default_policy
from storage.models import Area

COUNTY = "county"
_TOWNS = 20
_FIRST = "金银安康宁和平福祥瑞春夏秋兴旺富民新东西"
_SECOND = "桥湖山河泉园苑岭坪湾台沟庄坡堰关塘洲渡川"
_RESIDENTS, _VOLUNTEERS = 1_000_000_000, 500_000_000
_STRANGERS = 2_000_000_000
_GROUPS, _OFFICES = -1_002_000_000_000, -1_003_000_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. Communities and volunteers are the town of today; residents and wishes are its history."""

    wishes: int
    communities: int = 400
    volunteers: int = 5000
    live: int = 600
    a_day: int = 100  # wishes that end, and as many that came
    present: int = 1000  # residents who have a wish today

    @property
    def residents(self) -> int:
        """Ten wishes each, as many residents as ever wrote."""
        return max(self.wishes // 10, 1)

    @property
    def days(self) -> int:
        """How far the history reaches back."""
        return max((self.wishes - self.live) // self.a_day, 1)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in one wish: the numbers that its rows name."""

    resident: int
    volunteer: int
    community: str
    group: int
    office: int


def cast(size: Size, resident: int, volunteer: int, community: int) -> Cast:
    """The n-th of each; a community has its town's office."""
    community %= size.communities
    return Cast(
        _RESIDENTS + resident % size.residents,
        _VOLUNTEERS + volunteer % size.volunteers,
        code(community),
        _GROUPS - community,
        _OFFICES - community % _TOWNS,
    )


def stranger(number: int) -> int:
    """Somebody who never wrote."""
    return _STRANGERS + number


def code(community: int) -> str:
    return f"c{community:03d}"


def name(community: int) -> str:
    return f"{_FIRST[community // len(_SECOND)]}{_SECOND[community % len(_SECOND)]}社区"


class Files(TownFiles):
    """The county's files, whose reader is built once for all databases."""

    def town(self, rows: Sequence[Area], bot_username: str) -> Town:
        if not _READERS:
            _READERS.append(self.reader(rows))
        return Town(self.policy, self.taxonomy, _READERS[0], bot_username, {area.code: area for area in rows})


_READERS: list[Reader] = []


@cache
def files(communities: int) -> Files:
    """A county, its towns, their communities; policy and taxonomy are the usual ones."""
    rows = [{"code": COUNTY, "name": "大县", "level": "county", "parent": None}]
    rows += [{"code": f"t{n:02d}", "name": f"第{n + 1}镇", "level": "town", "parent": COUNTY} for n in range(_TOWNS)]
    rows += [
        {"code": code(n), "name": name(n), "level": "community", "parent": f"t{n % _TOWNS:02d}"} for n in range(communities)
    ]
    return Files(default_policy(), Taxonomy.default(), area_lists.parse(rows))


def groups(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    """A volunteers' group in each community, a reviewers' group in each town."""
    bound = {"bound_by": ADMINS[0], "bound_at": now, "created_at": now, "locale": "zh", "problem": None}
    for n in range(size.communities):
        yield {"id": _GROUPS - n, "title": f"{name(n)}志愿者", "area_code": code(n), "audience": "volunteers", **bound}
    for n in range(_TOWNS):
        yield {"id": _OFFICES - n, "title": f"第{n + 1}镇审核组", "area_code": f"t{n:02d}", "audience": "reviewers", **bound}
