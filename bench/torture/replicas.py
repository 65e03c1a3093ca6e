"""Processes of the same bot, and what befalls them."""

import asyncio
import random
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import aiohttp
import psutil

from bot.playing.failure import PlayFailed
from bot.playing.processes import Process

_START_SECONDS = 120.0
_PATIENCE = 2.0  # seconds; whoever hangs does not answer


class Replicas:
    """Each on a port of its own; whoever is killed is started again at once, on the same one."""

    def __init__(
        self,
        settings: Mapping[str, str],
        ports: Sequence[int],
        folder: Path,
        session: aiohttp.ClientSession,
        stack: AsyncExitStack,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._session = session
        self._stack = stack
        self._numbers = count(1)
        self._ports = ports
        self._running: dict[int, Process] = {}
        self.kills = 0

    async def start(self) -> None:
        for port in self._ports:
            await self._start(port)

    async def leader(self, but: int | None = None) -> int | None:
        """The port of whoever polls, sends and ticks."""
        return next(iter(await self._leading(but)), None)

    async def leading(self) -> int:
        """How many do."""
        return len(await self._leading())

    async def _leading(self, but: int | None = None) -> list[int]:
        ports = [port for port in self._ports if port != but]  # whoever is stopped would let us wait
        roles = await asyncio.gather(*map(self._role, ports))
        return [port for port, role in zip(ports, roles, strict=True) if role == "works"]

    async def until_led(self, but: int | None = None) -> int:
        """Wait until somebody does.

        Raises:
            PlayFailed: nobody does, for a long time.
        """
        deadline = time.monotonic() + _START_SECONDS
        while (port := await self.leader(but)) is None:
            if time.monotonic() > deadline:
                tails = "\n".join(process.tail() for process in self._running.values())
                raise PlayFailed(f"Nobody works after {_START_SECONDS:g} seconds.\n{tails}")
            await asyncio.sleep(0.1)
        return port

    async def until_all_ready(self) -> None:
        """Wait until every replica takes updates.

        Raises:
            PlayFailed: one does not, for a long time.
        """
        deadline = time.monotonic() + _START_SECONDS
        for port, process in self._running.items():
            while await self._role(port) not in ("works", "waits"):
                if time.monotonic() > deadline:
                    raise PlayFailed(f"{process.name} is not ready after {_START_SECONDS:g} seconds.\n{process.tail()}")
                await asyncio.sleep(0.1)

    async def kill_one(self, chance: random.Random) -> None:
        """kill -9, whoever it is and wherever it is."""
        port = chance.choice(self._ports)
        psutil.Process(self._running[port].pid).kill()
        self.kills += 1
        await self._start(port)

    def hold(self, port: int) -> None:
        psutil.Process(self._running[port].pid).send_signal(signal.SIGSTOP)

    def let_go(self, port: int) -> None:
        psutil.Process(self._running[port].pid).send_signal(signal.SIGCONT)

    async def _role(self, port: int) -> str | None:
        """ "works", "waits" or "starts", as it says itself; None when it says nothing."""
        try:
            async with self._session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                role: str = (await answer.json())["role"]
                return role
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _start(self, port: int) -> None:
        own = {**self._settings, "WISHLIGHT_WEB_PORT": f"{port}"}
        process = Process(f"bot-{next(self._numbers)}", ["run"], own, self._folder)
        await process.start()
        self._stack.push_async_callback(process.stop)
        self._running[port] = process


def looking() -> aiohttp.ClientSession:
    """Asks replicas how they are, and does not wait for those that hang."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_PATIENCE), connector=aiohttp.TCPConnector(force_close=True))


def free_ports(number: int) -> list[int]:
    held = [socket.socket() for _ in range(number)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
