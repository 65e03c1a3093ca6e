"""审核 and what is never posted: complaints, questions, emergencies."""

import pytest
from sqlalchemy import select

from rules.lifecycle import ClaimState, Kind, State
from storage.models import Claim, Timeline, Wish
from tests.stories.test_claims import LAMP, open_wish
from tests.stories.town import ADMIN, Actor, Town

NOISE = "投诉楼下烧烤店，每天半夜还在放音响，吵得睡不着，找物业也不管"
QUESTION = "请问高龄补贴在哪里办，需要带什么材料？"
GAS = "家里煤气泄漏了，味道很大，头晕"


async def submitted(town: Town, author: Actor, text: str) -> Wish:
    await author.say(text)
    await author.tap("提交")
    return await town.wish()


async def test_a_complaint_never_reaches_volunteers_and_is_solved_by_an_officer(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await li.messages(group))
    wish = await submitted(town, wang, NOISE)
    assert (wish.kind, wish.state) == (Kind.COMPLAINT, State.REVIEWING)
    await secretary.tap("受理")
    assert (await town.wish()).state is State.OPEN
    await li.say("/open")
    assert "没有等人认领" in await li.last()
    assert "这一步要社区来办" in (await li.forge(f"k:{wish.id}"))["text"]
    await secretary.tap("交给别人")
    assert not any("小李" in label for label in await secretary.buttons())
    await secretary.tap("陈姐")
    assert await chen.heard("这件事交给您办")
    assert (await town.wish()).state is State.CLAIMED
    await chen.tap("办好了")
    await chen.say("已和店家谈好，十点后关音响")
    await chen.tap("2 小时")
    await wang.tap("👍 办好了")
    assert (await town.wish()).state is State.FULFILLED
    await town.live_through(days=3)
    assert len(await li.messages(group)) == before
    assert not await li.heard("烧烤")


