"""A backup of a town that is talking, restored into the other kind of database, where the bot goes on: real processes."""

import asyncio
from itertools import count
from pathlib import Path

from sqlalchemy import select

from bot.playing.processes import Process, running, settings_for
from rules.lifecycle import LIVE
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.models import Line, SeenUpdate, Timeline, Wish
from tests.backup.conftest import rows
from tests.bot.stage import BOT, SCALE, TOKEN, until
from tests.bot.test_cli import wishlight

PEOPLE = range(2001, 2101)
PAUSE = 0.05  # seconds between two messages: nobody says more than a dozen things a minute
PATIENCE = 90.0


async def test_a_backup_under_load_is_one_moment_and_the_bot_goes_on_from_it(
    database_url: str, other_url: str, sandbox: Sandbox, people: SandboxClient, tmp_path: Path
) -> None:
    settings = settings_for(sandbox.url, database_url, "77", SCALE, WISHLIGHT_BOT_TOKEN=TOKEN)
    for person in PEOPLE:
        await people.add_user(f"居民{person}", id=person)
    said: dict[int, int] = dict.fromkeys(PEOPLE, 0)
    enough = asyncio.Event()

    async def talk() -> None:
        for number in count(1):
            for person in PEOPLE:
                if enough.is_set():
                    return
                await people.say(person, f"第{number}句：楼下的路灯坏了，想请人看看")
                said[person] = number
                await asyncio.sleep(PAUSE)

    async with running(Process("bot", ["run"], settings, tmp_path)):
        await until(lambda: _polls(people), PATIENCE)
        talking = asyncio.create_task(talk())
        await until(lambda: _heard(people, PEOPLE[9]), PATIENCE)
        done = await asyncio.to_thread(wishlight, tmp_path, "backup", "backup.zip", DATABASE_URL=database_url)
        assert done.returncode == 0, done.stderr
        # The bot works on; nothing may be restored under it.
        refused = await asyncio.to_thread(wishlight, tmp_path, "restore", "backup.zip", "--replace", DATABASE_URL=database_url)
        assert refused.returncode == 2, refused.stdout
        assert "Nothing was changed" in refused.stderr
        # Into another database it may be, while everybody still talks.
        done = await asyncio.to_thread(wishlight, tmp_path, "restore", "backup.zip", DATABASE_URL=other_url)
        assert done.returncode == 0, done.stderr
        enough.set()
        await talking
        await until(lambda: _all_taken(people), PATIENCE)

    before = await _lines(database_url)
    assert before == {person: list(range(1, number + 1)) for person, number in said.items() if number}
    backed_up = await _lines(other_url)
    counted = sum(map(len, backed_up.values()))
    assert 0 < counted < sum(said.values())
    for person, numbers in backed_up.items():
        assert numbers == list(range(1, len(numbers) + 1)), f"{person} lost what they said in between"
    async with rows(other_url) as session:
        seen = await session.scalars(select(SeenUpdate.id))
        assert len(seen.all()) == counted  # of each update both effects or none
        stories = set(await session.scalars(select(Timeline.wish_id)))
        for wish in await session.scalars(select(Wish)):
            assert wish.state in LIVE
            assert wish.next_reminder_at is not None
            assert wish.id not in stories or wish.submitted_at is not None

    async with running(Process("bot", ["run"], settings | {"WISHLIGHT_DATABASE_URL": other_url}, tmp_path)):
        calls = len(await people.calls())
        await people.say(PEOPLE[0], "第999句：路灯还没修")
        await until(lambda: _all_taken(people), PATIENCE)

        async def answered() -> bool:
            new = await people.calls(after=calls)
            return any("第999句" in str(call["payload"]) for call in new if call["method"] != "getUpdates")

        await until(answered, PATIENCE)
    assert (await _lines(other_url))[PEOPLE[0]][-1] == 999


async def _lines(url: str) -> dict[int, list[int]]:
    """The numbers of the sentences that are stored, by person."""
    found: dict[int, list[int]] = {}
    async with rows(url) as session:
        for line in await session.scalars(select(Line).order_by(Line.id)):
            found.setdefault(line.person_id, []).append(int(line.text[1 : line.text.index("句")]))
    return found


async def _polls(people: SandboxClient) -> bool:
    return any(call["method"] == "getMe" for call in await people.calls())


async def _heard(people: SandboxClient, person: int) -> bool:
    return any(message["from"]["id"] == BOT for message in await people.messages(person))


async def _all_taken(people: SandboxClient) -> bool:
    status = await people.status()
    return not status["pending_updates"] and not status["unacked_updates"]
