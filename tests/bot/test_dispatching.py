"""An update goes straight to the handler that aiogram would have found for it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Chat, Message, Update, User

import handlers
from bot.dispatching import StraightDispatcher, _way
from bot.intake import ALLOWED
from words.buttons import CardTap, ClaimTap, ListTap

BOT = Bot("7000001:nowhere")
WANG = User(id=11, is_bot=False, first_name="王阿姨")
AT = datetime(2025, 3, 3, tzinfo=UTC)


def said(text: str, chat: str = "private") -> Update:
    message = Message(message_id=1, date=AT, chat=Chat(id=1, type=chat), from_user=WANG, text=text)
    return Update(update_id=1, message=message).as_(BOT)


def tapped(data: str) -> Update:
    return Update(update_id=1, callback_query=CallbackQuery(id="1", from_user=WANG, chat_instance="1", data=data)).as_(BOT)


def routers() -> Router:
    """What each handler answers says who it was, and what its filters found."""
    root, first, second = Router(), Router(), Router()
    root.include_routers(first, second)
    first.message.filter(F.text.startswith("/").as_("slash"))

    async def command(message: Message, command: Any, slash: bool) -> str:
        return f"command {command.command} {slash}"

    async def skips(message: Message) -> str:
        raise SkipHandler

    async def words(message: Message, words: str) -> str:
        return f"words {words}"

    async def rest(message: Message) -> str:
        return "rest"

    async def card(query: CallbackQuery, callback_data: CardTap) -> str:
        return f"card {callback_data.do} {callback_data.wish}"

    async def submit(query: CallbackQuery, callback_data: CardTap) -> str:
        return f"submit {callback_data.wish}"

    async def claim(query: CallbackQuery, callback_data: ClaimTap) -> str:
        return f"claim {callback_data.wish}"

    first.message.register(command, Command("go"))
    second.message.register(skips, F.text == "跳")
    second.message.register(words, F.chat.type == "private", F.text.regexp("^你").as_("found"), F.text.as_("words"))
    second.message.register(rest)
    first.callback_query.register(submit, CardTap.filter(F.do == "submit"))
    second.callback_query.register(claim, ClaimTap.filter())
    second.callback_query.register(card, CardTap.filter())
    return root


UPDATES = (
    said("/go"),
    said("/come"),
    said("你好"),
    said("你好", "group"),
    said("跳"),
    said("再见"),
    tapped(CardTap(do="submit", wish=3).pack()),
    tapped(CardTap(do="back", wish=4).pack()),
    tapped(ClaimTap(wish=5).pack()),
    tapped(ListTap(name="my").pack()),
    tapped("w:submit"),
    tapped("w:submit:-1"),
    tapped("?"),
)


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.event.text if update.message else update.event.data)
async def test_it_answers_as_aiogram_would(update: Update) -> None:
    theirs, ours = Dispatcher(disable_fsm=True), StraightDispatcher(disable_fsm=True)
    theirs.include_router(routers())
    ours.include_router(routers())
    expected = await theirs.feed_update(BOT, update)
    assert await ours.feed_update(BOT, update) == expected
    assert (expected is UNHANDLED) is (update.callback_query is not None and update.callback_query.data in _NO_BUTTONS)


_NO_BUTTONS = (ListTap(name="my").pack(), "w:submit", "w:submit:-1", "?")


async def test_what_a_handler_raises_reaches_the_intake() -> None:
    dispatcher = StraightDispatcher(disable_fsm=True)

    async def fails(message: Message) -> None:
        raise ZeroDivisionError

    dispatcher.message.register(fails)
    with pytest.raises(ZeroDivisionError):
        await dispatcher.feed_update(BOT, said("你好"))


def test_every_handler_of_this_bot_is_on_the_way() -> None:
    root = handlers.router()
    asked = {kind: {handler.callback for stretch in _way(root, kind) for _, handler in stretch.handlers} for kind in ALLOWED}
    there = {
        kind: {handler.callback for part in root.chain_tail for handler in part.observers[kind].handlers} for kind in ALLOWED
    }
    assert asked == there
    assert all(there.values())


async def test_a_middleware_that_would_be_passed_by_is_refused() -> None:
    class Middleware(BaseMiddleware):
        async def __call__(self, handler: Any, event: Any, data: dict[str, Any]) -> Any:
            return await handler(event, data)

    dispatcher, router = StraightDispatcher(disable_fsm=True), Router()
    router.message.outer_middleware(Middleware())
    dispatcher.include_router(router)
    with pytest.raises(ValueError, match="middleware"):
        await dispatcher.feed_update(BOT, said("你好"))
