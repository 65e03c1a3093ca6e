"""Who sees what: privacy mode, memberships, blocks, albums, anonymous administrators, edits, taps."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.client import SandboxRefused

BUTTON = {"inline_keyboard": [[{"text": "认领", "callback_data": "claim"}]]}


@pytest.mark.parametrize(
    ("text", "seen_by_member"),
    [
        ("大家好", False),
        ("/help", True),
        ("/help@wishlight42_bot", True),
        ("/help@other_bot", False),
        ("请 @wishlight42_bot 看看", True),
        ("请 @other_bot 看看", False),
    ],
)
@pytest.mark.parametrize("privacy", [True, False])
@pytest.mark.parametrize("status", ["member", "administrator"])
async def test_privacy_mode_hides_what_does_not_concern_the_bot(
    bot: Any, people: Any, wang: int, text: str, seen_by_member: bool, privacy: bool, status: str
) -> None:
    chat = (await people.add_group("邻里", [wang], bot=status))["id"]
    await people.set_bot(42, privacy=privacy)
    assert (await bot.do("getMe"))["can_read_all_group_messages"] is not privacy
    await people.say(wang, text, chat)
    seen = [message["text"] for message in await bot.updates("message")]
    assert seen == ([text] if seen_by_member or status == "administrator" or not privacy else [])


async def test_replies_to_the_bot_and_service_messages_pass_privacy_mode(bot: Any, people: Any, wang: int, li: int) -> None:
    chat = (await people.add_group("邻里", [wang], bot="member"))["id"]
    card = await bot.do("sendMessage", chat_id=chat, text="心愿")
    await people.say(wang, "我来", chat, reply_to_message_id=card["message_id"])
    await people.say(wang, "随便聊", chat)
    await people.set_member(chat, li, "member")
    await people.set_member(chat, li, "left")
    messages = await bot.updates("message")
    assert [next(iter(m.keys() & {"text", "new_chat_members", "left_chat_member"})) for m in messages] == [
        "text",
        "new_chat_members",
        "left_chat_member",
    ]
    assert messages[0]["reply_to_message"]["text"] == "心愿"


async def test_each_bot_has_its_private_chats_and_all_share_the_groups(
    bot: Any, second_bot: Any, people: Any, wang: int, group: int
) -> None:
    await people.say(wang, "/start x", bot=43)
    await people.set_member(group, None, "member", bot=43)
    await people.say(wang, "/help", group)
    assert [m["text"] for m in await bot.updates("message") if "text" in m] == ["/help"]
    assert [m["text"] for m in await second_bot.updates("message") if "text" in m] == ["/start x", "/help"]
    await second_bot.do("sendMessage", chat_id=wang, text="我是二号")
    assert "我是二号" not in [m["text"] for m in await people.messages(wang)]
    assert "我是二号" in [m["text"] for m in await people.messages(wang, bot=43)]
    assert [user["id"] for user in await people.bots()] == [42, 43]


async def test_memberships_are_told_to_the_bot_they_concern(bot: Any, people: Any, wang: int) -> None:
    chat = (await people.add_group("邻里", [wang], bot=None, type="group"))["id"]
    assert await bot.updates() == []
    for status in ("member", "administrator", "member", "left", "kicked"):
        await people.set_member(chat, None, status)
    changes = await bot.updates("my_chat_member")
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "left"),
        ("left", "kicked"),
    ]
    await people.block(wang)
    await people.say(wang, "/start")
    blocks = (await bot.updates("my_chat_member"))[5:]
    assert [c["new_chat_member"]["status"] for c in blocks] == ["kicked", "member"]
    assert blocks[0]["chat"]["type"] == "private"


async def test_a_group_made_before_the_bot_gets_it_when_it_first_connects(sandbox: Any, people: Any, session: Any) -> None:
    wang = await people.add_user("王阿姨")
    with pytest.raises(SandboxRefused, match="No bot is connected yet"):
        await people.say(wang["id"], "/start")
    chat = await people.add_group("邻里", [wang["id"]])
    assert [member["status"] for member in chat["members"]] == ["member"]
    async with session.get(f"{sandbox.url}/bot42:TEST/getUpdates") as response:
        updates = (await response.json())["result"]
    assert updates[0]["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert len((await people.chat(chat["id"]))["members"]) == 2


async def test_other_memberships_are_told_only_on_request_and_to_administrators(
    bot: Any, people: Any, group: int, wang: int
) -> None:
    await people.set_member(group, wang, "restricted")
    assert await bot.updates("chat_member") == []
    await bot.do("getUpdates", allowed_updates=["chat_member", "message", "not_a_kind"])
    await people.set_member(group, wang, "member")
    assert [c["old_chat_member"]["status"] for c in await bot.updates("chat_member")] == ["restricted"]
    await people.set_member(group, None, "member")
    assert await bot.updates("my_chat_member") == []  # not asked for
    await bot.do("getUpdates", allowed_updates=[])
    await people.set_member(group, None, "administrator")
    assert len(await bot.updates("my_chat_member")) == 1


async def test_chats_and_members_can_be_asked_for(bot: Any, group: int, wang: int, li: int) -> None:
    full = await bot.do("getChat", chat_id=group)
    assert (full["title"], full["type"], full["permissions"]["can_send_messages"]) == ("城关志愿者", "supergroup", True)
    assert (await bot.do("getChat", chat_id=wang))["first_name"] == "王阿姨"
    assert await bot.refused("getChat", chat_id=li) == (400, "Bad Request: chat not found")
    admins = await bot.do("getChatAdministrators", chat_id=group)
    assert {(m["user"]["id"], m["status"]) for m in admins} == {(li, "creator"), (42, "administrator")}
    assert (await bot.do("getChatMember", chat_id=group, user_id=wang))["status"] == "member"
    assert (await bot.refused("getChatMember", chat_id=group, user_id=77))[0] == 400
    assert (await bot.refused("getChatAdministrators", chat_id=wang))[0] == 400


async def test_an_album_is_several_updates_with_one_group_id(bot: Any, people: Any, wang: int) -> None:
    sent = await people.send_album(wang, [{"photo": True, "caption": "楼道灯"}, {"photo": True}, {"video": True}])
    received = await bot.updates("message")
    assert [m["message_id"] for m in received] == [m["message_id"] for m in sent]
    assert len({m["media_group_id"] for m in received}) == 1
    assert [sorted(m.keys() & {"photo", "video"}) for m in received] == [["photo"], ["photo"], ["video"]]
    assert received[0]["caption"] == "楼道灯"


@pytest.mark.parametrize(
    "content",
    [
        {"voice": True},
        {"video": True, "caption": "看"},
        {"document": True},
        {"sticker": True},
        {"location": {"latitude": 32.8, "longitude": 109.4}},
        {"contact": True},
        {"photo": {"data": ""}},
    ],
)
async def test_people_send_more_than_text(bot: Any, people: Any, wang: int, content: dict[str, Any]) -> None:
    if content == {"photo": {"data": ""}}:
        with pytest.raises(SandboxRefused, match="no picture"):
            await people.send(wang, **content)
        return
    await people.send(wang, **content)
    (message,) = await bot.updates("message")
    assert content.keys() <= message.keys()
    if "contact" in content:
        assert message["contact"]["user_id"] == wang


async def test_an_anonymous_administrator_appears_as_the_group(bot: Any, people: Any, group: int, wang: int, li: int) -> None:
    await people.say(li, "/stats", group, anonymous=True)
    (message,) = await bot.updates("message")
    assert message["from"] == {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    assert message["sender_chat"]["id"] == group
    with pytest.raises(SandboxRefused):
        await people.say(wang, "/stats", group, anonymous=True)


async def test_edits_reach_the_bot_as_edited_messages_and_keep_the_first_update_as_it_was(
    bot: Any, people: Any, wang: int
) -> None:
    first = await people.say(wang, "要轮椅")
    await people.edit(wang, first["message_id"], text="要一把轮椅 /cancel")
    updates = await bot.updates()
    assert updates[0]["message"]["text"] == "要轮椅"
    edited = updates[1]["edited_message"]
    assert (edited["text"], edited["message_id"], edited["entities"][0]["type"]) == (
        "要一把轮椅 /cancel",
        first["message_id"],
        "bot_command",
    )
    assert edited["edit_date"] >= edited["date"]
    assert (await people.messages(wang))[-1]["edited"] is True
    await people.delete(wang, first["message_id"])
    with pytest.raises(SandboxRefused):
        await people.edit(wang, first["message_id"], text="x")


async def test_a_tap_waits_for_its_answer(bot: Any, people: Any, group: int, wang: int) -> None:
    card = await bot.do("sendMessage", chat_id=group, text="心愿", reply_markup=BUTTON)
    tapping = asyncio.create_task(people.tap(wang, card["message_id"], "claim", group, wait=5))
    (update,) = await bot.updates(timeout=5)
    query = update["callback_query"]
    assert (query["from"]["id"], query["data"], query["message"]["text"]) == (wang, "claim", "心愿")
    await bot.do("answerCallbackQuery", callback_query_id=query["id"], text="已认领", show_alert=True)
    tap = await tapping
    assert tap == {"id": query["id"], "answer": {"text": "已认领", "show_alert": True, "url": None}}
    assert await people.tapped(tap["id"]) == tap
    assert (await people.tap(wang, card["message_id"], "claim", group, wait=0.05))["answer"] is None


async def test_only_real_buttons_can_be_tapped_unless_forged(bot: Any, people: Any, wang: int, li: int) -> None:
    card = await bot.do("sendMessage", chat_id=wang, text="心愿", reply_markup=BUTTON)
    with pytest.raises(SandboxRefused, match="no button"):
        await people.tap(wang, card["message_id"], "other")
    with pytest.raises(SandboxRefused, match="is not in chat"):
        await people.post("callbacks", chat_id=wang, from_id=li, message_id=card["message_id"], data="claim")
    await people.tap(wang, card["message_id"], "other", forge=True)
    await bot.do("deleteMessage", chat_id=wang, message_id=card["message_id"])
    await people.tap(wang, card["message_id"], "claim", inaccessible=True)
    forged, old = await bot.updates("callback_query")
    assert forged["data"] == "other"
    assert old["message"] == {"chat": old["message"]["chat"], "message_id": card["message_id"], "date": 0}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", {}),
        ("users", {"id": -5, "first_name": "x"}),
        ("users", {"id": 42, "first_name": "机器人的号"}),
        ("chats", {"title": "x", "type": "channel"}),
        ("chats", {"title": "x", "members": [77]}),
        ("chats", {"title": "x", "members": 5}),
        ("chats", {"members": []}),
        ("messages", {"chat_id": 1001, "from_id": 1001}),
        ("messages", {"chat_id": 1001, "from_id": 77, "text": "x"}),
        ("messages", {"chat_id": 1001, "from_id": 1002, "text": "x"}),
        ("messages", {"chat_id": -5, "from_id": 1001, "text": "x"}),
        ("messages", {"chat_id": 1001, "from_id": 1001, "text": "x" * 4097}),
        ("messages", {"chat_id": 1001, "from_id": 1001, "text": "x", "reply_to_message_id": 999}),
        ("messages", {"chat_id": 1001, "from_id": 1001, "text": "x", "bot": 7}),
        ("messages", {"chat_id": 1001, "from_id": 1001, "media_group": [{"photo": True}]}),
        ("messages/edit", {"chat_id": 1001, "message_id": 1, "from_id": 1002, "text": "x"}),
        ("messages/delete", {"chat_id": 1001, "message_id": 99, "from_id": 1001}),
        ("callbacks", {"chat_id": 1001, "message_id": 1, "from_id": 1001, "data": "x"}),
        ("block", {"user_id": 1002}),
        ("clock", {"advance": "x"}),
        ("clock", {"speed": -1}),
        ("faults", {"kind": "flood"}),
        ("faults", {"kind": "500", "count": 0}),
        ("faults", {"kind": "500", "chats": ["群"]}),
        ("faults", {"kind": "delay", "delay": 0}),
        ("faults", {"kind": "429", "retry_after": 0.5}),
    ],
)
async def test_the_client_side_refuses_with_a_sentence(
    people: Any, wang: int, li: int, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(SandboxRefused) as refused:
        await people.post(path, **body)
    assert str(refused.value).endswith(".")


async def test_anything_else_is_a_404_and_bad_json_a_400(people: Any, session: Any) -> None:
    async with session.get(f"{people.url}/client/nothing") as response:
        assert (response.status, "error" in await response.json()) == (404, True)
    async with session.post(f"{people.url}/client/users", data=b"[]") as response:
        assert (response.status, await response.json()) == (400, {"error": "The body must be a JSON object."})
    with pytest.raises(SandboxRefused):
        await people.get("chats/x")
    with pytest.raises(SandboxRefused):
        await people.get("callbacks/1")


async def test_people_are_changed_by_id(people: Any, wang: int) -> None:
    await people.add_user("王阿姨", id=wang, last_name="秀英", language_code="zh-hans")
    assert (await people.say(wang, "在"))["from"]["last_name"] == "秀英"
    assert len(await people.users()) == 1
    assert [chat["id"] for chat in await people.chats()] == [wang]
