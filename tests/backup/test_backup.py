"""A backup holds everything, says when it does not, and is restored into either kind of database."""

import os
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.backup.archive import Manifest, Reading, UnusableBackup
from bot.backup.run import CannotBackUp, CannotRestore, backup, restore
from bot.election import Elected
from storage import migrate
from storage.engine import open_engine
from storage.models import Area, Outgoing, Person, SeenUpdate, Table, Wish
from tests.backup.conftest import HUGE, NOW, WORDS, fill, rows
from tests.bot.test_cli import wishlight


def unheard(what: str, done: int, total: int) -> None:
    pass


async def taken(url: str, path: Path) -> Manifest:
    return await backup(url, path, unheard)


async def restored(url: str, path: Path, *, replace: bool = False) -> Manifest:
    return await restore(url, path, replace=replace, told=unheard)


async def test_there_and_back_again_nothing_is_changed(database_url: str, other_url: str, tmp_path: Path) -> None:
    await fill(database_url)
    first = await taken(database_url, tmp_path / "first.zip")
    assert (first.rows, first.revision) == (31, migrate.revisions()[0])
    await restored(other_url, tmp_path / "first.zip")
    second = await taken(other_url, tmp_path / "second.zip")
    assert second.tables == first.tables  # down to the checksums
    assert second.database != first.database
    await restored(database_url, tmp_path / "second.zip", replace=True)
    third = await taken(database_url, tmp_path / "third.zip")
    assert third.tables == first.tables
    assert await migrate.differences(database_url) == []
    assert await migrate.differences(other_url) == []


async def test_what_is_restored_is_what_was_there(database_url: str, other_url: str, tmp_path: Path) -> None:
    await fill(database_url)
    await taken(database_url, tmp_path / "backup.zip")
    await restored(other_url, tmp_path / "backup.zip")
    async with rows(other_url) as session:
        person = await session.get_one(Person, HUGE)
        assert (person.name, person.started_at, person.is_admin) == (WORDS, NOW, True)
        wish = await session.get_one(Wish, 7)
        assert (wish.merged_into, wish.understood["confidence"], wish.published) == (9, 0.30000000000000004, True)
        call = (await session.scalars(select(Outgoing).where(Outgoing.state == "waiting"))).one()
        assert call.payload == {"text": WORDS, "n": 1.1, "deep": [None, True, {"é": []}]}
        seen = {row.id: row.raw for row in await session.scalars(select(SeenUpdate))}
        assert seen == {1: None, 2: {"update_id": 2, "text": WORDS}}
        assert await session.scalar(select(func.count()).where(SeenUpdate.raw.is_(None))) == 1
        assert (await session.get_one(Area, "B")).aliases == ["河街", None, 1.5]


async def test_who_comes_after_is_numbered_after(database_url: str, other_url: str, tmp_path: Path) -> None:
    await fill(database_url)
    await taken(database_url, tmp_path / "backup.zip")
    await restored(other_url, tmp_path / "backup.zip")
    async with rows(other_url) as session:
        call = Outgoing(chat_id=5, method="sendMessage", payload={}, not_before=NOW, created_at=NOW)
        session.add(call)
        await session.flush()
        assert call.id == 3


async def test_a_database_that_is_not_empty_is_left_alone(database_url: str, tmp_path: Path) -> None:
    await taken(database_url, tmp_path / "nobody.zip")
    await restored(database_url, tmp_path / "nobody.zip")  # tables without rows are no reason
    await fill(database_url)
    before = await taken(database_url, tmp_path / "before.zip")
    with pytest.raises(CannotRestore, match=r"the database is not empty .*--replace"):
        await restored(database_url, tmp_path / "nobody.zip")
    assert (await taken(database_url, tmp_path / "after.zip")).tables == before.tables
    await restored(database_url, tmp_path / "nobody.zip", replace=True)
    assert (await taken(database_url, tmp_path / "emptied.zip")).rows == 0


async def test_an_empty_database_is_told_and_nothing_is_left_behind(empty_url: str, tmp_path: Path) -> None:
    before = set(os.listdir(tmp_path))
    with pytest.raises(CannotBackUp, match=r"there is no database|has no tables"):
        await taken(empty_url, tmp_path / "backup.zip")
    assert set(os.listdir(tmp_path)) == before


async def test_a_file_that_is_there_already_is_not_overwritten(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_text("last year's only backup")
    with pytest.raises(CannotBackUp, match="is there already"):
        await taken(database_url, tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_text() == "last year's only backup"


async def test_nobody_else_may_read_it_and_it_comes_alone(database_url: str, tmp_path: Path) -> None:
    before = set(os.listdir(tmp_path))
    await taken(database_url, tmp_path / "backup.zip")
    assert stat.S_IMODE(os.stat(tmp_path / "backup.zip").st_mode) == 0o600
    assert set(os.listdir(tmp_path)) - before - {"wishlight.db-wal", "wishlight.db-shm"} == {"backup.zip"}


async def test_a_place_that_cannot_be_written_is_told(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match=r"cannot be written \(No such file or directory\)"):
        await taken(database_url, tmp_path / "no" / "backup.zip")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def _scratch(path: Path) -> None:
    """One bit within the rows of a table."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("wishes.jsonl")
    scratched = bytearray(path.read_bytes())
    scratched[info.header_offset + 60 + info.compress_size // 2] ^= 1
    path.write_bytes(scratched)


def _retold(path: Path, name: str, old: str, new: str) -> None:
    """Change a member, and pack it as it should be."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    assert old.encode() in members[name]
    members[name] = members[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_cut, "is no backup, or was cut off"),
        (_scratch, r"table wishes of the backup (is damaged|was changed)"),
        (lambda path: path.write_text("nothing of the kind"), "is no backup"),
        (lambda path: path.unlink(), r"cannot be read \(No such file"),
        (lambda path: _retold(path, "people.jsonl", "王阿姨", "李阿姨"), "table people of the backup was changed"),
        (lambda path: _retold(path, "manifest.json", '"rows": 7', '"rows": 8'), "table wishes of the backup was changed"),
        (lambda path: _retold(path, "manifest.json", '"format": 1', '"format": 2'), "is of format 2"),
        (lambda path: _retold(path, "manifest.json", f'"{migrate.revisions()[0]}"', '"9999"'), "of a newer version"),
    ],
)
async def test_a_file_that_was_harmed_harms_nothing(sqlite_url: str, tmp_path: Path, harm, told: str) -> None:
    await fill(sqlite_url)
    path = tmp_path / "backup.zip"
    before = await taken(sqlite_url, path)
    harm(path)
    with pytest.raises(UnusableBackup, match=told):
        await restored(sqlite_url, path, replace=True)
    assert (await taken(sqlite_url, tmp_path / "after.zip")).tables == before.tables


