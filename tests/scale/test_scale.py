"""A thousand wishes beside two hundred, as the command does it; what a million costs is measured by hand."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from bot.playing.failure import PlayFailed
from bot.scale.bulk import require_empty
from bot.scale.fill import NOW, Patterns, fill, live_once
from bot.scale.measure import STEPS, Player
from bot.scale.rehearsal import rehearsal
from bot.scale.run import Plan
from bot.scale.town import Size, files
from rules.lifecycle import LIVE
from storage.engine import open_engine, require_references
from storage.migrate import upgrade
from storage.models import Claim, Table, Wish
from tests.schema import tables

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "bot.cli", "simulate-scale", "--wishes", "1000", "--against", "200", "--rounds", "2"]
A_MOMENT_ONLY = {"appointments", "notices"}
"""Their rows go when their time has come."""
NEVER = {"supports", "editions"}
"""A life that is lived once is the life of one wish, in a town that nobody changes."""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=280, check=False)


async def test_history_is_filled_in_measured_and_told_and_nothing_is_done_to_a_database_that_is_in_use(empty_url: str) -> None:
    done = run("--database", empty_url)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0].startswith("1,000 wishes beside 200, ")
    found = json.loads(told[-1])
    assert found["figures"].keys() == {step.name for step in STEPS}
    assert all(figure["small"] > 0 and figure["large"] > 0 for figure in found["figures"].values())
    assert found["worst_ratio"] == max(figure["ratio"] for figure in found["figures"].values())

    small, large = found["rows"]["against"], found["rows"]["wishes"]
    assert (small["wishes"], large["wishes"]) == (200, 1000)
    assert Table.metadata.tables.keys() - large.keys() <= A_MOMENT_ONLY | NEVER
    assert large["outgoing"] > 4 * small["outgoing"]
    assert large["people"] > small["people"]
    assert large["seen_updates"] == small["seen_updates"]
    assert sum(found["live"]["wishes"].values()) == 12
    assert found["live"]["against"] == found["live"]["wishes"]
    assert found["ticks_did"]["against"] == found["ticks_did"]["wishes"] > 0

    again = run("--database", empty_url)
    assert again.returncode == 2
    assert "There is something in the database" in again.stderr


@pytest.mark.parametrize(
    "made", ["CREATE TABLE letters (id integer)", "INSERT INTO areas VALUES ('xy', '旬阳', 'county', NULL, '[]', '[]')"]
)
async def test_a_database_with_anything_in_it_is_left_alone(empty_url: str, made: str) -> None:
    await upgrade(empty_url)
    await require_empty(empty_url)  # tables alone are nothing
    engine = open_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text(made))
    await engine.dispose()
    before = await tables(empty_url)
    with pytest.raises(PlayFailed, match="There is something in the database"):
        await require_empty(empty_url)
    assert await tables(empty_url) == before


@pytest.mark.parametrize("wrong", ["nonsense", "mysql://there/town", "sqlite+aiosqlite:///:memory:"])
def test_what_is_no_database_is_said_at_once(wrong: str) -> None:
    done = run("--database", wrong)
    assert done.returncode == 2
    assert done.stderr.startswith("--database ")


def test_fewer_wishes_than_it_is_compared_with_are_refused() -> None:
    done = run("--wishes", "150")
    assert done.returncode == 2
    assert "must not be fewer" in done.stderr


# --- what is filled in, and how it is looked for


@pytest.fixture
async def patterns(tmp_path: Path) -> Patterns:
    engine = open_engine(url(tmp_path, "none"))
    await engine.dispose()
    return await live_once(engine.dialect, SIZES[0])


SIZES = Plan(wishes=600, against=200).sizes


def url(folder: Path, name: str) -> str:
    return f"sqlite+aiosqlite:///{folder / name}.db"


async def rows(address: str, query: Any) -> Sequence[Any]:
    engine = open_engine(address)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(query)).all()
    finally:
        await engine.dispose()


async def test_only_history_differs_and_no_hot_statement_goes_through_it(tmp_path: Path, patterns: Patterns) -> None:
    small, large = url(tmp_path, "small"), url(tmp_path, "large")
    for address, size in zip((small, large), SIZES, strict=True):
        filled = await fill(address, size, patterns, lambda wishes: None)
        assert filled["wishes"] == size.wishes
        await assert_sound(address)

    what = [column for column in Wish.__table__.columns if column.name not in ("id", "merged_into", "follows_id")]
    going_on = select(*what).where(Wish.state.in_(LIVE)).order_by(Wish.id)
    assert await rows(small, going_on) == await rows(large, going_on)
    in_hand = select(Claim.person_id, Claim.due_at, Claim.next_reminder_at).where(Claim.next_reminder_at.is_not(None))
    assert await rows(small, in_hand.order_by(Claim.id)) == await rows(large, in_hand.order_by(Claim.id))

    asked = [statement async for statement in hot_statements(large, SIZES[1])]
    assert len(asked) > 60
    assert await through_all(large, asked) == []
    assert await going_through(large, ["SELECT count(*) FROM wishes WHERE text = '灯泡'"]) != []  # it would be seen


async def assert_sound(address: str) -> None:
    """Whatever a row refers to is there, and every live wish will be heard of again."""
    engine = open_engine(address)
    async with engine.connect() as connection:
        await require_references(connection)
    await engine.dispose()
    live = {row.id for row in await rows(address, select(Wish.id).where(Wish.state.in_(LIVE), Wish.next_reminder_at.is_(None)))}
    held = {row.wish_id for row in await rows(address, select(Claim.wish_id).where(Claim.next_reminder_at.is_not(None)))}
    assert live <= held


async def hot_statements(address: str, size: Size) -> AsyncIterator[str]:
    """What SQLite is asked in two rounds of all that is measured, each kind of statement once."""
    said: dict[str, str] = {}

    def note(statement: str) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            said.setdefault(re.sub(r"'[^']*'|\b\d+\b", "?", statement), statement)

    async with rehearsal(address, files(size.communities), NOW, 1_900_000_000) as bot:
        await bot.engine.dispose()

        @event.listens_for(bot.engine.sync_engine, "connect")
        def listen(connection: Any, record: Any) -> None:
            connection.driver_connection.plain.set_trace_callback(note)

        player = Player(bot, size)
        for _ in range(2):
            await player.next_round()
            for step in STEPS:
                if step.ready is not None:
                    await step.ready(player)
                await step.go(player)
    for statement in said.values():
        yield statement


async def through_all(address: str, statements: Sequence[str]) -> list[str]:
    """Statements that look at every row of a table which grows, or at all that ever had a certain end."""
    found = await going_through(address, statements)
    for statement, plan in await plans(address, statements):
        if re.search(r"state (=|IN) \(?'(fulfilled|withdrawn|closed)", statement) and "finished_at>" not in plan:
            found.append(f"{plan}: {statement}")
    return found


async def going_through(address: str, statements: Sequence[str]) -> list[str]:
    few = {row.name for row in await rows(address, text("SELECT name FROM sqlite_master WHERE sql LIKE '%INDEX%WHERE%'"))}
    growing = Table.metadata.tables.keys() - {"areas", "groups", "appointments"}
    found = []
    for statement, plan in await plans(address, statements):
        for line in plan.splitlines():
            scan = re.match(r"SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$", line)
            if scan is not None and scan[1] in growing and scan[2] not in few:
                found.append(f"{line}: {statement}")
    return found


async def plans(address: str, statements: Sequence[str]) -> list[tuple[str, str]]:
    engine = open_engine(address)
    try:
        async with engine.connect() as connection:
            return [
                (one, "\n".join(row[3] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}")))
                for one in statements
            ]
    finally:
        await engine.dispose()
