"""Who is who: admins, volunteers, the groups and areas of the town."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.lifecycle import ClaimState
from storage.models import Area, Claim, Group, Person, Wish
from storage.questions import Question


async def admins(session: AsyncSession) -> Sequence[Person]:
    """Admins of the whole county, in the order they are asked."""
    return (await session.scalars(select(Person).where(Person.is_admin).order_by(Person.id))).all()


async def another_admin(session: AsyncSession, person_id: int) -> bool:
    """Whether some other admin can be written to."""
    query = select(Person.id).where(
        Person.is_admin, Person.id != person_id, Person.started_at.is_not(None), Person.unreachable_at.is_(None)
    )
    return await session.scalar(query.limit(1)) is not None


async def newcomers(session: AsyncSession) -> Sequence[Person]:
    """Who asked to be let in and has no answer yet, the longest waiting first."""
    query = select(Person).where(Person.volunteer == "asked").order_by(Person.volunteer_asked_at, Person.id)
    return (await session.scalars(query)).all()


async def officers_by_load(session: AsyncSession, offset: int = 0, limit: int = 8) -> Sequence[tuple[Person, int]]:
    """Who can be handed a complaint, with how much they have in hand."""
    return await _by_load(session, admins_only=True, offset=offset, limit=limit)


async def helpers_by_load(session: AsyncSession, offset: int = 0, limit: int = 8) -> Sequence[tuple[Person, int]]:
    """Who can be handed a wish: approved volunteers and admins, the freest first."""
    return await _by_load(session, admins_only=False, offset=offset, limit=limit)


async def _by_load(session: AsyncSession, *, admins_only: bool, offset: int, limit: int) -> Sequence[tuple[Person, int]]:
    load = (
        select(Claim.person_id, func.count().label("n"))
        .where(Claim.state == ClaimState.LIVE)
        .group_by(Claim.person_id)
        .subquery()
    )
    count = func.coalesce(load.c.n, 0)
    who = Person.is_admin if admins_only else (Person.is_admin | (Person.volunteer == "yes"))
    query = (
        select(Person, count)
        .outerjoin(load, load.c.person_id == Person.id)
        .where(who, Person.started_at.is_not(None), Person.unreachable_at.is_(None))
        .order_by(count, Person.id)
        .offset(offset)
        .limit(limit)
    )
    return [(person, n) for person, n in await session.execute(query)]


async def areas(session: AsyncSession) -> dict[str, Area]:
    """Every area by its code."""
    return {area.code: area for area in (await session.scalars(select(Area).order_by(Area.code))).all()}


async def title(session: AsyncSession, chat_id: int) -> str | None:
    """What a group is called; None for anything else."""
    group = await session.get(Group, chat_id)
    return group.title if group is not None else None


async def pointing_to(session: AsyncSession, codes: Sequence[str]) -> dict[str, tuple[int, int, int, int]]:
    """How many wishes, groups, people and areas name each of these areas."""
    counted = {code: [0, 0, 0, 0] for code in codes}
    for number, column in enumerate((Wish.area_code, Group.area_code, Person.area_code, Area.parent_code)):
        query = select(column, func.count()).where(column.in_(codes)).group_by(column)
        for code, n in await session.execute(query):
            if code is not None:
                counted[code][number] = n
    return {code: (wishes, groups, people, areas) for code, (wishes, groups, people, areas) in counted.items()}


async def bound_groups(session: AsyncSession, audience: str) -> Sequence[Group]:
    """Groups of an audience that the bot can post to."""
    return await _BOUND.all(session, {"audience": audience})


async def groups_of(session: AsyncSession, audience: str, area_code: str) -> Sequence[Group]:
    """Those of them that are bound to just this area."""
    return await _OF_AREA.all(session, {"audience": audience, "area": area_code})


# Built once: every submission asks them.
_CAN_POST = select(Group).where(Group.audience == bindparam("audience"), Group.problem.is_(None)).order_by(Group.id)
_BOUND, _OF_AREA = Question(_CAN_POST), Question(_CAN_POST.where(Group.area_code == bindparam("area")))
