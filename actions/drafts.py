"""A resident's own words become a draft, and the draft a wish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, emergencies, posting, reviewing, telling
from actions.moves import actors_of, move, schedule
from actions.town import Town
from rules.errors import NotAllowed, NothingWritten, TooLong
from rules.lifecycle import Actor, Event, Kind, State, after_submission, decide
from storage import roster, wishes
from storage.models import Line, Person, Wish
from words import talk
from words.messages import Message

TEXT_LIMIT = 8_000
"""Characters one wish may hold: two of Telegram's longest messages."""
LINES_LIMIT = 40
FRESH = timedelta(minutes=5)
"""How long a draft's card is still in sight."""
CONTACT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent in one message."""

    message_id: int
    text: str = ""
    media: str | None = None
    file_id: str | None = None
    album: str | None = None


async def write(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> None:
    """Take a resident's words: they join the open draft, or begin one; its card shows what was understood.

    Raises:
        TooLong: the draft would hold more than it may; nothing of the message was taken.
    """
    asked = asking.asked(author, now)
    draft = None if asked and asked[0] == asking.NEW else await wishes.open_draft(session, author.id)
    asking.forget(author)
    if draft is None:
        await begin_draft(session, now, town, author, said)
    else:
        await continue_draft(session, now, town, author, draft, said)


async def cry(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> bool:
    """Whatever they were asked, a cry for help is heard as one: a new alarm, or more words for the one that is on."""
    if not said.text or town.reader.emergency(said.text) is None:
        return False
    asking.forget(author)
    on = await wishes.live_emergency(session, author.id)
    if on is not None:
        await add_line(session, now, town, author, on, said)
        await cards.refresh(session, now, town, on)
        return True
    wish = begin(author, now)
    session.add(wish)
    await session.flush()
    await add_line(session, now, town, author, wish, said)
    await emergencies.alarm(session, now, town, author, wish)
    return True


async def begin_draft(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> None:
    """A new draft, written down once it is understood: nothing was said, claimed or shown of it before."""
    draft, line = begin(author, now), line_from(author, now, said)
    _require_room([], said)
    understand(town, draft, [line])
    schedule(town, draft)
    session.add(draft)
    await session.flush()
    path = await roster.area_path(session, draft.area_code)
    line.wish_id = draft.id
    session.add(line)
    if draft.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, author, draft)
        return
    about = cards.About(author, [line], (), (), path)
    await cards.show(session, now, town, draft, author.id, cards.AUTHOR, about=about)


async def continue_draft(session: AsyncSession, now: datetime, town: Town, author: Person, draft: Wish, said: Said) -> None:
    """Add to a draft and show what it has become."""
    quiet_for = now - draft.state_since
    await add_line(session, now, town, author, draft, said)
    if draft.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, author, draft)
        return
    existing = cards.of_face(await wishes.cards(session, draft.id), cards.AUTHOR)
    if existing and quiet_for < FRESH:
        await cards.refresh(session, now, town, draft)
    else:  # a card far up the chat would change unseen
        await cards.show(session, now, town, draft, author.id, cards.AUTHOR)


def begin(author: Person, now: datetime) -> Wish:
    """An empty draft in the author's home area."""
    return Wish(
        author_id=author.id,
        kind=Kind.WISH,
        state=State.DRAFT,
        state_since=now,
        category="other",
        category_sure=False,
        understood={},
        area_code=author.area_code,
        text="",
        public_text="",
        created_at=now,
        steps_passed=0,
        published=False,
        show_name=False,
        places=1,
        days=7,
        urgency="whenever",
        beneficiary="self",
    )


async def add_line(session: AsyncSession, now: datetime, town: Town, author: Person, wish: Wish, said: Said) -> None:
    """Add one message to a wish; a draft is understood anew, with everything said so far.

    Raises:
        NotAllowed, WrongState: the wish takes no more words.
        TooLong: it is full.
    """
    decide(wish.kind, wish.state, Event.WRITE, await actors_of(session, author, wish))
    lines = await wishes.lines(session, wish.id)
    _require_room(lines, said)
    line = line_from(author, now, said)
    line.wish_id = wish.id
    session.add(line)
    await session.flush()
    if wish.state is State.DRAFT:
        understand(town, wish, [*lines, line])
        # Each word starts the ten minutes anew: nobody is asked "shall I submit?" in mid-sentence.
        wish.state_since, wish.steps_passed = now, 0
        schedule(town, wish)
        return
    wish.text = joined([*lines, line])
    await move(session, now, town, wish, Event.WRITE, by=author)


