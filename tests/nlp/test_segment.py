import logging

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.segment import Segmenter

WORDS = ("独居老人", "微心愿", "狮头柑")


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(WORDS)


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in sorted(WORDS):
        tokenizer.add_word(word)
    return tokenizer


def test_our_own_words_stay_whole(segmenter: Segmenter) -> None:
    assert segmenter.words("点亮独居老人的微心愿") == [(0, "点亮"), (2, "独居老人"), (6, "的"), (7, "微心愿")]


def test_our_words_do_not_reach_the_shared_dictionary(segmenter: Segmenter) -> None:
    assert "微心愿" not in jieba.dt.FREQ


CHINESE = st.text(
    st.sampled_from("我们这个社区里的老人和孩子都盼着修好路灯水管停电物业不管独居微心愿县城关镇垃圾 ，。！abC12+-."),
    max_size=60,
)


@given(st.one_of(CHINESE, st.text(max_size=60)))
@settings(max_examples=120, deadline=None)
def test_the_words_are_those_of_jieba(segmenter: Segmenter, reference: jieba.Tokenizer, text: str) -> None:
    spoken = "".join(word for _, word in segmenter.words(text))
    theirs = [word for word in reference.cut(text, HMM=False) if word.strip()]
    ours = [word for _, word in segmenter.words(text)]
    assert ours == [word for word in theirs if word[0] in spoken][: len(ours)]
    assert all(text.startswith(word, offset) for offset, word in segmenter.words(text))


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    Segmenter().words("城关镇")
    assert capfd.readouterr() == ("", "")
