"""我也要反映: a resident goes along with a live wish of somebody else instead of filing the same once more.

Their draft becomes one with that wish and is kept with it; they are counted, and told of every step, until they leave. They get
nothing of its author's and act for nobody but themselves. When it ends without them, one button goes on with their own words.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, contacts, delivering, drafts, twins
from actions.drafts import begin
from actions.moves import move
from actions.outrun import Tapped, require_seen
from actions.reading import joined
from actions.town import Town
from rules.errors import AlreadyDone, NotAllowed, NotFound, NothingWritten, NotYours, TooLong, WrongState
from rules.lifecycle import Actor, Event, State, decide, goes_along, may_be_one, may_go_on
from storage import supports, wishes
from storage.models import Line, Person, Wish

_AUTHOR, _NEIGHBOUR = frozenset({Actor.AUTHOR}), frozenset({Actor.NEIGHBOUR})


async def join(
    session: AsyncSession, now: datetime, town: Town, person: Person, draft_id: int, twin_id: int, tapped: Tapped | None = None
) -> bool:
    """Make a draft one with the twin that its card shows; False when that takes it in no more: the draft stays.

    Raises:
        NotYours, NotFound: not their draft, or not what was shown with it; AlreadyDone: a second tap.
        NothingWritten, WrongState, Outrun: nothing was changed.
    """
    draft, twin = await _shown(session, person, draft_id, twin_id, twins.TWIN, tapped)
    if not _takes_in(twin, draft, Event.JOIN, _NEIGHBOUR):
        await _look_again(session, now, town, draft)
        return False
    draft.submitted_at = now
    await move(session, now, town, draft, Event.MERGE, by=person, reason=f"#{twin.id}")
    asking.forget(person)
    await become_one(session, now, town, draft, twin, person)
    return True


async def become_one(session: AsyncSession, now: datetime, town: Town, wish: Wish, twin: Wish, author: Person) -> None:
    """A merged wish's author supports the one it is part of; both are locked."""
    wish.merged_into = twin.id
    if await supports.add(session, now, twin, author.id, wish.id):
        await move(session, now, town, twin, Event.JOIN, by=author)
    await cards.refresh(session, now, town, twin, modes=True)
    await cards.refresh(session, now, town, wish)


async def add_to_own(
    session: AsyncSession, now: datetime, town: Town, person: Person, draft_id: int, own_id: int, tapped: Tapped | None = None
) -> bool:
    """It is the author's own wish once more: a draft's words join it; False when that takes none any more.

    Raises:
        NotYours, NotFound, AlreadyDone, NothingWritten, Outrun; TooLong: they do not fit.
    """
    draft, own = await _shown(session, person, draft_id, own_id, twins.OWN, tapped)
    if not _takes_in(own, draft, Event.WRITE, _AUTHOR):
        await _look_again(session, now, town, draft)
        return False
    await move(session, now, town, draft, Event.MERGE, by=person, reason=f"#{own.id}")
    draft.merged_into = own.id
    asking.forget(person)
    await absorb(session, now, town, draft, own, person)
    return True


async def absorb(session: AsyncSession, now: datetime, town: Town, wish: Wish, own: Wish, author: Person) -> None:
    """The words of a merged wish go over to another one of the same author, and to whoever works on it.

    Raises:
        TooLong: they do not fit.
    """
    before = own.state
    lines, there = await wishes.lines(session, wish.id), await wishes.lines(session, own.id)
    if len(lines) + len(there) > drafts.LINES_LIMIT or len(joined([*there, *lines])) > drafts.TEXT_LIMIT:
        raise TooLong(drafts.TEXT_LIMIT)
    await _hand_over(session, lines, own)
    own.text = joined(await wishes.lines(session, own.id))
    twins.keep_matter(town, own)
    await move(session, now, town, own, Event.WRITE, by=author)
    if own.contact is None and wish.contact is not None:
        own.contact = wish.contact
        await contacts.show(session, now, town, own)
    else:
        await cards.refresh(session, now, town, own)
    await cards.refresh(session, now, town, wish)
    for line in lines:
        said = drafts.Said(line.message_id, line.text, line.media, line.file_id, line.album)
        await delivering.pass_on(session, now, own, before, said)


async def leave(session: AsyncSession, now: datetime, town: Town, person: Person, own_id: int) -> None:
    """Follow it no longer (不再关注): counted no more, told no more; their words stay where they are.

    Raises:
        NotYours, NotFound; AlreadyDone: they do not follow it; WrongState: it is over.
    """
    own, twin = await _merged(session, person, own_id)
    support = await supports.of(session, twin.id, person.id)
    if support is None:
        raise AlreadyDone
    await move(session, now, town, twin, Event.LEAVE, by=person)
    await supports.remove(session, twin, support)
    await cards.refresh(session, now, town, twin, modes=True)
    await cards.refresh(session, now, town, own)


