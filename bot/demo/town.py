"""The town on disk: lived through once, then copied for every fresh start.

One folder holds what belongs together, the sandbox's memory and the bot's database. It is made anew when the program changes.
What lets people live is read only when they do: the second start is a quick one.
"""

import hashlib
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ROOMS = ("rules", "nlp", "storage", "words", "actions", "handlers", "bot", "sandbox")
_KINDS = {".py", ".ftl", ".yaml", ".txt", ".csv"}
SETTINGS = {"WISHLIGHT_AREAS": str(Path(__file__).with_name("areas.csv"))}
"""The demo's own: the town with roads, estates and buildings of an invented kind."""
SANDBOX, DATABASE = "telegram.keep", "wishlight.db"


def database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder.absolute() / DATABASE}"


def is_there(folder: Path) -> bool:
    """Whether somebody's town was left here, be it in pieces."""
    return (folder / SANDBOX).exists() or (folder / DATABASE).exists()


def is_whole(folder: Path) -> bool:
    """Whether both halves are here and can be read."""
    if not ((folder / SANDBOX).is_file() and (folder / DATABASE).is_file()):
        return False
    try:
        with zipfile.ZipFile(folder / SANDBOX) as archive:
            if archive.testzip() is not None:
                return False
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            answer: tuple[str] = connection.execute("PRAGMA quick_check").fetchone()
            return answer == ("ok",)
    except (OSError, zipfile.BadZipFile, zlib.error, sqlite3.DatabaseError):
        return False


def lived_through(folder: Path) -> Path:
    """Where the town of this very program is, or will be, below `folder`."""
    return folder / f"town-{_fingerprint()}"


async def live_through(town: Path, told: Callable[[datetime], None] = lambda moment: None) -> None:
    """Let the cast live through its first day, with a sandbox and a bot of their own; `told` hears what time it is.

    Raises:
        PlayFailed: it does not come to its end; nothing is left behind.
    """
    from bot.demo import cast
    from bot.demo.scenes import RISES, Scenes
    from bot.playing.opening import opened
    from bot.playing.processes import while_they_run

    town.parent.mkdir(parents=True, exist_ok=True)
    for outdated in town.parent.glob("town-*"):
        shutil.rmtree(outdated)
    making = town.with_name("town-unfinished")
    making.mkdir()
    try:
        admins = ",".join(map(str, cast.ADMINS))
        keep = ("--keep", str((making / SANDBOX).absolute()))
        ends = RISES + timedelta(days=1)
        url = database_url(making)
        async with opened(
            making.absolute(), url, admins, rate_scale=1000, seed=1, ends=ends, arguments=keep, more=SETTINGS
        ) as play:
            await while_they_run(Scenes(play.stage, play.pace, told).play(), play.sandbox, play.bot)
        making.rename(town)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def move_in(town: Path, home: Path) -> None:
    """A fresh copy, there as a whole or not at all."""
    moving = home.with_name(f"{home.name}-moving")
    for old in (moving, home):
        if old.exists():
            shutil.rmtree(old)
    shutil.copytree(town, moving, ignore=shutil.ignore_patterns("*.log"))
    moving.rename(home)


def _fingerprint() -> str:
    """Of everything that makes the town what it is."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*")):
            if path.suffix in _KINDS:
                digest.update(str(path.relative_to(_ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
