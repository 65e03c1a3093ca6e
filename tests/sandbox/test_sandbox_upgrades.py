"""A group becomes a supergroup: a new id, new message ids, a service message under each, and the old id says where it went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import telegram
from aiogram.types import Update
from telegram.error import ChatMigrated
from telegram.request import HTTPXRequest

from sandbox.client import SandboxRefused
from sandbox.server import Sandbox


@pytest.fixture
async def room(people: Any, bot: Any, wang: int, li: int) -> int:
    """A plain group, of which nothing waits to be heard."""
    chat = await people.add_group("邻里", [li], admins=[wang], type="group", bot="member")
    await bot.do("deleteWebhook", drop_pending_updates=True)
    return int(chat["id"])


async def test_two_service_messages_and_an_entry_tell_of_it(bot: Any, people: Any, wang: int, room: int) -> None:
    new = await people.upgrade(room)
    assert new["id"] < -1_000_000_000_000
    assert (new["type"], new["title"]) == ("supergroup", "邻里")
    updates = [Update.model_validate(update) for update in await bot.updates()]
    entry, left_behind, begun = updates
    assert entry.my_chat_member is not None
    assert (entry.my_chat_member.chat.id, entry.my_chat_member.old_chat_member.status) == (new["id"], "left")
    assert entry.my_chat_member.new_chat_member.status == "member"
    assert left_behind.message is not None
    assert (left_behind.message.chat.id, left_behind.message.migrate_to_chat_id) == (room, new["id"])
    assert begun.message is not None
    assert (begun.message.chat.id, begun.message.migrate_from_chat_id) == (new["id"], room)
    assert begun.message.message_id == 1
    assert begun.message.sender_chat is not None


async def test_the_old_id_says_where_the_group_went(bot: Any, people: Any, room: int) -> None:
    shown = await bot.do("sendMessage", chat_id=room, text="心愿")
    new = (await people.upgrade(room))["id"]
    for method, more in (
        ("sendMessage", {"text": "x"}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"text": "x", "message_id": shown["message_id"]}),
        ("deleteMessage", {"message_id": shown["message_id"]}),
    ):
        answer = await bot.call(method, chat_id=room, **more)
        assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": new})
        assert "upgraded to a supergroup" in answer["description"]
    assert (await bot.do("getChat", chat_id=room))["type"] == "group"


async def test_messages_begin_anew_and_old_ones_are_not_there(bot: Any, people: Any, wang: int, room: int) -> None:
    for number in range(3):
        shown = await bot.do("sendMessage", chat_id=room, text=f"{number}")
    new = (await people.upgrade(room))["id"]
    assert (await bot.refused("editMessageText", chat_id=new, message_id=shown["message_id"], text="x"))[0] == 400
    assert (await bot.do("sendMessage", chat_id=new, text="又见面了"))["message_id"] == 2
    await people.say(wang, "/help", new)
    assert [message["text"] for message in await bot.updates("message") if "text" in message] == ["/help"]


async def test_people_and_their_rights_are_the_same_and_the_old_group_is_closed(
    bot: Any, people: Any, wang: int, li: int, room: int
) -> None:
    new = await people.upgrade(room)
    assert {(m["user"]["id"], m["status"]) for m in new["members"]} == {(wang, "creator"), (li, "member"), (42, "member")}
    with pytest.raises(SandboxRefused, match="became the supergroup"):
        await people.say(li, "有人吗", room)
    for chat in (room, new["id"]):
        with pytest.raises(SandboxRefused, match="only once"):
            await people.upgrade(chat)


async def test_python_telegram_bot_understands_it(sandbox: Sandbox, people: Any, room: int) -> None:
    async with telegram.Bot("42:TEST", base_url=f"{sandbox.url}/bot", request=HTTPXRequest()) as ptb:
        new = (await people.upgrade(room))["id"]
        with pytest.raises(ChatMigrated) as moved:
            await ptb.send_message(room, "x")
        assert moved.value.new_chat_id == new
        told = [update.message for update in await ptb.get_updates() if update.message]
        assert [(m.chat.id, m.migrate_to_chat_id, m.migrate_from_chat_id) for m in told] == [
            (room, new, None),
            (new, None, room),
        ]


async def test_a_kept_world_remembers_where_it_went(tmp_path: Path) -> None:
    from sandbox.client import SandboxClient

    path = tmp_path / "world.zip"
    first = Sandbox(keep=path)
    await first.start()
    async with SandboxClient.connect(first.url) as people:
        user = await people.add_user("王阿姨")
        old = (await people.add_group("邻里", admins=[user["id"]], type="group", bot=None))["id"]
        new = (await people.upgrade(old))["id"]
    await first.stop()
    second = Sandbox(keep=path)
    await second.start()
    async with SandboxClient.connect(second.url) as people:
        assert (await people.chat(old))["moved_to"] == new
    await second.stop()
