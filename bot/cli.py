"""The command `wishlight`. What a command needs is imported inside it, so that `--help` answers at once."""

import asyncio
import sys
from collections.abc import Coroutine
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="点亮微心愿 · Wishlight")


@app.command()
def run() -> None:
    """Run the bot until SIGINT or SIGTERM."""
    import gc

    gc.disable()  # what the libraries make while they are read, stays: looking for garbage in it takes a fifth of the start
    from bot.logs import log, start_logging, where
    from bot.settings import BadSettings, misspelt
    from bot.town_files import read_everything

    start_logging()
    for sentence in misspelt():
        typer.echo(sentence, err=True)
    try:
        settings, files = read_everything()
        start_logging(settings.log)
        from bot.running import run_bot

        gc.freeze()
        gc.enable()
        _run(run_bot(settings, files))
    except BadSettings as error:
        _wrong(error.problems)
    except Exception as error:  # its words may be somebody's
        log.critical("ended by an error; `wishlight doctor` may say why", extra={"error": where(error)})
        raise typer.Exit(1) from None


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8081,
    rate_scale: Annotated[float, typer.Option(min=0.001, help="divides the length of Telegram's rate windows")] = 1.0,
    keep: Annotated[Path | None, typer.Option(dir_okay=False, help="a file to keep this Telegram in")] = None,
) -> None:
    """Run a local Telegram: chat windows, Bot API and client side on one port."""
    from sandbox.keeping import UnusableKeep
    from sandbox.server import serve

    try:
        _run(serve("127.0.0.1", port, rate_scale, keep))
    except UnusableKeep as error:
        _wrong([str(error)])


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from bot.settings import BadSettings, StorageSettings, read_settings
    from storage.migrate import TooNew, upgrade

    try:
        _run(upgrade(read_settings(StorageSettings).database_url.get_secret_value()))
    except BadSettings as error:
        _wrong(error.problems)
    except TooNew as error:
        _wrong([f"Nothing was changed: {error}."])


@app.command(name="import-areas")
def import_areas(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, as spreadsheets save it, or YAML")],
    dry: Annotated[bool, typer.Option("--dry", help="only show what would change")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="take away areas that the list lacks and nothing points to")] = False,
) -> None:
    """Make the town's areas what a list says, all of it or nothing: communities, grids, their roads, estates and buildings."""
    from actions.area_lists import AreasError
    from bot.importing import import_areas as imported
    from bot.importing import told
    from bot.settings import BadSettings, TownSettings, read_settings

    async def work() -> None:
        found = await imported(read_settings(TownSettings), file, dry=dry, remove=remove)
        for line in told(found, dry=dry):
            typer.echo(line)

    try:
        _run(work())
    except BadSettings as error:
        _wrong(error.problems)
    except AreasError as error:
        _wrong([*(f"{file}: {problem}" for problem in error.problems), "Nothing was changed."])
    except OSError as error:
        _wrong([f"{file} cannot be read: {error.strerror or error}"])


@app.command()
def classify(texts: Annotated[list[str] | None, typer.Argument(help="texts; without any, lines on stdin")] = None) -> None:
    """Say what is understood of each text: one JSON object a line."""
    import json

    reader = _reader()
    for text in texts or (line.rstrip("\r\n") for line in sys.stdin):
        if text.strip():
            typer.echo(json.dumps(reader.understand(text).as_dict, ensure_ascii=False))


@app.command()
def explain(
    texts: Annotated[list[str] | None, typer.Argument(help="texts; without any, lines on stdin")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    taxonomy: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="YAML; default: the county's")] = None,
) -> None:
    """Say why each text is understood as it is: words, scores, cues, and what must not be public."""
    import json

    from nlp.explain import explain as explained
    from nlp.explain import readable
    from nlp.understanding import Reader

    reader = _reader() if taxonomy is None else Reader(_taxonomy(taxonomy))
    names = {code: category.zh for code, category in reader.taxonomy.categories.items()}
    for text in texts or (line.rstrip("\r\n") for line in sys.stdin):
        if text.strip():
            found = explained(reader, text)
            typer.echo(json.dumps(found, ensure_ascii=False) if as_json else readable(found, names))


