"""First words with Telegram: who are we, how do updates come, what does the menu list."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from bot.settings import PREFIX, BadSettings
from bot.telegram import Later, Never, RetryAfter, Telegram, Unauthorised
from bot.webhook import Webhook
from storage.people import DEFAULT_LOCALE

log = logging.getLogger(__name__)

Commands = Callable[[str], Sequence[tuple[str, str]]]
"""What the menu of a locale lists: command, description."""
LOCALES = ("zh", "en")
_LONGEST_PAUSE = 30.0


async def who_am_i(telegram: Telegram, webhook: Webhook | None) -> dict[str, Any]:
    """The answer to getMe, once updates come as they should; Telegram may be away for a while.

    Raises:
        BadSettings: the token or the webhook is not accepted.
    """
    pause = 0.5
    while True:
        try:
            me: dict[str, Any] = await telegram.call("getMe", timeout=10.0)
            if webhook is None:
                await telegram.call("deleteWebhook", timeout=10.0)
            else:
                await _set(webhook, telegram)
            return me
        except Unauthorised:
            raise BadSettings([f"{PREFIX}BOT_TOKEN is not accepted by Telegram."]) from None
        except RetryAfter as error:
            pause = error.seconds
        except Later as error:
            log.warning("Telegram not reachable", extra={"why": str(error), "pause": pause})
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _set(webhook: Webhook, telegram: Telegram) -> None:
    try:
        await webhook.set(telegram)
    except Never as error:
        raise BadSettings([f"{PREFIX}WEBHOOK_URL is not accepted by Telegram: {error.description}."]) from None


async def show_menu(telegram: Telegram, commands: Commands) -> None:
    for locale in LOCALES:
        menu = [{"command": command, "description": words} for command, words in commands(locale)]
        asked: dict[str, Any] = {"commands": menu, "scope": {"type": "all_private_chats"}}
        if locale != DEFAULT_LOCALE:
            asked["language_code"] = locale
        try:
            await telegram.call("setMyCommands", asked, timeout=10.0)
        except (Later, RetryAfter) as error:
            log.warning("the menu is as it was", extra={"why": str(error)})
