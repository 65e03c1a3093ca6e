"""Around the phones: people and groups, the clock, the calls, small screens, lost connections."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.pages.window import Window, look
from tests.sandbox.conftest import T0, TOKEN, RawBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_clock_is_moved_by_its_buttons(window: Window, people: SandboxClient, wang: int) -> None:
    await window.open((wang, None))
    clock = window.page.get_by_role("group", name="时钟")
    await expect(clock).to_contain_text("3月2日周一")
    await expect(clock).to_contain_text("09:00:")
    for name in ("+10 分", "+1 时", "+1 天"):
        await clock.get_by_role("button", name=name).click()
    await expect(clock).to_contain_text("10:10:")
    await expect(clock).to_contain_text("3月3日周二")
    assert (await people.clock())["now"] - T0.timestamp() > 86400 + 3600 + 600
    await clock.get_by_role("button", name="停住").click()
    await expect(clock.get_by_role("button", name="停住")).to_have_attribute("aria-pressed", "true")
    assert (await people.clock())["speed"] == 0
    await clock.get_by_role("button", name="快 60 倍").click()
    await expect(clock).to_contain_text("10:11:")


async def test_blocking_and_unblocking(window: Window, bot: RawBot, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await phone.choose("更多", "屏蔽机器人")
    await expect(phone.root).to_contain_text("您屏蔽了机器人")
    assert await bot.refused("sendMessage", chat_id=wang, text="在吗") == (403, "Forbidden: bot was blocked by the user")
    await phone.button("解除屏蔽").click()
    await expect(phone.input).to_be_visible()
    await bot.do("sendMessage", chat_id=wang, text="回来啦")
    await expect(phone.bubble("回来啦")).to_be_visible()


async def test_leaving_and_joining_a_group(window: Window, people: SandboxClient, group: int, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await phone.go_to("城关志愿者")
    await expect(phone.root.locator("header")).to_contain_text("3 位成员")
    await phone.choose("更多", "退出群组")
    await expect(phone.root.locator(".service").last).to_have_text("王阿姨退出了群组")
    await expect(phone.root.locator("header")).to_contain_text("2 位成员")
    await phone.button("加入群组").click()
    await expect(phone.input).to_be_visible()
    assert wang in [one["user"]["id"] for one in (await people.chat(group))["members"] if one["status"] == "member"]


async def test_members_are_made_admins_and_removed(window: Window, people: SandboxClient, group: int, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await phone.go_to("城关志愿者")
    await phone.choose("更多", "群成员")
    dialog = window.page.get_by_role("dialog")
    line = dialog.get_by_role("listitem").filter(has_text="王阿姨")
    await line.get_by_role("button", name="设为管理员").click()
    await expect(line).to_contain_text("管理员")
    await expect(line.get_by_role("button", name="取消管理员")).to_be_visible()
    await line.get_by_role("button", name="移出").click()
    await expect(line.get_by_role("button", name="添加")).to_be_visible()
    status = {one["user"]["id"]: one["status"] for one in (await people.chat(group))["members"]}
    assert status[wang] == "kicked"


async def test_a_new_person_and_a_new_group(window: Window, people: SandboxClient, wang: int) -> None:
    await window.open((wang, None))
    dialog = window.page.get_by_role("dialog")
    await window.page.get_by_role("button", name="人物和群组").click()
    await dialog.get_by_text("添加人物").click()
    await dialog.get_by_label("名字").fill("赵大爷")
    await dialog.get_by_role("button", name="添加", exact=True).click()
    phone = window.phone(1)
    await expect(phone.root).to_contain_text("赵大爷的手机")
    await phone.button("开始").click()
    await window.page.get_by_role("button", name="人物和群组").click()
    await dialog.get_by_text("新建群组").click()
    await dialog.get_by_label("群名").fill("河街志愿者")
    await dialog.get_by_role("checkbox", name="赵大爷").check()
    await dialog.get_by_role("button", name="添加", exact=True).click()
    await expect(phone.title).to_have_text("河街志愿者")
    await phone.say("大家好")
    await expect(phone.bubble("大家好")).to_be_visible()
    [group] = [chat for chat in await people.chats() if chat["id"] < 0]
    assert {one["status"] for one in group["members"]} == {"creator", "administrator"}


async def test_a_phone_shows_whoever_is_chosen(window: Window, li: int, wang: int) -> None:
    first, second = await window.open((wang, None), (li, None))
    await first.root.get_by_role("button", name="王阿姨的手机").click()
    await first.root.get_by_role("menuitem", name="小李").click()
    await expect(first.root).to_contain_text("小李的手机")
    await second.root.get_by_role("button", name="关掉这部手机").click()
    await expect(window.page.locator(".phone")).to_have_count(1)
    await window.page.get_by_role("button", name="再开一部手机").click()
    await expect(window.phone(1).root).to_contain_text("王阿姨的手机")
    await window.page.reload()
    await expect(window.page.locator(".phone .owner")).to_have_text(["小李的手机", "王阿姨的手机"])


async def test_what_comes_elsewhere_is_counted(window: Window, bot: RawBot, group: int, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await bot.do("sendMessage", chat_id=group, text="群里的话")
    await expect(phone.root.locator("header .badge")).to_have_text("1")
    await phone.go_to("城关志愿者")
    await expect(phone.root.locator("header .badge")).to_have_count(0)
    await expect(phone.bubble("群里的话")).to_be_visible()


async def test_the_calls_panel_shows_a_refused_call(window: Window, bot: RawBot, wang: int) -> None:
    await window.open((wang, None))
    toggle = window.page.get_by_role("button", name="接口记录")
    panel = window.page.locator("#calls")
    await expect(panel).to_be_hidden()
    await bot.refused("sendMessage", chat_id=4711, text="给谁？")
    await expect(toggle).to_contain_text("1")
    await toggle.click()
    refused = panel.locator(".call.refused")
    await expect(refused).to_contain_text("400")
    await expect(refused).to_contain_text("chat not found")
    await bot.do("sendMessage", chat_id=wang, text="您好")
    newest = panel.locator(".call").first
    await expect(newest).to_contain_text("sendMessage")
    await expect(newest).to_contain_text("王阿姨")
    await newest.locator("summary").click()
    await expect(newest.locator("pre")).to_contain_text('"text": "您好"')
    await panel.get_by_label("只看被拒的").check()
    await expect(panel.locator(".call")).to_have_count(1)


async def test_the_calls_panel_reads_the_town_s_clock_and_goes_with_escape(
    narrow: Window, people: SandboxClient, bot: RawBot, wang: int
) -> None:
    [phone] = await narrow.open((wang, None))
    toggle = narrow.page.get_by_role("button", name="接口记录")
    panel = narrow.page.locator("#calls")
    await people.set_clock(speed=0)
    await people.advance(5 * 3600)
    await toggle.click()
    await bot.do("sendMessage", chat_id=wang, text="您好")
    await expect(panel.locator(".call time").first).to_have_text(re.compile(r"^14:0\d:"))
    await expect(narrow.page.get_by_role("group", name="时钟")).to_be_in_viewport(ratio=1)  # nothing of the bar is covered
    await panel.locator(".call summary").first.click()
    await narrow.page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(toggle).to_be_focused()
    await expect(phone.bubble("您好")).to_be_visible()
    await toggle.click()
    await toggle.click()
    await expect(panel).to_be_hidden()


async def test_groups_and_the_bot_s_name_stand_beside_the_people(
    window: Window, bot: RawBot, li: int, wang: int, group: int
) -> None:
    [phone, *_] = await window.open((wang, None))
    await expect(phone.root.locator("header")).to_contain_text("@wish_bot")
    dialog = window.page.get_by_role("dialog", name="人物和群组")
    await window.page.get_by_role("button", name="人物和群组").click()
    await expect(dialog.get_by_role("listitem").filter(has_text="心愿")).to_contain_text("@wish_bot")
    line = dialog.get_by_role("listitem").filter(has_text="城关志愿者")
    await expect(line).to_contain_text("3 位成员")
    await line.get_by_role("button", name="群成员").click()
    await expect(window.page.get_by_role("dialog", name="群成员")).to_contain_text("小李")
    await window.page.keyboard.press("Escape")
    await line.get_by_role("button", name="打开群聊").click()
    await expect(dialog).to_have_count(0)
    await expect(phone.title).to_have_text("城关志愿者")


async def test_a_new_tab_and_a_restarted_world_go_on_where_the_last_page_was(
    chromium: Browser, kept: list[Sandbox], session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    people, bot = SandboxClient(kept[0].url, session), RawBot(kept[0].url, session, TOKEN)
    await bot.do("getMe")
    for id, name in ((1001, "王阿姨"), (1002, "小李")):
        await people.add_user(name, id=id)
        await people.say(id, "/start")
    steps = [
        {
            "title": {"zh": f"第{n}件"},
            "text": {"zh": "说一声"},
            "person": 1001,
            "chat": None,
            "actions": [{"person": 1001, "chat": None, "say": f"话{n}"}],
            "done": {"person": 1001, "chat": None, "says": f"话{n}"},
        }
        for n in (1, 2, 3)
    ]
    await people.post("stage", title="点亮", windows=[{"person": 1001, "chat": None}], tour=steps)
    async with look(chromium, kept[0].url) as window:
        window.may_fail = True
        tour = window.page.locator("#tour")
        [phone] = await window.open((1001, None))
        await tour.locator(".act").click()
        await expect(tour).to_contain_text("这一步完成了")
        await tour.locator(".next").click()
        await phone.root.get_by_role("button", name="王阿姨的手机").click()
        await phone.root.get_by_role("menuitem", name="小李").click()
        await kept[0].stop()
        await window.page.close()
        kept.append(Sandbox(rate_scale=1e6, keep=tmp_path / "world"))
        await kept[1].start(port=int(kept[0].url.rpartition(":")[2]))
        again = await window.page.context.new_page()
        await again.goto(window.url)
        await expect(again.locator("#tour")).to_contain_text("第2件")
        await expect(again.locator("#tour .steps i.done")).to_have_count(1)
        await expect(again.locator(".phone .owner")).to_have_text(["小李的手机"])
        await SandboxClient(kept[1].url, session).post("stage", title="点亮", tour=steps)  # another one: nothing is remembered
        await expect(again.locator("#tour")).to_contain_text("第1件")
        await expect(again.locator("#tour .steps i.done")).to_have_count(0)


async def test_four_phones_fit_side_by_side(window: Window, people: SandboxClient, bot: RawBot, wang: int, li: int) -> None:
    await people.post("stage", title="点亮", windows=[{"person": wang, "chat": None}, {"person": li, "chat": None}] * 2)
    await window.open((wang, None))
    await expect(window.page.locator(".phone")).to_have_count(4)
    assert await window.page.locator("#phones").evaluate("it => it.scrollWidth <= it.clientWidth")
    assert await window.page.title() == "点亮"


async def test_a_narrow_screen_shows_one_phone_at_a_time(narrow: Window, bot: RawBot, li: int, wang: int) -> None:
    first, second = await narrow.open((wang, None), (li, None))
    await expect(first.root).to_be_visible()
    await expect(second.root).to_be_hidden()
    await bot.do("sendMessage", chat_id=wang, text="看得见的")
    tabs = narrow.page.get_by_role("tab")
    await tabs.filter(has_text="小李").click()
    await expect(second.root).to_be_visible()
    await expect(first.root).to_be_hidden()
    await bot.do("sendMessage", chat_id=wang, text="没看见的")
    await expect(tabs.filter(has_text="王阿姨").locator(".badge")).to_have_text("1")
    await tabs.filter(has_text="王阿姨").click()
    await expect(tabs.filter(has_text="王阿姨").locator(".badge")).to_have_count(0)
    assert await narrow.page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_the_page_speaks_english(window: Window, wang: int) -> None:
    [phone] = await window.open((wang, None))
    await window.page.get_by_role("button", name="English").click()
    await expect(phone.root).to_contain_text("王阿姨's phone")
    await expect(window.page.get_by_role("group", name="Clock")).to_contain_text("+10 min")
    await window.page.get_by_role("button", name="中文").click()
    await expect(phone.root).to_contain_text("王阿姨的手机")


async def test_an_empty_world_says_how_to_begin(window: Window, sandbox: Sandbox) -> None:
    await window.page.goto(window.url)
    await expect(window.page.locator("#phones")).to_contain_text("这里还没有人")
    await window.page.locator("#phones").get_by_role("button", name="人物和群组").click()
    await window.page.get_by_text("添加人物").click()
    await window.page.get_by_label("名字").fill("王阿姨")
    await window.page.get_by_role("button", name="添加", exact=True).click()
    await expect(window.phone(0).root).to_contain_text("还没有机器人连上来。")


async def test_a_bot_that_connects_later_is_noticed(
    window: Window, sandbox: Sandbox, people: SandboxClient, session: aiohttp.ClientSession
) -> None:
    await people.add_user("王阿姨", id=1001)
    [phone] = await window.open((1001, None))
    await expect(phone.root).to_contain_text("还没有机器人连上来。")
    await RawBot(sandbox.url, session, TOKEN).do("getMe")
    await phone.button("开始").click()
    await expect(phone.bubble("/start")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def kept(tmp_path: Path) -> AsyncIterator[list[Sandbox]]:
    """A kept sandbox, and whichever comes after it."""
    running = [Sandbox(rate_scale=1e6, clock_start=T0, keep=tmp_path / "world")]
    await running[0].start()
    yield running
    await running[-1].stop()


async def test_the_page_recovers_when_the_sandbox_restarts(
    chromium: Browser, kept: list[Sandbox], session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    people, bot = SandboxClient(kept[0].url, session), RawBot(kept[0].url, session, TOKEN)
    await bot.do("getMe")
    await people.add_user("王阿姨", id=1001)
    await people.say(1001, "/start")
    async with look(chromium, kept[0].url) as window:
        window.may_fail = True
        [phone] = await window.open((1001, None))
        await bot.do("sendMessage", chat_id=1001, text="停电以前")
        await expect(phone.bubble("停电以前")).to_be_visible()
        await kept[0].stop()
        await expect(window.page.get_by_text("和沙盒断开了")).to_be_visible()
        kept.append(Sandbox(rate_scale=1e6, keep=tmp_path / "world"))
        await kept[1].start(port=int(kept[0].url.rpartition(":")[2]))
        await bot.do("sendMessage", chat_id=1001, text="来电以后")
        await expect(phone.bubble("来电以后")).to_be_visible()
        await expect(phone.bubble("停电以前")).to_be_visible()
        await expect(window.page.get_by_text("和沙盒断开了")).to_be_hidden()
        await phone.say("我还在")
        await expect(phone.bubble("我还在")).to_be_visible()
        async with asyncio.timeout(5):
            assert (await bot.updates("message"))[-1]["text"] == "我还在"
