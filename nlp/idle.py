"""Messages that tell of no matter: a greeting, small talk, an advertisement, insults, signs, another language.

A message is idle only when nothing of it is left once the words of a kind are taken out, so that whoever tells anything beside
them is heard: "你好，我家水管漏了" leaves a pipe. Words stand in idle.yaml. Emergencies are found elsewhere and come first.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from nlp.matching import PhraseFinder, spelled_out
from nlp.normalise import normalise

WORDS = Path(__file__).parent / "idle.yaml"
LONGEST = 80  # characters that can be nothing but politeness or insults
LONGEST_ADVERT = 400
LONGEST_NUMBER = 6  # digits; more may be a phone number, which is for somebody


class Idle(StrEnum):
    """What a message is that tells of no matter."""

    GREETING = "greeting"
    SMALL_TALK = "small_talk"  # thanks for nothing named, yes, fine
    DROPPED = "dropped"  # never mind
    ABUSE = "abuse"
    LINK = "link"  # nothing but links
    ADVERT = "advert"
    SIGNS = "signs"  # punctuation, emoji
    SCRIBBLE = "scribble"  # a letter, a short number, keys
    FOREIGN = "foreign"


class IdleWordsError(ValueError):
    """The file of words cannot be used; each line of the message names file and key."""


_SPOKEN = (Idle.ABUSE, Idle.DROPPED, Idle.GREETING, Idle.SMALL_TALK)
_ALSO: Mapping[Idle, tuple[Idle, ...]] = {  # politeness of these kinds may stand beside it
    Idle.ABUSE: (Idle.GREETING, Idle.SMALL_TALK),
    Idle.DROPPED: (Idle.GREETING, Idle.SMALL_TALK),
    Idle.GREETING: (Idle.SMALL_TALK,),
    Idle.SMALL_TALK: (),
}
_EMOJI = {Idle.GREETING: "👋🤝", Idle.SMALL_TALK: "👍👌🙏🌹💐😊😄😁🤗💪👏🎉❤💖🆗✅"}
_SHAPE = {
    "spoken": {kind.value: {"says", "beside"} for kind in _SPOKEN},
    "links": {"beside"},
    "advert": {"offers", "hooks", "lifted_by"},
    "foreign": {"words", "english"},
    "answers": {"confirms", "denies", "beside"},
    "keys": None,
}

_SIGNS = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"(?:[^\w']|_)+")
_ENGLISH_GOES_ON = re.compile(r"[a-z0-9']")
_APART = re.compile(r"\d\D+\d")
_REST = r"[^\s\u3000-\u9fff]"  # of an address: words that follow it without a blank are Chinese
_LINK = re.compile(
    rf"(?:https?://|www\.){_REST}+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|top|vip|xyz|cc|io|me)\b{_REST}*"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30fa]")
_LATIN = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]")
_VOWEL = re.compile(r"[aeiouy]")
_SYLLABLES = re.compile(
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|[aeiuv])|[bpmfwy]?o)+"
)
_NO_ABBREVIATION = 4  # letters without a vowel: so many are keys that somebody fell on
_LONGEST_PINYIN = 20


def find_idle(text: str) -> Idle | None:
    """What a normalised text is when it tells of no matter; None when it may, and should be heard."""
    return _BOOK.read(text)


def find_yes(text: str) -> bool | None:
    """Whether a normalised text is a yes or a no; None when it is neither, or more."""
    return _BOOK.yes(text)


class _Book:
    """What idle.yaml says, ready to be looked up. Immutable."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        spoken = {
            Idle(kind): {
                role: [word for pattern in _split(given) for word in spelled_out(pattern)] for role, given in roles.items()
            }
            for kind, roles in words["spoken"].items()
        }
        self._says = {kind: _finder(roles["says"]) for kind, roles in spoken.items()}
        self._covers = {
            kind: _by_start(
                [*roles["says"], *roles["beside"], *(word for also in _ALSO[kind] for word in spoken[also]["says"])]
            )
            for kind, roles in spoken.items()
        }
        self._beside_links = _by_start(_split(words["links"]["beside"]))
        self._offers, self._hooks, self._lifts = (
            PhraseFinder(_split(words["advert"][role])) for role in ("offers", "hooks", "lifted_by")
        )
        self._english = frozenset(_split(words["foreign"]["english"]))
        self._foreign = frozenset(_split(words["foreign"]["words"])) - self._english
        answers = {name: _split(given) for name, given in words["answers"].items()}
        self._answers = tuple(
            (name == "confirms", _finder(answers[name]), _by_start(answers[name] + answers["beside"]))
            for name in ("denies", "confirms")
        )
        self._keys = tuple(words["keys"].split())

    def read(self, text: str) -> Idle | None:
        said = _SIGNS.sub("", text)
        if not said:
            return self._signs(text) if text.strip() else None
        if _LINK.search(text) is not None:
            found = Idle.LINK if self._is_bare_link(text) else None
        else:
            found = self._spoken(text) or _scribble(text, said, self._keys) if len(text) <= LONGEST else None
        if found is None and self._is_advert(text):
            found = Idle.ADVERT
        if found is None and self._is_foreign(text):
            found = Idle.FOREIGN
        return found

    def yes(self, text: str) -> bool | None:
        plain = _plain(text)
        if len(plain) > LONGEST:
            return None
        return next((yes for yes, says, covers in self._answers if _is_covered(plain, covers) and says.search(plain)), None)

    def _signs(self, text: str) -> Idle:
        """👍 is a yes; other signs say nothing."""
        return next((kind for kind, signs in _EMOJI.items() if any(sign in signs for sign in text)), Idle.SIGNS)

    def _spoken(self, text: str) -> Idle | None:
        """Words of one kind and nothing beside them."""
        plain = _plain(text)
        return next(
            (kind for kind in _SPOKEN if _is_covered(plain, self._covers[kind]) and self._says[kind].search(plain)), None
        )

    def _is_bare_link(self, text: str) -> bool:
        return _is_covered(_SIGNS.sub(" ", _LINK.sub(" ", text)), self._beside_links)

    def _is_advert(self, text: str) -> bool:
        """Something is offered, and how to get at it is said, by nobody who tells, asks or wants anything."""
        if len(text) > LONGEST_ADVERT:
            return False
        return _any(self._offers, text) and _any(self._hooks, text) and not _any(self._lifts, text)

    def _is_foreign(self, text: str) -> bool:
        """No Chinese, and no English that could be understood."""
        text = _LINK.sub(" ", text)
        if han := len(_HAN.findall(text)):
            kana = len(_KANA.findall(text))
            return kana >= han and kana > 2  # の is written by Chinese, too
        words = _WORD.findall(text.replace("’", "'"))
        if sum(_LATIN.match(word) is not None for word in words) * 2 < len(words):
            return True
        known = sum(word in self._english for word in words)
        strange = sum(word in self._foreign or not word.isascii() for word in words)
        if known * 3 >= len(words) or (strange * 3 < len(words) * 2 and all(map(_is_pinyin, words))):
            return False
        return strange > known


