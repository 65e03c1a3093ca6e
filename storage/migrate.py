"""Brings a database to the newest schema, from wherever the program is installed.

For developers, after a change of the models: `python -m storage.migrate --autogenerate "what changed"`
writes the next revision.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import PATIENTLY, open_engine, require_references
from storage.models import Table

HERE = Path(__file__).parent / "migrations"
_LOCK = 20_260_101  # one replica migrates, the others wait and find nothing to do
_TURN = text("SELECT pg_advisory_xact_lock(:key)")


class TooNew(Exception):
    """A newer version of the program has been here."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Apply every revision that is missing, all or none.

    Raises:
        TooNew: the schema is one that this program does not know.
    """
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Undo revisions, all or none."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def revision(url: str) -> str | None:
    """Which revision a database is at; None without any."""
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await revision_of(connection)
    finally:
        await engine.dispose()


async def revision_of(connection: AsyncConnection) -> str | None:
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade_within(connection: AsyncConnection, revision: str = "head") -> None:
    """Apply every revision that is missing, in somebody else's transaction."""
    await _wait_for_turn(connection)
    await connection.run_sync(_with_config, lambda config: command.upgrade(config, revision))


async def _wait_for_turn(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(PATIENTLY)
        await connection.execute(_TURN, {"key": _LOCK})


async def empty_within(connection: AsyncConnection) -> None:
    """Drop every table, whatever made it, in somebody else's transaction."""

    def drop(sync: Connection) -> None:
        metadata = MetaData()
        metadata.reflect(sync)
        metadata.drop_all(sync)

    await connection.run_sync(drop)


def revisions() -> list[str]:
    """All that this program knows, the newest first."""
    return [script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()]


async def differences(url: str) -> list[Any]:
    """What the models say and the database does not."""
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare)
    finally:
        await engine.dispose()


def _compare(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Table.metadata))


async def _run(url: str, work: Callable[[Config], object]) -> None:
    engine = open_engine(url, rebuilding=True)
    try:
        async with engine.begin() as connection:
            await _wait_for_turn(connection)
            at = await revision_of(connection)
            if at is not None and at not in revisions():
                raise TooNew(f"the database has the schema {at} of a newer version; install that, or restore a backup")
            await connection.run_sync(_with_config, work)
            await require_references(connection)
    finally:
        await engine.dispose()


def _with_config(connection: Connection, work: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    work(config)


async def _autogenerate(message: str) -> None:
    number = len(list((HERE / "versions").glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/empty.db"
        await upgrade(url)
        await _run(url, lambda config: command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m storage.migrate")
    parser.add_argument("--autogenerate", metavar="MESSAGE", required=True, help="write the next revision from the models")
    asyncio.run(_autogenerate(parser.parse_args().autogenerate))
