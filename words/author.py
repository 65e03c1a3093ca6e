"""The card its author sees: from the first words to the stars."""

from rules.lifecycle import LIVE, Event, Kind, State
from words import neighbours
from words.buttons import CardTap, ListTap, PickArea, PickCategory, RateTap
from words.facts import Full, corrections, earlier, grid, media, paragraphs, people, picker, shown_text, title
from words.messages import Button, Message, Row, button
from words.sentences import Html, cut, plain, quote, say

MOST_ASKED = 3
"""Of so many communities it is asked which one is meant."""
ASKED_AFTER = "asked-after"
"""The mode of a draft's card that asks whether it should be submitted."""


def card(full: Full, locale: str, mode: str = "") -> Message:
    """The author's card in the state the wish is in."""
    if full.public.state is State.DRAFT:
        return _draft(full, locale, mode)
    mode = "" if mode == ASKED_AFTER else mode
    if full.public.kind is Kind.EMERGENCY and full.public.state in LIVE:
        return _emergency(full, locale, mode)  # once it is over, nobody is told to call
    return _submitted(full, locale, mode)


def _draft(full: Full, locale: str, mode: str) -> Message:
    public = full.public
    asked = mode == ASKED_AFTER
    text = paragraphs(
        *((say(locale, "draft-waits"), "") if asked else ()),
        say(locale, "draft-head"),
        "",
        say(
            locale,
            "draft-kind" if full.sure else "draft-unsure",
            kind=plain(locale, f"kind-{public.kind}"),
            category=public.category,
        ),
        _place(full, locale),
        media(full, locale),
        say(locale, "draft-contact", contact=full.contact) if full.contact else None,
    )
    twin = neighbours.offer(full, locale)
    text += "\n\n" + paragraphs(*_preview(full, locale), *(("", *twin) if twin else ()), "", say(locale, "draft-foot"))
    rows = picker(full, locale, mode) if mode and not asked else _draft_rows(full, locale)
    return Message(text, rows)


def _place(full: Full, locale: str) -> Html:
    """Where it is, or what has to be known for that."""
    if full.public.place:
        return say(locale, "draft-place", place=full.public.place)
    if len(full.between) == 1:
        return say(locale, "draft-perhaps", place=full.between[0][1])
    if len(full.between) > MOST_ASKED:
        return say(locale, "draft-unclear")
    if full.between:
        return say(locale, "draft-between", list=plain(locale, "list-or").join(name for _, name in full.between))
    if full.own_place:
        return say(locale, "draft-own-place", words=full.own_place)
    return say(locale, "draft-no-place")


def _preview(full: Full, locale: str) -> tuple[Html, ...]:
    """Exactly what the public would see."""
    public = full.public
    name = say(locale, "preview-name", name=public.name) if public.name else say(locale, "preview-no-name")
    if public.kind is not Kind.WISH:
        return (say(locale, "preview-staff-only"), quote(full.original) if full.original else Html(""))
    if not full.public_text:
        return (say(locale, "preview-no-words"), name)
    if full.published:
        hidden = say(locale, "preview-hidden", n=full.hidden) if full.hidden else Html("")
        return (say(locale, "preview-public"), shown_text(public, locale), *((hidden,) if hidden else ()), name)
    return (say(locale, "preview-private"), quote(full.public_text), name)


def _open_to_all(full: Full, locale: str) -> tuple[Html, ...]:
    """What the group reads by now: the text may be a reviewer's."""
    name = say(locale, "preview-name", name=full.public.name) if full.public.name else None
    if not full.public_text or not full.published:
        shown: tuple[Html, ...] = (say(locale, "author-not-public"),)
    elif full.public_text == full.original:
        shown = (say(locale, "author-public-as-is"),)
    else:
        shown = (say(locale, "preview-public"), quote(full.public_text, 600))
    return (*shown, *((name,) if name else ()))


def _draft_rows(full: Full, locale: str) -> tuple[Row, ...]:
    wish = full.public.id

    def tap(do: str, key: str) -> Button:
        return button(plain(locale, key), CardTap(do=do, wish=wish))

    rows: list[Row] = []
    if not full.sure:
        rows += grid([button(label, PickCategory(wish=wish, code=code)) for code, label in full.choices], 3)
    if not full.public.place and len(full.between) <= MOST_ASKED:
        rows += grid([button(f"📍 {name}", PickArea(wish=wish, code=code)) for code, name in full.between], 2)
    rows += [(tap("submit", "button-submit"),), *neighbours.offer_rows(full, locale), *_public_row(full, locale)]
    rows += corrections(full, locale)
    rows.append(_own_details(full, locale))
    rows.append((tap("another", "button-another"), tap("withdraw", "button-cancel")))
    return tuple(rows)


def _public_row(full: Full, locale: str) -> tuple[Row, ...]:
    """The yes or no to showing the words, while the author may still give it."""
    if Event.PUBLISH not in full.allowed or full.public.kind is not Kind.WISH or not full.public_text:
        return ()
    do = "unpublish" if full.published else "publish"
    return ((button(plain(locale, f"button-{do}"), CardTap(do=do, wish=full.public.id)),),)


def _own_details(full: Full, locale: str) -> Row:
    """Name, phone and address, while the author may still give them."""
    taps = []
    if Event.PUBLISH in full.allowed:
        taps.append(("anonymous", "button-anonymous") if full.show_name else ("named", "button-named"))
    if Event.CONTACT in full.allowed:
        taps.append(("contact", "button-contact-again" if full.contact else "button-contact"))
    return tuple(button(plain(locale, key), CardTap(do=do, wish=full.public.id)) for do, key in taps)


