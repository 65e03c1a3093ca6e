"""The town on disk: lived through once, then copied for every fresh start.

One folder holds what belongs together, the sandbox's memory and the bot's database. It is made anew when the program changes.
What lets people live is read only when they do: the second start is a quick one.
"""

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ROOMS = ("rules", "nlp", "storage", "words", "actions", "handlers", "bot", "sandbox")
_KINDS = {".py", ".ftl", ".yaml"}
SANDBOX, DATABASE = "telegram.keep", "wishlight.db"


def database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder.absolute() / DATABASE}"


def is_whole(folder: Path) -> bool:
    """Whether a town was left here that can be entered again."""
    return (folder / SANDBOX).exists() and (folder / DATABASE).exists()


def lived_through(folder: Path) -> Path:
    """Where the town of this very program is, or will be, below `folder`."""
    return folder / f"town-{_fingerprint()}"


async def live_through(town: Path) -> None:
    """Let the cast live through its first day, with a sandbox and a bot of their own.

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
        async with opened(
            making.absolute(), database_url(making), admins, rate_scale=1000, seed=1, ends=ends, arguments=keep
        ) as play:
            await while_they_run(Scenes(play.stage, play.pace).play(), play.sandbox, play.bot)
        making.rename(town)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def move_in(town: Path, home: Path) -> None:
    """A fresh copy."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in (SANDBOX, DATABASE):
        shutil.copyfile(town / name, home / name)


def _fingerprint() -> str:
    """Of everything that makes the town what it is."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*")):
            if path.suffix in _KINDS:
                digest.update(str(path.relative_to(_ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
