"""How strongly a word counts where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from nlp.classify import pairs, parts
from nlp.strengths import BODY, TAIL, strengths, title_end


def test_a_short_first_line_is_the_title() -> None:
    assert title_end("路灯坏了\n我们这条街……") == 4


def test_a_short_first_sentence_is_the_title() -> None:
    assert title_end("路灯坏了。我们这条街……" + "很" * 80) == 4


def test_a_short_text_is_all_title_and_a_long_one_without_a_stop_has_an_opening() -> None:
    assert title_end("路灯坏了") == 4
    assert title_end("路" * 200) == 40


def test_the_body_counts_less_and_its_end_least() -> None:
    text = "题目\n" + "字" * 500
    found = strengths(text, [(0, "题"), (4, "头"), (60, "中"), (500, "尾")])
    assert found["题"] == 1.0
    assert found["题"] > found["头"] > found["中"] > found["尾"]
    assert found["尾"] == BODY * TAIL


def test_a_word_said_again_counts_less_each_time() -> None:
    found = strengths("一句话很短", [(0, "水"), (1, "水"), (2, "水")])
    assert found["水"] == 1 + 1 / 4 + 1 / 9


def test_the_same_word_at_the_same_place_counts_once() -> None:
    assert strengths("水", [(0, "水"), (0, "水")]) == {"水": 1.0}


def test_parts_of_long_unknown_words_are_found_at_their_place() -> None:
    assert parts([(3, "垃圾清运车"), (9, "垃圾")], {"垃圾", "清运"}) == [(3, "垃圾"), (5, "清运")]
    assert parts([(0, "垃圾车")], {"垃圾", "垃圾车"}) == []


def test_pairs_are_neighbours() -> None:
    assert pairs([(0, "路灯"), (2, "坏"), (3, "了")]) == [(0, "路灯 坏"), (2, "坏 了")]


@given(st.text(alphabet="路灯坏\n。，水", max_size=200), st.data())
def test_strengths_are_positive_and_bounded(text: str, data: st.DataObject) -> None:
    hits = data.draw(st.lists(st.tuples(st.integers(0, max(0, len(text) - 1)), st.sampled_from("路灯坏水"))))
    assert all(0 < strength < 1.7 for strength in strengths(text, hits).values())
