"""The table of parameters is the published one of Bot API 10.1: nothing missing, nothing invented, nothing wrongly required."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.methods import METHODS
from sandbox.parameters import PARAMETERS, REQUIRED, read, unknown
from sandbox.updates import KINDS

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "data" / "bot_api_10_1.json"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    if not PUBLISHED.exists():
        pytest.skip("the published Bot API 10.1 is not beside this checkout (shared/data/bot_api_10_1.json)")
    data: dict[str, Any] = json.loads(PUBLISHED.read_text())
    return data


@pytest.mark.parametrize("method", METHODS)
def test_parameters_are_the_published_ones(published: dict[str, Any], method: str) -> None:
    fields = published["methods"][method].get("fields") or []
    expected = {field["name"]: (frozenset(field["types"]), field["required"]) for field in fields}
    ours = {name: (frozenset(parameter.types), parameter.required) for name, parameter in PARAMETERS[method].items()}
    assert ours == expected


@pytest.mark.parametrize("method", METHODS)
def test_no_published_parameter_is_flagged_as_unknown(published: dict[str, Any], method: str) -> None:
    fields = published["methods"][method].get("fields") or []
    assert unknown(method, {field["name"]: "x" for field in fields}) == []
    assert unknown(method, {"invented": "x"}) == ["invented"]
    assert set(REQUIRED[method]) == {field["name"] for field in fields if field["required"]}


def test_kinds_of_updates_are_the_published_ones(published: dict[str, Any]) -> None:
    fields = {field["name"] for field in published["types"]["Update"]["fields"]}
    assert fields - {"update_id"} == KINDS


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({"chat_id": "5", "text": "x"}, {"chat_id": 5, "text": "x"}),
        ({"chat_id": "-1005", "text": 7}, {"chat_id": -1005, "text": "7"}),
        ({"chat_id": "@name", "text": "x"}, {"chat_id": "@name", "text": "x"}),
        ({"chat_id": 5, "text": "x", "protect_content": "True"}, {"chat_id": 5, "text": "x", "protect_content": True}),
        ({"chat_id": 5, "text": "x", "protect_content": 0}, {"chat_id": 5, "text": "x", "protect_content": False}),
        ({"chat_id": 5, "text": "x", "parse_mode": None}, {"chat_id": 5, "text": "x"}),
        ({"chat_id": 5, "text": "x", "parse_mode": ""}, {"chat_id": 5, "text": "x"}),
        ({"chat_id": 5, "text": "x", "entities": "[]"}, {"chat_id": 5, "text": "x", "entities": []}),
    ],
)
def test_values_are_the_same_in_every_dress(given: dict[str, Any], typed: dict[str, Any]) -> None:
    assert read("sendMessage", given) == (typed, [])
