"""The doctor finds what is ill, says what to do, and finds the rest also when half of it is away."""

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text, update

from bot.doctor.findings import Finding, Verdict, readable
from bot.doctor.run import examine
from bot.settings import Settings
from rules.lifecycle import Kind, State
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage import migrate
from storage.engine import open_engine, open_sessions
from storage.models import Group, Outgoing, Person, SeenUpdate, Wish
from tests.bot.stage import BOT, SCALE, TOKEN, Stage
from tests.bot.test_cli import wishlight
from tests.serving import serving

ADMIN = 77
HOOK = "http://127.0.0.1:1/hook"
LONG_AGO, JUST_NOW = "long ago", "just now"


class Patient:
    """The environment of one bot."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def has(self, **values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                self._monkeypatch.delenv(f"WISHLIGHT_{name}")
            else:
                self._monkeypatch.setenv(f"WISHLIGHT_{name}", value)

    async def is_told(self, about: str) -> Finding:
        """The one finding about something."""
        found = [finding for finding in await examine() if finding.about == about]
        assert len(found) == 1, found
        return found[0]

    async def complains_of(self) -> set[str]:
        return {finding.about for finding in await examine() if finding.verdict is Verdict.ILL}


class Api:
    """A Bot API server that answers as it is told, and tells the time as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.ahead = timedelta()
        self.answers: dict[str, Any] = {
            "getMe": {"id": BOT, "username": "wishlight_bot", "can_join_groups": True, "can_read_all_group_messages": False},
            "getWebhookInfo": {"url": "", "pending_update_count": 0},
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        now = format_datetime((datetime.now(UTC) + self.ahead).replace(microsecond=0), usegmt=True)
        method = request.path.rpartition("/")[2]
        if not method:
            return web.Response(status=302, headers={"Date": now, "Location": "https://example.org/"})
        result = self.answers.get(method)
        if result is None:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        return web.json_response({"ok": True, "result": result}, headers={"Date": now})


@pytest.fixture
async def patient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Patient:
    for name in list(os.environ):
        if name.startswith("WISHLIGHT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Patient(monkeypatch)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    opened = Api()
    async with serving(opened.answer) as opened.url:
        yield opened


@pytest.fixture
async def sound(patient: Patient, api: Api, database_url: str) -> Patient:
    """Everything is there."""
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url, DATABASE_URL=database_url, ADMINS=str(ADMIN))
    async with rows(database_url) as session:
        session.add(Person(id=ADMIN, is_admin=True, started_at=datetime.now(UTC), created_at=datetime.now(UTC)))
    return patient


def rows(url: str) -> Any:
    """A transaction of the test's own."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        engine = open_engine(url)
        async with open_sessions(engine).begin() as session:
            yield session
        await engine.dispose()

    return opened()


async def test_a_bot_that_is_well_and_works(
    patient: Patient, sandbox: Sandbox, people: SandboxClient, database_url: str
) -> None:
    settings = Settings(
        _env_file=None,
        bot_token=TOKEN,
        bot_api_url=sandbox.url,
        database_url=database_url,
        rate_scale=SCALE,
        admins=str(ADMIN),
        web_port=0,
    )
    stage = Stage(sandbox, people, settings)
    app = await stage.open()
    try:
        assert app.web is not None
        await people.add_user("张书记", id=ADMIN)
        await people.say(ADMIN, "/start")
        group = await people.add_group("城关志愿者", [ADMIN])
        await stage.quiet()
        async with app.transactions.begin() as session:
            session.add(Group(id=group["id"], audience="volunteers", created_at=app.clock.now()))
        patient.has(
            BOT_TOKEN=TOKEN,
            BOT_API_URL=sandbox.url,
            DATABASE_URL=database_url,
            RATE_SCALE=str(SCALE),
            ADMINS=str(ADMIN),
            WEB_PORT=str(app.web.port),
        )
        found = await examine()
        assert [finding for finding in found if finding.verdict is Verdict.ILL] == []
        said = readable(found)
        assert "it is @wishlight_bot's, id 7000001" in said
        assert "the bot can post in 1 of 1 bound groups" in said
        assert "it is well and works" in said
        assert "城关志愿者" not in said  # no names, also here
        assert "stage-token" not in said
        assert not await app.tick()  # it was only looked at

        await people.set_member(group["id"], None, "left")
        (groups,) = [finding for finding in await examine() if finding.about == "groups"]
        assert groups.verdict is Verdict.ILL
        assert groups.do == "add the bot again, or /bind another group"
    finally:
        await app.stop()


async def test_without_settings_network_and_database_everything_is_told(patient: Patient) -> None:
    patient.has(
        BOT_TOKEN="12",
        BOT_API_URL="http://127.0.0.1:9",
        DATABASE_URL="postgresql+asyncpg://town:hunter2@127.0.0.1:9/town",
        TIMEZONE="Mars",
        WEB_PORT="1",
        POLICY="nowhere.yaml",
        ADMIN="5",
    )
    found = await examine()
    ill = [finding for finding in found if finding.verdict is Verdict.ILL]
    assert [finding.about for finding in ill] == ["settings", "settings", "settings", "telegram", "database"]
    assert all(finding.do for finding in found if finding.verdict is not Verdict.WELL)
    assert "Connect call failed" in ill[-1].says
    assert [finding.says for finding in found if "did you mean WISHLIGHT_ADMINS" in finding.says]
    assert any(finding.about == "the bot" and finding.verdict is Verdict.NOTE for finding in found)
    assert "hunter2" not in readable(found)


async def test_settings_that_are_wrong_hide_nothing_of_the_rest(sound: Patient) -> None:
    sound.has(WEB_PORT="99999", PROXY="ftp://somewhere")
    assert await sound.complains_of() == {"settings"}
    told = await sound.is_told("token")
    assert told.verdict is Verdict.WELL


async def test_a_webhook_that_lacks_what_it_needs_hides_nothing_of_the_rest(sound: Patient) -> None:
    sound.has(MODE="webhook")
    found = await examine()
    said = [finding.says for finding in found if finding.about == "settings"]
    assert len(said) == 2
    assert said[0].startswith("WISHLIGHT_WEBHOOK_URL is missing")
    assert said[1].startswith("WISHLIGHT_WEB_PORT is missing")
    about = {finding.about for finding in found if finding.verdict is Verdict.WELL}
    assert {"token", "database", "migrations"} <= about
    assert not any(finding.about == "webhook" for finding in found)


async def test_a_proxy_that_is_not_there_is_told_as_such(sound: Patient) -> None:
    sound.has(PROXY="http://me:hunter2@127.0.0.1:9")
    told = await sound.is_told("telegram")
    assert told.verdict is Verdict.ILL
    assert told.says.startswith("127.0.0.1 does not answer through the proxy")
    assert "WISHLIGHT_PROXY" in str(told.do)
    assert "hunter2" not in readable([told])


async def test_a_token_that_telegram_does_not_know(sound: Patient, api: Api) -> None:
    del api.answers["getMe"]
    told = await sound.is_told("token")
    assert (told.verdict, told.says) == (Verdict.ILL, "Telegram does not accept it")
    assert "@BotFather" in str(told.do)


async def test_a_bot_that_may_not_join_groups_or_hears_too_much(sound: Patient, api: Api) -> None:
    api.answers["getMe"] |= {"can_join_groups": False, "can_read_all_group_messages": True}
    said = [(finding.verdict, finding.do) for finding in await examine() if finding.about == "token"]
    assert said[1:] == [
        (Verdict.ILL, "tell @BotFather /setjoingroups → Enable"),
        (Verdict.NOTE, "tell @BotFather /setprivacy → Enable"),
    ]


@pytest.mark.parametrize(
    ("ahead", "verdict", "says"),
    [
        (0, Verdict.WELL, "agrees with Telegram's"),
        (3, Verdict.WELL, "agrees with Telegram's"),
        (20, Verdict.NOTE, "this machine's clock is 20 s behind Telegram's"),
        (-600, Verdict.ILL, "this machine's clock is 600 s ahead of Telegram's"),
    ],
)
async def test_a_clock_that_is_wrong(
    patient: Patient, api: Api, tmp_path: Path, ahead: float, verdict: Verdict, says: str
) -> None:
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url)
    api.ahead = timedelta(seconds=ahead)
    told = await patient.is_told("clock")
    if verdict is Verdict.WELL:
        assert told.says.startswith(says)
    else:
        seconds = int(told.says.split()[4])
        assert abs(seconds - abs(ahead)) <= 2  # the header has whole seconds, and a busy machine takes its time
        assert told.says.replace(str(seconds), str(abs(ahead))) == says
    assert told.verdict is verdict


@pytest.mark.parametrize(
    ("info", "mode", "verdict", "says"),
    [
        ({"url": "", "pending_update_count": 3}, "polling", Verdict.WELL, "none, as polling needs it; 3 updates wait"),
        ({"url": "https://else.org/secret"}, "polling", Verdict.ILL, "one is set, for else.org, and takes"),
        ({"url": ""}, "webhook", Verdict.ILL, "none is set"),
        ({"url": "https://else.org/secret"}, "webhook", Verdict.ILL, "it is set for else.org, not for WISHLIGHT_WEBHOOK_URL"),
        ({"url": HOOK, "pending_update_count": 101}, "webhook", Verdict.NOTE, "101 updates wait"),
        ({"url": HOOK, "last_error_date": LONG_AGO}, "webhook", Verdict.WELL, "set, and nothing failed for an hour"),
        (
            {"url": HOOK, "last_error_date": JUST_NOW, "last_error_message": "Connection refused", "pending_update_count": 2},
            "webhook",
            Verdict.ILL,
            "Telegram failed to deliver 2 min ago: Connection refused; 2 updates wait",
        ),
    ],
)
async def test_a_webhook_that_is_not_as_the_settings_say(
    patient: Patient, api: Api, info: dict[str, Any], mode: str, verdict: Verdict, says: str
) -> None:
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url, MODE=mode, WEBHOOK_URL=HOOK, WEB_PORT="1")
    ages = {LONG_AGO: timedelta(hours=2), JUST_NOW: timedelta(minutes=2)}
    if "last_error_date" in info:
        info = info | {"last_error_date": (datetime.now(UTC) - ages[info["last_error_date"]]).timestamp()}
    api.answers["getWebhookInfo"] = info
    told = await patient.is_told("webhook")
    assert told.verdict is verdict
    assert told.says.startswith(says)
    assert "secret" not in told.says


async def test_a_database_that_is_not_there_yet_is_no_illness(patient: Patient, api: Api, tmp_path: Path) -> None:
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url)
    told = await patient.is_told("database")
    assert told.verdict is Verdict.NOTE
    assert os.listdir(tmp_path) == []  # looking makes none


async def test_a_file_that_is_no_database(patient: Patient, api: Api, tmp_path: Path) -> None:
    (tmp_path / "wishlight.db").write_bytes(b"something else entirely, and long enough to be read as a header" * 100)
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url)
    told = await patient.is_told("database")
    assert told.verdict is Verdict.ILL
    assert "file is not a database" in told.says
    assert "restore" in str(told.do)


async def test_a_folder_that_is_missing(patient: Patient, api: Api, tmp_path: Path) -> None:
    patient.has(BOT_TOKEN=TOKEN, BOT_API_URL=api.url, DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/no/where.db")
    told = await patient.is_told("database")
    assert (told.verdict, told.do) == (Verdict.ILL, "make it, and let the bot's user own it")


async def test_an_older_a_newer_and_a_changed_schema(sound: Patient, database_url: str) -> None:
    newest = migrate.revisions()[0]
    assert await sound.is_told("migrations") == Finding("migrations", Verdict.WELL, f"its schema is the newest, {newest}")
    async with rows(database_url) as session:
        await session.execute(text("DROP INDEX ix_wishes_submitted_at"))
    told = await sound.is_told("migrations")
    assert told.verdict is Verdict.ILL
    assert "differs in 1 places" in told.says
    async with rows(database_url) as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert (await sound.is_told("migrations")).says == "its schema 9999 is unknown here: a newer version made it"
    async with rows(database_url) as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    told = await sound.is_told("migrations")
    assert told.verdict is Verdict.NOTE
    assert "wishlight migrate" in str(told.do)


async def test_admins_who_never_pressed_start(sound: Patient, database_url: str) -> None:
    sound.has(ADMINS=f"{ADMIN},5")
    told = await sound.is_told("people")
    assert (told.verdict, told.says) == (Verdict.NOTE, "admins who cannot be written to: 5")
    sound.has(ADMINS=None)
    assert (await sound.is_told("people")).verdict is Verdict.ILL


async def test_what_is_stuck(sound: Patient, database_url: str) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(hours=1)
    assert (await sound.is_told("stuck rows")).verdict is Verdict.WELL
    wish: dict[str, Any] = {"author_id": ADMIN, "kind": Kind.WISH, "category": "other", "state_since": now, "created_at": now}
    call: dict[str, Any] = {"chat_id": ADMIN, "method": "sendMessage", "payload": {}, "not_before": now, "created_at": long_ago}
    async with rows(database_url) as session:
        session.add(Outgoing(**call))
        session.add(Outgoing(**call, state="failed", error="400 Bad Request"))
        session.add(SeenUpdate(id=1, at=now, outcome="failed", raw={}, error="places"))
        session.add(Wish(**wish, state=State.OPEN, next_reminder_at=long_ago))
        session.add(Wish(**wish, state=State.OPEN))
    said = [(finding.verdict, finding.says) for finding in await examine() if finding.about == "stuck rows"]
    assert said == [
        (Verdict.ILL, "1 messages wait, the oldest for 60 min"),
        (Verdict.NOTE, "1 messages failed for good"),
        (Verdict.ILL, "1 reminders are more than ten minutes late"),
        (Verdict.NOTE, "1 updates could not be handled and are kept"),
        (Verdict.ILL, "live wishes that nobody is reminded of: 2"),
    ]
    async with rows(database_url) as session:
        await session.execute(update(Outgoing).values(state="parked"))
        await session.execute(update(Wish).values(next_reminder_at=now + timedelta(hours=1)))
        await session.execute(text("DELETE FROM seen_updates"))
    told = await sound.is_told("stuck rows")
    assert (told.verdict, told.says) == (
        Verdict.WELL,
        "none; 0 messages wait to be sent, 2 messages for whoever cannot be reached",
    )


async def test_a_lost_database_server_is_told_in_its_own_words(sound: Patient) -> None:
    settings = os.environ["WISHLIGHT_DATABASE_URL"]
    if settings.startswith("sqlite"):
        pytest.skip("it has no server")
    sound.has(DATABASE_URL=settings.replace("/test_", "/nowhere_"))
    told = await sound.is_told("database")
    assert told.verdict is Verdict.ILL
    assert "does not exist" in told.says


def test_the_command_ends_with_one_when_something_is_ill_and_speaks_json(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "doctor", "--json", BOT_API_URL="http://127.0.0.1:9")
    assert done.returncode == 1, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"about": "telegram", "verdict": "ill"}.items() <= found[1].items()
    assert done.stderr == ""


async def test_the_command_ends_with_nothing_when_all_is_well(tmp_path: Path, api: Api) -> None:
    import asyncio

    path = tmp_path / "town.db"
    url = f"sqlite+aiosqlite:///{path}"
    await migrate.upgrade(url)
    async with rows(url) as session:
        session.add(Person(id=ADMIN, is_admin=True, started_at=datetime.now(UTC), created_at=datetime.now(UTC)))
    values = {"BOT_TOKEN": TOKEN, "BOT_API_URL": api.url, "DATABASE_URL": url, "ADMINS": str(ADMIN)}
    done = await asyncio.to_thread(lambda: wishlight(tmp_path, "doctor", **values))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ token" in done.stdout
