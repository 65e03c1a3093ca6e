"""What goes over the wire: calls in every dress that Telegram takes, and compact JSON back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from sandbox.errors import Refused, bad_request
from sandbox.limits import UPLOAD_MAX_BYTES
from sandbox.parameters import Upload

Json = dict[str, Any]

REQUEST_MAX_BYTES = UPLOAD_MAX_BYTES + 1024 * 1024

# Nothing here ever contains itself, so nothing looks for circles.
dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Told:
    """A result that comes with a sentence."""

    result: Any
    words: str


async def read_payload(request: web.Request) -> Json:
    """What a call gives, from the query string and from whatever kind of body came.

    Raises:
        Refused: the body does not parse or is too large.
    """
    payload: Json = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)) if request.query_string else {}
    if not request.can_read_body:
        return payload
    kind = request.content_type
    try:
        if kind == "multipart/form-data":
            return payload | await read_parts(await request.multipart())
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, "Request Entity Too Large") from None
    if kind == "application/json":
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise bad_request("can't parse JSON object")
        return payload | given
    if kind == "application/x-www-form-urlencoded":
        payload.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return payload


async def read_parts(parts: AsyncIterable[Any]) -> Json:
    """What the parts of a multipart body say.

    Raises:
        Refused: a part is too large, or does not parse.
    """
    payload: Json = {}
    try:
        async for part in parts:
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            data = bytes(await part.read(decode=True))
            if len(data) > UPLOAD_MAX_BYTES:
                raise Refused(413, "Request Entity Too Large")
            if part.filename is None:
                payload[part.name] = data.decode("utf-8", "replace")
            else:
                content_type = part.headers.get("Content-Type", "application/octet-stream")
                payload[part.name] = Upload(part.name, part.filename, content_type, data)
    except ValueError:
        raise bad_request("can't parse multipart body") from None
    return payload
