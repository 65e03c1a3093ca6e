"""The database, as the bot would meet it: whether it answers, its schema, its clock, and what in it is stuck."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from asyncpg import PostgresError
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.doctor.findings import Finding, ill, note, well
from bot.doctor.telegram import Bound, clock
from bot.election import TURN
from bot.settings import PREFIX, Settings
from storage import backlog, migrate, outbox, roster
from storage.engine import open_engine, open_sessions, read_only
from storage.models import Group

_LITTLE = 500 * 1024**2  # bytes
_PATIENCE = 15.0  # seconds to connect and answer
_OLD = 600.0  # seconds that something waits to be sent
_LEADS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted")


class NoDatabase(Exception):
    """It cannot be looked into; what was found says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.says)
        self.finding = finding


async def asked(settings: Settings, ask: Callable[[AsyncSession], Awaitable[list[Finding]]]) -> list[Finding]:
    """What `ask` finds, on a session that only reads."""
    engine = open_engine(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with open_sessions(read_only(engine))() as session:
            return await ask(session)
    finally:
        await engine.dispose()


def the_place(settings: Settings) -> list[Finding]:
    """Where the database is, without asking it.

    Raises:
        NoDatabase: there is none yet, or no way to have one.
    """
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() != "sqlite":
        return []
    if not url.database or url.database == ":memory:":
        raise NoDatabase(ill("database", "it is kept in memory, and gone with the process", f"set {PREFIX}DATABASE_URL"))
    path = Path(url.database)
    folder = path.parent.resolve()
    if not folder.is_dir():
        raise NoDatabase(ill("database", f"the folder {folder} is missing", "make it, and let the bot's user own it"))
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise NoDatabase(ill("database", f"{path} or its folder cannot be written", "let the bot's user own both"))
    if not path.exists():
        raise NoDatabase(note("database", f"{path} is not there yet", "nothing, if this is new: the bot makes it at its start"))
    free = shutil.disk_usage(folder).free
    if free < _LITTLE:
        return [
            ill("database", f"only {free // 1024**2} MB are free beside {path}", "make room: without any, nothing is stored")
        ]
    return []


async def answers(settings: Settings) -> list[Finding]:
    """Whether there is a database, and what it says of itself.

    Raises:
        NoDatabase: it does not answer.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            return await asked(settings, _says)
    except (SQLAlchemyError, OSError, TimeoutError, PostgresError) as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split()) or type(error).__name__
        do = f"see that it runs, and that {PREFIX}DATABASE_URL names host, database, user and password rightly"
        if make_url(settings.database_url.get_secret_value()).get_backend_name() == "sqlite":
            do = "put the file aside and restore a backup: wishlight restore"
        raise NoDatabase(ill("database", f"cannot be used: {why}", do)) from None


async def _says(session: AsyncSession) -> list[Finding]:
    """What it is and how big, and whether its clock agrees."""
    if session.get_bind().dialect.name == "sqlite":
        size = await session.scalar(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
        return [well("database", f"SQLite answers, {_megabytes(size)}")]
    version = await session.scalar(text("SHOW server_version"))
    size = await session.scalar(text("SELECT pg_database_size(current_database())"))
    found = [well("database", f"PostgreSQL {version} answers, {_megabytes(size)}")]
    told = await outbox.clock(session)
    if told is not None:
        found.append(clock("clock", (datetime.now(UTC) - told).total_seconds(), "the database's"))
    works = await session.scalar(_LEADS, {"key": TURN})
    found.append(
        well("replicas", "one polls, sends and ticks")
        if works
        else note("replicas", "none polls, sends and ticks", "start the bot: wishlight run")
    )
    return found


async def the_schema(settings: Settings) -> list[Finding]:
    """Whether the schema is the one that this program was written for.

    Raises:
        NoDatabase: it is none that could be looked into.
    """
    url = settings.database_url.get_secret_value()
    at, known = await migrate.revision(url), migrate.revisions()
    if at is None:
        raise NoDatabase(note("migrations", "the database is empty", "nothing, if this is new: the bot makes its tables"))
    if at not in known:
        do = "install the version that made it, or a newer one; or restore a backup into an empty database"
        raise NoDatabase(ill("migrations", f"its schema {at} is unknown here: a newer version made it", do))
    if at != known[0]:
        behind = known.index(at)
        do = "make a backup, then run wishlight migrate; the bot does the same at its start"
        raise NoDatabase(note("migrations", f"its schema {at} is {behind} behind {known[0]}", do))
    if differences := await migrate.differences(url):
        do = "somebody changed it by hand: restore a backup into an empty database, or undo the change"
        return [ill("migrations", f"its schema {at} differs in {len(differences)} places from what it should be", do)]
    return [well("migrations", f"its schema is the newest, {at}")]


async def people(session: AsyncSession, settings: Settings) -> list[Finding]:
    """Whether somebody can review, and somebody can claim."""
    if not settings.admins:
        do = f"write to the bot: its log tells who you are (person=…); set {PREFIX}ADMINS to that"
        return [ill("people", "there is no admin: nobody can review, let in volunteers or bind groups", do)]
    started = {person.id for person in await roster.admins(session) if person.can_be_written}
    silent = sorted(settings.admins - started)
    if not silent:
        return [well("people", f"all {len(settings.admins)} admins can be written to")]
    ids = ", ".join(map(str, silent))
    finding = note if len(silent) < len(settings.admins) else ill
    return [finding("people", f"admins who cannot be written to: {ids}", "let them open the bot's chat and press Start")]


async def stuck(session: AsyncSession, now: datetime) -> list[Finding]:
    """What should have gone on long ago."""
    found = await backlog.read(session, now)
    ages = [(now - lane.since).total_seconds() for lane in found.lanes.values() if lane.since is not None]
    waiting = sum(lane.rows for lane in found.lanes.values())
    wrong = []
    if ages and max(ages) > _OLD:
        do = "is the bot running, and can it reach Telegram? Its log says why a row has to wait"
        wrong.append(ill("stuck rows", f"{waiting} messages wait, the oldest for {max(ages) / 60:.0f} min", do))
    if found.stuck["failed"]:
        do = "an admin sends /failed to the bot: it says why, and sends them again or drops them"
        wrong.append(note("stuck rows", f"{found.stuck['failed']} messages failed for good", do))
    if found.late:
        do = "is the bot running? If it is, its log says what fails each time"
        wrong.append(ill("stuck rows", f"{found.late} reminders are more than ten minutes late", do))
    if found.failed_updates:
        do = "an admin sends /failed to the bot: it says where they failed, and runs them again or drops them"
        wrong.append(note("stuck rows", f"{found.failed_updates} updates could not be handled and are kept", do))
    forgotten = await backlog.without_reminder(session)
    if forgotten:
        do = "this is a defect: report it with the wish's timeline; until then, set next_reminder_at to now"
        wrong.append(ill("stuck rows", f"live wishes that nobody is reminded of: {', '.join(map(str, forgotten))}", do))
    parked = found.stuck["parked"]
    aside = f", {parked} messages for whoever cannot be reached" if parked else ""
    return wrong or [well("stuck rows", f"none; {waiting} messages wait to be sent{aside}")]


async def bound_groups(session: AsyncSession) -> tuple[list[Bound], list[Finding]]:
    """The groups that an admin bound, and what the rows alone say of them."""
    areas = await roster.areas(session)
    groups: list[Group] = await backlog.bound_groups(session)
    bound = [
        Bound(group.id, group.audience or "", areas[group.area_code].name if group.area_code in areas else "no area")
        for group in groups
    ]
    if any(group.audience == "volunteers" for group in bound):
        return bound, []
    do = "add the bot as an admin to a group and send /bind there"
    return bound, [note("groups", "no volunteers' group is bound: nobody sees open wishes there", do)]


def _megabytes(size: int | None) -> str:
    return f"{(size or 0) / 1024**2:.0f} MB"
