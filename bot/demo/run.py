"""One demo from beginning to end: the town, the page, the bot; until Ctrl-C."""

import asyncio
import fcntl
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import yaml

from bot.demo import cast, town
from bot.demo.foyer import Foyer
from bot.playing.failure import PlayFailed
from bot.playing.processes import Process, running, settings_for, while_they_run
from sandbox.client import SandboxClient

PORT = 8081
_PORTS_TRIED = 20
_STAGE = Path(__file__).with_name("stage.yaml")
_START_SECONDS = 60.0
_RATE_SCALE = 10.0
"""Windows of Telegram's limits ten times shorter: nobody waits for them in a demo, and the bot still keeps them."""
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Demo:
    folder: Path
    port: int | None  # None: the usual one, or the next that is free
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
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with alone(self.folder):
                await self._until(stop)
        except aiohttp.ClientError as error:
            raise PlayFailed(f"The sandbox does not answer any more ({type(error).__name__}).") from None
        except OSError as error:
            raise PlayFailed(
                f"The town cannot be kept in {self.folder}: {error.strerror or error}. Try another --folder."
            ) from None

    async def _until(self, stop: asyncio.Event) -> None:
        work = asyncio.ensure_future(self._run())
        told = asyncio.ensure_future(stop.wait())
        await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if work.done():
            work.result()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        if town.is_there(self._home):
            print(
                "The town is kept: `make demo ARGS=--keep` (or `wishlight demo --keep`) goes on where you left it.", flush=True
            )

    @property
    def _home(self) -> Path:
        return self.folder / "now"

    async def _run(self) -> None:
        port = free_port(self.port)
        address = f"http://127.0.0.1:{port}"
        seen = await self._furnish(port)
        async with AsyncExitStack() as stack:
            sandbox = self._sandbox(port)
            await stack.enter_async_context(running(sandbox))
            bot = Process("bot", ["run"], self._settings(address), self._home)
            await stack.enter_async_context(running(bot))  # beside it: it reads large libraries first, and waits for the clock
            await while_they_run(sandbox.says(r"Sandbox at (http://\S+?):? ", _START_SECONDS), sandbox, bot)
            await _raise_curtain(address)
            if not seen:
                self._show(port)
            await while_they_run(asyncio.Event().wait(), sandbox, bot)

    def kept(self) -> bool:
        """Whether an earlier evening goes on.

        Raises:
            PlayFailed: its town is broken; it is left as it is.
        """
        if not (self.keep and town.is_there(self._home)):
            return False
        if not town.is_whole(self._home):
            raise PlayFailed(f"The town in {self._home} cannot be read. Without --keep a fresh one takes its place.")
        return True

    async def _furnish(self, port: int) -> bool:
        """See that a town is there; whether the page was shown meanwhile."""
        if self.kept():
            return False
        made = town.lived_through(self.folder)
        ready = town.is_whole(made)
        if not ready:
            with Foyer(port) as foyer:
                self._show(port)
                print("The town lives through its first day: ten to thirty seconds, and only this once …", flush=True)

                def told(moment: datetime) -> None:
                    foyer.says = f"星期{_WEEKDAYS[moment.weekday()]} {moment:%H:%M}"

                await town.live_through(made, told)
                print("The town is ready.", flush=True)
        town.move_in(made, self._home)
        return not ready

    def _show(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}/"
        print(f"The chat windows are at {address} (Ctrl-C ends the demo)", flush=True)
        if self.browser and has_display():
            # Whatever opens it may take its time, or not come back.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    def _sandbox(self, port: int) -> Process:
        keep = str((self._home / town.SANDBOX).absolute())
        arguments = ["sandbox", "--port", str(port), "--rate-scale", f"{_RATE_SCALE:g}", "--keep", keep]
        return Process("sandbox", arguments, {}, self._home)

    def _settings(self, address: str) -> dict[str, str]:
        admins = ",".join(map(str, cast.ADMINS))
        return settings_for(address, town.database_url(self._home), admins, _RATE_SCALE, **town.SETTINGS)


async def _raise_curtain(address: str) -> None:
    """The windows, the tour, and a clock that runs, unless the town has them from an earlier evening."""
    async with SandboxClient.connect(address) as client:
        if (await client.get("stage"))["tour"]:
            return
        await client.post("stage", **yaml.safe_load(_STAGE.read_text("utf-8")))
        await client.set_clock(speed=1)


def has_display() -> bool:
    """Without one a browser would open in the terminal, or complain there."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def free_port(wanted: int | None) -> int:
    """The port that is asked for, or the usual one, or the next one that is free.

    Raises:
        PlayFailed: somebody listens there already.
    """
    if wanted is not None:
        found = _bound(wanted)
        if found is None:
            raise PlayFailed(f"Port {wanted} is in use. `--port 0` takes a free one.")
        return found
    for port in range(PORT, PORT + _PORTS_TRIED):
        if _bound(port) is not None:
            if port != PORT:
                print(f"Port {PORT} is in use; the page moves to {port}.", flush=True)
            return port
    raise PlayFailed(f"Ports {PORT} to {PORT + _PORTS_TRIED - 1} are in use. `--port 0` takes a free one.")


def _bound(port: int) -> int | None:
    """The port, or a free one for 0, if it can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def alone(folder: Path) -> Iterator[None]:
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
