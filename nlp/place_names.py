"""Names of places, and every way in which one of them is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.normalise import normalise

AREAS = ("county", "town", "community", "grid")
LEVELS = (*AREAS, "road", "estate", "building")  # the later, the more specific
EXACT, ALIAS, FUZZY = "exact", "alias", "fuzzy"  # how a name was written

# longest first: 移民社区 loses 社区, never only 区
SUFFIXES = (
    "家属院",
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
    "大道",
    "胡同",
    "镇",
    "村",
    "乡",
    "县",
    "街",
    "路",
    "巷",
    "组",
)
STREETS = frozenset("路街巷道")
WORD, EVERYDAY = 0.05, 5.0
"""Times in a million: what is met less often is an accident of the dictionary; what is met so often, a word of every day."""
STANDS_BEFORE = re.compile(r"(?:^|[在住到去从来回离是,.;:!?。、\s]|我们|咱们|咱|位于|地址)$")
"""What stands before a name, and says that one begins."""
HAN_DIGITS = "零一二三四五六七八九"
_HAN_NUMBER = rf"[{HAN_DIGITS}〇两十百]{{1,5}}"
NUMBER = rf"(?:[a-z]{{0,2}}-?\d{{1,4}}|{_HAN_NUMBER}|[a-z])"
_ORDINAL = re.compile(rf"^(?P<of>.*?)第?(?P<number>\d{{1,3}}|{_HAN_NUMBER})号?(?P<unit>网格|村民小组|居民小组|小组|组|期|区)$")
_COUNTED = re.compile(rf"第?(?P<number>{NUMBER})号?(?P<unit>网格)")
_TENS = re.compile(rf"^(?:([{HAN_DIGITS[1:]}]?)百零?)?(?:([{HAN_DIGITS[1:]}]?)十)?([{HAN_DIGITS[1:]}]?)$")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """An area, or a place with a name inside of one.

    Roads, estates and buildings are no areas of their own: `code` is that of the grid or community they lie in, which is all
    that groups, officers and reminders know. One that lies in several stands there several times.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: str = "community"
    parent: str | None = None  # of an area
    numbers: tuple[str, ...] = ()  # of the buildings of an estate, or the houses of a road, that lie here


@dataclass(frozen=True, slots=True)
class Spelling:
    text: str
    how: str
    whole: bool = True  # not shortened: it says by its ending what it is


def spellings(place: PlaceName) -> Iterator[Spelling]:
    """Every way in which its names are written; the same text may come twice."""
    for given, how in ((place.name, EXACT), *((alias, ALIAS) for alias in place.aliases)):
        text = squeezed(given)
        yield Spelling(text, how)
        short = without_ending(text)
        if short != text and place.level != "road" and text[-1] not in STREETS:  # 解放 is no road
            yield Spelling(short, ALIAS, whole=False)
        if ordinal := _ORDINAL.match(text):
            of, unit = ordinal["of"], ordinal["unit"]
            for number in written_ways(plain_number(ordinal["number"])):
                for variant in (f"{of}第{number}{unit}", f"{of}{number}{unit}", f"{of}{number}号{unit}"):
                    if variant != text and of:
                        yield Spelling(variant, ALIAS)


def ordinal_of(name: str) -> tuple[str, str] | None:
    """Which of its kind a name counts: ("3", "网格") of 河街第三网格."""
    found = _ORDINAL.match(squeezed(name))
    return (plain_number(found["number"]), found["unit"]) if found else None


def squeezed(name: str) -> str:
    """In the one spelling of every text, without blanks."""
    return "".join(normalise(name).split())


def without_ending(text: str) -> str:
    return next((text.removesuffix(end) for end in SUFFIXES if text.endswith(end)), text)


def plain_number(written: str) -> str:
    """三, 03 and 3 are the same number; letters stay: a3, b."""
    written = written.replace("〇", "零").replace("两", "二")
    found = _TENS.match(written)
    if found and written:
        hundreds, tens, ones = found.groups()
        value = 100 * _digit(hundreds) + 10 * _digit(tens) + (HAN_DIGITS.index(ones) if ones else 0)
        return str(value)
    if set(written) <= set(HAN_DIGITS):  # 一二, said digit by digit
        return "".join(str(HAN_DIGITS.index(char)) for char in written).lstrip("0") or "0"
    return re.sub(r"^([a-z]*)-?0*(?=\d)", r"\1", written)


def written_ways(number: str) -> tuple[str, ...]:
    """3 → 3, 三."""
    if not number.isdigit() or not 0 < int(number) < 100:
        return (number,)
    tens, ones = divmod(int(number), 10)
    han = ("" if tens == 0 else "十" if tens == 1 else f"{HAN_DIGITS[tens]}十") + (HAN_DIGITS[ones] if ones else "")
    return (number, han)


def ordinals_in(plain: str, begin: int, end: int) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Grids that are counted without a name: 三网格, 第3网格."""
    if "网格" in plain:
        for found in _COUNTED.finditer(plain, begin, end):
            yield *found.span(), (plain_number(found["number"]), found["unit"])


def _digit(han: str | None) -> int:
    """None: there is no such part; "": it is said without a digit, as in 十二."""
    return 0 if han is None else HAN_DIGITS.index(han) if han else 1
