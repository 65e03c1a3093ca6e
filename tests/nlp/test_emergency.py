"""What must not wait, and what only sounds like it."""

import time
from pathlib import Path

import pytest
import yaml

from nlp.emergency import CATEGORIES, NUMBERS, WORDS, find_emergency, is_doubtful
from nlp.matching import spelled_out
from nlp.normalise import normalise
from nlp.understanding import LONGEST, Reader

LINES = Path(__file__).parent / "emergencies"


def lines(name: str) -> list[tuple[str, str]]:
    """Every line of a file with the heading it stands under."""
    table: dict[str, list[str]] = yaml.safe_load((LINES / name).read_text(encoding="utf-8"))
    return [(line, heading) for heading, under in table.items() for line in under]


CRIES = lines("cries.yaml")
EVERYDAY = lines("everyday.yaml")
BROAD = lines("broad.yaml")
UNREAD = lines("unread.yaml")
DOUBTS = lines("doubts.yaml")
CALM = "calm"
BROAD_HEARD, BROAD_FALSE = 0.97, 3  # share of its cries, number of alarms in its everyday talk
UNREAD_HEARD, UNREAD_FALSE = (
    20,
    1,
)  # what to expect of words that nobody thought of: a third; not to be improved by reading them
DOUBTFUL_EVERYDAY = 5  # of the everyday talk: a homework, a joke, a cat are asked about
NO_DOUBT = [
    "救命恩人找到了，想送锦旗",
    "谢谢你们救命",
    "感谢医生救救了我爸",
    "听说有人喊救命，是真的吗",
    "如果有人要打我怎么办",
    "去年报警了没人管",
    "报警器坏了，要换一个",
    "想请志愿者教老人打110",
    "120元的水费不对",
    "110国道坑坑洼洼",
    "12345打不通",
    "危险的路口没有红绿灯",
    "好怕冷，想要床厚被子",
    "出事了以后才修栏杆，太晚了",
    "快来帮忙包粽子",
    "help me fix my lamp",
    "could you help me",
    "谢谢🔥",
    "👍🔥",
    "希望" + "小区多装几盏路灯，晚上老人走路看不见，" * 5 + "救命",
]
WEIGHED = [
    # a veto holds in its own clause …
    ("如果着火了往哪里跑", None),
    ("如果您在就快来，我家着火了", "fire"),
    ("担心我妈晕倒", None),
    ("我好担心，我妈晕倒了", "medical"),
    # … and what is feared is none once it has happened
    ("怕着火", None),
    ("怕是着火了", "fire"),
    ("煤气可能泄漏", None),
    ("煤气可能泄漏了", "gas"),
    # habit: a complaint, but for whom it is a danger
    ("楼上天天冒黑烟了", None),
    ("他天天打我", "violence"),
    ("我天天都不想活", "suicide"),
    # long ago, lately, now
    ("去年冬天，我们楼着火了", None),
    ("昨天隔壁着火了", None),
    ("昨天修好了插座，今天又着火了", "fire"),
    ("去年孩子走失了", None),
    ("昨天孩子走失了", "lost"),
    # heard of, over, not at all
    ("新闻里说有人跳楼了", None),
    ("听说三楼有人跳楼了，快来", "suicide"),
    ("着火了，已经扑灭了", None),
    ("没着火", None),
    ("我朋友圈里有人说要自杀", "suicide"),
    ("插座短路引起着火", None),
    ("插座短路引起着火了", "fire"),
    # a word within another
    ("曾阿姨晕倒了", "medical"),
    ("奶奶不小心摔了一跤起不来", "medical"),
    ("电视机着火了", "fire"),
    ("电影院着火了", "fire"),
    ("我爸晕倒过去了", "medical"),
    ("我爸晕倒过，想装个呼叫器", None),
    ("阳台上天天有人要跳绳", None),
    ("楼上装修一直砸我家墙", None),
    ("外面有人一直砸我家门", "violence"),
    # to whom it happens
    ("养猪的老王晕倒了", "medical"),
    ("猫晕倒了", None),
    ("快递员晕倒了", "medical"),
    ("孩子的书包不见了", None),
    ("孩子不见了，背着书包", "lost"),
    ("手机着火了", "fire"),
    ("手机掉水里了", None),
    # what the beast does, not what happens to it; a "not" that belongs to the cry
    ("牛把爷爷顶翻了", "medical"),
    ("狗把猫咬伤了", None),
    ("老人三天没吃，起不来", "medical"),
    ("一生火屋里都是烟", None),
    ("婆娘娃子没得气了", "medical"),
    # nothing but a call
    ("救命", "rescue"),
    ("救命！河街社区3号楼", "rescue"),
    ("救命，猫卡在树上", None),
    # spelling, particles, spaces instead of commas
    ("屋里着伙咧", "fire"),
    ("我家 着火了 三楼", "fire"),
    # English words are whole words
    ("I was fired", None),
    ("she is choking", "medical"),
]
LONG = [
    "着火",
    "孩子",
    "孩子到现在没回",
    "救命啊",
    "我在3号楼",
    "拿着刀",
    "如果着火了，",
    "煤气味道大",
    "打打打我",
    "help ",
    " ",
    "。",
    "□",
]


