"""What Telegram brings is committed before it is answered, by whichever replica it was brought to."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import Message as Update
from sqlalchemy import select

from bot import vitals, webhook
from bot.composition import App
from bot.settings import BadSettings, Settings
from bot.vitals import Part
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.models import Outgoing, SeenUpdate
from tests.bot.stage import LI, SCALE, TOKEN, WANG, Stage, until
from tests.bot.test_intake import raw_message
from words.messages import Answer, Message

SECRET = "hook-secret"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def on_a_hook(settings: Settings, port: int) -> Settings:
    given = {
        "mode": "webhook",
        "web_port": port,
        "webhook_url": f"http://127.0.0.1:{port}/hook",
        "webhook_secret": SECRET,
    }
    return Settings(_env_file=None, **settings.model_dump(exclude=set(given)) | given)


class Door:
    """Somebody who knocks at a bot's webhook, as Telegram does or as a stranger."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._url = str(settings.webhook_url)

    async def knock(self, body: bytes | dict[str, Any], secret: str | None = SECRET, **headers: str) -> aiohttp.ClientResponse:
        given = {"Content-Type": "application/json", **headers}
        if secret is not None:
            given[webhook.SECRET_HEADER] = secret
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self._session.post(self._url, data=data, headers=given) as answer:
            await answer.read()
        return answer


@pytest.fixture
def hooked(stage: Stage) -> Stage:
    stage.settings = on_a_hook(stage.settings, free_port())
    return stage


@pytest.fixture
async def door(hooked: Stage, session: aiohttp.ClientSession) -> Door:
    return Door(session, hooked.settings)


async def api(stage: Stage, session: aiohttp.ClientSession, method: str, **payload: Any) -> Any:
    async with session.post(f"{stage.sandbox.url}/bot{TOKEN}/{method}", json=payload) as answer:
        return (await answer.json())["result"]


async def test_what_is_brought_is_answered(hooked: Stage) -> None:
    await hooked.open()
    await hooked.people.say(WANG, "你好")
    await hooked.people.say(WANG, "buttons")
    await hooked.hears("你好", "press")
    sent = (await hooked.people.messages(WANG))[-1]
    tap = await hooked.people.tap(WANG, sent["message_id"], "yes", wait=10)
    assert tap["answer"]["text"] == "yes"
    await hooked.quiet()
    assert await hooked.outcomes() == ["done"] * 3
    calls = {call["method"]: call for call in await hooked.people.calls()}
    assert "getUpdates" not in calls
    asked = calls["setWebhook"]["payload"]
    assert asked["url"] == hooked.settings.webhook_url
    assert asked["secret_token"] == SECRET
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert calls["setWebhook"]["unknown"] == []


async def test_one_persons_messages_are_answered_in_their_order(hooked: Stage) -> None:
    await hooked.open()
    said = [f"{number}" for number in range(20)]
    for text in said:
        await hooked.people.say(WANG, text)
    await hooked.hears(*said)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "ünïcode"])
async def test_who_does_not_know_the_secret_is_not_listened_to(hooked: Stage, door: Door, secret: str | None) -> None:
    await hooked.open()
    assert (await door.knock(raw_message(10**9, "骗你的"), secret)).status == 403
    assert (await door.knock(b"x" * 100_000, secret)).status == 403
    assert await hooked.outcomes() == []
    assert (await door.knock(raw_message(10**9, "真的"))).status == 200
    assert await hooked.outcomes() == ["done"]


async def test_the_secret_is_compared_in_constant_time(hooked: Stage, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, ours: bytes) -> bool:
        compared.append((given, ours))
        return False

    await hooked.open()
    monkeypatch.setattr(webhook, "hmac", SimpleNamespace(compare_digest=compare))
    assert (await door.knock(raw_message(10**9, "x"))).status == 403
    assert compared == [(SECRET.encode(), SECRET.encode())]


async def test_only_posts_to_its_path_are_answered(hooked: Stage, session: aiohttp.ClientSession) -> None:
    await hooked.open()
    headers = {webhook.SECRET_HEADER: SECRET}
    async with session.get(str(hooked.settings.webhook_url), headers=headers) as answer:
        assert answer.status == 405
    async with session.post(f"{hooked.settings.webhook_url}/other", headers=headers, json={}) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("told", [True, False])
