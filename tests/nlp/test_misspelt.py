"""Names with one mistake in them, and words that only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import PlaceName, Places
from nlp.understanding import Reader

TOWN = Places(
    [
        PlaceName("hj", "河街社区", ("河街",)),
        PlaceName("wh", "文化社区"),
        PlaceName("qc", "青草坪社区", ("青草坪",)),
        PlaceName("bj", "滨江苑社区", ("滨江苑",)),
        PlaceName("lc", "老城门社区"),
        PlaceName("hj-3", "河街第三网格", level="grid", parent="hj"),
        PlaceName("hj-4", "河街第四网格", level="grid", parent="hj"),
        PlaceName("hj", "阳光小区", level="estate"),
        PlaceName("hj", "锦绣花园", level="estate"),
        PlaceName("hj", "荷花家园", level="estate"),
        PlaceName("hj", "供销大厦", level="building"),
        PlaceName("qc", "纺织厂家属院", level="estate"),
        PlaceName("wh", "解放路", level="road"),
        PlaceName("wh", "人民路", level="road"),
    ]
)


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("杨光小区停电", "hj", "fuzzy"),
        ("阳光小曲停电", "hj", "fuzzy"),
        ("阳光小小区停电", "hj", "fuzzy"),
        ("阳小光区停电", "hj", None),  # swapped: too little of its own is left to be sure
        ("锦秀花园停电", "hj", "fuzzy"),
        ("锦绣花圆停电", "hj", "fuzzy"),
        ("供销大夏停电", "hj", "fuzzy"),
        ("彬江苑停电", "bj", "fuzzy"),
        ("滨江院停电", None, None),  # another name
        ("冰江苑社区停电", "bj", "fuzzy"),  # ing for in
        ("解方路停电", "wh", "fuzzy"),
        ("青草平停电", "qc", "fuzzy"),
        ("青艹坪社区停电", "qc", "fuzzy"),
        ("纺织家属院停电", "qc", None),
        ("纺织厂家院停电", "qc", "fuzzy"),
        ("纺纺织厂家属院停电", "qc", "exact"),
        ("河接社区停电", "hj", "fuzzy"),
        ("河街社区停电", "hj", "exact"),
        ("河街停电", "hj", "alias"),
        ("和街停电", None, None),  # two characters are never guessed
        ("星光小区停电", None, None),
        ("月光小区停电", None, None),
        ("阳光小学停电", None, None),
        ("阳光社区停电", None, None),
        ("阳光，小区停电", None, None),
        ("东方小区停电", None, None),
        ("文明社区停电", None, None),
        ("文化小区停电", None, None),
        ("荷花园停电", None, None),
        ("锦绣公园停电", None, None),
        ("供销大楼停电", None, None),
        ("人民陆军", None, None),
        ("人民路过这里", None, None),
        ("新城门社区停电", None, None),
        ("幸福的小区停电", None, None),
    ],
)
def test_one_mistake_is_understood_and_another_name_is_none(
    reader: Reader, text: str, code: str | None, how: str | None
) -> None:
    found = TOWN.look(text, reader.segmenter.frequency)
    if how is None:
        assert found.code is None
        assert found.between == ((code,) if code else ())
    else:
        assert (found.code, found.how) == (code, how)


def test_a_number_of_a_grid_is_never_a_mistake(reader: Reader) -> None:
    assert TOWN.look("河街第八网格停电", reader.segmenter.frequency).code == "hj"  # the community, by its short name


@pytest.mark.parametrize(
    ("text", "home", "code"),
    [
        ("河街社区的阳先小区停电", None, "hj"),  # the community speaks for it
        ("阳先小区停电", None, None),
        ("阳先小区停电", "hj", "hj"),  # … or the home does
        ("阳先小区停电", "hj-3", "hj"),
        ("阳先小区停电", "qc", "qc"),  # elsewhere nothing does, and home is home
    ],
)
def test_what_is_misspelt_beyond_doubt_counts_where_something_speaks_for_it(
    reader: Reader, text: str, home: str | None, code: str | None
) -> None:
    assert TOWN.look(text, reader.segmenter.frequency, home).code == code


# --- any name, any mistake

LONG = ("山水人家花园", "滨江春晓小区", "玉泉河畔家园", "化肥厂家属院", "青草坪社区")
HAN = st.sampled_from("".join(chr(code) for code in range(0x5200, 0x9000, 7)))
APART = set(
    "一二三四五六七八九十百零东南西北中上下左右前后新老旧大小甲乙丙丁的了在是和我你他她它们这那有就也都不没把被给跟与及或"
)


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(LONG))
    at = draw(st.integers(0, len(name) - 1))
    kind = draw(st.sampled_from(("wrong", "missing", "doubled", "swapped")))
    if kind == "wrong":
        return name, name[:at] + draw(HAN.filter(lambda char: char not in APART and char != name[at])) + name[at + 1 :]
    if kind == "missing":
        return name, name[:at] + name[at + 1 :]
    if kind == "doubled":
        return name, name[: at + 1] + name[at:]
    at = min(at, len(name) - 2)
    return name, name[:at] + name[at + 1] + name[at] + name[at + 2 :]


@given(misspelt(), st.sampled_from(("", "我家在", "昨天,")), st.sampled_from(("", ",路灯坏了", " 3栋")))
def test_a_name_with_one_mistake_is_found_where_it_stands(pair: tuple[str, str], before: str, after: str) -> None:
    name, written = pair
    places = Places([PlaceName("c", "某某社区"), *(PlaceName(f"c-{n}", one, level="estate") for n, one in enumerate(LONG))])
    text = before + written + after
    (mention,) = places.look(text).mentions
    assert mention.areas == (f"c-{LONG.index(name)}",)
    assert mention.name == name
    assert text[mention.start : mention.end] == mention.words
    assert len(before) - 1 <= mention.start
    assert mention.end <= len(before + written) + 1


@given(st.text(HAN, max_size=80))
def test_characters_at_random_name_nothing(text: str) -> None:
    assert TOWN.look(text).mentions == ()


@given(st.text(), st.sampled_from(("河街社区", "锦绣花园", "杨光小区", "解方路", "彬江苑")), st.text())
def test_offsets_are_those_of_the_text(before: str, name: str, after: str) -> None:
    text = f"{before},{name},{after}"
    for mention in TOWN.look(text).mentions:
        assert text[mention.start : mention.end] == mention.words
