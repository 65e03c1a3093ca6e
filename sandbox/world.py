"""Everything a sandbox knows: bots, people, chats, taps, files, clock and logs, and how messages come into being."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sandbox import stage, wire
from sandbox.calls import CallLog
from sandbox.chats import ANONYMOUS_ADMIN, Chat, Member, Message, User
from sandbox.clock import Clock
from sandbox.entities import text_of
from sandbox.errors import Refused, bad_request, forbidden
from sandbox.events import EventLog
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.limits import Rates
from sandbox.updates import Update, UpdateQueue
from sandbox.webhooks import Webhook

Json = dict[str, Any]

UPDATES_LOGGED = 200_000
TAPS_KEPT = 50_000
_MENTION_TYPES = ("mention", "bot_command")


@dataclass(slots=True, eq=False)
class Bot:
    """A bot that has connected, or was announced by the client side."""

    user: User
    queue: UpdateQueue
    rates: Rates
    secret: str | None = None
    reads_all: bool = False
    webhook: Webhook | None = None
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The digits of its token."""
        return self.user.id

    def api(self) -> Json:
        """The answer to getMe."""
        return {
            **self.user.api(),
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_guest_queries": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_join_request_queries": False,
        }


@dataclass(slots=True, eq=False)
class Tap:
    """A button that a person pressed, and what the bot answered."""

    id: str
    bot_id: int
    pressed: float
    user_id: int = 0
    chat_id: int = 0
    answer: Json | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def row(self) -> Json:
        """What the client side is told."""
        return {"id": self.id, "answer": self.answer}