def _emergency(full: Full, locale: str, mode: str) -> Message:
    public = full.public
    text = paragraphs(
        say(locale, "emergency-head", numbers=" · ".join(full.numbers)),
        say(locale, f"emergency-{full.emergency or 'other'}"),
        "",
        quote(full.original, 800) if full.original else None,
        media(full, locale),
        say(locale, "emergency-contact", contact=full.contact) if full.contact else None,
        _emergency_state(full, locale),
    )
    if mode:
        return Message(text, picker(full, locale, mode))
    taps = (
        ("contact", "button-contact-again" if full.contact else "button-contact", Event.CONTACT),
        ("calm", "button-calm", Event.CALM),
        ("another", "button-another", Event.WRITE),
        ("withdraw", "button-withdraw", Event.WITHDRAW),
    )
    made = [button(plain(locale, key), CardTap(do=do, wish=public.id)) for do, key, event in taps if event in full.allowed]
    return Message(text, grid(made, 2))


def _emergency_state(full: Full, locale: str) -> Html:
    if full.public.state is State.OPEN:
        return say(locale, "emergency-told" if full.alarmed else "emergency-alone")
    if full.public.state is State.CLAIMED:
        return say(locale, "emergency-taken", name=people(full.public.helpers, locale))
    return say(locale, f"state-{full.public.state}")


def _submitted(full: Full, locale: str, mode: str) -> Message:
    public = full.public
    key = f"author-{public.state}"
    if public.state is State.FULFILLED and full.rating is not None:
        key = "author-fulfilled-rated"
    elif public.state is State.FULFILLED and full.silent:
        key = "author-fulfilled-silent" if full.may_follow else "author-fulfilled-followed"
    elif public.state is State.FULFILLED and public.kind is Kind.COMPLAINT:
        key = "author-fulfilled-complaint"
    elif public.state is State.OPEN and public.kind is Kind.COMPLAINT:
        key = "author-open-complaint"
    elif public.state is State.OPEN and not full.posted:
        key = "author-open-seeking"
    state = neighbours.part_of(full, locale) if public.state is State.MERGED else None
    text = paragraphs(
        title(public, locale),
        state
        or say(locale, key, helpers=people(public.helpers, locale), stars="★" * (full.rating or 0), answer=full.answer or "—"),
        neighbours.others(public, locale),
        *earlier(full, locale),
        quote(full.original, 600) if full.original else None,
        media(full, locale),
        say(locale, "draft-contact", contact=full.contact) if full.contact and Event.CONTACT in full.allowed else None,
        *(_open_to_all(full, locale) if public.state in LIVE and public.kind is Kind.WISH else ()),
        *(_reports(full, locale) if public.state in (State.DELIVERED, State.FULFILLED) else ()),
        say(locale, "author-thanked", thanks=full.thanks) if full.thanks else None,
    )
    rows = picker(full, locale, mode) if mode else _submitted_rows(full, locale)
    return Message(text, rows)


def _reports(full: Full, locale: str) -> tuple[Html, ...]:
    return tuple(paragraph for report in full.reports for paragraph in (say(locale, "author-report"), quote(report, 600)))


def _submitted_rows(full: Full, locale: str) -> tuple[Row, ...]:
    wish = full.public.id

    def tap(do: str, key: str) -> Button:
        return button(plain(locale, key), CardTap(do=do, wish=wish))

    rows: list[Row] = []
    if Event.CONFIRM in full.allowed:
        rows.append((tap("confirm", "button-confirm"), tap("dispute", "button-dispute")))
    if Event.FOLLOW in full.allowed and full.may_follow:
        rows.append((tap("dispute", "button-dispute"),))
    if Event.RATE in full.allowed and full.rating is None and full.may_follow is full.silent:
        rows.append(tuple(button(f"{n}★", RateTap(wish=wish, stars=n)) for n in range(1, 6)))
    if Event.THANK in full.allowed and not full.thanks:
        rows.append((tap("thank", "button-thank"),))
    rows += neighbours.part_of_rows(full, locale)
    rows += _public_row(full, locale)
    rows += corrections(full, locale)
    if details := _own_details(full, locale):
        rows.append(details)
    pair: list[Button] = []
    if Event.URGE in full.allowed:
        pair.append(tap("urge", "button-urge"))
    if Event.WRITE in full.allowed:
        pair.append(tap("add", "button-add"))
    if pair:
        rows.append(tuple(pair))
    pair = [tap("story", "button-story")]
    if Event.WITHDRAW in full.allowed:
        pair.append(tap("withdraw", "button-withdraw"))
    rows.append(tuple(pair))
    return tuple(rows)


def story(full: Full, locale: str) -> Message:
    """The timeline of one wish, oldest first, the last twenty steps."""
    lines = [
        say(
            locale,
            "story-unreviewed" if moment.event is Event.APPROVE and moment.by_time else "story-line",
            at=moment.at.astimezone(full.public.zone).strftime("%m-%d %H:%M"),
            event=plain(locale, f"event-{moment.event}"),
            actor=cut(moment.actor, 40),
            reason=f" · {cut(moment.reason, 60)}" if moment.reason else "",
        )
        for moment in full.story[-20:]
    ]
    back = (button(plain(locale, "button-my"), ListTap(name="my")),)
    return Message(paragraphs(title(full.public, locale), *lines), (back,))
