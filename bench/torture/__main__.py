"""python -m bench.torture: figures as they come, one line of JSON at the end; 1 when a promise was broken."""

import json
from typing import Annotated, Any

import typer
import uvloop

from bench.torture import broadcast, killing
from bot.playing.failure import PlayFailed


def main(
    seconds: Annotated[float, typer.Option(min=5, help="how long people write in each trial")] = 120.0,
    pause: Annotated[float, typer.Option(min=0.5, help="between two kills of a replica")] = 4.0,
    pace: Annotated[float, typer.Option(min=0.1, help="people a second")] = 10.0,
    replicas: Annotated[int, typer.Option(min=1, help="on one PostgreSQL; on SQLite there is one")] = 3,
    rows: Annotated[int, typer.Option(min=1, help="reminders that wait while people write")] = 10_000,
    only: Annotated[str | None, typer.Option(help="sqlite, postgresql or broadcast")] = None,
) -> None:
    """Break the bot on purpose, and count what was lost."""
    found: dict[str, Any] = {}
    broken: list[str] = []
    try:
        for name, number in (("sqlite", 1), ("postgresql", replicas)):
            if only in (None, name):
                plan = killing.Trial(number, seconds, pause, pace, name == "postgresql")
                found[name] = uvloop.run(killing.trial(plan, _told))
                _told(json.dumps(found[name], ensure_ascii=False))
                broken += [f"{name}: {what}" for what in killing.failures(found[name])]
        if only in (None, "broadcast"):
            found["broadcast"] = uvloop.run(broadcast.trial(rows, min(seconds, 60.0), 2.0, _told))
            _told(json.dumps(found["broadcast"]))
            if found["broadcast"]["told_to_wait"] or found["broadcast"]["text_to_card_p95_ms"] >= 1000:
                broken.append("broadcast: answers waited, or Telegram had to say wait")
    except PlayFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(found | {"broken": broken}, ensure_ascii=False))
    raise typer.Exit(1 if broken else 0)


def _told(words: str) -> None:
    typer.echo(words, err=True)


if __name__ == "__main__":
    typer.run(main)