@pytest.mark.parametrize(("text", "kind"), CRIES)
def test_a_cry_for_help_is_heard(text: str, kind: str) -> None:
    assert find_emergency(normalise(text)) in ({kind} if kind in NUMBERS else NUMBERS.keys())


@pytest.mark.parametrize(("text", "why"), EVERYDAY)
def test_everyday_talk_is_no_alarm(text: str, why: str) -> None:
    assert find_emergency(normalise(text)) is None, why


@pytest.mark.parametrize(("text", "why"), DOUBTS)
def test_what_is_said_like_a_cry_is_asked_back(text: str, why: str) -> None:
    assert is_doubtful(normalise(text)), why
    assert find_emergency(normalise(text)) is None


@pytest.mark.parametrize("text", NO_DOUBT)
def test_who_only_speaks_of_it_is_not_asked(text: str) -> None:
    assert not is_doubtful(normalise(text))


def heard_and_false(table: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    alarms = [(text, heading == CALM) for text, heading in table if find_emergency(normalise(text))]
    return [text for text, calm in alarms if not calm], [text for text, calm in alarms if calm]


def test_most_cries_of_all_sorts_are_heard() -> None:
    heard, false = heard_and_false(BROAD)
    assert len(heard) >= BROAD_HEARD * sum(heading != CALM for _, heading in BROAD)
    assert len(false) <= BROAD_FALSE, false


def test_cries_that_the_lists_never_knew_are_counted() -> None:
    heard, false = heard_and_false(UNREAD)
    assert len(heard) >= UNREAD_HEARD
    assert len(false) <= UNREAD_FALSE


def test_no_pattern_is_written_wrongly() -> None:
    """A choice within a choice is not read as one: its signs would be looked for in the text."""
    table = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    names = {name: phrases.split() for name, phrases in table["names"].items()}
    rows = [row for strengths in table["kinds"].values() for some in strengths.values() for row in some]
    rows += [row for some in table["vetoes"].values() for row in some] + table["harmless"]
    parts = {part for row in rows for pattern in row.split() for part in pattern.split("…") if pattern.count("…") < 4}
    whole = {part for part in parts if part.count("(") == part.count(")")}
    assert {word for part in whole for word in spelled_out(part, names) if not word or set(word) & set("()|<>?")} == set()


def test_a_cry_is_never_only_asked_back_and_everyday_talk_hardly_ever() -> None:
    assert [text for text, _ in CRIES if is_doubtful(normalise(text))] == []
    assert sum(is_doubtful(normalise(text)) for text, _ in EVERYDAY) <= DOUBTFUL_EVERYDAY


@pytest.mark.parametrize(("text", "emergency"), WEIGHED)
def test_what_stands_around_it_is_weighed(text: str, emergency: str | None) -> None:
    assert find_emergency(normalise(text)) == emergency


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert {kind for _, kind in CRIES} == {*NUMBERS, "english"}
    assert len(CRIES) >= 150
    assert len(EVERYDAY) >= 250


def test_an_emergency_is_told_at_once(reader: Reader) -> None:
    read = reader.understand("家里煤气泄漏，满屋子味道")
    assert (read.emergency, read.kind, read.urgency) == ("gas", "emergency", "today")


def test_every_emergency_has_a_number_and_a_place_in_the_taxonomy(taxonomy) -> None:
    assert NUMBERS.keys() == CATEGORIES.keys()
    assert all(number.isdigit() for numbers in NUMBERS.values() for number in numbers)
    assert set(CATEGORIES.values()) <= taxonomy.categories.keys()
    assert yaml.safe_load(WORDS.read_text(encoding="utf-8"))["kinds"].keys() == NUMBERS.keys()


def test_a_long_account_of_what_happened_is_no_alarm() -> None:
    story = "我们小区的物业一直不作为，业主多次反映没有结果。" * 10
    assert find_emergency(normalise(story + "保安打人，业主昏迷")) is None
    assert find_emergency(normalise("业主昏迷了！" + story)) == "medical"


@pytest.mark.parametrize("part", LONG)
def test_no_text_takes_long(part: str) -> None:
    text = (part * LONGEST)[:LONGEST]
    begun = time.process_time()
    find_emergency(text)
    is_doubtful(text)
    assert time.process_time() - begun < 0.5  # usually a few thousandths; what grows without bounds takes far longer
