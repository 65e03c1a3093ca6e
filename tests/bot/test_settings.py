"""Wrong settings are told once, all together, in sentences; secrets never show."""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read_settings
from bot.town_files import read_everything

SECRET = "123456:very-secret-token"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("WISHLIGHT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # no .env but our own


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"WISHLIGHT_{name}", value)


def test_a_token_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET)
    settings = read_settings(Settings)
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///wishlight.db"
    assert (settings.mode, settings.timezone, settings.rate_scale) == ("polling", "Asia/Shanghai", 1.0)


def test_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"WISHLIGHT_BOT_TOKEN={SECRET}\nWISHLIGHT_WEB_PORT=1\nOTHER=2\n")
    put(monkeypatch, WEB_PORT="2", PROXY="")
    settings = read_settings(Settings)
    assert (settings.web_port, settings.proxy) == (2, None)


def test_admins_are_ids_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET, ADMINS=" 5, 4503599627370000,")
    assert read_settings(Settings).admins == {5, 4503599627370000}


def test_every_problem_is_listed_with_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {
        "BOT_TOKEN": "12",
        "DATABASE_URL": "mysql://root:hunter2@db/x",
        "TAXONOMY": str(tmp_path / "nowhere.yaml"),
        "TIMEZONE": "Mars/Olympus",
        "PROXY": "ftp://me:hunter2@proxy",
        "MODE": "pigeon",
        "WEB_PORT": "99999",
        "ADMINS": "5,王",
        "CLOCK_URL": "http://localhost/clock",
        "RATE_SCALE": "0",
    }
    put(monkeypatch, **wrong)
    with pytest.raises(BadSettings) as caught:
        read_settings(Settings)
    assert {problem.split()[0] for problem in caught.value.problems} == {f"WISHLIGHT_{name}" for name in wrong}
    assert all(problem.endswith(".") for problem in caught.value.problems)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_files_say_is_listed_with_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("digest_at: late\nmax_live_claims: 0\n")
    (tmp_path / "areas.yaml").write_text("- {code: a, name: '', level: moon}\n")
    (tmp_path / "taxonomy.yaml").write_text("]")
    put(monkeypatch, WEB_PORT="x", POLICY="policy.yaml", AREAS="areas.yaml", TAXONOMY="taxonomy.yaml")
    with pytest.raises(BadSettings) as caught:
        read_everything()
    told = str(caught.value)
    for word in ("BOT_TOKEN is missing", "WEB_PORT", "POLICY (policy.yaml)", "AREAS (areas.yaml)", "TAXONOMY (taxonomy.yaml)"):
        assert f"WISHLIGHT_{word}" in told
    assert len([problem for problem in caught.value.problems if "AREAS" in problem]) == 2


def test_a_followed_clock_and_a_scale_need_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        BOT_TOKEN=SECRET,
        CLOCK_URL="http://localhost/clock",
        RATE_SCALE="10",
        BOT_API_URL="https://api.telegram.org/",
    )
    with pytest.raises(BadSettings) as caught:
        read_settings(Settings)
    assert len(caught.value.problems) == 2
    put(monkeypatch, BOT_API_URL="http://localhost:8081")
    assert read_settings(Settings).rate_scale == 10


def test_a_webhook_needs_an_address_and_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET, MODE="webhook")
    with pytest.raises(BadSettings) as found:
        read_settings(Settings)
    assert found.value.problems == (
        "WISHLIGHT_WEBHOOK_URL is missing: with MODE=webhook Telegram has to know where to bring updates.",
        "WISHLIGHT_WEB_PORT is missing: with MODE=webhook a port has to answer.",
    )


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"WEBHOOK_URL": "http://town.example/hook"}, "must begin with https:// and use port"),
        ({"WEBHOOK_URL": "https://town.example:9443/hook"}, "must begin with https:// and use port"),
        ({"WEBHOOK_URL": "https://town.example/{x}"}, "must have a path of letters"),
        ({"WEBHOOK_URL": "https://town.example/x?y=1"}, "must have a path of letters"),
        ({"WEBHOOK_SECRET": "not a secret"}, "must be 1 to 256 letters"),
    ],
)
def test_what_telegram_would_not_accept_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], problem: str
) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET, MODE="webhook", WEB_PORT="8080", **{"WEBHOOK_URL": "https://town.example/hook"} | values)
    with pytest.raises(BadSettings, match=problem) as found:
        read_settings(Settings)
    assert len(found.value.problems) == 1
    assert "not a secret" not in str(found.value)


def test_a_secret_that_was_not_set_is_made_of_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET)
    made = read_settings(Settings).hook_secret
    assert made == read_settings(Settings).hook_secret
    assert SECRET not in made
    put(monkeypatch, BOT_TOKEN=SECRET + "x")
    assert read_settings(Settings).hook_secret != made
    put(monkeypatch, WEBHOOK_SECRET="chosen")
    assert read_settings(Settings).hook_secret == "chosen"
