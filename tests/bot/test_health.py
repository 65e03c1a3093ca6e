"""Whether the bot is well, told over HTTP, and its figures, in which nobody can be recognised."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import asyncpg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.engine import make_url

from bot import vitals
from bot.composition import App
from bot.settings import BadSettings
from bot.telegram import ApiError
from bot.vitals import Part, Vitals
from rules.lifecycle import Kind, State
from storage.models import Outgoing, Person, Wish
from tests.bot.stage import LI, WANG, Stage, until

Json = dict[str, Any]


class Asking:
    """Somebody who looks at a bot's port."""

    def __init__(self, session: aiohttp.ClientSession, app: App) -> None:
        self._session = session
        self._app = app

    async def get(self, path: str) -> tuple[int, Json]:
        async with self._session.get(self._address(path)) as answer:
            return answer.status, await answer.json()

    async def metrics(self) -> str:
        async with self._session.get(self._address("/metrics")) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/plain")
            return await answer.text()

    async def figure(self, name: str, **labels: str) -> float:
        for family in text_string_to_metric_families(await self.metrics()):
            for sample in family.samples:
                if sample.name == f"wishlight_{name}" and sample.labels == labels:
                    return float(sample.value)
        raise AssertionError(f"no {name} {labels}")

    def _address(self, path: str) -> str:
        assert self._app.web is not None
        return f"http://127.0.0.1:{self._app.web.port}{path}"


@pytest.fixture
def on_a_port(stage: Stage) -> Stage:
    stage.settings = stage.settings.model_copy(update={"web_port": 0})
    return stage


@pytest.fixture
async def asking(on_a_port: Stage, session: aiohttp.ClientSession) -> Asking:
    return Asking(session, await on_a_port.open())


async def test_a_bot_that_works_is_well_and_ready(asking: Asking) -> None:
    status, said = await asking.get("/healthz")
    assert (status, said["status"], said["role"], said["problems"]) == (200, "ok", "works", [])
    assert set(said["seconds_since"]) == set(Part)
    assert await asking.get("/readyz") == (200, {"status": "ready", "problems": []})


async def test_without_a_port_nothing_is_answered(stage: Stage) -> None:
    assert (await stage.open()).web is None


async def test_a_port_that_is_taken_is_told(on_a_port: Stage, asking: Asking) -> None:
    assert on_a_port.app.web is not None
    taken = on_a_port.settings.model_copy(update={"web_port": on_a_port.app.web.port})
    second = App(taken)
    with pytest.raises(BadSettings, match=r"WISHLIGHT_WEB_PORT: cannot listen on 127\.0\.0\.1"):
        await second.start()


async def test_a_poll_that_brings_nothing_is_ill_until_it_does(
    on_a_port: Stage, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vitals.PATIENCE, Part.EXCHANGE, 0.5)
    await on_a_port.people.fault("refuse", methods=["getUpdates"])
    await on_a_port.people.say(WANG, "hello")  # ends the poll that waits

    async def status_is(expected: int) -> bool:
        return (await asking.get("/healthz"))[0] == expected

    await until(lambda: status_is(503))
    _, said = await asking.get("/healthz")
    assert said["status"] == "ill"
    assert said["problems"][0].startswith("nothing was heard from Telegram for")
    monkeypatch.setitem(vitals.PATIENCE, Part.EXCHANGE, 30.0)
    await on_a_port.people.fault("none")
    await on_a_port.quiet()
    await until(lambda: status_is(200))


def test_each_part_has_its_own_patience_and_a_replica_that_waits_is_excused() -> None:
    now = [0.0]
    signs = Vitals(lambda: now[0])
    signs.expect(*Part)
    now[0] = 59.0
    assert signs.complaints() == []
    signs.beat(Part.SENDER)
    now[0] = 61.0
    assert signs.complaints() == ["what is due was not looked at for 61 s"]
    now[0] = 91.0
    assert len(signs.complaints()) == 2
    signs.excuse(*Part)
    signs.beat(Part.TICKS)  # the last one, while it stops
    now[0] = 999.0
    assert signs.complaints() == []


async def test_updates_calls_and_durations_are_counted(on_a_port: Stage, asking: Asking) -> None:
    await on_a_port.people.say(WANG, "hello")
    await on_a_port.people.say(LI, "no")
    await on_a_port.people.say(WANG, "boom")
    await until(lambda: _heard(on_a_port, 3))
    assert await asking.figure("updates_total", outcome="done") == 1
    assert await asking.figure("updates_total", outcome="refused") == 1
    assert await asking.figure("updates_total", outcome="failed") == 1
    assert await asking.figure("failed_updates") == 1
    assert await asking.figure("update_seconds_count") == 3
    assert await asking.figure("update_seconds_bucket", le="+Inf") == 3
    assert await asking.figure("update_seconds_sum") > 0
    assert await asking.figure("calls_total", method="sendMessage", answer="ok") == 3
    assert await asking.figure("elections_total", result="won") == 1
    assert await asking.figure("leads") == 1