async def go_on(session: AsyncSession, now: datetime, town: Town, person: Person, own_id: int) -> int | None:
    """The wish that they went along with ended, and for them it is not done: their own words are filed anew.

    Where a neighbour went on already, they go along with that one, whose number is returned.

    Raises:
        NotYours, NotFound; AlreadyDone: a second tap; WrongState: it is still on.
    """
    own, ended = await _merged(session, person, own_id)
    if await supports.went_on(session, own):
        raise AlreadyDone
    if not may_go_on(ended.state):
        raise WrongState(Event.FOLLOW, ended.state)
    other = await supports.gone_on(session, ended.id)
    if other is not None and other.author_id != person.id:
        other = await wishes.locked(session, other.id)
        if _takes_in(other, own, Event.JOIN, _NEIGHBOUR):
            await move(session, now, town, own, Event.FOLLOW, by=person, reason=f"#{other.id}")
            await become_one(session, now, town, own, other, person)
            return other.id
    await _file_anew(session, now, town, person, own)
    return None


async def _file_anew(session: AsyncSession, now: datetime, town: Town, person: Person, own: Wish) -> None:
    """The same words as a wish of their own, with the same choices about them; reviewers look at it first."""
    lines = await wishes.lines(session, own.id)
    if not lines:
        raise NothingWritten
    again = begin(person, now)
    again.follows_id = own.id
    for name in _KEPT:
        setattr(again, name, getattr(own, name))
    again.understood = {
        key: value for key, value in own.understood.items() if key not in (twins.TWIN, twins.OWN, twins.POSSIBLE)
    }
    twins.keep_matter(town, again)
    session.add(again)
    await session.flush()
    await _hand_over(session, lines, again)
    await move(session, now, town, own, Event.FOLLOW, by=person, reason=f"#{again.id}")
    await move(session, now, town, again, Event.SUBMIT, by=person)
    await drafts.submitted(session, now, town, again, reviewed=True)
    await cards.show(session, now, town, again, person.id, cards.AUTHOR)
    await cards.refresh(session, now, town, own)


_KEPT = (
    "kind", "category", "category_sure", "urgency", "beneficiary", "area_code", "text", "public_text", "published", "show_name",
    "contact", "days",
)  # fmt: skip


async def _hand_over(session: AsyncSession, lines: Sequence[Line], to: Wish) -> None:
    """An edited message finds its words where they are now."""
    for line in lines:
        line.wish_id = to.id
    await session.flush()


def _takes_in(wish: Wish, part: Wish, event: Event, who: frozenset[Actor]) -> bool:
    """Whether a wish takes another one in now, as it stands and as what the two are."""
    try:
        decide(wish.kind, wish.state, event, who)
    except (WrongState, NotAllowed):
        return False
    return may_be_one(part.kind, wish.kind)


async def _shown(
    session: AsyncSession, person: Person, draft_id: int, twin_id: int, kept_as: str, tapped: Tapped | None
) -> tuple[Wish, Wish]:
    """A draft and the twin that was shown with it, both locked; its author saw what they send along."""
    draft, twin = await wishes.locked_both(session, draft_id, twin_id)
    if draft.author_id != person.id:
        raise NotYours
    if draft.merged_into == twin.id:
        raise AlreadyDone
    decide(draft.kind, draft.state, Event.MERGE, _AUTHOR)
    if tapped is not None:
        await require_seen(session, draft.id, tapped)
    if draft.understood.get(kept_as) != twin.id or draft.id == twin.id:
        raise NotFound
    if not await wishes.lines(session, draft.id):
        raise NothingWritten
    return draft, twin


async def _merged(session: AsyncSession, person: Person, own_id: int) -> tuple[Wish, Wish]:
    """Somebody's own words and the wish that they are part of, both locked."""
    own = await session.get(Wish, own_id)
    if own is None:
        raise NotFound
    if own.author_id != person.id:
        raise NotYours
    if own.merged_into is None:
        raise WrongState(Event.LEAVE, own.state)
    own, twin = await wishes.locked_both(session, own_id, own.merged_into)
    if own.merged_into != twin.id or not goes_along(person.id, twin.author_id):  # one with another by now, or their own
        raise WrongState(Event.LEAVE, State.MERGED)
    return own, twin


async def _look_again(session: AsyncSession, now: datetime, town: Town, draft: Wish) -> None:
    await twins.look(session, town, draft)
    await cards.refresh(session, now, town, draft)
