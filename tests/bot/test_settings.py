"""Wrong settings are told once, all together, in sentences; secrets never show."""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, StorageSettings, misspelt, read_settings
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


def test_webhook_is_not_built_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET, MODE="webhook")
    with pytest.raises(BadSettings, match="only polling is built"):
        read_settings(Settings)


def test_secrets_never_print(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET, DATABASE_URL="postgresql+asyncpg://me:hunter2@db/x", PROXY="socks5://me:hunter2@proxy:1")
    shown = repr(read_settings(Settings)) + str(read_settings(Settings))
    assert "hunter2" not in shown
    assert "very-secret" not in shown


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, BOT_TOKEN=SECRET)
    with pytest.raises(ValueError, match="frozen"):
        read_settings(Settings).web_port = 1  # type: ignore[misc]


def test_migrating_needs_no_token() -> None:
    assert read_settings(StorageSettings).database_url.get_secret_value().startswith("sqlite")


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, ADMIN="5")
    assert misspelt() == ["WISHLIGHT_ADMIN is no setting; did you mean WISHLIGHT_ADMINS?"]
