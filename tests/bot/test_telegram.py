"""Every way a call can end is one of four, and none of them shows the token."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.telegram import ApiError, Later, Never, Reason, RetryAfter, Telegram, Unauthorised
from tests.serving import serving

TOKEN = "99:secret-secret"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers as it is told."""

    def __init__(self) -> None:
        self.answer: Answer = self._fine
        self.url = ""

    async def _fine(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": await request.json()})

    def says(self, code: int, description: str, **parameters: int) -> None:
        async def refuse(request: web.Request) -> web.StreamResponse:
            body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
            return web.json_response(body, status=code)

        self.answer = refuse


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    opened = Server()
    async with serving(lambda request: opened.answer(request)) as opened.url:
        yield opened


@pytest.fixture
async def telegram(server: Server) -> AsyncIterator[Telegram]:
    client = Telegram(SecretStr(TOKEN), server.url)
    await client.open()
    yield client
    await client.close()


async def test_a_result_comes_back(telegram: Telegram) -> None:
    assert await telegram.call("sendMessage", {"chat_id": 1, "text": "好"}) == {"chat_id": 1, "text": "好"}


@pytest.mark.parametrize(("status", "surely_not"), [(407, True), (502, False)])
async def test_what_a_proxy_or_a_gateway_says_instead(
    server: Server, telegram: Telegram, status: int, surely_not: bool
) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="<html>")

    server.answer = page
    with pytest.raises(Later) as caught:
        await telegram.call("sendMessage")
    assert caught.value.sent_nothing is surely_not


async def test_429_says_how_long(server: Server, telegram: Telegram) -> None:
    server.says(429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(RetryAfter) as caught:
        await telegram.call("sendMessage")
    assert caught.value.seconds == 7


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", Reason.BLOCKED),
        (403, "Forbidden: user is deactivated", Reason.DEACTIVATED),
        (403, "Forbidden: bot can't initiate conversation with a user", Reason.NOT_STARTED),
        (403, "Forbidden: bot was kicked from the supergroup chat", Reason.KICKED),
        (403, "Forbidden: bot is not a member of the supergroup chat", Reason.KICKED),
        (403, "Forbidden: the group chat was deleted", Reason.KICKED),
        (400, "Bad Request: chat not found", Reason.CHAT_NOT_FOUND),
        (400, "Bad Request: not enough rights to send text messages to the chat", Reason.NO_RIGHTS),
        (400, "Bad Request: message to edit not found", Reason.MESSAGE_GONE),
        (400, "Bad Request: message can't be edited", Reason.MESSAGE_GONE),
        (400, "Bad Request: message can't be deleted for everyone", Reason.TOO_OLD),
        (409, "Conflict: terminated by other getUpdates request", Reason.CONFLICT),
        (400, "Bad Request: message text is empty", Reason.OTHER),
    ],
)
async def test_never_has_a_reason(server: Server, telegram: Telegram, code: int, description: str, reason: Reason) -> None:
    server.says(code, description)
    with pytest.raises(Never) as caught:
        await telegram.call("sendMessage")
    assert (caught.value.code, caught.value.reason) == (code, reason)


async def test_a_group_that_moved_says_where(server: Server, telegram: Telegram) -> None:
    server.says(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001)
    with pytest.raises(Never) as caught:
        await telegram.call("sendMessage")
    assert (caught.value.reason, caught.value.moved_to) == (Reason.MOVED, -1001)


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ],
)
async def test_what_is_already_so_is_a_success(server: Server, telegram: Telegram, description: str) -> None:
    server.says(400, description)
    assert await telegram.call("editMessageText") is True


async def test_a_quotation_in_an_error_is_left_out(server: Server, telegram: Telegram) -> None:
    server.says(400, 'Bad Request: can\'t parse entities: unsupported start tag "王阿姨" at byte offset 3')
    with pytest.raises(Never) as caught:
        await telegram.call("sendMessage")
    assert "王阿姨" not in str(caught.value)


async def test_an_error_of_the_server_leaves_the_outcome_open(server: Server, telegram: Telegram) -> None:
    server.says(502, "Bad Gateway")
    with pytest.raises(Later) as caught:
        await telegram.call("sendMessage")
    assert caught.value.sent_nothing is False


async def test_garbage_leaves_the_outcome_open(server: Server, telegram: Telegram) -> None:
    async def garbage(request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>")

    server.answer = garbage
    with pytest.raises(Later) as caught:
        await telegram.call("sendMessage")
    assert caught.value.sent_nothing is False


async def test_no_answer_in_time_leaves_the_outcome_open(server: Server, telegram: Telegram) -> None:
    async def silence(request: web.Request) -> web.StreamResponse:
        import asyncio

        await asyncio.sleep(5)
        return web.Response()

    server.answer = silence
    with pytest.raises(Later) as caught:
        await telegram.call("sendMessage", timeout=0.1)
    assert caught.value.sent_nothing is False


async def test_a_connection_that_breaks_leaves_the_outcome_open(server: Server, telegram: Telegram) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    server.answer = hang_up
    with pytest.raises(Later) as caught:
        await telegram.call("sendMessage")
    assert caught.value.sent_nothing is False


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://127.0.0.1:1", None),
        ("http://does-not-exist.invalid", None),
        ("http://127.0.0.1:9", "http://me:hunter2@127.0.0.1:1"),
        ("http://127.0.0.1:9", "socks5://me:hunter2@127.0.0.1:1"),
    ],
)
async def test_without_a_connection_surely_nothing_was_sent(url: str, proxy: str | None) -> None:
    client = Telegram(SecretStr(TOKEN), url, SecretStr(proxy) if proxy else None)
    await client.open()
    try:
        with pytest.raises(Later) as caught:
            await client.call("sendMessage", timeout=5)
    finally:
        await client.close()
    assert caught.value.sent_nothing is True
    shown = "".join(traceback.format_exception(caught.value))
    assert "secret" not in shown
    assert "hunter2" not in shown


async def test_a_wrong_token_is_told_apart(server: Server, telegram: Telegram) -> None:
    server.says(401, "Unauthorized")
    with pytest.raises(Unauthorised):
        await telegram.call("getMe")


async def test_no_error_shows_the_token(server: Server, telegram: Telegram) -> None:
    for code in (400, 401, 403, 404, 409, 429, 500):
        server.says(code, "x")
        with pytest.raises(ApiError) as caught:
            await telegram.call("sendMessage")
        assert "secret" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
