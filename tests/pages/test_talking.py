"""What people write and read in their phones."""

import asyncio
import base64
import re

import pytest
from playwright.async_api import Route, expect

from sandbox import images
from sandbox.client import SandboxClient
from tests.pages.window import Window
from tests.sandbox.conftest import RawBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_appears_without_a_reload(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await bot.do("sendMessage", chat_id=wang, text="您好，王阿姨")
    await expect(phone.bubble("您好，王阿姨")).to_be_visible()
    await expect(phone.bubble("您好，王阿姨").locator("time")).to_have_text("09:00")


async def test_what_is_typed_reaches_the_bot(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await phone.input.fill("第一行")
    await phone.input.press("Shift+Enter")
    await phone.input.press_sequentially("第二行")
    await phone.input.press("Enter")
    await expect(phone.bubble("第二行")).to_be_visible()
    await expect(phone.input).to_have_value("")
    [message] = await bot.updates("message")
    assert message["text"] == "第一行\n第二行"


async def test_hostile_text_stays_text(window: Window, bot: RawBot, people: SandboxClient) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await people.add_user(hostile[:60], id=7)
    await people.say(7, hostile)
    group = await people.add_group(hostile, [7])
    keys = {"inline_keyboard": [[{"text": hostile, "callback_data": "x"}]]}
    await bot.do("sendMessage", chat_id=7, text=hostile, reply_markup=keys)
    await bot.do("setMyCommands", commands=[{"command": "x", "description": hostile}])
    [phone] = await window.open((7, None))
    await expect(phone.bubbles).to_have_count(2)
    assert await phone.bubbles.last.locator(".text").text_content() == hostile
    await phone.choose("命令菜单")
    await expect(phone.root.get_by_role("menuitem")).to_contain_text(hostile)
    await window.page.keyboard.press("Escape")
    await bot.do("deleteWebhook", drop_pending_updates=True)  # so that the tap is what is waited for
    await phone.button(hostile).click()
    [tap] = await bot.updates("callback_query", timeout=10)
    await bot.do("answerCallbackQuery", callback_query_id=tap["id"], text=hostile)
    await expect(phone.toast).to_have_text(hostile)
    await phone.root.locator("header .chat").click()
    await phone.root.get_by_role("menuitem").filter(has_text=group["title"]).click()
    await expect(phone.title).to_have_text(hostile)
    assert await window.page.locator("img[src=x], main script").count() == 0
    assert await window.page.title() == "聊天窗口"


async def test_entities_are_drawn_and_unsafe_links_lead_nowhere(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    text = (
        '<b>粗</b> <i>斜</i> <a href="https://example.com/a">链接</a> <code>x&lt;y</code>\n'
        "<blockquote>引用</blockquote>\n💡后面 <s>删</s>"
    )
    await bot.do("sendMessage", chat_id=wang, parse_mode="HTML", text=text)
    bubble = phone.bubble("引用")
    for tag, words in {"strong": "粗", "em": "斜", "a": "链接", "code": "x<y", "blockquote": "引用", "s": "删"}.items():
        await expect(bubble.locator(f".text {tag}")).to_have_text(words)
    assert "\n\n" not in await bubble.locator(".text").inner_text()
    await bubble.get_by_role("link", name="链接").click()
    await expect(window.page.get_by_role("dialog")).to_contain_text("https://example.com/a")
    await window.page.get_by_role("button", name="取消").click()
    entity = {"type": "text_link", "offset": 0, "length": 2, "url": "javascript:document.title=1"}
    await bot.call("sendMessage", chat_id=wang, text="坏链接", entities=[entity])
    await phone.bubble("坏链接").get_by_role("link").click()
    await expect(window.page.get_by_role("dialog")).to_have_count(0)
    assert await window.page.title() == "聊天窗口"


async def test_an_edited_message_changes_in_place(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    first = await bot.do("sendMessage", chat_id=wang, text="等人认领")
    await bot.do("sendMessage", chat_id=wang, text="第二条")
    await bot.do("editMessageText", chat_id=wang, message_id=first["message_id"], text="小李认领了")
    await expect(phone.bubbles.nth(1)).to_contain_text("小李认领了")
    await expect(phone.bubbles.nth(1)).to_contain_text("已编辑")
    await expect(phone.bubbles).to_have_count(3)


async def test_a_deleted_message_is_gone(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    sent = await bot.do("sendMessage", chat_id=wang, text="发错了")
    await expect(phone.bubble("发错了")).to_be_visible()
    await bot.do("deleteMessage", chat_id=wang, message_id=sent["message_id"])
    await expect(phone.bubbles).to_have_count(1)


async def test_people_reply_correct_and_take_back(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await bot.do("sendMessage", chat_id=wang, text="哪个社区？")
    await phone.about("哪个社区？", "回复")
    await phone.say("和街社区")
    await expect(phone.bubble("和街社区").locator(".quote")).to_contain_text("哪个社区？")
    await phone.about("和街社区", "编辑")
    await expect(phone.input).to_have_value("和街社区")
    await phone.say("河街社区")
    await expect(phone.bubble("河街社区")).to_contain_text("已编辑")
    said, edited = (await bot.updates())[-2:]
    assert said["message"]["reply_to_message"]["text"] == "哪个社区？"
    assert edited["edited_message"]["text"] == "河街社区"
    await phone.about("河街社区", "删除")
    await expect(phone.bubbles).to_have_count(2)


async def test_photos_voice_place_and_number_can_be_sent(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    picture = {"name": "灯.png", "mimeType": "image/png", "buffer": images.generated(64, 48, 1)}
    await phone.input.fill("坏了的灯")
    async with window.page.expect_file_chooser() as choosing:
        await phone.choose("发照片、位置等", "照片…")
    await (await choosing.value).set_files(picture)
    await expect(phone.bubble("坏了的灯").locator("img")).to_be_visible()
    await phone.choose("发照片、位置等", "相册")
    await expect(phone.root.locator(".album img")).to_have_count(2)
    await phone.choose("发照片、位置等", "语音")
    await expect(phone.button("播放语音")).to_be_visible()
    await phone.choose("发照片、位置等", "位置")
    await window.page.get_by_role("dialog").get_by_role("button", name="发送").click()
    await expect(phone.root.locator(".place")).to_contain_text("32.8336")
    await phone.choose("发照片、位置等", "我的电话号码")
    await window.page.get_by_role("dialog").get_by_role("button", name="发送").click()
    await expect(phone.root.locator(".card").filter(has_text="+8613900000000")).to_be_visible()
    messages = await bot.updates("message")
    assert messages[0]["caption"] == "坏了的灯"
    assert messages[0]["photo"][-1]["width"] == 64
    assert messages[1]["media_group_id"] == messages[2]["media_group_id"]
    assert "voice" in messages[3]
    assert "location" in messages[4]
    assert messages[5]["contact"]["user_id"] == wang


async def test_what_is_no_picture_is_said(window: Window, bot: RawBot, wang: int) -> None:
    window.may_fail = True
    [phone] = await window.open((wang, None))
    async with window.page.expect_file_chooser() as choosing:
        await phone.choose("发照片、位置等", "照片…")
    await (await choosing.value).set_files({"name": "x.png", "mimeType": "image/png", "buffer": b"nothing"})
    await expect(phone.toast).to_have_text("这个文件不是图片。")
    assert await bot.updates("message") == []


async def test_a_file_can_be_sent_and_loaded_down(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    async with window.page.expect_file_chooser() as choosing:
        await phone.choose("发照片、位置等", "文件…")
    await (await choosing.value).set_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    async with window.page.expect_download() as loading:
        await phone.root.get_by_role("link", name="名单.csv").click()
    path = await (await loading.value).path()
    assert path.read_bytes() == b"a,b"


async def test_days_follow_the_clock(window: Window, bot: RawBot, people: SandboxClient, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await people.advance(86400)
    await bot.do("sendMessage", chat_id=wang, text="第二天")
    await expect(phone.root.locator(".day")).to_have_text(["3月2日星期一", "3月3日星期二"])


async def test_whoever_reads_above_is_not_moved(window: Window, bot: RawBot, wang: int) -> None:
    for number in range(60):
        await bot.do("sendMessage", chat_id=wang, text=f"第 {number} 条")
    [phone] = await window.open((wang, None))
    await expect(phone.bubble("第 59 条")).to_be_in_viewport()
    scroller = phone.root.locator(".scroller")
    await scroller.evaluate("it => { it.scrollTop = 500; }")
    down = phone.button("到最新消息")
    await expect(down).to_be_visible()
    await bot.do("sendMessage", chat_id=wang, text="新来的")
    await expect(down).to_have_text("1")
    assert await scroller.evaluate("it => it.scrollTop") == 500
    await down.click()
    await expect(phone.bubble("新来的")).to_be_in_viewport()
    await expect(down).to_be_hidden()


async def test_only_the_newest_are_in_the_document_until_somebody_scrolls_up(window: Window, bot: RawBot, wang: int) -> None:
    for number in range(700):
        await bot.do("sendMessage", chat_id=wang, text=f"<{number}>")
    [phone] = await window.open((wang, None))
    await expect(phone.bubble("<699>")).to_be_in_viewport()
    assert await phone.bubbles.count() == 80
    scroller = phone.root.locator(".scroller")
    for _ in range(30):
        await scroller.evaluate("it => { it.scrollTop = 0; }")
        await window.page.wait_for_timeout(60)
    await expect(phone.bubbles.first).to_contain_text("/start")
    assert await phone.bubbles.count() <= 400
    await phone.button("到最新消息").click()
    await expect(phone.bubble("<699>")).to_be_in_viewport()
    assert await phone.bubbles.count() == 80


async def test_a_photo_of_the_bot_is_seen_whole(window: Window, bot: RawBot, people: SandboxClient, wang: int) -> None:
    photo = base64.b64encode(images.generated(400, 300, 3)).decode()
    sent = await people.send_photo(wang, photo=photo)
    [phone] = await window.open((wang, None))
    await bot.do("sendPhoto", chat_id=wang, photo=sent["photo"][-1]["file_id"], caption="换好了")
    await phone.bubble("换好了").get_by_role("button", name="看大图").click()
    large = window.page.get_by_role("dialog").locator("img")
    await expect(large).to_be_visible()
    assert await large.evaluate("it => it.decode().then(() => it.naturalWidth)") == 400
    await window.page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_what_happens_while_a_chat_is_read_is_not_lost(window: Window, bot: RawBot, wang: int) -> None:
    wrong = await bot.do("sendMessage", chat_id=wang, text="发错了")
    first = await bot.do("sendMessage", chat_id=wang, text="等人认领")

    async def slowly(route: Route) -> None:
        answer = await route.fetch()
        await bot.do("sendMessage", chat_id=wang, text="正在读的时候来的")
        await bot.do("editMessageText", chat_id=wang, message_id=first["message_id"], text="小李认领了")
        await bot.do("deleteMessage", chat_id=wang, message_id=wrong["message_id"])
        await asyncio.sleep(0.3)  # until the events are there
        await route.fulfill(response=answer)

    await window.page.route("**/client/chats/*/messages*", slowly, times=1)
    [phone] = await window.open((wang, None))
    await expect(phone.bubble("正在读的时候来的")).to_be_visible()
    await expect(phone.bubble("小李认领了")).to_be_visible()
    await expect(phone.bubbles).to_have_count(3)


async def test_what_was_typed_stays_when_the_chat_changes(window: Window, group: int, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await phone.input.fill("还没写完")
    await phone.go_to("城关志愿者")
    await expect(phone.input).to_have_value("")
    await phone.go_to("私聊")
    await expect(phone.input).to_have_value("还没写完")


async def test_words_that_were_refused_are_not_lost(window: Window, people: SandboxClient, group: int, wang: int) -> None:
    window.may_fail = True
    [phone] = await window.open((wang, None))
    await phone.go_to("城关志愿者")
    await window.page.route("**/client/messages", lambda route: route.abort())
    await phone.say("要紧的话")
    await expect(phone.toast).to_have_text(re.compile("连不上"))
    await expect(phone.input).to_have_value("要紧的话")
