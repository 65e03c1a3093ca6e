"""What the log says at start-up about people and groups that would hear nothing."""

import asyncio
import logging
from typing import Any

import pytest

from tests.stories.town import ADMIN, OFFICER, Actor, Town

SILENT = "admins who never pressed Start cannot be told anything"
SHUT_OUT = "the bot cannot post in a group"


@pytest.fixture(autouse=True)
def at_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def told(caplog: pytest.LogCaptureFixture, message: str) -> list[dict[str, Any]]:
    return [record.__dict__ for record in caplog.records if record.getMessage() == message]


async def test_admins_who_never_pressed_start_are_named_until_they_do(
    town: Town, secretary: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    assert told(caplog, SILENT) == []  # the first start was before this story listened
    await town.restart()
    assert [record["admins"] for record in told(caplog, SILENT)] == [[OFFICER]]
    await town.person("陈姐", id=OFFICER)
    caplog.clear()
    await town.restart()
    assert told(caplog, SILENT) == []


async def test_a_group_where_the_bot_lost_its_rights_is_named(
    town: Town, secretary: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    mute = await town.group("城关志愿者")
    await town.group("旬阳志愿者", area="旬阳")
    await town.app.stop()
    await town.people.set_member(mute, None, "restricted", can_send_messages=False)
    await town.begin_again()
    for _ in range(1000):
        if told(caplog, SHUT_OUT):
            break
        await asyncio.sleep(0.02)
    assert [(record["chat"], record["problem"]) for record in told(caplog, SHUT_OUT)] == [(mute, "no_rights")]
    assert str(ADMIN) not in caplog.text
