"""Photos, voices, files, places on the map: counted, kept from groups, understood without words."""

from bot.composition import App
from rules.lifecycle import Kind, State
from tests.stories.test_claims import LAMP
from tests.stories.town import FILES, Actor, Town
from words import talk

PLACE = {"latitude": 32.83, "longitude": 109.36}


async def hand_in(town: Town, secretary: Actor, author: Actor) -> None:
    await author.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")


async def test_a_photo_alone_is_sorted_by_button_looked_at_and_posted_without_it(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.photo()
    assert "拿不准" in await wang.last()
    assert "照片 1 张" in await wang.last()
    await wang.tap("便民维修")
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING
    await secretary.tap("通过")
    assert "便民维修" in await li.last(group)
    assert not any("photo" in message for message in await li.messages(group))
    await li.tap("认领", group)
    assert any("photo" in message for message in await li.messages())
    assert "没有文字" in await li.last()


async def test_a_place_alone_is_a_wish_whose_numbers_nobody_reads(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.send(location=PLACE)
    assert "位置 1 处" in await wang.last()
    assert not any("公开文字" in label for label in await wang.buttons())
    await wang.tap("便民维修")
    await wang.tap("提交")
    wish = await town.wish()
    assert (wish.state, wish.public_text) == (State.REVIEWING, "")
    await secretary.tap("通过")
    assert "32.8" not in await li.last(group)
    await li.tap("认领", group)
    assert "📍 32.83000, 109.36000" in await li.last()


async def test_a_place_beside_words_is_no_part_of_what_the_public_reads(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    category = (await town.wish()).category
    await wang.tap("公开文字")
    await wang.send(location=PLACE)
    assert "已隐去" not in await wang.last()
    wish = await town.wish()
    assert (wish.public_text, wish.published, wish.category) == (LAMP, True, category)
    assert "32.83000" in wish.text


async def test_photos_never_reach_a_group_whatever_is_public(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await town.people.send_album(wang.id, [{"photo": True, "caption": LAMP}, {"photo": True}])
    await town.settle()
    await wang.tap("公开文字")
    await hand_in(town, secretary, wang)
    assert LAMP in await li.last(group)
    await li.tap("认领", group)
    assert sum("photo" in message for message in await li.messages()) == 2
    calls = [call for call in await town.people.calls() if call["method"].lower() in ("sendphoto", "sendmediagroup")]
    assert {call["payload"]["chat_id"] for call in calls} == {li.id}
    assert all(call["payload"]["protect_content"] for call in calls)


async def test_voices_are_counted_and_reach_the_helper(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await wang.send(voice=True)
    await wang.send(voice=True)
    assert "语音 2 段" in await wang.last()
    await hand_in(town, secretary, wang)
    await li.tap("认领", group)
    assert sum("voice" in message for message in await li.messages()) == 2
    assert "语音 2 段" in await li.last()


async def test_a_file_is_a_file(town: Town, wang: Actor) -> None:
    await wang.send(document=True, caption=LAMP)
    assert "文件 1 个" in await wang.last()
    assert "照片" not in await wang.last()


async def test_start_greets_with_three_lines_and_one_button(town: Town, wang: Actor) -> None:
    greeting = (await wang.messages())[0]
    assert len(greeting["text"].split("\n")) == 3
    assert [[button["text"] for button in row] for row in greeting["reply_markup"]["inline_keyboard"]] == [["💡 说说我的心愿"]]
    await wang.tap("说说我的心愿")
    assert "我听着" in await wang.last()
    await wang.say(LAMP)
    assert (await town.wish()).state is State.DRAFT


async def test_the_menu_of_commands_is_set(town: Town) -> None:
    await town.app.stop()
    town.app = App(town.app.settings, files=FILES, commands=talk.menu)  # as `wishlight run` does
    await town.app.start()
    calls = [call["payload"] for call in await town.people.calls() if call["method"].lower() == "setmycommands"]
    assert calls
    assert all({"start", "my", "help"} <= {row["command"] for row in payload["commands"]} for payload in calls)


async def test_a_complaint_and_an_emergency_in_english(town: Town, secretary: Actor) -> None:
    anna = await town.person("Anna", language="en")
    await anna.say("投诉楼下烧烤店，每天半夜还在放音响，吵得睡不着")
    assert "not posted to volunteers" in await anna.last()
    await anna.tap("Send")
    assert (await town.wish()).kind is Kind.COMPLAINT
    await secretary.tap("受理")
    assert await anna.heard("is finding somebody")
    await anna.say("My house is on fire")
    assert "Call at once: 119" in await anna.last()
    assert "Where are you?" in await anna.last()
    assert await secretary.heard("火情")
    await anna.say("third floor, building 3")
    assert "third floor" in await secretary.last()
