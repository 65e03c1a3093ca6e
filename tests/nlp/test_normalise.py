import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import CHARACTERS, normalise


@given(st.text())
def test_one_character_stays_one_character(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_traditional_becomes_simplified() -> None:
    assert normalise("請問奶奶的輪椅壞了怎麼辦，發現頭髮與麵包") == "请问奶奶的轮椅坏了怎么办,发现头发与面包"


def test_full_width_becomes_half_width_and_capitals_small() -> None:
    assert normalise("ＷｉＦｉ　１２３！") == "wifi 123!"


def test_the_table_has_the_common_characters_and_leaves_simplified_ones_alone() -> None:
    assert len(CHARACTERS) > 2000
    for traditional, simplified in CHARACTERS.items():
        assert unicodedata.name(traditional).startswith("CJK")
        assert simplified not in CHARACTERS
        simplified.encode("gbk")
    simple = "我们这个社区里的老人和孩子都盼着修好这条路，谢谢志愿者"
    assert normalise(simple).replace(",", "，") == simple
