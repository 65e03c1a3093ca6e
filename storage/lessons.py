"""What the classifier learns from: categories that people chose, and texts that came labelled in files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rules.learning import LET_STAND, TEACHING_KINDS, TEACHING_STATES, Choice
from rules.lifecycle import Event
from storage.models import LabelledText, Line, Timeline, Wish

T = TypeVar("T")
_AT_ONCE = 500  # values in one condition


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its right category."""

    digest: str
    text: str
    category: str
    at: datetime


async def choices(session: AsyncSession, most: int) -> list[Choice]:
    """The last word on the category of each wish that may teach, the newest first."""
    last = (
        select(Timeline.wish_id, func.max(Timeline.id).label("id"))
        .where(Timeline.event == Event.CATEGORISE)
        .group_by(Timeline.wish_id)
        .subquery()
    )
    later = aliased(Timeline)
    let_stand = exists().where(
        later.wish_id == Wish.id, later.id > last.c.id, later.event.in_(LET_STAND), later.actor_id.is_not(None)
    )
    query = (
        select(Wish.id, Wish.category, Timeline.at, Wish.author_id, Timeline.actor_id, let_stand)
        .join(last, last.c.wish_id == Wish.id)
        .join(Timeline, Timeline.id == last.c.id)
        .where(Wish.kind.in_(TEACHING_KINDS), Wish.state.in_(TEACHING_STATES))
        .order_by(last.c.id.desc())
        .limit(most)
    )
    return [Choice(*row) for row in await session.execute(query)]


async def words_of(session: AsyncSession, wish_ids: Sequence[int]) -> dict[int, str]:
    """What the authors of these wishes said; a place on the map is no words."""
    found: dict[int, list[str]] = {}
    for some in _in_parts(wish_ids):
        query = (
            select(Line.wish_id, Line.text)
            .where(Line.wish_id.in_(some), Line.role == "author", Line.text != "")
            .where(or_(Line.media.is_(None), Line.media != "location"))
            .order_by(Line.id)
        )
        for wish_id, text in await session.execute(query):
            found.setdefault(wish_id, []).append(text)
    return {wish_id: "\n".join(texts) for wish_id, texts in found.items()}


async def labelled(session: AsyncSession, most: int) -> list[Labelled]:
    """Texts out of files, the newest first."""
    columns = (LabelledText.digest, LabelledText.text, LabelledText.category, LabelledText.created_at)
    query = select(*columns).order_by(LabelledText.created_at.desc(), LabelledText.digest).limit(most)
    return [Labelled(*row) for row in await session.execute(query)]


async def keep(session: AsyncSession, texts: Sequence[Labelled], source: str) -> int:
    """Keep texts, each once; of two answers for the same text the later counts. Returns how many said something new."""
    known: dict[str, str] = {}
    for some in _in_parts([text.digest for text in texts]):
        query = select(LabelledText.digest, LabelledText.category).where(LabelledText.digest.in_(some))
        known |= {digest: category for digest, category in await session.execute(query)}
    changed = 0
    for text in texts:
        if known.get(text.digest) == text.category:
            continue
        values = {"text": text.text, "category": text.category, "source": source, "created_at": text.at}
        if text.digest in known:
            await session.execute(update(LabelledText).where(LabelledText.digest == text.digest).values(values))
        else:
            session.add(LabelledText(digest=text.digest, **values))
        known[text.digest] = text.category
        changed += 1
    await session.flush()
    return changed


async def let_go(session: AsyncSession, most: int) -> None:
    """Keep no more texts than so many, the newest."""
    order = (LabelledText.created_at.desc(), LabelledText.digest)
    stay = select(LabelledText.id).order_by(*order).limit(most)
    await session.execute(delete(LabelledText).where(LabelledText.id.not_in(stay)).execution_options(synchronize_session=False))


def newest(texts: Iterable[Labelled], most: int) -> list[Labelled]:
    """Each text once, with its latest answer; the newest, and no more than so many."""
    found: dict[str, Labelled] = {}
    for text in sorted(texts, key=lambda text: (text.at, text.digest), reverse=True):
        found.setdefault(text.digest, text)
    return list(found.values())[:most]


def _in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
