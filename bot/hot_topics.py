"""`wishlight topics`: a file of messages in, what many of them speak of out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.labelled import read_rows
from nlp.redact import find_private, mask
from nlp.similar import Matters
from nlp.topics import Said, Topic, find_topics
from words.sentences import cut

USUAL_TEXT = (("title", "body"), ("text",))
_DATE = re.compile(r"(?P<year>\d{4})\D{1,2}(?P<month>\d{1,2})\D{1,2}(?P<day>\d{1,2})")
_COUNT = re.compile(r"([\d,]{1,9})(?:\.0+)?", re.ASCII)
_EXCERPT = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the rows have what; dates, numbers and writers need not be there."""

    text: tuple[str, ...]
    time: str
    number: str
    author: str
    supporters: str


def read_said(path: Path, columns: Columns) -> list[Said]:
    """The messages of a file.

    Raises:
        ValueError: it cannot be read, or has none of the columns that hold text; the message says so.
    """
    rows = read_rows(path)
    there = {name for row in rows for name in row if isinstance(name, str)}
    usual = next((names for names in USUAL_TEXT if set(names) & there), ())
    text = tuple(name for name in (columns.text or usual) if columns.text or name in there)
    asked = (*text, *([columns.supporters] if columns.supporters and rows else ()))
    missing = [name for name in asked if name not in there] or ([] if text or not rows else ["text"])
    if missing:
        raise ValueError("\n".join(f"{path} has no column {name}." for name in missing))
    said = []
    for line, row in enumerate(rows, 1):
        words = "\n".join(str(row[name]).strip() for name in text if row.get(name))
        if words:
            number, author = str(row.get(columns.number) or line), str(row.get(columns.author) or "") or None
            voices = 1 + as_number(row.get(columns.supporters))
            said.append(Said(number, words, as_date(row.get(columns.time)), voices=voices, who=author))
    return said


def as_date(value: object) -> date | None:
    """The day in 2019/7/7 13:41:45, 2019-07-07T13:41 or 2019年7月7日; None when there is none."""
    found = _DATE.match(str(value or "").strip())
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def as_number(value: object) -> int:
    """How many support it; whatever says no number says nobody."""
    found = _COUNT.fullmatch(str(value or "").strip())
    return int(found[1].replace(",", "")) if found else 0


def lately(said: Iterable[Said], days: int) -> list[Said]:
    """What was said on the last days, counted back from the newest; what has no date is left out."""
    dated = [one for one in said if one.on is not None]
    newest = max((one.on for one in dated if one.on is not None), default=None)
    if newest is None:
        return []
    return [one for one in dated if one.on is not None and one.on > newest - timedelta(days=days)]


def find(matters: Matters, said: Iterable[Said], *, least: int, most: int) -> tuple[list[Topic], Mapping[str, str]]:
    """The topics, and the beginning of each example with what is private hidden."""
    said = list(said)
    found = find_topics(matters, said, least=least, most=most)
    shown = {one for topic in found for one in topic.examples}
    return found, {one.id: _excerpt(one.text) for one in said if one.id in shown}


def _excerpt(text: str) -> str:
    return cut(" ".join(mask(text, find_private(text)).split()), _EXCERPT)


def as_dict(topic: Topic, excerpts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": topic.name,
        "heat": topic.heat,
        "voices": topic.voices,
        "supporters": topic.supporters,
        "messages": len(topic.ids),
        "days": topic.days,
        "first": topic.first and topic.first.isoformat(),
        "last": topic.last and topic.last.isoformat(),
        "place": topic.place,
        "examples": [{"id": one, "text": excerpts.get(one, "")} for one in topic.examples],
    }


def readable(number: int, topic: Topic, excerpts: Mapping[str, str]) -> str:
    """A few lines for people."""
    when = f", {topic.first} – {topic.last}" if topic.first else ""
    voices = f"{topic.voices} voices" + (f", {topic.supporters} of them supporters," if topic.supporters else "")
    head = f"{number}. {topic.name} · heat {topic.heat:g} ({voices} on {max(1, topic.days)} days{when})"
    return "\n".join([head, *(f"   #{one} {excerpts.get(one, '')}" for one in topic.examples)])
