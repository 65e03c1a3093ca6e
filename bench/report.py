"""The figures: a table for people, and one line of JSON."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.run import BESIDE, ECHO, POSTGRESQL, SQLITE, Exchange, Plan, Result

Json = dict[str, Any]
_VERSIONS = ("aiogram", "aiohttp", "sqlalchemy", "asyncpg", "aiosqlite", "uvloop", "pydantic")
_NAMES = {
    ECHO: "aiogram echo",
    "sqlite card": "SQLite: text → card",
    "sqlite submit": "SQLite: submit → staff's card",
    "sqlite submission": "SQLite: both, a whole submission",
    "beside card": "the other checkout: text → card",
    "beside submit": "the other checkout: submit",
    "beside submission": "the other checkout: both",
    "postgresql card": "PostgreSQL: text → card",
    "postgresql submit": "PostgreSQL: submit → staff's card",
    "postgresql submission": "PostgreSQL: both, a whole submission",
}
_SHOWN = 12  # modules of the profile


def figures(plan: Plan, result: Result) -> Json:
    """What the last line says."""
    echo = result.of(ECHO)
    found: Json = {"ratio_to_echo": ratio(echo, result.of("sqlite card"))}
    for database in (SQLITE, BESIDE, POSTGRESQL):
        if f"{database} card" not in result.exchanges:
            continue
        card, submit = result.of(f"{database} card"), result.of(f"{database} submit")
        found |= {
            f"ratio_to_echo_{database}": ratio(echo, card),
            f"ratio_to_echo_{database}_submit": ratio(echo, submit),
        }
    found["ratios"] = ratios(echo, result.of("sqlite card"))
    found["exchanges"] = {name: _exchange(exchange) for name, exchange in result.exchanges.items()}
    for database in (SQLITE, BESIDE, POSTGRESQL):
        if f"{database} card" in result.exchanges:
            found["exchanges"][f"{database} submission"] = _submission(result, database)
    found["peak_rss_mb"] = {name: round(peak / 2**20, 1) for name, peak in result.peak_rss.items()}
    found["plan"] = {name: getattr(plan, name) for name in ("rounds", "crowd", "trickle", "pace")}
    found["machine"] = {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "postgresql": result.postgresql,
        **{name: version(name) for name in _VERSIONS},
    }
    if result.profile is not None:
        modules = dict(list(result.profile.modules.items())[:_SHOWN])
        found["profile"] = {"rooms": result.profile.rooms, "modules": modules, "libraries": _most(result.profile.libraries)}
    return found


def rate(exchange: Exchange) -> list[float]:
    """Updates a second, round by round."""
    return [crowd.updates / crowd.seconds for crowd in exchange.crowds]


def ratios(echo: Exchange, exchange: Exchange) -> list[float]:
    """Each round's rate over the echo of the same round."""
    return [round(own / stick, 4) for own, stick in zip(rate(exchange), rate(echo), strict=True)]


def ratio(echo: Exchange, exchange: Exchange) -> float:
    return round(median(ratios(echo, exchange)), 4)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)


def _exchange(exchange: Exchange) -> Json:
    seconds = sum(crowd.seconds for crowd in exchange.crowds)
    updates = sum(crowd.updates for crowd in exchange.crowds)
    used = [crowd.used for crowd in exchange.crowds]
    return {
        "updates_per_second": round(median(rate(exchange)), 1),
        "p50_ms": percentile(exchange.waits, 0.5),
        "p95_ms": percentile(exchange.waits, 0.95),
        "p99_ms": percentile(exchange.waits, 0.99),
        "cpu_ms_per_update": round(sum(one.bot for one in used) * 1000 / updates, 2),
        "database_cpu_ms_per_update": round(sum(one.database for one in used) * 1000 / updates, 2),
        "bot_cpu_share": round(sum(one.bot for one in used) / seconds, 2),
        "sandbox_cpu_share": round(sum(one.sandbox for one in used) / seconds, 2),
        "load_cpu_share": round(sum(one.load for one in used) / seconds, 2),
    }


def _submission(result: Result, database: str) -> Json:
    """A text and its submission, one after the other."""
    card, submit = result.of(f"{database} card"), result.of(f"{database} submit")
    pairs = list(zip(card.crowds, submit.crowds, strict=True))
    whole = [one + other for one, other in zip(card.waits, submit.waits, strict=True)]
    people = sum(one.updates for one, _ in pairs)
    return {
        "updates_per_second": round(median(2 * one.updates / (one.seconds + other.seconds) for one, other in pairs), 1),
        "submissions_per_second": round(median(one.updates / (one.seconds + other.seconds) for one, other in pairs), 1),
        "p50_ms": percentile(whole, 0.5),
        "p95_ms": percentile(whole, 0.95),
        "p99_ms": percentile(whole, 0.99),
        "cpu_ms_per_update": round(sum(one.used.bot + other.used.bot for one, other in pairs) * 500 / people, 2),
        "database_cpu_ms_per_update": round(
            sum(one.used.database + other.used.database for one, other in pairs) * 500 / people, 2
        ),
    }


def _most(shares: dict[str, float]) -> dict[str, float]:
    return dict(list(shares.items())[:_SHOWN])


def show(found: Json, console: Console) -> None:
    """For people."""
    table = Table(title=f"{found['machine']['cores']} cores, shared by bot, sandbox, database and load")
    for heading in ("", "updates/s", "of echo", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "DB ms", "busy", "sandbox"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    echo = found["exchanges"][ECHO]["updates_per_second"]
    for name, words in _NAMES.items():
        row = found["exchanges"].get(name)
        if row is None:
            continue
        table.add_row(
            words,
            *(f"{number:g}" for number in (row["updates_per_second"], round(row["updates_per_second"] / echo, 3))),
            *(f"{row[key]:g}" for key in ("p50_ms", "p95_ms", "p99_ms", "cpu_ms_per_update", "database_cpu_ms_per_update")),
            *(f"{row[key]:.0%}" if key in row else "" for key in ("bot_cpu_share", "sandbox_cpu_share")),
        )
    console.print(table)
    peaks = ", ".join(f"{name} {peak:g} MB" for name, peak in found["peak_rss_mb"].items())
    console.print(f"peak memory: {peaks}")
    for title, key in (("on whose behalf", "rooms"), ("finer", "modules"), ("who does it", "libraries")):
        if "profile" in found:
            console.print(f"{title}: " + ", ".join(f"{name} {share:.1%}" for name, share in found["profile"][key].items()))
    console.print(f"text → card over echo, SQLite: {found['ratio_to_echo']:g} (rounds: {', '.join(map(str, found['ratios']))})")