def _plain(text: str) -> str:
    """Words with a blank for whatever stands between them."""
    return _BETWEEN.sub(" ", text.replace("’", "'")).strip("' ")


def _is_covered(text: str, words: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a text is nothing but these words and blanks; most texts end at their first."""
    at = 0
    while at < len(text):
        if text[at] != " ":
            found = next((word for word in words.get(text[at], ()) if text.startswith(word, at)), None)
            if found is None or (found.isascii() and _ENGLISH_GOES_ON.match(text, at + len(found))):
                return False
            at += len(found)
        else:
            at += 1
    return True


def _any(finder: PhraseFinder, text: str) -> bool:
    return next(iter(finder.find(text)), None) is not None


def _scribble(text: str, said: str, keys: Iterable[str]) -> Idle | None:
    """A letter, a short number, or what a hand on the keys makes: a row of them, no vowel, one letter again and again."""
    if said.isdecimal():
        alone = len(said) <= LONGEST_NUMBER and _APART.search(text) is None
        return Idle.SCRIBBLE if alone else None
    if not (said.isascii() and said.isalpha()):
        return None
    fallen = len(said) > 2 and (any(said in row for row in keys) or len(set(said)) == 1)
    fallen |= len(said) >= _NO_ABBREVIATION and not _VOWEL.search(said)
    return Idle.SCRIBBLE if len(said) == 1 or fallen else None


def _is_pinyin(word: str) -> bool:
    return len(word) <= _LONGEST_PINYIN and _SYLLABLES.fullmatch(word) is not None


def _split(words: str) -> list[str]:
    return [normalise(word).replace("_", " ") for word in words.split()]


def _by_start(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by their first character, the longest first."""
    found: dict[str, list[str]] = {}
    for word in sorted(dict.fromkeys(words), key=len, reverse=True):
        found.setdefault(word[0], []).append(word)
    return {start: tuple(those) for start, those in found.items()}


def _finder(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these words, the longest first; English ones as whole words only."""
    ordered = sorted(dict.fromkeys(words), key=len, reverse=True)
    whole = (rf"(?<![a-z0-9']){re.escape(word)}(?![a-z0-9'])" if word.isascii() else re.escape(word) for word in ordered)
    return re.compile("|".join(whole))


def load(text: str, name: str) -> dict[str, Any]:
    """The words of a file, when it has every key, no other, and words under each.

    Raises:
        IdleWordsError: with every problem, one a line.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise IdleWordsError(f"{name}: is not YAML ({getattr(error, 'problem', error)})") from error
    problems = list(_problems(found, _SHAPE, ""))
    if problems:
        raise IdleWordsError("\n".join(f"{name}: {problem}" for problem in problems))
    return dict(found)


def _problems(found: Any, shape: Any, key: str) -> Iterable[str]:
    if shape is None:
        if not isinstance(found, str) or not found.split():
            yield f"{key}: must be words, separated by spaces"
        return
    if not isinstance(found, dict):
        yield f"{key or 'file'}: must be a mapping"
        return
    inner = shape if isinstance(shape, dict) else dict.fromkeys(shape)
    for name in sorted(map(str, inner.keys() | found.keys())):
        path = f"{key}.{name}".lstrip(".")
        if name not in inner:
            yield f"{path}: is not a known key"
        elif name not in found:
            yield f"{path}: is missing"
        else:
            yield from _problems(found[name], inner[name], path)


_BOOK = _Book(load(WORDS.read_text(encoding="utf-8"), WORDS.name))
