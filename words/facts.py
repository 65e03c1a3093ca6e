"""What a card may show: plain facts of a wish, the public ones apart, so that a group's card cannot say more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from unicodedata import east_asian_width

from rules.lifecycle import Event, Kind, State
from words.buttons import CardTap, PickArea, PickCategory, PickKind, PickPerson, PickReason, TwinTap
from words.messages import Button, Row, button
from words.sentences import Html, plain, quote, say

Option = tuple[str, str]
"""A code and its label."""


@dataclass(frozen=True, slots=True)
class Public:
    """All that a group may ever read of a wish."""

    id: int
    kind: Kind
    state: State
    category: str  # with its sign
    place: str  # "" when unknown
    text: str | None  # None: the author did not say yes
    name: str | None  # None: the author did not ask to be named
    helpers: tuple[str, ...]
    places: int
    zone: tzinfo
    reposted: bool = False
    silent: bool = False  # fulfilled because nobody answered
    supporters: int = 0  # who tell of the same matter


@dataclass(frozen=True, slots=True)
class Twin:
    """Another wish about the same matter, as far as somebody who is not its author may know of it."""

    id: int
    kind: Kind
    state: State
    category: str
    place: str
    text: str | None  # None: its author did not say yes, or nobody looked at it yet
    supporters: int
    own: bool = False  # … or it is their own after all


@dataclass(frozen=True, slots=True)
class Full:
    """What its author and reviewers read."""

    public: Public
    original: str
    public_text: str
    published: bool
    show_name: bool
    contact: str | None
    author: str
    author_id: int
    author_username: str | None
    photos: int
    videos: int
    voices: int
    files: int
    spots: int  # places on the map
    sure: bool
    reviewed: bool  # the category asks for review
    choices: tuple[Option, ...]  # the three likeliest categories
    words: tuple[str, ...]  # that decided
    hidden: int  # private pieces found
    between: tuple[Option, ...]  # the areas of which one is meant
    own_place: str  # the author's words for where they live (我们小区), when nobody knows where that is
    emergency: str | None
    numbers: tuple[str, ...]
    rating: int | None
    thanks: str | None
    answer: str | None
    alarmed: bool  # an officer was called
    posted: bool  # a group shows it
    silent: bool  # fulfilled because nobody answered
    may_follow: bool  # … and its author may still say that it is not done
    follows: tuple[int, str] | None  # the wish it goes on from, and its words
    reports: tuple[str, ...]
    hours: float | None
    allowed: frozenset[Event]
    story: tuple["Moment", ...] = ()
    options: tuple[Option, ...] = field(default=())  # what the card's mode offers
    twin: Twin | None = None  # a draft's: somebody nearby said the same
    twins: tuple[Twin, ...] = ()  # what a reviewer may make it one with
    merged: Twin | None = None  # what it was made one with
    following: bool = False  # its author is told of every step of that one
    may_go_on: bool = False  # … which ended, and they may go on with their own words
    alone: int | None = None  # it was part of that one, which ended, and goes on with the same words


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    event: Event
    actor: str
    to_state: State
    reason: str | None
    by_time: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A claim as its holder sees it."""

    id: int
    state: str
    due: datetime
    hours: float | None
    lines: int  # words and photos of the report so far
    asked: bool  # handed to them; otherwise they claimed it


def people(names: Sequence[str], locale: str) -> str:
    """小李、小赵."""
    return plain(locale, "list-comma").join(names)


def state_name(state: State, kind: Kind, locale: str) -> str:
    """Where it stands; nobody claims a complaint."""
    key = "state-open-order" if state is State.OPEN and kind is not Kind.WISH else f"state-{state}"
    return plain(locale, key)


def grid(buttons: Sequence[Button], width: int) -> tuple[Row, ...]:
    """Rows of at most `width` buttons; of fewer where a label would not fit on a narrow phone."""
    rows: list[Row] = []
    at = 0
    while at < len(buttons):
        row = tuple(buttons[at : at + width])
        while len(row) > 1 and max(map(_breadth, row)) > _ROOM[len(row)]:
            row = row[:-1]
        rows.append(row)
        at += len(row)
    return tuple(rows)


_ROOM = {2: 20, 3: 11, 4: 8, 5: 6}
"""How broad the labels of so many buttons in a row may be, in Latin letters, on a screen of 360 pixels."""


def _breadth(button: Button) -> int:
    """A label's, in Latin letters: a character of Chinese, or a sign, is as broad as two."""
    return sum(0 if char == "\ufe0f" else 2 if east_asian_width(char) in "WF" or char in "☎✍" else 1 for char in button.label)


