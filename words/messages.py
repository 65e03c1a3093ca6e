"""What the bot says: a message for a chat, or a toast for a tap, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiogram.filters.callback_data import CallbackData

TOAST_LIMIT = 200
TEXT_LIMIT = 4096

Row = tuple["Button", ...]


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: a tap (`data`), or a link (`url`)."""

    label: str
    data: str | None = None
    url: str | None = None

    def as_json(self) -> dict[str, str]:
        if self.url is not None:
            return {"text": self.label, "url": self.url}
        return {"text": self.label, "callback_data": self.data or ""}


def button(label: str, data: CallbackData) -> Button:
    return Button(label, data=data.pack())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that Telegram already has."""

    media: str  # photo, voice, video, document
    file_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """HTML text with its buttons; at most 4,096 characters after parsing."""

    text: str
    rows: tuple[Row, ...] = ()
    attachments: tuple[Attachment, ...] = ()  # sent before the text, as an album where they can be
    instead: bool = False  # it takes the place of the message that was tapped
    pressing: bool = False  # it is said also to whoever writes too fast to be answered
    reply_to: int | None = None  # the message of the same chat that it answers

    def keyboard(self) -> dict[str, Any]:
        return {"inline_keyboard": [[button.as_json() for button in row] for row in self.rows]}

    def taking_its_place(self) -> "Message":
        """The same, shown in the message that was tapped instead of below it."""
        return replace(self, instead=True)

    def payload(self, chat_id: int) -> dict[str, Any]:
        """The parameters of sendMessage."""
        payload: dict[str, Any] = {
            "chat_id": chat_id,
            "text": self.text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self.rows:
            payload["reply_markup"] = self.keyboard()
        if self.reply_to is not None and not self.instead:
            payload["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        return payload


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: a line that fades, an alert to be dismissed, or a link that opens."""

    text: str = ""
    alert: bool = False
    url: str | None = None

    def payload(self, query_id: str) -> dict[str, Any]:
        """The parameters of answerCallbackQuery."""
        payload: dict[str, Any] = {"callback_query_id": query_id}
        if self.text:
            payload["text"] = self.text[:TOAST_LIMIT]
        if self.alert:
            payload["show_alert"] = True
        if self.url:
            payload["url"] = self.url
        return payload


Answer = Message | Toast | Sequence[Message | Toast] | None
"""What a handler returns: messages go to the chat the update came from, a toast to whoever tapped."""
