"""One line an event, and nobody's words in it."""

import asyncio
import gc
import json
import logging

import pytest

from bot.logs import JsonLines, KeyValues, tell_of_strays, where


def test_an_event_is_one_line_whatever_it_says() -> None:
    record = logging.makeLogRecord({"msg": "refused\nfor good", "why": "400 bad\r\nFAKE line\u2028more", "row": 5})
    said = KeyValues().format(record)
    assert len(said.splitlines()) == 1
    assert said.endswith(r'refused\nfor good why="400 bad\r\nFAKE line\u2028more" row=5')


def test_an_error_is_told_by_its_places_not_by_its_words() -> None:
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("王阿姨's secret words")
    assert "RuntimeError at tests/bot/test_logs.py:" in where(caught.value)
    assert "secret" not in where(caught.value)


def test_a_value_with_spaces_is_quoted_so_that_programs_can_read_it() -> None:
    record = logging.makeLogRecord({"msg": "told to wait", "row": 5, "why": 'no "such" = thing', "chat": -100})
    assert KeyValues().format(record).endswith(r'told to wait row=5 why="no \"such\" = thing" chat=-100')


def test_a_line_of_json_has_the_time_in_utc_and_what_came_beside() -> None:
    record = logging.makeLogRecord({"msg": "refused\nfor good", "row": 5, "name": "bot.sender", "levelname": "WARNING"})
    record.created, record.msecs = 0.25, 250.0
    assert json.loads(JsonLines().format(record)) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "WARNING",
        "logger": "bot.sender",
        "event": "refused\nfor good",
        "row": 5,
    }


async def test_a_task_that_nobody_waited_for_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("王阿姨's secret words")

    loop = asyncio.get_running_loop()
    tell_of_strays(loop)
    try:
        task = asyncio.create_task(fail(), name="stray")
        await asyncio.sleep(0.01)
        del task
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    (record,) = caplog.records
    said = KeyValues().format(record)
    assert "task=stray" in said
    assert "RuntimeError at tests/bot/test_logs.py" in said
    assert "secret" not in said
