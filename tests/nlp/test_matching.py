"""Patterns of words are found without being spelled out, as if they were."""

import pytest

from nlp.matching import Hit, PatternFinder, PhraseFinder, spelled_out

NAMES = {"child": ["孩子", "娃"], "hole": ["河", "水库"]}
PATTERNS = [
    "着火",
    "<child>…(掉|滑)(进|到)<hole>里?",
    "被(车|…车)撞了?",
    "(拿|提)着?刀…(砍|追)…人",
]
TEXTS = [
    "娃掉进水库里，孩子滑到河里",
    "孩子不哭。掉进河里",  # another sentence
    "孩子" + "好" * 13 + "掉进河",  # out of reach
    "他被一辆黑车撞了，又被车撞",
    "拿刀砍了两个人，提着刀追人",
    "着火着火",
    "掉进河里的孩子",  # the other way round
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_pattern_is_found_where_one_of_its_phrases_is(text: str) -> None:
    phrases = [phrase for pattern in PATTERNS for phrase in spelled_out(pattern, NAMES)]
    spelled = {(start, end) for start, end, _ in PhraseFinder(phrases).find(text)}
    assert {(hit.start, hit.end) for hit in PatternFinder(((pattern, 0) for pattern in PATTERNS), NAMES).find(text)} == spelled


def test_a_hit_says_where_its_parts_are_and_what_it_means() -> None:
    finder = PatternFinder([("<child>…(掉|滑)进<hole>", "rescue")], NAMES)
    assert list(finder.find("我家娃昨天掉进水库")) == [Hit(start=2, end=9, head_end=3, last=5, meaning="rescue")]
