"""A resident's own words become a draft, and the draft a wish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, emergencies, reviewing, telling, twins
from actions.moves import actors_of, move, schedule
from actions.outrun import Tapped, require_seen
from actions.reading import joined, take_for_danger, understand
from actions.town import Town
from rules.errors import NothingWritten, TooLong
from rules.lifecycle import Event, Kind, State, after_submission, decide
from storage import outbox, wishes
from storage.adding import add
from storage.models import Line, Person, Wish
from words import talk
from words.messages import Attachment, Message

TEXT_LIMIT = 8_000
"""Characters one wish may hold: two of Telegram's longest messages."""
LINES_LIMIT = 40
FRESH = timedelta(minutes=5)
"""How long a draft's card is still in sight."""
SHORT = 120
"""Characters below a card that leave it in sight."""
SAME_BREATH = timedelta(minutes=30)
"""A draft this fresh belongs to the cry that follows: it may say where."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent in one message."""

    message_id: int
    text: str = ""
    media: str | None = None
    file_id: str | None = None
    album: str | None = None

    @property
    def files(self) -> tuple[Attachment, ...]:
        return (Attachment(self.media, self.file_id),) if self.media and self.file_id else ()


async def begin_draft(
    session: AsyncSession, now: datetime, town: Town, author: Person, said: Said, *, danger: bool = False
) -> None:
    """A new draft, written down once it is understood: nothing was said, claimed or shown of it before.

    `danger`: its author says so, whatever the words.
    """
    draft, line = begin(author, now), line_from(author, now, said)
    _require_room([], said)
    if danger:
        take_for_danger(town, draft, [line], author)
    else:
        understand(town, draft, [line], author)
    twin = await twins.look(session, town, draft)
    schedule(town, draft)
    await add(session, draft)
    line.wish_id = draft.id
    await add(session, line)
    if draft.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, author, draft)
        return
    about = cards.About(author, [line], (), (), town.area_path(draft.area_code), twin=twin)
    await cards.show(session, now, town, draft, author.id, cards.AUTHOR, about=about)


async def continue_draft(session: AsyncSession, now: datetime, town: Town, author: Person, draft: Wish, said: Said) -> None:
    """Add to a draft and show what it has become."""
    quiet_for = now - draft.state_since
    first = await earlier_of_album(session, draft, said) is None
    await add_line(session, now, town, author, draft, said)
    if draft.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, author, draft)
        return
    if author.is_flooding or not first or (quiet_for < FRESH and await _in_sight(session, author, draft)):
        await cards.refresh(session, now, town, draft)
    else:  # a card far up the chat would change unseen
        await cards.show(session, now, town, draft, author.id, cards.AUTHOR)


async def _in_sight(session: AsyncSession, author: Person, draft: Wish) -> bool:
    """Whether the draft's card is the last that was said to its author, and what they sent since did not push it up."""
    last = await outbox.last_card(session, author.id)
    showing = {card.id: card for card in cards.of_face(await wishes.cards(session, draft.id), cards.AUTHOR)}
    if last is None or last not in showing:
        return False
    below = [line for line in await wishes.lines(session, draft.id) if line.message_id > (showing[last].message_id or inf)]
    return not any(line.media for line in below) and sum(len(line.text) for line in below) <= SHORT


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
    await add(session, line)
    if wish.state is State.DRAFT:
        understand(town, wish, [*lines, line], author)
        await twins.look(session, town, wish)
        # Each word starts the ten minutes anew: nobody is asked "shall I submit?" in mid-sentence.
        wish.state_since, wish.steps_passed = now, 0
        schedule(town, wish)
        return
    wish.text = joined([*lines, line])
    twins.keep_matter(town, wish)
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


async def earlier_of_album(session: AsyncSession, wish: Wish, said: Said) -> Line | None:
    """The last piece of the same album that the wish has: an album is one thing said, in several messages."""
    if said.album is None:
        return None
    pieces = [line for line in await wishes.lines(session, wish.id) if line.album == said.album]
    return pieces[-1] if pieces else None


def _require_room(lines: Sequence[Line], said: Said) -> None:
    if len(lines) >= LINES_LIMIT or sum(len(line.text) + 1 for line in lines) + len(said.text) > TEXT_LIMIT:
        raise TooLong(TEXT_LIMIT)


async def submit(
    session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, tapped: Tapped | None = None
) -> None:
    """The author sends the draft off: to the reviewers, or straight to the volunteers where no review is needed.

    Raises:
        NotAllowed, WrongState, NothingWritten, NotFound, Outrun.
    """
    wish = await wishes.locked(session, wish_id)
    if wish.state is State.DRAFT and tapped is not None:
        await require_seen(session, wish.id, tapped)
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
    await twins.look_for_reviewers(session, town, wish)
    category = town.category(wish.category)
    by_volunteers = category.served_by == "volunteers" and not category.review
    reviewed = reviewed or not by_volunteers or await _many(session, now, town, wish)
    to = after_submission(wish.kind, category_reviewed=reviewed, sure=wish.category_sure)
    if to is State.OPEN and wish.public_text:  # a photo or a place alone is looked at first
        await reviewing.approve_unreviewed(session, now, town, wish)
    else:
        await reviewing.ask_reviewers(session, now, town, wish)
    await cards.refresh(session, now, town, wish)


async def _many(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> bool:
    """Whether its author has sent off so many today that a group would be flooded."""
    return await wishes.submitted_since(session, wish.author_id, now - timedelta(days=1)) > town.policy.unreviewed_a_day


async def another(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Let the next words begin another wish; this draft waits for its own buttons."""
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.WRITE, await actors_of(session, author, wish))
    asking.ask(author, now, asking.NEW, wish_id)
    return talk.write_another(author.locale)


async def publish(
    session: AsyncSession,
    now: datetime,
    town: Town,
    author: Person,
    wish_id: int,
    *,
    yes: bool,
    tapped: Tapped | None = None,
) -> None:
    """The author's yes or no to showing the text; a second tap says the same again, never the opposite.

    Raises:
        NotAllowed, WrongState, NotFound, Outrun: a no needs no look.
    """
    wish = await wishes.locked(session, wish_id)
    if yes and tapped is not None:
        await require_seen(session, wish.id, tapped)
    await move(session, now, town, wish, Event.PUBLISH, by=author)
    wish.published = yes
    await cards.refresh(session, now, town, wish)


async def name(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, *, yes: bool) -> None:
    """Show the author's name, or be anonymous."""
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.PUBLISH, by=author)
    wish.show_name = yes
    await cards.refresh(session, now, town, wish)
