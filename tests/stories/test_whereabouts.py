"""Where a matter is: what the words say, what is asked when they do not tell, and what is remembered."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.area_files import read_areas
from bot.town_files import TownFiles
from storage.models import Person
from tests.stories.town import ADMIN, FILES, Actor, Town, open_town

LIST = Path(__file__).parents[2] / "bot" / "demo" / "areas.csv"
NAMED = TownFiles(FILES.policy, FILES.taxonomy, read_areas(LIST))


@pytest.fixture
async def named(database_url: str) -> AsyncIterator[Town]:
    """The town with its roads, estates and buildings."""
    async with open_town(database_url, NAMED) as opened:
        yield opened


async def home_of(town: Town, actor: Actor) -> str | None:
    async with town.app.transactions.begin() as session:
        return (await session.get_one(Person, actor.id)).area_code


async def test_our_estate_is_asked_for_once_and_known_from_then_on(town: Town, wang: Actor) -> None:
    await wang.say("我们小区的路灯坏了，没人管")
    assert (await town.wish()).area_code is None
    assert "您说的“我们小区”在哪个社区？" in await wang.last()
    await wang.tap("选社区")
    await wang.tap("菜湾社区")
    assert "📍 菜湾社区" in await wang.last()
    await wang.tap("提交")
    await wang.say("楼道里堆满了东西，走不过去")
    assert (await town.wish()).area_code == "cg-07"
    assert "在哪个社区" not in await wang.last()


async def test_of_two_communities_the_author_taps_the_one_that_is_meant(town: Town, wang: Actor) -> None:
    await wang.say("河街社区和东关社区都停水了")
    assert (await town.wish()).area_code is None
    assert "📍 是河街社区，还是东关社区？" in await wang.last()
    await wang.tap("📍 东关社区")
    assert (await town.wish()).area_code == "cg-04"
    assert "📍 河街社区" not in await wang.buttons()
    assert await home_of(town, wang) is None  # they did not say that they live there


async def test_of_two_communities_the_one_with_the_trouble_is_taken(town: Town, wang: Actor) -> None:
    await wang.say("我住河街社区，但菜湾社区的路灯坏了，走路害怕")
    assert (await town.wish()).area_code == "cg-07"
    assert await home_of(town, wang) == "cg-01"


async def test_who_says_where_they_live_need_not_say_it_again(town: Town, wang: Actor) -> None:
    await wang.say("我住河街社区第二网格，想请人帮忙换个灯泡")
    await wang.tap("提交")
    await wang.say("想找人帮忙理发")
    assert (await town.wish()).area_code == "cg-01-02"
    await wang.tap("提交")
    await wang.say("菜湾社区的路灯坏了")
    assert (await town.wish()).area_code == "cg-07"
    assert await home_of(town, wang) == "cg-01-02"


async def test_a_community_that_is_misspelt_is_understood(town: Town, wang: Actor) -> None:
    await wang.say("青草平社区的路灯坏了")
    assert (await town.wish()).area_code == "cg-08"


async def test_a_place_that_is_edited_away_is_asked_for_again(town: Town, wang: Actor) -> None:
    sent = await wang.say("菜湾社区的路灯坏了")
    assert (await town.wish()).area_code == "cg-07"
    await town.people.edit(wang.id, sent["message_id"], text="路灯坏了")
    await town.settle()
    assert (await town.wish()).area_code is None
    assert "您住哪个社区？" in await wang.last()


async def test_an_answer_on_somebody_elses_card_is_refused(town: Town, wang: Actor) -> None:
    await wang.say("河街社区和东关社区都停水了")
    wish = await town.wish()
    zhao = await town.person("小赵")
    await zhao.say("想找人帮忙理发")
    toast = await zhao.forge(f"a:{wish.id}:cg-04")
    assert toast.get("show_alert")
    assert (await town.wish(wish.id)).area_code is None


async def test_it_is_asked_in_english_as_well(town: Town) -> None:
    smith = await town.person("Smith", language="en")
    await smith.say("我们小区的路灯坏了")
    assert "Which community is “我们小区” in?" in await smith.last()
    jones = await town.person("Jones", language="en")
    await jones.say("河街社区和东关社区都停水了")
    assert "Is it 河街社区 or 东关社区?" in await jones.last()


async def test_a_building_is_in_a_grid_whose_community_s_group_gets_the_wish(named: Town) -> None:
    secretary = await named.person("张书记", id=ADMIN)
    wang = await named.person("王阿姨")
    li = await named.volunteer("小李")
    river = await named.group("河街志愿者", li, area="河街社区")
    shops = await named.group("商贸街志愿者", li, area="商贸街社区")
    await wang.say("厨房的灯泡坏了，想请人换一下，我住延江小区三栋")  # 沿江小区
    assert (await named.wish()).area_code == "cg-01-01"
    assert "📍 河街社区 河街第一网格" in await wang.last()
    await wang.tap("公开文字")
    await wang.tap("提交")
    if await secretary.heard("审核"):
        await secretary.tap("通过，发给志愿者")
    assert "河街社区" in await li.last(river)
    assert "第一网格" not in await li.last(river)  # a group reads the community only
    assert "三栋" not in await li.last(river)
    assert await home_of(named, wang) is None  # misspelt: not remembered as sure
    assert not await li.heard("灯泡", shops)


async def test_a_road_through_two_communities_is_narrowed_by_the_estate_or_asked(named: Town) -> None:
    wang = await named.person("王阿姨")
    await wang.say("解放路的路灯坏了，没人管")
    assert "📍 是商贸街社区，还是老城门社区？" in await wang.last()
    await wang.say("就在锦绣花园门口")
    assert (await named.wish()).area_code == "cg-02"
    assert "📍 商贸街社区" in await wang.last()


async def test_who_named_their_building_once_need_not_name_the_stairwell_s(named: Town) -> None:
    wang = await named.person("王阿姨")
    await wang.say("我家住河畔花园6栋，想请人修一下水龙头")
    assert (await named.wish()).area_code == "cg-01-04"
    assert await home_of(named, wang) == "cg-01-04"
    await wang.tap("提交")
    await wang.say("楼道的灯坏了，想找人修")
    assert (await named.wish()).area_code == "cg-01-04"
