"""Words that are not submitted yet: they join, they change, they survive, they are never lost."""

import asyncio

import pytest
from sqlalchemy import select

from rules.lifecycle import Kind, State
from storage.models import Group, Line, Timeline, Wish
from tests.stories.town import Actor, Town

LAMP = "厨房的灯泡坏了，想请人帮忙换一下"


async def test_further_words_join_the_open_draft_and_its_card_is_edited(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    before = len(await wang.messages())
    await wang.say("我住菜湾社区")
    assert len(await wang.messages()) == before
    assert "菜湾社区" in await wang.last()
    assert (await town.wish()).text == f"{LAMP}\n我住菜湾社区"
    assert len(await town.rows(select(Wish))) == 1


async def test_a_button_starts_another_one(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("另说一件")
    await wang.say("想找人帮忙代买一袋米")
    first, second = await town.rows(select(Wish).order_by(Wish.id))
    assert (first.state, second.state) == (State.DRAFT, State.DRAFT)
    assert second.text == "想找人帮忙代买一袋米"
    await wang.say("要十斤的")
    assert (await town.wish(second.id)).text.endswith("要十斤的")


async def test_photos_of_an_album_join_one_draft(town: Town, wang: Actor) -> None:
    await town.people.send_album(
        wang.id, [{"photo": True, "caption": "楼道的灯坏了，晚上看不见"}, {"photo": True}, {"photo": True}]
    )
    await town.settle()
    lines = await town.rows(select(Line))
    assert [line.media for line in lines] == ["photo"] * 3
    assert len({line.album for line in lines}) == 1
    assert len(await town.rows(select(Wish))) == 1
    assert "照片 3 张" in await wang.last()


async def test_a_voice_message_gets_a_category_by_button_and_can_be_heard(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.send(voice=True)
    assert "拿不准" in await wang.last()
    await wang.tap("便民维修")
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING
    await secretary.tap("全文、照片、语音")
    assert any("voice" in message for message in await secretary.messages())


async def test_an_edited_message_is_read_anew(town: Town, wang: Actor) -> None:
    sent = await wang.say(LAMP)
    await town.people.edit(wang.id, sent["message_id"], text="想学用智能手机，孩子不在身边")
    await town.settle()
    wish = await town.wish()
    assert wish.text == "想学用智能手机，孩子不在身边"
    assert wish.category != "home_repair"


async def test_editing_after_publication_is_answered_with_what_to_do(town: Town, secretary: Actor, wang: Actor) -> None:
    sent = await wang.say(LAMP)
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    await town.people.edit(wang.id, sent["message_id"], text="别的")
    await town.settle()
    assert "补充" in await wang.last()
    assert (await town.wish()).text == LAMP


async def test_a_restart_in_the_middle_of_a_draft_loses_nothing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await town.restart()
    await wang.say("13812345678，菜湾 3 栋")
    assert (await town.wish()).contact == "13812345678，菜湾 3 栋"
    await wang.tap("提交")
    assert (await town.wish()).state in (State.REVIEWING, State.OPEN)


async def test_ten_minutes_after_the_last_word_the_author_is_asked(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await town.advance(minutes=9)
    assert not await wang.heard("要帮您提交吗")
    await town.advance(minutes=2)
    assert await wang.heard("要帮您提交吗")
    await wang.tap("提交")
    assert (await town.wish()).state in (State.REVIEWING, State.OPEN)


async def test_a_draft_nobody_submits_goes_to_the_reviewers_unpublished(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    await wang.say(LAMP)
    await wang.tap("公开文字")
    await town.live_through(hours=26)
    wish = await town.wish()
    assert wish.state is State.REVIEWING
    assert not wish.published
    assert await wang.heard("先交给社区看了")
    assert await secretary.heard(LAMP)
    assert not await secretary.heard(LAMP, group)


async def test_submitting_twice_changes_nothing_the_second_time(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    card = (await wang.messages())[-1]
    await wang.tap("提交")
    steps = len(await town.rows(select(Timeline)))
    answer = await wang.press(card["message_id"], f"w:submit:{(await town.wish()).id}", forge=True)
    assert "晚了一步" in answer["text"]
    assert answer["show_alert"]
    assert len(await town.rows(select(Timeline))) == steps


async def test_what_the_public_sees_is_shown_exactly_and_hides_private_pieces(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say("厨房的灯泡坏了，请打 13812345678 找王桂芬，我住 3 栋 2 单元 401")
    await wang.tap("公开文字")
    shown = await wang.last()
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    posted = await li.last(group)
    assert "13812345678" not in posted
    assert "401" not in posted
    assert (await town.wish()).public_text in shown
    assert (await town.wish()).public_text in posted


async def test_without_a_yes_the_group_sees_category_and_community_only(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    posted = await li.last(group)
    assert "灯泡" not in posted
    assert "王阿姨" not in posted
    assert "便民维修" in posted


async def test_the_longest_message_is_taken_and_too_many_are_refused_kindly(town: Town, wang: Actor) -> None:
    await wang.say("灯" * 4096)
    assert "我是这样理解的" in await wang.last()
    await wang.say("泡" * 3800)
    await wang.say("坏" * 4096)
    assert "太长了" in await wang.last()
    assert len(await town.rows(select(Line))) == 2


@pytest.mark.parametrize("content", [{"sticker": True}])
async def test_a_sticker_gets_a_sensible_answer(town: Town, wang: Actor, content: dict[str, bool]) -> None:
    await wang.send(**content)
    assert "看不懂" in await wang.last()
    assert await town.rows(select(Wish)) == []


async def test_an_unknown_command_and_a_command_in_the_wrong_chat(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("/nonsense")
    assert "/help" in await wang.last()
    await wang.say("/bind")
    assert "群里" in await wang.last()
    group = await town.group("城关志愿者", wang)
    await wang.say("/my", group)
    assert "私聊里说" in await wang.last(group)
    assert await town.rows(select(Wish)) == []


async def test_help_my_privacy_and_cancel_answer(town: Town, wang: Actor) -> None:
    for command, words in {"/help": "直接写下", "/my": "还没有心愿", "/privacy": "境外", "/cancel": "您的心愿"}.items():
        await wang.say(command)
        assert words in await wang.last(), command


async def test_withdrawing_asks_once_more_and_then_ends_it(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("不办了")
    await wang.tap("← 返回")
    assert (await town.wish()).state is State.DRAFT
    await wang.tap("不办了")
    await wang.tap("是的，不办了")
    assert (await town.wish()).state is State.WITHDRAWN
    await wang.say("另外想借一个轮椅")
    assert len(await town.rows(select(Wish))) == 2


async def test_a_reply_to_a_card_adds_to_that_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    card = (await wang.messages())[-1]
    await wang.tap("提交")
    await wang.say("是螺口的", reply_to_message_id=card["message_id"])
    wish = await town.wish()
    assert len(await town.rows(select(Wish))) == 1
    assert "是螺口的" in wish.text
    assert "已加到" in await wang.last()


async def test_the_category_can_be_changed_before_submitting(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("改类别")
    await wang.tap("为老服务")
    assert "为老服务" in await wang.last()
    await wang.say("最好周末来")
    assert (await town.wish()).category == "elder_care"


async def test_the_kind_can_be_changed_and_a_complaint_says_it_is_not_posted(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("改类别")
    await wang.tap("投诉")
    assert (await town.wish()).kind is Kind.COMPLAINT
    assert "不发到志愿者群" in await wang.last()


async def test_the_community_is_chosen_by_button_and_remembered(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("选社区")
    await wang.tap("菜湾社区")
    assert "菜湾社区" in await wang.last()
    await wang.tap("提交")
    await wang.say("想找人帮忙理发")
    assert (await town.wish()).area_code == "cg-07"


async def test_a_forged_button_on_somebody_elses_wish_changes_nothing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    wish = await town.wish()
    zhao = await town.person("小赵")
    forged = [f"w:{do}:{wish.id}" for do in ("submit", "publish", "story", "approve", "media", "take", "calm", "sure-withdraw")]
    forged += [f"o:{wish.id}", f"c:{wish.id}:errands", f"q:{wish.id}:thanks", f"a:{wish.id}:cg-01", f"y:{wish.id}:{zhao.id}"]
    forged += [f"s:{wish.id}:5", f"j:{wish.id}:close:solved", f"k:{wish.id}", "w:submit:999999"]
    forged += ["v:101:1", "h:deliver:1", "t:1:2", "n:review:0"]
    for data in forged:
        answer = await zhao.forge(data)
        assert answer.get("text"), data
        assert LAMP not in await zhao.last(), data
    for data in ("b:cg-01:0", "g:cg-01:volunteers"):  # outside of a group these are no buttons at all
        await zhao.forge(data)
    assert await town.rows(select(Group)) == []
    after = await town.wish()
    assert (after.state, after.published, after.category) == (State.DRAFT, False, wish.category)


async def test_a_garbled_button_is_answered_and_changes_nothing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    for data in ("w:submit:x", "nonsense", "w", "w:unknown:1", "t:1:999999"):
        await wang.forge(data)
    assert (await town.wish()).state is State.DRAFT


async def test_two_people_write_at_once_and_both_are_heard(town: Town, wang: Actor) -> None:
    li = await town.person("李伯")
    await asyncio.gather(*(town.people.say(who.id, f"{LAMP}，{who.name}第{n}次") for n in range(3) for who in (wang, li)))
    await town.settle()
    for who in (wang, li):
        (wish,) = await town.rows(select(Wish).where(Wish.author_id == who.id))
        assert wish.text.split("\n") == [f"{LAMP}，{who.name}第{n}次" for n in range(3)]
    assert len(await town.rows(select(Line))) == 6


async def test_a_stale_question_does_not_swallow_the_next_wish(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.tap("不办了")
    await wang.tap("是的，不办了")
    await wang.say("想请人修一下水管")
    assert (await town.wish()).text == "想请人修一下水管"


async def test_after_submitting_words_are_a_new_wish_and_no_late_answer(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("留电话地址")
    await wang.tap("提交")
    await wang.say("另外我婆婆瘫痪在床，想请人来帮忙洗澡")
    first, second = await town.rows(select(Wish).order_by(Wish.id))
    assert (first.contact, second.text) == (None, "另外我婆婆瘫痪在床，想请人来帮忙洗澡")


async def test_a_second_tap_on_hide_does_not_show(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.tap("公开文字")
    wish = await town.wish()
    for _ in range(2):
        await wang.forge(f"w:unpublish:{wish.id}")
        assert not (await town.wish()).published


async def test_a_place_that_was_chosen_stays_chosen(town: Town, wang: Actor) -> None:
    await wang.say(f"我在河街社区，{LAMP}")
    await wang.tap("选社区")
    await wang.tap("东关社区")
    await wang.say("最好周末来")
    assert (await town.wish()).area_code == "cg-04"


async def test_editing_cannot_make_a_draft_longer_than_it_may_be(town: Town, wang: Actor) -> None:
    sent = [await wang.say(f"{LAMP}{n}") for n in range(3)]
    for message in sent:
        await town.people.edit(wang.id, message["message_id"], text="灯" * 4000)
    await town.settle()
    assert "太长了" in await wang.last()
    assert len((await town.wish()).text) <= 8_100


async def test_a_number_that_no_database_holds_is_no_button(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.forge("k:99999999999999999999999")
    await wang.forge("s:1:-5")
    assert (await town.wish()).state is State.DRAFT


async def test_a_category_that_the_taxonomy_lost_traps_nothing(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    number = (await town.wish()).id
    async with town.app.transactions.begin() as session:
        (await session.get_one(Wish, number)).category = "gone"
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING


async def test_text_with_markup_is_shown_as_it_was_written(town: Town, wang: Actor) -> None:
    await wang.say("<b>灯泡</b> & <script>坏了</script>")
    assert "<script>坏了</script>" in await wang.last()


async def test_nothing_is_refused_by_telegram_in_a_busy_draft(town: Town, wang: Actor) -> None:
    await wang.say(LAMP)
    for label in ("公开文字", "改为不公开文字", "公开文字", "署名", "改为匿名", "改类别", "← 返回"):
        await wang.tap(label)
    assert await town.refused_calls() == []
