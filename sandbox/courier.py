"""Brings updates to webhooks, as Telegram does.

A chat's messages come one after the other, one request at a time; a person's taps wait in a line of their own, so they may
come beside the message they belong to. What is not taken (no 2xx, no answer, no connection) comes again: at once, then after
2, 4, 8 … up to 60–120 seconds, or when `Retry-After` says so, until it is a day old. An answer that names a method is carried
out as a call of that method, whose result nobody sees.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from sandbox.calls import Call
from sandbox.errors import Refused
from sandbox.methods import proper_name
from sandbox.updates import Update, milliseconds
from sandbox.webhooks import Webhook
from sandbox.wire import read_parts
from sandbox.world import Bot, World

ANSWER_SECONDS = 60.0
LONGEST_DELAY = 60.0
_LONGEST_WISH = 3600  # of Retry-After
_SHORTEST_PAUSE = 0.02  # whatever the rate scale
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_NOT_IN_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})

Line = deque[tuple[Update, bool]]
"""What is to be brought in order; True: it was taken before, and comes once more."""


class Couriers:
    """A courier for every bot that has a webhook."""

    def __init__(
        self, world: World, saved: Callable[[], Awaitable[None]], carry: Callable[[Bot, Call], Awaitable[None]]
    ) -> None:
        self._world = world
        self._saved = saved
        self._carry = carry
        self._running: dict[int, Courier] = {}
        self._gone: set[asyncio.Task[None]] = set()
        self._forget: Callable[[], None] | None = None

    def start(self) -> None:
        """Bring what waits, and whatever comes."""
        self._forget = self._world.events.subscribe(self._note)
        for bot_id in self._world.bots:
            self._send_out(bot_id)

    async def stop(self) -> None:
        """Give up what is on the way: it was not taken."""
        if self._forget is not None:
            self._forget()
        for bot_id in list(self._running):
            self._call_back(bot_id)
        await asyncio.gather(*self._gone)

    def _note(self, event: dict[str, Any]) -> None:
        if event["kind"] == "webhook":
            self._call_back(event["bot"])
            self._send_out(event["bot"])

    def _send_out(self, bot_id: int) -> None:
        bot = self._world.bots[bot_id]
        if bot.webhook is not None:
            self._running[bot_id] = Courier(self._world, bot, bot.webhook, self._saved, self._carry)
            self._running[bot_id].start()

    def _call_back(self, bot_id: int) -> None:
        courier = self._running.pop(bot_id, None)
        if courier is not None:
            task = asyncio.create_task(courier.stop())
            self._gone.add(task)
            task.add_done_callback(self._gone.discard)


class Courier:
    """Brings one bot's updates to one address."""

    def __init__(
        self,
        world: World,
        bot: Bot,
        webhook: Webhook,
        saved: Callable[[], Awaitable[None]],
        carry: Callable[[Bot, Call], Awaitable[None]],
    ) -> None:
        self._world = world
        self._bot = bot
        self._webhook = webhook
        self._saved = saved
        self._carry = carry
        self._lines: dict[tuple[str, int], Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(webhook.max_connections)
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Bring everything that waits, then what comes."""
        self._bot.queue.courier = self._take
        for update in self._bot.queue.waiting_updates():
            self._take(update)

    async def stop(self) -> None:
        """Give up."""
        if self._bot.queue.courier == self._take:
            self._bot.queue.courier = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _take(self, update: Update) -> None:
        line = self._lines.get(update.line)
        if line is None:
            line = self._lines[update.line] = deque()
            task = asyncio.create_task(self._serve(update.line, line), name=f"webhook {update.line}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        line.append((update, False))

    async def _serve(self, name: tuple[str, int], line: Line) -> None:
        while line:
            update, again = line.pop() if len(line) > 1 and self._bot.queue.turned() else line.popleft()
            text = update.json
            if not again and not self._bot.queue.waits(update):
                continue  # dropped meanwhile
            if await self._bring(update, text) and not again and self._bot.queue.brought(update):
                line.append((update, True))
        del self._lines[name]

    async def _bring(self, update: Update, text: str) -> bool:
        """Try until it is taken; False when it became too old for that."""
        delay, fails = 1.0, 0
        while not update.expired(milliseconds()):
            async with self._slots:
                await self._saved()  # a bot never knows more than what is kept
                update.handed = update.handed or milliseconds()
                update.tries += 1
                problem, wait = await self._post(text)
            if problem is None:
                return True
            self._webhook.last_error_date, self._webhook.last_error_message = self._world.date(), problem
            if not wait and fails:
                delay = min(delay * 2, random.uniform(LONGEST_DELAY, 2 * LONGEST_DELAY))
                wait = delay
            fails += 1
            await asyncio.sleep(max(wait / self._world.rate_scale, _SHORTEST_PAUSE) if wait else 0.0)
        self._bot.queue.brought(update)
        return False

    async def _post(self, text: str) -> tuple[str | None, float]:
        """What was wrong, and how many seconds the bot asked for."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        headers = {"Content-Type": "application/json"}
        if self._webhook.secret:
            headers[SECRET_HEADER] = self._webhook.secret
        lost = self._world.faults.hit(("reset", "refuse"), "webhook")
        if lost is not None and lost.kind == "refuse":
            return "Connection refused", 0.0
        limits = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        body = text.encode("utf-8", "surrogatepass")
        try:
            async with self._session.post(
                self._webhook.url, data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                said = await _call_in(answer)
        except TimeoutError:
            return "Read timeout expired", 0.0
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0.0
        except (aiohttp.ClientError, OSError):
            return "Webhook connection closed", 0.0
        if lost is not None:
            return "Webhook connection closed", 0.0
        if not 200 <= answer.status < 300:
            return f"Wrong response from the webhook: {answer.status} {answer.reason}", _wish(answer)
        await self._do(said)
        return None, 0.0

    async def _do(self, payload: dict[str, Any]) -> None:
        """Carry out the call that an answer names."""
        method = str(payload.pop("method", ""))
        if method and method.lower() not in _NOT_IN_AN_ANSWER and not method.lower().startswith("get"):
            now = self._world.clock.now()
            await self._carry(self._bot, Call(self._bot.id, proper_name(method) or method, payload, now))


async def _call_in(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """The call that an answer names, in whatever dress; nothing when it names none."""
    kind = answer.content_type
    if kind == "multipart/form-data":
        with suppress(Refused, ValueError):
            return await read_parts(aiohttp.MultipartReader.from_response(answer))
    said = await answer.read()
    if kind == "application/json":
        with suppress(ValueError):
            given = json.loads(said)
            return given if isinstance(given, dict) else {}
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(said.decode("utf-8", "replace"), keep_blank_values=True))
    return {}


def _wish(answer: aiohttp.ClientResponse) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(min(int(given), _LONGEST_WISH)) if given.isdecimal() else 0.0
