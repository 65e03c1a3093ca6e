"""Roads, estates and buildings as people list them."""

import pytest

from actions.named_places import names, read, shown
from nlp.places import PlaceName
from storage.models import Area


@pytest.mark.parametrize(
    ("column", "cell", "kept"),
    [
        ("roads", "解放路；沿江路", ["解放路", "沿江路"]),
        ("roads", "解放路、沿江路|新建 巷,商贸街;\n东街，", ["解放路", "沿江路", "新建巷", "商贸街", "东街"]),
        ("roads", ["解放路（解放大道）", "沿江路"], ["解放路（解放大道）", "沿江路"]),
        ("estates", "阳光小区（阳光苑、纺织厂）；河畔花园(河畔)", ["阳光小区（阳光苑、纺织厂）", "河畔花园（河畔）"]),
        ("estates", "阳光小区；阳光小区（阳光苑）", ["阳光小区（阳光苑）"]),
        ("buildings", "阳光小区1-6栋、8栋；供销大厦", ["阳光小区1-6栋、8栋", "供销大厦"]),
        ("buildings", "阳光小区１栋、２号楼、三幢、4#", ["阳光小区1-4栋"]),
        ("buildings", "阳光小区1至3号楼；阳光小区3～5号楼", ["阳光小区1-5栋"]),
        ("buildings", "阳光小区a1-a3栋", ["阳光小区a1栋、a2栋、a3栋"]),
        ("buildings", "解放路1-20号；文化宫", ["解放路1-20号", "文化宫"]),
        ("buildings", "第一中学家属楼", ["第一中学家属楼"]),
        ("estates", "", []),
        ("estates", None, []),
        ("estates", " ；、", []),
    ],
)
def test_what_is_written_in_a_cell(column: str, cell: object, kept: list[str]) -> None:
    places, problems = read(column, cell)
    assert [shown(place) for place in places] == kept
    assert problems == []


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("roads", "路", "not 2–40 characters"),
        ("estates", "长" * 41, "not 2–40 characters"),
        ("estates", "阳光小区（阳", "brackets"),
        ("estates", "阳光小区（阳）", "not 2–40"),
        ("buildings", "3栋", "which estate"),
        ("buildings", "供销大厦；3栋", "which estate"),
        ("buildings", "阳光小区9-7栋", "counts up"),
        ("buildings", "阳光小区1-9999栋", "at most 500"),
    ],
)
def test_what_cannot_be_meant_is_told_and_the_rest_is_kept(column: str, cell: str, words: str) -> None:
    places, problems = read(column, f"河畔花园；{cell}")
    assert [place["name"] for place in places][:1] == ["河畔花园"]
    assert len(problems) == 1
    assert words in problems[0]


def test_what_is_shown_is_read_as_the_same() -> None:
    for column, cell in (("estates", "阳光小区（阳光苑、纺织厂）"), ("buildings", "阳光小区1-6栋、8栋、a1栋；解放路2-9号")):
        places, _ = read(column, cell)
        assert read(column, "；".join(map(shown, places))) == (places, [])


def test_every_place_says_in_which_area_it_lies() -> None:
    places = [*read("estates", "阳光小区（阳光苑）")[0], *read("buildings", "河畔花园1-2栋")[0]]
    area = Area(code="g", name="河街第一网格", level="grid", parent_code="c", aliases=["一网格"], places=places)
    assert list(names([area])) == [
        PlaceName("g", "河街第一网格", ("一网格",), "grid", "c"),
        PlaceName("g", "阳光小区", ("阳光苑",), "estate"),
        PlaceName("g", "河畔花园", (), "building", numbers=("1", "2")),
    ]
