"""A world on disk: what is found again, and what is refused."""

import json
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.client import SandboxClient
from sandbox.keeping import Keeper, UnusableKeep
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import T0, TOKEN, RawBot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world"


@asynccontextmanager
async def kept(path: Path, session: aiohttp.ClientSession) -> AsyncIterator[tuple[Sandbox, SandboxClient, RawBot]]:
    sandbox = Sandbox(rate_scale=1e6, clock_start=T0, keep=path)
    await sandbox.start()
    try:
        yield sandbox, SandboxClient(sandbox.url, session), RawBot(sandbox.url, session, TOKEN)
    finally:
        await sandbox.stop()


def on_disk(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def seen(people: SandboxClient, chats: list[int]) -> dict[str, Any]:
    """All that people can see."""
    return {
        "users": await people.users(),
        "bots": await people.bots(),
        "chats": await people.chats(),
        "messages": [await people.messages(chat) for chat in chats],
        "stage": await people.get("stage"),
        "commands": await people.get("commands", user=1001, chat=1001),
    }


async def lived(people: SandboxClient, bot: RawBot) -> list[int]:
    """Some of everything; returns the chats."""
    await bot.do("getMe")
    await bot.do("setMyCommands", commands=[{"command": "my", "description": "我的"}])
    await people.post("stage", title="镇", windows=[{"person": 1001, "chat": None}])
    await people.add_user("王阿姨", id=1001, last_name="王", username="wang", language_code="zh")
    await people.add_user("小李")
    li = (await people.users())[1]["id"]
    await people.say(1001, "/start")
    await people.say(li, "/start")
    group = (await people.add_group("城关志愿者", [li], admins=[1001]))["id"]
    await people.set_member(group, li, "restricted", can_send_messages=False)
    keys = {"inline_keyboard": [[{"text": "认领", "callback_data": "k"}]]}
    sent = await bot.do("sendMessage", chat_id=group, text="<b>灯泡</b>", parse_mode="HTML", reply_markup=keys)
    await bot.do("sendMessage", chat_id=1001, text="选", reply_markup={"keyboard": [["好"]]})
    await bot.do("editMessageText", chat_id=group, message_id=sent["message_id"], text="换好了", reply_markup=keys)
    gone = await people.say(1001, "发错了")
    await people.delete(1001, gone["message_id"])
    await people.send_photo(1001, caption="看")
    await people.send_album(1001, [{"photo": True}, {"photo": True}])
    await people.send(1001, voice=True)
    await people.block(li)
    return [1001, li, group]


async def test_everything_is_found_again(path: Path, session: aiohttp.ClientSession) -> None:
    async with kept(path, session) as (sandbox, people, bot):
        chats = await lived(people, bot)
        await people.set_clock(advance=86400, speed=0)
        before, clock = await seen(people, chats), await people.clock()
        waiting = await bot.do("getUpdates")
        [voice] = [file.data for file in sandbox.world.files.all() if file.kind == "voice"]
    async with kept(path, session) as (sandbox, people, bot):
        assert await seen(people, chats) == before
        assert await people.clock() | {"version": 0} == clock | {"version": 0}
        assert await bot.do("getUpdates") == waiting
        assert [file.data for file in sandbox.world.files.all() if file.kind == "voice"] == [voice]
        last = before["messages"][0][-1]["message_id"]
        assert (await people.say(1001, "往下"))["message_id"] == last + 1
        await bot.do("sendMessage", chat_id=1001, text="您好")
        assert await bot.refused("sendMessage", chat_id=chats[1], text="在吗") == (
            403,
            "Forbidden: bot was blocked by the user",
        )


async def test_another_secret_is_still_refused(path: Path, session: aiohttp.ClientSession) -> None:
    async with kept(path, session) as (_, _, bot):
        await bot.do("getMe")
    async with kept(path, session) as (sandbox, _, _):
        stranger = RawBot(sandbox.url, session, "42:OTHER")
        assert (await stranger.call("getMe"))["error_code"] == 401


async def test_after_an_unclean_end_numbers_go_on_far_above(path: Path, session: aiohttp.ClientSession) -> None:
    async with kept(path, session) as (_, people, bot):
        chats = await lived(people, bot)
        last = (await bot.do("getUpdates"))[-1]["update_id"]
        unclean = on_disk(path)  # as it is while the sandbox runs
        before = await seen(people, chats)
    put(path, unclean)
    async with kept(path, session) as (_, people, bot):
        assert await seen(people, chats) == before
        said = await people.say(1001, "来电了")
        assert said["message_id"] == before["messages"][0][-1]["message_id"] + 1_001
        assert (await bot.do("getUpdates"))[-1]["update_id"] > last + 10_000
        assert (await people.add_user("赵大爷"))["id"] > chats[1] + 9_000


async def test_what_a_bot_was_answered_is_on_disk(path: Path, session: aiohttp.ClientSession) -> None:
    async with kept(path, session) as (_, people, bot):
        await bot.do("getMe")
        await people.add_user("王阿姨", id=1001)
        await people.say(1001, "/start")
        sent = await bot.do("sendMessage", chat_id=1001, text="答应过的")
        world = World()
        Keeper(world, path).load()
        assert world.privates[42, 1001].messages[sent["message_id"]].body["text"] == "答应过的"


def document(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "version": 1, "clean": True, "clock": {"now": 0, "speed": 1}, "stage": {}, "counters": {}, "file_count": 0,
        "files": [], "users": [], "bots": [], "groups": [], "privates": [], "waiting_for_bot": [],
    }  # fmt: skip
    return whole | changes


def archive(content: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("world.json", content if isinstance(content, str) else json.dumps(content))

    return write


def test_a_whole_document_can_be_read(path: Path) -> None:
    archive(document(users=[{"id": 1, "first_name": "王"}]))(path)
    world = World()
    Keeper(world, path).load()
    assert world.users[1].first_name == "王"


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "cannot be read"),
        (lambda path: path.write_bytes(b"PK\x03\x04 half of it"), "cannot be read"),
        (lambda path: path.mkdir(), "cannot be read"),
        (archive("{"), "cannot be read"),
        (archive([]), "cannot be read"),
        (archive({}), r"another version \(None\)"),
        (archive(document(version=2)), r"another version \(2\)"),
        (archive({"version": 1}), "cannot be read"),
        (archive(document(clock={"now": 1e30, "speed": 1})), "cannot be read"),
        (archive(document(users=[{"id": 1, "first_name": "王"}, {"name": 1}])), "cannot be read"),
        (archive(document(files=[{"id": "x"}])), "cannot be read"),
        (archive(document(privates=[{"id": 1}])), "cannot be read"),
        (archive(document(waiting_for_bot=[[-1, "member"]])), "cannot be read"),
    ],
)
def test_what_is_no_world_is_refused_in_a_sentence_and_changes_nothing(
    path: Path, write: Callable[[Path], None], sentence: str
) -> None:
    write(path)
    world = World()
    with pytest.raises(UnusableKeep, match=sentence):
        Keeper(world, path).load()
    assert world.users == {}
    assert world.clock.version == 1


async def test_a_broken_file_is_left_as_it_is(path: Path) -> None:
    put(path, b"PK broken")
    sandbox = Sandbox(keep=path)
    with pytest.raises(UnusableKeep):
        await sandbox.start()
    await sandbox.stop()
    assert on_disk(path) == b"PK broken"


async def test_a_missing_file_is_an_empty_world(path: Path, session: aiohttp.ClientSession) -> None:
    async with kept(path, session) as (_, people, _):
        assert await people.users() == []
    assert on_disk(path).startswith(b"PK")
