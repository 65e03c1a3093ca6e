"""Cards for reviewers and officers: everything that is needed to decide, and the buttons to do so."""

from rules.lifecycle import Event, Kind, State
from words.buttons import CardTap, VolunteerTap
from words.facts import Full, earlier, has_more, media, paragraphs, people, picker, state_name, title
from words.messages import Button, Message, Row, button
from words.sentences import Html, plain, quote, say

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
        *_public_side(full, locale),
        say(locale, "review-state", state=state_name(public.state, public.kind, locale), helpers=people(public.helpers, locale))
        if public.state is not State.REVIEWING
        else None,
        say(locale, "review-answer", answer=full.answer) if full.answer else None,
    )
    return Message(text, picker(full, locale, mode) if mode else _review_rows(full, locale))


def _doubt(full: Full, locale: str) -> Html | None:
    if not full.sure:
        return say(locale, "review-unsure")
    return say(locale, "review-words", words=" ".join(full.words)) if full.words else None


def _public_side(full: Full, locale: str) -> tuple[Html, ...]:
    if full.public.kind is not Kind.WISH:
        return (say(locale, "review-not-posted"),)
    if not full.published:
        return (say(locale, "review-unpublished"),)
    if full.public_text == full.original:
        return (say(locale, "review-published-as-is"),)
    return (say(locale, "review-published"), quote(full.public_text, 800))


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
    if Event.CATEGORISE in allowed:
        rows.append((tap("category", "button-category"), tap("area", "button-area")))
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
    text = paragraphs(
        say(locale, "alarm-head", what=plain(locale, f"emergency-name-{full.emergency or 'other'}")),
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


def newcomer_settled(locale: str, name: str, by: str, *, yes: bool) -> Message:
    return Message(say(locale, "newcomer-yes" if yes else "newcomer-no", name=name, by=by))