async def test_a_restore_that_fails_halfway_leaves_what_was_there(database_url: str, tmp_path: Path) -> None:
    await fill(database_url)
    path = tmp_path / "backup.zip"
    before = await taken(database_url, path)
    _retold(path, "manifest.json", '"about"', '"concerning"')  # a column of the last table
    with pytest.raises(CannotRestore, match="table notices has other columns"):
        await restored(database_url, path, replace=True)
    assert (await taken(database_url, tmp_path / "after.zip")).tables == before.tables


async def test_a_backup_of_an_older_schema_is_brought_to_the_newest(empty_url: str, tmp_path: Path) -> None:
    await migrate.upgrade(empty_url, "0001")
    engine = open_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO people (id, name, locale, volunteer, is_admin, created_at) VALUES (5, '王', 'zh', 'no', :no, :at)"
            ),
            {"no": False, "at": NOW if empty_url.startswith("postgresql") else "2026-03-02 01:00:00.000000"},
        )
    await engine.dispose()
    assert (await taken(empty_url, tmp_path / "old.zip")).revision == "0001"
    await restored(empty_url, tmp_path / "old.zip", replace=True)
    assert await migrate.revision(empty_url) == migrate.revisions()[0]
    async with rows(empty_url) as session:
        assert (await session.get_one(Person, 5)).name == "王"


async def test_nothing_is_restored_under_a_replica_that_works(postgresql_url: str, tmp_path: Path) -> None:
    await taken(postgresql_url, tmp_path / "backup.zip")
    replica = Elected(postgresql_url, lambda: None)
    assert await replica.take()
    with pytest.raises(CannotRestore, match="stop every replica first"):
        await restored(postgresql_url, tmp_path / "backup.zip")
    await replica.give_up()
    await restored(postgresql_url, tmp_path / "backup.zip")


async def test_nothing_is_restored_into_a_file_that_is_in_use(sqlite_url: str, tmp_path: Path) -> None:
    await taken(sqlite_url, tmp_path / "backup.zip")
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        await connection.scalar(select(func.count()).select_from(Person))
    with pytest.raises(CannotRestore, match="stop the bot first"):
        await restored(sqlite_url, tmp_path / "backup.zip")
    await engine.dispose()
    await restored(sqlite_url, tmp_path / "backup.zip")


async def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(sqlite_url: str, tmp_path: Path) -> None:
    await fill(sqlite_url)
    path = tmp_path / "wishlight.db"
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        root = await connection.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'wishes'"))
    await engine.dispose()
    harmed = bytearray(path.read_bytes())
    harmed[(root - 1) * 4096 + 8 : (root - 1) * 4096 + 600] = b"\xff" * 592
    path.write_bytes(harmed)
    with pytest.raises(CannotBackUp, match=r"is damaged|cannot be copied"):
        await taken(sqlite_url, tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


async def test_the_manifest_says_when_and_of_what_it_was_taken(sqlite_url: str, tmp_path: Path) -> None:
    await taken(sqlite_url, tmp_path / "backup.zip")
    with closing(Reading(tmp_path / "backup.zip")) as archive:
        assert archive.manifest.database == "sqlite"
        assert archive.manifest.taken_at.endswith("+00:00")


def test_the_commands_say_how_they_ended(tmp_path: Path) -> None:
    tables = len(Table.metadata.tables)
    there = {"DATABASE_URL": "sqlite+aiosqlite:///there.db"}
    assert wishlight(tmp_path, "migrate", **there).returncode == 0
    done = wishlight(tmp_path, "backup", "backup.zip", **there)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, f"backup.zip: 0 rows of {tables} tables"), done.stderr
    done = wishlight(tmp_path, "restore", "backup.zip", DATABASE_URL="sqlite+aiosqlite:///new.db")
    assert (done.returncode, done.stdout.split(",")[0]) == (0, f"0 rows of {tables} tables"), done.stderr
    done = wishlight(tmp_path, "restore", "nowhere.zip", **there)
    assert done.returncode == 2
    assert "Nothing was changed: nowhere.zip cannot be read" in done.stderr
    done = wishlight(tmp_path, "backup", "other.zip", DATABASE_URL="postgresql+asyncpg://a:hunter2@127.0.0.1:9/b")
    assert done.returncode == 2
    assert "The database cannot be used" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr
