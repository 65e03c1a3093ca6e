"""`wishlight backup` and `wishlight restore`: the options, and how they end."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.backup.archive import Manifest
    from bot.backup.run import Told


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="a new file; whoever can read it can read everything")],
) -> None:
    """Write the whole database, which may be in use, into one file, and check that file."""
    from bot.backup.run import CannotBackUp
    from bot.backup.run import backup as take

    try:
        manifest = _run(lambda url, told: take(url, file, told))
    except CannotBackUp as error:
        _wrong(str(error))
    typer.echo(f"{file}: {manifest.rows} rows of {len(manifest.tables)} tables, schema {manifest.revision}, checked.")


def restore(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="what `wishlight backup` wrote")],
    replace: Annotated[bool, typer.Option("--replace", help="delete first what the database holds")] = False,
) -> None:
    """Make the database what a backup says; either kind, whichever it was taken from. The bot must not run."""
    from bot.backup.archive import UnusableBackup
    from bot.backup.run import CannotRestore
    from bot.backup.run import restore as bring_back

    try:
        manifest = _run(lambda url, told: bring_back(url, file, replace=replace, told=told))
    except (UnusableBackup, CannotRestore) as error:
        _wrong(f"Nothing was changed: {error}.")
    typer.echo(f"{manifest.rows} rows of {len(manifest.tables)} tables, as they were at {manifest.taken_at}.")


def _run(work: Callable[[str, "Told"], Coroutine[Any, Any, "Manifest"]]) -> "Manifest":
    """With the database of the settings, and a bar that says how far it is."""
    from asyncpg import PostgresError
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from sqlalchemy.exc import SQLAlchemyError

    from bot.logs import start_logging
    from bot.settings import BadSettings, StorageSettings, read_settings

    start_logging()
    try:
        url = read_settings(StorageSettings).database_url.get_secret_value()
    except BadSettings as error:
        _wrong("\n".join(error.problems))
    columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.advance(tasks[what], done)

        try:
            return asyncio.run(work(url, told))
        except (SQLAlchemyError, PostgresError, OSError) as error:
            why = " ".join(str(getattr(error, "orig", None) or error).split())
            _wrong(f"The database cannot be used: {why}\n`wishlight doctor` may say more.")


def _wrong(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
