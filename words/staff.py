"""Cards for reviewers and officers: everything that is needed to decide, and the buttons to do so."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.lifecycle import LIVE, Event, Kind, State
from words import neighbours
from words.buttons import CardTap, NewcomerTap, VolunteerTap
from words.facts import Full, corrections, earlier, grid, has_more, media, paragraphs, people, picker, state_name, title
from words.messages import Button, Message, Row, button
from words.sentences import Html, cut, plain, quote, say

NEWCOMERS_SHOWN = 8
WORDS_SHOWN = 5
SHOWN = 1500
"""Characters of somebody's words on a card; a button sends the rest."""


def review(full: Full, locale: str, mode: str = "") -> Message:
    """A wish that asks for a reviewer's decision, or had one."""
    public = full.public
    text = paragraphs(
        title(public, locale),
        _doubt(full, locale),
        *earlier(full, locale),
        quote(full.original, SHOWN) if full.original else None,
        media(full, locale),
        neighbours.others(public, locale),
        *neighbours.possible(full, locale),
        *_public_side(full, locale),
        say(locale, "review-state", state=state_name(public.state, public.kind, locale), helpers=people(public.helpers, locale))
        if public.state is not State.REVIEWING
        else None,
        say(locale, "review-answer", answer=full.answer) if full.answer else None,
        _merging(full, locale) if mode == "merge" else None,
    )
    return Message(text, picker(full, locale, mode) if mode else _review_rows(full, locale))


def _merging(full: Full, locale: str) -> Html:
    return say(locale, "review-merge" if full.options else "review-no-twins")


def _doubt(full: Full, locale: str) -> Html | None:
    if not full.sure:
        return say(locale, "review-unsure")
    return say(locale, "review-words", words=plain(locale, "list-comma").join(_telling(full.words))) if full.words else None


def _telling(words: Sequence[str]) -> list[str]:
    """The words that decided, for somebody who never saw a list of words: no pairs (垃圾…没人), no parts of others."""
    whole = [word for word in words if "…" not in word] or list(words)
    return [word for word in whole if not any(word != other and word in other for other in whole)][:WORDS_SHOWN]


def _public_side(full: Full, locale: str) -> tuple[Html, ...]:
    """What the public reads, or would if the author said yes later: whoever approves has seen it."""
    if full.public.kind is not Kind.WISH:
        return (say(locale, "review-not-posted"),)
    now = () if full.published else (say(locale, "review-unpublished"),)
    if not full.public_text:
        return now
    key = "review-published" if full.published else "review-publishable"
    if full.public_text == full.original:
        return (*now, say(locale, f"{key}-as-is"))
    return (*now, say(locale, key), quote(full.public_text))


def _review_rows(full: Full, locale: str) -> tuple[Row, ...]:
    allowed = full.allowed

    def tap(do: str, key: str) -> Button:
        return button(plain(locale, key), CardTap(do=do, wish=full.public.id))

    rows: list[Row] = []
    first: list[Button] = []
    if Event.APPROVE in allowed:
        first.append(tap("approve", "button-approve" if full.public.kind is Kind.WISH else "button-approve-order"))
    if Event.ANSWER in allowed:
        first.append(tap("answer", "button-answer"))
    if first:
        rows.append(tuple(first))
    if Event.ASSIGN in allowed:
        rows.append((tap("mine", "button-mine"), tap("assign", "button-assign")))
    rows += corrections(full, locale)
    rows += neighbours.review_rows(full, locale)
    if Event.REWRITE in allowed and full.public.kind is Kind.WISH:
        rows.append((tap("rewrite", "button-rewrite"),))
    last: list[Button] = []
    if has_more(full, SHOWN):
        last.append(tap("media", "button-media"))
    if Event.REJECT in allowed:
        last.append(tap("reject", "button-reject"))
    if Event.CLOSE in allowed:
        last.append(tap("close", "button-close"))
    if last:
        rows.append(tuple(last))
    return tuple(rows)


def alarm(full: Full, locale: str, mode: str = "") -> Message:
    """An emergency, for the officer whose turn it is."""
    public = full.public
    contact = full.contact or (f"@{full.author_username}" if full.author_username else plain(locale, "alarm-no-contact"))
    head = "alarm-head" if public.state in LIVE else "alarm-over"
    text = paragraphs(
        say(locale, head, what=plain(locale, f"emergency-name-{full.emergency or 'other'}")),
        title(public, locale),
        quote(full.original, SHOWN),
        say(locale, "alarm-who", name=full.author, contact=contact, id=full.author_id),
        say(locale, f"alarm-{public.state}", helpers=people(public.helpers, locale), answer=full.answer or "—"),
    )
    rows: list[Row] = []
    if mode:
        return Message(text, picker(full, locale, mode))
    if Event.TAKE in full.allowed:
        rows.append((button(plain(locale, "button-take"), CardTap(do="take", wish=public.id)),))
    if has_more(full, SHOWN):
        rows.append((button(plain(locale, "button-media"), CardTap(do="media", wish=public.id)),))
    rows += corrections(full, locale)
    pair: list[Button] = []
    if Event.CALM in full.allowed:
        pair.append(button(plain(locale, "button-calm-officer"), CardTap(do="calm", wish=public.id)))
    if Event.CLOSE in full.allowed:
        pair.append(button(plain(locale, "button-close"), CardTap(do="close", wish=public.id)))
    if pair:
        rows.append(tuple(pair))
    return Message(text, tuple(rows))


def newcomer(locale: str, person_id: int, name: str, wish_id: int | None) -> Message:
    """A first-time claimant asks to be let in."""
    text = say(locale, "newcomer", name=name, id=person_id, wish=wish_id or "—")
    yes = button(plain(locale, "button-let-in"), VolunteerTap(person=person_id, yes=True))
    no = button(plain(locale, "button-not-now"), VolunteerTap(person=person_id, yes=False))
    return Message(text, ((yes, no),))


def newcomer_settled(locale: str, person_id: int, name: str, by: str, *, yes: bool) -> Message:
    """What came of it; a no can be thought better of."""
    if yes:
        return Message(say(locale, "newcomer-yes", name=name, by=by))
    after_all = button(plain(locale, "button-after-all"), NewcomerTap(do="after-all", person=person_id))
    return Message(say(locale, "newcomer-no", name=name, by=by), ((after_all,),))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who waits to be let in."""

    id: int
    name: str
    wish: int | None  # what they wanted to claim


def newcomers(locale: str, waiting: Sequence[Newcomer]) -> tuple[Html, tuple[Row, ...]]:
    """Who waits to be let in, as much as fits under a list, with a button each."""
    shown = waiting[:NEWCOMERS_SHOWN]
    lines = [say(locale, "newcomers-line", name=cut(one.name, 40), wish=one.wish or "—") for one in shown]
    buttons = [
        button(plain(locale, "button-newcomer", name=cut(one.name, 20)), NewcomerTap(do="show", person=one.id)) for one in shown
    ]
    return Html(paragraphs(say(locale, "heading-newcomer", n=len(waiting)), *lines)), grid(buttons, 2)
