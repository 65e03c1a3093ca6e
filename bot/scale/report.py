"""What a run found: a table for people, one line of JSON for scripts."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.scale.measure import GOAL
from bot.scale.run import Report

_SHOWN = ("people", "wishes", "claims", "timeline", "cards", "outgoing")


def show(report: Report, console: Console) -> None:
    small, large = report.plan.against, report.plan.wishes
    table = Table(title=f"{large:,} wishes beside {small:,}, {report.kind}", title_justify="left")
    table.add_column("milliseconds, lower quartile")
    for heading in (f"{small:,}", f"{large:,}", "ratio"):
        table.add_column(heading, justify="right")
    for name, figure in report.figures.items():
        ratio = f"{figure.ratio:.2f}" if figure.ratio <= GOAL else f"[red]{figure.ratio:.2f}[/]"
        table.add_row(name, f"{figure.small:.2f}", f"{figure.large:.2f}", ratio)
    console.print(table)
    rows = ", ".join(f"{name} {report.rows[1].get(name, 0):,}" for name in _SHOWN)
    console.print(f"filled in {report.filled[1]:g} s with {sum(report.rows[1].values()):,} rows ({rows})")
    beyond = [name for name, figure in report.figures.items() if figure.ratio > GOAL]
    console.print(f"beyond {GOAL}: {', '.join(beyond)}" if beyond else f"all within {GOAL}")


def as_dict(report: Report) -> dict[str, Any]:
    """What the last line says."""
    figures = {name: asdict(figure) | {"ratio": figure.ratio} for name, figure in report.figures.items()}
    worst = max(figure.ratio for figure in report.figures.values())
    return {
        "database": report.kind,
        "wishes": report.plan.wishes,
        "against": report.plan.against,
        "rounds": report.plan.rounds,
        "worst_ratio": worst,
        "within_goal": worst <= GOAL,
        "figures": figures,
        "live": {"against": report.live[0], "wishes": report.live[1]},
        "ticks_did": {"against": report.reminders[0], "wishes": report.reminders[1]},
        "rows": {"against": report.rows[0], "wishes": report.rows[1]},
        "filled_seconds": {"against": report.filled[0], "wishes": report.filled[1]},
        "seconds": report.seconds,
        "machine": report.machine,
    }
