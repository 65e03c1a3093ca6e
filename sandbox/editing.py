"""Methods by which a bot changes or deletes messages, and answers taps."""

from __future__ import annotations

import re
import time
from typing import Any

from sandbox import keyboards
from sandbox.chats import Message
from sandbox.errors import bad_request
from sandbox.limits import CALLBACK_ANSWER_MAX, DELETE_SECONDS, TAP_SECONDS
from sandbox.sending import caption_content, text_content
from sandbox.world import Bot, World

Json = dict[str, Any]

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
_TEXT_PARTS = ("text", "entities", "link_preview_options")
_CAPTION_PARTS = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = frozenset({"photo", "voice", "document", "video", "audio", "animation"})
_BOT_LINK = re.compile(r"(?:https?://)?(?:t\.me|telegram\.me)/\w+\?start(?:app)?=[\w-]*|tg://\S+", re.IGNORECASE)


def _target(world: World, bot: Bot, arguments: Json) -> Message:
    if "inline_message_id" in arguments:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in arguments:
        raise bad_request("chat_id is empty")
    if "message_id" not in arguments:
        raise bad_request("message identifier is not specified")
    chat = world.writable_chat(bot, arguments["chat_id"], "text messages")
    message = chat.live(arguments["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if message.bot_id != bot.id:
        raise bad_request("message can't be edited")
    if message.markup is not None and "inline_keyboard" not in message.markup:
        raise bad_request("message can't be edited")  # only inline keyboards can change later
    return message


def _apply(world: World, bot: Bot, message: Message, arguments: Json, parts: tuple[str, ...], content: Json) -> Json:
    given = arguments.get("reply_markup")
    markup = keyboards.read(given, private=message.chat.private, inline_only=True) if given else None
    before = {name: message.body[name] for name in parts if name in message.body}
    if before == content and message.markup == markup:
        raise bad_request(_SAME)
    bot.rates.spend(message.chat.id)
    body = {name: value for name, value in message.body.items() if name not in parts}
    body.update(content, edit_date=world.date())
    world.change_message(message, body, markup)
    return message.body


def edit_message_text(world: World, bot: Bot, arguments: Json) -> Json:
    """editMessageText."""
    if "rich_message" in arguments:
        raise bad_request("the sandbox does not draw rich messages")
    content = text_content(world, arguments)
    message = _target(world, bot, arguments)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return _apply(world, bot, message, arguments, _TEXT_PARTS, content)


def edit_message_caption(world: World, bot: Bot, arguments: Json) -> Json:
    """editMessageCaption."""
    content = caption_content(world, arguments)
    message = _target(world, bot, arguments)
    if _MEDIA.isdisjoint(message.body):
        raise bad_request("there is no caption in the message to edit")
    return _apply(world, bot, message, arguments, _CAPTION_PARTS, content)


def edit_message_reply_markup(world: World, bot: Bot, arguments: Json) -> Json:
    """editMessageReplyMarkup."""
    return _apply(world, bot, _target(world, bot, arguments), arguments, (), {})


def delete_message(world: World, bot: Bot, arguments: Json) -> bool:
    """deleteMessage: own messages for 48 hours, others' where the bot may."""
    chat = world.known_chat(bot, arguments["chat_id"])
    world.refuse_moved(chat)
    message = chat.live(arguments["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    member = chat.member(bot.id)
    is_admin = member is not None and member.is_admin
    if message.bot_id != bot.id and not chat.private and not is_admin:
        raise bad_request("message can't be deleted")
    if time.time() - message.sent > DELETE_SECONDS and not is_admin:
        raise bad_request("message can't be deleted for everyone")
    world.delete_message(message)
    return True


def answer_callback_query(world: World, bot: Bot, arguments: Json) -> bool:
    """answerCallbackQuery: once, and soon."""
    text = arguments.get("text", "")
    if len(text) > CALLBACK_ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    url = arguments.get("url", "")
    if url and not _BOT_LINK.fullmatch(url):
        raise bad_request("URL_INVALID")
    tap = world.taps.get(arguments["callback_query_id"])
    too_late = tap is None or time.monotonic() - tap.pressed > TAP_SECONDS
    if tap is None or too_late or tap.bot_id != bot.id or tap.answer is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    tap.answer = {"text": text or None, "show_alert": arguments.get("show_alert", False), "url": url or None}
    tap.answered.set()
    world.events.add("answer", tap_id=tap.id, user_id=tap.user_id, chat_id=tap.chat_id, **tap.answer)
    return True
