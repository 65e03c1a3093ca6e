"""The parameters of every method the sandbox knows, as data: name, "!" when required, type in Bot API 10.1's words.

JSON, form fields and query strings carry the same values in different clothes; `read` brings them to one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    field: str
    name: str
    content_type: str
    data: bytes

    def note(self) -> str:
        """What the log of calls says instead of the bytes."""
        return f"<file {self.name}, {len(self.data)} bytes>"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method."""

    name: str
    types: tuple[str, ...]
    required: bool
    read: Callable[[str, Any], Any]


_MARKUP = "reply_markup:InlineKeyboardMarkup/ReplyKeyboardMarkup/ReplyKeyboardRemove/ForceReply"
_WHERE = "business_connection_id:String chat_id!:Integer/String message_thread_id:Integer direct_messages_topic_id:Integer"
_HOW = "disable_notification:Boolean protect_content:Boolean allow_paid_broadcast:Boolean message_effect_id:String"
_REPLY = f"suggested_post_parameters:SuggestedPostParameters reply_parameters:ReplyParameters {_MARKUP}"
_CAPTION = "caption:String parse_mode:String caption_entities:Array_of_MessageEntity"
_EDIT = "business_connection_id:String chat_id:Integer/String message_id:Integer inline_message_id:String"
_INLINE = "reply_markup:InlineKeyboardMarkup"
_MEDIA = "/".join(f"Array_of_InputMedia{kind}" for kind in ("Audio", "Document", "LivePhoto", "Photo", "Video"))

TABLE: dict[str, str] = {
    "getMe": "",
    "getUpdates": "offset:Integer limit:Integer timeout:Integer allowed_updates:Array_of_String",
    "setWebhook": "url!:String certificate:InputFile ip_address:String max_connections:Integer allowed_updates:Array_of_String"
    " drop_pending_updates:Boolean secret_token:String",
    "deleteWebhook": "drop_pending_updates:Boolean",
    "getWebhookInfo": "",
    "sendMessage": f"{_WHERE} text!:String parse_mode:String entities:Array_of_MessageEntity"
    f" link_preview_options:LinkPreviewOptions {_HOW} {_REPLY}",
    "sendPhoto": f"{_WHERE} photo!:InputFile/String {_CAPTION} show_caption_above_media:Boolean has_spoiler:Boolean"
    f" {_HOW} {_REPLY}",
    "sendVoice": f"{_WHERE} voice!:InputFile/String {_CAPTION} duration:Integer {_HOW} {_REPLY}",
    "sendVideo": f"{_WHERE} video!:InputFile/String duration:Integer width:Integer height:Integer thumbnail:InputFile/String"
    f" cover:InputFile/String start_timestamp:Integer {_CAPTION} show_caption_above_media:Boolean has_spoiler:Boolean"
    f" supports_streaming:Boolean {_HOW} {_REPLY}",
    "sendDocument": f"{_WHERE} document!:InputFile/String thumbnail:InputFile/String {_CAPTION}"
    f" disable_content_type_detection:Boolean {_HOW} {_REPLY}",
    "sendLocation": f"{_WHERE} latitude!:Float longitude!:Float horizontal_accuracy:Float live_period:Integer heading:Integer"
    f" proximity_alert_radius:Integer {_HOW} {_REPLY}",
    "sendMediaGroup": f"{_WHERE} media!:{_MEDIA} {_HOW} reply_parameters:ReplyParameters",
    "editMessageText": f"{_EDIT} text:String parse_mode:String entities:Array_of_MessageEntity"
    f" link_preview_options:LinkPreviewOptions rich_message:InputRichMessage {_INLINE}",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media:Boolean {_INLINE}",
    "editMessageReplyMarkup": f"{_EDIT} {_INLINE}",
    "deleteMessage": "chat_id!:Integer/String message_id!:Integer",
    "copyMessage": "chat_id!:Integer/String message_thread_id:Integer direct_messages_topic_id:Integer"
    f" from_chat_id!:Integer/String message_id!:Integer video_start_timestamp:Integer {_CAPTION}"
    f" show_caption_above_media:Boolean {_HOW} {_REPLY}",
    "answerCallbackQuery": "callback_query_id!:String text:String show_alert:Boolean url:String cache_time:Integer",
    "getFile": "file_id!:String",
    "getChat": "chat_id!:Integer/String",
    "getChatMember": "chat_id!:Integer/String user_id!:Integer",
    "getChatAdministrators": "chat_id!:Integer/String return_bots:Boolean",
    "setMyCommands": "commands!:Array_of_BotCommand scope:BotCommandScope language_code:String",
    "sendChatAction": "business_connection_id:String chat_id!:Integer/String message_thread_id:Integer action!:String",
}

