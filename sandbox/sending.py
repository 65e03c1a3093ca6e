"""Methods by which a bot puts messages into chats."""

from __future__ import annotations

import re
from typing import Any

from sandbox import entities as found_entities
from sandbox import keyboards, markup
from sandbox.chats import Chat, Message
from sandbox.errors import bad_request
from sandbox.limits import CAPTION_MAX, PHOTO_MAX_BYTES, TEXT_MAX
from sandbox.parameters import Upload
from sandbox.world import Bot, World

Json = dict[str, Any]

_CLEANED = {code: " " for code in range(32) if code not in (10, 13)} | dict.fromkeys([13, *range(0x2028, 0x202F)])
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_RIGHTS = {"photo": "photos", "voice": "voice notes", "document": "documents", "video": "videos", "audio": "audio files"}


def formatted(arguments: Json, name: str, longest: int) -> tuple[str, list[markup.Entity]]:
    """A text or caption after its markup was parsed, and its entities.

    Raises:
        Refused: the markup does not parse, or the text is too long.
    """
    text: str = arguments.get(name, "")
    if not text.isprintable():
        text = text.translate(_CLEANED)
        if _LONE_SURROGATE.search(text):
            raise bad_request("strings must be encoded in UTF-8")
    mode = str(arguments.get("parse_mode", "")).lower()
    given = arguments.get("entities" if name == "text" else "caption_entities")
    entities: list[markup.Entity] = []
    if mode == "html":
        text, entities = markup.parse_html(text)
    elif mode in ("markdown", "markdownv2"):
        raise bad_request(f"can't parse entities: the sandbox does not read {arguments['parse_mode']}, only HTML")
    elif mode:
        raise bad_request("unsupported parse_mode")
    elif given:
        entities = found_entities.read(text, given)
    if _LONE_SURROGATE.search(text):
        raise bad_request(
            "can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, check for unmatched"
            " surrogate code units"
        )
    text, entities = markup.trim(text, entities)
    if len(text) > longest:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return text, found_entities.merge(entities, found_entities.find(text))


def named(world: World, entities: list[markup.Entity]) -> list[markup.Entity]:
    """Links to people get their users; a link to a stranger is no link."""
    result = []
    for entity in entities:
        if "user_id" in entity:
            user = world.users.get(entity["user_id"])
            if user is None:
                continue
            entity = {name: value for name, value in entity.items() if name != "user_id"} | {"user": user.api()}
        result.append(entity)
    return result


def text_content(world: World, arguments: Json) -> Json:
    """What a text message says.

    Raises:
        Refused: empty, too long, or not parsed.
    """
    text, entities = formatted(arguments, "text", TEXT_MAX)
    if not text:
        raise bad_request("message text is empty")
    content: Json = {"text": text}
    if entities:
        content["entities"] = named(world, entities)
    if arguments.get("link_preview_options"):
        content["link_preview_options"] = arguments["link_preview_options"]
    return content


def caption_content(world: World, arguments: Json) -> Json:
    """What a caption says; nothing when there is none."""
    text, entities = formatted(arguments, "caption", CAPTION_MAX)
    if not text:
        return {}
    content: Json = {"caption": text}
    if entities:
        content["caption_entities"] = named(world, entities)
    if arguments.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def media_content(world: World, kind: str, value: str | Upload, uploads: dict[str, Upload]) -> Json:
    """A photo, voice note or document: uploaded, attached, or sent again by its id."""
    if isinstance(value, str) and value.startswith("attach://"):
        attached = uploads.get(value[9:])
        if attached is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        value = attached
    if isinstance(value, str):
        return {kind: world.files.reused(kind, value)}
    if not value.data:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        if len(value.data) > PHOTO_MAX_BYTES:
            raise bad_request("file is too big for a photo")
        return {"photo": world.files.add_photo(value.data)}
    suffix = "." + value.name.rpartition(".")[2].lower() if "." in value.name else ""
    if kind == "voice":
        return {"voice": world.files.add("voice", value.data, suffix or ".oga", duration=0, mime_type="audio/ogg")}
    facts: Json = {"file_name": value.name, "mime_type": value.content_type or "application/octet-stream"}
    if kind == "video":
        facts |= {"width": 640, "height": 360, "duration": 1}
    if kind == "audio":
        facts["duration"] = 1
    return {kind: world.files.add(kind, value.data, suffix, **facts)}


def read_markup(arguments: Json, chat: Chat) -> Json | None:
    """The reply markup of a call."""
    given = arguments.get("reply_markup")
    return keyboards.read(given, private=chat.private) if given else None


def replied(world: World, bot: Bot, chat: Chat, arguments: Json) -> Message | None:
    """The message that a call replies to.

    Raises:
        Refused: it is not there, and sending without it was not allowed.
    """
    given = arguments.get("reply_parameters")
    if not given:
        return None
    message_id, other = given.get("message_id"), given.get("chat_id")
    if not isinstance(other, (int, str, type(None))):
        raise bad_request('can\'t parse reply parameters: field "chat_id" must be of type Number or String')
    if isinstance(message_id, str) and message_id.isdecimal():
        message_id = int(message_id)
    if not isinstance(message_id, int):
        raise bad_request('can\'t parse reply parameters: field "message_id" must be of type Number')
    source = chat if other in (None, "", chat.id, str(chat.id)) else world.known_chat(bot, other)
    message = source.live(message_id)
    if message is None and given.get("allow_sending_without_reply") is not True:
        raise bad_request("message to be replied not found")
    return message if source is chat else None