@app.command()
def evaluate(
    test: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV or JSON lines with labels")],
    taxonomy: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="YAML; default: the county's")] = None,
    train: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="labelled texts to learn from, on top of the taxonomy")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, max=100, help="learn from all parts of the test file but one, and read that one")
    ] = None,
    text: Annotated[
        str, typer.Option(help="columns that hold the text, with commas between; the first may be a title")
    ] = "text",
    label: Annotated[str, typer.Option(help="column of the right category: its code or its Chinese name")] = "category",
    alt: Annotated[str, typer.Option(help="column of a second right category")] = "alt_category",
) -> None:
    """Measure the classifier on labelled texts: one JSON object."""
    import json

    from bot.labelled import text_columns
    from nlp.evaluate import Columns, cross_validate, evaluate_rows
    from nlp.evaluate import train as learn_from

    columns = Columns(text_columns(text), label, alt)
    known = _taxonomy(taxonomy)
    rows = _labelled(test, columns)
    if folds is not None:
        found = cross_validate(known, rows, columns, folds, _labelled(train, columns) if train is not None else ())
    elif train is not None:
        found = evaluate_rows(known, rows, columns, learn_from(known, _labelled(train, columns), columns))
    else:
        found = evaluate_rows(known, rows, columns)
    typer.echo(json.dumps(found, ensure_ascii=False))


@app.command()
def topics(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="messages: CSV with a heading, or JSON lines")],
    days: Annotated[int | None, typer.Option(min=1, help="only the last days, counted back from the newest message")] = None,
    text: Annotated[
        str, typer.Option(help="columns that hold the text, with commas between; default: title,body or text")
    ] = "",
    time: Annotated[str, typer.Option(help="column of the day it was said, if there is one")] = "time",
    number: Annotated[str, typer.Option("--id", help="column of the message's number; default: the row's")] = "id",
    author: Annotated[str, typer.Option(help="column of who said it, if there is one: each counts once")] = "author",
    supporters: Annotated[str, typer.Option(help="column of how many support it: likes, signatures; each is a voice")] = "",
    least: Annotated[int, typer.Option(min=2, help="how many must speak of it")] = 3,
    most: Annotated[int, typer.Option(min=1, help="how many topics")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Find what many messages speak of, the hottest first: heat is voices times the root of the days."""
    import json

    from bot import hot_topics
    from bot.labelled import text_columns

    try:
        said = hot_topics.read_said(file, hot_topics.Columns(text_columns(text), time, number, author, supporters))
    except ValueError as error:
        _wrong(str(error).splitlines())
    if days is not None:
        said = hot_topics.lately(said, days)
    found, excerpts = hot_topics.find(_town_files().reader().matters, said, least=least, most=most)
    for place, topic in enumerate(found, 1):
        made = hot_topics.as_dict(topic, excerpts)
        typer.echo(json.dumps(made, ensure_ascii=False) if as_json else hot_topics.readable(place, topic, excerpts))
    if not found and not as_json:
        typer.echo("No matter that so many speak of.")


def _taxonomy(path: Path | None) -> Any:
    from nlp.taxonomy import Taxonomy, TaxonomyError

    if path is None:
        return _town_files().taxonomy
    try:
        return Taxonomy.load(path)
    except TaxonomyError as error:
        _wrong(error.problems)


def _labelled(path: Path, columns: Any) -> list[dict[str, Any]]:
    from bot.labelled import read_labelled

    try:
        return read_labelled(path, columns)
    except ValueError as error:
        _wrong([str(error)])


def _reader() -> Any:
    """The reader of the town, with the areas that were imported, where there is a database of them."""
    from bot.importing import known_areas
    from bot.settings import TownSettings, read_settings

    files = _town_files()
    return files.reader(asyncio.run(known_areas(read_settings(TownSettings), files.areas)))


def _town_files() -> Any:
    from bot.settings import BadSettings, TownSettings, read_settings
    from bot.town_files import read_town_files

    try:
        return read_town_files(read_settings(TownSettings))
    except BadSettings as error:
        _wrong(error.problems)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """On uvloop, where there is one."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def _wrong(problems: Any) -> NoReturn:
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(2)


LATE = {
    "replay": "bot.replay.command",
    "demo": "bot.demo.command",
    "doctor": "bot.doctor.command",
    "learn": "bot.learn.command",
    "backup": "bot.backup.command",
    "restore": "bot.backup.command",
    "simulate-scale": "bot.scale.command",
}
"""Commands that bring options of their own: read when they are meant, or listed."""


def bring(*names: str) -> None:
    """Add late commands to the others."""
    for name in names:
        app.command(name)(getattr(import_module(LATE[name]), name.replace("-", "_")))


def main() -> None:
    """What is run by the console script."""
    word = next(iter(sys.argv[1:]), "--help")
    bring(*(name for name in LATE if word in (name, "--help")))
    app()


if __name__ == "__main__":
    main()
