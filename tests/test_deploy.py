"""The examples of `deploy/` name what exists, and are explained."""

import configparser
import re
from pathlib import Path

import pytest
import typer
import yaml

from bot import cli
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANUAL = (ROOT / "docs" / "operations.md").read_text("utf-8")
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def said(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_each_is_explained(path: Path) -> None:
    assert f"](../deploy/{path.name})" in MANUAL


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", path.read_text("utf-8")))
    assert named <= SETTINGS


def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    parser.read_string(said("wishlight.service"))
    return parser["Service"]


def test_the_unit_runs_the_bot_as_nobody_else_and_waits_for_its_stop() -> None:
    service = unit()
    assert service["ExecStart"] == "/opt/wishlight/.venv/bin/wishlight run"
    assert service["User"] == "wishlight"
    assert int(service["TimeoutStopSec"]) > 10
    assert service["RestartPreventExitStatus"] == "2"  # wrong settings
    for guard in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces"):
        assert service[guard] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_manual_installs_what_the_unit_runs() -> None:
    service = unit()
    folder = service["WorkingDirectory"]
    assert f"-m 0700 {folder}" in MANUAL
    assert f".env {folder}/.env" in MANUAL
    assert f"{service['ExecStart'].removesuffix(' run')} doctor" in MANUAL


def test_the_compose_file_can_be_read_and_its_commands_exist() -> None:
    services = yaml.safe_load(said("compose.yaml"))["services"]
    assert set(services) == {"database", "bot", "nginx"}
    bot = services["bot"]
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert int(bot["stop_grace_period"].removesuffix("s")) > 10
    assert f":{bot['environment'][PREFIX + 'WEB_PORT']}/healthz" in bot["healthcheck"]["test"][-1]
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    for volume in services["nginx"]["volumes"]:
        assert volume.startswith("./certificates") or (DEPLOY / volume.split(":")[0]).exists()
    cli.bring(*cli.LATE)
    known = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    used = set(re.findall(r"(?:exec bot|bin/)\s?wishlight (\w[\w-]*)", MANUAL))
    assert {"doctor", "backup"} <= used
    assert used <= set(known)


def test_nginx_shows_the_webhook_and_nothing_else() -> None:
    config = said("nginx.conf")
    bot = yaml.safe_load(said("compose.yaml"))["services"]["bot"]
    assert f"server bot:{bot['environment'][PREFIX + 'WEB_PORT']} max_fails=0;" in config
    assert re.findall(r"location (\S.*) \{", config) == ["= /telegram", "/"]
    assert f"{PREFIX}WEBHOOK_URL=https://wishes.example.cn/telegram" in MANUAL
    assert "server_name wishes.example.cn;" in config
    assert "location / { return 404; }" in config


def test_an_image_is_built_of_every_room() -> None:
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    packages = re.search(r"include = \[(.+)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert packages is not None
    assert {name.strip(' "*') for name in packages[1].split(",")} <= kept
    assert {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"} <= kept