class World:
    """The state behind one server."""

    def __init__(self, rate_scale: float = 1.0, clock_start: datetime | None = None) -> None:
        self.rate_scale = rate_scale
        self.clock = Clock(clock_start)
        self.calls = CallLog()
        self.events = EventLog()
        self.faults = Faults()
        self.files = Files()
        self.updates: deque[Update] = deque(maxlen=UPDATES_LOGGED)
        self.users: dict[int, User] = {}
        self.bots: dict[int, Bot] = {}
        self.groups: dict[int, Chat] = {}
        self.privates: dict[tuple[int, int], Chat] = {}
        self.taps: OrderedDict[str, Tap] = OrderedDict()
        self.waiting_for_bot: list[tuple[Chat, str]] = []
        self.stage: Json = stage.empty()
        self.user_ids = count(5_000_000_001)
        self.group_ids = count(4_000_001)
        self.album_ids = count(13_800_000_000_000_001)
        self.tap_ids = count(4_300_000_000_000_000_001)

    # --- bots

    def bot(self, bot_id: int) -> Bot:
        """The bot with this id; it comes into being when first named, and joins the groups that wait for one."""
        bot = self.bots.get(bot_id)
        if bot is not None:
            return bot
        user = User(bot_id, f"Wishlight {bot_id}", username=f"wishlight{bot_id}_bot", is_bot=True)
        queue = UpdateQueue(bot_id, self.updates, lambda: self._strikes("duplicate"), lambda: self._strikes("shuffle"))
        bot = self.bots[bot_id] = Bot(user, queue, Rates(self.rate_scale))
        waiting, self.waiting_for_bot = self.waiting_for_bot, []
        for chat, status in waiting:
            self.set_member(chat, user, status)
        return bot

    def _strikes(self, kind: str) -> bool:
        return self.faults.hit((kind,), "getUpdates") is not None

    def default_bot(self) -> Bot | None:
        """The bot that came first."""
        return next(iter(self.bots.values()), None)

    # --- chats

    def private(self, bot: Bot, user: User) -> Chat:
        """The private chat of a bot and a user, not necessarily started."""
        key = (bot.id, user.id)
        chat = self.privates.get(key)
        if chat is None:
            chat = self.privates[key] = Chat(user.id, "private", peer=user, bot_id=bot.id)
        return chat

    def chat(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat that a bot means.

        Raises:
            Refused: there is none.
        """
        if isinstance(chat_id, int):
            if chat_id < 0:
                group = self.groups.get(chat_id)
                if group is not None:
                    return group
            elif chat_id in self.users:
                return self.private(bot, self.users[chat_id])
            elif chat_id in self.bots:
                raise forbidden(
                    "bots can't send messages to bots" if chat_id != bot.id else "the bot can't send messages to the bot"
                )
        else:
            for group in self.groups.values():
                if group.username and chat_id.lower() == f"@{group.username.lower()}":
                    return group
        raise bad_request("chat not found")

    def known_chat(self, bot: Bot, chat_id: int | str) -> Chat:
        """A chat that the bot may look at.

        Raises:
            Refused: it is unknown, or the bot is not in it.
        """
        chat = self.chat(bot, chat_id)
        if chat.private:
            if not chat.started:
                raise bad_request("chat not found")
        elif chat.member(bot.id) is None:
            self.refuse_outsider(bot, chat)
        return chat

    def writable_chat(self, bot: Bot, chat_id: int | str, what: str) -> Chat:
        """A chat that the bot may write to.

        Raises:
            Refused: with Telegram's reason why it may not.
        """
        chat = self.chat(bot, chat_id)
        if chat.private:
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            return chat
        self.refuse_moved(chat)
        member = chat.member(bot.id)
        if member is None:
            self.refuse_outsider(bot, chat)
        elif member.status == "restricted" and not member.can_send:
            raise bad_request(f"not enough rights to send {what} to the chat")
        return chat

    @staticmethod
    def refuse_moved(chat: Chat) -> None:
        """Tell a bot where a group went that became a supergroup."""
        if chat.moved_to is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, words, {"migrate_to_chat_id": chat.moved_to})

    @staticmethod
    def refuse_outsider(bot: Bot, chat: Chat) -> None:
        """Tell a bot that it is not in a group."""
        member = chat.members.get(bot.id)
        if member is not None and member.status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        raise forbidden(f"bot is not a member of the {chat.type} chat")

    def set_member(self, chat: Chat, user: User, status: str, *, can_send: bool = True, by: User | None = None) -> None:
        """Change a membership and tell the bots that may know."""
        before = chat.members.get(user.id) or Member(user, "left")
        after = Member(user, status, can_send)
        chat.members[user.id] = after
        actor = by or chat.first_admin() or user
        change = {
            "chat": chat.api(),
            "from": actor.api(),
            "date": self.date(),
            "old_chat_member": before.api(),
            "new_chat_member": after.api(),
        }
        if change["old_chat_member"] == change["new_chat_member"]:
            return
        text = wire.dumps(change)
        for bot in self.bots.values():
            member = chat.member(bot.id)
            if bot.id == user.id:
                bot.queue.put("my_chat_member", text, chat.id, actor.id)
            elif member is not None and member.is_admin:
                bot.queue.put("chat_member", text, chat.id, actor.id)
        self.events.add("member", chat_id=chat.id, user_id=user.id, status=status)

    # --- messages

    def date(self) -> int:
        """The clock in whole seconds, as messages carry it."""
        return int(self.clock.now())

    def add_message(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        markup: Json | None = None,
        reply_to: Message | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Put a message into a chat. It is not delivered to bots yet."""
        chat.last_message_id += 1
        body: Json = {"message_id": chat.last_message_id, "from": ANONYMOUS_ADMIN if anonymous else sender.api()}
        if anonymous:
            body["sender_chat"] = chat.api()
        body["chat"] = chat.api()
        body["date"] = self.date()
        if reply_to is not None:
            body["reply_to_message"] = reply_to.quoted()
        body.update(content)
        if markup is not None and "inline_keyboard" in markup:
            body["reply_markup"] = markup
        message = Message(chat, chat.last_message_id, body, markup, sender.id, sender.id if sender.is_bot else None)
        chat.keep(message)
        self.events.add("message", chat_id=chat.id, message_id=message.id, bot=chat.bot_id)
        return message

    def change_message(self, message: Message, body: Json, markup: Json | None) -> None:
        """Replace what a message says."""
        body = {name: value for name, value in body.items() if name != "reply_markup"}
        if markup is not None and "inline_keyboard" in markup:
            body["reply_markup"] = markup
        message.body = body
        message.markup = markup
        message.edited = True
        self.events.add("edit", chat_id=message.chat.id, message_id=message.id, bot=message.chat.bot_id)

    def delete_message(self, message: Message) -> None:
        """Take a message away; the client side still sees that it was there."""
        message.deleted = True
        self.events.add("delete", chat_id=message.chat.id, message_id=message.id, bot=message.chat.bot_id)

    def deliver(self, message: Message, kind: str = "message") -> None:
        """Queue a person's message for every bot that may see it."""
        text = ""
        for bot in self._audience(message):
            text = text or wire.dumps(message.body)
            bot.queue.put(kind, text, message.chat.id, message.body["from"]["id"], message.id)

    def _audience(self, message: Message) -> Iterator[Bot]:
        chat = message.chat
        if chat.bot_id is not None:
            yield self.bots[chat.bot_id]
            return
        for bot in self.bots.values():
            member = chat.member(bot.id)
            if member is not None and (member.is_admin or bot.reads_all or concerns(message, bot)):
                yield bot

    # --- taps

    def press(self, bot: Bot, user: User, message: Message, data: str, *, inaccessible: bool) -> Tap:
        """Queue a tap for the bot that sent the message."""
        tap = Tap(str(next(self.tap_ids)), bot.id, time.monotonic(), user.id, message.chat.id)
        self.taps[tap.id] = tap
        if len(self.taps) > TAPS_KEPT:
            self.taps.popitem(last=False)
        chat = message.chat
        shown = {"chat": chat.api(), "message_id": message.id, "date": 0} if inaccessible else message.body
        query = {
            "id": tap.id,
            "from": user.api(),
            "message": shown,
            "chat_instance": str(chat.id * 7919 + bot.id),
            "data": data,
        }
        bot.queue.put("callback_query", wire.dumps(query), chat.id, user.id, message.id)
        self.events.add("tap", chat_id=chat.id, bot=chat.bot_id, message_id=message.id, user_id=user.id, data=data)
        return tap


_SERVICE_WORDS = """
    new_chat_members left_chat_member group_chat_created new_chat_title pinned_message migrate_to_chat_id migrate_from_chat_id
"""
SERVICE = frozenset(_SERVICE_WORDS.split())


def concerns(message: Message, bot: Bot) -> bool:
    """Privacy mode: whether a bot that is no administrator sees a group's message."""
    body = message.body
    if not SERVICE.isdisjoint(body):
        return True
    replied = body.get("reply_to_message")
    if replied is not None and replied.get("from", {}).get("id") == bot.id:
        return True
    text = body.get("text") or body.get("caption") or ""
    entities = body.get("entities") or body.get("caption_entities") or []
    if not entities:
        return False
    mine = f"@{bot.user.username}".lower()
    for entity in entities:
        if entity["type"] in _MENTION_TYPES:
            shown = text_of(text, entity).lower()
            if entity["type"] == "mention":
                if shown == mine:
                    return True
            elif entity["offset"] == 0 and ("@" not in shown or shown.endswith(mine)):
                return True
    return False