def line_from(author: Person, now: datetime, said: Said) -> Line:
    """What was said, as a line of a wish."""
    return Line(
        person_id=author.id,
        message_id=said.message_id,
        media=said.media,
        file_id=said.file_id,
        album=said.album,
        text=said.text,
        role="author",
        created_at=now,
    )


def _require_room(lines: Sequence[Line], said: Said) -> None:
    if len(lines) >= LINES_LIMIT or sum(len(line.text) + 1 for line in lines) + len(said.text) > TEXT_LIMIT:
        raise TooLong(TEXT_LIMIT)


def joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines if line.text)


def understand(town: Town, wish: Wish, lines: list[Line]) -> None:
    """Read everything said so far; what the author chose with a button stays chosen."""
    wish.text = joined(lines)
    if not wish.text:
        wish.understood = {"choices": list(_usual(town))}
        return
    found = town.reader.understand(wish.text)
    chosen = wish.understood or {}
    if not chosen.get("public_chosen"):
        wish.public_text = found.public_text.strip()
    wish.urgency, wish.beneficiary = found.urgency, found.beneficiary
    # A cry for help after a long account is one as well: every message is asked by itself.
    cries = (town.reader.emergency(line.text) for line in lines if line.text)
    wish.emergency = found.emergency or next((cry for cry in cries if cry is not None), None)
    if chosen.get("calm_chosen"):
        wish.emergency = None  # somebody said that it is none
    if wish.emergency is not None:
        wish.kind, wish.urgency = Kind.EMERGENCY, "today"
    elif not chosen.get("kind_chosen"):
        wish.kind = Kind(found.kind)
    if not chosen.get("category_chosen"):
        categorise_row(town, wish, found.category, sure=not found.not_sure)
    if found.place is not None and not chosen.get("area_chosen"):
        wish.area_code = found.place
    wish.understood = {
        "confidence": round(found.confidence, 3),
        "words": [word for word, _ in found.words[:5]],
        "choices": list(found.choices),
        "hidden": len(found.hidden),
        **{key: value for key, value in chosen.items() if key.endswith("_chosen")},
    }


def categorise_row(town: Town, wish: Wish, code: str, *, sure: bool) -> None:
    """Set the category and what follows from it: the days allowed."""
    wish.category, wish.category_sure = code, sure
    wish.days = town.category(code).days


def _usual(town: Town) -> tuple[str, ...]:
    """What to offer when there are no words to go by (a photo, a voice)."""
    usual = [code for code in ("home_repair", "errands", "elder_care") if code in town.taxonomy.categories]
    return tuple(usual or list(town.taxonomy.categories)[:3])


async def correct(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> Message | None:
    """A message was edited in Telegram: before review it is read anew, afterwards the author is told how to add to it."""
    line = await wishes.line_of(session, author.id, said.message_id)
    if line is None or line.role != "author" or line.text == said.text:
        return None
    wish = await wishes.locked(session, line.wish_id)
    if wish.state not in (State.DRAFT, State.REVIEWING):
        return talk.too_late_to_edit(author.locale, wish.id)
    others = [other for other in await wishes.lines(session, wish.id) if other.id != line.id]
    if sum(len(other.text) + 1 for other in others) + len(said.text) > TEXT_LIMIT:
        raise TooLong(TEXT_LIMIT)
    line.text, line.edited_at = said.text, now
    await session.flush()
    before = wish.public_text
    understand(town, wish, list(await wishes.lines(session, wish.id)))
    if wish.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, author, wish)
        return None
    if wish.public_text != before:
        wish.published = False  # a yes is for the words that were shown with it
    await cards.refresh(session, now, town, wish)
    return None


