"""A reviewer makes a wish one with another about the same matter (并入同类), and shows what everybody wrote of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import joining, telling
from actions.moves import actors_of, move
from actions.town import Town
from rules.errors import NotAllowed, NotStarted, OtherKind
from rules.lifecycle import Actor, Event, decide, may_be_one
from storage import supports, wishes
from storage.models import Person
from words import neighbours

MOST_VOICES = 20


async def merge(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int, twin_id: int) -> None:
    """Make a wish that is under review part of another one: its author goes along with that, and is told so.

    Whoever went along with it goes along with the other from now on.

    Raises:
        NotAllowed, WrongState, NotFound: nothing was changed; OtherKind: other people read the one than the other.
    """
    wish, twin = await wishes.locked_both(session, wish_id, twin_id)
    if wish.id == twin.id:
        raise NotAllowed(Event.MERGE)
    decide(wish.kind, wish.state, Event.MERGE, await actors_of(session, reviewer, wish))
    decide(twin.kind, twin.state, Event.JOIN, frozenset({Actor.NEIGHBOUR}))
    if not may_be_one(wish.kind, twin.kind):
        raise OtherKind(Event.MERGE)
    await move(session, now, town, wish, Event.MERGE, by=reviewer, reason=f"#{twin.id}")
    wish.merged_into = twin.id
    for person_id in await supports.move_all(session, wish, twin):
        due = town.policy.calendar.wake(now + telling.GATHERED)
        await telling.notice(session, now, person_id, twin, supports.NEWS, due_at=due)
    author = await session.get_one(Person, wish.author_id)
    if author.id == twin.author_id:
        await joining.absorb(session, now, town, wish, twin, author)
    else:
        await joining.become_one(session, now, town, wish, twin, author)
    message = neighbours.merged(author.locale, wish.id, twin.id, wish.kind, own=author.id == twin.author_id)
    await telling.tell(session, now, author, message)


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
