"""The server: Bot API and client side on one port.

sandbox = Sandbox()
await sandbox.start()
...  # bots at f"{sandbox.url}/bot<token>/<method>", people at f"{sandbox.url}/client/..."
await sandbox.stop()
"""

from __future__ import annotations

import asyncio
import re
import signal
from datetime import datetime
from pathlib import Path

from aiohttp import web

from sandbox.calls import Call
from sandbox.client_routes import ClientSide, nowhere
from sandbox.errors import Refused
from sandbox.keeping import Keeper
from sandbox.methods import carry_out, proper_name
from sandbox.page import Page, only_from_here
from sandbox.stream import Streams
from sandbox.wire import REQUEST_MAX_BYTES, read_payload
from sandbox.world import Bot, World

_TOKEN = re.compile(r"([1-9]\d{0,15}):([A-Za-z0-9_-]{1,70})")
_NOT_FOUND = Refused(404, "Not Found")
_UNAUTHORIZED = Refused(401, "Unauthorized")
_BROKEN = Refused(500, "Internal Server Error")
_NOTHING = '{"ok":true,"result":[]}'


class Sandbox:
    """A local Telegram that lives in the caller's event loop."""

    def __init__(self, rate_scale: float = 1.0, clock_start: datetime | None = None, keep: Path | None = None) -> None:
        self.world = World(rate_scale, clock_start)
        self.url = ""
        self._keeper = Keeper(self.world, keep) if keep is not None else None
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. `url` says where.

        Raises:
            UnusableKeep: the world on disk cannot be continued.
        """
        if self._keeper is not None:
            self._keeper.load()
        app = web.Application(client_max_size=REQUEST_MAX_BYTES, middlewares=[only_from_here])
        app.add_routes([*Page(self.world).routes(), web.get("/client/events", Streams(self.world).events)])
        app.add_routes(ClientSide(self.world).routes())
        app.router.add_route("*", "/client/{path:.*}", nowhere)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/{path:bot.*}", self._bot_api)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"
        if self._keeper is not None:
            self._keeper.start()

    async def stop(self) -> None:
        """End waiting polls and streams, stop listening, and keep the world where that is wanted."""
        self.world.events.close()
        for bot in self.world.bots.values():
            bot.queue.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            if self._keeper is not None:
                await self._keeper.stop()

    def _authorise(self, token: str) -> Bot:
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise _NOT_FOUND
        bot_id, secret = int(match.group(1)), match.group(2)
        if bot_id in self.world.users:
            raise Refused(401, "Unauthorized: a person in this sandbox has the bot's id")
        bot = self.world.bot(bot_id)
        if bot.secret is None:
            bot.secret = secret
        if bot.secret != secret:
            raise _UNAUTHORIZED
        return bot

    async def _bot_api(self, request: web.Request) -> web.Response:
        token, _, method = request.match_info["path"][3:].partition("/")
        name = proper_name(method)
        faults = self.world.faults
        trouble = faults.hit(("refuse", "500", "500_after"), name or method)
        if trouble == "refuse":
            return _hang_up(request)
        call = Call(None, name or method, {})
        try:
            bot = self._authorise(token)
            call.bot_id = bot.id
            call.payload = await read_payload(request)
            if name is None:
                raise _NOT_FOUND
            if trouble == "500":
                raise _BROKEN
        except Refused as refused:
            return self._log(call, refused.code, refused.answer(), None)
        status, text, short = await carry_out(self.world, bot, call)
        if self._keeper is not None:
            await self._keeper.saved()  # a bot never knows more than what is kept
        if trouble == "500_after" and status == 200:
            status, text, short = 500, _BROKEN.answer(), None
        return self._log(call, status, text, short)

    def _log(self, call: Call, status: int, text: str, short: str | None) -> web.Response:
        self.world.calls.add(call, status, short if short is not None else text)
        if call.method != "getUpdates" or status != 200 or text != _NOTHING:
            self.world.events.add("call", call=call)
        return web.Response(body=text.encode("utf-8", "surrogatepass"), status=status, content_type="application/json")

    async def _download(self, request: web.Request) -> web.Response:
        if self.world.faults.hit(("refuse",), "file") is not None:
            return _hang_up(request)
        try:
            self._authorise(request.match_info["token"])
            data = self.world.files.at(request.match_info["path"])
            if data is None:
                raise _NOT_FOUND
        except Refused as refused:
            return web.Response(text=refused.answer(), status=refused.code, content_type="application/json")
        return web.Response(body=data, content_type="application/octet-stream")


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def serve(host: str, port: int, rate_scale: float = 1.0, keep: Path | None = None) -> None:
    """Run until cancelled or told to stop by SIGINT or SIGTERM.

    Raises:
        UnusableKeep: the world on disk cannot be continued.
    """
    sandbox = Sandbox(rate_scale, keep=keep)
    await sandbox.start(host, port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    print(f"Sandbox at {sandbox.url}: chat windows at /, Bot API at /bot<token>/<method>, client side at /client/", flush=True)
    try:
        await stop.wait()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
        await sandbox.stop()
