"""The daily digest: what came, what waits, what was done, never twice for one day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, speaking_of, telling
from actions.town import Town
from rules.errors import NotAllowed
from rules.lifecycle import LIVE, TERMINAL, ClaimState, Event, State
from storage import backlog, failures, roster, supports, wishes
from storage.models import Appointment, Claim, Digest, Person, Timeline, Wish
from words import lists
from words.messages import Message

NAME = "digest"
LONGEST = 5
SHOWN = 8
"""Categories and places in one digest."""


async def make_appointment(session: AsyncSession, now: datetime, town: Town) -> None:
    """See to it that there is a next digest; a restart changes nothing."""
    if await session.get(Appointment, NAME) is None:
        session.add(Appointment(name=NAME, due_at=town.policy.calendar.next_local(now, town.policy.digest_at)))


@dataclass(frozen=True, slots=True)
class Counted:
    """A digest that is due: what it says, in every language that somebody reads it in."""

    due_at: datetime
    day: date
    figures: dict[str, Any]
    messages: dict[str, Message]


async def count_next_digest(session: AsyncSession, now: datetime, town: Town) -> Counted | None:
    """Count for the digest whose time has come: it reads long, so it only reads.

    Of the days that a standstill slept through, only the last is told of, and not at night.
    """
    due = await session.scalar(select(Appointment.due_at).where(Appointment.name == NAME, Appointment.due_at <= now))
    if due is None:
        return None
    day = last_day(town, now)
    if town.policy.calendar.is_quiet(now):
        return Counted(due, day, {}, {})
    until = datetime.combine(day, town.policy.digest_at, town.policy.calendar.tz).astimezone(UTC)
    counted = await figures(session, now, town, day, until)  # what came after is told of tomorrow, however late this one is
    locales = {admin.locale for admin in await roster.admins(session) if admin.can_be_written}
    messages = {locale: await compose(session, now, town, locale, day, counted) for locale in sorted(locales)}
    return Counted(due, day, counted, messages)


async def send_next_digest(session: AsyncSession, now: datetime, town: Town, counted: Counted) -> bool:
    """Send the day's digest to every admin, and only once for a day, whatever restarts."""
    calendar = town.policy.calendar
    quiet = calendar.is_quiet(now)
    following = calendar.wake(now) if quiet else calendar.next_local(now, town.policy.digest_at)
    taken = await session.execute(
        update(Appointment).where(Appointment.name == NAME, Appointment.due_at == counted.due_at).values(due_at=following)
    )
    if quiet or taken.rowcount != 1:  # type: ignore[attr-defined]
        return not quiet
    day = counted.day
    for admin in await roster.admins(session):
        if not admin.can_be_written or await _sent(session, day, admin):
            continue
        session.add(Digest(day=day, person_id=admin.id, figures=counted.figures, created_at=now))
        message = counted.messages.get(admin.locale)
        if message is None:  # since it was counted, they changed their language, or came back
            message = await compose(session, now, town, admin.locale, day, counted.figures)
        await telling.tell(session, now, admin, message, lane=telling.REMINDERS)
    return True


async def put_off(session: AsyncSession, now: datetime) -> None:
    """Try again in an hour, when the digest could not be made."""
    late = update(Appointment).where(Appointment.name == NAME, Appointment.due_at <= now)
    await session.execute(late.values(due_at=now + timedelta(hours=1)))


def last_day(town: Town, now: datetime) -> date:
    """The day whose digest is the latest to have been due."""
    local = town.policy.calendar.local(now)
    return local.date() if local.time() >= town.policy.digest_at else local.date() - timedelta(days=1)


async def _sent(session: AsyncSession, day: date, admin: Person) -> bool:
    query = select(Digest.id).where(Digest.day == day, Digest.person_id == admin.id)
    return await session.scalar(query) is not None


async def digest_now(session: AsyncSession, now: datetime, town: Town, admin: Person) -> Message:
    """The digest as it would be this minute.

    Raises:
        NotAllowed: only admins read it.
    """
    if not admin.is_admin:
        raise NotAllowed
    day = town.policy.calendar.day(now)
    return await compose(session, now, town, admin.locale, day, await figures(session, now, town, day, now))


