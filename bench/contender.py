"""A bot that is measured: its process, which can be held while work piles up for it, and what it used."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bot.playing.processes import Process


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of a processor, since the process began."""

    bot: float
    sandbox: float
    load: float
    database: float

    def __sub__(self, before: "Used") -> "Used":
        return Used(
            self.bot - before.bot, self.sandbox - before.sandbox, self.load - before.load, self.database - before.database
        )


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    bot_id: int
    process: Process
    sandbox: Process
    database_pid: int | None = None  # of a server of its own

    def used(self) -> Used:
        database = 0.0
        if self.database_pid is not None:
            server = psutil.Process(self.database_pid)
            database = sum(map(_processor, [server, *server.children()]))
        return Used(
            _processor(psutil.Process(self.process.pid)),
            _processor(psutil.Process(self.sandbox.pid)),
            time.process_time(),
            database,
        )

    @contextmanager
    def held(self) -> Iterator[None]:
        """The bot stands still while the block runs: what comes for it waits in the sandbox."""
        process = psutil.Process(self.process.pid)
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)


def _processor(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a backend that ended
        return 0.0
    return times.user + times.system
