"""`wishlight import-areas`, on both databases: all or nothing, the same twice is nothing, what is gone is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.area_lists import AreasError
from bot.importing import Imported, import_areas, known_areas, told
from bot.settings import TownSettings
from bot.transactions import Transactions
from rules.lifecycle import Kind, State
from storage import migrate, roster
from storage.engine import open_engine
from storage.models import Area, Group, Person, Wish

HEADING = "code,name,level,parent,aliases,roads,estates,buildings\n"
COUNTY = "xy,旬阳,county,,,,,\ncg,城关镇,town,xy,,,,\n"
RIVER = "hj,河街社区,community,cg,河街,解放路,阳光小区（阳光苑）,\n"
GRID = "hj-1,河街第一网格,grid,hj,,,,阳光小区1-3栋\n"
VEGETABLE = "cw,菜湾社区,community,cg,,解放路,,\n"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Desk:
    """Somebody with lists and a database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.settings = TownSettings(_env_file=None, database_url=url)  # type: ignore[arg-type]

    def list(self, *rows: str, name: str = "areas.csv") -> Path:
        path = self.folder / name
        path.write_text(HEADING + "".join(rows), "utf-8-sig")
        return path

    async def imports(self, *rows: str, dry: bool = False, remove: bool = False) -> Imported:
        return await import_areas(self.settings, self.list(*rows), dry=dry, remove=remove)

    async def areas(self) -> dict[str, Area]:
        engine = open_engine(self.url)
        try:
            async with Transactions(engine).reading() as session:
                return await roster.areas(session)
        finally:
            await engine.dispose()

    async def add(self, *rows: object) -> None:
        engine = open_engine(self.url)
        try:
            async with Transactions(engine).begin() as session:
                for row in rows:
                    session.add(row)
                    await session.flush()
        finally:
            await engine.dispose()


