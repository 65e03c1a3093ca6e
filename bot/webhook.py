"""The webhook: Telegram brings updates one by one, to any replica; each is committed before it is answered 200.

POST with the secret → a JSON object with an update_id? → intake → 200
no secret, or another   403, nothing is read
too large               413, nothing is stored
no update               stored as it came, 200: it would come again for a day and be the same
database down           503, and when to come again
stopping                503: another replica takes it

Telegram brings a chat's messages one after the other and a person's taps beside them; in one replica a line keeps one person's
in order, between replicas the person's row lets one at a time through.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.intake import ALLOWED, DatabaseDown, Intake
from bot.pausing import until_stopped
from bot.telegram import ApiError, Telegram
from bot.vitals import Part, Vitals
from bot.web import Web

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024**2
"""Bytes. An update of Telegram's is a few thousand, with everything it quotes some tens of thousands."""
_AGAIN = "5"  # seconds until Telegram should try again; without it the pauses grow to two minutes
_MOST = 40  # requests at a time; more wait with Telegram


class Webhook:
    """The address that Telegram is told, and what answers there."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self._intake: Intake | None = None

    def mount(self, server: Web) -> None:
        server.mount("POST", urlsplit(self.url).path or "/", self.receive)

    def open(self, intake: Intake) -> None:
        """From now on updates are taken."""
        self._intake = intake

    def close(self) -> None:
        """Take nothing new."""
        self._intake = None

    async def set(self, telegram: Telegram) -> None:
        """Tell Telegram where to bring updates; told again, it changes nothing.

        Raises:
            RetryAfter, Later, Never.
        """
        asked = {"url": self.url, "secret_token": self._secret, "max_connections": _MOST, "allowed_updates": ALLOWED}
        await telegram.call("setWebhook", asked, timeout=10.0)

    async def receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret.encode()):
            log.warning("an update without the secret", extra={"from": request.remote})
            return _refuse(request, 403)
        intake = self._intake
        if intake is None:
            return _refuse(request, 503)
        body = await _body(request)
        if body is None:
            log.error("an update that is too large", extra={"bytes": request.content_length})
            return _refuse(request, 413)
        raw = _update_in(body)
        try:
            if raw is None:
                await intake.keep_strange(body)
            else:
                await intake.take([raw])
        except DatabaseDown as error:
            log.error("the database is down, nothing is acknowledged", extra={"why": str(error)})
            return web.Response(status=503, headers={"Retry-After": _AGAIN})
        return web.Response()


class Watch:
    """Looks from time to time whether Telegram still brings updates here, and whether they arrive."""

    def __init__(
        self,
        telegram: Telegram,
        webhook: Webhook,
        intake: Intake,
        may_watch: Callable[[], Awaitable[bool]],
        vitals: Vitals,
        *,
        every: float = 30.0,
    ) -> None:
        self._telegram = telegram
        self._webhook = webhook
        self._intake = intake
        self._may_watch = may_watch
        self._vitals = vitals
        self._every = every
        self._last_error = 0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`, or until somebody else has the turn."""
        look_at = 0.0
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set() and await self._may_watch():
            if loop.time() >= look_at:
                look_at = loop.time() + self._every
                await self._look()
                await self._intake.forget()
            await until_stopped(self._stopping, 1.0)

    def stop(self) -> None:
        self._stopping.set()

    async def _look(self) -> None:
        try:
            if await self._arrives():
                self._vitals.beat(Part.EXCHANGE)
        except ApiError as error:
            log.warning("nobody knows whether updates arrive", extra={"why": str(error)})

    async def _arrives(self) -> bool:
        """Whether updates come here, as far as Telegram knows; when they go elsewhere, they are called back."""
        info: dict[str, Any] = await self._telegram.call("getWebhookInfo", timeout=10.0)
        if info.get("url") != self._webhook.url:
            log.warning("somebody else took the updates, they are called back")
            await self._webhook.set(self._telegram)
            return False
        before, self._last_error = self._last_error, int(info.get("last_error_date") or 0)
        if self._last_error > before and info.get("pending_update_count"):
            waiting = info["pending_update_count"]
            log.warning("updates do not arrive", extra={"waiting": waiting, "why": info.get("last_error_message")})
            return False
        return True


async def _body(request: web.Request) -> bytes | None:
    """What was sent, as far as it is not too large."""
    if (request.content_length or 0) > LARGEST:
        return None
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None
    return body if len(body) <= LARGEST else None


def _update_in(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return raw if isinstance(number, int) and not isinstance(number, bool) else None


def _refuse(request: web.Request, status: int) -> web.Response:
    """Without having read the body: the connection cannot be used again."""
    answer = web.Response(status=status)
    if request.can_read_body:
        answer.force_close()
    return answer
