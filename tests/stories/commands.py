"""A command of `wishlight` in another process, on a running bot's database."""

import asyncio
import os
import sys
from pathlib import Path

from tests.stories.town import Town

_ROOT = Path(__file__).parents[2]


async def wishlight(town: Town, *words: str, folder: Path) -> str:
    """Run it to its good end; what it said, when the town has taken notice."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WISHLIGHT_")}
    environment |= {"PYTHONPATH": str(_ROOT), "WISHLIGHT_DATABASE_URL": town.app.engine.url.render_as_string(False)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", *words),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    await town.settle()
    return said.decode()
