"""Where Telegram cannot be reached, everything goes through a proxy: polling, sending, files. Nothing goes around it.

The Bot API is at a name that only the proxies know, so whatever would go around them would not arrive.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.playing.processes import Process, running, settings_for
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.bot.stage import LI, SCALE, TOKEN, WANG, until
from tests.demo.evening import press, said_by_bot

HOST = "telegram.example"
CERTIFICATE = Path(__file__).parent / f"{HOST}.pem"
LOGIN = "town:hunter2"
PATIENCE = 90.0
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    with suppress(ConnectionError, RuntimeError):
        writer.close()


class Proxy:
    """Knows one host, and where it really is; counts who was let through."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.port = 0
        self.asked: list[str] = []
        self.refused = 0

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """CONNECT for https, whole addresses for http."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *headers = head.split("\r\n")
        method, target, _ = first.split(" ")
        wanted = "Proxy-Authorization: Basic " + base64.b64encode(LOGIN.encode()).decode()
        if wanted not in headers:
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        self.asked.append(method)
        if method == "CONNECT":
            assert target == f"{HOST}:443"
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._through(reader, writer)
            return
        parts = urlsplit(target)
        assert parts.hostname == HOST
        path = parts.path or "/"
        # One request a connection: what comes after it would need to be read as well.
        kept = [line for line in headers if not line.lower().startswith(("proxy-", "connection:"))]
        asked = "\r\n".join([f"{method} {path} HTTP/1.1", "Connection: close", *kept])
        await self._through(reader, writer, asked.encode())

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Version 5, a name, no login."""
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        version, command, _, kind = await reader.readexactly(4)
        assert (version, command, kind) == (5, 1, 3), "a name, which the proxy looks up, and no address"
        (length,) = await reader.readexactly(1)
        assert (await reader.readexactly(length)).decode() == HOST
        await reader.readexactly(2)
        self.asked.append("SOCKS")
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await self._through(reader, writer)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes = b"") -> None:
        there, back = await asyncio.open_connection(self._host, self._port)
        back.write(first)
        await asyncio.gather(pipe(reader, back), pipe(there, writer))


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of the test's own, and its port."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def answer() -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await serve(reader, writer)

        task = asyncio.ensure_future(answer())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    ("api", "proxy", "asked"),
    [
        (f"https://{HOST}", f"http://{LOGIN}@127.0.0.1", "CONNECT"),  # as it is with Telegram
        (f"http://{HOST}", f"http://{LOGIN}@127.0.0.1", "POST"),
        (f"https://{HOST}", "socks5://127.0.0.1", "SOCKS"),
    ],
)
async def test_a_whole_exchange_goes_through_the_proxy(
    sandbox: Sandbox, people: SandboxClient, sqlite_url: str, tmp_path: Path, api: str, proxy: str, asked: str
) -> None:
    plain = int(urlsplit(sandbox.url).port or 0)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)

    async def telegram(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", plain)
        await asyncio.gather(pipe(reader, back), pipe(there, writer))

    async with listening(telegram, tls) as secure:
        known = Proxy("127.0.0.1", secure if api.startswith("https") else plain)
        async with listening(known.socks if asked == "SOCKS" else known.http) as port:
            settings = settings_for(api, sqlite_url, str(LI), SCALE, WISHLIGHT_BOT_TOKEN=TOKEN)
            settings |= {"WISHLIGHT_PROXY": f"{proxy}:{port}", "SSL_CERT_FILE": str(CERTIFICATE)}
            del settings["WISHLIGHT_CLOCK_URL"]  # it is the sandbox's own, and beside the Bot API
            process = Process("bot", ["run"], settings, tmp_path)
            async with running(process):
                await people.say(LI, "/start")
                await until(lambda: _heard(people, LI, "."), PATIENCE)
                await people.send_photo(WANG, caption="楼下的路灯坏了，投诉物业不管")
                await until(lambda: _heard(people, WANG, "我是这样理解的"), PATIENCE)
                await press(people, WANG, None, "提交")
                await press(people, LI, None, "📎")
                await until(lambda: _sent_photo(people), PATIENCE)
            said = process.log_text()
    assert known.asked.count(asked) >= 1
    assert known.refused == 0
    assert "hunter2" not in said
    assert "ERROR" not in said


async def _heard(people: SandboxClient, chat: int, words: str) -> bool:
    return await said_by_bot(people, chat, words) is not None


async def _sent_photo(people: SandboxClient) -> bool:
    """By its file_id, to whoever reviews."""
    calls = await people.calls()
    return any(call["method"] == "sendPhoto" and call["payload"]["chat_id"] == LI and call["status"] == 200 for call in calls)


async def test_a_login_that_the_proxy_refuses_is_told_and_tried_again(
    sandbox: Sandbox, people: SandboxClient, sqlite_url: str, tmp_path: Path
) -> None:
    known = Proxy("127.0.0.1", int(urlsplit(sandbox.url).port or 0))
    async with listening(known.http) as port:
        settings = settings_for(f"http://{HOST}", sqlite_url, str(LI), SCALE, WISHLIGHT_BOT_TOKEN=TOKEN)
        settings |= {"WISHLIGHT_PROXY": f"http://town:wrong-secret@127.0.0.1:{port}"}
        del settings["WISHLIGHT_CLOCK_URL"]
        process = Process("bot", ["run"], settings, tmp_path)

        async def tried_twice() -> bool:
            return known.refused >= 2

        async with running(process):
            await until(tried_twice, PATIENCE)
        said = process.log_text()
    assert known.asked == []
    assert "Telegram not reachable" in said
    assert "407" in said
    assert "wrong-secret" not in said
