"""Calls to the Bot API: JSON in, the result out, or one of three errors.

    ApiError
    ├── RetryAfter    too fast; how long to wait
    ├── Later         no answer, or none that counts: `sent_nothing` says whether it surely had no effect
    │   └── Unauthorised   the token is not accepted
    └── Never         Telegram's answer will not change; `reason` is what the sender acts on

No error carries a URL, since the token is part of it.
"""

import json
import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from pydantic import SecretStr

PUBLIC_API = "https://api.telegram.org"
_LOGIN_REFUSED = 407  # by the proxy: nothing went further
_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
)


class Reason(StrEnum):
    """Why Telegram will never do it."""

    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NOT_STARTED = "not started"
    KICKED = "kicked"
    CHAT_NOT_FOUND = "chat not found"
    NO_RIGHTS = "no rights"
    MOVED = "moved"
    MESSAGE_GONE = "message gone"
    TOO_OLD = "too old to be deleted"
    CONFLICT = "another poller"
    OTHER = "other"


_HARMLESS = ("message is not modified", "query is too old", "query id is invalid")
_REASONS = (
    ("bot was blocked by the user", Reason.BLOCKED),
    ("user is deactivated", Reason.DEACTIVATED),
    ("can't initiate conversation", Reason.NOT_STARTED),
    ("bot can't send messages to bots", Reason.BLOCKED),
    ("bot was kicked", Reason.KICKED),
    ("bot is not a member", Reason.KICKED),
    ("group chat was deleted", Reason.KICKED),
    ("chat not found", Reason.CHAT_NOT_FOUND),
    ("peer_id_invalid", Reason.CHAT_NOT_FOUND),
    ("not enough rights", Reason.NO_RIGHTS),
    ("have no rights", Reason.NO_RIGHTS),
    ("need administrator rights", Reason.NO_RIGHTS),
    ("chat_write_forbidden", Reason.NO_RIGHTS),
    ("message to edit not found", Reason.MESSAGE_GONE),
    ("message can't be edited", Reason.MESSAGE_GONE),
    ("message to delete not found", Reason.MESSAGE_GONE),
    ("message can't be deleted", Reason.TOO_OLD),
    ("message_id_invalid", Reason.MESSAGE_GONE),
)


class ApiError(Exception):
    """A call that did not succeed."""


class RetryAfter(ApiError):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds:g} s")
        self.seconds = seconds


class Later(ApiError):
    def __init__(self, what: str, *, sent_nothing: bool) -> None:
        super().__init__(what)
        self.sent_nothing = sent_nothing


class Unauthorised(Later):
    def __init__(self, method: str) -> None:
        super().__init__(f"{method}: the token is not accepted", sent_nothing=True)


class Never(ApiError):
    def __init__(self, code: int, description: str, moved_to: int | None = None) -> None:
        # What Telegram quotes may be somebody's words.
        self.description = re.sub(r'"[^"]*"', '"…"', description)
        super().__init__(f"{code} {self.description}")
        self.code = code
        self.moved_to = moved_to
        self.reason = _reason(code, description, moved_to)


def _reason(code: int, description: str, moved_to: int | None) -> Reason:
    if moved_to is not None:
        return Reason.MOVED
    if code == 409:
        return Reason.CONFLICT
    lowered = description.lower()
    return next((reason for words, reason in _REASONS if words in lowered), Reason.OTHER)


class Telegram:
    """One HTTP session to one Bot API server, for one bot."""

    def __init__(self, token: SecretStr, api_url: str = PUBLIC_API, proxy: SecretStr | None = None) -> None:
        self._api_url = api_url.rstrip("/")
        self._root = f"{self._api_url}/bot{token.get_secret_value()}/"
        self._proxy = proxy.get_secret_value() if proxy is not None else None
        self._session: aiohttp.ClientSession | None = None
        self.answers: Counter[tuple[str, str]] = Counter()
        """How many calls there were, by method and what came of them: ok, wait, later, never."""

    async def open(self) -> None:
        connector: aiohttp.BaseConnector
        http_proxy = None
        if self._proxy is not None and urlsplit(self._proxy).scheme.startswith("socks"):
            connector = ProxyConnector.from_url(self._proxy)
        else:
            connector, http_proxy = aiohttp.TCPConnector(), self._proxy
        self._session = aiohttp.ClientSession(connector=connector, proxy=http_proxy)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def told_time(self, seconds: float) -> datetime | None:
        """The server's clock, to the second, as every answer of it tells; None when it does not. No token is shown for it.

        Raises:
            Later: there was no answer.
        """
        if self._session is None:
            raise Later("time: closed", sent_nothing=True)
        limits = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.get(f"{self._api_url}/", timeout=limits, allow_redirects=False) as answer:
                told = answer.headers.get("Date", "")
        except (*_NEVER_CONNECTED, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"no answer, {type(error).__name__}", sent_nothing=True) from None
        try:
            return parsedate_to_datetime(told)
        except ValueError:
            return None

    async def call(self, method: str, payload: dict[str, Any] | None = None, timeout: float = 30.0) -> Any:  # noqa: ASYNC109
        """Telegram's result. What it refuses because it is already so, or because nobody waits for it, is True.

        Raises:
            RetryAfter, Later, Never: see the tree above.
        """
        outcome = "never"
        try:
            result = await self._ask(method, payload or {}, timeout)
            outcome = "ok"
            return result
        except RetryAfter:
            outcome = "wait"
            raise
        except Later:
            outcome = "later"
            raise
        finally:
            self.answers[method, outcome] += 1

    async def _ask(self, method: str, payload: dict[str, Any], seconds: float) -> Any:
        status, body = await self._post(method, payload, seconds)
        if not isinstance(body, dict) or "ok" not in body:
            raise Later(f"{method}: {status} without an answer", sent_nothing=status == _LOGIN_REFUSED)
        if body["ok"] is True:
            return body.get("result")
        code = int(body.get("error_code") or status)
        description = str(body.get("description") or "")
        parameters = body.get("parameters") or {}
        if code == 429:
            raise RetryAfter(float(parameters.get("retry_after") or 1))
        if code == 401:
            raise Unauthorised(method)
        if code >= 500:
            raise Later(f"{method}: {code}", sent_nothing=False)
        if any(words in description.lower() for words in _HARMLESS):
            return True
        raise Never(code, description, parameters.get("migrate_to_chat_id"))

    async def _post(self, method: str, payload: dict[str, Any], seconds: float) -> tuple[int, Any]:
        if self._session is None:
            raise Later(f"{method}: closed", sent_nothing=True)
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, 10.0))
        try:
            async with self._session.post(self._root + method, json=payload, timeout=limits) as answer:
                raw = await answer.read()
                status = answer.status
        except _NEVER_CONNECTED as error:
            raise Later(f"{method}: no connection ({type(error).__name__})", sent_nothing=True) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"{method}: no answer ({type(error).__name__})", sent_nothing=False) from None
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, None
