import json
import time
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.evaluate import evaluate
from nlp.places import PlaceName, Places
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader, Understanding

KINDS = {"wish", "complaint", "question", "suggestion", "thanks", "emergency"}
PEOPLE = {"elder", "child", "disabled", "family", "public", "self"}


def test_one_message_from_end_to_end(taxonomy: Taxonomy) -> None:
    reader = Reader(taxonomy, Places([PlaceName("610928-1", "文化社区")]))
    read = reader.understand("我叫王桂芳，文化社区3栋2单元401室，厨房水龙头滴水，想请人修一下，电话13812345678")
    assert (read.kind, read.category, read.place, read.emergency) == ("wish", "home_repair", "610928-1", None)
    assert read.public_text == "我叫［姓名］，文化社区［门牌］，厨房水龙头滴水，想请人修一下，电话［电话］"
    assert [span.what for span in read.hidden] == ["name", "door", "phone"]
    assert not read.not_sure


def test_what_is_printed_is_json_with_the_promised_keys(reader: Reader) -> None:
    printed = json.loads(json.dumps(reader.understand("路灯坏了").as_dict, ensure_ascii=False))
    assert list(printed) == [
        *("text", "kind", "urgency", "beneficiary", "category", "confidence", "not_sure", "words", "public_text", "place")
    ]


def test_an_understanding_cannot_be_changed(reader: Reader) -> None:
    read = reader.understand("路灯坏了")
    with pytest.raises(FrozenInstanceError):
        read.kind = "wish"  # type: ignore[misc]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_is_understood_somehow(reader: Reader, taxonomy: Taxonomy, text: str) -> None:
    read = reader.understand(text)
    assert read.text == text
    assert read.kind in KINDS
    assert read.beneficiary in PEOPLE
    assert read.urgency in {"today", "days", "whenever"}
    assert read.category in taxonomy.categories
    assert 0 <= read.confidence <= 1
    assert len(read.choices) == len(set(read.choices)) == 3
    assert read.choices[0] == read.category
    assert len(read.words) <= 6


def test_the_same_text_is_understood_alike_twice(reader: Reader) -> None:
    assert reader.understand("王阿姨想找人聊天") == reader.understand("王阿姨想找人聊天")


def test_another_county_brings_its_own_taxonomy(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    common = "en: X, line: opinion, served_by: unit, review: true, days: 7"
    herding = f"  herding: {{zh: 放牧, {common}, emoji: 🐑, keywords: {{4: 羊群 草场}}}}\n"
    path.write_text(f"categories:\n{herding}  other: {{zh: 其他, {common}, emoji: 📮}}\n", encoding="utf-8")
    reader = Reader(Taxonomy.load(path))
    assert reader.understand("草场的围栏倒了，羊群跑了").category == "herding"
    medical = reader.understand("王大爷晕倒了")  # an emergency whose category this county does not have
    assert (medical.emergency, medical.category, set(medical.choices)) == ("medical", "other", {"other", "herding"})


def test_evaluation_counts_the_second_answer_as_right(reader: Reader) -> None:
    rows = [
        {"text": "厨房水龙头滴水", "category": "home_repair", "alt_category": None},
        {"text": "巷子里的路灯不亮", "category": "public_safety", "alt_category": "facilities"},
        {"text": "养老金怎么认证", "category": "other", "alt_category": ""},
        {"text": "乱七八糟", "category": "other"},
    ]
    found = evaluate(reader, rows)
    assert (found["n"], found["accuracy"]) == (4, 0.75)
    assert found["per_category"]["home_repair"]["f1"] == 1.0
    assert found["per_category"]["other"]["recall"] == 0.5
    assert 0 < found["macro_f1"] < 1
    assert found["texts_per_second"] > 0


def test_evaluation_joins_columns_and_takes_a_taxonomy(taxonomy: Taxonomy) -> None:
    rows = [{"title": "关于公交的事", "body": "三路车太少", "label": "traffic"}]
    assert evaluate(taxonomy, rows, text=("title", "body"), label="label", alt=None)["accuracy"] == 1.0
    assert evaluate(taxonomy, [])["n"] == 0


def test_understanding_is_plain_data() -> None:
    assert Understanding.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "piece", ["1", "一", "1-", "a.", "1栋", "微信: ", "姓名: ", "王小", "1.", "老人", "水淹", "@a", "三栋2单元"]
)
def test_no_text_of_telegrams_length_takes_long(reader: Reader, piece: str) -> None:
    text = (piece * 4096)[:4096]
    begun = time.process_time()
    reader.understand(text)
    assert time.process_time() - begun < 0.5
