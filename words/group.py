"""The card in a volunteer group: the public facts, and one button."""

from rules.lifecycle import State
from words import neighbours
from words.buttons import ClaimTap
from words.facts import Public, paragraphs, people, shown_text, title
from words.messages import Message, Row, button
from words.sentences import plain, say


def card(public: Public, locale: str) -> Message:
    """Always the present state; 认领 only while a place is free."""
    rows: tuple[Row, ...] = ()
    if public.state is State.OPEN:
        rows = ((button(plain(locale, "button-claim"), ClaimTap(wish=public.id)),),)
    status = say(
        locale,
        "group-fulfilled-silent" if public.silent else f"group-{public.state}",
        helpers=people(public.helpers, locale),
        taken=len(public.helpers),
        places=public.places,
    )
    if public.state is State.OPEN and public.helpers:
        status = say(
            locale, "group-open-partly", helpers=people(public.helpers, locale), taken=len(public.helpers), places=public.places
        )
    text = paragraphs(
        title(public, locale),
        say(locale, "group-again") if public.reposted and public.state is State.OPEN else None,
        shown_text(public, locale),
        say(locale, "group-from", name=public.name) if public.name else None,
        neighbours.others(public, locale),
        status,
    )
    return Message(text, rows)


def elsewhere(public: Public, locale: str) -> Message:
    """What a post becomes when the wish turned out to belong to another area."""
    return Message(paragraphs(title(public, locale), say(locale, "group-elsewhere")))


def by_staff(wish_id: int, locale: str) -> Message:
    """What a post becomes when it turned out to be no volunteers' matter; what it is instead is not theirs to read."""
    return Message(say(locale, "group-by-staff", id=wish_id))


def pointer(public: Public, locale: str) -> Message:
    """What an old card becomes when the wish is posted again."""
    return Message(paragraphs(title(public, locale), say(locale, "group-moved")))