@pytest.fixture
def desk(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("WISHLIGHT_AREAS", raising=False)
    return Desk(empty_url, tmp_path)


def says(found: Imported, *, dry: bool = False) -> str:
    return "\n".join(told(found, dry=dry))


async def test_a_list_becomes_the_town_and_the_same_list_changes_nothing(desk: Desk) -> None:
    first = await desk.imports(GRID, VEGETABLE, RIVER, COUNTY)
    assert "+ hj 河街社区, community in cg; aliases 河街; roads 解放路; estates 阳光小区（阳光苑）" in says(first)
    assert "+ hj-1 河街第一网格, grid in hj; buildings 阳光小区1-3栋" in says(first)
    assert "! 解放路 stands in 菜湾社区、河街社区: alone it does not say where" in says(first)
    assert "5 new, 0 changed" in says(first)
    known = await desk.areas()
    assert known["hj"].places[1] == {"kind": "estate", "name": "阳光小区", "aliases": ["阳光苑"]}
    again = await desk.imports(COUNTY, RIVER, GRID, VEGETABLE)
    assert not again.changes
    assert "Nothing to change: 5 areas are as the list says." in says(again)


async def test_a_look_changes_nothing(desk: Desk) -> None:
    found = await desk.imports(COUNTY, RIVER, dry=True)  # there is not even a database
    assert "3 new, 0 changed" in says(found, dry=True)
    assert "only a look" in says(found, dry=True)
    await desk.imports(COUNTY, RIVER)
    found = await desk.imports(COUNTY, RIVER.replace("河街,", "河街；老河街,"), GRID, dry=True)
    assert "~ hj 河街社区: aliases +老河街" in says(found, dry=True)
    assert set(await desk.areas()) == {"xy", "cg", "hj"}
    assert (await desk.areas())["hj"].aliases == ["河街"]


async def test_what_changes_is_told_by_column(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER, VEGETABLE, GRID)
    changed = RIVER.replace("河街社区", "老河街社区").replace("解放路", "沿江路；解放路").replace("（阳光苑）", "")
    found = await desk.imports(COUNTY, changed, VEGETABLE, GRID.replace(",hj,", ",cw,").replace("1-3栋", "1-4栋"))
    said = says(found)
    assert "~ hj 老河街社区: name 河街社区 → 老河街社区; roads +沿江路; estates +阳光小区、-阳光小区（阳光苑）" in said
    assert "~ hj-1 河街第一网格: parent hj → cw; buildings +阳光小区1-4栋、-阳光小区1-3栋" in said
    assert (await desk.areas())["hj-1"].parent_code == "cw"


async def test_a_column_that_the_list_lacks_stays_as_it_was(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER)
    short = desk.folder / "short.csv"
    short.write_text("code,name,level,parent,roads\nhj,河街社区,community,cg,沿江路\n", "utf-8")
    found = await import_areas(desk.settings, short)
    assert "~ hj 河街社区: roads +沿江路、-解放路" in says(found)
    area = (await desk.areas())["hj"]
    assert (area.aliases, [place["name"] for place in area.places]) == (["河街"], ["沿江路", "阳光小区"])


async def test_a_list_with_one_mistake_changes_nothing_at_all(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER)
    with pytest.raises(AreasError) as caught:
        await desk.imports(COUNTY.replace("城关镇", "别的镇"), GRID.replace(",hj,", ",nowhere,"), VEGETABLE, "x,,grid,\n")
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["row 4, parent", "row 6, name"]
    known = await desk.areas()
    assert set(known) == {"xy", "cg", "hj"}
    assert known["cg"].name == "城关镇"


async def test_a_list_may_go_on_from_areas_that_are_known(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER, GRID)
    found = await desk.imports(VEGETABLE)
    assert [row.code for row in found.changes.new] == ["cw"]
    assert found.changes.left == ()  # the others are no business of this list
    with pytest.raises(AreasError, match="row 2, level: 河街第一网格"):
        await desk.imports("hj,河街社区,grid,cg,,,,\n")


async def test_areas_that_are_gone_from_the_list_are_kept_and_told_with_what_needs_them(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER, GRID, VEGETABLE)
    wang = Person(id=1, name="王阿姨", area_code="cw", created_at=NOW)
    wish = Wish(author_id=1, kind=Kind.WISH, state=State.DRAFT, state_since=NOW, category="other", created_at=NOW)
    wish.area_code = "hj-1"
    await desk.add(wang, Group(id=-1, title="群", area_code="cw", created_at=NOW), wish)
    found = await desk.imports(COUNTY)
    assert "= cw 菜湾社区 is not in the list, and 1 group, 1 person point to it" in says(found)
    assert "= hj 河街社区 is not in the list, and 1 area points to it" in says(found)
    assert "= hj-1 河街第一网格 is not in the list, and 1 wish points to it" in says(found)
    assert "Nothing to change: 2 areas are as the list says; 3 stay that the list lacks." in says(found)
    removed = await desk.imports(COUNTY, remove=True)
    assert removed.removed == ()
    assert len(await desk.areas()) == 5


async def test_what_nothing_needs_can_be_taken_away(desk: Desk) -> None:
    await desk.imports(COUNTY, RIVER, GRID, VEGETABLE)
    looked = await desk.imports(COUNTY, VEGETABLE, dry=True, remove=True)
    assert "- hj-1 河街第一网格 is not in the list" in says(looked, dry=True)
    assert len(await desk.areas()) == 5
    found = await desk.imports(COUNTY, VEGETABLE, remove=True)
    assert "0 new, 0 changed, 2 removed" in says(found)
    assert set(await desk.areas()) == {"xy", "cg", "cw"}


async def test_a_database_of_another_version_is_not_looked_at(desk: Desk) -> None:
    await migrate.upgrade(desk.url, "0001")
    with pytest.raises(AreasError, match="wishlight migrate"):
        await desk.imports(COUNTY, dry=True)
    await desk.imports(COUNTY)  # which brings it to this one
    assert set(await desk.areas()) == {"xy", "cg"}


async def test_the_list_of_the_settings_has_the_last_word_and_that_is_told(desk: Desk) -> None:
    theirs = desk.list(COUNTY, RIVER, name="theirs.csv")
    settings = TownSettings(_env_file=None, database_url=desk.url, areas=theirs)  # type: ignore[arg-type]
    found = await import_areas(settings, desk.list(COUNTY, RIVER.replace("河街社区", "老河街社区")))
    assert "WISHLIGHT_AREAS names another list, which is read at every start and changes hj back" in says(found)
    assert "WISHLIGHT_AREAS" not in says(await import_areas(settings, theirs))


async def test_commands_that_explain_know_what_was_imported(desk: Desk) -> None:
    from bot.area_files import read_areas

    listed = read_areas(desk.list(COUNTY, VEGETABLE))
    assert [area.code for area in await known_areas(desk.settings, listed)] == ["xy", "cg", "cw"]
    await desk.imports(COUNTY, RIVER, GRID)
    assert {area.code for area in await known_areas(desk.settings, listed)} == {"xy", "cg", "hj", "hj-1", "cw"}
