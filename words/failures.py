"""What failed for good, and what can be done about it; never what it said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from words.buttons import FailedTap, ListTap
from words.facts import grid, paragraphs
from words.messages import Button, Message, Row, button
from words.sentences import Html, clock_time, cut, plain, quote, say

PAGE = 8
_ERROR_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Failed:
    """An update that could not be handled, or a message that could not be sent."""

    id: int
    is_update: bool
    at: datetime
    zone: tzinfo
    what: str  # text, photo …, edit, tap, seat, unreadable
    length: int  # of its text
    error: str
    can_run: bool
    group: str  # its title; "" in private


def apology(locale: str) -> Message:
    """Something of ours broke; what they wrote is kept."""
    return Message(say(locale, "apology"))


def apology_in_danger(locale: str, danger: str, numbers: Sequence[str]) -> Message:
    """The same to somebody who calls for help: the number first."""
    return Message(
        paragraphs(
            say(locale, "emergency-head", numbers=" · ".join(numbers)),
            say(locale, f"emergency-{danger}"),
            say(locale, "apology-in-danger"),
        )
    )


def unheard_cry(locale: str, danger: str, said: str, *, name: str, id: int) -> Message:
    """To officers: somebody calls for help, and no alarm came of it."""
    text = say(locale, "unheard-cry", what=plain(locale, f"emergency-name-{danger}"), name=name, id=id)
    return Message(paragraphs(text, quote(said)), ((button(plain(locale, "button-failed-list"), ListTap(name="failed")),),))


def listed(locale: str, found: Sequence[Failed], number: int) -> Message:
    """A page of them; one more than fits says that there is another page."""
    if not found and not number:
        return Message(say(locale, "failed-empty"))
    shown = found[:PAGE]
    parts: list[Html] = []
    buttons: list[Button] = []
    heading = None
    for index, one in enumerate(shown, 1):
        if one.is_update is not heading:
            parts.append(say(locale, "failed-head" if one.is_update else "unsent-head"))
            heading = one.is_update
        parts.append(say(locale, "failed-line", n=index, what=_line(one, locale)))
        buttons.append(button(plain(locale, "button-failed-show", n=index), _tap("show", one)))
    rows: list[Row] = list(grid(buttons, 4))
    turns: list[Button] = []
    if number > 0:
        turns.append(button(plain(locale, "button-earlier"), ListTap(name="failed", page=number - 1)))
    if len(found) > PAGE:
        turns.append(button(plain(locale, "button-later"), ListTap(name="failed", page=number + 1)))
    if turns:
        rows.append(tuple(turns))
    return Message(paragraphs(*parts) if parts else say(locale, "failed-empty"), tuple(rows))


def update(locale: str, one: Failed, *, sure: bool) -> Message:
    """One update, with what can be done; when it is about to be dropped, once more the question."""
    text = paragraphs(
        say(locale, "failed-one", what=_line(one, locale)),
        say(locale, "failed-where", error=cut(one.error, _ERROR_SHOWN)),
        say(locale, "failed-not-shown" if sure else "failed-sure-drop"),
    )
    back = button(plain(locale, "button-failed-list"), ListTap(name="failed"))
    if not sure:
        return Message(text, ((button(plain(locale, "button-failed-sure-drop"), _tap("sure-drop", one)), back),))
    first: Row = (button(plain(locale, "button-failed-drop"), _tap("drop", one)),)
    if one.can_run:
        first = (button(plain(locale, "button-failed-again"), _tap("again", one)), *first)
    return Message(text, (first, (back,)))


def message(locale: str, one: Failed) -> Message:
    """One message that could not be sent."""
    text = paragraphs(
        say(locale, "unsent-one", what=_line(one, locale)),
        say(locale, "failed-where", error=cut(one.error, _ERROR_SHOWN)),
    )
    again = button(plain(locale, "button-unsent-again"), _tap("again", one))
    drop = button(plain(locale, "button-failed-drop"), _tap("sure-drop", one))
    return Message(text, ((again, drop), (button(plain(locale, "button-failed-list"), ListTap(name="failed")),)))


def runs_again(locale: str, one: Failed) -> Message:
    return _settled(locale, "failed-runs-again", one)


def dropped(locale: str, one: Failed, *, told: bool) -> Message:
    return _settled(locale, "failed-dropped-told" if told else "failed-dropped", one)


def goes_again(locale: str, one: Failed) -> Message:
    return _settled(locale, "unsent-goes-again", one)


def not_sent(locale: str, one: Failed) -> Message:
    return _settled(locale, "unsent-dropped", one)


def say_it_again(locale: str, one: Failed) -> Message:
    """To whoever sent what was dropped."""
    return Message(say(locale, "say-it-again", when=clock_time(one.at, one.zone)))


def _settled(locale: str, key: str, one: Failed) -> Message:
    back = button(plain(locale, "button-failed-list"), ListTap(name="failed"))
    return Message(say(locale, key, what=_line(one, locale)), ((back,),))


def _line(one: Failed, locale: str) -> Html:
    where = say(locale, "failed-in-group", title=one.group) if one.group else say(locale, "failed-in-private")
    what = say(locale, f"failed-what-{one.what}", n=one.length)
    return Html(f"{clock_time(one.at, one.zone)} · {where} · {what}")


def _tap(do: str, one: Failed) -> FailedTap:
    return FailedTap(do=do, what="u" if one.is_update else "m", id=one.id)
