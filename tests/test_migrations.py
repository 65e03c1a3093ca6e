"""The migrations and the models say the same, both ways, on both databases."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from storage import migrate
from storage.engine import open_engine
from storage.models import Table


async def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
    finally:
        await engine.dispose()


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


async def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    engine = open_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE cards (id integer)"))  # in the way of the revision
    await engine.dispose()
    with pytest.raises(DatabaseError):
        await migrate.upgrade(empty_url)
    assert await tables(empty_url) <= {"cards", "alembic_version"}
