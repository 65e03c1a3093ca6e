"""What the documents promise exists, and what exists is documented."""

import re
from pathlib import Path

import pytest
import typer

from bot import cli
from bot.settings import PREFIX, Settings
from handlers.commands import PRIVATE_COMMANDS
from words.talk import menu

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_setting_is_documented_and_no_other() -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    assert named == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_every_command_is_in_the_readme() -> None:
    cli.bring(*cli.LATE)
    group = typer.main.get_command(cli.app)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in group.commands if f"wishlight {name}" not in text]  # type: ignore[attr-defined]
    assert missing == []


def test_every_bot_command_is_in_the_handbook() -> None:
    text = (ROOT / "docs" / "handbook.zh.md").read_text(encoding="utf-8")
    assert [name for name in (*PRIVATE_COMMANDS, "bind") if name != "start" and f"/{name}" not in text] == []


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_menu_offers_only_commands_that_are_handled(locale: str) -> None:
    assert {command for command, _ in menu(locale)} <= set(PRIVATE_COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    broken = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_and_folders_that_are_named_exist(document: Path) -> None:
    named = re.findall(
        r"`((?:rules|nlp|storage|words|actions|handlers|bot|sandbox|tests|docs)/[\w./-]*)`", document.read_text("utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_targets_of_the_makefile_that_the_readme_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()
