"""Everything that happens, live: server-sent events for the chat windows.

Events are rendered when they are sent, so that nothing is made for nobody, and a slow reader costs no memory: whoever falls
further behind than what is kept is told to read everything anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.events import KEPT
from sandbox.world import World

Json = dict[str, Any]

HEARTBEAT = 15.0
_BATCH = 200
_PAUSE = 0.02  # seconds between two writes: a burst becomes few packets


class Streams:
    """`GET /client/events`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The stream, from `Last-Event-ID` or `after`; without either from now."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        )
        log, wake = self._world.events, asyncio.Event()
        seq = _number(request.headers.get("Last-Event-ID") or request.query.get("after"), log.count)
        await response.prepare(request)  # who reads everything after this misses nothing between
        unsubscribe = log.subscribe(lambda event: wake.set())
        try:
            await response.write(b"retry: 500\n\n")
            while not log.closed:
                wake.clear()
                if seq > log.count or log.count - seq > KEPT:
                    seq = log.count
                    await response.write(_lines(seq, {"seq": seq, "kind": "reload"}))
                events = log.after(seq)[:_BATCH]
                if events:
                    seq = events[-1]["seq"]
                    await response.write(b"".join(_lines(event["seq"], render(self._world, event)) for event in events))
                    await asyncio.sleep(_PAUSE)
                    continue
                try:
                    await asyncio.wait_for(wake.wait(), HEARTBEAT)
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionError:
            pass  # the window was closed
        finally:
            unsubscribe()
        with contextlib.suppress(ConnectionError):
            await response.write_eof()
        return response


def render(world: World, event: Json) -> Json | str:
    """An event as a window reads it: with the message, the chat, the call it is about, as they are now."""
    kind = event["kind"]
    extra = _EXTRAS.get(kind)
    if kind == "call":
        return f'{{"seq": {event["seq"]}, "kind": "call", "call": {event["call"].row()}}}'
    return {**event, **extra(world, event)} if extra is not None else event


def _message(world: World, event: Json) -> Json:
    chat = _chat_of(world, event)
    message = chat.messages.get(event["message_id"]) if chat is not None else None
    return {"message": message.row() if message is not None else None}


def _chat(world: World, event: Json) -> Json:
    chat = _chat_of(world, event)
    return {"chat": chat.row() if chat is not None else None}


def _user(world: World, event: Json) -> Json:
    user = world.users.get(event["user_id"])
    return {"user": user.api() if user is not None else None}


def _clock(world: World, event: Json) -> Json:
    return world.clock.reading()


def _chat_of(world: World, event: Json) -> Any:
    chat_id, bot = event["chat_id"], event.get("bot")
    return world.groups.get(chat_id) if chat_id < 0 else world.privates.get((bot or 0, chat_id))


_EXTRAS: dict[str, Callable[[World, Json], Json]] = {
    "message": _message,
    "edit": _message,
    "chat": _chat,
    "member": _chat,
    "user": _user,
    "clock": _clock,
}


def _lines(seq: int, event: Json | str) -> bytes:
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return f"id: {seq}\ndata: {text}\n\n".encode("utf-8", "surrogatepass")


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
