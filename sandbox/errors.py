"""What can be refused, and in which words.

Refused                    an error answer of the Bot API, in Telegram's wording
└── TooManyRequests        429, knows how long to wait
BadClientRequest           the client side (/client/…) was asked something impossible
"""

from __future__ import annotations

import json


class Refused(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> str:
        """The JSON text Telegram would send."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return json.dumps(body)


class TooManyRequests(Refused):
    """A sliding window is full."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class BadClientRequest(Exception):
    """A sentence for whoever plays the people."""


def bad_request(words: str) -> Refused:
    """400 with Telegram's prefix."""
    return Refused(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refused:
    """403 with Telegram's prefix."""
    return Refused(403, f"Forbidden: {words}")
