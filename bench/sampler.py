"""The bot, saying of itself what it is doing after every millisecond of work: between SIGUSR1 and SIGUSR2, into a JSON file."""

import asyncio
import json
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import greenlet
import uvloop

_EVERY = 0.001  # seconds of the processor
_ROOT = Path(__file__).parents[1]
ROOMS = ("rules", "nlp", "storage", "words", "actions", "handlers", "bot")
_LIBRARIES = ("site-packages/", "dist-packages/", f"python{sys.version_info.major}.{sys.version_info.minor}/")


class Sampler:
    """Counts pairs: the room module on whose behalf something is done, and the library that does it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: Counter[tuple[str, str]] = Counter()
        self._names: dict[str, tuple[bool, str]] = {}

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        rows = [[module, library, count] for (module, library), count in self._seen.most_common()]
        self._file.write_text(json.dumps(rows), "utf-8")

    def _look(self, _number: int, frame: FrameType | None) -> None:
        inner, by = None, greenlet.getcurrent()
        while frame is not None:
            ours, name = self._name(frame.f_code.co_filename)
            inner = inner or name
            if ours:
                self._seen[name, inner] += 1
                return
            frame = frame.f_back
            while frame is None and by.parent is not None:  # SQLAlchemy does its work in a greenlet
                by = by.parent
                frame = by.gr_frame
        self._seen["the loop", inner or "the loop"] += 1

    def _name(self, path: str) -> tuple[bool, str]:
        """Whether a file is ours, and the module or library that it is of."""
        known = self._names.get(path)
        if known is None:
            known = self._names[path] = _name(path)
        return known


def _name(path: str) -> tuple[bool, str]:
    if path.startswith(f"{_ROOT}/") and path.removeprefix(f"{_ROOT}/").split("/")[0] in ROOMS:
        return True, path.removeprefix(f"{_ROOT}/")
    for mark in _LIBRARIES:
        _, found, rest = path.rpartition(mark)
        if found:
            return False, rest.split("/")[0].removesuffix(".py")
    return False, Path(path).name.strip("<>")


async def run(file: Path) -> None:
    from bot.running import run_bot
    from bot.town_files import read_everything

    sampler = Sampler(file)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, sampler.start)
    loop.add_signal_handler(signal.SIGUSR2, sampler.stop)
    await run_bot(*read_everything())


if __name__ == "__main__":
    uvloop.run(run(Path(sys.argv[1])))
