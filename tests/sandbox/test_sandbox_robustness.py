"""Whatever comes, the answer is one of Telegram's; the server itself starts, serves and stops."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import calls as call_log
from sandbox import files as file_store
from sandbox import people
from sandbox.calls import Call, CallLog
from sandbox.client import SandboxClient
from sandbox.errors import Refused
from sandbox.files import Files
from sandbox.methods import METHODS, carry_out
from sandbox.parameters import PARAMETERS, Upload
from sandbox.world import World

WORDS = st.sampled_from(
    [
        "",
        "x",
        "1",
        "-1",
        "1001",
        "<b>愿</b>",
        "<b>",
        "HTML",
        "true",
        "{}",
        "[]",
        "[1]",
        "null",
        "attach://f",
        "typing",
        "photo",
        "😀",
    ]
)
NAME_WORDS = """
    inline_keyboard keyboard text callback_data url message_id chat_id type media caption caption_entities offset length
    remove_keyboard command description parse_mode quote
"""
NAMES = st.sampled_from(NAME_WORDS.split())
LEAVES = st.one_of(WORDS, st.integers(-5, 1002), st.booleans(), st.none(), st.floats(allow_nan=False))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
FILES = st.just(Upload("f", "f.bin", "application/octet-stream", b"x"))


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    method = draw(st.sampled_from([name for name in METHODS if name != "getUpdates"]))
    payload: dict[str, Any] = {"f": draw(FILES)} if draw(st.booleans()) else {}
    for name in draw(st.lists(st.sampled_from([*PARAMETERS[method], "invented"]), max_size=8, unique=True)):
        payload[name] = draw(VALUES)
    if draw(st.booleans()) and "chat_id" in PARAMETERS[method]:
        payload["chat_id"] = 1001
        payload.setdefault("text", "x")
        payload.setdefault("message_id", 2)
    return method, payload


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_no_call_breaks_the_server(call: tuple[str, dict[str, Any]]) -> None:
    method, payload = call
    world = World(rate_scale=1e6)
    bot = world.bot(42)
    people.upsert_user(world, {"id": 1001, "first_name": "王阿姨"})
    people.say(world, {"chat_id": 1001, "from_id": 1001, "text": "/start"})
    world.add_message(world.privates[42, 1001], bot.user, {"text": "心愿"})
    status, answer, _ = asyncio.run(carry_out(world, bot, Call(42, method, payload, world.clock.now())))
    assert status in (200, 400, 403)
    assert json.loads(answer)["ok"] is (status == 200)


def test_the_oldest_files_and_calls_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "KEPT_BYTES", 100)
    files = Files()
    first, second, third = (files.add("document", b"x" * 40, ".txt") for _ in range(3))
    assert files.describe(third["file_id"])["file_size"] == 40
    assert files.describe(second["file_id"])
    with pytest.raises(Refused):
        files.describe(first["file_id"])
    monkeypatch.setattr(call_log, "KEPT", 2)
    log = CallLog()
    for number in range(5):
        log.add(Call(42, f"m{number}", {}, 0.0), 200, "null")
    assert [call.seq for call in log.after(0, 10)] == [4, 5]
    assert [call.seq for call in log.after(4, 10)] == [5]


async def test_the_server_runs_until_it_is_told_to_stop() -> None:
    program = "import asyncio; from sandbox.server import serve; asyncio.run(serve('127.0.0.1', 0, 10.0))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
    url = line.split()[2].rstrip(":")
    async with aiohttp.ClientSession() as session:
        poll = asyncio.create_task(session.get(f"{url}/bot42:TEST/getUpdates?timeout=30"))
        async with asyncio.timeout(10):
            while (await SandboxClient(url, session).status())["pollers"] != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        async with await asyncio.wait_for(poll, 5) as response:
            assert await response.json() == {"ok": True, "result": []}
    assert await asyncio.wait_for(process.wait(), 10) == 0
    process._transport.close()  # type: ignore[attr-defined]
