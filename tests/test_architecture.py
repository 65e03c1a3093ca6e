"""The rooms and their doors: who may import whom, and who may commit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("rules", "nlp", "storage", "words", "actions", "handlers", "bot", "sandbox", "bench")
MAY_IMPORT = {
    "rules": set(),
    "nlp": set(),
    "storage": {"rules"},
    "words": {"rules", "storage.models"},
    "actions": {"rules", "nlp", "storage", "words"},
    "handlers": {"actions", "words", "rules", "storage.models"},
    "bot": {"rules", "nlp", "storage", "words", "actions", "handlers", "sandbox"},
    "sandbox": set(),
    "bench": {"rules", "nlp", "storage", "words", "actions", "handlers", "bot", "sandbox"},
}
SANDBOX_USERS = ("bot/cli.py", "bot/playing/", "bot/replay/", "bot/demo/")
"""The running bot does not know the sandbox; only commands start one."""
MAY_COMMIT = ("bot/", "storage/migrat", "storage/sqlite.py", "sandbox/", "bench/")
WRITES_NOTHING_ELSE = ("os", "pathlib", "socket", "aiohttp", "sqlalchemy", "asyncio")


def modules(room: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _allowed(name: str, doors: set[str]) -> bool:
    return any(name == door or name.startswith(f"{door}.") or door.startswith(f"{name}.") for door in doors)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = []
    for path, tree in modules(room):
        for name in imported(tree):
            top = name.split(".")[0]
            if top in ROOMS and top != room and not _allowed(name, MAY_IMPORT[room]):
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_only_commands_start_a_sandbox() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules("bot")
        for name in imported(tree)
        if name.split(".")[0] == "sandbox" and not path.startswith(SANDBOX_USERS)
    ]
    assert wrong == []


def test_transactions_end_in_the_running_program_only() -> None:
    wrong = []
    for room in ROOMS:
        for path, tree in modules(room):
            if path.startswith(MAY_COMMIT):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and node.attr in ("commit", "begin", "rollback"):
                    wrong.append(f"{path}:{node.lineno} .{node.attr}")
    assert wrong == []


def test_rules_do_no_input_or_output_and_read_no_clock() -> None:
    wrong = []
    for path, tree in modules("rules"):
        for name in imported(tree):
            if name.split(".")[0] in WRITES_NOTHING_ELSE:
                wrong.append(f"{path} imports {name}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                wrong.append(f"{path}:{node.lineno} reads the clock")
    assert wrong == []


@pytest.mark.parametrize("room", ["storage", "words", "actions", "handlers", "nlp"])
def test_time_is_an_argument(room: str) -> None:
    wrong = []
    for path, tree in modules(room):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("now", "today", "utcnow")
            ):
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id in ("datetime", "date"):
                    wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_is_named_after_nothing(room: str) -> None:
    vague = {"utils", "helpers", "common", "manager", "base", "services", "misc"}
    assert [path for path, _ in modules(room) if Path(path).stem in vague] == []


def test_no_room_is_empty() -> None:
    assert [room for room in ROOMS if sum(1 for _ in modules(room)) < 2] == []


def test_sql_is_written_by_sqlalchemy() -> None:
    """No SQL text is put together from values: `text()` is for migrations and fixed conditions only."""
    wrong = []
    for room in ("storage", "actions", "handlers", "words"):
        for path, tree in modules(room):
            for node in ast.walk(tree):
                made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "sql")
                if made and not isinstance(node.args[0], ast.Constant):
                    wrong.append(f"{path}:{node.lineno}")
    assert wrong == []
