"""Labelled texts from a file: CSV with a heading, or JSON lines."""

import csv
import json
from pathlib import Path
from typing import Any


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file.

    Raises:
        ValueError: it is neither; the message says where.
    """
    try:
        content = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8.") from None
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
