"""The page with the chat windows, and what it reads besides the client side: files, commands, the stage."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import people, stage
from sandbox.client_routes import answer, body_of, guarded
from sandbox.world import World

Json = dict[str, Any]

FOLDER = Path(__file__).with_name("page")
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_NAME = re.compile(r"[a-z0-9-]+\.(?:html|css|js|svg)")
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": _POLICY}
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_LOCAL = ("127.0.0.1", "localhost", "[::1]")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """Handlers over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Where each handler lives."""
        return [
            web.get("/", self.index),
            web.get("/page/{path:.+}", self.part),
            web.get("/client/stage", guarded(self.stage)),
            web.post("/client/stage", guarded(self.set_stage)),
            web.get("/client/files/{id}", self.file),
            web.get("/client/commands", guarded(self.commands)),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The page."""
        return _part("index.html")

    async def part(self, request: web.Request) -> web.Response:
        """One of its parts; only files of its own folder have names here."""
        return _part(request.match_info["path"])

    async def stage(self, request: web.Request) -> web.Response:
        """What is shown at first."""
        return answer(self._world.stage)

    async def set_stage(self, request: web.Request) -> web.Response:
        """Set what is shown at first."""
        self._world.stage = stage.read(await body_of(request))
        self._world.events.add("stage")
        return answer(self._world.stage)

    async def file(self, request: web.Request) -> web.Response:
        """A photo, voice or document by its file id."""
        file = self._world.files.get(request.match_info["id"])
        if file is None:
            return answer({"error": "There is no such file."}, 404)
        data, kind = file.data, "application/octet-stream"
        if file.kind in ("photo", "sticker"):
            kind = next((name for magic, name in _PICTURES.items() if data.startswith(magic)), kind)
        elif file.kind == "voice":
            data, kind = (tone(), "audio/wav") if data == people.SILENCE else (data, "audio/ogg")
        return web.Response(body=data, content_type=kind, headers={**_HEADERS, "Cache-Control": "private, max-age=3600"})

    async def commands(self, request: web.Request) -> web.Response:
        """The command menu of a person in a chat, chosen as Telegram does: the narrowest scope, their language before none."""
        try:
            user_id, chat_id = int(request.query["user"]), int(request.query["chat"])
        except (KeyError, ValueError):
            return answer({"error": "user and chat must be numbers."}, 400)
        user, chat = people.pick_user(self._world, user_id), people.pick_chat(self._world, chat_id, None)
        bot = people.pick_bot(self._world, chat.bot_id)
        member = chat.member(user_id)
        scopes = [f"chat_member:{chat_id}:{user_id}"] if not chat.private else []
        if member is not None and member.is_admin:
            scopes += [f"chat_administrators:{chat_id}", f"chat:{chat_id}", "all_chat_administrators", "all_group_chats"]
        else:
            scopes += [f"chat:{chat_id}", "all_private_chats" if chat.private else "all_group_chats"]
        language = (user.language_code or "").split("-")[0]
        for scope in (*scopes, "default"):
            for key in ((scope, language), (scope, "")):
                if bot.commands.get(key):
                    return answer({"commands": bot.commands[key]})
        return answer({"commands": []})


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pages of other sites cannot reach the people's side: neither by a name of theirs for this machine nor by a form."""
    if not request.path.startswith(("/bot", "/file/")):
        host = request.headers.get("Host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        origin = request.headers.get("Origin")
        if name not in _LOCAL or (origin is not None and origin != f"http://{host}"):
            return answer({"error": "Only this machine's own pages may ask."}, 403)
    return await handler(request)


def tone(seconds: float = 1.0, rate: int = 8000) -> bytes:
    """A quiet sound, for voice messages that nobody spoke."""
    samples = bytes(128 + round(24 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate)))
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8,
                       b"data", len(samples))  # fmt: skip
    return head + samples


def _part(name: str) -> web.Response:
    path = FOLDER / name
    if _NAME.fullmatch(name) is None or not path.is_file():
        return web.Response(text="There is no such page.", status=404, headers=_HEADERS)
    return web.Response(body=path.read_bytes(), headers={**_HEADERS, "Content-Type": _KINDS[path.suffix]})
