"""The private card of whoever claimed a wish: the whole text, how to reach the resident, and what to do next."""

from rules.lifecycle import ClaimState, Kind, State
from words import neighbours
from words.buttons import HelperTap, HoursTap
from words.facts import Full, Held, corrections, earlier, grid, has_more, media, paragraphs, picker, title
from words.messages import Message, Row, button
from words.sentences import plain, quote, say

SHOWN = 2400
CORRECTED = ("category", "area")
"""Modes of a helper who is an admin as well."""
HALVES = (1, 2, 3, 4, 6, 8, 12, 16)
"""Half hours offered for a delivery: half an hour to a day."""


def card(full: Full, held: Held, locale: str, mode: str = "") -> Message:
    """What a claimant sees; contact and words only while the claim is theirs."""
    public = full.public
    if held.state == ClaimState.LIVE and public.state in (State.OPEN, State.CLAIMED):
        return _live(full, held, locale, mode)
    key = f"helper-{held.state}"
    if held.state == ClaimState.RELEASED and public.state is State.WITHDRAWN:
        key = "helper-withdrawn"
    elif held.state == ClaimState.CONFIRMED and full.silent:
        key = "helper-silent"
    text = paragraphs(
        title(public, locale),
        say(locale, key, hours=f"{held.hours:g}" if held.hours else "—", stars="★" * (full.rating or 0)),
        say(locale, "helper-thanks", thanks=full.thanks) if full.thanks and held.state == ClaimState.CONFIRMED else None,
    )
    rows = corrections(full, locale) if held.state == ClaimState.DELIVERED else ()
    return Message(text, picker(full, locale, mode) if rows and mode in CORRECTED else rows)


def _head(kind: Kind, held: Held) -> str:
    if kind is not Kind.WISH:
        return "helper-head-order"
    return "helper-head-asked" if held.asked else "helper-head"


def _live(full: Full, held: Held, locale: str, mode: str) -> Message:
    public = full.public
    due = held.due.astimezone(public.zone).strftime("%m-%d %H:%M")
    text = paragraphs(
        title(public, locale),
        say(locale, _head(public.kind, held), due=due),
        *earlier(full, locale),
        quote(full.original, SHOWN) if full.original else None,
        say(locale, "helper-no-words") if not full.original and full.follows is None else None,
        media(full, locale),
        neighbours.others(public, locale),
        say(locale, "helper-name", name=full.author) if full.show_name else None,
        say(locale, "helper-contact", contact=full.contact) if full.contact else say(locale, "helper-no-contact"),
    )
    if mode == "deliver":
        text = paragraphs(text, "", say(locale, "helper-report", n=held.lines))
        hours = [
            button(plain(locale, "button-hours", hours=f"{half / 2:g}"), HoursTap(claim=held.id, halves=half))
            for half in HALVES
        ]
        back = (button(plain(locale, "button-back"), HelperTap(do="back", claim=held.id)),)
        return Message(text, (*grid(hours, 4), back))
    if mode == "release":
        sure = (button(plain(locale, "button-sure-release"), HelperTap(do="sure-release", claim=held.id)),)
        back = (button(plain(locale, "button-back"), HelperTap(do="back", claim=held.id)),)
        return Message(text, (sure, back))
    if mode in CORRECTED:
        return Message(text, picker(full, locale, mode))
    rows: tuple[Row, ...] = (
        (
            button(plain(locale, "button-deliver"), HelperTap(do="deliver", claim=held.id)),
            button(plain(locale, "button-release"), HelperTap(do="release", claim=held.id)),
        ),
    )
    if has_more(full, SHOWN):
        rows = (*rows, (button(plain(locale, "button-media"), HelperTap(do="media", claim=held.id)),))
    return Message(text, (*rows, *corrections(full, locale)))
