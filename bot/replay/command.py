"""`wishlight replay`: the options, the texts, and how it ends."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer


def replay(
    file: Annotated[Path, typer.Argument(help="CSV (title and body, or text) or JSON lines (text)")],
    residents: Annotated[int, typer.Option(min=1, max=5000, help="who write")] = 50,
    volunteers: Annotated[int, typer.Option(min=1, max=900, help="who claim")] = 15,
    days: Annotated[int, typer.Option(min=1, max=366, help="over which the texts come in")] = 30,
    rate_scale: Annotated[float, typer.Option(min=0.001, help="divides the length of Telegram's rate windows")] = 1000.0,
    database: Annotated[str | None, typer.Option(help="an empty one; default: SQLite in a temporary folder")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only so many texts of the file")] = None,
    seed: Annotated[int, typer.Option(help="of everybody's dice")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="the figures as one last line of JSON")] = False,
) -> None:
    """Let a town live through a file of texts: a sandbox and a bot of their own, people who write, tap and stay silent."""
    from bot.playing.failure import PlayFailed
    from bot.playing.stopping import Stopped, until_told
    from bot.replay.texts import UnusableFile, read_texts

    try:
        texts = read_texts(file)[:limit]
        from rich.console import Console

        from bot.replay.run import Plan
        from bot.replay.run import replay as play

        plan = Plan(texts, residents, volunteers, days, rate_scale, database, seed)
        report = until_told(play(plan, Console(stderr=True), Console(soft_wrap=True, highlight=False)))
    except (UnusableFile, PlayFailed) as error:
        _wrong(str(error), 2)
    except Stopped as error:
        _wrong(f"Stopped by {error}; nothing is left behind.", 130)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))


def _wrong(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
