"""What is said of wishes that several people have at heart: a twin on a draft's card, those who go along, and how it stands."""

from rules.lifecycle import LIVE, Event, Kind
from words.buttons import CardTap, OpenTap, TwinTap
from words.facts import Full, Public, Twin, state_name
from words.messages import Message, Row, button
from words.sentences import Html, plain, quote, say


def offer(full: Full, locale: str) -> tuple[Html, ...]:
    """Below a draft: somebody nearby said the same, or its author did."""
    twin = full.twin
    if twin is None:
        return ()
    if twin.own:
        return (say(locale, "twin-own", id=twin.id, what=_named(twin), state=state_name(twin.state, twin.kind, locale)),)
    return (say(locale, "twin-near", id=twin.id, what=_named(twin)), *((quote(twin.text, 300),) if twin.text else ()))


def offer_rows(full: Full, locale: str) -> tuple[Row, ...]:
    twin = full.twin
    if twin is None or Event.MERGE not in full.allowed:
        return ()
    do, key = ("own", "button-twin-own") if twin.own else ("join", "button-twin-join")
    return ((button(plain(locale, key, id=twin.id), TwinTap(do=do, wish=full.public.id, twin=twin.id)),),)


def others(public: Public, locale: str) -> Html | None:
    """How many tell of the same: the number, and nothing else of them."""
    return say(locale, "supporters", n=public.supporters) if public.supporters else None


def part_of(full: Full, locale: str) -> Html:
    """To whoever goes along: what their words are part of, and how it stands."""
    twin = full.merged
    if twin is None:
        return say(locale, "author-merged")
    key = "merged-own" if twin.own else "merged-following" if full.following and twin.state in LIVE else "merged-with"
    return say(locale, key, id=twin.id, what=_named(twin), state=state_name(twin.state, twin.kind, locale))


def part_of_rows(full: Full, locale: str) -> tuple[Row, ...]:
    """Follow it no longer; or go on alone, when it ended without them."""
    twin, own = full.merged, full.public.id
    if twin is None:
        return ()
    if twin.own:
        return ((button(plain(locale, "button-look", id=twin.id), OpenTap(wish=twin.id)),),)
    if full.may_go_on:
        return ((button(plain(locale, "button-go-on", id=twin.id), CardTap(do="go-on", wish=own)),),)
    if full.following and twin.state in LIVE:
        return ((button(plain(locale, "button-leave", id=twin.id), CardTap(do="leave", wish=own)),),)
    return ()


def possible(full: Full, locale: str) -> tuple[Html, ...]:
    """To a reviewer: what may be the same matter."""
    return tuple(
        say(locale, "review-twin", id=twin.id, what=_named(twin), state=state_name(twin.state, twin.kind, locale))
        for twin in full.twins
    )


def review_rows(full: Full, locale: str) -> tuple[Row, ...]:
    """What a reviewer may do about others who have the same at heart."""
    wish = full.public.id
    taps = []
    if Event.MERGE in full.allowed:
        taps.append(button(plain(locale, "button-merge"), CardTap(do="merge", wish=wish)))
    if full.public.supporters:
        taps.append(button(plain(locale, "button-voices", n=full.public.supporters), CardTap(do="voices", wish=wish)))
    return (tuple(taps),) if taps else ()


def merged(locale: str, wish_id: int, twin_id: int, kind: Kind, *, own: bool) -> Message:
    """A reviewer made somebody's wish one with another."""
    key = "news-merged-own" if own else "news-merged-question" if kind is Kind.QUESTION else "news-merged"
    look = (button(plain(locale, "button-look", id=twin_id), OpenTap(wish=twin_id)),)
    return Message(say(locale, key, id=wish_id, twin=twin_id), (look,))


def voice(locale: str, wish_id: int, twin_id: int, text: str) -> Message:
    """To a reviewer: what one of those wrote who tell of the same."""
    head = say(locale, "voice", id=wish_id, twin=twin_id)
    return Message(f"{head}\n{quote(text, 3000)}" if text else head)


def _named(twin: Twin) -> str:
    return f"{twin.category} · {twin.place}" if twin.place else twin.category