def _destination(world: World, bot: Bot, arguments: Json, what: str) -> Chat:
    if "business_connection_id" in arguments:
        raise bad_request("business connection not found")
    chat = world.writable_chat(bot, arguments["chat_id"], what)
    if arguments.get("message_thread_id") and not chat.private:
        raise bad_request("message thread not found")  # no chat here has topics yet
    return chat


def _send(world: World, bot: Bot, arguments: Json, content: Json, what: str) -> Json:
    chat = _destination(world, bot, arguments, what)
    markup_given = read_markup(arguments, chat)
    reply_to = replied(world, bot, chat, arguments)
    if arguments.get("protect_content"):
        content["has_protected_content"] = True
    if arguments.get("message_effect_id") and chat.private:
        content["effect_id"] = arguments["message_effect_id"]
    bot.rates.spend(chat.id)
    return world.add_message(chat, bot.user, content, markup=markup_given, reply_to=reply_to).body


def send_message(world: World, bot: Bot, arguments: Json) -> Json:
    """sendMessage."""
    return _send(world, bot, arguments, text_content(world, arguments), "text messages")


def _send_media(world: World, bot: Bot, arguments: Json, kind: str) -> Json:
    caption = caption_content(world, arguments)
    world.writable_chat(bot, arguments["chat_id"], _RIGHTS[kind])  # nothing is stored for a chat that refuses
    content = {**media_content(world, kind, arguments[kind], arguments["_uploads"]), **caption}
    if kind == "voice" and "duration" in arguments:
        content["voice"] = {**content["voice"], "duration": arguments["duration"]}
    if arguments.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return _send(world, bot, arguments, content, _RIGHTS[kind])


def send_photo(world: World, bot: Bot, arguments: Json) -> Json:
    """sendPhoto."""
    return _send_media(world, bot, arguments, "photo")


def send_voice(world: World, bot: Bot, arguments: Json) -> Json:
    """sendVoice."""
    return _send_media(world, bot, arguments, "voice")


def send_video(world: World, bot: Bot, arguments: Json) -> Json:
    """sendVideo."""
    return _send_media(world, bot, arguments, "video")


def send_document(world: World, bot: Bot, arguments: Json) -> Json:
    """sendDocument."""
    return _send_media(world, bot, arguments, "document")


def send_location(world: World, bot: Bot, arguments: Json) -> Json:
    """sendLocation."""
    latitude, longitude = arguments["latitude"], arguments["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location specified")
    names = ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    location = {"latitude": latitude, "longitude": longitude} | {n: arguments[n] for n in names if n in arguments}
    return _send(world, bot, arguments, {"location": location}, "locations")


def send_media_group(world: World, bot: Bot, arguments: Json) -> list[Json]:
    """sendMediaGroup: each item counts against the limits."""
    items = arguments["media"]
    if not 2 <= len(items) <= 10:
        raise bad_request("too few messages to send as an album" if len(items) < 2 else "too many messages to send as an album")
    kinds = [item.get("type") if isinstance(item, dict) else None for item in items]
    for kind in kinds:
        if kind not in ("photo", "video", "document", "audio"):
            raise bad_request("can't parse InputMedia: media must be one of photo, video, document, audio")
    if len(set(kinds)) > 1 and not set(kinds) <= {"photo", "video"}:
        raise bad_request("documents and audio files can't be mixed with other media types in an album")
    captions = [caption_content(world, _typed_caption(item)) for item in items]
    chat = _destination(world, bot, arguments, "media messages")
    reply_to = replied(world, bot, chat, arguments)
    contents = []
    for item, kind in zip(items, kinds, strict=True):
        value = item.get("media")
        if not isinstance(value, str):
            raise bad_request('can\'t parse InputMedia: field "media" must be of type String')
        content = media_content(world, str(kind), value, arguments["_uploads"])
        contents.append({**content, "has_media_spoiler": True} if item.get("has_spoiler") is True else content)
    bot.rates.spend(chat.id, len(items))
    album = str(next(world.album_ids))
    return [
        world.add_message(chat, bot.user, {"media_group_id": album, **content, **caption}, reply_to=reply_to).body
        for content, caption in zip(contents, captions, strict=True)
    ]


def _typed_caption(item: Json) -> Json:
    caption = item.get("caption") or ""
    if not isinstance(caption, str):
        raise bad_request('can\'t parse InputMedia: field "caption" must be of type String')
    if not isinstance(item.get("caption_entities") or [], list):
        raise bad_request('can\'t parse InputMedia: field "caption_entities" must be of type Array')
    return {**item, "caption": caption}


_COPIED_WORDS = """
    text entities link_preview_options photo voice document video audio sticker location contact caption caption_entities
    has_media_spoiler show_caption_above_media
"""
_COPIED = _COPIED_WORDS.split()


def copy_message(world: World, bot: Bot, arguments: Json) -> Json:
    """copyMessage: like a forward, without the link to the original."""
    source = world.known_chat(bot, arguments["from_chat_id"])
    original = source.live(arguments["message_id"])
    if original is None:
        raise bad_request("message to copy not found")
    content = {name: original.body[name] for name in _COPIED if name in original.body}
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in arguments and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content.update(caption_content(world, arguments))
    return {"message_id": _send(world, bot, arguments, content, "messages")["message_id"]}


_ACTION_WORDS = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location
    record_video_note upload_video_note
"""
ACTIONS = frozenset(_ACTION_WORDS.split())


def send_chat_action(world: World, bot: Bot, arguments: Json) -> bool:
    """sendChatAction."""
    if arguments["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.writable_chat(bot, arguments["chat_id"], "text messages")
    world.events.add("action", chat_id=chat.id, bot=chat.bot_id, action=arguments["action"])
    return True
