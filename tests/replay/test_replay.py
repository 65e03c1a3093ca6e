"""A small town from beginning to end, as a command; on both databases."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from actions import drafts
from bot.playing.failure import PlayFailed
from bot.replay.run import Plan
from bot.replay.run import replay as play
from storage.models import Person

ROOT = Path(__file__).parents[2]
TOWN = ROOT / "bot" / "replay" / "town.jsonl"
COMMAND = [sys.executable, "-m", "bot.cli", "replay"]
SMALL = ["--limit", "20", "--residents", "5", "--volunteers", "4", "--days", "3", "--json"]
KEYS = [
    "sent", "stored", "stored_as", "by_state", "reminders", "digests", "calls", "refused_calls", "live_without_reminder",
    "p95_commit_ms", "p95_answer_ms", "peak_rss_mb", "seconds", "database",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the replay keeps its files while it runs; nothing of it is left, and nobody sits in it."""
    path = tmp_path / "temporary"
    path.mkdir()
    yield path
    assert list(path.glob("wishlight-replay-*")) == []
    assert left_behind(path) == []


def left_behind(folder: Path) -> list[str]:
    """Processes that still work in the folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if str(process.info["cwd"] or "").startswith(str(folder)):
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def replay(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment, cwd=ROOT, timeout=400, check=False
    )


def figures(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def test_a_small_town_loses_nothing(folder: Path, database_url: str) -> None:
    done = replay(folder, str(TOWN), *SMALL, "--database", database_url)
    found = figures(done)
    assert list(found) == KEYS
    assert found["sent"] == 20
    assert found["stored"] == 20
    assert list(found["stored_as"]) == ["wish", "line", "joined", "filed"]
    assert sum(found["stored_as"].values()) == 20
    assert found["stored_as"]["wish"] > 10
    assert found["refused_calls"] == 0
    assert found["live_without_reminder"] == 0
    assert found["by_state"]["fulfilled"] > 5
    assert found["reminders"] > 0
    assert found["digests"] > 0
    assert found["calls"] > 200
    assert 0 < found["p95_commit_ms"] < 60_000
    assert 0 < found["p95_answer_ms"] < 60_000
    assert found["peak_rss_mb"] > 50
    assert found["database"] == database_url.split("+")[0]
    assert "20 sent, 20 stored" in done.stdout


async def test_a_town_that_has_wishes_already_is_left_alone(engine: AsyncEngine, database_url: str) -> None:
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    async with AsyncSession(engine) as session, session.begin():
        session.add(Person(id=1, created_at=now))
        await session.flush()
        session.add(drafts.begin(await session.get_one(Person, 1), now))
    nobody = Console(quiet=True)
    with pytest.raises(PlayFailed, match="holds 1 wishes already; a replay needs an empty one"):
        await play(Plan(["一句话"], 1, 1, 1, 1000.0, database_url, 1), nobody, nobody)


def begin(folder: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [*COMMAND, str(TOWN)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_the_bot(running: "subprocess.Popen[str]", folder: Path, words: str) -> None:
    deadline = time.monotonic() + 120
    while not any(words in path.read_text() for path in folder.glob("wishlight-replay-*/bot.log")):
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.05)


def test_ctrl_c_leaves_nothing_behind(folder: Path) -> None:
    running = begin(folder)
    wait_for_the_bot(running, folder, "")
    assert len(left_behind(folder)) >= 2
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Stopped by SIGINT; nothing is left behind." in told


def test_a_bot_that_dies_ends_the_replay_with_its_last_words(folder: Path) -> None:
    running = begin(folder)
    wait_for_the_bot(running, folder, "working")
    (bot,) = [process for process in psutil.Process(running.pid).children() if process.cmdline()[-1] == "run"]
    bot.kill()
    _, told = running.communicate(timeout=120)
    assert running.returncode == 2
    assert "The bot ended by itself (exit code -9)." in told
    assert "working bot=7000001" in told


def test_a_file_that_is_not_there_is_told_in_a_sentence(folder: Path) -> None:
    done = replay(folder, "nowhere.csv", "--json")
    assert done.returncode == 2
    assert done.stderr.strip() == "nowhere.csv does not exist."
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nothing", "is no database URL"),
        ("mysql://x/y", "must begin with sqlite\\+aiosqlite:// or postgresql\\+asyncpg://"),
        ("sqlite+aiosqlite://", "must name a file"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("sqlite+aiosqlite:////nowhere/at/all.db", "cannot be reached"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_in_a_sentence(url: str, sentence: str) -> None:
    nobody = Console(quiet=True)
    with pytest.raises(PlayFailed, match=sentence):
        await play(Plan(["一句话"], 1, 1, 1, 1000.0, url, 1), nobody, nobody)
