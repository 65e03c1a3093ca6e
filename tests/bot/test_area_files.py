"""Lists of areas as spreadsheets and editors save them."""

from pathlib import Path

import pytest

from actions import area_lists
from actions.area_lists import AreasError, Listed
from bot.area_files import read_areas

TABLE = """code,name,level,parent,aliases,roads,estates,buildings
xy,旬阳,county,,旬阳县；旬阳市,,,
cg,城关镇,town,xy,,,,
hj,河街社区,community,cg,河街,解放路；沿江路,阳光小区（阳光苑、老纺织厂家属院）,
hj-1,河街第一网格,grid,hj,,,,阳光小区1-3栋；供销大厦
"""
CHINESE = TABLE.replace("code,name,level,parent,aliases,roads,estates,buildings", "编码,名称,级别,上级,别名,道路,小区,楼栋")


def checked(folder: Path, content: bytes | str, name: str = "areas.csv") -> tuple[Listed, ...]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return area_lists.check(read_areas(path), {})


def plain(rows: tuple[Listed, ...]) -> list[tuple[object, ...]]:
    return [(row.code, row.name, row.level, row.parent_code, row.aliases, dict(row.places)) for row in rows]


@pytest.fixture
def expected(tmp_path: Path) -> list[tuple[object, ...]]:
    rows = plain(checked(tmp_path, TABLE, "expected.csv"))
    assert [row[0] for row in rows] == ["xy", "cg", "hj", "hj-1"]
    assert rows[2][4] == ("河街",)
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
def test_any_encoding_and_separator(tmp_path: Path, expected: object, encoding: str, separator: str) -> None:
    assert plain(checked(tmp_path, TABLE.replace(",", separator).encode(encoding))) == expected


