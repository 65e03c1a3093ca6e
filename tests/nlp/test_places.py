"""Where a matter is: names, numbers, roads, contradictions, the sender's own home."""

import csv
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import normalise
from nlp.places import NOWHERE, PlaceName, Places
from nlp.understanding import Reader

# county → town → three communities with their grids; 解放路 crosses two of them, 锦绣花园 lies in two grids of one
AREAS = [
    PlaceName("xy", "旬阳", ("旬阳县", "旬阳市"), level="county"),
    PlaceName("cg", "城关镇", ("城关",), level="town", parent="xy"),
    PlaceName("cz", "菜湾社区", ("菜湾村",), parent="cg"),
    PlaceName("wh", "文化社区", parent="cg"),
    PlaceName("sj", "商贸街社区", parent="cg"),
    PlaceName("xj", "新建路社区", ("新建路",), parent="cg"),
    *(
        PlaceName(f"{code}-{number}", f"{name}第{han}网格", (f"{name}社区第{han}网格",), level="grid", parent=code)
        for code, name in (("cz", "菜湾"), ("wh", "文化"), ("sj", "商贸街"))
        for number, han in enumerate("一二三", 1)
    ),
]
INSIDE = [
    PlaceName("cz", "解放路", ("解放大道",), level="road"),
    PlaceName("wh", "解放路", ("解放大道",), level="road"),
    PlaceName("sj", "沿江路", level="road"),
    PlaceName("cz-1", "阳光小区", ("老纺织厂家属院",), level="estate"),
    PlaceName("wh", "锦绣花园", level="estate"),
    PlaceName("wh-1", "锦绣花园", level="building", numbers=("1", "2", "3", "a1")),
    PlaceName("wh-2", "锦绣花园", level="building", numbers=("4", "5", "12")),
    PlaceName("sj-1", "沿江路", level="building", numbers=("1", "2", "18")),
    PlaceName("sj-2", "供销大厦", level="building"),
    PlaceName("cz-3", "河滨花园", level="estate"),
    PlaceName("sj-3", "河滨花园", level="estate"),
]
TOWN = Places([*AREAS, *INSIDE])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("菜湾社区的路灯坏了", "cz"),
        ("我住菜湾，想修水龙头", "cz"),
        ("菜灣社區的路燈壞了", "cz"),
        ("菜湾村口堆满垃圾", "cz"),
        ("城关镇文化社区停水", "wh"),  # the community, not the town
        ("城关镇停水", "cg"),
        ("城关这边停水", "cg"),
        ("旬阳县哪里能打疫苗", "xy"),
        ("商贸街社区第三网格？不，商贸街第三网格", "sj-3"),
        ("商贸街第3网格停水", "sj-3"),
        ("商贸街三网格停水", "sj-3"),
        ("商贸街社区３号网格停水", "sj-3"),
        ("商贸街社区，就是三网格那边停水", "sj-3"),
        ("三网格停水", None),  # which of them?
        ("商贸街的路不平", "sj"),
        ("社区能不能办文化活动", None),  # half of another word
        ("祝大家阳光幸福", None),
        ("孩子在阳光里玩", None),
        ("路灯坏了", None),
        ("", None),
        # in the communities
        ("阳光小区停水", "cz-1"),
        ("住阳光3栋，停水了", "cz-1"),
        ("老纺织厂家属院停水", "cz-1"),
        ("解放路的阳光小区3号楼停水", "cz-1"),
        ("解放路的路灯坏了", None),  # crosses two communities
        ("菜湾社区解放路的路灯坏了", "cz"),
        ("解放大道，文化社区这一段的路灯坏了", "wh"),
        ("解放路锦绣花园停水", "wh"),
        ("供销大厦门口堆满垃圾", "sj-2"),
        ("河滨花园停水", None),  # there are two of that name
        ("商贸街河滨花园停水", "sj-3"),
        ("沿江路的树倒了", "sj"),
        ("沿江路18号的树倒了", "sj-1"),
        # buildings
        ("锦绣花园停水", "wh"),
        ("锦绣花园3号楼停水", "wh-1"),
        ("锦绣花园三栋停水", "wh-1"),
        ("锦绣花园3#停水", "wh-1"),
        ("锦绣花园３幢２单元停水", "wh-1"),
        ("锦绣花园的第五栋楼停水", "wh-2"),
        ("锦绣花园十二号楼停水", "wh-2"),
        ("锦绣花园12-2-401停水", "wh-2"),
        ("锦绣花园A1栋停水", "wh-1"),
        ("锦绣花园3栋楼下停水", "wh-1"),
        ("锦绣花园99栋停水", "wh"),  # nobody knows where
        ("锦绣花园有3个人", "wh"),
        ("锦绣花园3号下午停水", "wh"),  # a day, or a house: both lie there
        # roads that are none
        ("希望新建路灯", None),
        ("建议重新建路", None),
        ("新建路灯火通明，新建路口堵车", "xj"),
        ("我在新建路上摔了", "xj"),
    ],
)
def test_the_area_named_in_a_text(reader: Reader, text: str, code: str | None) -> None:
    assert TOWN.look(normalise(text), reader.segmenter.frequency).code == code


