"""Sandbox and bot as processes of their own, on free ports, with their logs in a folder of the play's own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import psutil

from bot.playing.failure import PlayFailed

BOT = 7000001
TOKEN = f"{BOT}:in-a-local-sandbox"
AREAS = Path(__file__).parents[1] / "towns" / "chengguan.yaml"
T = TypeVar("T")
_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 15.0
_TAIL = 20
_PR_SET_PDEATHSIG = 1


class Process:
    """One child; only this one is ever ended, and it is ended whatever happens."""

    def __init__(
        self, name: str, arguments: list[str], environment: Mapping[str, str], folder: Path, module: str = "bot.cli"
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.peak_rss = 0
        self._arguments = ["-m", module, *arguments]
        self._environment = environment
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._sampling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal is for the play, which stops its children in order.
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self._folder, env=_environment(self._environment), start_new_session=True,
                preexec_fn=_ends_with(os.getpid()),
            )  # fmt: skip
        self._sampling = asyncio.create_task(self._sample(self._process.pid))

    async def stop(self) -> None:
        """Ask it to end; insist after a while."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._sampling is not None:
            self._sampling.cancel()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def must_run(self) -> NoReturn:
        """Wait for its end, which should not come.

        Raises:
            PlayFailed: with the end of its log.
        """
        assert self._process is not None
        code = await self._process.wait()
        raise PlayFailed(f"The {self.name} ended by itself (exit code {code}).\n{self.tail()}")

    def tail(self) -> str:
        return "\n".join(self.log_text().splitlines()[-_TAIL:])

    def log_text(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    async def says(self, pattern: str, seconds: float) -> str:
        """Wait until its log holds the pattern; returns the first group."""
        for _ in range(int(seconds / 0.05)):
            found = re.search(pattern, self.log_text())
            if found:
                return found.group(1)
            await asyncio.sleep(0.05)
        raise PlayFailed(f"The {self.name} did not start within {seconds:g} seconds.\n{self.tail()}")

    async def _sample(self, pid: int) -> None:
        """Remember the most memory it ever had."""
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            while True:
                self.peak_rss = max(self.peak_rss, process.memory_info().rss)
                await asyncio.sleep(0.25)


def settings_for(address: str, url: str, admins: str, rate_scale: float, **more: str) -> dict[str, str]:
    """The environment of a bot that lives in the sandbox at `address`."""
    return {
        "WISHLIGHT_BOT_TOKEN": TOKEN,
        "WISHLIGHT_BOT_API_URL": address,
        "WISHLIGHT_CLOCK_URL": f"{address}/client/clock",
        "WISHLIGHT_RATE_SCALE": f"{rate_scale:g}",
        "WISHLIGHT_DATABASE_URL": url,
        "WISHLIGHT_AREAS": str(AREAS),
        "WISHLIGHT_ADMINS": admins,
        **more,
    }


async def while_they_run(work: Coroutine[Any, Any, T], *processes: Process) -> T:
    """The outcome of `work`, unless one of the processes ends before it.

    Raises:
        PlayFailed: one did.
    """
    task = asyncio.create_task(work)
    watchers = [asyncio.create_task(process.must_run()) for process in processes]
    try:
        await asyncio.wait({task, *watchers}, return_when=asyncio.FIRST_COMPLETED)
        for watcher in watchers:
            if watcher.done():
                watcher.result()
        return task.result()
    finally:
        for other in (task, *watchers):
            other.cancel()
        await asyncio.gather(task, *watchers, return_exceptions=True)


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[None]:
    """A process for as long as the block."""
    try:
        await process.start()
        yield
    finally:
        await process.stop()


def _ends_with(parent: int) -> Callable[[], None] | None:
    """Where the system can do it, a child is told to end when its parent is killed: nobody else would end it."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)

    def tell() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed just now
            os._exit(1)

    return tell


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Ours without its settings for a bot, and what this child needs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WISHLIGHT_")}
    path = os.pathsep.join(part for part in (str(_ROOT), inherited.get("PYTHONPATH")) if part)
    return {**inherited, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **own}
