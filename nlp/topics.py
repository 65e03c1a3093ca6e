"""What many people speak of (热点): messages about the same matter, found among thousands, with how hot each matter is.

1. every message becomes a `Matter`; words that many of these messages have weigh less, places weigh as words do;
2. messages that share enough are pairs, found over an index of words, never all with all;
3. groups grow by average linkage, the likest first: a group is as like another as its messages are on average;
4. heat = voices · √days: how many speak of it (writers and those who joined), and on how many days somebody did.

The order of the messages changes nothing: they are sorted by their words first.
"""

import heapq
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from nlp.normalise import normalise
from nlp.redact import find_private, mask
from nlp.similar import MOST_WORDS, OTHER_SPOT, Matter, Matters, doubt
from nlp.spots import agree, named_spots

PAIR = 0.2  # from here on two messages are a pair
GROUP = 0.27  # from here on two groups are one
NARROW = 0.65  # when one word makes this share of a likeness …
NARROWED = 0.6  # … this is left of it
OTHER_THING, OTHER_TROUBLE, OTHER_PLACE_TOO, NOWHERE = 0.6, 0.7, 0.8, 0.8  # what is left of a likeness
BACKGROUND = 500  # messages that one thinks of beside these: in a handful every word would be common
RARER = 1.2  # how much more a rare word counts than one that many messages have
SAYS = 0.62  # how much a message must say before it can be as like another as its words are
BARE = 0.12  # what two messages must share beside their places …
BARED = 0.4  # … or this is left of it
STRONG = 0.4  # of the heaviest word: what names less is beside the point
PLACES: Mapping[str, float] = {
    "estate": 1.0,
    "school": 0.9,
    "village": 0.9,
    "line": 1.0,
    "metro": 0.7,
    "firm": 1.0,
    "road": 0.5,
    "district": 0.25,
}
ELSEWHERE = 0.6  # how much a place counts that the first line does not name
NAME_WORDS = 4
EXAMPLES = 5
_PLACE = "@"
_EXACT = frozenset({"estate", "school", "village", "area"})
_LINES = (f"{_PLACE}metro:", f"{_PLACE}line:")
_OF_LINES = frozenset({"公交", "地铁"})  # says nothing where a line is named


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who speaks of it besides its writer is counted in `voices`."""

    id: str
    text: str
    on: date | None = None
    voices: int = 1
    who: str | None = None  # the same writer is one voice, however often they write
    place: str | None = None  # an area known from elsewhere: messages of different areas are no pair


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter that several people speak of."""

    name: str
    heat: float
    voices: int
    supporters: int  # those of the voices who wrote nothing, but went along
    days: int
    first: date | None
    last: date | None
    place: str  # as people write it, "" when they do not agree
    area: str | None  # the area of the most messages, where areas are known
    ids: tuple[str, ...]  # of all its messages, the most typical first

    @property
    def examples(self) -> tuple[str, ...]:
        return self.ids[:EXAMPLES]


def heat(voices: int, days: int) -> float:
    """How hot: twelve voices on one day 12, twelve voices on nine days 36."""
    return round(voices * math.sqrt(max(1, days)), 1)


def find_topics(matters: Matters, said: Iterable[Said], *, least: int = 2, most: int = 30) -> list[Topic]:
    """The hottest matters that at least so many people speak of, the hottest first."""
    messages = sorted(said, key=lambda one: (one.text, one.on or date.min, one.place or "", one.who or "", one.voices, one.id))
    read = _read(matters, messages)
    found = []
    for group in _together(matters, read, _groups(_pairs(matters, read), len(read))):
        members = [messages[index] for index in group]
        voices = _voices(members)
        if voices >= least and any(read[index].weights for index in group):
            days = len({one.on for one in members if one.on is not None})
            found.append((-heat(voices, days), -voices, group))
    return [_topic(matters, messages, read, group) for _, _, group in sorted(found)[:most]]


def _voices(members: Sequence[Said]) -> int:
    """Writers, each once, and whoever joined them."""
    named = {one.who for one in members if one.who is not None}
    return len(named) + sum(one.who is None for one in members) + sum(one.voices - 1 for one in members)


