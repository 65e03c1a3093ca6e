"""Matters that many people speak of."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.similar import Matters
from nlp.topics import Said, find_topics, heat
from nlp.understanding import Reader

MONDAY = date(2026, 3, 2)
LIGHTS = ["河街路灯不亮", "河街的路灯坏了，晚上看不见", "河街晚上路灯一盏都不亮", "河街路灯又灭了"]
ELEVATORS = ["苗岭苑3号楼电梯坏了", "苗岭苑3栋电梯又停了", "苗岭苑3号楼电梯故障没人修"]
ALONE = ["想请人陪我说说话", "楼上漏水了", "广场舞太吵", "公交车老不来", "想学用手机"]
TEXTS = [*LIGHTS, *ELEVATORS, *ALONE]


@pytest.fixture(scope="module")
def matters(reader: Reader) -> Matters:
    return reader.matters


def said(texts: list[str], **more: object) -> list[Said]:
    return [Said(str(number), text, MONDAY + timedelta(days=number), **more) for number, text in enumerate(texts)]  # type: ignore[arg-type]


def test_messages_about_the_same_matter_are_one_topic(matters: Matters) -> None:
    found = find_topics(matters, said(TEXTS))
    assert [sorted(topic.ids) for topic in found] == [["0", "1", "2", "3"], ["4", "5", "6"]]
    lights = found[0]
    assert (lights.voices, lights.days, lights.heat) == (4, 4, 8.0)
    assert (lights.first, lights.last) == (MONDAY, MONDAY + timedelta(days=3))
    assert "路灯" in lights.name
    assert "苗岭苑" in found[1].name
    assert found[1].place == "苗岭苑"


def test_heat_grows_with_voices_and_with_days() -> None:
    assert heat(12, 1) == 12.0
    assert heat(12, 9) == 36.0
    assert heat(3, 0) == 3.0  # no dates


def test_who_joined_counts_and_who_writes_twice_is_one_voice(matters: Matters) -> None:
    joined = [Said("a", LIGHTS[0], voices=6, who="王"), Said("b", LIGHTS[1], who="李"), Said("c", LIGHTS[2], who="王")]
    assert (find_topics(matters, joined)[0].voices, find_topics(matters, joined)[0].supporters) == (7, 5)
    assert find_topics(matters, [Said("a", LIGHTS[0], who="王"), Said("b", LIGHTS[1], who="王")]) == []


def test_one_message_that_many_joined_is_a_topic(matters: Matters) -> None:
    (topic,) = find_topics(matters, [Said("a", LIGHTS[0], MONDAY, voices=5), *said(ALONE)], least=3)
    assert (topic.ids, topic.voices, topic.days) == (("a",), 5, 1)
    assert topic.name == "河街 路灯 不亮"


def test_a_thousand_supporters_make_no_word_a_common_one(matters: Matters) -> None:
    liked = [Said("a", LIGHTS[0], MONDAY, voices=2001), *said([*LIGHTS[1:], *ALONE])]
    (topic,) = find_topics(matters, liked, least=3)
    assert (sorted(topic.ids), topic.voices, topic.supporters) == (["0", "1", "2", "a"], 2004, 2000)


def test_the_same_words_in_two_communities_are_two_matters(matters: Matters) -> None:
    here = [Said(f"h{number}", text, place="cg-01") for number, text in enumerate(["路灯不亮", "路灯坏了", "路灯都灭了"])]
    there = [Said(f"t{number}", text, place="cg-02") for number, text in enumerate(["路灯不亮", "路灯坏了", "路灯都灭了"])]
    found = find_topics(matters, [*here, *there])
    assert sorted(sorted(topic.ids) for topic in found) == [["h0", "h1", "h2"], ["t0", "t1", "t2"]]
    assert {topic.area for topic in found} == {"cg-01", "cg-02"}


def test_nothing_is_no_topic(matters: Matters) -> None:
    assert find_topics(matters, []) == []
    assert find_topics(matters, said(["", "", "你好", "你好"])) == []
    assert find_topics(matters, said(ALONE)) == []


def test_a_name_has_no_persons_and_no_numbers(matters: Matters) -> None:
    texts = [
        "我叫张建国，电话13812345678，苗岭苑3号楼402的电梯坏了",
        "张建国让我说一声，苗岭苑3栋电梯又停了，打13812345678",
        "苗岭苑3号楼电梯故障，找张建国13812345678",
    ]
    name = find_topics(matters, said(texts))[0].name
    assert "电梯" in name
    for secret in ("张建国", "建国", "138", "402", "3"):
        assert secret not in name


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(TEXTS))))
def test_the_order_of_the_messages_changes_nothing(matters: Matters, order: list[int]) -> None:
    messages = said(TEXTS)
    assert find_topics(matters, [messages[index] for index in order]) == find_topics(matters, messages)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.sampled_from(TEXTS) | st.text(max_size=30), max_size=20), data=st.data())
def test_no_message_is_in_two_topics_and_none_is_invented(matters: Matters, texts: list[str], data: st.DataObject) -> None:
    found = find_topics(matters, said(texts), most=100)
    ids = [one for topic in found for one in topic.ids]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {str(number) for number in range(len(texts))}
    assert all(topic.heat >= topic.voices >= 2 for topic in found)
