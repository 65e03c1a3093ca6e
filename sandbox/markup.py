"""Telegram's HTML: a text with tags becomes a plain text and entities whose offsets count UTF-16 units.

The parser works on UTF-8 bytes because Telegram's error messages quote byte offsets.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import Refused, bad_request

Entity = dict[str, Any]

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
TAGS = frozenset(SIMPLE_TAGS) | {"a", "code", "pre", "blockquote", "tg-emoji"}
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
SPACES = frozenset(b" \t\r\n\0\v")
NAME_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")
ENTITY = re.compile(rb"&(?:#[xX]([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z]+));?")
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
    digits = hexadecimal or decimal
    code = int(digits, 16 if hexadecimal else 10) if len(digits) < 9 else 0
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "", at
    return chr(code), found.end()


class _Parser:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.data = source.encode("utf-8", "surrogatepass")
        self.pos = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[tuple[str, str, int, int]] = []  # tag, argument, offset in units, index into pieces
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
        argument = ""
        while self._at(pos) != 0x3E:
            pos = self._skip_spaces(pos)
            if self._at(pos) == 0x3E:
                break
            name, value, pos = self._attribute(tag, begin, pos)
            argument = self._argument(tag, name, value, argument)
        if tag == "span" and argument != "spoiler":
            raise self._refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if tag == "tg-emoji" and not argument.isdecimal():
            raise self._refuse(f'Tag "tg-emoji" must have attribute "emoji-id" at byte offset {begin}')
        self.open.append((tag, argument, self.offset, len(self.pieces)))
        self.pos = pos + 1

    def _attribute(self, tag: str, begin: int, pos: int) -> tuple[str, str | None, int]:
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
            return name, None, pos
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

    @staticmethod
    def _argument(tag: str, name: str, value: str | None, before: str) -> str:
        if tag == "blockquote" and name == "expandable":
            return "expandable"
        if value is None:
            return before
        if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
            return value
        if (tag, name) == ("code", "class") and value.startswith("language-"):
            return value[9:]
        if (tag, name) == ("span", "class") and value.startswith("tg-"):
            return value[3:]
        return before

    def _close(self) -> None:
        begin = self.pos
        if not self.open:
            raise self._refuse(f"Unexpected end tag at byte offset {begin}")
        pos = self._until(begin + 2, b">")
        found = self.data[begin + 2 : pos].decode("utf-8", "replace").lower()
        pos = self._skip_spaces(pos)
        if self._at(pos) != 0x3E:
            raise self._refuse(f"Unclosed end tag at byte offset {begin}")
        tag, argument, offset, index = self.open.pop()
        if found and found != tag:
            raise self._refuse(f'Unmatched end tag at byte offset {begin}, expected "</{tag}>", found "</{found}>"')
        if self.offset > offset:
            self._add(tag, argument, offset, "".join(self.pieces[index:]) if tag == "a" and not argument else "")
        self.pos = pos + 1

    def _add(self, tag: str, argument: str, offset: int, shown: str) -> None:
        entity: Entity = {"type": SIMPLE_TAGS.get(tag, tag), "offset": offset, "length": self.offset - offset}
        if tag == "a":
            link = argument or shown
            user = USER_LINK.match(link)
            if user:
                entity.update(type="text_mention", user_id=int(user.group(1)))
            elif LINK.fullmatch(link):
                entity.update(type="text_link", url=_full_link(link))
            else:
                return
        elif tag == "blockquote" and argument:
            entity["type"] = "expandable_blockquote"
        elif tag == "tg-emoji":
            entity.update(type="custom_emoji", custom_emoji_id=argument)
        elif tag == "code" and argument:
            entity["language"] = argument
        elif tag == "pre":
            inner = self.entities[-1] if self.entities else None
            if inner and inner["type"] == "code" and (inner["offset"], inner["length"]) == (offset, entity["length"]):
                self.entities.pop()
                if "language" in inner:
                    entity["language"] = inner["language"]
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
