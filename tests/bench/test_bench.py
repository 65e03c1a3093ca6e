"""A run of a few messages from beginning to end: it ends with figures, whatever they are."""

import json
import subprocess
import sys
from pathlib import Path

from bench.log import wish_of
from bench.report import percentile

ROOT = Path(__file__).parents[2]
EXCHANGES = ["echo", "sqlite card", "sqlite submit", "sqlite submission"]
MEASURED = {"updates_per_second", "p50_ms", "p95_ms", "p99_ms", "cpu_ms_per_update"}


def test_a_short_run_ends_with_one_line_of_json() -> None:
    short = ["--rounds", "1", "--crowd", "12", "--trickle", "4", "--no-postgresql", "--no-profile", "--no-understanding"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *short], capture_output=True, text=True, cwd=ROOT, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["ratio_to_echo"] > 0
    assert list(found["exchanges"]) == EXCHANGES
    for figures in found["exchanges"].values():
        assert figures.keys() >= MEASURED
    assert found["peak_rss_mb"].keys() == {"echo", "sqlite"}
    assert "SQLite: text → card" in done.stdout


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_a_card_is_known_by_its_buttons() -> None:
    for data in ("w:submit:17", "k:17", "c:17:errands"):
        assert wish_of({"reply_markup": {"inline_keyboard": [[{"text": "…", "callback_data": data}]]}}) == 17
    assert wish_of({}) == 0
