"""Where a matter is: the names in a text, narrowed by each other, weighed by the words around them, or the sender's home.

Answers are areas (grid, community and above), never roads, estates or buildings: a road or an estate says in which area.
Several names are one place when one lies in the other. Of places that contradict each other the one where the trouble is said
to be is taken; when the words do not tell, none is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from nlp.gazetteer import Gazetteer, Mention
from nlp.misspelt import Frequency
from nlp.normalise import normalise
from nlp.place_cues import AT, HOME, LIVES, NOT, PASSING, RELATIVE, noted, own_place
from nlp.place_names import ALIAS, AREAS, FUZZY, PlaceName, ordinal_of, ordinals_in

__all__ = ["NOWHERE", "Mention", "PlaceName", "Places", "Where"]

LONGEST, ENDING = 600, 200  # characters that are looked at, from the beginning and from the end
_NEAR = ("grid", "community")


@dataclass(frozen=True, slots=True)
class Where:
    """An area, or why there is none, and every name that was found. Offsets are those of the text."""

    code: str | None = None
    how: str = ""  # exact, alias, fuzzy; relative, home: the sender's own area; "": nothing was said, or it is not decided
    between: tuple[str, ...] = ()  # not decided: in which of these may it lie
    own: str = ""  # the words that mean the sender's home: 我们小区
    lives: str | None = None  # an area that the sender says to live in
    mentions: tuple[Mention, ...] = ()

    @property
    def names_a_place(self) -> bool:
        """Whether the matter was said to be somewhere, be it unclear where; where the sender lives is another thing."""
        return any(mention.how != RELATIVE and mention.note not in (NOT, HOME) for mention in self.mentions)


class Places:
    """The town's names, and how its areas lie in each other. Immutable."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        known = list(names)
        areas = {place.code: place for place in known if place.level in AREAS}
        self._gazetteer = Gazetteer(known) if known else None
        self._level = {code: place.level for code, place in areas.items()}
        self._above = {code: _path(code, areas) for code in {place.code for place in known}}
        self._counted: dict[tuple[str, str], list[str]] = {}
        for place in areas.values():
            if ordinal := ordinal_of(place.name):
                self._counted.setdefault(ordinal, []).append(place.code)

    def find(self, text: str) -> str | None:
        """The code of the area that the text names, if any."""
        return self.look(normalise(text)).code

    def look(self, plain: str, frequency: Frequency = lambda word: 0.0, home: str | None = None) -> Where:
        """Where a normalised text says that it is; `home` is the sender's own area, if it is known."""
        if self._gazetteer is None:
            return Where()
        size = len(plain)
        pieces = [(0, size)] if size <= LONGEST + ENDING else [(0, LONGEST), (size - ENDING, size)]
        named = [noted(plain, mention) for piece in pieces for mention in self._mentions(plain, *piece, frequency)]
        own = own_place(plain, named, LONGEST)
        return self._decide(named, own, home if home in self._above else None)

    def _mentions(self, plain: str, begin: int, end: int, frequency: Frequency) -> Iterator[Mention]:
        """Names, and grids that are only counted (三网格): which of the town's, the others say."""
        assert self._gazetteer is not None
        found = self._gazetteer.mentions(plain, begin, end, frequency)
        yield from found
        for start, stop, ordinal in ordinals_in(plain, begin, end):
            areas = self._counted.get(ordinal)
            if areas and all(stop <= mention.start or mention.end <= start for mention in found):
                words = plain[start:stop]
                yield Mention(start, stop, words, words, ALIAS, "grid", tuple(areas))

    def _decide(self, named: Sequence[Mention], own: Mention | None, home: str | None) -> Where:
        """1. Names that can be one place → 2. those where the trouble is → 3. the sender's home where it fits → 4. one area."""
        mentions = tuple(sorted([*named, *([own] if own else [])], key=lambda mention: mention.start))
        words = own.words if own else ""
        clusters = self._clusters([mention for mention in named if mention.note != NOT], home)
        lives = self._lives(clusters)
        elsewhere = bool(clusters) and all(cluster.is_passing for cluster in clusters)
        if not clusters or (elsewhere and (own or home)):  # 我们小区的灯坏了，不像河街社区那样有人修
            if home is not None:
                return Where(home, RELATIVE if own else "home", (), words, lives, mentions)
            return Where(None, "", self._shown(mention for mention in named if not mention.sure), words, lives, mentions)
        best = [cluster for cluster in clusters if cluster.weight == max(other.weight for other in clusters)]
        areas = tuple(dict.fromkeys(chain.from_iterable(cluster.areas for cluster in best)))
        if home is not None and self._is_at_home(areas, best, home):
            return Where(home, "home", (), words, lives, mentions)
        said = [mention for cluster in best for mention in cluster.mentions]
        code = self._one(areas, home)
        if code is None:
            return Where(None, "", self._shown(said), words, lives, mentions)
        how = next((mention.how for mention in said if mention.how != FUZZY), FUZZY)
        return Where(code, how, (), words, lives, mentions)

    def _clusters(self, mentions: Sequence[Mention], home: str | None) -> list["_Cluster"]:
        """Names that can be one place, the least ambiguous first; a road that could belong to several of them adds nothing.

        What is too misspelt to be sure only narrows another name, or the community of the sender's home.
        """
        clusters: list[_Cluster] = []
        for mention in sorted(mentions, key=lambda one: (not one.sure, len(one.areas), -self._depth(one.areas))):
            fitting = [(cluster, areas) for cluster in clusters if (areas := self._common(cluster.areas, mention.areas))]
            if not fitting and (mention.sure or self._nearby(mention.areas, home)):
                clusters.append(_Cluster(mention.areas, [mention]))
            elif len(fitting) == 1:
                fitting[0][0].areas = fitting[0][1]
                fitting[0][0].mentions.append(mention)
        return clusters

    def _common(self, some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
        """The narrower of every two areas of which one lies in the other."""
        pairs = [(one, other) for one in some for other in others]
        narrower = [one if other in self._above[one] else other for one, other in pairs if self._related(one, other)]
        return tuple(dict.fromkeys(narrower))

    def _related(self, one: str, other: str) -> bool:
        return other in self._above[one] or one in self._above[other]

    def _depth(self, areas: tuple[str, ...]) -> int:
        return max(len(self._above[code]) for code in areas)

    def _is_at_home(self, areas: tuple[str, ...], best: Sequence["_Cluster"], home: str) -> bool:
        """Whether what is named holds the home and says no more: several communities, the town, the community they live in."""
        around = [code for code in areas if code in self._above[home]]
        if not around:
            return False
        lives = all(mention.note in (HOME, LIVES) for cluster in best for mention in cluster.mentions)
        return lives or len(areas) > 1 or self._level.get(around[0]) not in _NEAR

    def _one(self, areas: tuple[str, ...], home: str | None) -> str | None:
        """The one area meant: the only one, or the only one near home, or the community in which all of them lie."""
        if len(areas) == 1:
            return areas[0]
        near = self._nearby(areas, home)
        if len(near) == 1:
            return near[0]
        shared = [code for code in self._above[areas[0]] if all(code in self._above[other] for other in areas)]
        return next((code for code in shared if self._level.get(code) in _NEAR), None)

    def _nearby(self, areas: Sequence[str], home: str | None) -> list[str]:
        """Those in the community of the home."""
        if home is None:
            return []
        community = next((code for code in self._above[home] if self._level.get(code) == "community"), home)
        return [code for code in areas if community in self._above[code]]

    def _lives(self, clusters: Sequence["_Cluster"]) -> str | None:
        """The one area that the sender says to live in, in words that leave no doubt."""
        found = [
            cluster.areas
            for cluster in clusters
            if any(mention.note == HOME and mention.how != FUZZY for mention in cluster.mentions)
        ]
        if len(found) != 1 or len(found[0]) != 1 or self._level.get(found[0][0]) not in _NEAR:
            return None
        return found[0][0]

    def _shown(self, mentions: Iterable[Mention]) -> tuple[str, ...]:
        """What can be asked: communities, in the order in which they are named."""
        ordered = sorted(mentions, key=lambda mention: mention.start)
        return tuple(dict.fromkeys(self._community(code) for mention in ordered for code in mention.areas))

    def _community(self, code: str) -> str:
        return next((above for above in self._above[code] if self._level.get(above) == "community"), code)


@dataclass
class _Cluster:
    """Names that can be one place."""

    areas: tuple[str, ...]
    mentions: list[Mention]

    @property
    def weight(self) -> int:
        """The trouble is there > it is named > somebody lives there > it is on the way."""
        notes = {mention.note for mention in self.mentions}
        return 3 if AT in notes else 2 if "" in notes else 0 if notes == {PASSING} else 1

    @property
    def is_passing(self) -> bool:
        return self.weight == 0


def _path(code: str, areas: Mapping[str, PlaceName]) -> tuple[str, ...]:
    """An area and those above it, the nearest first; a circle ends too."""
    path: list[str] = [code]
    while (place := areas.get(path[-1])) is not None and place.parent is not None and place.parent not in path:
        path.append(place.parent)
    return tuple(path)


NOWHERE = Places(())
