"""One engine for both databases, with the settings each needs to be trusted."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.sqlite import BEGIN_WRITING, BUSY_MILLISECONDS, connect

LOCK_TIMEOUT = "15s"
PATIENTLY = text("SET LOCAL lock_timeout = 0")  # for those who wait in turn
Sessions = async_sessionmaker[AsyncSession]


def open_engine(url: str, *, pool_size: int = 8, rebuilding: bool = False, patience: float | None = None) -> AsyncEngine:
    """An engine for `url`.

    PostgreSQL: who waits too long for somebody else's lock is told so, and tries again. With `patience` (seconds) the
    transaction of a client that hangs between two statements is rolled back, so that it holds up nobody.
    SQLite: write-ahead log with full synchronous commits; every transaction begins IMMEDIATE, since a reader that turns
    writer fails at once, busy_timeout or not. While tables are `rebuilding`, it does not look at what refers to what:
    changing a column there means another table with the same rows, and dropping the first would take with it whatever refers to
    it. Who rebuilds calls `require_references` before the commit.
    """
    if not url.startswith("sqlite"):
        return create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=4,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"server_settings": {"lock_timeout": LOCK_TIMEOUT} | _impatient(patience)},
        )
    engine = create_async_engine(url, connect_args={"timeout": 30, "async_creator_fn": connect}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, foreign_keys=not rebuilding))
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    engine.dialect.do_savepoint = partial(_at_once, "SAVEPOINT")  # type: ignore[method-assign]
    engine.dialect.do_release_savepoint = partial(_at_once, "RELEASE")  # type: ignore[method-assign]
    engine.dialect.do_rollback_to_savepoint = partial(_at_once, "ROLLBACK TO")  # type: ignore[method-assign]
    return engine


def _impatient(patience: float | None) -> dict[str, str]:
    return {"idle_in_transaction_session_timeout": f"{patience * 1000:.0f}ms"} if patience is not None else {}


def is_made(url: str) -> bool:
    """False for an embedded database whose file is not there: connecting would make an empty one."""
    parts = make_url(url)
    return parts.get_backend_name() != "sqlite" or Path(parts.database or "").is_file()


def read_only(engine: AsyncEngine) -> AsyncEngine:
    """The same pool, for long reads: a transaction sees one moment, and writes nothing."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(wishlight_readonly=True)
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def open_sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


class Dangling(Exception):
    """A row refers to one that is not there."""


async def require_references(connection: AsyncConnection) -> None:
    """Whatever a row refers to is there. PostgreSQL sees to it by itself.

    Raises:
        Dangling: it is not.
    """
    if connection.dialect.name == "sqlite":
        wrong = (await connection.execute(_DANGLING)).first()
        if wrong is not None:
            raise Dangling(f"row {wrong[1]} of {wrong[0]} refers to a row of {wrong[2]} that is not there")


_DANGLING = text("PRAGMA foreign_key_check")


async def wait_for_turn(session: AsyncSession) -> None:
    """Until the transaction ends, no other that asks for its turn goes on: replicas that start together add nothing twice."""
    if not is_sqlite(session):  # which has one writer anyway
        await session.execute(PATIENTLY)
        await session.execute(_TURN)


_TURN = text("SELECT pg_advisory_xact_lock(7701002)")


def is_sqlite(session: AsyncSession) -> bool:
    bind: Any = session.bind
    return bool(bind.dialect.name == "sqlite")


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry, *, foreign_keys: bool) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
    cursor: sqlite3.Cursor = connection.cursor()
    looks = f"foreign_keys={'ON' if foreign_keys else 'OFF'}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", looks, f"busy_timeout={BUSY_MILLISECONDS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    readonly = connection.get_execution_options().get("wishlight_readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else BEGIN_WRITING)


def _at_once(verb: str, connection: SyncConnection, name: str) -> None:
    """A savepoint's statement as it stands: an update has four of them, and compiling each takes longer than running it."""
    statement = f"{verb} {name}"
    driver: Any = connection.connection.driver_connection
    try:
        driver.at_once(statement)
    except sqlite3.Error as error:
        raise told(error, statement) from error


def told(error: sqlite3.Error, statement: str) -> Exception:
    """An error of SQLite as SQLAlchemy tells it."""
    return DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True)
