"""A reviewer makes a wish one with another about the same matter (并入同类), and shows what everybody wrote of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import joining, telling
from actions.moves import actors_of, move
from actions.town import Town
from rules.errors import NotAllowed, NotStarted, OtherKind, Outrun
from rules.lifecycle import Actor, Event, decide, may_be_one
from storage import supports, wishes
from storage.models import Person, Wish
from words import neighbours

MOST_VOICES = 20


async def merge(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int, twin_id: int) -> None:
    """Make a wish that is under review part of another one: its author goes along with that, and is told so.

    Whoever went along with it goes along with the other from now on.

    Raises:
        NotAllowed, WrongState, NotFound: nothing was changed; OtherKind: other people read the one than the other;
        Outrun: somebody joined it this very moment; TooLong: its words do not fit into its author's own.
    """
    voices = await supports.parts(session, wish_id)
    found = await wishes.locked_all(session, [wish_id, twin_id, *voices])
    wish, twin = found[wish_id], found[twin_id]
    if not found.keys() >= set(await supports.parts(session, wish_id)):  # somebody joined it in between
        raise Outrun
    if wish.id == twin.id:
        raise NotAllowed(Event.MERGE)
    decide(wish.kind, wish.state, Event.MERGE, await actors_of(session, reviewer, wish))
    decide(twin.kind, twin.state, Event.JOIN, frozenset({Actor.NEIGHBOUR}))
    if not may_be_one(wish.kind, twin.kind):
        raise OtherKind(Event.MERGE)
    await move(session, now, town, wish, Event.MERGE, by=reviewer, reason=f"#{twin.id}")
    wish.merged_into = twin.id
    parts = [found[one] for one in voices if found[one].merged_into == wish.id]
    for person_id in await supports.move_all(session, wish, twin, parts):
        due = town.policy.calendar.wake(now + telling.GATHERED)
        await telling.notice(session, now, person_id, twin, supports.NEWS, due_at=due)
    author = await session.get_one(Person, wish.author_id)
    if author.id != twin.author_id:
        await joining.become_one(session, now, town, wish, twin, author)
        await telling.tell(session, now, author, neighbours.merged(author.locale, wish.id, twin.id, wish.kind, own=False))
    for own in (wish, *parts):
        if own.author_id == twin.author_id:
            await _absorb(session, now, town, own, twin)


async def _absorb(session: AsyncSession, now: datetime, town: Town, own: Wish, twin: Wish) -> None:
    """What the twin's author wrote of the same matter goes into it, also where they went along with somebody else."""
    if not may_be_one(own.kind, twin.kind):
        raise OtherKind(Event.MERGE)
    author = await session.get_one(Person, twin.author_id)
    await joining.absorb(session, now, town, own, twin, author)
    await telling.tell(session, now, author, neighbours.merged(author.locale, own.id, twin.id, own.kind, own=True))


async def send_voices(session: AsyncSession, now: datetime, reviewer: Person, wish_id: int) -> int:
    """Send a reviewer what people wrote who tell of the same matter, with their photos; returns of how many.

    Raises:
        NotAllowed: they review it not; NotStarted, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    if Actor.REVIEWER not in await actors_of(session, reviewer, wish):
        raise NotAllowed
    if not reviewer.can_be_written:
        raise NotStarted
    voices = await supports.own_words(session, wish, MOST_VOICES)
    for voice in voices:
        await telling.post(session, now, reviewer.id, neighbours.voice(reviewer.locale, voice.id, wish.id, voice.text))
        await telling.send_files(session, now, reviewer.id, telling.files_of(await wishes.lines(session, voice.id)))
    return len(voices)
