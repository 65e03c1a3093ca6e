"""Learning: pulled toward the taxonomy when there is little to learn from, and away from it by much."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.classify import Classifier
from nlp.evaluate import Columns, cross_validate, evaluate_rows, train
from nlp.learned import Learned, UnusableModel
from nlp.learning import Lesson, folds, learn
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader

STREETS = ["东街", "西街", "南街", "北街", "河街", "桥头", "老城", "新城", "车站", "码头"]


def _ten() -> list[tuple[str, str]]:
    """What ten admins corrected: in this town the stalls of the morning market are a matter of order, not of dirt."""
    return [(f"{street}早市的摊贩又摆到路中间了", "public_safety") for street in STREETS]


@pytest.fixture(scope="module")
def ten(taxonomy: Taxonomy, reader: Reader) -> Learned:
    return learn(taxonomy, _ten(), reader.segmenter)


def test_ten_corrections_help(reader: Reader, ten: Learned) -> None:
    text = "河边早市的摊贩又摆到路中间"
    assert reader.understand(text).category == "sanitation"
    assert reader.taught(ten).understand(text).category == "public_safety"


def test_ten_corrections_leave_everything_else_alone(reader: Reader, ten: Learned) -> None:
    taught = reader.taught(ten)
    for text in (
        "厨房水龙头滴水，关不紧",
        "孩子今年上一年级，划片是哪所小学",
        "三路公交车半小时才来一趟",
        "垃圾桶满了没人清运",
    ):
        assert taught.understand(text).category == reader.understand(text).category


def test_one_correction_does_not_overrule_a_sure_answer(taxonomy: Taxonomy, reader: Reader) -> None:
    once = learn(taxonomy, [("厨房水龙头滴水", "consumer")], reader.segmenter)
    assert reader.taught(once).understand("卫生间的水龙头漏水").category == "home_repair"


def test_a_thousand_have_the_say(taxonomy: Taxonomy, reader: Reader) -> None:
    """Here every tap is the landlord's: whatever the taxonomy says of taps, it is housing."""
    thousand = [(f"{street}{number}号水龙头坏了，滴水", "housing") for number in range(100) for street in STREETS]
    taught = reader.taught(learn(taxonomy, thousand, reader.segmenter))
    assert taught.understand("厨房水龙头坏了，一直滴水").category == "housing"


def test_words_that_the_taxonomy_lacks_are_learned_when_two_texts_have_them(taxonomy: Taxonomy, reader: Reader) -> None:
    rows = [("狮头柑今年滞销", "suggestions"), ("狮头柑没有销路", "suggestions"), ("独一份的拐枣", "suggestions")]
    learned = learn(taxonomy, rows, reader.segmenter)
    assert any("狮头" in word for word in learned.grown)
    assert not any("拐枣" in word for word in learned.grown)
    assert reader.taught(learned).understand("狮头柑").category == "suggestions"


def test_nothing_is_learned_from_nothing_and_from_unknown_answers(taxonomy: Taxonomy, reader: Reader) -> None:
    assert learn(taxonomy, [], reader.segmenter) == Learned()
    assert learn(taxonomy, [("水管漏水", "no_such_category")], reader.segmenter) == Learned()


def test_learning_twice_gives_the_same(taxonomy: Taxonomy, reader: Reader, ten: Learned) -> None:
    assert learn(taxonomy, _ten(), reader.segmenter).to_json() == ten.to_json()


def test_a_model_comes_back_from_its_json(reader: Reader, ten: Learned) -> None:
    again = Learned.from_json(ten.to_json())
    assert again == ten
    assert reader.taught(again).understand("早市的摊贩") == reader.taught(ten).understand("早市的摊贩")
    assert len(ten.to_json()) < 20_000


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{}", '{"version": 2}', '{"version": 1, "moved": 3, "grown": {}, "sharpness": null}'),
        '{"version": 1, "moved": {"水": {"errands": NaN}}, "grown": {}, "sharpness": null, "sure": null, "texts": 1}',
        '{"version": 1, "moved": {"水": {"errands": "much"}}, "grown": {}, "sharpness": null, "sure": null, "texts": 1}',
    ],
)
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(UnusableModel):
        Learned.from_json(text)


