"""`wishlight simulate-scale`: the options, and how it ends."""

import json
import logging
from typing import Annotated

import typer


def simulate_scale(
    wishes: Annotated[int, typer.Option(min=100, max=10_000_000, help="in the large database")] = 1_000_000,
    against: Annotated[int, typer.Option(min=100, help="in the small one; what goes on today is the same in both")] = 10_000,
    rounds: Annotated[int, typer.Option(min=1, max=48, help="in which everything is measured once on each")] = 30,
    database: Annotated[
        str | None,
        typer.Option(help="an empty one, which is left filled; default: SQLite in a temporary folder"),
    ] = None,
) -> None:
    """Fill a database with many years of wishes, and measure whether anything takes longer than with a few months of them."""
    from bot.playing.failure import PlayFailed

    if wishes < against:
        raise typer.BadParameter("--wishes must not be fewer than --against")
    try:
        from rich.console import Console

        from bot.playing.stopping import Stopped, until_told
        from bot.scale.report import as_dict, show
        from bot.scale.run import Plan, simulate

        logging.getLogger().addHandler(logging.NullHandler())  # what a start of the bot says is not meant for this
        report = until_told(simulate(Plan(wishes, against, rounds, database), Console(stderr=True)))
    except PlayFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except Stopped as error:
        typer.echo(f"Stopped by {error}.", err=True)
        raise typer.Exit(130) from None
    show(report, Console(soft_wrap=True, highlight=False))
    typer.echo(json.dumps(as_dict(report), ensure_ascii=False))
