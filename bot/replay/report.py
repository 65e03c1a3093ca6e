"""What a replay found: one line of JSON for scripts, a summary for people."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from rules.lifecycle import LIVE


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, in the order in which they are printed."""

    sent: int
    stored: int
    stored_as: dict[str, int]
    by_state: dict[str, int]
    reminders: int
    digests: int
    calls: int
    refused_calls: int
    live_without_reminder: int
    p95_commit_ms: float | None
    p95_answer_ms: float | None
    peak_rss_mb: float
    seconds: float
    database: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def show(report: Report, lost: Counter[str], happened: Counter[str], log_errors: list[str], console: Console) -> None:
    """The summary."""
    table = Table(title="Replay", title_justify="left", show_header=False, box=None, padding=(0, 2))
    kept = ", ".join(f"{name} {count}" for name, count in report.stored_as.items())
    table.add_row("texts", f"{report.sent} sent, {report.stored} stored ({kept})")
    if lost:
        table.add_row("[red]lost[/]", ", ".join(f"{outcome} {count}" for outcome, count in lost.items()))
    states = ", ".join(f"{state} {count}" for state, count in report.by_state.items())
    live = sum(count for state, count in report.by_state.items() if state in LIVE)
    table.add_row("wishes", f"{states or 'none'}; {live} still live")
    table.add_row("reminders", f"{report.reminders}; {report.digests} digests")
    forgotten = report.live_without_reminder
    table.add_row("live without a reminder", f"[red]{forgotten}[/]" if forgotten else "none")
    refused = f"[red]{report.refused_calls} refused[/]" if report.refused_calls else "none refused"
    table.add_row("calls", f"{report.calls}, {refused}")
    table.add_row("95 of 100 commits", f"within {report.p95_commit_ms} ms")
    table.add_row("95 of 100 answers", f"within {report.p95_answer_ms} ms")
    table.add_row("memory of the bot", f"{report.peak_rss_mb:g} MB at most")
    table.add_row("took", f"{report.seconds:g} s on {report.database}")
    told = [f"{what} {count}" for what, count in sorted(happened.items()) if count]
    if told:
        table.add_row("people", ", ".join(told))
    if log_errors:
        table.add_row("[red]errors logged[/]", f"{len(log_errors)}, the first: {log_errors[0]}")
    console.print(table)
