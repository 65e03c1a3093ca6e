"""How strongly each word of a text counts: the title fully, what follows less and less, a word said again less each time."""

import re
from collections.abc import Iterable

LONGEST_TITLE = 60
OPENING = 40  # characters that stand for a title when the first sentence is longer than one
BODY = 0.6  # what a word right after the title counts …
HALF = 30  # … half of that this many characters on …
SHORT = 300  # characters; in a longer text what comes first says what it is about
TAIL = 0.2  # … and never less than this share of it
_SENTENCE = re.compile(r"[\n。！!？?；;]")

Hit = tuple[int, str]  # where, which word


def title_end(text: str, start: int = 0) -> int:
    """Where the title ends: the first line or sentence when it is short, else the opening; of what begins at `start`."""
    found = _SENTENCE.search(text, start + 1, start + LONGEST_TITLE + 1)
    if found:
        return found.start()
    return start + OPENING if len(text) - start > LONGEST_TITLE else len(text)


def strengths(text: str, hits: Iterable[Hit]) -> dict[str, float]:
    """Each word that was found, with its strength."""
    hits = list(dict.fromkeys(hits))  # a word of the text may also be a phrase
    end = title_end(text)
    if hits and len(text) <= SHORT and not any(offset <= end for offset, _ in hits):
        end = title_end(text, min(offset for offset, _ in hits))  # a greeting is no title
    found: dict[str, float] = {}
    times: dict[str, int] = {}
    for offset, word in hits:
        strength = 1.0 if offset <= end else BODY * max(TAIL, HALF / (HALF + offset - end))
        if word in found:
            again = times[word] = times.get(word, 1) + 1
            found[word] += strength / (again * again)
        else:
            found[word] = strength
    return found
