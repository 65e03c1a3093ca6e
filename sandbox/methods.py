"""The methods of the Bot API that the sandbox speaks, and how one call is carried out."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox import editing, reading, receiving, sending, wire
from sandbox.calls import Call
from sandbox.errors import Refused
from sandbox.parameters import PARAMETERS, Upload, read, unknown
from sandbox.world import Bot, World

Json = dict[str, Any]
Method = Callable[[World, Bot, Json], Any]

METHODS: dict[str, Method | Callable[[World, Bot, Json], Awaitable[Any]]] = {
    "getMe": reading.get_me,
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendVoice": sending.send_voice,
    "sendVideo": sending.send_video,
    "sendDocument": sending.send_document,
    "sendLocation": sending.send_location,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "copyMessage": sending.copy_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": editing.answer_callback_query,
    "getFile": reading.get_file,
    "getChat": reading.get_chat,
    "getChatMember": reading.get_chat_member,
    "getChatAdministrators": reading.get_chat_administrators,
    "setMyCommands": reading.set_my_commands,
}
assert METHODS.keys() == PARAMETERS.keys()
_WITH_FILES = frozenset({"sendPhoto", "sendVoice", "sendVideo", "sendDocument", "sendMediaGroup"})
_NAMES = {name.lower(): name for name in METHODS}  # Telegram does not mind the case


def proper_name(method: str) -> str | None:
    """The name of a method as it is documented; None when the sandbox does not speak it."""
    return _NAMES.get(method.lower())


async def carry_out(world: World, bot: Bot, call: Call) -> tuple[int, str, str | None]:
    """Do what a call asks: status, answer, and what the log keeps instead of the answer (None: the answer itself)."""
    try:
        arguments, call.unknown = read(call.method, call.payload)
        call.payload = call.payload | arguments  # the log shows values as they were understood
        if call.method in _WITH_FILES:
            uploads = {name: value for name, value in call.payload.items() if isinstance(value, Upload)}
            arguments["_uploads"] = uploads
        result = METHODS[call.method](world, bot, arguments)
        if inspect.isawaitable(result):
            updates = await result
            ids = ",".join(str(update.id) for update in updates)
            answer = ",".join([update.json for update in updates])
            return 200, f'{{"ok":true,"result":[{answer}]}}', f'{{"ok":true,"result":[{ids}]}}'
    except Refused as refused:
        call.unknown = unknown(call.method, call.payload)
        return refused.code, refused.answer(), None
    if isinstance(result, wire.Told):
        return 200, f'{{"ok":true,"result":{wire.dumps(result.result)},"description":{wire.dumps(result.words)}}}', None
    return 200, f'{{"ok":true,"result":{wire.dumps(result)}}}', None