@pytest.mark.parametrize(
    "content",
    [
        CHINESE,
        CHINESE.replace("county", "县").replace("town", "镇").replace("community", "社区").replace("grid", "网格"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\n,,,,,,,\n\n"),  # blank rows
        TABLE.replace(",cg,", ", ｃｇ ,").replace("hj,", " hj\u200b,"),
        TABLE.replace("河街社区", " 河街 社区 "),
        TABLE.replace("；", "|"),
        TABLE.replace("；", "、"),
        TABLE.replace("河街,解放路", '"河街","解放路'),
        "\n".join([TABLE.splitlines()[0], *reversed(TABLE.splitlines()[1:])]),  # sorted otherwise
        TABLE.replace(",,,\n", "\n"),  # short rows
    ],
    ids=["headings", "levels", "crlf", "blank", "width", "blanks", "bars", "commas", "quotes", "order", "short"],
)
def test_habits_of_spreadsheets(tmp_path: Path, expected: list[tuple[object, ...]], content: str) -> None:
    if '"解放路' in content:
        content = content.replace("沿江路,", '沿江路",')
    found = plain(checked(tmp_path, content))
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert [row[2] for row in found] == ["county", "town", "community", "grid"]  # those above come first


def test_a_column_that_is_not_there_is_not_spoken_of(tmp_path: Path) -> None:
    (row,) = checked(tmp_path, "code,name,level,parent,roads\nxy,旬阳,county,,\n")
    assert (row.aliases, dict(row.places)) == (None, {"road": []})


def test_yaml_says_the_same(tmp_path: Path, expected: object) -> None:
    content = """areas:
      - {code: xy, name: 旬阳, level: county, aliases: [旬阳县, 旬阳市]}
      - {code: cg, name: 城关镇, level: town, parent: xy}
      - {code: hj, name: 河街社区, level: community, parent: cg, aliases: [河街], roads: [解放路, 沿江路],
         estates: [阳光小区（阳光苑、老纺织厂家属院）]}
      - {code: hj-1, name: 河街第一网格, level: grid, parent: hj, buildings: [阳光小区1-3栋, 供销大厦]}
    """
    assert plain(checked(tmp_path, content, "areas.yaml")) == expected


def test_every_problem_is_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    content = """编码,名称,级别,上级,别名,楼栋
xy,旬阳,县,,县,
6.10928E+11,,月亮,没有,,
一二,河街,社区,xy,,3栋

hj,河街社区,社区,xy,,,extra
hj,河街社区,镇,hj,,
"""
    with pytest.raises(AreasError) as caught:
        checked(tmp_path, content)
    told = list(caught.value.problems)
    for start in (
        "row 2, 别名: “县” is not 2–40",
        "row 3, 编码: '6.10928E+11' was rounded by a spreadsheet",
        "row 3, 名称: is missing",
        "row 3, 级别: '月亮' is none of county",
        "row 3, 上级: '没有' is not 1–24 letters",
        "row 4, 编码: '一二' is not 1–24 letters",
        "row 4, 楼栋: “3栋” does not say of which estate",
        "row 6: more cells than the heading has columns",
        "row 7, 编码: 'hj' stands twice",
    ):
        assert any(problem.startswith(start) for problem in told), (start, told)
    numbers = [int("".join(filter(str.isdigit, problem.split(",")[0].split(":")[0]))) for problem in told]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a,甲,town,b\n", "row 2, parent: 'b' is no area"),
        ("a,甲,grid,\nb,乙,town,a\n", "row 3, parent: a town cannot belong to 甲, a grid"),
        ("a,甲甲,town,\nb,甲甲,town,\n", "row 3, name: 甲甲 is there twice in the same place, as a and b"),
        ("a.0,甲甲,town,\n", "row 2, code: 'a.0' is not 1–24"),
        ("101.0,甲甲,town,\n", "was rounded by a spreadsheet"),
        (f"a,{'长' * 41},town,\n", "longer than 40"),
    ],
)
def test_rows_that_do_not_fit_each_other(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(AreasError) as caught:
        checked(tmp_path, "code,name,level,parent\n" + rows)
    assert len(caught.value.problems) == 1
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n ,,\n", "empty"),
        ("name,level\n甲,town\n".encode(), "a column code or 编码 is missing"),
        (b"code,name,level,parent,name\n", "two columns are name"),
        ("code,name,level,parent,电话\n".encode(), "nobody knows what column '电话' is"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"\xff\xfe\x00", "neither UTF-8 nor GB18030"),
        (b"\x81", "neither UTF-8 nor GB18030"),
        ("code,name,level,parent,roads\nxy,旬阳,county,,解放路\n".encode(), "belong to a grid or a community, not to a county"),
    ],
)
def test_files_that_are_no_list(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(AreasError, match=words):
        checked(tmp_path, content)


@pytest.mark.parametrize("content", [b"]", b"\xff", b"areas: 3\n", b"- 3\n"])
def test_yaml_that_is_no_list(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(AreasError):
        checked(tmp_path, content, "areas.yaml")


def test_the_town_that_comes_with_the_program_is_a_list() -> None:
    rows = area_lists.check(read_areas(Path(__file__).parents[2] / "bot" / "towns" / "chengguan.yaml"), {})
    assert [sum(row.level == level for row in rows) for level in area_lists.LEVELS] == [1, 1, 11, 69]


def test_the_town_of_the_demo_is_the_same_town_with_names_in_it() -> None:
    bot = Path(__file__).parents[2] / "bot"
    plain, named = (
        area_lists.check(read_areas(bot / name), {}) for name in (Path("towns", "chengguan.yaml"), Path("demo", "areas.csv"))
    )
    assert [(row.code, row.name, row.level, row.parent_code, row.aliases) for row in plain] == [
        (row.code, row.name, row.level, row.parent_code, row.aliases) for row in named
    ]
    kinds = [kind for row in named for kind, places in row.places.items() for _ in places]
    assert all(kinds.count(kind) >= 10 for kind in ("road", "estate", "building"))
