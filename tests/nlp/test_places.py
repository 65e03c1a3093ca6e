import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import NOWHERE, PlaceName, Places

TOWN = Places(
    [
        PlaceName("xy", "旬阳县", level="county"),
        PlaceName("cg", "城关镇", ("城关",), level="town"),
        PlaceName("wh", "文化社区"),
        PlaceName("cz", "菜湾社区", ("菜湾村",)),
        PlaceName("sj", "商贸街社区"),
        PlaceName("sj-3", "商贸街第三网格", level="grid"),
        PlaceName("xf", "幸福小区", level="estate"),
        PlaceName("xf-n", "幸福小区北区", level="estate"),
    ]
)


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
        ("商贸街的路不平", "sj"),
        ("文化社区幸福小区的电梯", "xf"),
        ("幸福小区北区3栋", "xf-n"),  # the longer name
        ("社区能不能办文化活动", None),  # half of another word
        ("我们在文化里长大", "wh"),
        ("祝大家幸福安康", None),
        ("路灯坏了", None),
        ("", None),
    ],
)
def test_the_area_named_in_a_text(text: str, code: str | None) -> None:
    assert TOWN.find(text) == code


def test_nowhere_finds_nothing() -> None:
    assert NOWHERE.find("城关镇文化社区") is None


@given(st.text(), st.text())
def test_a_full_name_is_found_in_any_text(before: str, after: str) -> None:
    assert TOWN.find(before + "幸福小区北区" + after) == "xf-n"


def test_a_name_that_two_areas_share_belongs_to_the_more_specific() -> None:
    places = Places([PlaceName("estate", "百花小区", level="estate"), PlaceName("town", "百花镇", level="town")])
    assert (places.find("住百花，停水了"), places.find("百花镇停水了")) == ("estate", "town")
