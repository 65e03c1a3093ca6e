"""Labelled texts from a file: CSV with a heading, or JSON lines; in any encoding that spreadsheets save."""

import csv
import json
from pathlib import Path
from typing import Any

from bot.text_files import NotText, decoded
from nlp.evaluate import Columns


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file.

    Raises:
        ValueError: it is neither; the message says where.
    """
    try:
        content = decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    except NotText as error:
        raise ValueError(f"{path} is {error}.") from None
    if path.suffix.lower() == ".csv":
        return list(csv.DictReader(content.splitlines(keepends=True)))
    rows = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number}: not a JSON object.")
        rows.append(row)
    return rows


def read_labelled(path: Path, columns: Columns) -> list[dict[str, Any]]:
    """The rows of a file that has the columns; a row without a label is left out.

    Raises:
        ValueError: with every problem.
    """
    rows = read_rows(path)
    missing = sorted({*columns.text, columns.label} - set(rows[0] if rows else ()))
    if missing:
        raise ValueError("\n".join(f"{path} has no column {column}." for column in missing))
    return [row for row in rows if str(row.get(columns.label) or "").strip()]


def text_columns(names: str) -> tuple[str, ...]:
    """Columns as they are given on a command line, with commas between."""
    return tuple(name.strip() for name in names.split(",") if name.strip())