@pytest.mark.parametrize(
    ("text", "code", "between"),
    [
        ("我住文化社区，但菜湾社区的路灯坏了", "cz", ()),
        ("菜湾社区的路灯坏了，我住文化社区", "cz", ()),
        ("我在文化社区住，菜湾社区的路灯坏了", "cz", ()),
        ("我是文化社区的居民，菜湾社区的路灯坏了", "cz", ()),
        ("菜湾社区路灯坏了，不像文化社区那样有人管", "cz", ()),
        ("听说文化社区早就修好了，菜湾社区的路灯还是坏的", "cz", ()),
        ("不是文化社区的，是菜湾社区的路灯坏了", "cz", ()),
        ("我去文化社区的路上，看见菜湾社区有人摔倒", "cz", ()),
        ("菜湾社区和文化社区都停水了", None, ("cz", "wh")),
        ("文化社区停水，菜湾社区也停水", None, ("wh", "cz")),
        ("解放路的路灯坏了", None, ("cz", "wh")),
        ("沿江路和解放路口的灯坏了", None, ("sj", "cz", "wh")),
        ("河滨花园停水", None, ("cz", "sj")),
        ("我不住菜湾社区", None, ()),
        ("是不是菜湾社区管停水的事", "cz", ()),
        ("请问去菜湾社区怎么走", "cz", ()),
    ],
)
def test_of_several_places_the_one_where_the_trouble_is(text: str, code: str | None, between: tuple[str, ...]) -> None:
    found = TOWN.look(normalise(text))
    assert (found.code, found.between) == (code, between)


@pytest.mark.parametrize(
    ("text", "home", "code", "how"),
    [
        ("我们小区的路灯坏了", "cz-2", "cz-2", "relative"),
        ("家门口的路灯坏了", "cz-2", "cz-2", "relative"),
        ("楼道里堆满东西", "cz-2", "cz-2", "relative"),
        ("隔壁吵得睡不着", "cz-2", "cz-2", "relative"),
        ("想学用手机", "cz-2", "cz-2", "home"),
        ("我们小区的路灯坏了", None, None, ""),
        ("想学用手机", None, None, ""),
        ("我们小区的路灯坏了", "gone", None, ""),  # an area that the town has no more
        ("我们小区路灯坏了，不像菜湾社区有人管", "wh-1", "wh-1", "relative"),
        ("我们小区门口，菜湾社区这边，路灯坏了", "wh-1", "cz", "exact"),
        ("菜湾社区的路灯坏了", "wh-1", "cz", "exact"),
        ("菜湾社区的路灯坏了", "cz-2", "cz", "exact"),  # all of it may be meant
        ("我住菜湾社区，想修灯", "cz-2", "cz-2", "home"),  # the grid is known
        ("城关镇哪里能修灯", "cz-2", "cz-2", "home"),
        ("城关镇哪里能修灯", None, "cg", "exact"),
        ("请人陪我去文化社区取药", "cz-2", "cz-2", "home"),
        ("解放路的路灯坏了", "cz-2", "cz-2", "home"),
        ("解放路的路灯坏了", "sj-2", None, ""),
        ("三网格停水", "cz-2", "cz-3", "alias"),
        ("菜湾社区和文化社区都停水了", "cz-2", "cz-2", "home"),
        ("河滨花园停水", "cz-2", "cz-3", "exact"),  # the one nearby
        ("我现在不在菜湾社区，家里漏水", "wh-1", "wh-1", "relative"),
    ],
)
def test_home_is_where_it_is_when_nothing_else_is_said(text: str, home: str | None, code: str | None, how: str) -> None:
    found = TOWN.look(normalise(text), home=home)
    assert (found.code, found.how) == (code, how)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("我们小区的路灯坏了", "我们小区"),
        ("门口堆满垃圾，我们单元没人管", "我们单元"),
        ("学校门口堵车", ""),
        ("医院门口堵车", ""),
        ("楼道灯坏了", "楼道"),
        ("家楼下有人吵架", "家楼下"),
        ("想学用手机", ""),
    ],
)
def test_words_that_mean_the_sender_s_own_place(text: str, own: str) -> None:
    assert TOWN.look(normalise(text)).own == own


