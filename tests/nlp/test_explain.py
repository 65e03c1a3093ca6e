"""`wishlight explain`: everything that decided, for people and for scripts."""

from nlp.explain import explain, readable
from nlp.places import PlaceName, Places
from nlp.understanding import Reader

TEXT = "１３８１２３４５６７８，王阿姨家厨房水龍頭漏水"


def test_tokens_are_pieces_of_the_text_at_their_offsets(reader: Reader) -> None:
    tokens = explain(reader, TEXT)["tokens"]
    assert {"at": 18, "word": "水龍頭"} in tokens
    assert all(TEXT[token["at"] :].startswith(token["word"]) for token in tokens)


def test_scores_name_the_words_that_made_them_and_agree_with_the_answer(reader: Reader) -> None:
    found = explain(reader, TEXT)
    best = found["scores"][0]
    assert best["category"] == found["category"] == "home_repair"
    assert round(best["probability"], 2) == round(found["confidence"], 2)
    assert best["words"][0][0] in {"水龙头", "漏水"}
    assert [score["score"] for score in found["scores"]] == sorted((score["score"] for score in found["scores"]), reverse=True)


def test_what_is_hidden_is_told_with_its_reason(reader: Reader) -> None:
    assert explain(reader, TEXT)["hidden"][0] == {"at": 0, "words": "１３８１２３４５６７８", "why": "phone"}


def test_a_person_can_read_it(reader: Reader) -> None:
    names = {code: category.zh for code, category in reader.taxonomy.categories.items()}
    said = readable(explain(reader, TEXT), names)
    for piece in ("home_repair 便民维修", "水龙头+", "kind: ", "urgency: ", "beneficiary: ", "phone", "place: none named"):
        assert piece in said
    assert readable(explain(reader, "……"), names)


def test_the_words_that_made_the_place_are_told(reader: Reader) -> None:
    names = {code: category.zh for code, category in reader.taxonomy.categories.items()}
    places = [
        PlaceName("c1", "河街社区"),
        PlaceName("c2", "菜湾社区"),
        PlaceName("c1", "沿江小区", ("老纺织厂家属院",), level="estate"),
    ]
    town = Reader(reader.taxonomy, Places(places))
    text = "我住菜湾社區，但老纺织厂家属远的楼道灯坏了"
    found = explain(town, text)["where"]
    assert (found["area"], found["how"]) == ("c1", "fuzzy")
    assert [(one["words"], one["name"], one["how"], one["said"]) for one in found["mentions"]] == [
        ("菜湾社區", "菜湾社区", "exact", "home"),
        ("老纺织厂家属远", "沿江小区", "fuzzy", "at"),
        ("楼道", "楼道", "relative", None),
    ]
    assert all(text[one["at"] :].startswith(one["words"]) for one in found["mentions"])
    said = readable(explain(town, text), names)
    assert "place: c1 (fuzzy)" in said
    assert "老纺织厂家属远@8 = 沿江小区 (fuzzy estate) in c1: the trouble is there" in said
    assert "place: not decided between c1, c2" in readable(explain(town, "河街社区和菜湾社区都停水"), names)
    assert "place: the sender's home" in readable(explain(town, "我们小区停水"), names)


def test_what_is_answered_and_not_filed_says_so(reader: Reader) -> None:
    names = {code: category.zh for code, category in reader.taxonomy.categories.items()}
    told = {text: readable(explain(reader, text), names) for text in ("您好", "救命，猫卡在树上", "救命", TEXT)}
    assert "idle: greeting" in told["您好"]
    assert "asked back" in told["救命，猫卡在树上"]
    assert not any("idle" in said or "asked back" in said for said in (told["救命"], told[TEXT]))
