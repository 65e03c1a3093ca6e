"""Where the time goes: the samples of a bot, by room and by library."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.contender import Contender
from bot.playing.failure import PlayFailed


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of the bot's work, the largest first.

    `rooms`: on whose behalf. `modules`: the same, finer. `libraries`: who did it, the rooms' own lines among them.
    """

    samples: int
    rooms: dict[str, float]
    modules: dict[str, float]
    libraries: dict[str, float]


@contextmanager
def sampled(contender: Contender) -> Iterator[None]:
    """The bot, which must be run by `bench.sampler`, looks at itself while the block runs."""
    process = psutil.Process(contender.process.pid)
    process.send_signal(signal.SIGUSR1)
    yield
    process.send_signal(signal.SIGUSR2)


def read_profile(file: Path) -> Profile:
    """What the bot wrote, once it ended.

    Raises:
        PlayFailed: it wrote nothing.
    """
    if not file.exists():
        raise PlayFailed("The bot did not say where its time goes.")
    rooms: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    libraries: Counter[str] = Counter()
    for module, library, count in json.loads(file.read_text("utf-8")):
        rooms[module.split("/")[0]] += count
        modules[module] += count
        libraries[library.split("/")[0]] += count
    return Profile(rooms.total(), _shares(rooms), _shares(modules), _shares(libraries))


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = counts.total() or 1
    return {name: round(count / total, 4) for name, count in counts.most_common()}
