"""Named queries over wishes that several people tell of: what is near, who supports what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rules.lifecycle import JOINABLE, Event, Kind, State
from storage.models import Notice, Person, Support, Timeline, Wish
from storage.prepared import Prepared

LOOKED_THROUGH, MOST = 500, 16
"""Live wishes of a community whose words are looked at, the newest; and of those that share a word, how many are compared."""
WORDS = 4
_JOINED = " "


@dataclass(frozen=True, slots=True)
class Near:
    """A wish that is live in the neighbourhood and takes others in, as far as it is compared and told of."""

    id: int
    author_id: int
    kind: Kind
    state: State
    category: str
    area_code: str | None
    text: str
    published: bool
    public_text: str
    supporters: int


def as_matter(words: Iterable[str]) -> str:
    """Words as they are kept in `wishes.matter`, each between blanks."""
    return f"{_JOINED}{_JOINED.join(words)}{_JOINED}"


async def near(session: AsyncSession, community: str, words: Sequence[str], but: int = 0) -> list[Near]:
    """Wishes of a community that are about one of these words, the newest first; `but` is a wish itself."""
    asked = [words[min(place, len(words) - 1)] for place in range(WORDS)]
    values = {f"word_{place}": f"%{_JOINED}{word}{_JOINED}%" for place, word in enumerate(asked)}
    rows = await _NEAR.plain(session, {"community": community, "but": but, **values})
    return [
        Near(row[0], row[1], Kind(row[2]), State(row[3]), row[4], row[5], row[6], bool(row[7]), row[8], row[9]) for row in rows
    ]


async def of(session: AsyncSession, wish_id: int, person_id: int) -> Support | None:
    """Somebody's support for a wish."""
    support: Support | None = await session.scalar(_OF, {"wish": wish_id, "person": person_id})
    return support


async def following(session: AsyncSession, wish_id: int) -> Sequence[tuple[Support, Person]]:
    """Who supports a wish, the first first."""
    query = select(Support, Person).join(Person, Person.id == Support.person_id).where(Support.wish_id == wish_id)
    return [(support, person) for support, person in await session.execute(query.order_by(Support.id))]


async def own_words(session: AsyncSession, wish: Wish, limit: int) -> Sequence[Wish]:
    """What others wrote who were made one with a wish, whether they still follow it or not, the first first."""
    query = select(Wish).where(Wish.merged_into == wish.id, Wish.author_id != wish.author_id)
    return (await session.scalars(query.order_by(Wish.id).limit(limit))).all()


async def own_wishes(session: AsyncSession, person_id: int, wish_ids: Iterable[int]) -> dict[int, int]:
    """Of these wishes those that somebody supports, each with their own words."""
    query = select(Support.wish_id, Support.own_wish_id).where(
        Support.person_id == person_id, Support.wish_id.in_(list(wish_ids))
    )
    return {wish_id: own_id for wish_id, own_id in await session.execute(query)}


async def add(session: AsyncSession, now: datetime, wish: Wish, person_id: int, own_wish_id: int) -> bool:
    """Count somebody for a locked wish; False when they are counted already."""
    if await of(session, wish.id, person_id) is not None:
        return False
    session.add(Support(wish_id=wish.id, person_id=person_id, own_wish_id=own_wish_id, created_at=now))
    wish.supporters += 1
    await session.flush()
    return True


async def remove(session: AsyncSession, wish: Wish, support: Support) -> None:
    """Count somebody no longer; what still waits to be told of it is gone."""
    await session.delete(support)
    wish.supporters -= 1
    await session.execute(
        delete(Notice).where(Notice.chat_id == support.person_id, Notice.wish_id == wish.id, Notice.about == NEWS)
    )
    await session.flush()


async def parts(session: AsyncSession, wish_id: int) -> Sequence[int]:
    """What others wrote who were made one with a wish, by number; its author's own words are in it."""
    whole = aliased(Wish)
    query = select(Wish.id).join(whole, whole.id == Wish.merged_into)
    return (await session.scalars(query.where(Wish.merged_into == wish_id, Wish.author_id != whole.author_id))).all()


