"""The sandbox of the bot's own tests."""

from tests.bot.conftest import people, sandbox

__all__ = ["people", "sandbox"]