# What Telegram says when a required parameter is missing; any other is named in a general sentence.
MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "from_chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "voice": "there is no voice in the request",
    "document": "there is no document in the request",
    "message_id": "message identifier is not specified",
    "user_id": "invalid user_id specified",
    "file_id": "file_id not specified",
    "action": "wrong parameter action in request",
}

_MAY_BE_EMPTY = frozenset({("setWebhook", "url")})  # then it means something

_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no", ""}


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(value) if isinstance(value, str) else _whole(value)
    except ValueError:
        raise bad_request(f"invalid {name} specified") from None


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError(value)


def _chat(name: str, value: Any) -> int | str:
    if isinstance(value, str) and not value.lstrip("-").isdecimal():
        return value
    return _integer(name, value)


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        pass
    raise bad_request(f"invalid {name} specified")


def _flag(name: str, value: Any) -> bool:
    word = str(value).lower() if isinstance(value, (bool, int, str)) else "?"
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise bad_request(f"invalid {name} specified")


def _string(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad_request(f"invalid {name} specified")
    return str(value)


def _file(name: str, value: Any) -> str | Upload:
    return value if isinstance(value, Upload) else _string(name, value)


def _json_of(kind: type) -> Callable[[str, Any], Any]:
    words = "array" if kind is list else "object"

    def read(name: str, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
        if not isinstance(value, kind):
            raise bad_request(f"{name.replace('_', ' ')} must be a JSON-serialized {words}")
        return value

    return read


_READERS: dict[tuple[str, ...], Callable[[str, Any], Any]] = {
    ("Integer",): _integer,
    ("Integer", "String"): _chat,
    ("Float",): _number,
    ("Boolean",): _flag,
    ("String",): _string,
    ("InputFile",): _file,
    ("InputFile", "String"): _file,
}


def _parse(spec: str) -> dict[str, Parameter]:
    parameters = {}
    for item in spec.split():
        name, _, kinds = item.partition(":")
        types = tuple(kinds.replace("_", " ").split("/"))
        reader = _READERS.get(types) or _json_of(list if types[0].startswith("Array of") else dict)
        parameters[name.rstrip("!")] = Parameter(name.rstrip("!"), types, name.endswith("!"), reader)
    return parameters


PARAMETERS: dict[str, dict[str, Parameter]] = {method: _parse(spec) for method, spec in TABLE.items()}
REQUIRED: dict[str, tuple[str, ...]] = {
    method: tuple(p.name for p in parameters.values() if p.required) for method, parameters in PARAMETERS.items()
}


def read(method: str, payload: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The known parameters of a call, typed, and the names of unknown ones.

    An empty value and a JSON null mean that the parameter was not given.

    Raises:
        Refused: a known parameter does not parse, or a required one is missing.
    """
    known = PARAMETERS[method]
    arguments: dict[str, Any] = {}
    for name, value in payload.items():
        parameter = known.get(name)
        if parameter is not None and value is not None and value != "":
            arguments[name] = parameter.read(name, value)
    for name in REQUIRED[method]:
        if name not in arguments and (method, name) not in _MAY_BE_EMPTY:
            raise bad_request(MISSING.get(name) or f'parameter "{name}" is required')
    return arguments, unknown(method, payload)


def unknown(method: str, payload: dict[str, Any]) -> list[str]:
    """Names that the method does not have; uploads that another parameter points to with attach:// do not count."""
    known = PARAMETERS[method]
    strange = [name for name in payload if name not in known]
    if strange and any(isinstance(payload[name], Upload) for name in strange):
        texts = [v if isinstance(v, str) else json.dumps(v) for v in payload.values() if not isinstance(v, Upload)]
        strange = [
            name
            for name in strange
            if not (isinstance(payload[name], Upload) and any(f"attach://{name}" in text for text in texts))
        ]
    return strange
