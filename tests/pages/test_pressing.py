"""Buttons, links, commands: what people press, and how they are answered."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

from sandbox.client import SandboxClient
from tests.pages.window import Window
from tests.sandbox.conftest import RawBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLAIM = {"inline_keyboard": [[{"text": "🙋 认领", "callback_data": "k:1"}]]}


async def pressed(bot: RawBot) -> dict[str, Any]:
    """The newest tap, once it is there."""
    async with asyncio.timeout(10):
        return dict((await bot.updates("callback_query", timeout=10))[-1])


async def test_a_tap_shows_the_toast(window: Window, bot: RawBot, wang: int) -> None:
    await bot.do("sendMessage", chat_id=wang, text="厨房的灯泡", reply_markup=CLAIM)
    [phone] = await window.open((wang, None))
    await phone.button("认领").click()
    await expect(phone.button("认领")).to_have_class(re.compile("waiting"))
    await bot.do("answerCallbackQuery", callback_query_id=(await pressed(bot))["id"], text="您认领了！")
    await expect(phone.toast).to_have_text("您认领了！")
    await expect(phone.button("认领")).not_to_have_class(re.compile("waiting"))


async def test_a_toast_is_for_the_phone_that_pressed(window: Window, bot: RawBot, li: int, wang: int, group: int) -> None:
    await bot.do("sendMessage", chat_id=group, text="厨房的灯泡", reply_markup=CLAIM)
    first, second = await window.open((wang, None), (li, None))
    for phone in (first, second):
        await phone.go_to("城关志愿者")
    await second.button("认领").click()
    tap = await pressed(bot)
    assert tap["from"]["id"] == li
    await bot.do("answerCallbackQuery", callback_query_id=tap["id"], text="您认领了！")
    await expect(second.toast).to_have_text("您认领了！")
    await expect(first.toast).to_have_count(0)


async def test_an_alert_waits_to_be_read(window: Window, bot: RawBot, wang: int) -> None:
    await bot.do("sendMessage", chat_id=wang, text="厨房的灯泡", reply_markup=CLAIM)
    [phone] = await window.open((wang, None))
    await phone.button("认领").click()
    tap = await pressed(bot)
    await bot.do("answerCallbackQuery", callback_query_id=tap["id"], text="小赵比您快了一步。", show_alert=True)
    alert = phone.root.get_by_role("alertdialog")
    await expect(alert).to_contain_text("小赵比您快了一步。")
    await alert.get_by_role("button", name="好").click()
    await expect(alert).to_have_count(0)


async def test_an_answer_with_a_link_opens_the_bot_and_start_sends_the_payload(
    window: Window, bot: RawBot, li: int, wang: int, group: int
) -> None:
    await bot.do("sendMessage", chat_id=group, text="厨房的灯泡", reply_markup=CLAIM)
    _, phone = await window.open((wang, None), (li, None))
    await phone.go_to("城关志愿者")
    await phone.button("认领").click()
    tap = await pressed(bot)
    await bot.do("answerCallbackQuery", callback_query_id=tap["id"], url="https://t.me/wish_bot?start=claim_1")
    await expect(phone.title).to_have_text("心愿")
    await phone.button("开始").click()
    await expect(phone.bubble("/start claim_1")).to_be_visible()
    await expect(phone.input).to_be_visible()
    assert (await bot.updates("message"))[-1]["text"] == "/start claim_1"


@pytest.mark.parametrize("address", ["https://t.me/wish_bot?start=hello", "tg://resolve?domain=Wish_Bot&start=hello"])
async def test_a_deep_link_under_a_message_opens_the_bot(
    window: Window, bot: RawBot, wang: int, group: int, address: str
) -> None:
    keys = {"inline_keyboard": [[{"text": "私聊说", "url": address}]]}
    await bot.do("sendMessage", chat_id=group, text="请到私聊", reply_markup=keys)
    [phone] = await window.open((wang, None))
    await phone.go_to("城关志愿者")
    await phone.button("私聊说").click()
    await expect(phone.title).to_have_text("心愿")
    await phone.button("开始").click()
    await expect(phone.bubble("/start hello")).to_be_visible()


async def test_a_link_and_a_mention_in_the_text_open_the_bot(window: Window, bot: RawBot, wang: int, group: int) -> None:
    await bot.do("sendMessage", chat_id=group, text="找 t.me/wish_bot?start=a 或 @wish_bot")
    [phone] = await window.open((wang, None))
    for link in ("t.me/wish_bot?start=a", "@wish_bot"):
        await phone.go_to("城关志愿者")
        await phone.root.get_by_role("link", name=link).click()
        await expect(phone.title).to_have_text("心愿")
    await expect(phone.input).to_be_visible()  # a mention has no payload: nothing to start


async def test_a_person_named_by_their_number_is_met_on_their_phone(
    window: Window, people: SandboxClient, bot: RawBot, li: int, wang: int
) -> None:
    text = f"请联系 <a href='tg://user?id={li}'>他</a>，或 <a href='tg://user?id=4711'>谁</a>"
    await bot.do("sendMessage", chat_id=wang, text=text, parse_mode="HTML")
    await people.post("stage", title="点亮", windows=[{"person": wang, "chat": None}])
    [phone] = await window.open((wang, None))
    await phone.bubble("请联系").get_by_role("link", name="他").click()
    await expect(phone.toast).to_contain_text("会打开和小李的私聊")
    await expect(window.page.locator(".phone .owner")).to_have_text(["王阿姨的手机", "小李的手机"])


async def test_a_chat_that_was_never_started_offers_to_start(window: Window, bot: RawBot, wang: int, li: int) -> None:
    _, phone = await window.open((wang, None), (li, None))
    await expect(phone.root).to_contain_text("点“开始”，机器人才能和您说话。")
    await phone.button("开始").click()
    await expect(phone.bubble("/start")).to_be_visible()
    [message] = await bot.updates("message")
    assert message["text"] == "/start"


async def test_the_command_menu_sends_what_is_chosen(window: Window, bot: RawBot, wang: int) -> None:
    await bot.do("setMyCommands", commands=[{"command": "mine", "description": "我的心愿"}])
    [phone] = await window.open((wang, None))
    await phone.choose("命令菜单", "我的心愿")
    await expect(phone.bubble("/mine")).to_be_visible()
    await phone.bubble("/mine").get_by_role("link").click()
    await expect(phone.bubbles.filter(has_text="/mine")).to_have_count(2)


async def test_a_reply_keyboard_speaks_for_whoever_presses_it(window: Window, bot: RawBot, wang: int) -> None:
    rows = [["我的心愿", {"text": "发送电话", "request_contact": True}], [{"text": "发送位置", "request_location": True}]]
    await bot.do("sendMessage", chat_id=wang, text="请选", reply_markup={"keyboard": rows, "resize_keyboard": True})
    [phone] = await window.open((wang, None))
    await phone.button("我的心愿").click()
    await expect(phone.bubble("我的心愿")).to_be_visible()
    await phone.button("发送电话").click()
    dialog = window.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("把您的电话号码发给心愿？")
    await dialog.get_by_role("button", name="取消").click()
    await phone.button("发送电话").click()
    await dialog.get_by_label("电话号码").fill("+8613912345678")
    await dialog.get_by_role("button", name="发送").click()
    await phone.button("发送位置").click()
    await dialog.get_by_role("button", name="发送").click()
    await expect(phone.root.locator(".place")).to_be_visible()
    said, contact, location = await bot.updates("message")
    assert said["text"] == "我的心愿"
    assert contact["contact"] == {"phone_number": "+8613912345678", "first_name": "王阿姨", "user_id": wang}
    assert location["location"]["latitude"] == 32.8336
    await phone.button("按钮键盘").click()
    await expect(phone.button("我的心愿")).to_be_hidden()
    await bot.do("sendMessage", chat_id=wang, text="好了", reply_markup={"remove_keyboard": True})
    await expect(phone.button("按钮键盘")).to_be_hidden()


async def test_the_bot_is_seen_typing(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await bot.do("sendChatAction", chat_id=wang, action="typing")
    await expect(phone.root.locator("header")).to_contain_text("正在输入…")
    await bot.do("sendMessage", chat_id=wang, text="好的")
    await expect(phone.root.locator("header")).not_to_contain_text("正在输入…")


async def test_text_to_copy_is_copied(window: Window, bot: RawBot, wang: int) -> None:
    await window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys = {"inline_keyboard": [[{"text": "复制编号", "copy_text": {"text": "#11"}}]]}
    await bot.do("sendMessage", chat_id=wang, text="编号", reply_markup=keys)
    [phone] = await window.open((wang, None))
    await phone.button("复制编号").click()
    await expect(phone.toast).to_have_text("已复制")
    assert await window.page.evaluate("navigator.clipboard.readText()") == "#11"


async def test_a_button_that_is_gone_is_refused_in_words(window: Window, bot: RawBot, people: SandboxClient, wang: int) -> None:
    window.may_fail = True
    sent = await bot.do("sendMessage", chat_id=wang, text="厨房的灯泡", reply_markup=CLAIM)
    [phone] = await window.open((wang, None))
    await expect(phone.button("认领")).to_be_visible()
    await window.page.route("**/client/events", lambda route: route.abort())
    await window.page.route(
        "**/client/callbacks",
        lambda route: route.continue_(post_data=(route.request.post_data or "").replace("k:1", "k:2")),
    )
    await phone.button("认领").click()
    await expect(phone.toast).to_have_text(f"Message {sent['message_id']} has no button with data 'k:2'.")


async def test_everything_can_be_done_with_the_keyboard(window: Window, bot: RawBot, wang: int) -> None:
    await bot.do("sendMessage", chat_id=wang, text="厨房的灯泡", reply_markup=CLAIM)
    [phone] = await window.open((wang, None))
    await phone.button("认领").focus()
    await window.page.keyboard.press("Enter")
    tap = await pressed(bot)
    await bot.do("answerCallbackQuery", callback_query_id=tap["id"], text="读我", show_alert=True)
    await expect(phone.root.get_by_role("alertdialog").get_by_role("button")).to_be_focused()
    await window.page.keyboard.press("Escape")
    await expect(phone.root.get_by_role("alertdialog")).to_have_count(0)
    await phone.root.get_by_role("button", name="对这条消息").last.focus()
    await window.page.keyboard.press("Enter")
    await expect(phone.root.get_by_role("menuitem", name="回复")).to_be_focused()
    await window.page.keyboard.press("ArrowDown")
    await expect(phone.root.get_by_role("menuitem", name="复制文字")).to_be_focused()
    await window.page.keyboard.press("Escape")
    await expect(phone.root.get_by_role("button", name="对这条消息").last).to_be_focused()
