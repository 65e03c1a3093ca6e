"""Methods by which a bot asks: about itself, chats, members, files."""

from __future__ import annotations

import re
from typing import Any

from sandbox.chats import Member
from sandbox.errors import bad_request
from sandbox.world import Bot, World

Json = dict[str, Any]

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_SCOPES = frozenset(
    ["default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member"]
)
_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
_PERMISSION_WORDS = """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_react_to_messages
    can_edit_tag can_change_info can_invite_users can_pin_messages can_manage_topics
"""
_PERMISSIONS = dict.fromkeys(_PERMISSION_WORDS.split(), True)


def get_me(world: World, bot: Bot, arguments: Json) -> Json:
    """getMe."""
    return bot.api()


def get_file(world: World, bot: Bot, arguments: Json) -> Json:
    """getFile."""
    return world.files.describe(arguments["file_id"])


def get_chat(world: World, bot: Bot, arguments: Json) -> Json:
    """getChat."""
    chat = world.known_chat(bot, arguments["chat_id"])
    full = {**chat.api(), "accent_color_id": abs(chat.id) % 7, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    return full if chat.private else {**full, "permissions": _PERMISSIONS}


def get_chat_member(world: World, bot: Bot, arguments: Json) -> Json:
    """getChatMember."""
    chat = world.known_chat(bot, arguments["chat_id"])
    user_id = arguments["user_id"]
    if chat.private:
        if user_id not in (chat.id, bot.id):
            raise bad_request("invalid user_id specified")
        return Member(bot.user if user_id == bot.id else world.users[user_id], "member").api()
    member = chat.members.get(user_id)
    if member is not None:
        return member.api()
    user = world.users.get(user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return Member(user, "left").api()


def get_chat_administrators(world: World, bot: Bot, arguments: Json) -> list[Json]:
    """getChatAdministrators: people, and the asking bot itself; other bots on request."""
    chat = world.known_chat(bot, arguments["chat_id"])
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    every = arguments.get("return_bots", False)
    admins = [member for member in chat.present() if member.is_admin]
    return [member.api() for member in admins if every or not member.user.is_bot or member.user.id == bot.id]


def set_my_commands(world: World, bot: Bot, arguments: Json) -> bool:
    """setMyCommands."""
    commands = arguments["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or not isinstance(command.get("command"), str):
            raise bad_request('can\'t parse BotCommand: field "command" must be of type String')
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        description = command.get("description")
        if not isinstance(description, str) or not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = arguments.get("scope") or {"type": "default"}
    if str(scope.get("type")) not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    key = (
        ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope),
        arguments.get("language_code", ""),
    )
    bot.commands[key] = commands
    world.events.add("commands", bot=bot.id)
    return True
