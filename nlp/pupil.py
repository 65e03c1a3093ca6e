"""A program of its own that learns: a question comes in, a model and its figures go out, both JSON.

It has no database, no settings and no secrets; whoever starts it gives it the texts and takes what it says. A fifth of the
texts, told by their digest, is never learned from by any model: on these the new one is compared with the one in use.
"""

import hashlib
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nlp.learned import NOTHING, Learned
from nlp.learning import Lesson
from nlp.normalise import normalise
from nlp.redact import find_private
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader

PARTS = 5
"""One text of so many is held back."""
SECONDS = 1800
"""After so long it ends by itself, should nobody be left to end it."""
_LEAST = 1e-6  # a right answer that was held to be impossible surprises no more than this

Row = tuple[str, str]
"""A text and the code of its category."""


def digest(text: str) -> str:
    """What tells a text from another, whatever its spelling and blanks."""
    return hashlib.sha256("".join(normalise(text).split()).encode()).hexdigest()[:32]


def is_held_back(text: str) -> bool:
    return int(digest(text)[:8], 16) % PARTS == 0


def question(taxonomy: Taxonomy, current: str | None, rows: Sequence[Row]) -> dict[str, Any]:
    """All that it needs to know; `current` is the model in use, as JSON."""
    return {"taxonomy": taxonomy.weights, "current": current, "rows": [list(row) for row in rows]}


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Learn, and compare: the model, how many texts it learned from, and what both say of those held back."""
    reader = Reader(Taxonomy.of_weights(asked["taxonomy"]))
    rows = [(str(text), str(code)) for text, code in asked["rows"] if code in reader.taxonomy.categories]
    held = [row for row in rows if is_held_back(row[0])]
    lesson = Lesson(reader.taxonomy, reader.segmenter, [(_public(text), code) for text, code in rows if not is_held_back(text)])
    learned = lesson.learn()
    before = Learned.from_json(asked["current"]) if asked["current"] else NOTHING
    return {
        "learned": learned.to_json(),
        "texts": learned.texts,
        "held_back": len(held),
        "before": _score(reader.taught(before), held),
        "after": _score(reader.taught(learned), held),
    }


def _public(text: str) -> str:
    """Without what is private: a model remembers no name, number or door."""
    pieces, end = [], 0
    for hidden in find_private(text):
        pieces.append(text[end : hidden.start])
        end = hidden.end
    return "，".join([*pieces, text[end:]])


def _score(reader: Reader, rows: Sequence[Row]) -> dict[str, float]:
    """How many it gets right, and how much the right answers surprise it on average."""
    right = sum(reader.sort(text)[0].category == code for text, code in rows)
    surprise = -sum(math.log(max(reader.probability(text, code), _LEAST)) for text, code in rows)
    return {"right": right, "surprise": round(surprise / len(rows), 4) if rows else 0.0}


def main() -> int:
    """Answer one question; what goes wrong is told by its kind and place, never in the words of a text."""
    _step_back()
    try:
        said = answer(json.load(sys.stdin))
    except Exception as error:
        frames = [(Path(frame.filename).name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)[-4:]]
        said = {"error": f"{type(error).__name__} at " + " < ".join(f"{file}:{line}" for file, line in reversed(frames))}
    json.dump(said, sys.stdout)
    return 1 if "error" in said else 0


def _step_back() -> None:
    """Nobody waits for it: it gives way to whoever does something, dies first when memory is short, and never stays."""
    signal.alarm(SECONDS)
    os.nice(10)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    sys.exit(main())
