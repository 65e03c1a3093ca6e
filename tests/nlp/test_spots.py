"""Buildings, roads, estates, lines that a text names."""

import pytest

from nlp.spots import agree, find_spots, named_spots


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("3号楼2单元的灯不亮", {"building": {"3"}, "entrance": {"2"}}),
        ("三十二栋", {"building": {"32"}}),
        ("一百二十号楼", {"building": {"120"}}),
        ("请修人民路", {"road": {"人民"}}),
        ("我住河街", {"road": {"河"}}),
        ("101路公交车等半天不来", {"line": {"101"}}),
        ("坐公交305", {"line": {"305"}}),
        ("三号线出口", {"metro": {"3"}}),
        ("滨江苑8号楼", {"estate": {"滨江"}, "building": {"8"}}),
        ("丽水新城小区和丽水新城", {"estate": {"丽水"}}),
        ("小区南门进不去", {"gate": {"南"}}),
        ("城关镇菜湾村", {"village": {"城关", "菜湾"}}),
        ("诚信建筑工程有限公司欠薪", {"firm": {"诚信"}}),
        # no names
        ("马路上有个井盖裂了", {}),
        ("晚上看不见路，走不了路", {}),
        ("我们村进村的路，水泥路都坏了", {}),
        ("走路要小心，半路遇到狗", {}),
        ("物业公司和街道办都不管", {}),
        ("学校门口，全村老小", {}),
        ("", {}),
    ],
)
def test_spots(text: str, spots: dict[str, set[str]]) -> None:
    assert {kind: set(names) for kind, names in find_spots(text).items()} == spots


def test_a_word_before_a_name_is_none_of_it() -> None:
    assert agree({"road": frozenset({"修人民"})}, {"road": frozenset({"人民"})}) == (1, 0)
    assert agree({"building": frozenset({"13"})}, {"building": frozenset({"3"})}) == (0, 1)


def test_the_same_town_is_no_spot_but_another_one_is_another() -> None:
    assert agree(find_spots("a3区"), find_spots("a3区")) == (0, 0)
    assert agree(find_spots("a3区"), find_spots("a7县"))[1] == 1


def test_names_as_they_are_written() -> None:
    assert list(named_spots("丽水小区旁边的人民路").values()) == ["丽水小区", "人民路"]