async def figures(session: AsyncSession, now: datetime, town: Town, day: date, until: datetime) -> dict[str, Any]:
    """What happened on a local day until then, on the evening before it (after that day's digest), and what stands now."""

    def moment(on: date, at: time) -> datetime:
        return datetime.combine(on, at, town.policy.calendar.tz).astimezone(UTC)

    async def count(*where: Any) -> int:
        return await session.scalar(select(func.count()).select_from(Wish).where(*where)) or 0

    async def happened(since: datetime, until: datetime) -> dict[str, int]:
        finished = (Wish.finished_at >= since, Wish.finished_at < until)
        joined = await supports.joined_between(session, since, until)  # told of their own as well, and of none that is new
        silence = (Timeline.event == Event.SILENCE, Timeline.at >= since, Timeline.at < until)
        silent = await session.scalar(select(func.count()).select_from(Timeline).where(*silence)) or 0
        ended = (Wish.state.in_(TERMINAL - {State.FULFILLED}), Wish.submitted_at.is_not(None))  # no draft thrown away
        return {
            "new": await count(Wish.submitted_at >= since, Wish.submitted_at < until) - joined,
            "fulfilled": await count(*finished, Wish.state == State.FULFILLED) - silent,
            "silent": silent,
            "ended": await count(*finished, *ended) - joined,
            "joined": joined,
        }

    async def grouped(column: Any, *where: Any) -> dict[str, int]:
        rows = await session.execute(
            select(column, func.count()).where(*where).group_by(column).order_by(func.count().desc(), column)
        )
        return {str(key or ""): n for key, n in rows}

    midnight = moment(day, time())
    standing = await grouped(Wish.state, Wish.state.in_(LIVE))
    overdue = await session.scalar(
        select(func.count()).select_from(Claim).where(Claim.state == ClaimState.LIVE, Claim.due_at < now)
    )
    waiting = Wish.state.in_([State.REVIEWING, State.OPEN, State.CLAIMED])
    underway = Wish.state.in_(LIVE - {State.DRAFT})  # all that the line of states counts
    longest = await session.scalars(select(Wish).where(waiting).order_by(Wish.created_at).limit(LONGEST))
    return {
        **await happened(midnight, until),
        "evening": await happened(moment(day - timedelta(days=1), town.policy.digest_at), midnight),
        "reviewing": standing.get(State.REVIEWING, 0),
        "open": standing.get(State.OPEN, 0),
        "claimed": standing.get(State.CLAIMED, 0),
        "delivered": standing.get(State.DELIVERED, 0),
        "alarms": list(await wishes.untaken_emergencies(session)),
        "overdue": overdue or 0,
        "by_category": await grouped(Wish.category, underway),
        "by_place": await grouped(Wish.area_code, underway),
        "newcomers": len(await roster.newcomers(session)),
        "failed": await failures.count_updates(session),
        "undelivered": sum((await backlog.stuck(session)).values()),
        "longest": [wish.id for wish in longest],
        "topics": await speaking_of.count_topics(session, town, now),
    }


async def compose(session: AsyncSession, now: datetime, town: Town, locale: str, day: date, counted: dict[str, Any]) -> Message:
    """The digest in its reader's language."""
    categories = _merged((cards.category_label(town, code, locale), n) for code, n in counted["by_category"].items())
    places = _merged((cards.place_label(town, code or None), n) for code, n in counted["by_place"].items())
    longest = []
    for wish_id in counted["longest"]:
        wish = await session.get_one(Wish, wish_id)
        longest.append(
            lists.Item(
                wish=wish.id,
                claim=None,
                about="open",
                state=wish.state,
                kind=wish.kind,
                category=cards.category_label(town, wish.category, locale),
                place=cards.place_label(town, wish.area_code),
                since=wish.created_at,
                due=None,
                text=None,
                now=now,
                zone=town.policy.calendar.tz,
            )
        )
    topics = [
        lists.Topic(
            name=one["name"],
            place=cards.place_label(town, one["area"]),
            voices=one["voices"],
            supporters=one.get("supporters", 0),
            days=one["days"],
            wishes=tuple(one["wishes"]),
        )
        for one in counted.get("topics", ())
    ]
    return lists.digest(locale, day, counted, categories, places, longest, topics)


def _merged(labelled: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Each label once, the most frequent first: grids read as their community, a category that is gone as 其他."""
    sums: Counter[str] = Counter()
    for label, n in labelled:
        sums[label] += n
    return sums.most_common(SHOWN)


async def warn_of_calendar(session: AsyncSession, now: datetime, town: Town) -> bool:
    """From December on, tell the admins once when next year's holidays are not known yet; nobody is woken for it."""
    calendar = town.policy.calendar
    if calendar.is_quiet(now):
        return False
    day = calendar.day(now)
    told = False
    for year in [day.year, day.year + 1] if day.month == 12 else [day.year]:
        if calendar.published(year) or await session.get(Appointment, f"calendar-{year}") is not None:
            continue
        readers = [admin for admin in await roster.admins(session) if admin.can_be_written]
        if readers:
            session.add(Appointment(name=f"calendar-{year}", due_at=now + timedelta(days=36500)))
        for admin in readers:
            told |= await telling.tell(session, now, admin, lists.calendar_warning(admin.locale, year), lane=telling.REMINDERS)
    return told
