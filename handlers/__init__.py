"""Telegram in, one action, one answer; one module a conversation."""

from aiogram import Router

from handlers import commands, failures, groups, helping, joining, reviewing, wishing, writing


def router() -> Router:
    """Every conversation, the catch-all last."""
    root = Router(name="wishlight")
    for module in (failures, commands, groups, wishing, joining, reviewing, helping, writing):
        root.include_router(module.make_router())
    return root
