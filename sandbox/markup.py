"""Telegram's HTML: a text with tags becomes a plain text and entities whose offsets count UTF-16 units.

The parser works on UTF-8 bytes because Telegram's error messages quote byte offsets.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import Refused, bad_request

Entity = dict[str, Any]
Attributes = dict[str, str]

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = frozenset(SIMPLE_TAGS) | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
SPACES = frozenset(b" \t\r\n\0\v")
NAME_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")
ENTITY = re.compile(rb"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z]+));?")
LINK = re.compile(
    r"(?:(?:https?|tg|ton|tonsite|ftp)://)?[^\s/?#]+\.[^\s]+|tg://\S+|mailto:\S+|tel:\S+|https?://\S+", re.IGNORECASE
)
USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)$", re.IGNORECASE)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of an HTML text.

    Raises:
        Refused: "can't parse entities", in Telegram's words.
    """
    if "<" not in source and "&" not in source:
        return source, []
    return _Parser(source).run()


def decode_reference(data: bytes, at: int) -> tuple[str, int]:
    """The character that an entity at `at` stands for and where it ends; ("", at) when it is only an ampersand."""
    found = ENTITY.match(data, at)
    if found is None:
        return "", at
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        char = NAMED.get(name)
        return (char, found.end()) if char is not None else ("", at)
    written = found.group().rstrip(b";")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return (chr(code), found.end()) if 0 < code < 0x10FFFF and len(written) < 10 else ("", at)


