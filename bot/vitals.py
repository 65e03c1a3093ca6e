"""Signs of life: what this process did, how long it took, and when each of its parts last got through.

Plain numbers, counted whether or not anybody asks. Whoever asks over HTTP is answered by `bot/health.py`.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from enum import StrEnum

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; what took longer stands in a bucket of its own."""


class Part(StrEnum):
    """What has to get through again and again for the bot to be well."""

    EXCHANGE = "exchange"  # with Telegram: updates were asked for, answered, and all of them committed
    SENDER = "sender"
    TICKS = "ticks"


PATIENCE = {Part.EXCHANGE: 90.0, Part.SENDER: 60.0, Part.TICKS: 60.0}
"""Seconds. A poll that hangs is given up after 35 and asked anew: 90 are two in a row that brought nothing."""
_ILL = {
    Part.EXCHANGE: "nothing was heard from Telegram for {:.0f} s",
    Part.SENDER: "the sender did not get through for {:.0f} s",
    Part.TICKS: "what is due was not looked at for {:.0f} s",
}


class Durations:
    """A histogram."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Vitals:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._beats: dict[Part, float] = {}
        self.updates: Counter[str] = Counter()  # by outcome
        self.update_seconds = Durations()  # from the moment an update was taken up until it was committed
        self.works: Counter[str] = Counter()  # pieces done, by kind
        self.failed_works: Counter[str] = Counter()
        self.elections: Counter[str] = Counter()  # won, lost
        self.leads = False
        self.ready = False

    def expect(self, *parts: Part) -> None:
        """From now on these have to get through."""
        self._beats |= dict.fromkeys(parts, self._monotonic())

    def excuse(self, *parts: Part) -> None:
        """Nobody expects them any more: somebody else does their work, or it is over."""
        for part in parts:
            self._beats.pop(part, None)

    def beat(self, part: Part) -> None:
        """It got through just now; from a part that is excused, that says nothing."""
        if part in self._beats:
            self._beats[part] = self._monotonic()

    def ages(self) -> dict[Part, float]:
        """Seconds since each part that is expected to got through."""
        now = self._monotonic()
        return {part: now - at for part, at in sorted(self._beats.items())}

    def complaints(self) -> list[str]:
        """What is ill, as sentences for an operator."""
        return [_ILL[part].format(age) for part, age in self.ages().items() if age > PATIENCE[part]]

    def handled(self, outcome: str, seconds: float) -> None:
        """An update came to its end."""
        self.updates[outcome] += 1
        self.update_seconds.add(seconds)

    def elected(self) -> None:
        self.leads = True
        self.elections["won"] += 1

    def resigned(self) -> None:
        self.leads = False
        self.elections["lost"] += 1
