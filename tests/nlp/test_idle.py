"""What asks for nothing is answered kindly; what tells of anything is heard."""

import csv
import json
import time
from pathlib import Path

import pytest
import yaml

from nlp.emergency import find_emergency
from nlp.idle import WORDS, Idle, IdleWordsError, find_idle, find_yes, load
from nlp.normalise import normalise

LINES = Path(__file__).parent / "idle"
EMERGENCIES = Path(__file__).parent / "emergencies"
DATA = Path(__file__).parents[3] / "shared" / "data"


def lines(path: Path) -> list[tuple[str, str]]:
    """Every line of a file with the heading it stands under."""
    table: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(line, heading) for heading, under in table.items() for line in under]


IDLE = lines(LINES / "idle.yaml")
TOLD = lines(LINES / "told.yaml")


@pytest.mark.parametrize(("text", "kind"), IDLE)
def test_what_tells_of_nothing_is_known_for_what_it_is(text: str, kind: str) -> None:
    assert find_idle(normalise(text)) == kind


@pytest.mark.parametrize(("text", "why"), TOLD)
def test_what_tells_of_anything_is_heard(text: str, why: str) -> None:
    assert find_idle(normalise(text)) is None, why


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert {kind for _, kind in IDLE} == set(Idle)
    assert len(TOLD) >= 150
    assert len(IDLE) + len(TOLD) >= 300
    assert len({text for text, _ in IDLE + TOLD}) == len(IDLE) + len(TOLD)


@pytest.mark.parametrize("name", ["cries.yaml", "everyday.yaml"])
def test_no_cry_and_no_everyday_need_is_idle(name: str) -> None:
    polite = {"有人吗", "您好", "谢谢", "好的"}
    assert [text for text, _ in lines(EMERGENCIES / name) if find_idle(normalise(text)) and text not in polite] == []


def test_nothing_that_is_idle_is_an_emergency() -> None:
    assert [text for text, _ in IDLE if find_emergency(normalise(text))] == []


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled files lie beside the tree, not in it")
def test_real_requests_and_petitions_are_all_heard() -> None:
    texts = [json.loads(line)["text"] for line in (DATA / "requests_labelled.jsonl").read_text("utf-8").splitlines()]
    for name in ("petitions_labelled.csv", "petitions_unlabelled.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            texts += [f"{row['title']}\n{row['body']}" for row in csv.DictReader(file)]
    assert len(texts) > 7_000
    assert [text for text in texts if find_idle(normalise(text))] == []


@pytest.mark.parametrize("part", ["你好", "哈", "ai", "a", "谢谢王", "http://a", "a.", "😭", "兼职", " ", "はい", "o", "1 "])
def test_no_text_takes_long(part: str) -> None:
    text = (part * 4096)[:4096]
    begun = time.process_time()
    find_idle(text)
    assert time.process_time() - begun < 0.5  # usually a few thousandths; what grows without bounds takes far longer


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("keys: qwertyuiop", "kees: qwertyuiop"), "words.yaml: keys: is missing\nwords.yaml: kees: is not a known key"),
        (("keys: qwertyuiop", "keys: [qwertyuiop"), "words.yaml: is not YAML"),
        (("  greeting:\n    says: >-", "  greeting:\n    said: >-"), "spoken.greeting.says: is missing"),
        (("links:", "links: none #"), "words.yaml: "),
        (("keys: qwertyuiop", "keys:\n#"), "keys: must be words, separated by spaces"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(change: tuple[str, str], problem: str) -> None:
    text = WORDS.read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(IdleWordsError) as caught:
        load(text.replace(*change), "words.yaml")
    assert all(line in str(caught.value) for line in problem.split("\n"))


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        (True, ["是", "是的！", "嗯", "对对对", "有", "有危险", "快来人", "Yes", "yes please", "是啊，快点"]),
        (False, ["不是", "没有", "没有没有", "没事，谢谢", "不是的，开玩笑的", "No", "nope", "I'm fine", "没有危险"]),
        (
            None,
            [
                "啊",
                "啊啊啊",
                "谢谢",
                "好的",
                "在三楼",
                "是我家",
                "有人在门口",
                "没有电",
                "",
                "👍",
                "？",
                "是不是",
                "no water",
                "不是我",
            ],
        ),
    ],
)
def test_a_yes_is_a_yes_and_nothing_more(answer: bool | None, texts: list[str]) -> None:
    assert {text: find_yes(normalise(text)) for text in texts} == dict.fromkeys(texts, answer)