@pytest.mark.parametrize(
    ("text", "lives"),
    [
        ("我住菜湾社区", "cz"),
        ("我家住在锦绣花园3栋", "wh-1"),
        ("家住菜湾社区三网格", "cz-3"),
        ("我是菜湾社区居民", "cz"),
        ("我住文化社区，但菜湾社区的路灯坏了", "wh"),
        ("我妈住菜湾社区", None),  # somebody else
        ("她八十了，住菜湾社区", None),
        ("我不住菜湾社区", None),
        ("菜湾社区停水", None),
        ("我住城关镇", None),  # says too little
        ("我住解放路", None),
        ("我住河宾花园", None),  # misspelt, and there are two
    ],
)
def test_what_somebody_says_of_their_own_home(text: str, lives: str | None) -> None:
    assert TOWN.look(normalise(text)).lives == lives


def test_nowhere_finds_nothing() -> None:
    assert NOWHERE.find("城关镇文化社区") is None


@given(st.text(), st.text())
def test_a_full_name_is_found_in_any_short_text(before: str, after: str) -> None:
    found = TOWN.look(normalise(f"{before}老纺织厂家属院{after}"))
    assert any(mention.areas == ("cz-1",) for mention in found.mentions)


def test_of_a_long_text_beginning_and_end_are_looked_at() -> None:
    filler = "说来话长。" * 300
    assert TOWN.find("菜湾社区停水。" + filler) == "cz"
    assert TOWN.find(filler + "我家在菜湾社区。") == "cz"
    assert TOWN.find(filler + "菜湾社区停水。" + filler) is None
    text = filler + "我家在菜湾社区。"
    (mention,) = TOWN.look(text).mentions
    assert text[mention.start : mention.end] == "菜湾社区"


def test_a_name_that_two_areas_share_belongs_to_the_one_inside_the_other() -> None:
    places = Places([PlaceName("town", "百花镇", level="town"), PlaceName("grid", "百花小区", level="estate")])
    assert (places.find("住百花小区，停水了"), places.find("百花镇停水了")) == ("grid", "town")


# --- real messages, where they are at hand, and the tests' own requests: nobody in them lives in this town

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FIRST = (
    "阳光 幸福 锦绣 金色 东方 滨江 翠竹 和谐 平安 富康 祥和 龙城 凤凰 "
    "桂花 丽景 世纪 惠民 安居 新世纪 江景 学府 御景 天润 银河 泰和 青松"
)
ENDINGS = ("小区", "花园", "家园", "新村", "家属院")
STREETS = "解放路 建设路 新建巷 文化路 滨河路 振兴街 胜利街 团结路 环城路 沿江路"


def a_whole_town() -> Places:
    rows = yaml.safe_load((ROOT / "bot" / "towns" / "chengguan.yaml").read_text("utf-8"))["areas"]
    names = [PlaceName(r["code"], r["name"], tuple(r.get("aliases", ())), r["level"], r.get("parent")) for r in rows]
    grids = [row["code"] for row in rows if row["level"] == "grid"]
    inside = [(first + ending, "estate") for first in FIRST.split() for ending in ENDINGS] + [
        (street, "road") for street in STREETS.split()
    ]
    return Places([*names, *(PlaceName(grids[n % len(grids)], name, level=level) for n, (name, level) in enumerate(inside))])


def test_requests_that_name_no_place_have_none(reader: Reader) -> None:
    places = a_whole_town()
    rows = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "tests" / "nlp" / "requests").glob("*.yaml")]
    texts = [line for row in rows for kinds in row.values() for lines in kinds.values() for line in lines.splitlines()]
    assert len(texts) > 300
    found = {text: places.look(normalise(text), reader.segmenter.frequency) for text in texts}
    assert {text: where for text, where in found.items() if where.names_a_place and where.code != "xy"} == {}  # the county's


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled messages are not at hand")
def test_messages_of_other_towns_are_not_found_here_by_mistakes(reader: Reader) -> None:
    places = a_whole_town()
    with (DATA / "petitions_unlabelled.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = [f"{row['title']}\n{row['body']}" for row in csv.DictReader(file)]
    read = [places.look(normalise(text), reader.segmenter.frequency) for text in texts]
    guessed = [where for where in read if where.how == "fuzzy"]
    doubted = [where for where in read if where.between and any(not mention.sure for mention in where.mentions)]
    assert len(guessed) < len(texts) / 500
    assert len(doubted) < len(texts) / 50
