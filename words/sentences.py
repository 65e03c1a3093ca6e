"""Sentences out of the locale files (Fluent), escaped for HTML unless told otherwise."""

import re
from datetime import datetime, tzinfo
from functools import lru_cache
from html import escape
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource

LOCALES = ("zh", "en")
DEFAULT_LOCALE = "zh"

Value = str | int | float


class Html(str):
    """A piece that is HTML already and must not be escaped again."""

    __slots__ = ()


class UnknownSentence(KeyError):
    """The locale files have no such key, or it does not format: a mistake of ours."""


@lru_cache(maxsize=len(LOCALES))
def bundle(locale: str) -> FluentBundle:
    """The sentences of a locale, without the isolating marks that chat clients show as boxes."""
    text = (files("words") / "locales" / f"{locale}.ftl").read_text(encoding="utf-8")
    made = FluentBundle([locale], use_isolating=False)
    made.add_resource(FluentResource(text))
    return made


def plain(locale: str, key: str, **values: Value) -> str:
    """A sentence without markup: for buttons and toasts.

    Raises:
        UnknownSentence: no such key.
    """
    sentences = bundle(locale if locale in LOCALES else DEFAULT_LOCALE)
    if not sentences.has_message(key):
        raise UnknownSentence(key)
    pattern = sentences.get_message(key).value
    if pattern is None:
        raise UnknownSentence(key)
    # Numbers go in as strings: Fluent would group their digits (12,345).
    text, errors = sentences.format_pattern(pattern, {name: str(value) for name, value in values.items()})
    if errors:
        raise UnknownSentence(f"{key}: {errors}")
    return str(text)


def say(locale: str, key: str, **values: Value) -> Html:
    """A sentence as HTML, its values escaped unless they are `Html`."""
    safe = {
        name: value if isinstance(value, Html | int | float) else escape(value, quote=False) for name, value in values.items()
    }
    return Html(plain(locale, key, **safe))


def has(locale: str, key: str) -> bool:
    return bool(bundle(locale if locale in LOCALES else DEFAULT_LOCALE).has_message(key))


def quote(text: str, limit: int = 1200) -> Html:
    """Somebody's words in a quotation, cut at `limit` characters."""
    return Html(f"<blockquote>{escape(cut(text, limit), quote=False)}</blockquote>")


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning and an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


_SEAMS = (r"\n\s*", r"[。！？!?…]+[”’」』）)\"]*\s*|\.\s+", r"[；;，,、]\s*", r"\s+")
"""Where a long text may be parted, the best first."""


def pieces(text: str, limit: int) -> list[str]:
    """All of `text` in parts of at most `limit` characters, parted where it hurts least: paragraph, sentence, clause, word."""
    parts = []
    while len(text) > limit:
        end = _seam(text[:limit])
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text] if text else parts


def _seam(text: str) -> int:
    """The end of the last good place in the second half; the whole text when there is none."""
    for seam in _SEAMS:
        ends = [found.end() for found in re.finditer(seam, text) if found.end() > len(text) // 2]
        if ends:
            return ends[-1]
    return len(text)


def age(locale: str, since: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return plain(locale, "age-minutes", n=max(1, minutes))
    if minutes < 48 * 60:
        return plain(locale, "age-hours", n=minutes // 60)
    return plain(locale, "age-days", n=minutes // (24 * 60))


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """Local day and time, as 11-22 18:00."""
    return moment.astimezone(zone).strftime("%m-%d %H:%M")
