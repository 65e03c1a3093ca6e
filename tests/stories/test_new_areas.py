"""`wishlight import-areas` beside a running bot: what it changes is known within a second, and what it takes away is gone."""

from pathlib import Path

from sqlalchemy import select

from nlp.learned import Learned, fingerprint
from rules.learning import Fate
from storage import versions
from storage.models import Group
from tests.stories.commands import wishlight
from tests.stories.scenes import submitted
from tests.stories.town import AREAS, Actor, Town

HEADING = "code,name,level,parent,aliases,roads,estates,buildings\n"
ESTATE = "cg-07,菜湾社区,community,xy-cg,菜湾,,锦绣花园（老酒厂家属院）,\n"
SHORE = "cg-12,滨江社区,community,xy-cg,滨江,滨江大道,,\n"


async def imports(town: Town, folder: Path, *rows: str, file: Path | None = None, remove: bool = False) -> str:
    """The command, in another process, on the bot's database."""
    path = file or folder / "areas.csv"
    if file is None:
        path.write_text(HEADING + "".join(rows), "utf-8-sig")
    return await wishlight(town, "import-areas", str(path), *(["--remove"] if remove else []), folder=folder)


async def test_a_new_estate_is_known_to_the_next_message(town: Town, wang: Actor, tmp_path: Path) -> None:
    await wang.say("锦绣花园门口的路灯坏了")
    assert (await town.wish()).area_code is None
    assert "1 changed" in await imports(town, tmp_path, ESTATE)
    zhao = await town.person("小赵")
    await zhao.say("锦绣花园门口的路灯坏了")
    assert (await town.wish()).area_code == "cg-07"
    assert "📍 菜湾社区" in await zhao.last()
    await wang.say("晚上走路看不见")  # a draft that goes on is read with what is known now
    assert "📍 菜湾社区" in await wang.last()


async def test_a_new_community_is_offered_tapped_and_bound(town: Town, secretary: Actor, wang: Actor, tmp_path: Path) -> None:
    assert "1 new" in await imports(town, tmp_path, SHORE)
    await wang.say("我们小区的路灯坏了，没人管")
    await wang.tap("选社区")
    await wang.tap("滨江社区")
    assert (await town.wish()).area_code == "cg-12"
    group = await town.group("滨江志愿者", area="滨江社区")
    (bound,) = await town.rows(select(Group).where(Group.id == group))
    assert bound.area_code == "cg-12"


async def test_what_was_learned_reads_in_the_new_town_and_the_other_way_round(town: Town, wang: Actor, tmp_path: Path) -> None:
    assert town.app.town is not None
    learned = Learned(grown={word: {"culture_sports": 9.0} for word in ("锦绣", "花园")}).to_json()
    values = {"texts": 10, "before": None, "figures": {}, "learned": learned, "created_at": town.now()}
    async with town.app.transactions.begin() as session:
        number = await versions.add(session, taxonomy=fingerprint(town.app.town.taxonomy), lessons="some", **values)
        await versions.put_to_use(session, town.now(), number, None, Fate.REPLACED)
    await town.settle()
    await imports(town, tmp_path, ESTATE)
    await wang.say("锦绣花园的路灯不亮")
    wish = await town.wish()
    assert (wish.category, wish.area_code) == ("culture_sports", "cg-07")
    async with town.app.transactions.begin() as session:
        await versions.put_to_use(session, town.now(), None, number, Fate.TAKEN_BACK)
    await town.settle()
    zhao = await town.person("小赵")
    await zhao.say("锦绣花园的路灯不亮")
    wish = await town.wish()
    assert (wish.category, wish.area_code) == ("facilities", "cg-07")


async def test_a_community_that_was_taken_away_is_refused_kindly_and_the_draft_stays(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    await imports(town, tmp_path, SHORE)
    await wang.say("河街社区和滨江社区都停水了")
    assert "📍 滨江社区" in await wang.buttons()
    assert "1 removed" in await imports(town, tmp_path, file=AREAS, remove=True)
    toast = await wang.tap("📍 滨江社区")
    assert toast["text"]
    assert (await town.wish()).area_code is None
    await wang.tap("选社区")
    assert "滨江社区" not in await wang.buttons()
    await wang.tap("河街社区")
    assert (await town.wish()).area_code == "cg-01"


async def test_the_same_list_once_more_changes_nothing_here_either(town: Town, wang: Actor, tmp_path: Path) -> None:
    await imports(town, tmp_path, ESTATE)
    before = town.app.town
    assert "Nothing to change" in await imports(town, tmp_path, ESTATE)
    assert town.app.town is before


def county() -> list[str]:
    """Two more towns with forty communities each."""
    towns = {"bl": "白柳镇", "sh": "蜀河镇"}
    rows = [f"xy-{code},{name},town,xy,,,,\n" for code, name in towns.items()]
    return rows + [
        f"{code}-{n:02},{name[:2]}{n}村,community,xy-{code},,,,\n" for code, name in towns.items() for n in range(1, 41)
    ]


async def test_in_a_county_one_chooses_the_town_first_and_next_time_ones_own_is_there(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    await imports(town, tmp_path, *county())
    await wang.say("我们小区的路灯坏了，没人管")
    await wang.tap("选社区")
    assert {"城关镇", "白柳镇", "蜀河镇"} <= set(await wang.buttons())
    assert "白柳1村" not in await wang.buttons()
    await wang.tap("白柳镇")
    assert "白柳40村" in await wang.buttons()
    assert "蜀河1村" not in await wang.buttons()
    await wang.tap("白柳40村")
    assert (await town.wish()).area_code == "bl-40"
    await wang.tap("提交")
    await wang.say("楼道里堆满了东西，走不过去")
    assert (await town.wish()).area_code == "bl-40"
    await wang.tap("选社区")
    assert "白柳1村" in await wang.buttons()
    await wang.tap("别的镇")
    await wang.tap("城关镇")
    await wang.tap("菜湾社区")
    assert (await town.wish()).area_code == "cg-07"


async def test_in_a_county_an_admin_corrects_within_the_town_with_two_taps(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    await imports(town, tmp_path, *county())
    wish = await submitted(town, wang, "楼道里堆满了东西，走不过去", area_code="sh-02")
    await secretary.forge(f"o:{wish}")
    await secretary.tap("选社区")
    await secretary.tap("蜀河31村")
    assert (await town.wish()).area_code == "sh-31"
    zhao = await town.person("小赵")
    await zhao.say("想找人帮忙理发")
    assert (await zhao.forge(f"w:area-xy-cg:{wish}")).get("show_alert")
    await secretary.tap("选社区")
    await secretary.tap("别的镇")
    await secretary.tap("← 返回")
    assert "📍 选社区" in await secretary.buttons()