def title(public: Public, locale: str) -> Html:
    """#12 · wish · category · place."""
    key = "title-with-place" if public.place else "title"
    return say(
        locale, key, id=public.id, kind=plain(locale, f"kind-{public.kind}"), category=public.category, place=public.place
    )


def shown_text(public: Public, locale: str) -> Html:
    """The public text, or the line that stands in its place."""
    if public.text:
        return quote(public.text)
    return Html(f"<i>{say(locale, 'text-not-public')}</i>")


def media(full: Full, locale: str) -> Html | None:
    """Photos, videos, voices, files and places that came with it; what there is none of is not mentioned."""
    names = ("photos", "videos", "voices", "files", "spots")
    counts = zip(names, (full.photos, full.videos, full.voices, full.files, full.spots), strict=True)
    parts = [plain(locale, f"count-{name}", n=n) for name, n in counts if n]
    return say(locale, "media", list=plain(locale, "list-comma").join(parts)) if parts else None


def earlier(full: Full, locale: str) -> tuple[Html, ...]:
    """The words of the wish that this one goes on from; where they are the same, only that it does."""
    if full.alone is not None:
        return (say(locale, "goes-on-alone", id=full.alone),)
    if full.follows is None:
        return ()
    number, text = full.follows
    return (say(locale, "follows", id=number), *((quote(text, 600),) if text else ()))


def has_more(full: Full, limit: int) -> bool:
    """Whether a card cannot hold it all: files, or words beyond `limit`."""
    return bool(full.photos or full.videos or full.voices or full.files or len(full.original) > limit)


def paragraphs(*parts: Html | str | None) -> str:
    return "\n".join(part for part in parts if part)


TOWN = ">"
"""An option that begins so leads to the communities of a town, or to the towns."""


def picker(full: Full, locale: str, mode: str) -> tuple[Row, ...]:
    """The keyboard of a card that is asking for one thing, with the way back."""
    wish = full.public.id
    back = (button(plain(locale, "button-back"), CardTap(do="back", wish=wish)),)
    made: list[Button]
    width = 2
    if mode == "category":
        made = [button(label, PickCategory(wish=wish, code=code)) for code, label in full.options]
        kinds = [
            button(plain(locale, f"kind-{kind}"), PickKind(wish=wish, kind=kind))
            for kind in Kind
            if kind not in (Kind.EMERGENCY, full.public.kind) and Event.RECAST in full.allowed
        ]
        return (*grid(made, 3), *grid(kinds, 4), back)
    if mode.partition("-")[0] == "area":
        made = [
            button(label, CardTap(do=f"area-{code.removeprefix(TOWN)}", wish=wish))
            if code.startswith(TOWN)
            else button(label, PickArea(wish=wish, code=code))
            for code, label in full.options
        ]
    elif mode == "assign":
        made = [button(label, PickPerson(wish=wish, person=int(code))) for code, label in full.options]
    elif mode == "merge":
        made = [button(label, TwinTap(do="merge", wish=wish, twin=int(code))) for code, label in full.options]
        width = 1
    elif mode in ("reject", "close"):
        made = [button(label, PickReason(wish=wish, do=mode, reason=code)) for code, label in full.options]
        own = (button(plain(locale, "button-own-words"), CardTap(do=f"{mode}-words", wish=wish)),)
        return (*grid(made, 2), own, back)
    else:  # a second tap for what cannot be undone
        key = "cancel" if mode == "withdraw" and full.public.state is State.DRAFT else mode
        return ((button(plain(locale, f"button-sure-{key}"), CardTap(do=f"sure-{mode}", wish=wish)),), back)
    return (*grid(made, width), back)


def corrections(full: Full, locale: str) -> tuple[Row, ...]:
    """Category (and kind) and place, for whoever may still correct them."""
    taps = (("category", Event.CATEGORISE), ("area", Event.LOCATE))
    made = [
        button(plain(locale, f"button-{do}"), CardTap(do=do, wish=full.public.id))
        for do, event in taps
        if event in full.allowed
    ]
    return (tuple(made),) if made else ()


REJECT_REASONS = ("duplicate", "not-ours", "unclear", "unsafe", "private")
CLOSE_REASONS = ("solved", "referred", "false-alarm", "unreachable")
_READY = {f"@reason-{reason}": f"reason-{reason}" for reason in (*REJECT_REASONS, *CLOSE_REASONS, "no-review", "own-wish")}


def reason_words(reason: str, locale: str) -> str:
    """A ready reason in the reader's language, or somebody's own words as they are, whatever they begin with."""
    return plain(locale, _READY[reason]) if reason in _READY else reason