def _read(matters: Matters, messages: Sequence[Said]) -> list[Matter]:
    """What each is about, among all these: what many of them say weighs less, what only one says nothing."""
    parts = [matters.parts(one.text) for one in messages]
    weighed = [_with_places(part.weights, part.spots, normalise(one.text)) for part, one in zip(parts, messages, strict=True)]
    said_in: Counter[str] = Counter()
    heard = [min(one.voices, 2) for one in messages]  # who goes along says it too, and a thousand make no word a common one
    for weights, times in zip(weighed, heard, strict=True):
        said_in.update(dict.fromkeys(weights, times))
    whole = sum(heard) + BACKGROUND
    read = []
    for part, weights, one in zip(parts, weighed, messages, strict=True):
        rare = {
            word: weight * (math.log(whole / said_in[word]) / math.log(whole)) ** RARER
            for word, weight in weights.items()
            if said_in[word] > 1
        }
        spots = part.spots if one.place is None else {**part.spots, "area": frozenset({one.place})}
        found = matters.measured(rare, part.names, spots)
        length = math.sqrt(math.fsum(weight * weight for weight in sorted(rare.values(), reverse=True)[:MOST_WORDS]))
        found = replace(found, weights={word: weight * min(1.0, length / SAYS) for word, weight in found.weights.items()})
        strong = STRONG * max(found.weights.values(), default=0.0)
        said = frozenset(word for word, weight in found.weights.items() if weight >= strong)
        read.append(Matter(found.weights, found.things & said, found.troubles & said, spots))
    return read


def _with_places(weights: Mapping[str, float], spots: Mapping[str, frozenset[str]], plain: str) -> dict[str, float]:
    """Places as words; what is only a piece of their names is no word of its own."""
    title = plain.partition("\n")[0]
    written = named_spots(plain).values()
    weights = {word: weight for word, weight in weights.items() if not any(word in name for name in written)}
    named = {
        f"{_PLACE}{kind}:{name}": PLACES[kind] * (1.0 if name in title else ELSEWHERE)
        for kind, names in spots.items()
        if kind in PLACES
        for name in names
    }
    return {**weights, **named}


def _pairs(matters: Matters, read: Sequence[Matter]) -> dict[tuple[int, int], float]:
    """Which messages are alike, and how much."""
    index: dict[str, list[tuple[int, float]]] = {}
    tells = {word: _tells(matters, word) for matter in read for word in matter.weights}
    pairs: dict[tuple[int, int], float] = {}
    for here, matter in enumerate(read):
        shared: dict[int, float] = {}
        for word, weight in matter.weights.items():
            for there, other in index.get(word, ()):
                shared[there] = shared.get(there, 0.0) + weight * other
        for there, score in shared.items():
            if score >= PAIR and (alike := _alike(read[there], matter, tells)) >= PAIR:
                pairs[there, here] = alike
        for word, weight in matter.weights.items():
            index.setdefault(word, []).append((here, weight))
    return pairs


def _tells(matters: Matters, word: str) -> float:
    """How much of a word's share is of the matter itself: nothing of a place or a name, half of a word that may be a name."""
    if word.startswith(_PLACE):
        return 0.0
    known = matters.knows(word)
    return 0.0 if known is None else 1.0 if known else 0.5


def _alike(one: Matter, other: Matter, tells: Mapping[str, float]) -> float:
    """As `similar.compare`, but that a place is a word among others, and neither a place nor one word alone is a matter."""
    shares = {word: one.weights[word] * other.weights[word] for word in one.weights.keys() & other.weights.keys()}
    score = math.fsum(shares.values())
    if max(shares.values()) > NARROW * score:
        score *= NARROWED
    lines = any(word.startswith(_LINES) for word in shares)
    beside = (share * tells[word] for word, share in shares.items() if not (lines and word in _OF_LINES))
    if math.fsum(beside) < BARE:
        score *= BARED
    score *= doubt(one.things, other.things, OTHER_THING)
    same, different = agree(one.spots, other.spots)
    if not (same and one.things & other.things):  # of one thing in one place people tell different troubles
        score *= doubt(one.troubles, other.troubles, OTHER_TROUBLE)
    if different:
        score *= OTHER_PLACE_TOO if same else OTHER_SPOT
    elif not same:
        score *= NOWHERE
    return min(1.0, score)


