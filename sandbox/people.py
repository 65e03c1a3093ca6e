"""What people do in their windows: join, write, edit, delete, press buttons, block."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from sandbox import entities, keyboards, wire
from sandbox.chats import PRESENT, Chat, Member, Message, User
from sandbox.errors import BadClientRequest, Refused
from sandbox.world import Bot, Tap, World

Json = dict[str, Any]

STATUSES = PRESENT | {"left", "kicked"}
_MEDIA = ("photo", "voice", "video", "document", "sticker")
_SUPERGROUPS = -1_000_000_000_000  # their ids are below
SILENCE = b"OggS\0\x02" + bytes(58)


def pick_bot(world: World, bot_id: Any) -> Bot:
    """The bot that a person means: the named one, or the one that came first."""
    bot = world.default_bot() if bot_id is None else world.bots.get(bot_id) if isinstance(bot_id, int) else None
    if bot is None:
        raise BadClientRequest("No bot is connected yet." if bot_id is None else f"There is no bot {bot_id}.")
    return bot


def pick_user(world: World, user_id: Any) -> User:
    """A person by id."""
    user = world.users.get(user_id) if isinstance(user_id, int) else None
    if user is None:
        raise BadClientRequest(f"There is no user {user_id}.")
    return user


def pick_chat(world: World, chat_id: Any, bot_id: Any) -> Chat:
    """A group, or the private chat of a person with a bot."""
    if isinstance(chat_id, int) and chat_id < 0:
        group = world.groups.get(chat_id)
        if group is None:
            raise BadClientRequest(f"There is no chat {chat_id}.")
        return group
    return world.private(pick_bot(world, bot_id), pick_user(world, chat_id))


def upsert_user(world: World, body: Json) -> User:
    """Add a person, or change one that has this id."""
    user_id = body.get("id")
    user = world.users.get(user_id) if user_id is not None else None
    if user is None:
        first_name = body.get("first_name")
        if not isinstance(first_name, str) or not first_name.strip():
            raise BadClientRequest("A new user needs a first_name.")
        if user_id is None:
            user_id = next(number for number in world.user_ids if number not in world.users and number not in world.bots)
        if not isinstance(user_id, int) or not 0 < user_id < 1 << 52 or user_id in world.bots:
            raise BadClientRequest("A user's id is a positive number of at most 52 bits that no bot has.")
        user = world.users[user_id] = User(user_id, first_name)
    for name in ("first_name", "last_name", "username", "language_code"):
        if name in body:
            if body[name] is not None and not isinstance(body[name], str):
                raise BadClientRequest(f"{name} must be a string.")
            user.change(**{name: body[name]})
    world.events.add("user", user_id=user.id)
    return user


def add_group(world: World, body: Json) -> Chat:
    """Create a group; the bot joins it, now or when one connects."""
    kind = body.get("type", "supergroup")
    if kind not in ("group", "supergroup"):
        raise BadClientRequest('type must be "group" or "supergroup".')
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadClientRequest("A chat needs a title.")
    base = _SUPERGROUPS if kind == "supergroup" else 0
    chat_id = body.get("id") or next(base - number for number in world.group_ids if base - number not in world.groups)
    if not isinstance(chat_id, int) or chat_id >= 0 or chat_id in world.groups:
        raise BadClientRequest("A group's id is a negative number that no other chat has.")
    admins, members = _listed(world, body, "admins"), _listed(world, body, "members")
    status = body.get("bot", "administrator")
    if status not in ("administrator", "member", None):
        raise BadClientRequest('bot must be "administrator", "member" or null.')
    chat = world.groups[chat_id] = Chat(chat_id, kind, title=title, username=body.get("username"))
    for user in members:
        chat.members[user.id] = Member(user, "member")
    for index, user in enumerate(admins):
        chat.members[user.id] = Member(user, "administrator" if index else "creator")
    if status is not None:
        bot = world.default_bot()
        if bot is None:
            world.waiting_for_bot.append((chat, status))
        else:
            world.set_member(chat, bot.user, status)
    world.events.add("chat", chat_id=chat.id)
    return chat


def _listed(world: World, body: Json, name: str) -> list[User]:
    user_ids = body.get(name) or []
    if not isinstance(user_ids, list):
        raise BadClientRequest(f"{name} must be a list of user ids.")
    return [pick_user(world, user_id) for user_id in user_ids]


def upgrade(world: World, chat: Chat) -> Chat:
    """A group becomes a supergroup: another chat with the same people, another id, and messages that begin anew.

    Its bots hear that they were added to the new one, and one service message from each; nobody tells them that they left.
    """
    if chat.type != "group" or chat.moved_to is not None:
        raise BadClientRequest("Only a group becomes a supergroup, and only once.")
    actor = chat.first_admin()
    if actor is None:
        raise BadClientRequest(f"Nobody is in chat {chat.id}.")
    taken = (_SUPERGROUPS - number for number in world.group_ids)
    new_id = next(chat_id for chat_id in taken if chat_id not in world.groups)
    new = world.groups[new_id] = Chat(new_id, "supergroup", title=chat.title)
    new.members = {user_id: replace(member) for user_id, member in chat.members.items() if not member.user.is_bot}
    for member in chat.present():
        if member.user.is_bot:
            world.set_member(new, member.user, member.status, can_send=member.can_send, by=actor)
    chat.moved_to = new_id
    world.deliver(world.add_message(chat, actor, {"migrate_to_chat_id": new_id}))
    world.deliver(world.add_message(new, actor, {"migrate_from_chat_id": chat.id}, anonymous=True))
    for changed in (chat, new):
        world.events.add("chat", chat_id=changed.id)
    return new


def change_member(world: World, chat: Chat, body: Json) -> Member:
    """Add, remove, promote or restrict somebody, with the service message that groups show."""
    status = body.get("status")
    if chat.private or status not in STATUSES:
        raise BadClientRequest(f"status must be one of {', '.join(sorted(STATUSES))}, in a group.")
    wanted = body.get("bot")
    user = pick_bot(world, None if wanted is True else wanted).user if wanted else pick_user(world, body.get("user_id"))
    was_in = chat.member(user.id) is not None
    actor = user if body.get("by") == user.id else chat.first_admin() or user
    can_send = bool(body.get("can_send_messages", status != "restricted"))
    if was_in and status not in PRESENT:
        leaver = user if status == "left" and not user.is_bot else actor
        world.deliver(world.add_message(chat, leaver, {"left_chat_member": user.api()}))
    world.set_member(chat, user, str(status), can_send=can_send, by=actor)
    if not was_in and status in PRESENT:
        world.deliver(world.add_message(chat, actor, {"new_chat_members": [user.api()]}))
    return chat.members[user.id]


def block(world: World, user: User, blocked: bool, bot: Bot) -> None:
    """Block a bot, or let it write again."""
    chat = world.private(bot, user)
    if chat.blocked == blocked:
        return
    if blocked and not chat.started:
        raise BadClientRequest(f"User {user.id} has no chat with the bot yet.")
    chat.blocked = blocked
    statuses = ("kicked", "member") if not blocked else ("member", "kicked")
    old, new = (Member(bot.user, status).api() for status in statuses)
    change = {"chat": chat.api(), "from": user.api(), "date": world.date(), "old_chat_member": old, "new_chat_member": new}
    bot.queue.put("my_chat_member", wire.dumps(change), chat.id, user.id)
    world.events.add("block", user_id=user.id, bot=bot.id, blocked=blocked)


def say(world: World, body: Json) -> list[Message]:
    """A person writes into a chat; an album is several messages."""
    user = pick_user(world, body.get("from_id"))
    chat = pick_chat(world, body.get("chat_id"), body.get("bot"))
    if chat.private:
        if chat.id != user.id:
            raise BadClientRequest("In a private chat chat_id and from_id are the same.")
    elif chat.member(user.id) is None:
        raise BadClientRequest(f"User {user.id} is not a member of chat {chat.id}.")
    elif chat.moved_to is not None:
        raise BadClientRequest(f"Chat {chat.id} became the supergroup {chat.moved_to}.")
    member = chat.member(user.id)
    if member is not None and not member.can_send:
        raise BadClientRequest(f"User {user.id} may not write in chat {chat.id}.")
    anonymous = bool(body.get("anonymous"))
    if anonymous and (chat.type != "supergroup" or member is None or not member.is_admin):
        raise BadClientRequest("Only administrators of a supergroup write anonymously.")
    reply_to = None
    if body.get("reply_to_message_id") is not None:
        reply_to = chat.live(body["reply_to_message_id"]) if isinstance(body["reply_to_message_id"], int) else None
        if reply_to is None:
            raise BadClientRequest(f"There is no message {body['reply_to_message_id']} to reply to.")
    contents = _contents(world, user, body)
    if chat.private:
        bot = world.bots[chat.bot_id or 0]
        if chat.blocked:
            block(world, user, False, bot)
        if not chat.started:
            chat.started = True
            world.events.add("chat", chat_id=chat.id, bot=bot.id)
    messages = [world.add_message(chat, user, content, reply_to=reply_to, anonymous=anonymous) for content in contents]
    for message in messages:
        world.deliver(message)
    return messages


def _contents(world: World, user: User, body: Json) -> list[Json]:
    group = body.get("media_group")
    if group is None:
        return [_content(world, user, body)]
    if not isinstance(group, list) or not 2 <= len(group) <= 10 or not all(isinstance(item, dict) for item in group):
        raise BadClientRequest("media_group must be a list of 2 to 10 objects.")
    album = str(next(world.album_ids))
    return [{"media_group_id": album, **_content(world, user, item)} for item in group]


def _content(world: World, user: User, body: Json) -> Json:
    if "text" in body:
        return written("text", body["text"])
    caption = written("caption", body["caption"]) if body.get("caption") else {}
    for kind in _MEDIA:
        if body.get(kind):
            return {**_media(world, kind, body[kind]), **caption}
    location, contact = body.get("location"), body.get("contact")
    if isinstance(location, dict):
        try:
            return {"location": {"latitude": float(location["latitude"]), "longitude": float(location["longitude"])}}
        except (KeyError, TypeError, ValueError):
            raise BadClientRequest("location needs latitude and longitude.") from None
    if contact:
        given = contact if isinstance(contact, dict) else {}
        own: Json = {"phone_number": "+8613900000000", "first_name": user.first_name, "user_id": user.id}
        return {"contact": given if {"phone_number", "first_name"} <= given.keys() else {**own, **given}}
    raise BadClientRequest(
        "Nothing to send: give text, photo, voice, video, document, sticker, location, contact or media_group."
    )


def written(name: str, text: Any) -> Json:
    """Text or caption as a person types it, with the entities Telegram finds."""
    longest = 4096 if name == "text" else 1024
    if not isinstance(text, str) or not text.strip():
        raise BadClientRequest(f"{name} must be a string that is not empty.")
    if len(text) > longest:
        raise BadClientRequest(f"{name} is longer than {longest} characters.")
    content: Json = {name: text}
    found = entities.find(text)
    if found:
        content["entities" if name == "text" else "caption_entities"] = found
    return content


def _media(world: World, kind: str, value: Any) -> Json:
    data = None
    facts = value if isinstance(value, dict) else {}
    encoded = facts.get("data") if facts else value if isinstance(value, str) else None
    if encoded is not None:
        try:
            data = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise BadClientRequest(f"{kind} must be true, base64 text, or an object with base64 in data.") from None
    files = world.files
    if kind == "photo":
        try:
            return {"photo": files.add_photo(data)}
        except Refused as refused:
            raise BadClientRequest(f"That is no picture: {refused.description}.") from None
    content = data if data is not None else SILENCE
    if kind == "voice":
        return {"voice": files.add(kind, content, ".oga", duration=int(facts.get("duration", 3)), mime_type="audio/ogg")}
    if kind == "video":
        shape = {"width": 640, "height": 360, "duration": int(facts.get("duration", 3))}
        return {"video": files.add(kind, content, ".mp4", **shape, mime_type="video/mp4", file_name="video.mp4")}
    if kind == "sticker":
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": files.add(kind, content, ".webp", type="regular", **shape, emoji=facts.get("emoji", "👍"))}
    name = str(facts.get("file_name", "document.txt"))
    mime_type = str(facts.get("mime_type", "text/plain"))
    return {"document": files.add(kind, content, "." + name.rpartition(".")[2], file_name=name, mime_type=mime_type)}


def pick_message(world: World, body: Json) -> Message:
    """The live message that a request names."""
    chat = pick_chat(world, body.get("chat_id"), body.get("bot"))
    message = chat.messages.get(body["message_id"]) if isinstance(body.get("message_id"), int) else None
    if message is None or (message.deleted and not body.get("inaccessible")):
        raise BadClientRequest(f"There is no message {body.get('message_id')} in chat {chat.id}.")
    return message


def _own(world: World, body: Json) -> Message:
    message = pick_message(world, body)
    if message.author_id != body.get("from_id"):
        raise BadClientRequest("People change only what they wrote themselves.")
    return message


def edit(world: World, body: Json) -> Message:
    """A person corrects a message; the bots are told."""
    message = _own(world, body)
    name = "text" if "text" in message.body else "caption"
    if name not in body:
        raise BadClientRequest(f"This message has a {name} to edit.")
    listed = "entities" if name == "text" else "caption_entities"
    kept = {key: value for key, value in message.body.items() if key not in (name, listed)}
    taken_back = name == "caption" and body[name] == ""
    new = {} if taken_back else written(name, body[name])
    world.change_message(message, {**kept, **new, "edit_date": world.date()}, None)
    world.deliver(message, "edited_message")
    return message


def delete(world: World, body: Json) -> Message:
    """A person takes a message back; bots are not told, as in Telegram."""
    message = _own(world, body)
    world.delete_message(message)
    return message


def tap(world: World, body: Json) -> Tap:
    """A person presses a button; forged data need no button, inaccessible messages are too old to be shown."""
    user = pick_user(world, body.get("from_id"))
    message = pick_message(world, body)
    chat, data = message.chat, body.get("data")
    if chat.id != user.id if chat.private else chat.member(user.id) is None:
        raise BadClientRequest(f"User {user.id} is not in chat {chat.id}.")
    bot = world.bots.get(message.bot_id or 0)
    if bot is None:
        raise BadClientRequest("Only a bot's messages have buttons.")
    if not isinstance(data, str):
        raise BadClientRequest("data must be a string.")
    if not body.get("forge") and data not in keyboards.callback_data(message.markup):
        raise BadClientRequest(f"Message {message.id} has no button with data {data!r}.")
    return world.press(bot, user, message, data, inaccessible=bool(body.get("inaccessible")))
