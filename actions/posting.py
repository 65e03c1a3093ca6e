"""Posting wishes to the groups that may hear of them, and keeping those posts true."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards
from actions.telling import ANSWERS
from actions.town import Town
from rules.lifecycle import Kind, State
from storage import roster, wishes
from storage.models import Area, Group, Wish

VOLUNTEERS, REVIEWERS = "volunteers", "reviewers"


async def groups_for(session: AsyncSession, town: Town, area_code: str | None, audience: str) -> Sequence[Group]:
    """The groups of an area, or of the nearest area above that has any.

    A wish from nowhere in particular goes to the groups that have no bound group above them: the widest circle.
    """
    if area_code is None:
        return _widest(town, await roster.bound_groups(session, audience))
    return await _nearest(session, town.area_path(area_code), audience)


async def groups_above(session: AsyncSession, town: Town, area_code: str | None, audience: str) -> Sequence[Group]:
    """The groups one rung above those that were posted to first."""
    nearest = await groups_for(session, town, area_code, audience)
    if not nearest or nearest[0].area_code is None:
        return ()
    return await _nearest(session, town.area_path(nearest[0].area_code)[1:], audience)


async def _nearest(session: AsyncSession, path: Iterable[Area], audience: str) -> Sequence[Group]:
    for area in path:
        own = await roster.groups_of(session, audience, area.code)
        if own:
            return own
    return ()


async def staff_chats(session: AsyncSession, town: Town, wish: Wish) -> list[int]:
    """Where a wish is reviewed and handed out: its reviewers' groups, or else each admin in private.

    Nobody reviews their own wish as long as somebody else can.
    """
    groups = await groups_for(session, town, wish.area_code, REVIEWERS)
    if groups:
        return [group.id for group in groups]
    admins = [admin.id for admin in await roster.admins(session) if admin.can_be_written]
    return [admin for admin in admins if admin != wish.author_id] or admins


def _widest(town: Town, bound: Sequence[Group]) -> Sequence[Group]:
    taken = {group.area_code for group in bound}
    return [group for group in bound if not any(area.code in taken for area in town.area_path(group.area_code)[1:])]


async def follow_area(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """A wish was moved: it stands where it belongs now, and its posts elsewhere point nowhere any more.

    Volunteers of the other area see it while it is open; their reviewers, when it waits for reviewers or was shown to such.
    """
    if wish.state is State.DRAFT or wish.kind is Kind.EMERGENCY:
        return
    if wish.kind is Kind.WISH:
        right = {group.id for group in await groups_for(session, town, wish.area_code, VOLUNTEERS)}
        await _stand(session, now, town, wish, cards.GROUP, right, anew=wish.state is State.OPEN)
    waits = wish.state is State.REVIEWING or (wish.state is State.OPEN and wish.kind is not Kind.WISH)
    await _stand(session, now, town, wish, cards.REVIEW, set(await staff_chats(session, town, wish)), anew=waits)


async def _stand(
    session: AsyncSession, now: datetime, town: Town, wish: Wish, face: str, right: set[int], *, anew: bool
) -> None:
    """Let the cards in groups stand in the right ones alone; new ones come with `anew`, or to reviewers instead of others."""
    there = cards.of_face(await wishes.cards(session, wish.id), face)
    wrong = [card for card in there if card.chat_id < 0 and card.chat_id not in right]
    for card in wrong:
        await cards.take_down(session, now, town, wish, card)
    if anew or (wrong and face == cards.REVIEW):
        for chat_id in sorted(right - {card.chat_id for card in there}):
            await cards.show(session, now, town, wish, chat_id, face)


async def withdraw_posts(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """It is no volunteers' matter any more."""
    for card in cards.of_face(await wishes.cards(session, wish.id), cards.GROUP):
        await cards.take_down(session, now, town, wish, card)


async def post(session: AsyncSession, now: datetime, town: Town, wish: Wish, *, again: bool = False) -> int:
    """Post an open wish to its groups; returns to how many. Anything but a plain open wish is never posted."""
    if wish.kind is not Kind.WISH or wish.state is not State.OPEN:
        return 0
    groups = await groups_for(session, town, wish.area_code, VOLUNTEERS)
    for group in groups:
        await cards.show(session, now, town, wish, group.id, cards.GROUP, mode="again" if again else "", lane=ANSWERS)
    return len(groups)