def test_a_model_of_another_taxonomy_does_no_harm(reader: Reader, taxonomy: Taxonomy) -> None:
    other = Learned({"水龙头": {"gone": 5.0}}, {"新词": {"gone": 5.0}})
    assert reader.taught(other).understand("水龙头漏水").category == "home_repair"


weights = st.dictionaries(
    st.text(min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(["errands", "health", "gone"]), st.floats(-9, 9)),
    max_size=5,
)


@given(weights, weights, st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_whatever_was_learned_an_answer_comes(taxonomy: Taxonomy, moved: dict, grown: dict, text: str) -> None:
    learned = Learned.from_json(Learned(moved, grown).to_json())
    verdict = Classifier(taxonomy, learned).classify(text, list(enumerate(text)))
    assert 0.0 <= verdict.confidence <= 1.0
    assert verdict.category in taxonomy.categories


@given(st.lists(st.sampled_from("abc"), max_size=60), st.integers(2, 7))
def test_every_answer_is_spread_over_all_parts(answers: list[str], parts: int) -> None:
    part_of = folds(answers, parts)
    assert len(part_of) == len(answers)
    for answer in set(answers):
        sizes = [sum(its == part for one, its in zip(answers, part_of, strict=True) if one == answer) for part in range(parts)]
        assert max(sizes) - min(sizes) <= 1


def test_held_back_texts_choose_the_pull_and_the_confidence(taxonomy: Taxonomy, reader: Reader) -> None:
    rows = [(f"{street}的路灯坏了", "facilities") for street in STREETS] * 4 + [
        (f"{street}的垃圾", "sanitation") for street in STREETS
    ] * 3
    learned = Lesson(taxonomy, reader.segmenter, rows).learn()
    assert learned.texts == 70
    assert learned.sharpness
    assert learned.sure


ROWS = [{"t": f"{street}的路灯坏了", "label": "市政设施"} for street in STREETS] + [
    {"t": f"{street}垃圾没人收", "label": "sanitation"} for street in STREETS
]


def test_labels_are_codes_or_chinese_names(taxonomy: Taxonomy) -> None:
    found = evaluate_rows(taxonomy, ROWS, Columns(("t",), "label", None))
    assert found["accuracy"] == 1.0
    assert found["per_category"].keys() == {"facilities", "sanitation"}
    assert "unknown_labels" not in found


def test_a_label_that_nobody_knows_is_told_and_counts_as_wrong(taxonomy: Taxonomy) -> None:
    found = evaluate_rows(taxonomy, [*ROWS, {"t": "路灯", "label": "月球"}], Columns(("t",), "label", None))
    assert found["unknown_labels"] == ["月球"]
    assert found["accuracy"] < 1.0


def test_parts_are_read_by_readers_that_never_saw_them(taxonomy: Taxonomy) -> None:
    """The label says the opposite of the words, in one row each: whoever saw the row would answer it."""
    rows = [{"t": "水龙头漏水", "label": "errands"}, *ROWS]
    found = cross_validate(taxonomy, rows, Columns(("t",), "label", None), 5)
    assert found["folds"] == 5
    assert found["n"] == len(rows)
    assert found["per_category"]["errands"]["recall"] == 0.0


def test_learning_from_a_file_changes_the_answers(taxonomy: Taxonomy) -> None:
    rows = [{"text": text, "category": code} for text, code in _ten()]
    columns = Columns()
    found = evaluate_rows(taxonomy, rows, columns, train(taxonomy, rows, columns))
    assert found["accuracy"] == 1.0
    assert found["learned_from"] == 10


def test_reading_a_message_needs_no_scipy() -> None:
    code = (
        "import sys; sys.modules['scipy'] = sys.modules['numpy'] = None\n"
        "from nlp.understanding import Reader, Taxonomy\n"
        "from nlp.learned import Learned\n"
        "import json\n"
        "reader = Reader(Taxonomy.default(), learned=Learned({'路灯': {'facilities': 1.0}}, {'拐枣': {'suggestions': 2.0}}))\n"
        "print(json.dumps(reader.understand('路灯坏了').as_dict))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["category"] == "facilities"
