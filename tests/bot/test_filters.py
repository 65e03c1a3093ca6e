"""Filters are asked in the event loop, and still say what they said."""

from datetime import UTC, datetime

import pytest
from aiogram import Dispatcher, F, Router
from aiogram.types import Chat, Message

import handlers
from bot.filters import ask_in_place


def message(text: str) -> Message:
    return Message(message_id=1, date=datetime(2025, 3, 3, tzinfo=UTC), chat=Chat(id=1, type="private"), text=text)


def test_no_filter_of_this_bot_waits_for_a_thread() -> None:
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_router(handlers.router())
    ask_in_place(dispatcher)
    asked = [
        one
        for part in dispatcher.chain_tail
        for observer in part.observers.values()
        for handler in (observer._handler, *observer.handlers)
        for one in handler.filters or ()
    ]
    assert asked
    assert [one for one in asked if not one.awaitable] == []


@pytest.mark.parametrize(("text", "passes"), [("你好", True), ("再见", False)])
async def test_a_filter_in_place_decides_as_before(text: str, passes: bool) -> None:
    router = Router()

    async def answer(message: Message) -> None: ...

    router.message.register(answer, F.text == "你好", F.chat.type == "private")
    ask_in_place(router)
    decided, _ = await router.message.handlers[0].check(message(text))
    assert bool(decided) is passes


async def test_what_a_filter_found_reaches_the_handler() -> None:
    router = Router()

    async def answer(message: Message, words: str) -> None: ...

    router.message.register(answer, F.text.as_("words"))
    ask_in_place(router)
    _, found = await router.message.handlers[0].check(message("你好"))
    assert found["words"] == "你好"
