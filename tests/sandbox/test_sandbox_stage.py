"""What a stage may say."""

from typing import Any

import pytest

from sandbox import stage
from sandbox.client import SandboxClient
from sandbox.errors import BadClientRequest

STEP = {"title": {"zh": "一"}, "text": {"zh": "说"}, "person": 1, "chat": None, "actions": []}


def test_an_empty_stage_is_whole() -> None:
    assert stage.empty() | {"id": ""} == {"id": "", "title": "", "zone": "Asia/Shanghai", "windows": [], "tour": []}


def test_every_stage_has_an_id_of_its_own() -> None:
    assert stage.empty()["id"] != stage.empty()["id"]


def test_what_is_understood_is_kept_and_nothing_else() -> None:
    step = {
        **STEP,
        "nonsense": 1,
        "actions": [
            {"person": 1, "chat": -5, "say": "您好", "nonsense": 1},
            {"person": 1, "press": "提交", "label": {"en": "Hand in"}},
            {"advance": 60},
            {"to": "18:01"},
        ],
        "done": {"person": 1, "chat": None, "says": r"好\d"},
    }
    read = stage.read({"title": "镇", "zone": "Europe/Paris", "windows": [{"person": 1, "x": 2}], "tour": [step], "x": 1})
    assert read["title"] == "镇"
    assert read["zone"] == "Europe/Paris"
    assert read["windows"] == [{"person": 1, "chat": None}]
    assert read["tour"] == [
        {
            **STEP,
            "actions": [
                {"person": 1, "chat": -5, "say": "您好"},
                {"person": 1, "chat": None, "press": "提交", "label": {"en": "Hand in"}},
                {"advance": 60},
                {"to": "18:01"},
            ],
            "done": {"person": 1, "chat": None, "says": r"好\d"},
        }
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": 1},
        {"title": "长" * 2001},
        {"zone": "Nowhere/City"},
        {"zone": "../etc/passwd"},
        {"zone": 8},
        {"windows": {}},
        {"windows": [{"person": 1}] * 13},
        {"windows": [1]},
        {"windows": [{"person": "1"}]},
        {"windows": [{"person": True}]},
        {"windows": [{"person": 1, "chat": "x"}]},
        {"tour": "x"},
        {"tour": [STEP] * 31},
        {"tour": [1]},
        {"tour": [{**STEP, "title": "一"}]},
        {"tour": [{**STEP, "title": {"zh": 1}}]},
        {"tour": [{**STEP, "actions": {}}]},
        {"tour": [{**STEP, "actions": [{"advance": 1}] * 13}]},
        {"tour": [{**STEP, "actions": [{}]}]},
        {"tour": [{**STEP, "actions": [{"say": "无人"}]}]},
        {"tour": [{**STEP, "actions": [{"person": 1, "say": 1}]}]},
        {"tour": [{**STEP, "actions": [{"advance": 0}]}]},
        {"tour": [{**STEP, "actions": [{"advance": -1}]}]},
        {"tour": [{**STEP, "actions": [{"advance": True}]}]},
        {"tour": [{**STEP, "actions": [{"advance": float("nan")}]}]},
        {"tour": [{**STEP, "actions": [{"advance": 32 * 86400}]}]},
        {"tour": [{**STEP, "actions": [{"to": "24:00"}]}]},
        {"tour": [{**STEP, "actions": [{"to": "8:00"}]}]},
        {"tour": [{**STEP, "actions": [{"to": "18:01\n"}]}]},
        {"tour": [{**STEP, "done": {"person": 1}}]},
        {"tour": [{**STEP, "done": {"person": 1, "says": "("}}]},
        {"tour": [{**STEP, "done": {"says": "x"}}]},
    ],
)
def test_what_is_no_stage_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadClientRequest):
        stage.read(wrong)


async def test_a_refused_stage_changes_nothing(people: SandboxClient) -> None:
    before = await people.post("stage", title="镇")
    with pytest.raises(Exception, match="windows must be a list"):
        await people.post("stage", windows=1)
    assert await people.get("stage") == before
