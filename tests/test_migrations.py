"""The migrations and the models say the same, both ways, on both databases."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dump, migrate
from storage.engine import open_engine
from storage.models import Table
from tests.schema import tables


async def test_up_down_and_up_again(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    assert await tables(empty_url) == set(Table.metadata.tables) | {"alembic_version"}
    await migrate.downgrade(empty_url, "base")
    assert await tables(empty_url) == {"alembic_version"}
    await migrate.upgrade(empty_url)
    assert await tables(empty_url) == set(Table.metadata.tables) | {"alembic_version"}


async def test_the_models_equal_the_migrated_schema(database_url: str) -> None:
    assert await migrate.differences(database_url) == []


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    await migrate.upgrade(database_url)
    assert await migrate.differences(database_url) == []


async def test_partial_indexes_are_partial(database_url: str) -> None:
    engine = open_engine(database_url)
    catalogue = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE name = 'uq_claims_holding'",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname = 'uq_claims_holding'",
    }
    try:
        async with engine.connect() as connection:
            made = await connection.scalar(text(catalogue[engine.dialect.name]))
    finally:
        await engine.dispose()
    assert made is not None
    assert "UNIQUE" in made
    assert "WHERE" in made


async def test_the_history_revision_lets_replicas_read_while_it_builds(empty_url: str) -> None:
    """Dropping an index shuts readers out until the commit: it comes when nothing is left to build."""
    if empty_url.startswith("sqlite"):
        pytest.skip("one process, one writer, and readers that never wait")
    await migrate.upgrade(empty_url, "0006")
    said: list[str] = []
    engine = open_engine(empty_url, rebuilding=True)
    event.listen(engine.sync_engine, "before_cursor_execute", lambda c, k, statement, *more: said.append(statement.strip()))
    async with engine.begin() as connection:
        await migrate.upgrade_within(connection, "0007")
    await engine.dispose()
    kinds = [statement.split()[0] for statement in said if statement.startswith(("CREATE INDEX", "DROP INDEX"))]
    assert len(kinds) == 17
    assert kinds == sorted(kinds)


async def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    engine = open_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE cards (id integer)"))  # in the way of the revision
    await engine.dispose()
    with pytest.raises(DatabaseError):
        await migrate.upgrade(empty_url)
    assert await tables(empty_url) <= {"cards", "alembic_version"}


Rows = dict[str, list[dict[str, Any]]]
"""Rows by table, each with its columns."""
OLDEST_FIRST = migrate.revisions()[::-1]


@pytest.mark.parametrize("older", OLDEST_FIRST[:-1])
async def test_an_upgrade_of_a_filled_database_keeps_every_row(empty_url: str, older: str) -> None:
    await migrate.upgrade(empty_url, older)
    before = await fill(empty_url)
    await migrate.upgrade(empty_url)
    assert_kept(before, await read(empty_url))
    assert await migrate.differences(empty_url) == []


@pytest.mark.parametrize(("older", "newer"), list(pairwise(OLDEST_FIRST)))
async def test_each_step_down_and_up_again_keeps_what_both_know(empty_url: str, older: str, newer: str) -> None:
    await migrate.upgrade(empty_url, newer)
    before = await fill(empty_url)
    await migrate.downgrade(empty_url, older)
    between = await read(empty_url)
    assert between.keys() <= before.keys()
    for table, rows in between.items():
        for row, earlier in zip(rows, before[table], strict=True):
            assert row == {name: earlier[name] for name in row}, table
    await migrate.upgrade(empty_url, newer)
    assert_kept(between, await read(empty_url))


def assert_kept(before: Rows, after: Rows) -> None:
    for table, rows in before.items():
        assert len(rows) == 3
        for row, later in zip(rows, after[table], strict=True):
            assert {name: later[name] for name in row} == row, table


async def fill(url: str) -> Rows:
    """Three rows in every table: one with all it can hold, one that holds as little as may be, one that refers to another."""
    engine = open_engine(url)
    async with engine.begin() as connection:
        for shape in await dump.shapes(connection):
            await dump.write(
                connection, shape, once([[value(shape, column, n) for column in shape.columns] for n in (1, 2, 3)])
            )
    await engine.dispose()
    return await read(url)


async def once(page: list[dump.Row]) -> AsyncIterator[list[dump.Row]]:
    yield page


def value(shape: dump.Shape, name: str, number: int) -> Any:
    """What a column holds in its table's row of that number."""
    column = shape.table.columns[name]
    if number == 2 and column.nullable:
        return None
    for key in column.foreign_keys:
        column = key.column  # it refers to the row of the same number
    if shape.kinds[shape.columns.index(name)] == "json":
        return f'{{"number": {number}, "words": "灯泡"}}'
    match shape.table.columns[name].type.python_type.__name__:
        case "bool":
            return number == 1
        case "int":
            return number
        case "float":
            return number + 0.1
        case "datetime":
            return f"2026-03-0{number}T01:00:00.000001+00:00"
        case "date":
            return f"2026-03-0{number}"
        case _:
            return f"{column.name[:12]}-{number}"


async def read(url: str) -> Rows:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return {shape.name: await rows_of(connection, shape) for shape in await dump.shapes(connection)}
    finally:
        await engine.dispose()


async def rows_of(connection: AsyncConnection, shape: dump.Shape) -> list[dict[str, Any]]:
    found = [row async for page in dump.read(connection, shape) for row in page]
    return [dict(zip(shape.columns, row, strict=True)) for row in found]


async def test_a_schema_of_a_newer_version_is_left_alone(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(migrate.TooNew, match="the schema 9999 of a newer version"):
        await migrate.upgrade(database_url)
    assert await migrate.revision(database_url) == "9999"
