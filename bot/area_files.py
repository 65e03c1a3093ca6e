"""Files with areas: YAML, or a table as spreadsheets save it (any encoding, any separator, blank rows)."""

import csv
import io
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from actions import area_lists
from actions.area_lists import COLUMNS, AreaList, AreasError, Place
from bot.text_files import NotText, decoded

TABLES = (".csv", ".tsv", ".txt")
_SEPARATORS = ",\t;，；|"
_HEADINGS = {
    **{column: column for column in COLUMNS},
    **dict.fromkeys(("编码", "编号", "代码", "区划代码", "网格编码"), "code"),
    **dict.fromkeys(("名称", "名字", "区域名称"), "name"),
    **dict.fromkeys(("级别", "层级", "类型"), "level"),
    **dict.fromkeys(("上级", "上级编码", "上级代码", "所属", "隶属"), "parent"),
    **dict.fromkeys(("别名", "俗称", "又名", "alias"), "aliases"),
    **dict.fromkeys(("道路", "街巷", "路街巷", "road"), "roads"),
    **dict.fromkeys(("小区", "院落", "小区院落", "estate"), "estates"),
    **dict.fromkeys(("楼栋", "楼宇", "建筑", "building"), "buildings"),
}
_NEEDED = ("code", "name", "level", "parent")
MOST_BYTES = 16 * 2**20


def read_areas(path: Path) -> AreaList:
    """The rows of a file, each by itself, with what is wrong with them.

    Raises:
        AreasError: there are no rows that could be read; OSError: neither can the file.
    """
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise AreasError([f"larger than {MOST_BYTES // 2**20} MB: that is no list of areas"])
    if path.suffix.lower() in TABLES:
        try:
            rows, problems = _rows(decoded(content))
        except NotText as error:
            raise AreasError([str(error)]) from None
        found = area_lists.read(rows)
        return AreaList(found.rows, (*problems, *found.problems))
    try:
        return area_lists.parse(yaml.safe_load(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise AreasError([f"not UTF-8: {error.reason} at byte {error.start}"]) from None
    except yaml.YAMLError as error:
        raise AreasError([" ".join(str(error).split())]) from None


def _rows(text: str) -> tuple[list[tuple[Place, Mapping[Any, Any]]], list[str]]:
    """Rows as a spreadsheet counts them, those without a word are none; and cells that no heading stands over.

    Raises:
        AreasError: the heading is not there, or lacks what is needed.
    """
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    numbered = [(number, line) for number, line in enumerate(lines, 1) if any(map(_tidy, line))]
    if not numbered:
        raise AreasError(["empty: expected a heading (code, name, level, parent, …) and a row for each area"])
    (top, heading), *rows = numbered
    columns = [_HEADINGS.get(_tidy(cell).lower()) for cell in heading]
    problems = [f"row {top}: a column {' or '.join(_names(column))} is missing" for column in _NEEDED if column not in columns]
    twice = {column for column in columns if column is not None and columns.count(column) > 1}
    problems += [f"row {top}: two columns are {column}" for column in sorted(twice)]
    strangers = [_tidy(cell) for cell, column in zip(heading, columns, strict=True) if column is None and _tidy(cell)]
    problems += [f"row {top}: nobody knows what column {cell!r} is; take it out" for cell in strangers]
    if problems:
        raise AreasError(problems)
    written = {column: _tidy(cell) for cell, column in zip(heading, columns, strict=True) if column is not None}
    found: list[tuple[Place, Mapping[Any, Any]]] = []
    for number, line in rows:
        beyond = [cell for cell in line[len(columns) :] if _tidy(cell)]
        if beyond:
            problems.append(f"row {number}: more cells than the heading has columns ({beyond[0]!r}); put quotes around commas")
        cells = zip(columns, line, strict=False)
        found.append(
            (_place(number, written), {column: cell for column, cell in cells if column is not None} | _empty(columns, line))
        )
    return found, problems


def _empty(columns: list[str | None], line: list[str]) -> dict[str, str]:
    """Cells that a short row lacks: empty, not left out."""
    return {column: "" for column in columns[len(line) :] if column is not None}


def _place(number: int, written: Mapping[str, str]) -> Place:
    return lambda column: f"row {number}, {written.get(column, column)}"


def _separator(text: str) -> str:
    """The one that cuts the first line into the most columns that are known."""
    first = next((line for line in text.splitlines() if _tidy(line.strip(_SEPARATORS))), "")

    def known(separator: str) -> int:
        return sum(_tidy(cell).strip('"').lower() in _HEADINGS for cell in first.split(separator))

    return max(_SEPARATORS, key=known)


def _names(column: str) -> list[str]:
    return [column, *[heading for heading, meant in _HEADINGS.items() if meant == column and not heading.isascii()][:1]]


def _tidy(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell)
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc")).strip()