class _Parser:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.data = source.encode("utf-8", "surrogatepass")
        self.pos = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[tuple[str, Attributes, int, int]] = []  # tag, attributes, offset in units, index into pieces
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        data = self.data
        size = len(data)
        while self.pos < size:
            byte = data[self.pos]
            if byte == 0x26:
                char, end = decode_reference(data, self.pos)
                if char:
                    self._emit(char)
                    self.pos = end
                else:
                    self._emit("&")
                    self.pos += 1
            elif byte == 0x3C:
                if self._at(self.pos + 1) == 0x2F:
                    self._close()
                else:
                    self._start()
            else:
                stop = self._next_special()
                self._emit(data[self.pos : stop].decode("utf-8", "surrogatepass"))
                self.pos = stop
        if self.open:
            raise self._refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        for entity in self.entities:
            if entity["type"] == "code":  # a language means something only directly inside <pre>
                entity.pop("language", None)
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.pieces), self.entities

    def _next_special(self) -> int:
        stops = [stop for stop in (self.data.find(b"<", self.pos), self.data.find(b"&", self.pos)) if stop >= 0]
        return min(stops, default=len(self.data))

    def _emit(self, text: str) -> None:
        self.pieces.append(text)
        self.offset += units(text)

    def _at(self, pos: int) -> int:
        return self.data[pos] if pos < len(self.data) else 0

    def _until(self, pos: int, stops: bytes) -> int:
        while self._at(pos) not in SPACES and self._at(pos) not in stops:
            pos += 1
        return pos

    def _skip_spaces(self, pos: int) -> int:
        while pos < len(self.data) and self.data[pos] in SPACES:
            pos += 1
        return pos

    def _refuse(self, words: str) -> Refused:
        return bad_request(f"can't parse entities: {words}")

    def _start(self) -> None:
        begin = self.pos
        pos = self._until(begin + 1, b">")
        if pos >= len(self.data):
            raise self._refuse(f"Unclosed start tag at byte offset {begin}")
        tag = self.data[begin + 1 : pos].decode("utf-8", "replace").lower()
        if tag not in TAGS:
            raise self._refuse(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes: Attributes = {}
        while self._at(pos) != 0x3E:
            pos = self._skip_spaces(pos)
            if self._at(pos) == 0x3E:
                break
            name, value, pos = self._attribute(tag, begin, pos)
            attributes[name] = value
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append((tag, attributes, self.offset, len(self.pieces)))
        self.pos = pos + 1

    def _attribute(self, tag: str, begin: int, pos: int) -> tuple[str, str, int]:
        start = pos
        pos = self._until(pos, b"=>")
        name = self.data[start:pos].decode("utf-8", "replace").lower()
        if not name:
            if pos >= len(self.data):
                raise self._refuse(f"Unclosed start tag at byte offset {begin}")
            raise self._refuse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        pos = self._skip_spaces(pos)
        if pos >= len(self.data):
            raise self._refuse(f'Unclosed start tag "{tag}" at byte offset {begin}')
        if self._at(pos) != 0x3D:
            return name, "", pos
        pos = self._skip_spaces(pos + 1)
        if pos >= len(self.data):
            raise self._refuse(f'Unclosed start tag "{tag}" at byte offset {begin}')
        quote = self._at(pos)
        if quote in b"'\"":
            value, pos = self._literal(pos + 1, quote)
        else:
            token = NAME_TOKEN.match(self.data, pos)
            assert token is not None
            start, pos = pos, token.end()
            value = token.group().decode().lower()
            if self._at(pos) not in SPACES and self._at(pos) != 0x3E:
                raise self._refuse(f"Unexpected end of name token at byte offset {start}")
        if pos >= len(self.data):
            raise self._refuse(f"Unclosed start tag at byte offset {begin}")
        return name, value, pos

    def _literal(self, pos: int, quote: int) -> tuple[str, int]:
        end = self.data.find(bytes([quote]), pos)
        end = len(self.data) if end < 0 else end
        raw = self.data[pos:end]
        value: list[str] = []
        at = 0
        while at < len(raw):
            amp = raw.find(b"&", at)
            stop = len(raw) if amp < 0 else amp
            value.append(raw[at:stop].decode("utf-8", "surrogatepass"))
            if amp < 0:
                break
            char, at = decode_reference(raw, amp)
            if not char:
                char, at = "&", amp + 1
            value.append(char)
        return "".join(value), min(end + 1, len(self.data))

    def _close(self) -> None:
        begin = self.pos
        if not self.open:
            raise self._refuse(f"Unexpected end tag at byte offset {begin}")
        pos = self._until(begin + 2, b">")
        found = self.data[begin + 2 : pos].decode("utf-8", "replace").lower()
        pos = self._skip_spaces(pos)
        if self._at(pos) != 0x3E:
            raise self._refuse(f"Unclosed end tag at byte offset {begin}")
        tag, attributes, offset, index = self.open.pop()
        if found and found != tag:
            raise self._refuse(f'Unmatched end tag at byte offset {begin}, expected "</{tag}>", found "</{found}>"')
        if self.offset > offset:
            self._add(tag, attributes, offset, index)
        self.pos = pos + 1

    def _add(self, tag: str, attributes: Attributes, offset: int, index: int) -> None:
        entity: Entity = {"type": SIMPLE_TAGS.get(tag, tag), "offset": offset, "length": self.offset - offset}
        last = self.entities[-1] if self.entities else None
        same = last if last is not None and (last["offset"], last["length"]) == (offset, entity["length"]) else None
        if tag == "a":
            link = attributes.get("href") or "".join(self.pieces[index:])
            user = USER_LINK.match(link)
            if user:
                entity.update(type="text_mention", user_id=int(user.group(1)))
            elif LINK.fullmatch(link):
                entity.update(type="text_link", url=_full_link(link))
            else:
                return
        elif tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif tag == "tg-emoji":
            emoji = attributes.get("emoji-id", "")
            if not emoji.isdecimal() or not 0 < int(emoji) < 1 << 63:
                raise self._refuse("Invalid custom emoji identifier specified")
            entity.update(type="custom_emoji", custom_emoji_id=emoji)
        elif tag == "tg-time":
            moment = attributes.get("unix", "")
            if not moment.isdecimal() or len(moment) > 10:
                raise self._refuse("Invalid date specified")
            entity.update(type="date_time", unix_time=int(moment))
            if attributes.get("format"):
                entity["date_time_format"] = attributes["format"]
        elif tag == "pre" and same is not None and same["type"] == "code":
            same["type"] = "pre"  # <pre><code class="language-x"> is one entity
            return
        elif tag == "code":
            language = attributes.get("class", "").removeprefix("language-")
            if language and language != attributes["class"]:
                if same is not None and same["type"] == "pre":
                    same["language"] = language
                    return
                entity["language"] = language
        self.entities.append(entity)


def _full_link(link: str) -> str:
    if "://" not in link and not link.lower().startswith(("mailto:", "tel:")):
        link = "http://" + link
    scheme, separator, rest = link.partition("://")
    if separator and "/" not in rest and "?" not in rest and "#" not in rest and scheme.lower() != "tg":
        return link + "/"
    return link


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What Telegram cuts away: white space at the end, and at the beginning up to the first entity."""
    stripped = text.rstrip(" \t\r\n\v\u200b\xa0")
    if len(stripped) != len(text):
        text = stripped
        end = units(text)
        entities = [
            entity if entity["offset"] + entity["length"] <= end else {**entity, "length": end - entity["offset"]}
            for entity in entities
            if entity["offset"] < end
        ]
    first = entities[0]["offset"] if entities else len(text)
    lead = 0
    while lead < min(first, len(text)) and text[lead] in " \n":
        lead += 1
    if lead:
        text = text[lead:]
        entities = [{**entity, "offset": entity["offset"] - lead} for entity in entities]
    return text, entities
