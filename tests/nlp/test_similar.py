"""Whether two messages are about the same matter."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.similar import LIKE, Matters, compare, nearest
from nlp.understanding import Reader

PAIRS = Path(__file__).parent / "pairs"
WORDS = ["3号楼", "电梯", "坏了", "路灯", "不亮", "停水", "垃圾", "没人收", "广场舞", "吵", "人民路"]
WORDS += ["101路公交", "希望", "你好", "的", "ktv", "苗岭苑", "，。\n", "A7区", "我家"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).map("".join) | st.text(max_size=60)


def pairs(name: str) -> list[tuple[bool, str, str]]:
    lines = (PAIRS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    marked = [(line[0] == "=", *line[1:].split("|")) for line in lines if line[:1] in ("=", "!")]
    return [(same, one.strip(), other.strip()) for same, one, other in marked]


@pytest.fixture(scope="module")
def matters(reader: Reader) -> Matters:
    return reader.matters


def shares(matters: Matters, name: str) -> tuple[float, float]:
    """Of the pairs of a file: how many that are one matter are found, how many that are not are taken for one."""
    scored = [(same, compare(matters.of(one), matters.of(other)).score >= LIKE) for same, one, other in pairs(name)]
    found = [like for same, like in scored if same]
    wrong = [like for same, like in scored if not same]
    return sum(found) / len(found), sum(wrong) / len(wrong)


def test_pairs_that_it_was_tuned_on(matters: Matters) -> None:
    found, wrong = shares(matters, "tuned")
    assert found >= 0.93
    assert wrong <= 0.08


def test_pairs_that_nobody_tuned_on(matters: Matters) -> None:
    found, wrong = shares(matters, "unseen")
    assert found >= 0.6
    assert wrong <= 0.17


def test_there_are_enough_pairs() -> None:
    assert len(pairs("tuned")) + len(pairs("unseen")) >= 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3号楼电梯坏了", "3号楼楼道灯坏了"),  # the same words, another thing
        ("3号楼电梯坏了", "5号楼电梯坏了"),  # the same thing in another house
        ("三号楼电梯坏了", "13号楼电梯坏了"),
        ("人民路路灯不亮", "解放路路灯不亮"),
        ("101路公交车老不来", "11路公交车老不来"),
        ("停水两天了", "停电两天了"),
        ("", ""),  # nothing was said
        ("你好", "你好"),  # … that is of any matter
    ],
)
def test_other_matters(matters: Matters, one: str, other: str) -> None:
    assert compare(matters.of(one), matters.of(other)).score < LIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3号楼电梯坏了", "3栋的电梯又停了，老人上不去"),
        ("三号楼的電梯壞了", "3号楼电梯坏了"),  # another script
        ("路灯不亮", "路灯坏了，晚上看不见"),
        ("河街路灯不亮", "路灯不亮，摔了一跤"),  # one names the street, the other does not
    ],
)
def test_the_same_matter(matters: Matters, one: str, other: str) -> None:
    assert compare(matters.of(one), matters.of(other)).score >= LIKE


def test_the_same_words_in_two_communities(matters: Matters) -> None:
    here, there = (matters.of("路灯不亮", place=place) for place in ("cg-01", "cg-02"))
    assert compare(here, there).score < LIKE
    assert compare(here, matters.of("路灯坏了", place="cg-01")).score >= LIKE


def test_another_category_is_a_doubt(matters: Matters) -> None:
    plain = compare(matters.of("电梯坏了", category="property"), matters.of("电梯故障", category="property")).score
    assert compare(matters.of("电梯坏了", category="property"), matters.of("电梯故障", category="facilities")).score < plain


def test_the_shared_words_are_told_the_heaviest_first(matters: Matters) -> None:
    alike = compare(matters.of("电梯坏了三天没人修"), matters.of("我们楼电梯故障好几天了"))
    assert alike.words[:2] == ("电梯", "坏了")


def test_the_nearest_are_found_and_the_first_of_equals_stays_first(matters: Matters) -> None:
    others = [
        (key, matters.of(text)) for key, text in enumerate(["垃圾没人收", "路灯不亮", "路灯坏了", "楼上漏水", "路灯不亮"])
    ]
    found = nearest(matters.of("路灯不亮了"), others)
    assert [key for key, _ in found] == [1, 2, 4]
    assert nearest(matters.of("路灯不亮了"), others, most=1)[0][0] == 1
    assert nearest(matters.of(""), others) == []


@settings(max_examples=200, deadline=None)
@given(one=TEXTS, other=TEXTS)
def test_alike_is_the_same_both_ways_and_from_nought_to_one(matters: Matters, one: str, other: str) -> None:
    there, back = compare(matters.of(one), matters.of(other)), compare(matters.of(other), matters.of(one))
    assert there == back
    assert 0.0 <= there.score <= 1.0


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_a_text_that_says_anything_is_like_itself(matters: Matters, text: str) -> None:
    matter = matters.of(text)
    assert compare(matter, matter).score == (1.0 if matter.weights else 0.0)


def test_a_very_long_text_is_read_to_its_limit(matters: Matters) -> None:
    assert compare(matters.of("路灯不亮。" + "啰嗦" * 5000), matters.of("路灯坏了")).score > 0