async def _heard(stage: Stage, so_many: int) -> bool:
    return len(await stage.heard(WANG)) + len(await stage.heard(LI)) >= so_many


async def test_what_waits_to_be_sent_has_an_age(on_a_port: Stage, asking: Asking) -> None:
    await on_a_port.people.fault("refuse", methods=["sendMessage"])
    await on_a_port.people.say(WANG, "hello")

    async def waits() -> bool:
        return await asking.figure("queue_rows", lane="answers") == 1

    await until(waits)
    async with on_a_port.app.transactions.begin() as session:
        await session.execute(update(Outgoing).values(created_at=on_a_port.app.clock.now() - timedelta(minutes=3)))
    assert 180 <= await asking.figure("queue_age_seconds", lane="answers") < 240
    assert await asking.figure("queue_age_seconds", lane="reminders") == 0
    await on_a_port.people.fault("none")


async def test_being_told_to_wait_is_counted(on_a_port: Stage, asking: Asking) -> None:
    await on_a_port.people.say(WANG, "/start")
    telegram = on_a_port.app.telegram
    said = (telegram.call("sendMessage", {"chat_id": WANG, "text": "x"}) for _ in range(40))
    assert any(isinstance(outcome, ApiError) for outcome in await asyncio.gather(*said, return_exceptions=True))
    waited = await asking.figure("calls_total", method="sendMessage", answer="wait")
    assert waited >= 1
    assert await asking.figure("too_many_requests_total") == waited


async def test_reminders_that_are_late_show(on_a_port: Stage, asking: Asking) -> None:
    now = on_a_port.app.clock.now()
    async with on_a_port.app.transactions.begin() as session:
        session.add(Person(id=WANG, created_at=now))
        await session.flush()
        for minutes in (-1, 1, 30):
            session.add(
                Wish(
                    author_id=WANG,
                    kind=Kind.WISH,
                    state=State.OPEN,
                    state_since=now,
                    category="other",
                    created_at=now,
                    next_reminder_at=now - timedelta(minutes=minutes),
                )
            )
    assert await asking.figure("reminders_due") == 2
    assert await asking.figure("reminders_late") == 1
    assert 1800 <= await asking.figure("reminder_lateness_seconds") < 1860
    assert await asking.figure("live_wishes", state="open") == 3


async def test_nobody_can_be_recognised_in_the_figures(on_a_port: Stage, asking: Asking) -> None:
    await on_a_port.people.add_user("赵秘密", id=987654321)
    await on_a_port.people.say(987654321, "电话13812345678")
    await on_a_port.hears("电话13812345678", chat=987654321)
    told = await asking.metrics()
    for secret in ("赵秘密", "13812345678", "987654321", "stage-token"):
        assert secret not in told


async def test_a_replica_that_waits_is_well_and_takes_over(
    postgresql_url: str, session: aiohttp.ClientSession, sandbox: Any, people: Any
) -> None:
    from bot.settings import Settings
    from tests.bot.stage import SCALE, TOKEN

    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE, web_port=0
    )
    stage = Stage(sandbox, people, settings)
    first, second = await stage.open(), await stage.open()
    try:
        waiting = Asking(session, second)
        assert (await waiting.get("/healthz"))[1]["role"] == "waits"
        assert (await waiting.get("/readyz"))[0] == 200
        assert await waiting.figure("leads") == 0
        await first.stop()

        async def works() -> bool:
            return (await waiting.get("/healthz"))[1]["role"] == "works"

        await until(works)
        assert await waiting.figure("elections_total", result="won") == 1
    finally:
        await first.stop()
        await second.stop()


async def test_without_the_database_it_is_not_ready_and_still_tells_what_it_knows(
    postgresql_url: str, session: aiohttp.ClientSession, sandbox: Any, people: Any
) -> None:
    from bot.settings import Settings
    from tests.bot.stage import SCALE, TOKEN

    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=sandbox.url, database_url=postgresql_url, rate_scale=SCALE, web_port=0
    )
    stage = Stage(sandbox, people, settings)
    asking = Asking(session, await stage.open())
    try:
        assert await asking.figure("database_up") == 1
        url = make_url(postgresql_url)
        operator = await asyncpg.connect(host=str(url.query["host"]), user="postgres", database="postgres")
        await operator.execute(f"ALTER DATABASE {url.database} WITH ALLOW_CONNECTIONS false")
        await operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", url.database)
        await operator.close()
        status, said = await asking.get("/readyz")
        assert (status, said["problems"]) == (503, ["the database does not answer"])
        assert await asking.figure("database_up") == 0
        assert await asking.figure("updates_total", outcome="done") == 0
    finally:
        await stage.app.stop()
