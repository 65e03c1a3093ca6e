"""Taking a backup of a database that is in use, and making a database from one.

A backup shows one moment: on SQLite the file is copied by SQLite itself, while others write, and the copy is looked through and
read; on PostgreSQL one REPEATABLE READ transaction reads everything. Restoring is one transaction: all of it, or nothing.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from socket import gaierror

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.backup.archive import Manifest, Reading, UnusableBackup, Writing
from bot.election import TURN
from storage import dump, migrate
from storage.engine import Dangling, open_engine, read_only, require_references

Told = Callable[[str, int, int], None]
"""Hears what is going on, how many rows of it are done, and how many there are."""
_TURN = text("SELECT pg_try_advisory_xact_lock(:key)")  # who works holds it; until the end nobody begins to


class CannotBackUp(Exception):
    """There is nothing that could be backed up; the message says why."""


class CannotRestore(Exception):
    """The database is left as it was; the message says why."""


async def backup(url: str, path: Path, told: Told) -> Manifest:
    """Write a backup and read it once more.

    Raises:
        CannotBackUp: no database, no tables, or no room for the file; nothing is left behind.
    """
    try:
        writing = Writing(path)
    except OSError as error:
        raise CannotBackUp(_unwritable(path, error)) from None
    try:
        async with _one_moment(url, path) as connection:
            manifest = await _write(connection, url, writing, told)
        _verify(path, told)
    except UnusableBackup as error:
        writing.give_up()
        raise CannotBackUp(f"what was written is not what was read: {error}") from None
    except OSError as error:
        writing.give_up()
        if isinstance(error, ConnectionError | gaierror):  # the database's
            raise
        raise CannotBackUp(_unwritable(path, error)) from None
    except BaseException:
        writing.give_up()
        raise
    return manifest


async def restore(url: str, path: Path, *, replace: bool, told: Told) -> Manifest:
    """Make a database what the backup says, and bring it to the newest schema.

    Raises:
        UnusableBackup: the file is none, is damaged, or comes from a newer version.
        CannotRestore: the database is not empty, or somebody works with it.
    """
    with closing(Reading(path)) as archive:
        manifest = archive.manifest
        if manifest.revision not in migrate.revisions():
            raise UnusableBackup(f"{path} has the schema {manifest.revision} of a newer version; install that first")
        archive.check(lambda rows: told("checking", rows, manifest.rows))
        _nobody_else(url)
        engine = open_engine(url, rebuilding=True)
        try:
            async with engine.begin() as connection:
                await _make_room(connection, replace=replace)
                await migrate.upgrade_within(connection, manifest.revision)
                await _fill(connection, archive, told)
                await migrate.upgrade_within(connection)
                await require_references(connection)
        except Dangling as error:
            raise CannotRestore(f"in the backup, {error}") from None
        finally:
            await engine.dispose()
    return manifest


async def _write(connection: AsyncConnection, url: str, writing: Writing, told: Told) -> Manifest:
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    revision = await migrate.revision_of(connection)
    if revision is None:
        raise CannotBackUp("the database has no tables yet")
    tables = await dump.shapes(connection)
    counts = {shape.name: await dump.count(connection, shape) for shape in tables}
    for shape in tables:
        with writing.table(shape.name, shape.columns) as table:
            async for rows in dump.read(connection, shape):
                table.add(rows)
                told("reading", len(rows), sum(counts.values()))
    if writing.rows != counts:
        raise CannotBackUp("not every row was read; this is a defect")
    database = make_url(url).get_backend_name()
    return writing.finish(program=version("wishlight"), revision=revision, taken_at=taken_at, database=database)


def _unwritable(path: Path, error: OSError) -> str:
    return f"{path} cannot be written ({error.strerror or type(error).__name__})"


def _verify(path: Path, told: Told) -> None:
    with closing(Reading(path)) as archive:
        archive.check(lambda rows: told("checking", rows, archive.manifest.rows))


@asynccontextmanager
async def _one_moment(url: str, path: Path) -> AsyncIterator[AsyncConnection]:
    """A connection that sees the database as it is now, however long it reads."""
    if make_url(url).get_backend_name() != "sqlite":
        async with _connected(read_only(open_engine(url, pool_size=1))) as connection:
            yield connection
        return
    copy = path.with_name(path.name + ".copy")
    try:
        _copy(url, copy)
        async with _connected(read_only(open_engine(f"sqlite+aiosqlite:///{copy}"))) as connection:
            yield connection
    finally:
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        await engine.dispose()


def _copy(url: str, copy: Path) -> None:
    """Copy a database that others write to, and look it through."""
    database = make_url(url).database or ""
    if not Path(database).is_file():
        raise CannotBackUp(f"there is no database at {database}")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # in one step: writers go on, their writes are not part of it
            problems = [row[0] for row in target.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        raise CannotBackUp(f"{database} cannot be copied: {error}") from None
    if problems != ["ok"]:
        raise CannotBackUp(f"{database} is damaged: {'; '.join(problems)}")


def _nobody_else(url: str) -> None:
    """On SQLite: whether no other process has the file open."""
    found = make_url(url)
    if found.get_backend_name() != "sqlite" or not found.database or not Path(found.database).is_file():
        return
    try:
        with closing(sqlite3.connect(found.database, timeout=2, isolation_level=None)) as alone:
            alone.execute("PRAGMA locking_mode = EXCLUSIVE")
            alone.execute("BEGIN EXCLUSIVE")
            alone.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise CannotRestore(f"{found.database}: {error}") from None
        raise CannotRestore("somebody works with the database; stop the bot first") from None
    except sqlite3.DatabaseError as error:
        raise CannotRestore(f"{found.database}: {error}; put it aside first") from None


async def _make_room(connection: AsyncConnection, *, replace: bool) -> None:
    """An empty database, or one that may be emptied."""
    if connection.dialect.name == "postgresql" and not await connection.scalar(_TURN, {"key": TURN}):
        raise CannotRestore("a bot works with the database; stop every replica first")
    filled = [shape.name for shape in await dump.shapes(connection) if await dump.count(connection, shape)]
    if filled and not replace:
        tables = ", ".join(filled[:3]) + (" …" if len(filled) > 3 else "")
        raise CannotRestore(f"the database is not empty ({tables}); --replace deletes everything in it first")
    await migrate.empty_within(connection)


async def _fill(connection: AsyncConnection, archive: Reading, told: Told) -> None:
    """Every row of the backup, into tables that were made just now."""
    shapes = await dump.shapes(connection)
    missing = archive.manifest.tables.keys() - {shape.name for shape in shapes}
    if missing:
        raise CannotRestore(f"the backup has tables that the schema does not know: {', '.join(sorted(missing))}")
    for shape in shapes:
        member = archive.manifest.tables.get(shape.name)
        if member is None or sorted(member.columns) != sorted(shape.columns):
            raise CannotRestore(f"table {shape.name} has other columns in the backup than in the schema")
        await dump.write(connection, shape, _rows(archive, shape, told))
        await dump.continue_numbers(connection, shape)
        found = await dump.count(connection, shape)
        if found != member.rows:
            raise CannotRestore(f"table {shape.name} has {found} rows instead of {member.rows}")


async def _rows(archive: Reading, shape: dump.Shape, told: Told) -> AsyncIterator[list[dump.Row]]:
    """In the order of the columns here, which two databases of one schema need not share."""
    order = [archive.manifest.tables[shape.name].columns.index(column) for column in shape.columns]
    for rows in archive.rows(shape.name):
        yield [[row[place] for place in order] for row in rows]
        told("writing", len(rows), archive.manifest.rows)
