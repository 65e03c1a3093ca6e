"""What happened can be read in the log; what was said, and by whom by name, cannot."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from actions import claiming
from bot.logs import Form, JsonLines, KeyValues
from tests.stories.town import Actor, Town

WORDS = ("灯泡", "眼睛不好", "节能灯", "谢谢你", "13912345678", "河街8号")
NAMES = ("王阿姨", "小李", "张书记", "城关志愿者", "wang_ayi")


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that anybody would log, down to what is only of use to programmers."""
    form: Form = request.param
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines() if form == "json" else KeyValues())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
async def wang(town: Town) -> Actor:
    await town.people.add_user("王阿姨", id=1001, username="wang_ayi")
    actor = Actor(town, 1001, "王阿姨")
    await actor.say("/start")
    return actor


async def test_a_whole_wish_leaves_ids_and_no_words(town: Town, written: io.StringIO, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say("厨房的灯泡坏了，我眼睛不好，想请人帮忙换一下")
    await wang.tap("公开文字")
    await wang.tap("留电话")
    await wang.say("13912345678，河街8号")
    await wang.tap("提交")
    if "通过" in " ".join(await secretary.buttons()):
        await secretary.tap("通过")
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.say("换了节能灯")
    await li.tap("1 小时")
    await wang.tap("办好了")
    await wang.tap("说声谢谢")
    await wang.say("谢谢你")
    assert await li.heard("谢谢你")
    said = written.getvalue()
    assert f"person={wang.id}" in said or f'"person": {wang.id}' in said
    assert _told(said) == []


async def test_what_fails_is_logged_by_its_places(
    town: Town, written: io.StringIO, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say("厨房的灯泡坏了")
    await wang.tap("公开文字")
    await wang.tap("提交")
    if "通过" in " ".join(await secretary.buttons()):
        await secretary.tap("通过")

    async def broken(*given: object, **more: object) -> None:
        raise RuntimeError("王阿姨 wanted a 灯泡")

    town.may_fail = True
    monkeypatch.setattr(claiming, "claim", broken)
    await li.tap("认领", group)
    await town.people.block(wang.id)
    await town.people.fault("500", methods=["sendMessage"], count=1)
    await secretary.say("/todo")
    said = written.getvalue()
    assert "update failed" in said
    assert "RuntimeError at tests/stories/test_the_log.py" in said
    assert "to be tried again" in said
    assert _told(said) == []


async def test_every_line_of_json_is_an_object(town: Town, written: io.StringIO, wang: Actor) -> None:
    await wang.say("厨房的灯泡坏了")
    lines = [line for line in written.getvalue().splitlines() if line.startswith("{")]
    for line in lines:
        assert {"time", "level", "logger", "event"} <= set(json.loads(line))


def _told(said: str) -> list[str]:
    return [word for word in (*WORDS, *NAMES) if word in said]
