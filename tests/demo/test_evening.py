"""The demo as a newcomer meets it: a first start, the town that it leaves, the tour, and the next evenings."""

import re
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.demo import cast, town
from bot.demo.scenes import RISES
from bot.transactions import Transactions
from rules.lifecycle import Kind, State
from sandbox import stage
from sandbox.client import SandboxClient
from storage.engine import open_engine
from storage.models import Group, SeenUpdate, Wish
from tests.demo.evening import demo, last_number, play_step, press
from tests.stories.invariants import assert_sound

STAGE: Any = yaml.safe_load((Path(town.__file__).parent / "stage.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first_page(folder: Path) -> str:
    """The first start, until the chat windows open; what the page showed before."""
    with demo(folder) as running:
        told = [_page(f"{running.address}/")[1], next(iter(running.process.stdout or ()))]
        while (answer := _page(f"{running.address}/client/stage"))[0] != 200:
            told.append(answer[1])
            time.sleep(0.1)
        assert "The town is kept" in running.stop()
    return "\n".join(told)


def _page(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""  # the one closes, the other opens


@pytest.fixture
async def lived(folder: Path, first_page: str) -> AsyncIterator[Transactions]:
    """The database of the town as every fresh start finds it."""
    engine = open_engine(town.database_url(town.lived_through(folder)))
    yield Transactions(engine)
    await engine.dispose()


def test_the_page_is_there_while_the_town_lives_through_its_first_day(first_page: str) -> None:
    assert "点亮微心愿" in first_page
    assert "The town lives through its first day" in first_page
    assert "星期一 11:00" in first_page


async def test_there_is_a_wish_in_every_state_that_wishes_come_to(lived: Transactions) -> None:
    async with lived.begin() as session:
        wishes = (await session.scalars(select(Wish))).all()
    assert {wish.state for wish in wishes} == set(State) - {State.MERGED}  # nobody can merge yet
    assert {wish.kind for wish in wishes} >= {Kind.WISH, Kind.COMPLAINT, Kind.QUESTION, Kind.EMERGENCY}


async def test_groups_of_the_town_and_of_a_community_are_bound(lived: Transactions) -> None:
    async with lived.begin() as session:
        groups = {(group.id, group.area_code, group.audience) for group in await session.scalars(select(Group))}
    assert groups == {(cast.TOWN_GROUP, "xy-cg", "volunteers"), (cast.RIVER_GROUP, "cg-01", "volunteers")}


async def test_the_town_is_sound(lived: Transactions) -> None:
    as_story: Any = SimpleNamespace(app=SimpleNamespace(workers=None, transactions=lived), now=lambda: RISES)
    await assert_sound(as_story)
    async with lived.begin() as session:
        assert set(await session.scalars(select(SeenUpdate.outcome))) == {"done"}


def test_the_stage_is_one_and_shows_people_who_are_there() -> None:
    shown = stage.read(STAGE)
    assert len(shown["tour"]) == 5
    windows = [*shown["windows"], *shown["tour"], *(step["done"] for step in shown["tour"])]
    assert {window["person"] for window in windows} <= set(cast.NAMES)
    assert {window["chat"] for window in windows} <= {None, *(group.id for group in cast.GROUPS)}
    for step in shown["tour"]:
        assert step["title"].keys() == step["text"].keys() == {"zh", "en"}


async def test_the_tour_leads_from_a_first_message_to_the_evening_digest(folder: Path, first_page: str) -> None:
    with demo(folder) as running:
        async with SandboxClient.connect(running.address) as people:
            shown = await people.get("stage")
            for step in shown["tour"]:
                await play_step(people, step)
            assert (await people.status())["refused_calls"] == 0
        assert "The town is kept" in running.stop()


async def test_a_kept_town_goes_on_where_it_was_left_also_after_the_plug_was_pulled(folder: Path, first_page: str) -> None:
    there: list[Any] = []
    for text, pull_the_plug in (
        ("阳台的晾衣杆掉了，想请人帮忙装一下。", False),
        ("客厅的窗帘轨道松了，想请人帮忙紧一紧。", True),
        ("书桌的抽屉拉不开，想请人来修修。", False),
    ):
        with demo(folder, "--keep") as running:
            async with SandboxClient.connect(running.address) as people:
                assert (await _messages(people))[: len(there)] == there
                number = await last_number(people, cast.LIU)
                await people.say(cast.LIU, text)
                await press(people, cast.LIU, None, "提交", number)
                there = await _messages(people)
                refused = [call["answer"]["description"] for call in await people.calls() if not call["answer"]["ok"]]
                assert [why for why in refused if not re.search("query is too old|message is not modified", why)] == []
            if pull_the_plug:
                running.kill()
            else:
                running.stop()
    with closing(sqlite3.connect(folder / "now" / town.DATABASE)) as database:
        handed_in = "SELECT count(*) FROM wishes WHERE author_id = ? AND state != 'draft'"
        assert database.execute(handed_in, (cast.LIU,)).fetchone() == (5,)
        lost = (  # an edit that a later one told is none
            "SELECT count(*) FROM outgoing WHERE state IN ('failed', 'dropped', 'parked')"
            " AND NOT (state = 'dropped' AND error = 'told by what is edited')"
        )
        assert database.execute(lost).fetchone() == (0,)


async def _messages(people: SandboxClient) -> list[Any]:
    """What can be told apart of a chat, whatever was edited meanwhile."""
    return [(message["message_id"], message["from"]["id"]) for message in await people.messages(cast.LIU)]
