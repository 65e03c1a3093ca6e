"""The client side over HTTP: JSON in, JSON out, errors as {"error": "a sentence"}."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from aiohttp import web

from sandbox import people
from sandbox.chats import MESSAGES_KEPT
from sandbox.errors import BadClientRequest
from sandbox.world import World

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]

CALLS_PAGE = 10_000
LONGEST_WAIT = 60.0


def answer(body: Any, status: int = 200) -> web.Response:
    """JSON text as it is, anything else dumped."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


async def body_of(request: web.Request) -> Json:
    """The JSON object of a request."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadClientRequest("The body must be a JSON object.")
    return body


def number(request: web.Request, name: str, default: float) -> float:
    """A number in the query string."""
    if name not in request.query:
        return default
    try:
        value = float(request.query[name])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadClientRequest(f"{name} must be a number.")
    return value


def guarded(handler: Handler) -> Handler:
    """Turn refusals into 400."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except BadClientRequest as refused:
            return answer({"error": str(refused)}, 400)

    return handle


async def nowhere(request: web.Request) -> web.Response:
    """Any path that the client side does not have."""
    return answer({"error": f"There is no {request.method} {request.path}."}, 404)


class ClientSide:
    """Handlers over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Where each handler lives."""
        get: dict[str, Handler] = {
            "/client/users": self.users,
            "/client/bots": self.bots,
            "/client/chats": self.chats,
            "/client/chats/{id}": self.chat,
            "/client/chats/{id}/messages": self.messages,
            "/client/callbacks/{id}": self.callback,
            "/client/calls": self.calls,
            "/client/updates": self.updates,
            "/client/status": self.status,
            "/client/clock": self.clock,
            "/client/faults": self.faults,
        }
        post: dict[str, Handler] = {
            "/client/users": self.add_user,
            "/client/bots": self.set_bot,
            "/client/chats": self.add_chat,
            "/client/chats/{id}/members": self.set_member,
            "/client/chats/{id}/upgrade": self.upgrade,
            "/client/messages": self.say,
            "/client/messages/edit": self.edit,
            "/client/messages/delete": self.delete,
            "/client/callbacks": self.tap,
            "/client/block": self.block,
            "/client/clock": self.set_clock,
            "/client/faults": self.order_fault,
        }
        return [web.get(path, guarded(handler)) for path, handler in get.items()] + [
            web.post(path, guarded(handler)) for path, handler in post.items()
        ]

    # --- who is there

    async def users(self, request: web.Request) -> web.Response:
        """Every person."""
        return answer({"users": [user.api() for user in self._world.users.values()]})

    async def add_user(self, request: web.Request) -> web.Response:
        """Add or change a person."""
        return answer(people.upsert_user(self._world, await body_of(request)).api())

    async def bots(self, request: web.Request) -> web.Response:
        """Every bot, in the order they came."""
        return answer({"bots": [bot.api() for bot in self._world.bots.values()]})

    async def set_bot(self, request: web.Request) -> web.Response:
        """Announce a bot before it connects, or change its name, username or privacy mode."""
        body = await body_of(request)
        if not isinstance(body.get("id"), int) or body["id"] <= 0 or body["id"] in self._world.users:
            raise BadClientRequest("A bot's id is the number before the colon of its token.")
        bot = self._world.bot(body["id"])
        bot.user.change(**{name: str(body[name]) for name in ("first_name", "username") if name in body})
        bot.reads_all = not body.get("privacy", not bot.reads_all)
        return answer(bot.api())

    async def chats(self, request: web.Request) -> web.Response:
        """Every chat."""
        world = self._world
        return answer({"chats": [chat.row() for chat in (*world.groups.values(), *world.privates.values())]})

    async def add_chat(self, request: web.Request) -> web.Response:
        """Create a group."""
        return answer(people.add_group(self._world, await body_of(request)).row())

    async def chat(self, request: web.Request) -> web.Response:
        """One chat and its members."""
        return answer(self._chat(request).row())

    async def set_member(self, request: web.Request) -> web.Response:
        """Change a membership."""
        return answer(people.change_member(self._world, self._chat(request), await body_of(request)).api())

    async def upgrade(self, request: web.Request) -> web.Response:
        """Make a group a supergroup; the answer is the new chat."""
        return answer(people.upgrade(self._world, self._chat(request)).row())

    async def block(self, request: web.Request) -> web.Response:
        """Block or unblock a bot."""
        body = await body_of(request)
        bot = people.pick_bot(self._world, body.get("bot"))
        people.block(self._world, people.pick_user(self._world, body.get("user_id")), bool(body.get("blocked", True)), bot)
        return answer({"blocked": bool(body.get("blocked", True))})

    # --- what they say

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of a chat: those after one, or the last `limit` before one."""
        after, before = number(request, "after", 0), number(request, "before", math.inf)
        limit = int(number(request, "limit", MESSAGES_KEPT))
        found = (message for message in reversed(self._chat(request).messages.values()) if after < message.id < before)
        rows = [message.row() for message in islice(found, max(limit, 0))]
        return answer({"messages": rows[::-1]})

    async def say(self, request: web.Request) -> web.Response:
        """Write as a person."""
        body = await body_of(request)
        messages = [message.row() for message in people.say(self._world, body)]
        return answer({"messages": messages} if "media_group" in body else messages[0])

    async def edit(self, request: web.Request) -> web.Response:
        """Edit as a person."""
        return answer(people.edit(self._world, await body_of(request)).row())

    async def delete(self, request: web.Request) -> web.Response:
        """Delete as a person."""
        return answer(people.delete(self._world, await body_of(request)).row())

    async def tap(self, request: web.Request) -> web.Response:
        """Press a button, and wait for the answer when asked to."""
        body = await body_of(request)
        wait = body.get("wait") or 0
        if not isinstance(wait, (int, float)):
            raise BadClientRequest("wait must be a number of seconds.")
        tap = people.tap(self._world, body)
        if wait > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(tap.answered.wait(), min(wait, LONGEST_WAIT))
        return answer(tap.row())

    async def callback(self, request: web.Request) -> web.Response:
        """What became of a tap."""
        tap = self._world.taps.get(request.match_info["id"])
        if tap is None:
            raise BadClientRequest(f"There is no tap {request.match_info['id']}.")
        return answer(tap.row())

    # --- what the server saw

    async def calls(self, request: web.Request) -> web.Response:
        """The log of Bot API calls."""
        after, limit = number(request, "after", 0), number(request, "limit", CALLS_PAGE)
        rows = ",".join([call.row() for call in self._world.calls.after(int(after), int(limit))])
        return answer(f'{{"calls":[{rows}],"last":{self._world.calls.count}}}')

    async def updates(self, request: web.Request) -> web.Response:
        """The log of updates and when each was queued, handed out and acknowledged."""
        after = number(request, "after", 0)
        return answer({"updates": [update.row() for update in self._world.updates if update.id > after]})

    async def status(self, request: web.Request) -> web.Response:
        """Counters."""
        world = self._world
        queues = [bot.queue for bot in world.bots.values()]
        pending = [queue.pending() for queue in queues]
        return answer(
            {
                "pending_updates": sum(count for count, _ in pending),
                "unacked_updates": sum(count for _, count in pending),
                "pollers": sum(queue.waiting() for queue in queues),
                "calls": world.calls.count,
                "refused_calls": world.calls.refused,
                "users": len(world.users),
                "chats": len(world.groups) + len(world.privates),
            }
        )

    # --- time and trouble

    async def clock(self, request: web.Request) -> web.Response:
        """The clock; with after=version, wait until it is another one."""
        clock = self._world.clock
        if "after" in request.query:
            await clock.wait_for_version_after(
                int(number(request, "after", 0)), min(number(request, "timeout", 30), LONGEST_WAIT)
            )
        return answer(clock.reading())

    async def set_clock(self, request: web.Request) -> web.Response:
        """Set, advance, speed up."""
        body = await body_of(request)
        for name in ("set", "advance", "speed"):
            if body.get(name) is not None and (not isinstance(body[name], (int, float)) or isinstance(body[name], bool)):
                raise BadClientRequest(f"{name} must be a number.")
        if (body.get("speed") or 0) < 0:
            raise BadClientRequest("speed must not be negative.")
        clock = self._world.clock
        clock.change(set_to=body.get("set"), advance=body.get("advance") or 0.0, speed=body.get("speed"))
        self._world.events.add("clock")
        return answer(clock.reading())

    async def faults(self, request: web.Request) -> web.Response:
        """Faults in force."""
        return answer({"faults": self._world.faults.rows()})

    async def order_fault(self, request: web.Request) -> web.Response:
        """Order a fault, or clear them all."""
        self._world.faults.order(await body_of(request))
        return answer({"faults": self._world.faults.rows()})

    def _chat(self, request: web.Request) -> Any:
        try:
            chat_id = int(request.match_info["id"])
        except ValueError:
            raise BadClientRequest("A chat's id is a number.") from None
        bot = request.query.get("bot")
        return people.pick_chat(self._world, chat_id, int(bot) if bot and bot.isdecimal() else None)