async def submit(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> None:
    """The author sends the draft off: to the reviewers, or straight to the volunteers where no review is needed.

    Raises:
        NotAllowed, WrongState, NothingWritten, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    if wish.state is State.DRAFT and wish.author_id == author.id and not await wishes.lines(session, wish.id):
        raise NothingWritten
    await move(session, now, town, wish, Event.SUBMIT, by=author)
    asking.forget(author)  # a question about the draft is over; the next words are words again
    await submitted(session, now, town, wish)


async def lapse(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """Nobody submitted it for a day: the reviewers get it, unpublished, so that no call for help is lost."""
    wish.published = False
    await move(session, now, town, wish, Event.LAPSE, by=None)
    await submitted(session, now, town, wish, reviewed=True)
    author = await session.get_one(Person, wish.author_id)
    await telling.tell(session, now, author, talk.draft_lapsed(author.locale, wish.id), lane=telling.REMINDERS)


async def submitted(session: AsyncSession, now: datetime, town: Town, wish: Wish, *, reviewed: bool = False) -> None:
    """What follows a submission: a reviewer's card, or the group's."""
    wish.submitted_at = now
    category = town.category(wish.category)
    by_volunteers = category.served_by == "volunteers" and not category.review
    to = after_submission(wish.kind, category_reviewed=reviewed or not by_volunteers, sure=wish.category_sure)
    if to is State.OPEN and wish.text:
        await reviewing.approve_unreviewed(session, now, town, wish)
    else:
        await reviewing.ask_reviewers(session, now, town, wish)
    await cards.refresh(session, now, town, wish)


async def another(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Let the next words begin another wish; this draft waits for its own buttons."""
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.WRITE, await actors_of(session, author, wish))
    asking.ask(author, now, asking.NEW, wish_id)
    return talk.write_another(author.locale)


async def publish(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, *, yes: bool) -> None:
    """The author's yes or no to showing the text; a second tap says the same again, never the opposite."""
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.PUBLISH, by=author)
    wish.published = yes
    await cards.refresh(session, now, town, wish)


async def name(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, *, yes: bool) -> None:
    """Show the author's name, or be anonymous."""
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.PUBLISH, by=author)
    wish.show_name = yes
    await cards.refresh(session, now, town, wish)


async def draft_id(session: AsyncSession, author: Person) -> int | None:
    """The draft in hand, if there is one."""
    draft = await wishes.open_draft(session, author.id)
    return draft.id if draft else None


async def ask_contact(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Ask for phone and address; the next words are the answer."""
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.CONTACT, await actors_of(session, author, wish))
    asking.ask(author, now, asking.CONTACT, wish_id)
    return talk.ask_contact(author.locale)


async def set_contact(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, text: str) -> Message:
    """Keep phone and address for the claimant alone.

    Raises:
        TooLong: more than 200 characters.
    """
    if len(text) > CONTACT_LIMIT:
        raise TooLong(CONTACT_LIMIT)
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CONTACT, by=author)
    wish.contact = text.strip() or None
    await cards.refresh(session, now, town, wish)
    return talk.contact_kept(author.locale)


async def categorise(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, code: str) -> None:
    """Choose the category: the author while it is a draft, a reviewer later.

    Raises:
        NotAllowed: also for a code the taxonomy does not have.
    """
    if code not in town.taxonomy.categories:
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CATEGORISE, by=person, reason=code)
    categorise_row(town, wish, code, sure=True)
    wish.understood = {**wish.understood, "category_chosen": True}
    await cards.refresh(session, now, town, wish)


async def choose_kind(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, kind: str) -> None:
    """Say what it is: a wish, a complaint, a question …

    Raises:
        NotAllowed: also for an emergency, which words raise and not a button.
    """
    if kind not in set(Kind) or kind == Kind.EMERGENCY:
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CATEGORISE, by=person, reason=kind)
    if wish.state is State.OPEN and Kind(kind) is not wish.kind:
        raise NotAllowed  # it is already with the volunteers or ordered: close it or take it back first
    wish.kind = Kind(kind)
    wish.understood = {**wish.understood, "kind_chosen": True}
    schedule(town, wish)
    await cards.refresh(session, now, town, wish)


async def locate(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, code: str) -> None:
    """Say where it is; a resident's own answer is remembered as home."""
    if code not in await roster.areas(session):
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CATEGORISE, by=person, reason=code)
    wish.area_code = code
    wish.understood = {**wish.understood, "area_chosen": True}
    if Actor.AUTHOR in await actors_of(session, person, wish):
        person.area_code = code
    await posting.follow_area(session, now, town, wish)
    await cards.refresh(session, now, town, wish)
