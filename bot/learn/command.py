"""`wishlight learn`: the options, and what they answer."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.settings import StorageSettings


def learn(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="labelled texts to keep and learn from: CSV or JSON lines"),
    ] = None,
    text: Annotated[
        str, typer.Option(help="columns that hold the text, with commas between; the first may be a title")
    ] = "text",
    label: Annotated[str, typer.Option(help="column of the right category: its code or its Chinese name")] = "category",
    dry: Annotated[bool, typer.Option("--dry", help="learn and compare, and keep nothing of it")] = False,
    every: Annotated[bool, typer.Option("--list", help="the versions, the newest first")] = False,
    back: Annotated[bool, typer.Option("--back", help="put the earlier version to use again")] = False,
    use: Annotated[int | None, typer.Option(min=0, help="put a version to use; 0 is the taxonomy alone")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line")] = False,
) -> None:
    """Learn from what people chose and from labelled texts; what is better than the version in use takes its place."""
    from actions.learning import Unusable
    from bot.learn.desk import NoDatabase
    from bot.learn.pupil import NotLearned

    if sum((every, back, use is not None, file is not None or dry)) > 1:
        _wrong("--list, --back and --use each go alone.")
    try:
        said = _answers(file, text, label, dry=dry, every=every, back=back, use=use)
    except NotLearned as error:
        _wrong(f"Nothing was learned: {error}.", 1)
    except Unusable as error:
        _wrong(str(error), 1)
    except NoDatabase as error:
        _wrong(str(error))
    for value in said:
        typer.echo(json.dumps(value, ensure_ascii=False) if as_json else readable(value))
    if not said and not as_json:
        typer.echo("No version yet: the taxonomy alone is in use.")
    if any(value.get("outcome") == "overtaken" for value in said):
        raise typer.Exit(1)


def _answers(
    file: Path | None, text: str, label: str, *, dry: bool, every: bool, back: bool, use: int | None
) -> list[dict[str, Any]]:
    from bot.labelled import read_labelled, text_columns
    from bot.learn.desk import opened
    from bot.settings import BadSettings, TownSettings, read_settings
    from bot.town_files import read_town_files
    from nlp.evaluate import Columns, Labels

    try:
        settings = read_settings(TownSettings)
        taxonomy = read_town_files(settings).taxonomy
        columns = Columns(text_columns(text), label, None)
        found = read_labelled(file, columns) if file is not None else []
    except BadSettings as error:
        _wrong("\n".join(error.problems))
    except ValueError as error:
        _wrong(str(error))
    labels = Labels(taxonomy)
    rows, unknown = labels.rows(found, columns), labels.unknown(found, columns)

    async def work() -> list[dict[str, Any]]:
        async with opened(_url(settings), taxonomy) as desk:
            if every:
                return await desk.every()
            if back:
                return [await desk.go_back()]
            if use is not None:
                return [await desk.use(use or None)]
            return [await desk.learn(rows, file.name if file is not None else "", unknown, dry=dry)]

    return asyncio.run(work())


def _url(settings: StorageSettings) -> str:
    return settings.database_url.get_secret_value()


_OUTCOMES = {
    "few": "Too little to learn from: {enough} texts are needed.",
    "same": "Nothing new to learn: a version was learned from just these texts.",
    "in_use": "Version {version} is in use now, instead of {compared}.",
    "not_better": "Version {version} is no better than {compared}, and is not put to use.",
    "overtaken": "It is not kept: another version was put to use, or the same was learned, meanwhile.",
    "dry": "It would be {better}. Nothing was kept.",
    "back": "Back: {in_use} in use.",
    "used": "Done: {in_use} in use.",
}


def readable(value: Mapping[str, Any]) -> str:
    """One answer in sentences, or one version in a line."""
    from rules.learning import ENOUGH

    if "outcome" not in value:
        return _line(value)
    lines = []
    if "texts_of_file" in value:
        lines.append(f"{value['texts_of_file']} texts of the file can be learned from, {value['new']} of them new.")
        if value["unknown_labels"]:
            lines.append(f"These labels are no categories: {'、'.join(value['unknown_labels'])}")
    if "before" in value:
        lines.append(f"Learned from {value['texts']} texts; {value['held_back']} others were held back to compare on.")
        if value["held_back"]:
            lines.append(f"Right: {_compared(value)}.")
    sentence = _OUTCOMES[value["outcome"]].format(
        enough=ENOUGH,
        version=value.get("version"),
        compared=_named(value.get("compared_with")),
        better="better" if value.get("better") else "no better",
        in_use=f"{_named(value.get('in_use'))} is",
    )
    return "\n".join([*lines, sentence])


def _compared(value: Mapping[str, Any]) -> str:
    before, after, held_back = value["before"], value["after"], value["held_back"]
    return (
        f"{after['right']} of {held_back}, {before['right']} before; "
        f"surprise at the right answers {after['surprise']:.2f}, {before['surprise']:.2f} before"
    )


def _named(number: int | None) -> str:
    return "the taxonomy alone" if number is None else f"version {number}"


def _line(value: Mapping[str, Any]) -> str:
    right = _compared(value) if value["held_back"] else "nothing was held back to compare on"
    state = value["state"].replace("_", " ")
    return f"{value['version']:>4}  {value['created_at'][:16]}  {state:<14}  {value['texts']:>5} texts  {right}"


def _wrong(sentence: str, code: int = 2) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