async def test_what_is_too_large_is_not_even_read(hooked: Stage, door: Door, told: bool) -> None:
    await hooked.open()
    huge = json.dumps(raw_message(10**9, "大" * webhook.LARGEST)).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(huge), 65536):
            yield huge[start : start + 65536]

    body: Any = io.BytesIO(huge) if told else in_pieces()
    with suppress(aiohttp.ClientConnectionError):  # whoever still talks when the answer comes may find the door shut
        async with door._session.post(door._url, data=body, headers={webhook.SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 413
    assert await hooked.outcomes() == []
    assert (await door.knock(raw_message(10**9 + 1, "后"))).status == 200


STRANGE = [b"", b"no JSON", b"[1]", b'{"update_id": "5"}', b'{"update_id": true}', b"\xff\xfe", b'{"a":"\x00"}', b"[" * 100_000]


@pytest.mark.parametrize("body", STRANGE, ids=lambda body: repr(body[:12]))
async def test_what_is_no_update_is_stored_once_and_does_not_come_again(hooked: Stage, door: Door, body: bytes) -> None:
    await hooked.open()
    for _ in range(2):
        assert (await door.knock(body)).status == 200
    (kept,) = await hooked.rows(select(SeenUpdate))
    assert kept.outcome == "unreadable"
    assert kept.id < 0
    assert kept.raw["body"] == body[:65536].decode("utf-8", "replace").replace("\0", "")


async def test_an_update_that_cannot_be_read_is_kept_and_the_next_is_answered(hooked: Stage, door: Door) -> None:
    await hooked.open()
    bad = {"update_id": 10**9, "message": {"message_id": "?", "text": "坏的"}}
    assert (await door.knock(bad)).status == 200
    assert (await door.knock(raw_message(10**9 + 1, "好的"))).status == 200
    assert await hooked.outcomes() == ["unreadable", "done"]
    (kept,) = await hooked.rows(select(SeenUpdate).where(SeenUpdate.outcome == "unreadable"))
    assert kept.raw == bad


async def test_a_handler_that_fails_apologises_and_stops_nobody(hooked: Stage) -> None:
    await hooked.open()
    await hooked.people.say(WANG, "boom")
    await hooked.people.say(WANG, "还在吗")
    await hooked.people.say(LI, "me too")
    await until(lambda: _said(hooked, "还在吗"))
    await hooked.hears("me too", chat=LI)
    apology, after = await hooked.heard()
    assert (bool(apology), after) == (True, "还在吗")
    (failed,) = await hooked.rows(select(SeenUpdate).where(SeenUpdate.outcome == "failed"))
    assert failed.raw["message"]["text"] == "boom"
    info = (await hooked.people.status())["unacked_updates"]
    assert info == 0


async def _said(stage: Stage, *texts: str) -> bool:
    return set(texts) <= set(await stage.heard())


async def test_it_is_committed_before_it_is_answered(hooked: Stage, door: Door) -> None:
    await hooked.open()
    for number in range(5):
        assert (await door.knock(raw_message(10**9 + number, f"{number}"))).status == 200
        said = await hooked.rows(select(Outgoing.payload).order_by(Outgoing.id))
        assert said[-1]["text"] == f"{number}"
        assert len(await hooked.outcomes()) == number + 1


async def test_without_the_database_it_comes_again(hooked: Stage, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    app = await hooked.open()
    await hooked.people.say(WANG, "先")
    await hooked.hears("先")
    sessions = app.transactions.sessions

    def down() -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(app.transactions, "sessions", down)
    answer = await door.knock(raw_message(10**9, "停电了", user=LI))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert (await door.knock(b"no update")).status == 503
    await hooked.people.say(WANG, "停电了")
    await hooked.people.say(WANG, "还停着")
    await asyncio.sleep(0.3)
    assert (await hooked.people.status())["unacked_updates"] == 2
    monkeypatch.setattr(app.transactions, "sessions", sessions)
    await hooked.hears("先", "停电了", "还停着")
    await hooked.quiet()
    assert set(await hooked.outcomes()) == {"done"}


async def test_brought_again_it_changes_nothing(hooked: Stage) -> None:
    await hooked.open()
    await hooked.people.fault("reset", methods=["webhook"], count=2)
    await hooked.people.fault("duplicate", count=3)
    await hooked.people.fault("shuffle", count=2)
    said = [f"{number}" for number in range(6)]
    for text in said:
        await hooked.people.say(WANG, text)
    await hooked.quiet()
    assert sorted(await hooked.heard()) == said
    assert await hooked.outcomes() == ["done"] * 6


async def test_many_at_once_are_all_answered_once(hooked: Stage, door: Door) -> None:
    await hooked.open()
    batch = [raw_message(10**9 + number, f"{number}", user=100 + number % 7) for number in range(60)]
    answers = await asyncio.gather(*(door.knock(raw) for raw in batch + batch))
    assert {answer.status for answer in answers} == {200}
    assert len(await hooked.rows(select(Outgoing))) == 60
    assert await hooked.outcomes() == ["done"] * 60


async def test_a_stop_finishes_what_is_in_hand_and_takes_nothing_new(hooked: Stage, door: Door) -> None:
    router, begun = Router(), asyncio.Event()

    @router.message()
    async def slow(message: Update) -> Answer:
        begun.set()
        await asyncio.sleep(0.4)
        return Message(message.text or "")

    app = await hooked.open(router)
    under_way = asyncio.create_task(door.knock(raw_message(10**9, "办完了")))
    await begun.wait()
    stopping = asyncio.create_task(app.stop())
    await asyncio.sleep(0.05)
    try:
        late: int | None = (await door.knock(raw_message(10**9 + 1, "来晚了"))).status
    except aiohttp.ClientConnectionError:
        late = None  # it does not even listen any more
    assert late in (503, None)
    assert (await under_way).status == 200
    await stopping
    assert [row.payload["text"] for row in await hooked.rows(select(Outgoing))] == ["办完了"]


async def test_what_takes_too_long_to_stop_comes_again(hooked: Stage, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.composition._UPDATES", 0.2)
    router, begun, times = Router(), asyncio.Event(), 0

    @router.message()
    async def endless(message: Update) -> Answer:
        nonlocal times
        times += 1
        begun.set()
        if times == 1:
            await asyncio.sleep(60)
        return Message("好")

    app = await hooked.open(router)
    under_way = asyncio.create_task(door.knock(raw_message(10**9, "慢")))
    await begun.wait()
    await asyncio.wait_for(app.stop(), 10)
    assert (await under_way).status == 503
    assert await hooked.outcomes() == []


async def test_before_it_knows_its_town_it_takes_nothing(hooked: Stage, door: Door) -> None:
    await hooked.people.fault("500", methods=["getMe"], seconds=60)
    opening = asyncio.create_task(hooked.open())
    async with asyncio.timeout(15):
        while True:
            try:
                assert (await door.knock(raw_message(10**9, "早"))).status == 503
                break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.02)
    await hooked.people.fault("none")
    await opening
    assert (await door.knock(raw_message(10**9, "早"))).status == 200


# --- the watch


async def test_updates_that_go_elsewhere_are_called_back(
    hooked: Stage, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await hooked.open()
    assert app.workers is not None
    app.workers.source._every = 0.0  # type: ignore[union-attr]
    await api(hooked, session, "deleteWebhook")
    await hooked.people.say(WANG, "去哪儿了")
    await hooked.hears("去哪儿了")
    assert (await api(hooked, session, "getWebhookInfo"))["url"] == hooked.settings.webhook_url


async def test_a_webhook_gone_dark_is_ill(hooked: Stage, door: Door, session: aiohttp.ClientSession, monkeypatch: Any) -> None:
    monkeypatch.setitem(vitals.PATIENCE, Part.EXCHANGE, 1.5)
    app = await hooked.open()
    assert app.workers is not None
    app.workers.source._every = 0.0  # type: ignore[union-attr]
    health = f"http://127.0.0.1:{hooked.settings.web_port}/healthz"

    async def status_is(expected: int) -> bool:
        async with session.get(health) as answer:
            return answer.status == expected

    await until(lambda: status_is(200))
    await hooked.people.fault("refuse", methods=["webhook"])
    await hooked.people.say(WANG, "听得到吗")
    await until(lambda: status_is(503))
    await hooked.people.fault("none")
    await hooked.hears("听得到吗")
    await until(lambda: status_is(200))


async def test_back_to_polling_nothing_is_lost(hooked: Stage) -> None:
    app = await hooked.open()
    await hooked.people.say(WANG, "一")
    await hooked.hears("一")
    await app.stop()
    await hooked.people.say(WANG, "二")
    hooked.settings = Settings(_env_file=None, **hooked.settings.model_dump() | {"mode": "polling", "web_port": None})
    app = await hooked.open()
    await hooked.people.say(WANG, "三")
    await hooked.hears("一", "二", "三")
    await app.stop()
    await hooked.people.say(WANG, "四")
    hooked.settings = on_a_hook(hooked.settings, free_port())
    await hooked.open()
    await hooked.hears("一", "二", "三", "四")


async def test_an_address_that_telegram_refuses_is_a_wrong_setting(hooked: Stage) -> None:
    hooked.settings = hooked.settings.model_copy(update={"webhook_url": "http://town.example/hook"})
    with pytest.raises(BadSettings, match="WEBHOOK_URL is not accepted by Telegram: Bad Request: bad webhook: An HTTPS URL"):
        await hooked.open()


# --- replicas


class Replicas:
    """Two of them on one PostgreSQL."""

    def __init__(self, stage: Stage, ports: tuple[int, int]) -> None:
        self.stage = stage
        self.ports = ports
        self.settings = [on_a_hook(stage.settings, port) for port in ports]

    async def open(self, *routers: Router) -> tuple[App, App]:
        apps = []
        for settings, router in zip(self.settings, routers or (None, None), strict=True):
            self.stage.settings = settings
            apps.append(await self.stage.open(router))
        return apps[0], apps[1]


@pytest.fixture
async def replicas(postgresql_url: str, sandbox: Sandbox, people: SandboxClient) -> AsyncIterator[Replicas]:
    settings = Settings(_env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE)
    stage = Stage(sandbox, people, settings)
    yield Replicas(stage, (free_port(), free_port()))
    for app in stage.apps:
        await app.stop()


async def test_any_replica_takes_updates_and_wakes_the_one_that_sends(
    replicas: Replicas, session: aiohttp.ClientSession
) -> None:
    first, second = await replicas.open()
    assert first.workers is not None
    assert second.workers is None
    stage = replicas.stage
    await stage.people.say(WANG, "零")
    await stage.hears("零")
    first.workers.sender._poll = 60.0  # it looks by itself only once a minute
    await asyncio.sleep(1.2)  # the pause it had begun
    await asyncio.wait_for(_answered(stage, session, replicas.settings[1], "二"), 10)
    await asyncio.wait_for(_answered(stage, session, replicas.settings[0], "一"), 10)


async def _answered(stage: Stage, session: aiohttp.ClientSession, settings: Settings, text: str) -> None:
    number = 10**9 + len(text.encode()) * 100 + ord(text[0])
    assert (await Door(session, settings).knock(raw_message(number, text))).status == 200
    while text not in await stage.heard():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_one_persons_updates_run_one_at_a_time_on_whatever_replica(
    replicas: Replicas, session: aiohttp.ClientSession
) -> None:
    inside, most = 0, 0

    def router() -> Router:
        made = Router()

        @made.message()
        async def slow(message: Update) -> Answer:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.05)
            inside -= 1
            return Message(message.text or "")

        return made

    await replicas.open(router(), router())
    doors = [Door(session, settings) for settings in replicas.settings]
    batch = [raw_message(10**9 + number, f"{number}") for number in range(10)]
    answers = await asyncio.gather(*(doors[number % 2].knock(raw) for number, raw in enumerate(batch)))
    assert [answer.status for answer in answers] == [200] * 10
    assert most == 1
    assert await replicas.stage.outcomes() == ["done"] * 10


async def test_when_the_one_that_sends_dies_the_other_goes_on_and_nothing_is_lost(
    replicas: Replicas, session: aiohttp.ClientSession
) -> None:
    first, second = await replicas.open()
    assert (await api(replicas.stage, session, "getWebhookInfo"))["url"] == replicas.settings[1].webhook_url
    await first.stop()
    await replicas.stage.people.say(WANG, "还在吗")
    await replicas.stage.hears("还在吗")
    assert second.workers is not None
