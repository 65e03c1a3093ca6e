"""`wishlight demo`: the options, and how it ends."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path(".demo")


def demo(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="of the page; 0 takes a free one; else 8081 or the next free one")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="open the page")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="go on where the last demo ended")] = False,
    folder: Annotated[Path, typer.Option(file_okay=False, help="where the town is kept")] = FOLDER,
) -> None:
    """Show a small town in chat windows: a sandbox, the bot and a page in the browser. No token, no server."""
    from bot.demo.run import Demo
    from bot.playing.failure import PlayFailed

    try:
        asyncio.run(Demo(folder, port, browser=browser, keep=keep).run())
    except PlayFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
