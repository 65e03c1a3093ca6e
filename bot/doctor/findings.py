"""What was found: how it stands with one thing, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    WELL = "well"
    NOTE = "note"  # worth knowing; the bot works
    ILL = "ill"


_MARKS = {Verdict.WELL: "✓", Verdict.NOTE: "!", Verdict.ILL: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    verdict: Verdict
    says: str
    do: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def well(about: str, says: str) -> Finding:
    return Finding(about, Verdict.WELL, says)


def note(about: str, says: str, do: str) -> Finding:
    return Finding(about, Verdict.NOTE, says, do)


def ill(about: str, says: str, do: str) -> Finding:
    return Finding(about, Verdict.ILL, says, do)


def readable(findings: Iterable[Finding]) -> str:
    """A line each, and under it what to do."""
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.verdict]} {finding.about:<11} {finding.says}")
        if finding.do is not None:
            lines.append(f"{'':14}→ {finding.do}")
    return "\n".join(lines)
