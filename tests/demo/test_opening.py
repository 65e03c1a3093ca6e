"""How the demo starts, and what it says when it cannot."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo import run, town
from bot.demo.foyer import Foyer
from bot.playing.failure import PlayFailed
from tests.demo.evening import COMMAND, environment


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """One that ends by itself."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=environment(), timeout=120, check=False)


def furnished(folder: Path) -> Path:
    """A town that looks whole, kept from an earlier evening."""
    home = folder / "now"
    home.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", _TOWN, str(home / town.SANDBOX), str(home / town.DATABASE)], check=True)
    return home


_TOWN = """
import sqlite3, sys, zipfile
zipfile.ZipFile(sys.argv[1], "w").writestr("world.json", "{}")
sqlite3.connect(sys.argv[2]).execute("CREATE TABLE wishes (id INTEGER)")
"""


def test_a_port_that_was_asked_for_and_is_in_use_is_told(busy_port: int, tmp_path: Path) -> None:
    done = demo("--folder", str(tmp_path), "--port", str(busy_port))
    assert done.returncode == 2
    assert done.stderr == f"Port {busy_port} is in use. `--port 0` takes a free one.\n"


def test_the_usual_port_gives_way_to_the_next_free_one(
    busy_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "PORT", busy_port)
    found = run.free_port(None)
    assert found > busy_port
    assert capsys.readouterr().out == f"Port {busy_port} is in use; the page moves to {found}.\n"


def test_one_demo_in_a_folder_at_a_time(tmp_path: Path) -> None:
    with run.alone(tmp_path):
        done = demo("--folder", str(tmp_path), "--port", "0")
    assert done.returncode == 2
    assert "A demo runs in" in done.stderr
    with run.alone(tmp_path):
        pass


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = demo("--folder", str(tmp_path / "file" / "folder"), "--port", "0")
    assert done.returncode == 2
    assert "cannot be kept in" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("broken", [town.SANDBOX, town.DATABASE])
@pytest.mark.parametrize("how", ["gone", "nonsense", "cut"])
def test_a_kept_town_that_is_broken_is_told_and_left_as_it_is(tmp_path: Path, broken: str, how: str) -> None:
    home = furnished(tmp_path)
    assert town.is_whole(home)
    path = home / broken
    if how == "gone":
        path.unlink()
    elif how == "nonsense":
        path.write_bytes(b"\0" * 5000)
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    before = sorted((file.name, file.read_bytes()) for file in home.iterdir())
    with pytest.raises(PlayFailed, match="cannot be read"):
        run.Demo(tmp_path, 0, browser=False, keep=True).kept()
    assert sorted((file.name, file.read_bytes()) for file in home.iterdir()) == before


def test_without_a_kept_town_keep_begins_a_fresh_one(tmp_path: Path) -> None:
    assert not run.Demo(tmp_path, 0, browser=False, keep=True).kept()


def test_a_fresh_town_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    made, home = tmp_path / "town-x", furnished(tmp_path)
    home.rename(made)
    (made / "bot.log").touch()
    furnished(tmp_path)
    (home / "left behind").touch()
    town.move_in(made, home)
    assert {path.name for path in home.iterdir()} == {town.SANDBOX, town.DATABASE}
    assert town.is_whole(home)


def test_the_town_of_another_program_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(town, "_ROOT", tmp_path)
    before = town.lived_through(tmp_path)
    assert town.lived_through(tmp_path) == before
    (tmp_path / "rules" / "points.py").write_text("ONE = 1")
    assert town.lived_through(tmp_path) != before


@pytest.mark.parametrize(
    ("platform", "variables", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
    ],
)
def test_a_browser_opens_only_where_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], there: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run.has_display() == there


def test_the_foyer_tells_how_far_things_are_and_frees_its_port() -> None:
    port = run.free_port(0)
    with Foyer(port) as foyer:
        foyer.says = "星期一 09:05"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert "点亮微心愿" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/client/stage", timeout=30)
        assert told.value.code == 503
        assert told.value.read().decode() == "星期一 09:05"
        told.value.close()
    assert run.free_port(port) == port
