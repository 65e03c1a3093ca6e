"""A bot's webhook: where its updates go, and what may be asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import bad_request

Json = dict[str, Any]

DEFAULT_CONNECTIONS, MAX_CONNECTIONS = 40, 100
_PORTS = frozenset({80, 88, 443, 8443})
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET = re.compile(r"[A-Za-z0-9_-]+")
_SECRET_MAX = 256


@dataclass(slots=True)
class Webhook:
    """What setWebhook was told, and what went wrong last."""

    url: str
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS
    last_error_date: int | None = None
    last_error_message: str | None = None

    def info(self) -> Json:
        """Its part of the answer to getWebhookInfo."""
        told: Json = {"url": self.url, "has_custom_certificate": False, "max_connections": self.max_connections}
        host = urlsplit(self.url).hostname or ""
        if _is_address(host):
            told["ip_address"] = host
        if self.last_error_date is not None:
            told |= {"last_error_date": self.last_error_date, "last_error_message": self.last_error_message}
        return told

    def kept(self) -> Json:
        """What is kept on disk."""
        return {"url": self.url, "secret": self.secret, "max_connections": self.max_connections}


def webhook_of(arguments: Json) -> Webhook:
    """The webhook that a call asks for.

    Raises:
        Refused: Telegram would not go there.
    """
    for name in ("certificate", "ip_address"):
        if name in arguments:
            raise bad_request(f"bad webhook: the sandbox takes no {name}")
    url: str = arguments["url"]
    secret: str = arguments.get("secret_token", "")
    if len(secret) > _SECRET_MAX:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise bad_request("invalid webhook URL specified")
    if host not in _LOCAL:  # here a bot may live beside its Telegram, without a certificate and on any port
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (port or 443) not in _PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    connections = min(max(arguments.get("max_connections", DEFAULT_CONNECTIONS), 1), MAX_CONNECTIONS)
    return Webhook(parts.geturl(), secret, connections)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
