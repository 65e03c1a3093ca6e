"""Users, private chats and groups, who belongs to them and what each may do there."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MESSAGES_KEPT = 50_000
ANONYMOUS_ADMIN: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}

_ADMIN_RIGHTS: Json = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": True,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_send_welcome_messages": False,  # of a later Bot API; clients of it refuse an admin without it
    "can_pin_messages": True,
}
_SENDING_WORDS = """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_react_to_messages
"""
_SENDING = _SENDING_WORDS.split()
_KEEPING = ["can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics"]
PRESENT = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    _api: Json | None = field(default=None, repr=False, compare=False)

    def change(self, **facts: str | None) -> None:
        """Take new names; messages from before keep the old ones."""
        for name, value in facts.items():
            setattr(self, name, value)
        self._api = None

    def api(self) -> Json:
        """Telegram's User; many messages share the same object, so nobody may change it."""
        if self._api is not None:
            return self._api
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            value = getattr(self, name)
            if value:
                user[name] = value
        self._api = user
        return user


@dataclass(slots=True)
class Member:
    """A user in a chat."""

    user: User
    status: str
    can_send: bool = True

    @property
    def is_admin(self) -> bool:
        """Administrators and the creator."""
        return self.status in ("creator", "administrator")

    def api(self) -> Json:
        """Telegram's ChatMember."""
        member: Json = {"status": self.status, "user": self.user.api()}
        if self.status == "creator":
            member["is_anonymous"] = False
        elif self.status == "administrator":
            member.update(_ADMIN_RIGHTS)
        elif self.status == "restricted":
            rights = dict.fromkeys(_SENDING, self.can_send) | dict.fromkeys(_KEEPING, False)
            member.update(is_member=True, **rights, until_date=0)
        elif self.status == "kicked":
            member["until_date"] = 0
        return member


@dataclass(slots=True, eq=False)
class Message:
    """A message in a chat; its body is replaced by an edit, never changed in place."""

    chat: Chat
    id: int
    body: Json
    markup: Json | None = None
    author_id: int = 0
    bot_id: int | None = None
    edited: bool = False
    deleted: bool = False
    sent: float = field(default_factory=time.time)  # real time; `date` in the body follows the clock

    def quoted(self) -> Json:
        """The message as another one embeds it."""
        return {name: value for name, value in self.body.items() if name != "reply_to_message"}

    def row(self) -> Json:
        """What the client side is told: Telegram's Message with any keyboard, and what became of it."""
        row = {**self.body, "edited": self.edited, "deleted": self.deleted}
        if self.markup is not None:
            row["reply_markup"] = self.markup
        return row


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat of one bot with one user, or a group shared by all."""

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    peer: User | None = None
    bot_id: int | None = None
    started: bool = False
    blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    last_message_id: int = 0
    moved_to: int | None = None  # it became this supergroup
    _api: Json | None = field(default=None, repr=False)
    _peer_api: Json | None = field(default=None, repr=False)

    def api(self) -> Json:
        """Telegram's Chat; many messages share the same object, so nobody may change it."""
        peer = self.peer.api() if self.peer is not None else None
        if self._api is None or peer is not self._peer_api:
            self._api, self._peer_api = self._described(peer), peer
        return self._api

    def _described(self, peer: Json | None) -> Json:
        chat: Json = {"id": self.id, "type": self.type}
        if peer is not None:
            return chat | {name: peer[name] for name in ("first_name", "last_name", "username") if name in peer}
        chat["title"] = self.title
        if self.username:
            chat["username"] = self.username
        return chat

    def row(self) -> Json:
        """What the client side is told."""
        row = dict(self.api())
        if self.peer is not None:
            return {**row, "bot": self.bot_id, "started": self.started, "blocked": self.blocked}
        if self.moved_to is not None:
            row["moved_to"] = self.moved_to
        row["members"] = [member.api() for member in self.members.values()]
        return row

    @property
    def private(self) -> bool:
        """Whether it is a chat of two."""
        return self.peer is not None

    def member(self, user_id: int) -> Member | None:
        """The membership of a user who is in the chat now."""
        member = self.members.get(user_id)
        return member if member is not None and member.status in PRESENT else None

    def present(self) -> list[Member]:
        """Everybody who is in the chat now."""
        return [member for member in self.members.values() if member.status in PRESENT]

    def first_admin(self) -> User | None:
        """Whoever stands for the group: its creator, an administrator, or anybody."""
        present = [member for member in self.present() if not member.user.is_bot]
        admins = [member for member in present if member.is_admin]
        return (admins or present)[0].user if present else None

    def keep(self, message: Message) -> None:
        """Store a message; the oldest go when there are too many."""
        self.messages[message.id] = message
        if len(self.messages) > MESSAGES_KEPT:
            self.messages.popitem(last=False)

    def live(self, message_id: int) -> Message | None:
        """A message that was not deleted."""
        message = self.messages.get(message_id)
        return message if message is not None and not message.deleted else None