async def move_all(session: AsyncSession, wish: Wish, into: Wish, voices: Iterable[Wish]) -> list[int]:
    """Whoever supported a wish supports the one it was made one with, and what they wrote is part of that.

    All are locked. Returns who is new there.
    """
    there = {person.id for _, person in await following(session, into.id)} | {into.author_id}
    moved = []
    for support, person in await following(session, wish.id):
        if person.id in there:
            await session.delete(support)
        else:
            support.wish_id = into.id
            into.supporters += 1
            moved.append(person.id)
    wish.supporters = 0
    for voice in voices:
        voice.merged_into = into.id
    await session.flush()
    return moved


async def went_on(session: AsyncSession, own: Wish) -> bool:
    """Whether somebody filed the words anew that were part of another wish."""
    query = select(Wish.id).where(Wish.author_id == own.author_id, Wish.follows_id == own.id).limit(1)
    return await session.scalar(query) is not None


async def gone_on(session: AsyncSession, ended_id: int) -> Wish | None:
    """The live wish with which somebody went on alone, who was one with a wish that ended."""
    own = aliased(Wish)
    same = (Wish.author_id == own.author_id) & (Wish.follows_id == own.id)
    query = select(Wish).join(own, same).where(own.merged_into == ended_id, Wish.state.in_(JOINABLE))
    return (await session.scalars(query.order_by(Wish.id).limit(1))).first()


async def joinable(session: AsyncSession, ids: Iterable[int]) -> Sequence[Wish]:
    """Those of these wishes that take others in, in the order of the ids given."""
    wanted = list(ids)
    found = {wish.id: wish for wish in await session.scalars(select(Wish).where(Wish.id.in_(wanted), Wish.state.in_(JOINABLE)))}
    return [found[wish_id] for wish_id in wanted if wish_id in found]


async def of_author(session: AsyncSession, wish: Wish) -> Sequence[Wish]:
    """Other wishes of the same author that take words in, the newest first."""
    query = select(Wish).where(Wish.author_id == wish.author_id, Wish.id != wish.id, Wish.state.in_(JOINABLE))
    return (await session.scalars(query.order_by(Wish.id.desc()).limit(MOST))).all()


async def lately(session: AsyncSession, since: datetime, limit: int) -> Sequence[Wish]:
    """What concerns many, was sent off since then and is no part of another, the newest first."""
    gone = (State.MERGED, State.WITHDRAWN)
    query = select(Wish).where(Wish.submitted_at >= since, Wish.near.is_not(None), Wish.state.not_in(gone))
    return (await session.scalars(query.order_by(Wish.submitted_at.desc()).limit(limit))).all()


async def joined_between(session: AsyncSession, since: datetime, until: datetime) -> int:
    """How many joined somebody else's wish instead of sending off their own."""
    happened = (Timeline.event == Event.MERGE, Timeline.from_state == State.DRAFT, Timeline.at >= since, Timeline.at < until)
    query = select(func.count()).select_from(Timeline).join(Wish, Wish.id == Timeline.wish_id)
    return await session.scalar(query.where(*happened, Wish.submitted_at.is_not(None))) or 0


NEWS = "news"
"""What a notice to a supporter is about."""
# Only an index is read for the words; the rows of the few that share one come after.
_NEWEST = (
    select(Wish.id, Wish.matter)
    .where(Wish.near == bindparam("community"), Wish.finished_at.is_(None))
    .order_by(Wish.id.desc())
    .limit(LOOKED_THROUGH)
    .subquery()
)
_ALIKE = select(_NEWEST.c.id).where(or_(*(_NEWEST.c.matter.like(bindparam(f"word_{place}")) for place in range(WORDS))))
_NEAR = Prepared(
    select(
        Wish.id, Wish.author_id, Wish.kind, Wish.state, Wish.category, Wish.area_code, Wish.text, Wish.published,
        Wish.public_text, Wish.supporters,
    )
    .where(
        Wish.id.in_(_ALIKE),
        Wish.id != bindparam("but"),
        Wish.state.in_([literal(state, Wish.state.type) for state in sorted(JOINABLE)]),
    )
    .order_by(Wish.id.desc())
    .limit(MOST),
    *(f"word_{place}" for place in range(WORDS)), "community", "but",
)  # fmt: skip
_OF = select(Support).where(Support.wish_id == bindparam("wish"), Support.person_id == bindparam("person"))
