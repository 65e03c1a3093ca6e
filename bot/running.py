"""The bot as a process of its own: signals have one owner, and it is here."""

import asyncio
import logging
import signal
from contextlib import suppress

from bot.composition import App, Stopped
from bot.logs import tell_of_strays
from bot.settings import Settings
from bot.town_files import TownFiles
from words import talk

log = logging.getLogger(__name__)


async def run_bot(settings: Settings, files: TownFiles) -> None:
    """Run until SIGINT or SIGTERM; a second one ends at once."""
    bot = App(settings, files=files, commands=talk.menu)
    loop = asyncio.get_running_loop()
    tell_of_strays(loop)
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop(number: signal.Signals) -> None:
        log.info("stopping", extra={"signal": number.name})
        bot.ask_to_stop()
        loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, stop, number)
    try:
        with suppress(Stopped):
            await bot.start()
            await bot.run_until_stopped()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
