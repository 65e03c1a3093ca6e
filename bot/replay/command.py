"""`wishlight replay`: the options, the texts, and how it ends."""

import asyncio
import json
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

T = TypeVar("T")


class Stopped(Exception):
    """A signal ended the replay; the message is its name."""


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
    from bot.replay.texts import UnusableFile, read_texts

    try:
        texts = read_texts(file)[:limit]
        from rich.console import Console

        from bot.replay.run import Plan
        from bot.replay.run import replay as play

        plan = Plan(texts, residents, volunteers, days, rate_scale, database, seed)
        report = _run(play(plan, Console(stderr=True), Console(soft_wrap=True, highlight=False)))
    except (UnusableFile, PlayFailed) as error:
        _wrong(str(error), 2)
    except Stopped as error:
        _wrong(f"Stopped by {error}; nothing is left behind.", 130)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))


def _run(work: Coroutine[None, None, T]) -> T:
    """Run it; SIGINT, SIGTERM and a closed terminal cancel it, so that it ends its processes.

    Raises:
        Stopped: it was told to.
    """
    import uvloop

    told: list[str] = []

    async def until_told() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)

        def stop(number: signal.Signals) -> None:
            told.append(number.name)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop, number)
        return await task

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(until_told())
        except asyncio.CancelledError:
            if not told:
                raise
            raise Stopped(told[0]) from None


def _wrong(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
