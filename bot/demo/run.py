"""One demo from beginning to end: the town, the page, the bot; until Ctrl-C."""

import asyncio
import fcntl
import signal
import socket
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.demo import cast, town
from bot.playing.failure import PlayFailed
from bot.playing.processes import Process, running, settings_for, while_they_run
from sandbox.client import SandboxClient

_STAGE = Path(__file__).with_name("stage.yaml")
_START_SECONDS = 60.0
_RATE_SCALE = 10.0
"""Windows of Telegram's limits ten times shorter: nobody waits for them in a demo, and the bot still keeps them."""


@dataclass(frozen=True, slots=True)
class Demo:
    folder: Path
    port: int
    browser: bool
    keep: bool

    async def run(self) -> None:
        """Show it until told to stop.

        Raises:
            PlayFailed: a sentence for whoever started it.
        """
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self.folder.mkdir(parents=True, exist_ok=True)
        with _alone(self.folder):
            work = asyncio.ensure_future(self._run())
            told = asyncio.ensure_future(stop.wait())
            await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                print("The town is kept; `--keep` goes on where you left it.", flush=True)
            else:
                work.result()

    async def _run(self) -> None:
        home = self.folder / "now"
        fresh = await self._furnish(home)
        async with AsyncExitStack() as stack:
            sandbox, address = await stack.enter_async_context(self._sandbox(home))
            if fresh:
                await self._raise_curtain(address)
            print(f"The chat windows are at {address}/ (Ctrl-C ends the demo)", flush=True)
            if self.browser:
                await asyncio.to_thread(webbrowser.open, f"{address}/")
            bot = Process("bot", ["run"], self._settings(address, home), home)
            await stack.enter_async_context(running(bot))
            await while_they_run(asyncio.Event().wait(), sandbox, bot)

    async def _furnish(self, home: Path) -> bool:
        """See that a town is there; whether it is a fresh one."""
        if self.keep and town.is_whole(home):
            return False
        made = town.lived_through(self.folder)
        if not town.is_whole(made):
            print("The town moves in; this takes about half a minute, and only the first time …", flush=True)
            await town.live_through(made)
        town.move_in(made, home)
        return True

    @asynccontextmanager
    async def _sandbox(self, home: Path) -> AsyncIterator[tuple[Process, str]]:
        _require_free(self.port)
        keep = str((home / town.SANDBOX).absolute())
        arguments = ["sandbox", "--port", str(self.port), "--rate-scale", f"{_RATE_SCALE:g}", "--keep", keep]
        sandbox = Process("sandbox", arguments, {}, home)
        async with running(sandbox):
            yield sandbox, await while_they_run(sandbox.says(r"Sandbox at (http://\S+?):? ", _START_SECONDS), sandbox)

    async def _raise_curtain(self, address: str) -> None:
        """The windows, the tour, and a clock that runs."""
        stage = yaml.safe_load(_STAGE.read_text("utf-8"))
        async with SandboxClient.connect(address) as client:
            await client.post("stage", **stage)
            await client.set_clock(speed=1)

    def _settings(self, address: str, home: Path) -> dict[str, str]:
        return settings_for(address, town.database_url(home), ",".join(map(str, cast.ADMINS)), _RATE_SCALE)


def _require_free(port: int) -> None:
    """Raises PlayFailed: somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PlayFailed(f"Port {port} is in use. `--port 0` takes a free one.") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo in a folder at a time; the lock goes with the process, however it ends.

    Raises:
        PlayFailed: another one runs there.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlayFailed(f"A demo runs in {folder} already. Stop it first, or give another --folder.") from None
        yield
