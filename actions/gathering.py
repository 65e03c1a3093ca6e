"""One list per chat and slot, never a message per wish: notices that wait for the same chat go out together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, telling
from actions.town import Town
from rules.lifecycle import ClaimState, Kind, State
from storage.models import Claim, Group, Notice, Person, Wish
from words import lists

_SHOWN = 10
_ORDER = ("climbed", "overdue", "due", "reviewing", "order", "open")


async def send_next_list(session: AsyncSession, now: datetime, town: Town) -> bool:
    """Gather everything that is due for one chat into one message; True when there was something.

    1. take the chat that waits longest; 2. drop what settled itself meanwhile; 3. one message; 4. the notices are gone.
    """
    chat_id = await session.scalar(
        select(Notice.chat_id).where(Notice.due_at <= now).order_by(Notice.due_at, Notice.chat_id).limit(1)
    )
    if chat_id is None:
        return False
    due = (
        await session.execute(
            select(Notice, Wish, Claim)
            .join(Wish, Wish.id == Notice.wish_id)
            .outerjoin(Claim, Claim.id == Notice.claim_id)
            .where(Notice.chat_id == chat_id, Notice.due_at <= now)
            .order_by(Wish.state_since)
        )
    ).all()
    group = await session.get(Group, chat_id)
    person = None if group else await session.get(Person, chat_id)
    locale = group.locale if group else person.locale if person else "zh"
    reachable = (group is not None and group.problem is None) or (person is not None and person.can_be_written)
    items = await _items(session, town, [(notice, wish, claim) for notice, wish, claim in due], locale, now)
    if items and reachable:
        message = lists.reminder(locale, items, shown=_SHOWN, group=group is not None)
        await telling.post(session, now, chat_id, message, lane=telling.REMINDERS)
    await session.execute(delete(Notice).where(Notice.id.in_([notice.id for notice, _, _ in due])))
    return True


async def _items(
    session: AsyncSession, town: Town, due: Sequence[tuple[Notice, Wish, Claim | None]], locale: str, now: datetime
) -> list[lists.Item]:
    """What is still true, each wish once and under its most pressing heading."""
    best: dict[int, lists.Item] = {}
    for notice, wish, claim in due:
        if not still_true(notice.about, wish, claim):
            continue
        item = lists.Item(
            wish=wish.id,
            claim=claim.id if claim else None,
            about=notice.about,
            state=wish.state,
            kind=wish.kind,
            category=cards.category_label(town, wish.category, locale),
            place=await cards.place_label(session, wish.area_code),
            since=wish.state_since,
            due=claim.due_at if claim else None,
            text=None,
            now=now,
            zone=town.policy.calendar.tz,
        )
        seen = best.get(wish.id)
        if seen is None or _ORDER.index(item.about) < _ORDER.index(seen.about):
            best[wish.id] = item
    return sorted(best.values(), key=lambda item: (_ORDER.index(item.about), item.since))


def still_true(about: str, wish: Wish, claim: Claim | None) -> bool:
    """Whether a reminder written a moment ago still makes sense."""
    if about in ("due", "overdue"):
        return claim is not None and claim.state is ClaimState.LIVE
    if about == "reviewing":
        return wish.state is State.REVIEWING
    if about == "open":
        return wish.state is State.OPEN and wish.kind is Kind.WISH
    if about == "order":
        return wish.state is State.OPEN
    return wish.state in (State.REVIEWING, State.OPEN)
