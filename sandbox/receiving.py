"""Methods by which a bot says how it receives updates: it asks for them, or has them brought to a webhook."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refused
from sandbox.updates import DEFAULT_KINDS, Update
from sandbox.webhooks import webhook_of
from sandbox.wire import Told
from sandbox.world import Bot, World

Json = dict[str, Any]

_WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


async def get_updates(world: World, bot: Bot, arguments: Json) -> list[Update]:
    """getUpdates; the allowed kinds are remembered until the next call that names some."""
    if bot.webhook is not None:
        raise Refused(409, _WEBHOOK_ACTIVE)
    _allow(bot, arguments)
    limit = arguments.get("limit", 100)
    return await bot.queue.poll(arguments.get("offset", 0), min(max(limit, 1), 100), max(arguments.get("timeout", 0), 0))


def set_webhook(world: World, bot: Bot, arguments: Json) -> Told:
    """setWebhook; without an address it is deleteWebhook."""
    if not arguments.get("url"):
        return delete_webhook(world, bot, arguments)
    wanted = webhook_of(arguments)
    before = bot.webhook
    _allow(bot, arguments)
    if arguments.get("drop_pending_updates"):
        bot.queue.drop_all()
    elif before is not None and before.kept() == wanted.kept():
        return Told(True, "Webhook is already set")
    bot.queue.end_poll()
    bot.webhook = wanted
    world.events.add("webhook", bot=bot.id)
    return Told(True, "Webhook was set")


def delete_webhook(world: World, bot: Bot, arguments: Json) -> Told:
    """deleteWebhook; waiting updates stay, unless they are to be dropped."""
    if arguments.get("drop_pending_updates"):
        bot.queue.drop_all()
    if bot.webhook is None:
        return Told(True, "Webhook is already deleted")
    bot.webhook = None
    world.events.add("webhook", bot=bot.id)
    return Told(True, "Webhook was deleted")


def get_webhook_info(world: World, bot: Bot, arguments: Json) -> Json:
    """getWebhookInfo."""
    told: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": bot.queue.pending()[1]}
    if bot.webhook is not None:
        told |= bot.webhook.info()
    if bot.queue.allowed != DEFAULT_KINDS:
        told["allowed_updates"] = sorted(bot.queue.allowed)
    return told


def _allow(bot: Bot, arguments: Json) -> None:
    if "allowed_updates" in arguments:
        bot.queue.allow(kind for kind in arguments["allowed_updates"] if isinstance(kind, str))
