"""`wishlight doctor`: the option, and how it ends."""

import asyncio
import json
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a finding")] = False,
) -> None:
    """Look whether everything the bot needs is there, and say what to do where it is not. Ends with 1 when something is ill."""
    from bot.doctor.findings import Verdict, readable
    from bot.doctor.run import examine
    from bot.logs import start_logging

    start_logging()
    findings = asyncio.run(examine())
    if as_json:
        for finding in findings:
            typer.echo(json.dumps(finding.as_dict(), ensure_ascii=False))
    else:
        typer.echo(readable(findings))
    if any(finding.verdict is Verdict.ILL for finding in findings):
        raise typer.Exit(1)
