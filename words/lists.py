"""Lists: reminders gathered for a chat, what is open, what is mine, the digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from rules.lifecycle import Kind, State, may_go_on
from words import staff
from words.buttons import BindArea, BindAudience, CardTap, ClaimTap, ListTap, OpenTap
from words.facts import Option, grid, paragraphs, state_name
from words.messages import TEXT_LIMIT, Button, Message, Row, button
from words.sentences import Html, age, clock_time, cut, plain, say

PAGE = 8
ALARMS = 10
"""Emergencies named in one digest; how many there are is always said."""
LONGEST_LIST = 20
"""Wishes in one reminder: more would not be read."""
_ROOM = TEXT_LIMIT - 800  # for the line that says how many more there are, and for newcomers


@dataclass(frozen=True, slots=True)
class Item:
    """One wish in a list; `text` only where its reader may read it."""

    wish: int
    claim: int | None
    about: str
    state: State
    kind: Kind
    category: str
    place: str
    since: datetime
    due: datetime | None
    text: str | None
    now: datetime
    zone: tzinfo
    own: int | None = None  # the reader's own words, which are part of it
    reason: str | None = None  # why it ended
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What several people speak of: in their own words, where, how many, over how long, and in which wishes."""

    name: str
    place: str
    voices: int
    supporters: int
    days: int
    wishes: tuple[int, ...]


def line(item: Item, locale: str, *, own: bool = False) -> Html:
    """#12 · category · place · how long (or how it stands, for its author), and the beginning of the words."""
    if item.merged_into is not None:
        when = say(locale, "line-merged", id=item.merged_into)
    elif item.due is not None:
        when = say(locale, "line-due", due=clock_time(item.due, item.zone))
    elif own or item.own is not None:
        when = say(locale, "line-mine", state=state_name(item.state, item.kind, locale))
    else:
        when = say(locale, "line-since", age=age(locale, item.since, item.now))
    head = say(locale, "line", id=item.wish, category=item.category, place=f" · {item.place}" if item.place else "", when=when)
    words = [say(locale, "line-text", text=cut(" ".join(item.text.split()), 60))] if item.text else []
    reason = [say(locale, "line-reason", reason=cut(" ".join(item.reason.split()), 200))] if item.reason else []
    return Html("\n    ".join([head, *words, *reason]))


def reminder(locale: str, items: Sequence[Item], *, audience: str | None, newcomers: Sequence[staff.Newcomer] = ()) -> Message:
    """What waits in a group of this audience, or in private, as much as fits; the rest is one command away."""
    volunteers = audience == "volunteers"
    head = "reminder-group" if volunteers else "reminder-reviewers" if audience else "reminder-head"
    only_news = bool(items) and not newcomers and all(item.own is not None for item in items)
    parts: list[Html] = [say(locale, "heading-news" if only_news else head, n=len(items) + len(newcomers))]
    buttons: list[Button] = []
    told = 0
    heading = items[0].about if only_news else ""
    for item in items[:LONGEST_LIST]:
        own = [line(item, locale)]
        if item.about != heading and not volunteers:
            own.insert(0, say(locale, f"heading-{item.about}"))
        if len("\n".join([*parts, *own])) > _ROOM:
            break
        heading = item.about
        parts += own
        buttons += _taps(item, locale)
        told += 1
    if len(items) > told:
        more = "list-more-news" if only_news else f"list-more-{audience}" if audience else "list-more"
        parts.append(say(locale, more, n=len(items) - told))
    return _with_newcomers(locale, Message(paragraphs(*parts), grid(buttons, 2)), newcomers)


def _with_newcomers(locale: str, message: Message, newcomers: Sequence[staff.Newcomer]) -> Message:
    """The same, with those who wait to be let in below it."""
    if not newcomers:
        return message
    text, rows = staff.newcomers(locale, newcomers)
    return Message(paragraphs(message.text, text), (*message.rows, *rows))


def _taps(item: Item, locale: str) -> list[Button]:
    if item.about == "open":
        return [button(plain(locale, "button-claim-number", id=item.wish), ClaimTap(wish=item.wish))]
    look = button(plain(locale, "button-look", id=item.wish), OpenTap(wish=item.wish))
    if item.own is None or not may_go_on(item.state):
        return [look]
    return [look, button(plain(locale, "button-go-on", id=item.wish), CardTap(do="go-on", wish=item.own))]


def page(
    locale: str, name: str, items: Sequence[Item], number: int, *, more: bool, newcomers: Sequence[staff.Newcomer] = ()
) -> Message:
    """A page of a list (my, open, review, claims), or the kind sentence for an empty one."""
    if not items:
        return _with_newcomers(locale, Message("" if newcomers else say(locale, f"{name}-empty")), newcomers)
    buttons = [
        button(plain(locale, "button-claim-number", id=item.wish), ClaimTap(wish=item.wish))
        if name == "open"
        else button(plain(locale, "button-look", id=item.wish), OpenTap(wish=item.wish))
        for item in items
    ]
    rows: list[Row] = list(grid(buttons, 2))
    turns: list[Button] = []
    if number > 0:
        turns.append(button(plain(locale, "button-earlier"), ListTap(name=name, page=number - 1)))
    if more:
        turns.append(button(plain(locale, "button-later"), ListTap(name=name, page=number + 1)))
    if turns:
        rows.append(tuple(turns))
    lines = [line(item, locale, own=name == "my") for item in items]
    return _with_newcomers(locale, Message(paragraphs(say(locale, f"{name}-head"), *lines), tuple(rows)), newcomers)


