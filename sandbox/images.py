"""Pictures: the size of uploaded ones, and small generated ones."""

from __future__ import annotations

import math
import struct
import zlib

_SUN = (250, 226, 150)


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or WebP picture; None when it is none of them."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp(data)
    return _jpeg(data) if data[:2] == b"\xff\xd8" else None


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def generated(width: int, height: int, seed: int) -> bytes:
    """A PNG of a small landscape, whose colours depend on the seed."""
    sky = (seed * 71 % 120 + 90, seed * 113 % 90 + 120, seed * 37 % 100 + 140)
    hill = (seed * 53 % 90 + 50, seed * 29 % 80 + 90, seed * 17 % 70 + 50)
    discs = ((_SUN, 0.72, 0.3, 0.12), (hill, 0.25, 1.1, 0.45), (hill, 0.8, 1.35, 0.6))  # centre and radius, of the height
    rows = []
    for y in range(height):
        row = bytearray(bytes(int(part + (245 - part) * 0.8 * y / height) for part in sky) * width)
        for colour, x, centre, radius in discs:
            half = math.sqrt(max((radius * height) ** 2 - (y - centre * height) ** 2, 0))
            left, right = max(0, int(x * width - half)), min(width, int(x * width + half))
            row[left * 3 : right * 3] = bytes(colour) * (right - left)
        rows.append(b"\0" + row)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
