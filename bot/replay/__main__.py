"""`python -m bot.replay` is `wishlight replay`."""

import typer

from bot.replay.command import replay

if __name__ == "__main__":
    typer.run(replay)
