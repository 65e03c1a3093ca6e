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
import socket
import struct
from datetime import datetime
from pathlib import Path

from aiohttp import web

from sandbox.calls import Call
from sandbox.client_routes import ClientSide, nowhere
from sandbox.courier import Couriers
from sandbox.errors import Refused, TooManyRequests
from sandbox.faults import Fault
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
_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
_GARBAGE = '{"ok":true,"result":{"message_id":'
_BEFORE, _AFTER = ("refuse", "500", "502", "429"), ("500_after", "reset", "garbage", "delay")
_NOTHING = '{"ok":true,"result":[]}'


class Sandbox:
    """A local Telegram that lives in the caller's event loop."""

    def __init__(self, rate_scale: float = 1.0, clock_start: datetime | None = None, keep: Path | None = None) -> None:
        self.world = World(rate_scale, clock_start)
        self.url = ""
        self._keeper = Keeper(self.world, keep) if keep is not None else None
        self._couriers = Couriers(self.world, self._saved, self._carry)
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
        self._couriers.start()

    async def stop(self) -> None:
        """End waiting polls and streams, stop listening, and keep the world where that is wanted."""
        await self._couriers.stop()
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

    async def _bot_api(self, request: web.Request) -> web.StreamResponse:
        token, _, method = request.match_info["path"][3:].partition("/")
        name = proper_name(method)
        call = Call(None, name or method, {}, self.world.clock.now())
        trouble = self.world.faults.hit((*_BEFORE, *_AFTER), call.method)
        if trouble is not None and trouble.kind == "refuse":
            return _hang_up(request)
        try:
            bot = self._authorise(token)
            call.bot_id = bot.id
            call.payload = await read_payload(request)
            trouble = trouble or self.world.faults.hit((*_BEFORE, *_AFTER), call.method, call.payload.get("chat_id"))
            if trouble is not None and trouble.kind == "refuse":
                return _hang_up(request)
            if name is None:
                raise _NOT_FOUND
            if trouble is not None and trouble.kind == "500":
                raise _BROKEN
            if trouble is not None and trouble.kind == "429":
                raise TooManyRequests(trouble.retry_after)
        except Refused as refused:
            return self._log(call, refused.code, refused.answer(), None)
        if trouble is not None and trouble.kind == "502":
            self._record(call, 502, "null")
            return web.Response(text=_GATEWAY, status=502, content_type="text/html")
        status, text, short = await self._done(bot, call)
        if trouble is not None and trouble.kind in _AFTER:
            return await self._spoilt(request, call, trouble, status, text)
        return self._log(call, status, text, short)

    async def _done(self, bot: Bot, call: Call) -> tuple[int, str, str | None]:
        status, text, short = await carry_out(self.world, bot, call)
        await self._saved()  # a bot never knows more than what is kept
        return status, text, short

    async def _saved(self) -> None:
        if self._keeper is not None:
            await self._keeper.saved()

    async def _carry(self, bot: Bot, call: Call) -> None:
        """Do what a bot said in its answer to a webhook; it is told nothing of the outcome."""
        if proper_name(call.method) is None:
            self._record(call, _NOT_FOUND.code, _NOT_FOUND.answer())
            return
        status, text, short = await self._done(bot, call)
        self._record(call, status, short if short is not None else text)

    async def _spoilt(self, request: web.Request, call: Call, trouble: Fault, status: int, text: str) -> web.StreamResponse:
        """It happened; what goes wrong is the answer."""
        if trouble.kind == "500_after":
            return self._log(call, 500, _BROKEN.answer(), None) if status == 200 else self._log(call, status, text, None)
        if trouble.kind == "delay":
            await asyncio.sleep(trouble.delay)
            return self._log(call, status, text, None)
        self._record(call, status, text)
        if trouble.kind == "garbage":
            return web.Response(text=_GARBAGE, status=status, content_type="application/json")
        whole = text.encode("utf-8", "surrogatepass")
        answer = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
        answer.content_length = len(whole)
        await answer.prepare(request)
        await answer.write(whole[: len(whole) // 2])
        return _hang_up(request, answer)

    def _log(self, call: Call, status: int, text: str, short: str | None) -> web.Response:
        self._record(call, status, short if short is not None else text)
        return web.Response(body=text.encode("utf-8", "surrogatepass"), status=status, content_type="application/json")

    def _record(self, call: Call, status: int, text: str) -> None:
        self.world.calls.add(call, status, text)
        if call.method != "getUpdates" or status != 200 or text != _NOTHING:
            self.world.events.add("call", call=call)

    async def _download(self, request: web.Request) -> web.StreamResponse:
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


def _hang_up(request: web.Request, answer: web.StreamResponse | None = None) -> web.StreamResponse:
    """Reset the connection, whatever was said so far."""
    if request.transport is not None:
        wire = request.transport.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return answer if answer is not None else web.Response(status=500)


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
