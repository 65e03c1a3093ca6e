"""The texts of a file, and how a chat client sends what is too long for one message."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.labelled import read_rows

MESSAGE_LIMIT = 4096
"""Characters of one Telegram message."""


class UnusableFile(ValueError):
    """The file has nothing to replay; the message says why."""


def read_texts(path: Path) -> list[str]:
    """The texts of a CSV (columns title and body, or text) or of JSON lines (text), in the file's order.

    Raises:
        UnusableFile: it is missing, cannot be read, has none of these columns, or holds no words.
    """
    if not path.exists():
        raise UnusableFile(f"{path} does not exist.")
    if path.is_dir():
        raise UnusableFile(f"{path} is a folder; give a .csv or a .jsonl file.")
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise UnusableFile(f"{path} is neither a .csv nor a .jsonl file.")
    try:
        rows = read_rows(path)
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or type(error).__name__}.") from None
    except ValueError as error:
        raise UnusableFile(str(error)) from None
    if not rows:
        raise UnusableFile(f"{path} is empty.")
    columns = _columns(path, rows)
    texts = [text for row in rows if (text := _words(row, columns))]
    if not texts:
        raise UnusableFile(f"{path} has {len(rows)} rows, but no words in {' or '.join(columns)}.")
    return texts


def _columns(path: Path, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Which columns hold the words."""
    known = {name for row in rows for name in row if isinstance(name, str)}
    if "text" in known:
        return ("text",)
    found = tuple(name for name in ("title", "body") if name in known)
    if not found:
        wanted = "text, or title and body" if path.suffix.lower() == ".csv" else "text"
        there = ", ".join(sorted(known)) or "none"
        raise UnusableFile(f"{path} has no column that can be used: wanted {wanted}; found {there}.")
    return found


def _words(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    parts = (str(row.get(name) or "").replace("\r\n", "\n").strip() for name in columns)
    return "\n".join(part for part in parts if part)


def messages_of(text: str) -> list[str]:
    """The text as a client sends it: whole, or in pieces of at most 4,096 characters, cut where a line or a sentence ends.

    Telegram counts UTF-16 units where Python counts code points.
    """
    pieces: list[str] = []
    rest = text
    while (fitting := _fitting(rest)) < len(rest):
        end = max(rest.rfind(mark, fitting // 2, fitting) + 1 for mark in "\n。！？!?")
        piece, rest = rest[: end or fitting], rest[end or fitting :]
        if piece.strip():
            pieces.append(piece.strip())
    if rest.strip():
        pieces.append(rest.strip())
    return pieces


def _fitting(text: str) -> int:
    """How many characters of a text fit into one message."""
    units = 0
    for position, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > MESSAGE_LIMIT:
            return position
    return len(text)
