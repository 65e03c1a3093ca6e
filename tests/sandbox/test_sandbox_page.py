"""What the page is made of, and who may ask for it."""

import asyncio
import http.client
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox import page
from sandbox.client import SandboxClient
from sandbox.page import FOLDER
from sandbox.server import Sandbox
from tests.sandbox.conftest import RawBot

PARTS = sorted(path.name for path in FOLDER.iterdir())


async def test_the_page_and_all_its_parts_are_served(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for path in ["/", *(f"/page/{name}" for name in PARTS)]:
        async with session.get(sandbox.url + path) as answer:
            assert answer.status == 200, path
            assert answer.content_type == kinds[Path(path).suffix or ".html"]
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_names_no_other_host_and_keeps_its_own_policy() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text("utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write"):
            assert word not in text, f"{path.name}: {word}"
        if path.suffix == ".html":
            assert "<style" not in text
            assert " style=" not in text
            assert all("src=" in tag for tag in text.split("<script")[1:])
        for piece in text.split("://")[1:]:
            assert piece.startswith(("www.w3.org/", "${")), f"{path.name}: {piece[:40]}"


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "/page/%2e%2e%2fpage.py",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/nothing.js",
        "/page/",
        "/page/.",
        "/page/index.html%00.js",
    ],
)
async def test_only_the_pages_own_parts_have_names(sandbox: Sandbox, path: str) -> None:
    def ask() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", int(sandbox.url.rpartition(":")[2]), timeout=10)
        connection.putrequest("GET", path)  # as it is, not made proper by a client
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status

    assert await asyncio.to_thread(ask) == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/client/users", "/client/events", "/client/files/x"])
async def test_pages_of_other_sites_are_refused(
    sandbox: Sandbox, session: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    async with session.get(sandbox.url + path, headers=headers) as answer:
        assert answer.status == 403


async def test_forms_of_other_sites_write_nothing(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int
) -> None:
    form = {"from_id": wang, "chat_id": wang, "text": "不是我写的"}
    async with session.post(f"{sandbox.url}/client/messages", json=form, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    assert [message["text"] for message in await people.messages(wang)] == ["/start"]


async def test_this_machine_has_three_names(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    port = sandbox.url.rpartition(":")[2]
    for name in ("127.0.0.1", "localhost", "[::1]"):
        headers = {"Host": f"{name}:{port}", "Origin": f"http://{name}:{port}"}
        async with session.get(f"{sandbox.url}/client/users", headers=headers) as answer:
            assert answer.status == 200, name


async def test_bots_may_come_under_any_name(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{sandbox.url}/bot42:TEST/getMe", headers={"Host": "sandbox:8081"}) as answer:
        assert answer.status == 200


async def test_files_are_what_they_are(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int
) -> None:
    photo = (await people.send_photo(wang))["photo"][-1]["file_id"]
    voice = (await people.send(wang, voice=True))["voice"]["file_id"]
    page_like = {"data": "PHNjcmlwdD4=", "file_name": "x.html", "mime_type": "text/html"}
    document = (await people.send(wang, document=page_like))["document"]["file_id"]
    kinds = {photo: "image/png", voice: "audio/wav", document: "application/octet-stream"}
    for file_id, kind in kinds.items():
        async with session.get(f"{sandbox.url}/client/files/{file_id}") as answer:
            assert answer.status == 200
            assert answer.content_type == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with session.get(f"{sandbox.url}/client/files/nothing") as answer:
        assert answer.status == 404


def test_silence_sounds_like_something() -> None:
    sound = page.tone()
    assert sound[:4] == b"RIFF"
    assert len(set(sound[44:])) > 10


async def test_the_command_menu_is_the_narrowest_one(
    people: SandboxClient, bot: RawBot, group: int, wang: int, li: int
) -> None:
    async def shown(user: int, chat: int) -> list[str]:
        return [one["command"] for one in (await people.get("commands", user=user, chat=chat))["commands"]]

    async def offer(name: str, **more: Any) -> None:
        await bot.do("setMyCommands", commands=[{"command": name, "description": name}], **more)

    await people.add_user("王阿姨", id=wang, language_code="zh-hans")
    assert await shown(wang, wang) == []
    await offer("default")
    await offer("chinese", language_code="zh")
    assert await shown(wang, wang) == ["chinese"]
    await offer("private", scope={"type": "all_private_chats"})
    assert await shown(wang, wang) == ["private"]
    await offer("groups", scope={"type": "all_group_chats"})
    await offer("admins", scope={"type": "all_chat_administrators"})
    assert await shown(wang, group) == ["groups"]
    assert await shown(li, group) == ["admins"]
    await offer("here", scope={"type": "chat", "chat_id": group})
    assert await shown(wang, group) == ["here"]
    await offer("mine", scope={"type": "chat_member", "chat_id": group, "user_id": wang})
    assert await shown(wang, group) == ["mine"]


async def test_messages_are_read_in_pages_from_the_newest(
    sandbox: Sandbox, session: aiohttp.ClientSession, people: SandboxClient, wang: int
) -> None:
    for number in range(2, 11):
        await people.say(wang, str(number))

    async def numbers(**query: int) -> list[int]:
        answer = await people.get(f"chats/{wang}/messages", **query)
        return [message["message_id"] for message in answer["messages"]]

    assert await numbers() == list(range(1, 11))
    assert await numbers(limit=3) == [8, 9, 10]
    assert await numbers(limit=3, before=8) == [5, 6, 7]
    assert await numbers(after=7, before=10) == [8, 9]
    assert await numbers(limit=0) == []
    for wrong in ("nan", "inf", "x"):
        async with session.get(f"{sandbox.url}/client/chats/{wang}/messages?limit={wrong}") as answer:
            assert answer.status == 400
