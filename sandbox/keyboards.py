"""Reply markup: checked as Telegram checks it, and brought to the shape in which messages carry it."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import bad_request
from sandbox.limits import CALLBACK_DATA_MAX_BYTES
from sandbox.markup import LINK

Markup = dict[str, Any]

_URL = re.compile(r"tg://(?:user\?id=\d+|resolve\?\S+|\S+)|https?://\S+", re.IGNORECASE)
_INLINE_KINDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_REPLY_KINDS = (
    "request_contact",
    "request_location",
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_poll",
    "web_app",
)
_INLINE_MAX_BUTTONS = 100
_ROW_MAX = 8


def read(markup: Markup, *, private: bool, inline_only: bool = False) -> Markup | None:
    """Any reply markup, validated; an empty inline keyboard is no keyboard.

    Raises:
        Refused: the markup is not one that Telegram takes.
    """
    if "inline_keyboard" in markup:
        rows = [
            [_inline_button(button, private) for button in row] for row in _rows(markup["inline_keyboard"], "inline keyboard")
        ]
        rows = [row for row in rows if row]
        if any(len(row) > _ROW_MAX for row in rows) or sum(map(len, rows)) > _INLINE_MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        if markup:
            raise bad_request("object expected as reply markup")
        return None
    if "keyboard" in markup:
        rows = [[_reply_button(button, private) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
        if not any(rows):
            raise bad_request("reply keyboard must contain at least one button")  # an empty keyboard is never what is meant
        flags = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")
        kept = {name: bool(markup[name]) for name in flags if name in markup}
        return {"keyboard": rows, **kept, **_placeholder(markup)}
    if markup.get("remove_keyboard") is True:
        return {"remove_keyboard": True, **({"selective": True} if markup.get("selective") else {})}
    if markup.get("force_reply") is True:
        return {"force_reply": True, **_placeholder(markup), **({"selective": True} if markup.get("selective") else {})}
    if markup:
        raise bad_request("object expected as reply markup")
    return None


def callback_data(markup: Markup | None) -> set[str]:
    """Every callback data on an inline keyboard."""
    rows = (markup or {}).get("inline_keyboard", [])
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}


def _placeholder(markup: Markup) -> Markup:
    text = markup.get("input_field_placeholder")
    if text is None:
        return {}
    if not isinstance(text, str) or len(text) > 64:
        raise bad_request("input field placeholder is too long")
    return {"input_field_placeholder": text}


def _rows(value: Any, words: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad_request(f'can\'t parse {words}: field "{words.replace(" ", "_")}" must be of type Array')
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {words} button: expected an Array of rows")
    return value


def _text(button: Any, words: str) -> str:
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {words} button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f'can\'t parse {words} button: field "text" must be of type String')
    if not text.strip():
        raise bad_request(f"{words} button text must be non-empty")
    return text


def _inline_button(button: Any, private: bool) -> Markup:
    text = _text(button, "inline keyboard")
    kinds = [kind for kind in _INLINE_KINDS if button.get(kind) is not None]
    if len(kinds) != 1:
        raise bad_request(
            "text buttons are unallowed in the inline keyboard" if not kinds else "only one button kind is allowed"
        )
    kind = kinds[0]
    value = button[kind]
    if kind == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "surrogatepass")) <= CALLBACK_DATA_MAX_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        if not isinstance(value, str) or not (_URL.fullmatch(value) or LINK.fullmatch(value)):
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif kind == "web_app":
        address = value.get("url") if isinstance(value, dict) else None
        if not private:
            raise bad_request("BUTTON_TYPE_INVALID")
        if not isinstance(address, str) or not address.startswith("https://"):
            raise bad_request(f"inline keyboard button Web App URL '{address}' is invalid: Only HTTPS links are allowed")
    elif kind.startswith("switch_inline_query") and kind != "switch_inline_query_chosen_chat":
        if not isinstance(value, str):
            raise bad_request(f'can\'t parse inline keyboard button: field "{kind}" must be of type String')
    elif kind == "copy_text":
        copied = value.get("text") if isinstance(value, dict) else None
        if not isinstance(copied, str) or not 1 <= len(copied) <= 256:
            raise bad_request("COPY_TEXT_INVALID")
    result = {"text": text, kind: value}
    for name in ("style", "icon_custom_emoji_id"):
        if button.get(name) is not None:
            result[name] = button[name]
    return result


def _reply_button(button: Any, private: bool) -> Markup:
    if isinstance(button, str):  # Telegram takes a bare string for a text button
        button = {"text": button}
    text = _text(button, "keyboard")
    kinds = [kind for kind in _REPLY_KINDS if button.get(kind)]
    if len(kinds) > 1:
        raise bad_request("only one button kind is allowed")
    if kinds and not private:
        names = {"request_contact": "phone number", "request_location": "location"}
        raise bad_request(f"{names.get(kinds[0], kinds[0])} can be requested in private chats only")
    result = {"text": text, **{kind: button[kind] for kind in kinds}}
    for name in ("style", "icon_custom_emoji_id"):
        if button.get(name) is not None:
            result[name] = button[name]
    return result
