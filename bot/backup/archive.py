"""The file: a ZIP with `manifest.json` and, for each table, a member of JSON lines, one array a row.

The manifest says which schema it is, which columns the arrays have, how many lines and which SHA-256 each member has. It is
written last, so a file that was cut off has none; until then the file has another name.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from errno import EEXIST
from pathlib import Path
from typing import Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
_PAGE = 2000  # rows
_BLOCK = 1024**2


class UnusableBackup(Exception):
    """The file cannot be restored from; the message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One table."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    program: str
    revision: str
    taken_at: str
    database: str
    tables: dict[str, Member] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(member.rows for member in self.tables.values())


class Writing:
    """A file that is being written; it has its name when all of it is there, and nobody else may read it."""

    def __init__(self, path: Path) -> None:
        """Begin it.

        Raises:
            OSError: the file is there already, or cannot be made.
        """
        if path.exists():
            raise FileExistsError(EEXIST, "it is there already; name another")
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._tables: dict[str, Member] = {}
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        self._file = os.fdopen(os.open(self._part, flags, 0o600), "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    @property
    def rows(self) -> dict[str, int]:
        """What was written so far, by table."""
        return {name: member.rows for name, member in self._tables.items()}

    def table(self, name: str, columns: list[str]) -> "_Table":
        return _Table(self._zip, name, columns, self._tables)

    def finish(self, **about: str) -> Manifest:
        """Write the manifest, see to it that everything is on the disk, and give the file its name."""
        manifest = Manifest(FORMAT, **about, tables=self._tables)
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        return manifest

    def give_up(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError, ValueError):  # it may be a full disk that is the reason
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        for file in (self._part, self._path):
            file.unlink(missing_ok=True)


class _Table:
    """A member that is being written."""

    def __init__(self, archive: zipfile.ZipFile, name: str, columns: list[str], done: dict[str, Member]) -> None:
        self._member = archive.open(f"{name}.jsonl", "w", force_zip64=True)
        self._name, self._columns, self._done = name, columns, done
        self._sum = hashlib.sha256()
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *more: object) -> None:
        self._member.close()
        if kind is None:
            self._done[self._name] = Member(self._columns, self._rows, self._sum.hexdigest())

    def add(self, rows: list[list[Any]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
        self._member.write(text)
        self._sum.update(text)
        self._rows += len(rows)


class Reading:
    """A backup that was opened; `check` says whether it is whole."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            UnusableBackup: it is none, or of a later kind.
        """
        try:
            self._zip = zipfile.ZipFile(path)
            given = json.loads(self._zip.read(MANIFEST))
            if given["format"] != FORMAT:
                raise UnusableBackup(f"{path} is of format {given['format']}; this version reads format {FORMAT}")
            tables = {name: Member(**member) for name, member in given.pop("tables").items()}
            self.manifest = Manifest(**given, tables=tables)
        except OSError as error:
            raise UnusableBackup(f"{path} cannot be read ({error.strerror or type(error).__name__})") from None
        except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, AttributeError):
            raise UnusableBackup(f"{path} is no backup, or was cut off") from None

    def close(self) -> None:
        self._zip.close()

    def check(self, told: Callable[[int], None] = lambda rows: None) -> None:
        """Read all of it and compare with the manifest.

        Raises:
            UnusableBackup: something is missing or was changed.
        """
        for name, member in self.manifest.tables.items():
            try:
                total, rows = hashlib.sha256(), 0
                with self._zip.open(f"{name}.jsonl") as lines:
                    while block := lines.read(_BLOCK):
                        total.update(block)
                        rows += (found := block.count(b"\n"))
                        told(found)
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError):
                raise UnusableBackup(f"table {name} of the backup is damaged or missing") from None
            if total.hexdigest() != member.sha256 or rows != member.rows:
                raise UnusableBackup(f"table {name} of the backup was changed: its checksum is another")

    def rows(self, name: str) -> Iterator[list[list[Any]]]:
        """The rows of a table, some at a time."""
        page: list[list[Any]] = []
        with self._zip.open(f"{name}.jsonl") as lines:
            for line in lines:
                page.append(json.loads(line))
                if len(page) == _PAGE:
                    yield page
                    page = []
        if page:
            yield page
