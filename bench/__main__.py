"""python -m bench: a table for people, and one line of JSON at the end; how far it is goes to standard error."""

import json
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bench.report import figures, show
from bench.run import Plan, bench
from bench.understanding import figures as understood
from bench.understanding import show as show_understanding
from bot.playing.failure import PlayFailed

_WIDTH = 128


def main(
    rounds: Annotated[int, typer.Option(min=1, help="each is a crowd and a trickle for every bot")] = 5,
    crowd: Annotated[int, typer.Option(min=1, help="people who write at once")] = 300,
    trickle: Annotated[int, typer.Option(min=1, help="people who write one after the other")] = 40,
    pace: Annotated[float, typer.Option(min=0.1, help="of those, how many a second")] = 20.0,
    postgresql: Annotated[bool, typer.Option(help="measure this bot on PostgreSQL as well")] = True,
    profile: Annotated[bool, typer.Option(help="look where the time goes")] = True,
    understanding: Annotated[bool, typer.Option(help="measure how messages are understood as well")] = True,
    beside: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, resolve_path=True, help="another checkout, to compare with")
    ] = None,
) -> None:
    """Measure this bot beside a bare aiogram echo bot."""
    told, table = Console(stderr=True), Console(width=_WIDTH)
    plan = Plan(rounds, crowd, trickle, pace, postgresql, profile, beside)
    try:
        result = uvloop.run(bench(plan, told.print))
    except PlayFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    found = figures(plan, result)
    show(found, table)
    if understanding:
        found["understanding"] = understood(told.print)
        show_understanding(found["understanding"], table)
    typer.echo(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
