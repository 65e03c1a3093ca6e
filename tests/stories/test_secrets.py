"""What nobody else may read: drafts, words and photos of a wish that is over, words nobody said yes to, how a wish stands."""

import pytest

from rules.lifecycle import State
from tests.stories.scenes import claimed, opened
from tests.stories.test_claims import LAMP
from tests.stories.town import ADMIN, Actor, Town

NOT_THEIRS = ("这一步要社区来办。", "这件事不在您手上，要本人来点。")
SORROW = "我离婚了，心里难受，灯也坏了"


async def test_an_admin_reads_no_draft_and_nothing_that_was_never_sent_off(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.photo(SORROW)
    draft = await town.wish()
    taps = (f"o:{draft.id}", f"w:story:{draft.id}", f"w:media:{draft.id}")
    for tap in taps:
        assert (await secretary.forge(tap))["text"] in NOT_THEIRS
    await wang.tap("不办了")
    await wang.tap("是的")
    for tap in taps:
        assert (await secretary.forge(tap))["text"] in NOT_THEIRS
    assert (await town.wish()).state is State.WITHDRAWN
    assert not await secretary.heard("离婚")
    assert not any("photo" in message for message in await secretary.messages())


async def test_what_was_sent_off_an_admin_reads(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.photo(SORROW)
    await wang.tap("提交")
    await secretary.forge(f"o:{(await town.wish()).id}")
    assert await secretary.heard("离婚")


async def test_a_helper_who_is_done_gets_no_photos_any_more(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.photo(LAMP)
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    wish = await town.wish()
    await li.tap("认领", group)
    photos = sum("photo" in message for message in await li.messages())
    assert photos == 1
    await li.forge(f"w:media:{wish.id}")
    assert sum("photo" in message for message in await li.messages()) == 2
    await li.tap("办好了")
    await li.tap("1 小时")
    assert "这一步要社区来办" in (await li.forge(f"w:media:{wish.id}"))["text"]
    await wang.tap("👍 办好了")
    assert "这一步要社区来办" in (await li.forge(f"w:media:{wish.id}"))["text"]
    assert not any("photo" in message for message in await li.messages())


async def test_a_stranger_learns_nothing_by_counting_links(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    stranger = await town.person("路人")
    taken = await claimed(town, wang, li)
    done = await opened(town, wang, "楼道堆满杂物，投诉物业不管")
    await wang.say("水龙头漏水，想请人修修")
    draft = (await town.wish()).id
    heard = set()
    for number in (taken, done, draft, 999):
        await stranger.say(f"/start claim_{number}")
        heard.add(await stranger.last())
    assert len(heard) == 1
    assert "这一条现在不用认领" in heard.pop()


async def test_a_stranger_may_still_ask_for_an_open_wish(town: Town, secretary: Actor, wang: Actor) -> None:
    stranger = await town.person("路人")
    wish = await opened(town, wang)
    await stranger.say(f"/start claim_{wish}")
    assert "管理员同意" in await stranger.last()


async def test_a_yes_for_other_words_does_not_show_a_cry_for_help(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    sent = await wang.say(LAMP)
    await wang.tap("公开文字")
    await town.people.edit(wang.id, sent["message_id"], text="救命，我老公正在打我，他有外遇")
    await town.settle()
    await wang.tap("不是紧急情况")
    assert not (await town.wish()).published
    await secretary.forge(f"w:approve:{(await town.wish()).id}")
    assert not await li.heard("外遇", group)


async def test_the_draft_card_of_a_cry_for_help_offers_nothing_any_more(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(LAMP)
    await wang.say("啊着火了，快来救人")
    assert "119" in await wang.last()
    assert not await wang.heard("我是这样理解的")
    assert not any("提交" in label for label in await wang.buttons())


async def test_a_caption_that_was_taken_back_is_not_shown(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    sent = await wang.send(photo=True, caption="厨房的灯泡坏了，婆婆有精神病")
    await wang.tap("公开文字")
    await town.people.edit(wang.id, sent["message_id"], caption="")
    await town.settle()
    wish = await town.wish()
    assert (wish.text, wish.public_text, wish.published) == ("", "", False)
    await wang.tap("提交")
    await secretary.tap("通过")
    assert not await li.heard("精神病", group)


async def test_an_officers_own_cry_rings_at_another_officer(town: Town, secretary: Actor, chen: Actor) -> None:
    await secretary.say("救命，着火了，快来人")
    assert await chen.heard("火情")
    assert not await secretary.heard("请马上联系居民")


async def test_the_only_officer_there_is_called_for_their_own_cry(town: Town, secretary: Actor) -> None:
    await secretary.say("救命，着火了，快来人")
    assert await secretary.heard("请马上联系居民")


KEY = "钥匙在门垫下面"


async def _helper_who_was_told(town: Town, wang: Actor) -> Actor:
    """小李 holds a wish with photos, and was told where the key is."""
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say(LAMP)
    await town.people.send_album(wang.id, [{"photo": True}] * 3)
    await town.settle()
    await wang.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await Actor(town, ADMIN, "张书记").tap("通过")
    await li.tap("认领", group)
    await wang.tap("补充")
    await wang.say(f"电话 13812345678，{KEY}")
    await wang.tap("补充")
    await wang.photo()
    assert await li.heard(KEY)
    assert sum("photo" in message for message in await li.messages()) == 4
    return li


@pytest.mark.parametrize("ending", ["release", "withdraw", "dispute", "confirm"])
async def test_words_and_photos_leave_a_helper_whose_claim_is_over(
    town: Town, secretary: Actor, wang: Actor, ending: str
) -> None:
    li = await _helper_who_was_told(town, wang)
    if ending == "release":
        await li.tap("来不了")
        await li.tap("是的，让给别人")
    elif ending == "withdraw":
        await wang.tap("撤回")
        await wang.tap("是的，撤回")
    else:
        await li.tap("办好了")
        await li.tap("1 小时")
        assert await li.heard(KEY)  # the resident may still say that it is not done
        await wang.tap("还没办好" if ending == "dispute" else "👍 办好了")
    assert not await li.heard(KEY)
    assert not any("photo" in message for message in await li.messages())
    assert await town.refused_calls() == []


async def test_what_is_too_old_to_be_deleted_loses_its_words(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await _helper_who_was_told(town, wang)
    await town.advance(days=3)
    await li.tap("来不了")
    await li.tap("是的，让给别人")
    assert not await li.heard(KEY)
    assert await li.heard("居民的话收回了")
    assert await town.refused_calls() == []


async def test_a_reviewers_group_that_is_for_volunteers_now_shows_no_words(town: Town, secretary: Actor, wang: Actor) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    await wang.say("老公打麻将输光了，求助低保怎么办理，投诉社区不管")
    await wang.tap("提交")
    await town.live_through(hours=5)
    lists = [message for message in await secretary.messages(room) if "麻将" in message["text"]]
    assert len(lists) > 1  # the card, and a list
    await secretary.say("/bind", room)
    await secretary.tap("城关镇", room)
    await secretary.tap("志愿者群", room)
    assert not await secretary.heard("麻将", room)
    assert await secretary.heard("这个群换了用途", room)
    await secretary.say("/bind", room)
    await secretary.tap("城关镇", room)
    await secretary.tap("审核员群", room)
    assert await town.refused_calls() == []


async def test_a_yes_after_the_approval_shows_what_the_reviewer_had_seen(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await wang.say("想请人陪孩子写作业，我电话 13812345678，家住河街3栋402")
    await wang.tap("提交")
    assert (await town.wish()).state is State.REVIEWING
    public = (await town.wish()).public_text
    assert "文字不公开" in await secretary.last()
    assert public in await secretary.last()
    await secretary.tap("通过")
    assert not await li.heard("写作业", group)
    await wang.tap("公开文字")
    assert public in await li.last(group)
    assert not await li.heard("13812345678", group)


async def test_a_reviewer_reads_that_the_words_would_be_shown_as_they_are(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("想请人陪孩子写作业")
    await wang.tap("提交")
    assert "公开的就是原文" in await secretary.last()


async def test_links_are_masked_wherever_the_public_reads(town: Town, secretary: Actor) -> None:
    stranger = await town.person("路人")
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    await stranger.say("家里灯泡坏了想请人换一下，详情 https://evil.example/hongbao 领红包")
    await stranger.tap("公开文字")
    await stranger.tap("提交")
    if (await town.wish()).state is State.REVIEWING:
        await secretary.tap("通过")
    assert "［链接］" in await li.last(group)
    assert "evil" not in await li.last(group)
