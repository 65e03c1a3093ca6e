"""Each limit at its edge, in Telegram's codes and words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.server import Sandbox

BUTTON = {"inline_keyboard": [[{"text": "认领", "callback_data": "claim"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "按", **button}]]}


@pytest.mark.parametrize(
    ("text", "parse_mode", "words"),
    [
        ("心" * 4096, None, None),
        ("心" * 4097, None, "message is too long"),
        ("😀" * 4096, None, None),
        ("<b>" + "心" * 4096 + "</b>", "HTML", None),  # counted after parsing
        ("&lt;" * 4097, "HTML", "message is too long"),
        ("", None, "message text is empty"),
        (" \n\t ", None, "message text is empty"),
        ("<b></b>", "HTML", "message text is empty"),
        ("<b>", "HTML", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("<x>1</x>", "HTML", 'can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
        ("心<b>愿</i>", "HTML", 'can\'t parse entities: Unmatched end tag at byte offset 9, expected "</b>", found "</i>"'),
        ("a</b>", "HTML", "can't parse entities: Unexpected end tag at byte offset 1"),
        ("1 < 2", "HTML", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ("a <b", "HTML", "can't parse entities: Unclosed start tag at byte offset 2"),
        ("<span>x</span>", "HTML", 'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x", "BBCode", "unsupported parse_mode"),
        ("\ud83d", None, "strings must be encoded in UTF-8"),
    ],
)
async def test_a_text_has_1_to_4096_characters_after_parsing(
    bot: Any, wang: int, text: str, parse_mode: str | None, words: str | None
) -> None:
    given = {"parse_mode": parse_mode} if parse_mode else {}
    if words is None:
        await bot.do("sendMessage", chat_id=wang, text=text, **given)
    else:
        assert await bot.refused("sendMessage", chat_id=wang, text=text, **given) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(("length", "fits"), [(0, True), (1024, True), (1025, False)])
async def test_a_caption_has_0_to_1024_characters(bot: Any, people: Any, wang: int, length: int, fits: bool) -> None:
    photo = (await people.send_photo(wang))["photo"][-1]["file_id"]
    answer = await bot.call("sendPhoto", chat_id=wang, photo=photo, caption="愿" * length)
    assert answer["ok"] is fits
    if not fits:
        assert answer["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"callback_data": "x" * 64}, None),
        ({"callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"callback_data": "愿" * 21 + "x"}, None),  # 64 bytes
        ({"callback_data": "愿" * 22}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"url": "https://example.org/a"}, None),
        ({"url": "not a link"}, "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL"),
        ({}, "text buttons are unallowed in the inline keyboard"),
        ({"web_app": {"url": "https://example.org"}}, None),
        ({"switch_inline_query": ""}, None),
    ],
)
async def test_a_button_carries_1_to_64_bytes_or_a_link(bot: Any, wang: int, button: Any, words: str | None) -> None:
    answer = await bot.call("sendMessage", chat_id=wang, text="x", reply_markup=keyboard(**button))
    assert answer.get("description") == (f"Bad Request: {words}" if words else None)


async def test_reply_keyboards_are_kept_for_the_people_and_contacts_are_asked_in_private_only(
    bot: Any, people: Any, wang: int, group: int
) -> None:
    asked = {"keyboard": [[{"text": "我的电话", "request_contact": True}, "不"]], "resize_keyboard": True}
    sent = await bot.do("sendMessage", chat_id=wang, text="电话？", reply_markup=asked)
    assert "reply_markup" not in sent  # Telegram tells bots of inline keyboards only
    shown = (await people.messages(wang, after=sent["message_id"] - 1))[0]
    assert shown["reply_markup"]["keyboard"] == [[{"text": "我的电话", "request_contact": True}, {"text": "不"}]]
    code, words = await bot.refused("sendMessage", chat_id=group, text="电话？", reply_markup=asked)
    assert (code, words) == (400, "Bad Request: phone number can be requested in private chats only")
    await bot.do("sendMessage", chat_id=wang, text="好", reply_markup={"remove_keyboard": True})
    await bot.do("sendMessage", chat_id=wang, text="写", reply_markup={"force_reply": True, "input_field_placeholder": "…"})
    refusal = await bot.refused("sendMessage", chat_id=wang, text="x", reply_markup={"keyboard": []})
    assert refusal[0] == 400
    # a message with such a keyboard can not be edited later
    edit = await bot.refused("editMessageText", chat_id=wang, message_id=sent["message_id"], text="另")
    assert edit == (400, "Bad Request: message can't be edited")


async def test_edits_are_refused_in_telegrams_words(bot: Any, people: Any, wang: int) -> None:
    theirs = await people.say(wang, "你好")
    sent = await bot.do("sendMessage", chat_id=wang, text="<b>一</b>", parse_mode="HTML", reply_markup=BUTTON)
    where = {"chat_id": wang, "message_id": sent["message_id"]}
    edit = "editMessageText"
    assert await bot.refused(edit, **where, text="<b>一</b>", parse_mode="HTML", reply_markup=BUTTON) == (400, NOT_MODIFIED)
    assert (await bot.do(edit, **where, text="一", reply_markup=BUTTON)).get("entities") is None  # bold counts as a change
    assert "reply_markup" not in await bot.do(edit, **where, text="一")  # and so does the keyboard
    assert await bot.refused("editMessageReplyMarkup", **where) == (400, NOT_MODIFIED)
    assert (await bot.do("editMessageReplyMarkup", **where, reply_markup=BUTTON))["reply_markup"] == BUTTON
    assert await bot.refused("editMessageCaption", **where, caption="x") == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )
    assert await bot.refused(edit, chat_id=wang, message_id=999, text="x") == (400, "Bad Request: message to edit not found")
    words = (400, "Bad Request: message can't be edited")
    assert await bot.refused(edit, chat_id=wang, message_id=theirs["message_id"], text="x") == words
    assert (await bot.refused(edit, text="x"))[1] == "Bad Request: chat_id is empty"
    assert (await bot.refused(edit, chat_id=wang, text="x"))[1] == "Bad Request: message identifier is not specified"
    assert await bot.do("deleteMessage", **where) is True
    assert await bot.refused(edit, **where, text="x") == (400, "Bad Request: message to edit not found")
    assert await bot.refused("deleteMessage", **where) == (400, "Bad Request: message to delete not found")
    assert [m["deleted"] for m in await people.messages(wang) if m["message_id"] == sent["message_id"]] == [True]


async def test_a_bot_deletes_its_own_messages_for_48_hours_and_others_only_as_administrator(
    bot: Any, people: Any, sandbox: Sandbox, wang: int, li: int
) -> None:
    sent, other = [await bot.do("sendMessage", chat_id=wang, text="x") for _ in range(2)]
    await people.advance(48 * 3600 + 1)  # Telegram's own limits stay on real time
    assert await bot.do("deleteMessage", chat_id=wang, message_id=other["message_id"]) is True
    message = sandbox.world.privates[42, wang].messages[sent["message_id"]]
    message.sent -= 48 * 3600 + 1
    late = await bot.refused("deleteMessage", chat_id=wang, message_id=sent["message_id"])
    assert late == (400, "Bad Request: message can't be deleted for everyone")
    chat = (await people.add_group("邻里", [wang, li], bot="member"))["id"]
    theirs = await people.say(wang, "/help", chat)
    refusal = await bot.refused("deleteMessage", chat_id=chat, message_id=theirs["message_id"])
    assert refusal == (400, "Bad Request: message can't be deleted")
    await people.set_member(chat, None, "administrator")
    assert await bot.do("deleteMessage", chat_id=chat, message_id=theirs["message_id"]) is True


async def test_replies_need_their_message_unless_told_otherwise(bot: Any, people: Any, wang: int) -> None:
    theirs = await people.say(wang, "要一把轮椅")
    reply = {"message_id": theirs["message_id"]}
    sent = await bot.do("sendMessage", chat_id=wang, text="好", reply_parameters=reply)
    assert sent["reply_to_message"]["text"] == "要一把轮椅"
    missing = {"message_id": 999}
    refusal = await bot.refused("sendMessage", chat_id=wang, text="好", reply_parameters=missing)
    assert refusal == (400, "Bad Request: message to be replied not found")
    missing["allow_sending_without_reply"] = True
    assert "reply_to_message" not in await bot.do("sendMessage", chat_id=wang, text="好", reply_parameters=json.dumps(missing))


async def test_nobody_is_written_to_who_did_not_start_or_has_blocked(bot: Any, people: Any, wang: int, li: int) -> None:
    first = await bot.refused("sendMessage", chat_id=li, text="x")
    assert first == (403, "Forbidden: bot can't initiate conversation with a user")
    assert await bot.refused("sendMessage", chat_id=77, text="x") == (400, "Bad Request: chat not found")
    assert await bot.refused("sendMessage", chat_id="@nobody", text="x") == (400, "Bad Request: chat not found")
    assert await bot.refused("sendMessage", text="x") == (400, "Bad Request: chat_id is empty")
    await people.block(wang)
    assert await bot.refused("sendMessage", chat_id=wang, text="x") == (403, "Forbidden: bot was blocked by the user")
    await people.say(wang, "/start")
    await bot.do("sendMessage", chat_id=str(wang), text="x")


@pytest.mark.parametrize(
    ("kind", "status", "refusal"),
    [
        ("group", "kicked", (403, "Forbidden: bot was kicked from the group chat")),
        ("supergroup", "kicked", (403, "Forbidden: bot was kicked from the supergroup chat")),
        ("group", "left", (403, "Forbidden: bot is not a member of the group chat")),
        ("supergroup", "left", (403, "Forbidden: bot is not a member of the supergroup chat")),
        ("supergroup", "restricted", (400, "Bad Request: not enough rights to send text messages to the chat")),
        ("supergroup", "member", None),
    ],
)
async def test_a_bot_writes_where_it_belongs_and_may(
    bot: Any, people: Any, wang: int, kind: str, status: str, refusal: tuple[int, str] | None
) -> None:
    chat = (await people.add_group("邻里", [wang], type=kind))["id"]
    await people.set_member(chat, None, status)
    answer = await bot.call("sendMessage", chat_id=chat, text="x")
    assert (answer.get("error_code"), answer.get("description")) == (refusal or (None, None))


async def test_a_tap_is_answered_once_with_at_most_200_characters(bot: Any, people: Any, wang: int) -> None:
    sent = await bot.do("sendMessage", chat_id=wang, text="x", reply_markup=BUTTON)
    tap = await people.tap(wang, sent["message_id"], "claim")
    answer = {"callback_query_id": tap["id"]}
    assert await bot.refused("answerCallbackQuery", **answer, text="x" * 201) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await bot.refused("answerCallbackQuery", **answer, url="https://example.org") == (400, "Bad Request: URL_INVALID")
    assert await bot.do("answerCallbackQuery", **answer, text="愿" * 200, show_alert=True) is True
    old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    assert await bot.refused("answerCallbackQuery", **answer) == old
    assert await bot.refused("answerCallbackQuery", callback_query_id="1") == old


async def test_a_tap_expires_after_150_seconds(
    bot: Any, people: Any, sandbox: Any, wang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await bot.do("sendMessage", chat_id=wang, text="x", reply_markup=BUTTON)
    tap = await people.tap(wang, sent["message_id"], "claim")
    sandbox.world.taps[tap["id"]].pressed -= 151
    code, words = await bot.refused("answerCallbackQuery", callback_query_id=tap["id"])
    assert (code, "query is too old" in words) == (400, True)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"disable_notification": "perhaps"}, "invalid disable_notification specified"),
        ({"message_thread_id": "x"}, "invalid message_thread_id specified"),
        ({"reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"reply_markup": "[]"}, "reply markup must be a JSON-serialized object"),
        ({"entities": "{}"}, "entities must be a JSON-serialized array"),
        ({"reply_markup": {"inline": []}}, "object expected as reply markup"),
    ],
)
async def test_known_parameters_that_do_not_parse_are_refused(bot: Any, wang: int, parameters: Any, words: str) -> None:
    assert await bot.refused("sendMessage", chat_id=wang, text="x", **parameters) == (400, f"Bad Request: {words}")


async def test_unknown_parameters_are_ignored_and_flagged(bot: Any, people: Any, wang: int) -> None:
    await bot.do("sendMessage", chat_id=wang, text="x", disable_web_page_preview=True, protect_content=True)
    await bot.refused("sendMessage", chat_id=77, text="x", reply_to=3)
    calls = await people.calls()
    assert [call["unknown"] for call in calls[-2:]] == [["disable_web_page_preview"], ["reply_to"]]
    assert calls[-2]["payload"]["chat_id"] == wang
    assert calls[-2]["answer"]["result"]["has_protected_content"] is True
    assert (calls[-1]["status"], calls[-1]["answer"]["error_code"], calls[-1]["bot"]) == (400, 400, 42)


async def test_unknown_methods_and_wrong_tokens_are_refused_as_telegram_does(bot: Any, session: Any, sandbox: Any) -> None:
    assert await bot.refused("sendTelepathy") == (404, "Not Found")
    for path, code in [("bot42:OTHER/getMe", 401), ("bot42/getMe", 404), ("bot/getMe", 404), ("botx:y/getMe", 404)]:
        async with session.get(f"{sandbox.url}/{path}") as response:
            answer = await response.json()
            assert (response.status, answer["error_code"]) == (code, code)
    async with session.get(f"{sandbox.url}/{'bot42:TEST'}/GETME") as response:  # the case of a method does not matter
        assert (await response.json())["result"]["id"] == 42


async def test_get_form_json_and_multipart_carry_the_same_call(bot: Any, session: Any, wang: int) -> None:
    import aiohttp

    url = f"{bot.base}/sendMessage"
    given = {"chat_id": str(wang), "text": "心愿 & <1>", "reply_markup": json.dumps(BUTTON)}
    multipart = aiohttp.MultipartWriter("form-data")
    for name, value in given.items():
        multipart.append(value).set_content_disposition("form-data", name=name)
    for request in (
        session.get(url, params=given),
        session.post(url, data=given),
        session.post(url, json={**given, "reply_markup": BUTTON}),
        session.post(url, data=multipart),
    ):
        async with request as response:
            result = (await response.json())["result"]
            assert (result["text"], result["reply_markup"]) == ("心愿 & <1>", BUTTON)
    async with session.post(url, data=b"[1]", headers={"Content-Type": "application/json"}) as response:
        assert (await response.json())["description"] == "Bad Request: can't parse JSON object"