def _groups(pairs: Mapping[tuple[int, int], float], size: int) -> list[list[int]]:
    """Average linkage over the pairs there are; two messages that are no pair count as nothing alike.

    A message by itself is a group, too: others may have joined it.
    """
    members = [[index] for index in range(size)]
    near: list[dict[int, float]] = [{} for _ in range(size)]  # sums of likenesses to each group nearby
    for (one, other), alike in pairs.items():
        near[one][other] = near[other][one] = alike
    waiting = [(-alike, one, other) for (one, other), alike in pairs.items() if alike >= GROUP]
    heapq.heapify(waiting)
    while waiting:
        alike, one, other = heapq.heappop(waiting)
        if other not in near[one] or near[one][other] / (len(members[one]) * len(members[other])) != -alike:
            continue  # they are not what they were
        members[one] += members[other]
        members[other] = []
        for third, total in near[other].items():
            del near[third][other]
            if third != one:
                near[one][third] = near[third][one] = math.fsum((near[one].get(third, 0.0), total))
        near[other] = {}
        for third, total in near[one].items():
            average = total / (len(members[one]) * len(members[third]))
            if average >= GROUP:
                heapq.heappush(waiting, (-average, min(one, third), max(one, third)))
    return [sorted(group) for group in members if group]


def _together(matters: Matters, read: Sequence[Matter], groups: Iterable[Sequence[int]]) -> list[list[int]]:
    """Groups of one place that speak above all of one thing, or of one trouble, are one: only their stories differ."""
    found: dict[Hashable, list[int]] = {}
    for group in groups:
        spots = Counter(
            (kind, name) for index in group for kind, names in read[index].spots.items() if kind in _EXACT for name in names
        )
        spot = min(spots, key=lambda one: (-spots[one], one), default=None)
        middle = _middle(read, group)
        named = [word for word in sorted(middle, key=lambda word: (-middle[word], word)) if matters.names(word)]
        same = (spot, named[0]) if spot is not None and named and spots[spot] > len(group) / 2 else group[0]
        found.setdefault(same, []).extend(group)
    return [sorted(group) for group in found.values()]


def _middle(read: Sequence[Matter], group: Iterable[int]) -> dict[str, float]:
    """What a group says together."""
    middle: dict[str, list[float]] = {}
    for index in group:
        for word, weight in read[index].weights.items():
            middle.setdefault(word, []).append(weight)
    return {word: math.fsum(weights) for word, weights in middle.items()}


def _topic(matters: Matters, messages: Sequence[Said], read: Sequence[Matter], group: Sequence[int]) -> Topic:
    members = [messages[index] for index in group]
    middle = _middle(read, group)
    typical = {
        index: math.fsum(weight * middle[word] for word, weight in read[index].weights.items()) / len(group) for index in group
    }
    days = {one.on for one in members if one.on is not None}
    areas = Counter(one.place for one in members if one.place is not None)
    shown = [mask(one.text, find_private(one.text)) for one in members]
    place = _place(shown)
    voices = _voices(members)
    return Topic(
        name=_name(matters, shown, middle, place),
        heat=heat(voices, len(days)),
        voices=voices,
        supporters=sum(one.voices - 1 for one in members),
        days=len(days),
        first=min(days, default=None),
        last=max(days, default=None),
        place=place,
        area=min(areas, key=lambda code: (-areas[code], code)) if areas else None,
        ids=tuple(messages[index].id for index in sorted(group, key=lambda index: (-typical[index], index))),
    )


def _place(shown: Sequence[str]) -> str:
    """The estate, village, school or road that at least half of them name."""
    names: Counter[tuple[str, str]] = Counter()
    written: dict[tuple[str, str], Counter[str]] = {}
    for text in shown:
        for spot, name in named_spots(normalise(text)).items():
            names[spot] += 1
            written.setdefault(spot, Counter())[name] += 1
    best = min(names, key=lambda spot: (-names[spot] * PLACES[spot[0]], spot), default=None)
    if best is None or names[best] < min(2, len(shown)) or names[best] < len(shown) / 2:
        return ""
    return min(written[best], key=lambda name: (-written[best][name], name))


def _name(matters: Matters, shown: Sequence[str], middle: Mapping[str, float], place: str) -> str:
    """A few of their own words: what names things and troubles, or stands in the taxonomy, or is said by three of them."""
    written: dict[str, Counter[str]] = {}
    for text in shown:
        for word, said in matters.as_said(text):
            written.setdefault(word, Counter())[said] += 1
    words = sorted((word for word in middle if word in written), key=lambda word: (-middle[word], word))
    chosen: list[str] = [place] if place else []
    for word in words:
        said = min(written[word], key=lambda one: (-written[word][one], one))
        if (
            len(chosen) < NAME_WORDS
            and matters.may_name(word, written[word].total())
            and not any(said in one for one in chosen)
        ):
            chosen.append(said)
    return " ".join(chosen)
