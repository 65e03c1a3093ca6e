"""Entities that Telegram finds by itself in plain text, and entities that a bot names explicitly."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import bad_request
from sandbox.markup import Entity, units

_FOUND = re.compile(
    r"(?P<email>(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?P<url>(?:https?|ftp)://[^\s<>\"，。；！？、）】》]+"
    r"|(?<![\w@./-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:com|cn|org|net|gov|edu|me|io|info|dev|app|ru|top)"
    r"(?![A-Za-z0-9-])(?:[/?#][^\s<>\"，。；！？、）】》]*)?)"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}(?![A-Za-z0-9_]))"
    r"|(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z][A-Za-z0-9_]{2,31})?(?![\w/<>]))"
    r"|(?P<hashtag>(?<![\w#@])#[\w·]*[^\W\d][\w·]*)"
    r"|(?P<phone_number>(?<![\w+.-])(?:\+\d[\d \-()]{6,18}\d|1[3-9]\d{9}|0\d{2,3}-\d{7,8})(?![\w-]))"
)
_HINT = re.compile(r"[/@#.]|\d{7}|\+\d")

_TYPE_WORDS = """
    mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote
    expandable_blockquote code pre text_link text_mention custom_emoji date_time
"""
TYPES = frozenset(_TYPE_WORDS.split())
_EXTRA = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}


def find(text: str) -> list[Entity]:
    """Commands, mentions, links, phone numbers and hashtags of a text."""
    if not _HINT.search(text):
        return []
    found: list[Entity] = []
    for match in _FOUND.finditer(text):
        shown = match.group()
        if match.lastgroup == "url":
            shown = shown.rstrip(".,;:!?)'")
        found.append({"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(shown)})
    return found


def merge(entities: list[Entity], found: list[Entity]) -> list[Entity]:
    """Add found entities to explicit ones; inside code and links nothing is found."""
    if not found:
        return entities
    closed = [e for e in entities if e["type"] in ("code", "pre", "text_link", "text_mention", "custom_emoji")]
    kept = [
        new
        for new in found
        if not any(
            new["offset"] < old["offset"] + old["length"] and old["offset"] < new["offset"] + new["length"] for old in closed
        )
    ]
    return sorted([*entities, *kept], key=lambda entity: (entity["offset"], -entity["length"]))


def read(text: str, given: list[Any]) -> list[Entity]:
    """Entities given as JSON, checked and clipped to the text.

    Raises:
        Refused: one is malformed.
    """
    end = units(text)
    entities: list[Entity] = []
    for item in given:
        if not isinstance(item, dict) or str(item.get("type")) not in TYPES:
            raise bad_request("can't parse entities: expected an Object of a supported type")
        offset, length = item.get("offset"), item.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad_request('can\'t parse MessageEntity: field "offset" must be of type Number')
        if offset < 0 or length <= 0 or offset >= end:
            continue
        entity: Entity = {"type": item["type"], "offset": offset, "length": min(length, end - offset)}
        extra = _EXTRA.get(item["type"])
        if extra is not None:
            if extra not in item:
                raise bad_request(f"can't parse MessageEntity: can't find field \"{extra}\"")
            entity[extra] = item[extra]
        for name in ("language", "unix_time", "date_time_format"):
            if name in item:
                entity[name] = item[name]
        entities.append(entity)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def text_of(text: str, entity: Entity) -> str:
    """The part of a text that an entity covers."""
    if text.isascii():
        return text[entity["offset"] : entity["offset"] + entity["length"]]
    raw = text.encode("utf-16-le", "surrogatepass")
    start = entity["offset"] * 2
    return raw[start : start + entity["length"] * 2].decode("utf-16-le", "replace")