async def test_a_question_is_answered_and_closed(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await submitted(town, wang, QUESTION)
    assert (wish.kind, wish.state) == (Kind.QUESTION, State.REVIEWING)
    await secretary.tap("答复")
    await secretary.say("带身份证和户口本到社区一楼窗口，周一到周五都可以")
    assert (await town.wish()).state is State.CLOSED
    assert "一楼窗口" in await wang.last()
    assert "已答复" in await secretary.last()


async def test_a_rejection_gives_a_kind_reason(town: Town, secretary: Actor, wang: Actor) -> None:
    await submitted(town, wang, NOISE)
    await secretary.tap("不通过")
    await secretary.tap("12345")
    wish = await town.wish()
    assert (wish.state, wish.answer) == (State.REJECTED, "@reason-not-ours")
    assert "12345" in await wang.last()


async def test_a_reviewer_may_reject_in_their_own_words(town: Town, secretary: Actor, wang: Actor) -> None:
    await submitted(town, wang, NOISE)
    await secretary.tap("不通过")
    await secretary.tap("自己写")
    await secretary.say("这家店上周已经整改过，请再看几天")
    assert (await town.wish()).state is State.REJECTED
    assert "再看几天" in await wang.last()


async def test_two_reviewers_do_not_collide(town: Town, secretary: Actor, chen: Actor, wang: Actor) -> None:
    await submitted(town, wang, NOISE)
    await chen.tap("不通过")
    await secretary.tap("受理")
    assert "晚了一步" in (await chen.forge(f"j:{(await town.wish()).id}:reject:unclear"))["text"]
    assert (await town.wish()).state is State.OPEN
    events = [row.event for row in await town.rows(select(Timeline))]
    assert events.count("approve") == 1


async def test_a_reviewer_edits_the_public_text_and_numbers_stay_hidden(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish = await open_wish(town, secretary, wang)
    await secretary.forge(f"o:{wish.id}")
    await secretary.tap("改公开文字")
    await secretary.say("独居老人厨房灯坏了，电话 13812345678")
    posted = await li.last(group)
    assert "独居老人厨房灯坏了" in posted
    assert "13812345678" not in posted


async def test_a_reviewer_closes_an_open_wish_with_a_reason(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    wish = await open_wish(town, secretary, wang)
    await li.tap("认领", group)
    await secretary.forge(f"o:{wish.id}")
    await secretary.tap("办结")
    await secretary.tap("已经解决了")
    assert (await town.wish()).state is State.CLOSED
    assert (await town.rows(select(Claim)))[0].state is ClaimState.RELEASED
    assert await li.heard("不用去了")
    assert "已办结" in await li.last(group)
    assert await wang.heard("已经解决了")


async def test_an_admin_assigns_a_wish_to_a_volunteer_by_hand(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish = await open_wish(town, secretary, wang)
    await secretary.forge(f"o:{wish.id}")
    await secretary.tap("交给别人")
    await secretary.tap("小李")
    assert await li.heard(LAMP)
    (claim,) = await town.rows(select(Claim))
    assert (claim.person_id, claim.assigned_by) == (li.id, secretary.id)


async def test_the_review_list_shows_what_waits_and_then_that_all_is_done(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await submitted(town, wang, NOISE)
    await secretary.say("/review")
    assert f"#{wish.id}" in await secretary.last()
    await secretary.tap(f"看 #{wish.id}")
    await secretary.tap("不通过")
    await secretary.tap("没太看明白")
    await secretary.say("/review")
    assert "都处理完了" in await secretary.last()
    await wang.say("/review")
    assert "这一步要社区来办" in await wang.last()


async def test_a_reviewers_group_gets_the_card_and_an_admin_decides_there(town: Town, secretary: Actor, wang: Actor) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    await submitted(town, wang, NOISE)
    assert "烧烤店" in await secretary.last(room)
    assert not await secretary.heard("烧烤店")
    assert "要由别人来办" in (await wang.forge(f"w:approve:{(await town.wish()).id}"))["text"]
    await secretary.tap("受理", room)
    assert (await town.wish()).state is State.OPEN


async def test_an_emergency_gets_the_number_at_once_and_an_officer_takes_it(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await li.messages(group))
    await wang.say(GAS)
    assert "119" in await wang.last()
    assert "开窗" in await wang.last()
    wish = await town.wish()
    assert (wish.kind, wish.state) == (Kind.EMERGENCY, State.OPEN)
    assert await secretary.heard("燃气泄漏")
    assert not await chen.heard("燃气泄漏")
    await town.advance(minutes=6)
    assert await chen.heard("燃气泄漏")
    await chen.tap("我来处理")
    assert (await town.wish()).state is State.CLAIMED
    assert "陈姐已经接手" in await wang.last()
    assert "陈姐已接手" in await secretary.last()
    assert "晚了一步" in (await secretary.forge(f"w:take:{wish.id}"))["text"]
    await chen.tap("办结")
    await chen.tap("情况平安")
    assert (await town.wish()).state is State.CLOSED
    assert len(await li.messages(group)) == before


async def test_a_cry_for_help_after_a_long_account_is_heard(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("我想说说我们楼的事。" + "楼道的灯时亮时不亮，大家上下楼都不方便。" * 40)
    assert (await town.wish()).state is State.DRAFT
    await wang.say(GAS)
    assert "119" in await wang.last()
    assert (await town.wish()).kind is Kind.EMERGENCY


@pytest.mark.parametrize("first", ["补充", "留电话地址"])
async def test_a_cry_for_help_is_heard_whatever_was_asked(town: Town, secretary: Actor, wang: Actor, first: str) -> None:
    await wang.say(LAMP)
    if first == "补充":
        await wang.tap("提交")
    await wang.tap(first)
    await wang.say("我家着火了，快来救命")
    assert "119" in await wang.last()
    assert await secretary.heard("火情")
    wish = await town.wish()
    assert (wish.kind, wish.state, wish.contact) == (Kind.EMERGENCY, State.OPEN, None)
    await wang.say("火越来越大了，家里着火了")
    assert len(await town.rows(select(Wish).where(Wish.kind == Kind.EMERGENCY))) == 1


async def test_words_corrected_into_a_cry_for_help_alarm(town: Town, secretary: Actor, wang: Actor) -> None:
    sent = await wang.say(NOISE)
    await wang.tap("提交")
    await town.people.edit(wang.id, sent["message_id"], text="隔壁着火了，里面有老人")
    await town.settle()
    assert "119" in await wang.last()
    assert await secretary.heard("火情")


async def test_a_complaint_whose_words_are_corrected_stays_a_complaint(town: Town, secretary: Actor, wang: Actor) -> None:
    sent = await wang.say(NOISE)
    await wang.tap("提交")
    await town.people.edit(wang.id, sent["message_id"], text=f"{NOISE}，已经一个月了")
    await town.settle()
    assert (await town.wish()).kind is Kind.COMPLAINT


async def test_with_nobody_to_wake_the_resident_is_told_the_truth(town: Town, wang: Actor) -> None:
    await wang.say(GAS)
    assert "联系不上社区" in await wang.last()
    secretary = await town.person("张书记", id=ADMIN)
    await town.advance(minutes=6)
    assert await secretary.heard("燃气泄漏")
    assert "已经叫了社区" in await wang.last()


async def test_a_hello_is_no_complaint(town: Town, wang: Actor) -> None:
    await wang.say("你好")
    await wang.tap("这是要办的事")
    assert (await town.wish()).kind is Kind.WISH


async def test_a_long_wish_reaches_its_claimant_whole(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await open_wish(town, secretary, wang, LAMP + "。" + "楼道里也很暗，" * 500 + "最后一句话")
    await li.tap("认领", group)
    assert await li.heard("最后一句话")


async def test_a_video_reaches_the_claimant(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.send(video=True, caption=LAMP)
    assert "视频 1 段" in await wang.last()
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    await li.tap("认领", group)
    assert any("video" in message for message in await li.messages())
    assert await town.refused_calls() == []


async def test_a_wish_moved_to_another_community_moves_its_post(town: Town, secretary: Actor, wang: Actor) -> None:
    here, there = await town.group("河街志愿者", area="河街社区"), await town.group("菜湾志愿者", area="菜湾社区")
    await wang.say(f"我住河街社区，{LAMP}")
    await wang.tap("提交")
    wish = await town.wish()
    if wish.state is State.REVIEWING:
        await secretary.tap("通过")
    assert "等人认领" in await secretary.last(here)
    await secretary.forge(f"a:{wish.id}:cg-07")
    assert "归别的社区" in await secretary.last(here)
    assert "等人认领" in await secretary.last(there)


async def test_the_group_reads_the_community_and_not_the_grid(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    await wang.say(f"我住河街社区第三网格，{LAMP}")
    wish = await town.wish()
    assert wish.area_code == "cg-01-03"
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    assert "河街社区" in await secretary.last(group)
    assert "第三网格" not in await secretary.last(group)


async def test_the_timeline_speaks_words_and_no_codes(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await submitted(town, wang, NOISE)
    await secretary.forge(f"c:{wish.id}:sanitation")
    await secretary.forge(f"a:{wish.id}:cg-07")
    await town.live_through(hours=5)
    await wang.say("/my")
    await wang.tap("看 #1")
    await wang.tap("进展")
    story = await wang.last()
    assert "环境卫生" in story
    assert "菜湾社区" in story
    for code in ("sanitation", "cg-07", "reviewers"):
        assert code not in story


async def test_what_a_unit_serves_is_not_posted_without_a_reviewers_eye(town: Town, secretary: Actor, wang: Actor) -> None:
    group = await town.group("城关志愿者")
    before = len(await secretary.messages(group))
    await wang.say("希望在小区门口装一盏路灯，晚上太黑了")
    await wang.tap("改类别")
    await wang.tap("市政设施")
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING
    assert len(await secretary.messages(group)) == before


async def test_no_emergency_after_all_goes_to_the_reviewers(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(GAS)
    await wang.tap("不是紧急情况")
    wish = await town.wish()
    assert (wish.kind, wish.state) == (Kind.COMPLAINT, State.REVIEWING)  # read anew: a unit's matter
    await secretary.tap("不通过")
    await secretary.tap("没太看明白")
    assert (await town.wish()).state is State.REJECTED


async def test_an_emergency_with_nobody_to_wake_still_gives_the_number(town: Town, wang: Actor) -> None:
    await wang.say("着火了！三楼冒烟，快来人")
    assert "119" in await wang.last()
    assert (await town.wish()).state is State.OPEN


async def test_the_whole_story_in_english(town: Town, secretary: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    anna = await town.person("Anna", language="en")
    assert "This is how" not in await anna.last()
    assert "own words" in await anna.last()
    await anna.say(LAMP)
    assert "This is how I understand it" in await anna.last()
    await anna.tap("Show my words")
    await anna.tap("Send")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    await li.tap("认领", group)
    await li.tap("办好了")
    await li.tap("1 小时")
    await anna.tap("It is done")
    await anna.tap("4★")
    wish = await town.wish()
    assert (wish.state, wish.rating) == (State.FULFILLED, 4)
    await anna.say("/language")
    await anna.tap("中文")
    assert "说中文" in await anna.last()


async def test_an_anonymous_admin_is_asked_to_show_themselves(town: Town, secretary: Actor) -> None:
    chat = await town.people.add_group("城关志愿者", [secretary.id], admins=[secretary.id])
    await town.people.say(secretary.id, "/bind", chat["id"], anonymous=True)
    await town.settle()
    assert "匿名" in await secretary.last(chat["id"])


async def test_a_command_that_names_the_bot_is_understood_without_asking_telegram(town: Town, secretary: Actor) -> None:
    chat = await town.people.add_group("城关志愿者", [secretary.id])
    username = next(bot["username"] for bot in await town.people.bots())
    await secretary.say(f"/bind@{username}", chat["id"])
    assert "是哪里的群" in await secretary.last(chat["id"])


async def test_a_reviewers_group_that_becomes_a_volunteers_group_reads_nothing_new(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    await submitted(town, wang, NOISE)
    await secretary.say("/bind", room)
    await secretary.tap("城关镇", room)
    await secretary.tap("志愿者群", room)
    card = next(m for m in await wang.messages() if "补充" in str(m.get("reply_markup")))
    await wang.say("邻居住 3 号楼 402", reply_to_message_id=card["message_id"])
    assert not await secretary.heard("402", room)


async def test_only_admins_bind_groups(town: Town, secretary: Actor, wang: Actor) -> None:
    chat = await town.people.add_group("城关志愿者", [secretary.id, wang.id])
    await wang.say("/bind", chat["id"])
    assert "这一步要社区来办" in await wang.last(chat["id"])
    await secretary.say("/bind", chat["id"])
    assert "这一步要社区来办" in (await wang.tap("城关镇", chat["id"]))["text"]
