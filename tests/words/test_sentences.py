"""The locale files say the same things in both languages, and the code asks only for what they have."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, Placeable, VariableReference

from nlp.emergency import NUMBERS
from rules import errors
from rules.lifecycle import ClaimState, Event, Kind, State
from words import sentences
from words.facts import CLOSE_REASONS, REJECT_REASONS

ROOT = Path(__file__).parents[2]


def variables(locale: str) -> dict[str, set[str]]:
    resource = FluentParser().parse((ROOT / "words" / "locales" / f"{locale}.ftl").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for entry in resource.body:
        assert type(entry).__name__ != "Junk", entry
        if isinstance(entry, Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice"
            found[entry.id.name] = {
                element.expression.id.name
                for element in entry.value.elements
                if isinstance(element, Placeable) and isinstance(element.expression, VariableReference)
            }
    return found


def test_both_languages_have_the_same_sentences() -> None:
    assert variables("zh").keys() == variables("en").keys()


def test_both_languages_fill_the_same_values_or_fewer() -> None:
    zh, en = variables("zh"), variables("en")
    assert {key: en[key] ^ zh[key] for key in zh if en[key] != zh[key]} == {}


def test_every_key_that_the_code_names_exists() -> None:
    known = variables("zh").keys()
    named = set()
    for room in ("words", "actions", "handlers", "bot"):
        for path in (ROOT / room).rglob("*.py"):
            named |= set(re.findall(r"(?:say|plain)\(\s*[\w.]+,\s*\"([a-z][a-z-]*)\"", path.read_text(encoding="utf-8")))
    assert named - known == set()
    assert len(named) > 100


@pytest.mark.parametrize("locale", sentences.LOCALES)
def test_every_enum_has_its_words(locale: str) -> None:
    keys = [f"kind-{kind}" for kind in Kind]
    keys += [f"state-{state}" for state in State]
    keys += [f"event-{event}" for event in Event]
    keys += [f"group-{state}" for state in State]
    keys += [f"author-{state}" for state in State if state is not State.DRAFT]
    keys += [f"alarm-{state}" for state in State]
    keys += [f"helper-{state}" for state in ClaimState]
    keys += [f"reason-{reason}" for reason in (*REJECT_REASONS, *CLOSE_REASONS)]
    keys += [f"emergency-{what}" for what in (*NUMBERS, "other")] + [f"emergency-name-{what}" for what in (*NUMBERS, "other")]
    assert [key for key in keys if not sentences.has(locale, key)] == []


@pytest.mark.parametrize("locale", sentences.LOCALES)
def test_every_refusal_has_its_sentence(locale: str) -> None:
    def tree(kind: type[errors.Refusal]) -> set[type[errors.Refusal]]:
        return {kind}.union(*(tree(sub) for sub in kind.__subclasses__()))

    keys = {kind.key for kind in tree(errors.Refusal)} - {"refusal"}
    assert {key for key in keys if not sentences.has(locale, key)} == set()


def test_a_persons_words_are_escaped_and_our_markup_is_not() -> None:
    assert "&lt;b&gt;" in sentences.say("zh", "preview-name", name="<b>王</b>")
    assert sentences.say("zh", "draft-head").startswith("<b>")


def test_numbers_are_not_grouped_and_nothing_is_isolated() -> None:
    assert "12345" in sentences.plain("en", "button-look", id=12345)
    assert "\u2068" not in sentences.plain("zh", "preview-name", name="王阿姨")


def test_an_unknown_sentence_is_our_mistake_and_said_so() -> None:
    with pytest.raises(sentences.UnknownSentence):
        sentences.plain("zh", "no-such-thing")


def test_an_unknown_language_reads_chinese() -> None:
    assert sentences.plain("fr", "language-name") == "中文"
