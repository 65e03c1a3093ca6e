"""python -m bench.torture: figures as they come, one line of JSON at the end; 1 when a promise was broken."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer
import uvloop

from bench.torture import accounts, broadcast, hanging, killing
from bot.playing.failure import PlayFailed

Trial = Callable[[], Coroutine[Any, Any, dict[str, Any]]]
Judge = Callable[[dict[str, Any]], list[str]]


def main(
    seconds: Annotated[float, typer.Option(min=5, help="how long people write while replicas are killed")] = 120.0,
    pause: Annotated[float, typer.Option(min=0.5, help="between two kills, on average")] = 4.0,
    kills: Annotated[int, typer.Option(min=0, help="on SQLite it goes on until so many")] = 20,
    pace: Annotated[float, typer.Option(min=0.1, help="people a second")] = 10.0,
    replicas: Annotated[int, typer.Option(min=2, help="on one PostgreSQL; on SQLite there is one process")] = 3,
    hangs: Annotated[int, typer.Option(min=1, help="how often whoever leads is stopped")] = 3,
    rows: Annotated[int, typer.Option(min=1, help="reminders that wait while people write")] = 10_000,
    per_second: Annotated[int, typer.Option(min=1, max=30, help="what may be sent; the sandbox permits 30")] = 30,
    only: Annotated[str | None, typer.Option(help="sqlite, postgresql, hanging or broadcast")] = None,
) -> None:
    """Break the bot on purpose, and count what was lost."""
    alone = killing.Trial(1, seconds, pause, pace, on_postgresql=False, kills=kills)
    together = killing.Trial(replicas, seconds, pause, pace, on_postgresql=True)
    trials: dict[str, tuple[Trial, Judge]] = {
        "sqlite": (lambda: killing.trial(alone, _told), accounts.failures),
        "postgresql": (lambda: killing.trial(together, _told), accounts.failures),
        "hanging": (lambda: hanging.trial(replicas, hangs, pace, _told), hanging.failures),
        "broadcast": (lambda: broadcast.trial(rows, min(seconds, 60.0), 2.0, per_second, _told), broadcast.failures),
    }
    found: dict[str, Any] = {}
    broken: list[str] = []
    try:
        for name, (trial, judge) in trials.items():
            if only in (None, name):
                found[name] = uvloop.run(trial())
                _told(json.dumps(found[name]))
                broken += [f"{name}: {what}" for what in judge(found[name])]
    except PlayFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(found | {"broken": broken}, ensure_ascii=False))
    raise typer.Exit(1 if broken else 0)


def _told(words: str) -> None:
    typer.echo(words, err=True)


if __name__ == "__main__":
    typer.run(main)
