"""One line an event, and nobody's words in it."""

import logging

import pytest

from bot.logs import KeyValues, where


def test_an_event_is_one_line_whatever_it_says() -> None:
    record = logging.makeLogRecord({"msg": "refused\nfor good", "why": "400 bad\r\nFAKE line\u2028more", "row": 5})
    said = KeyValues().format(record)
    assert len(said.splitlines()) == 1
    assert said.endswith(r"refused\nfor good why=400 bad\r\nFAKE line\u2028more row=5")


def test_an_error_is_told_by_its_places_not_by_its_words() -> None:
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("王阿姨's secret words")
    assert "RuntimeError at tests/bot/test_logs.py:" in where(caught.value)
    assert "secret" not in where(caught.value)