def _alarms(locale: str, waiting: Sequence[int]) -> str | None:
    """Emergencies that nobody took: the first thing that a digest has to say."""
    shown = " ".join(f"#{number}" for number in waiting[:ALARMS])
    return say(locale, "digest-alarms", n=len(waiting), wishes=shown) if waiting else None


def digest(
    locale: str,
    day: date,
    counted: Mapping[str, Any],
    categories: Sequence[tuple[str, int]],
    places: Sequence[tuple[str, int]],
    longest: Sequence[Item],
    topics: Sequence[Topic] = (),
) -> Message:
    """The day in one message."""
    parts: list[Html | str | None] = [
        say(locale, "digest-head", day=day.strftime("%m-%d")),
        _happened(locale, "digest-day", counted),
        say(
            locale,
            "digest-now",
            reviewing=counted["reviewing"],
            open=counted["open"],
            claimed=counted["claimed"],
            delivered=counted["delivered"],
        ),
        _happened(locale, "digest-evening", counted["evening"]) if any(counted["evening"].values()) else None,
        _alarms(locale, counted.get("alarms", ())),
        say(locale, "digest-overdue", n=counted["overdue"]) if counted["overdue"] else None,
        say(locale, "digest-newcomers", n=counted["newcomers"]) if counted["newcomers"] else None,
        say(locale, "digest-failed", n=counted["failed"]) if counted.get("failed") else None,
        say(locale, "digest-undelivered", n=counted["undelivered"]) if counted["undelivered"] else None,
    ]
    if categories:
        parts.append(say(locale, "digest-categories", list=_comma(locale).join(f"{label} {n}" for label, n in categories)))
    named = [(label or plain(locale, "place-unknown"), n) for label, n in places]
    if named:
        parts.append(say(locale, "digest-places", list=_comma(locale).join(f"{label} {n}" for label, n in named)))
    if topics:
        parts.append(say(locale, "digest-topics"))
        parts += [_topic(topic, locale) for topic in topics]
    if longest:
        parts.append(say(locale, "digest-longest"))
        parts += [line(item, locale) for item in longest]
    else:
        parts.append(say(locale, "digest-nothing"))
    shown = dict.fromkeys([*(topic.wishes[0] for topic in topics if topic.wishes), *(item.wish for item in longest)])
    rows: tuple[Row, ...] = grid([button(plain(locale, "button-look", id=wish), OpenTap(wish=wish)) for wish in shown], 3)
    return Message(paragraphs(*parts), rows)


def _topic(topic: Topic, locale: str) -> Html:
    return say(
        locale,
        "digest-topic",
        name=topic.name,
        place=f" · {topic.place}" if topic.place else "",
        n=topic.voices,
        joined=say(locale, "digest-topic-joined", n=topic.supporters) if topic.supporters else "",
        days=topic.days,
        wishes=_comma(locale).join(f"#{wish}" for wish in topic.wishes),
    )


def _happened(locale: str, key: str, counted: Mapping[str, Any]) -> str:
    """What came and what ended; silence is no fulfilment, and is told of only where there was any."""
    line = say(locale, key, new=counted["new"], fulfilled=counted["fulfilled"], ended=counted["ended"])
    told = [say(locale, f"digest-{name}", n=counted[name]) for name in ("silent", "joined") if counted.get(name)]
    return line + "".join(told)


def _comma(locale: str) -> str:
    return ", " if locale == "en" else "、"


def calendar_warning(locale: str, year: int) -> Message:
    return Message(say(locale, "calendar-warning", year=str(year)))


def bind_areas(locale: str, title: str, options: Sequence[Option], number: int, *, size: int = 20) -> Message:
    """First tap of /bind: the county, its towns, communities and grids, twenty a page."""
    shown = options[number * size : (number + 1) * size]
    rows: list[Row] = list(grid([button(label, BindArea(code=code)) for code, label in shown], 2))
    turns: list[Button] = []
    if number > 0:
        turns.append(button(plain(locale, "button-earlier"), BindArea(code="", page=number - 1)))
    if len(options) > (number + 1) * size:
        turns.append(button(plain(locale, "button-later"), BindArea(code="", page=number + 1)))
    if turns:
        rows.append(tuple(turns))
    return Message(say(locale, "bind-area", title=title), tuple(rows))


def bind_audience(locale: str, code: str, area: str) -> Message:
    """Second tap of /bind."""
    rows = tuple(
        (button(plain(locale, f"audience-{audience}"), BindAudience(code=code, audience=audience)),)
        for audience in ("volunteers", "reviewers")
    )
    return Message(say(locale, "bind-audience", area=area), rows)


def bound(locale: str, area: str, audience: str, *, may_post: bool) -> Message:
    return Message(
        paragraphs(
            say(locale, "bound", area=area, audience=plain(locale, f"audience-{audience}")),
            None if may_post else say(locale, "bound-no-rights"),
        )
    )


def group_hello(locale: str) -> Message:
    return Message(say(locale, "group-hello"))


def no_areas(locale: str) -> Message:
    return Message(say(locale, "no-areas"))
