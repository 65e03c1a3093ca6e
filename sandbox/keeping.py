"""A world on disk: what people and bots would find again after the power was cut.

A zip with one JSON document and the files' bytes, replaced as a whole. It is written before a bot is answered, so no bot ever
knows of anything that this world could forget. Logs, faults and taps stay behind: a tap that was not answered has expired.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sandbox.chats import Chat, Member, Message, User
from sandbox.webhooks import Webhook
from sandbox.world import Bot, World

Json = dict[str, Any]

VERSION = 1
_UNCLEAN_UPDATES, _UNCLEAN_MESSAGES = 10_000, 1_000  # after an unclean end numbers go on far above, whatever was in flight
_PASSING = ("call", "action", "answer")  # events that leave nothing behind
_COUNTERS = ("user_ids", "group_ids", "album_ids", "tap_ids")
_CHAT = ("id", "type", "title", "username", "started", "blocked", "last_message_id", "moved_to")
_MESSAGE = ("id", "body", "markup", "author_id", "bot_id", "edited", "deleted", "sent")
_USER = ("id", "first_name", "last_name", "username", "language_code", "is_bot")


class UnusableKeep(Exception):
    """The file holds no world that this sandbox can continue; the message says why."""


class Keeper:
    """Loads a world from a file, and saves it whenever something happened."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._happened, self._written = 1, 0
        self._waiting: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Take over what is there; a missing file is an empty world.

        Raises:
            UnusableKeep: it is of another version, or broken; the world is untouched.
        """
        if not self._path.exists():
            return
        try:
            with zipfile.ZipFile(self._path) as archive:
                document = json.loads(archive.read("world.json"))
                if document.get("version") != VERSION:
                    raise UnusableKeep(
                        f"{self._path} is of another version ({document.get('version')}); remove it to start anew."
                    )
                files = [(facts, archive.read(f"files/{number}")) for number, facts in enumerate(document["files"])]
            _restore(World(), copy.deepcopy(document), files)  # a rehearsal: all or nothing
            _restore(self._world, document, files)
        except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise UnusableKeep(f"{self._path} cannot be read ({type(error).__name__}); remove it to start anew.") from None

    def start(self) -> None:
        """Save from now on."""
        self._world.events.subscribe(self._note)
        self._task = asyncio.create_task(self._run(), name="keeper")

    async def stop(self) -> None:
        """Save once more, as a clean end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._save(clean=True)

    async def saved(self) -> None:
        """Return when everything that happened until now is on disk."""
        if self._written < self._happened and self._task is not None and not self._task.done():
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            self._wake.set()
            await waiter

    def _note(self, event: Json) -> None:
        if event["kind"] not in _PASSING:
            self._happened += 1
            self._wake.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            mark, waiting, self._waiting = self._happened, self._waiting, []
            try:
                if self._written < mark:
                    await self._save(clean=False)
                    self._written = mark
            except OSError as error:
                print(f"{self._path} cannot be written: {error.strerror}", flush=True)
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)
            if not self._waiting:
                await self._wake.wait()
        for waiter in self._waiting:
            waiter.cancel()

    async def _save(self, *, clean: bool) -> None:
        files = list(self._world.files.all())
        document = json.dumps(_snapshot(self._world, clean) | {"files": [file.facts() for file in files]}, ensure_ascii=False)
        await asyncio.to_thread(self._write, document, [file.data for file in files])

    def _write(self, document: str, contents: list[bytes]) -> None:
        new = self._path.with_name(f"{self._path.name}.new")
        with new.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr("world.json", document.encode("utf-8", "surrogatepass"))
                for number, content in enumerate(contents):
                    archive.writestr(f"files/{number}", content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self._path)


def _snapshot(world: World, clean: bool) -> Json:
    return {
        "version": VERSION,
        "clean": clean,
        "clock": {"now": world.clock.now(), "speed": world.clock.speed},
        "stage": world.stage,
        "counters": {name: next(copy.copy(getattr(world, name))) for name in _COUNTERS},
        "file_count": world.files.count,
        "users": [_facts(user, _USER) for user in world.users.values()],
        "bots": [_bot(bot) for bot in world.bots.values()],
        "groups": [_chat(chat) for chat in world.groups.values()],
        "privates": [{**_chat(chat), "peer": user_id, "bot": bot_id} for (bot_id, user_id), chat in world.privates.items()],
        "waiting_for_bot": [[chat.id, status] for chat, status in world.waiting_for_bot],
    }


def _bot(bot: Bot) -> Json:
    return {
        "user": _facts(bot.user, _USER),
        "secret": bot.secret,
        "reads_all": bot.reads_all,
        "webhook": bot.webhook.kept() if bot.webhook is not None else None,
        "commands": [[scope, language, commands] for (scope, language), commands in bot.commands.items()],
        "queue": bot.queue.keep(),
    }


def _chat(chat: Chat) -> Json:
    members = [[member.user.id, member.status, member.can_send] for member in chat.members.values()]
    messages = [_facts(message, _MESSAGE) for message in chat.messages.values()]
    return {**_facts(chat, _CHAT), "members": members, "messages": messages}


def _facts(thing: Any, names: tuple[str, ...]) -> Json:
    return {name: getattr(thing, name) for name in names}


def _restore(world: World, document: Json, files: list[tuple[Json, bytes]]) -> None:
    ahead = 0 if document["clean"] else 1
    datetime.fromtimestamp(document["clock"]["now"], UTC)  # refuses what is no time
    world.clock.change(set_to=document["clock"]["now"], speed=document["clock"]["speed"])
    world.stage = document["stage"]
    for name, value in document["counters"].items():
        setattr(world, name, count(value + ahead * _UNCLEAN_UPDATES))
    world.files.restore(files, document["file_count"] + ahead * _UNCLEAN_MESSAGES)
    for facts in document["users"]:
        world.users[facts["id"]] = User(**facts)
    for kept in document["bots"]:
        bot = world.bot(kept["user"]["id"])
        bot.user = User(**kept["user"])
        bot.secret, bot.reads_all = kept["secret"], kept["reads_all"]
        bot.webhook = Webhook(**kept["webhook"]) if kept.get("webhook") else None
        bot.commands = {(scope, language): commands for scope, language, commands in kept["commands"]}
        bot.queue.restore(kept["queue"], ahead * _UNCLEAN_UPDATES)
    for facts, chat in _chats(document["groups"]):
        world.groups[chat.id] = chat
        _fill(world, chat, facts, ahead)
    for facts, chat in _chats(document["privates"]):
        chat.peer, chat.bot_id = world.users[facts["peer"]], facts["bot"]
        world.privates[facts["bot"], facts["peer"]] = chat
        _fill(world, chat, facts, ahead)
    world.waiting_for_bot = [(world.groups[chat_id], status) for chat_id, status in document["waiting_for_bot"]]


def _chats(listed: list[Json]) -> Iterator[tuple[Json, Chat]]:
    for facts in listed:
        yield facts, Chat(**{name: facts[name] for name in _CHAT if name in facts})


def _fill(world: World, chat: Chat, facts: Json, ahead: int) -> None:
    chat.last_message_id += ahead * _UNCLEAN_MESSAGES
    for user_id, status, can_send in facts["members"]:
        user = world.users.get(user_id) or world.bots[user_id].user
        chat.members[user_id] = Member(user, status, can_send)
    for message in facts["messages"]:
        chat.messages[message["id"]] = Message(chat, **message)
