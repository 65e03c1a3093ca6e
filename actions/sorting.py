"""What a wish is and where: its category, kind and place, corrected by whoever the table lets, each time with one timeline row.

A claim stays with whoever has it: category and place may change under their hands, the kind may not. An open wish that
becomes something else leaves the volunteers and goes back to the reviewers, since nobody approved it as that.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, posting, reviewing, telling, twins
from actions.moves import actors_of, change, move, schedule
from actions.reading import categorise_row
from actions.town import Town
from rules.errors import InHand, NotAllowed, WrongState
from rules.lifecycle import Actor, Event, Kind, State, decide
from storage import wishes
from storage.models import Person, Wish
from words import talk


async def categorise(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, code: str) -> None:
    """Choose the category; choosing it once more says nothing new.

    Raises:
        NotAllowed: also for a code that the taxonomy does not have; WrongState, NotFound.
    """
    if code not in town.taxonomy.categories:
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.CATEGORISE, await actors_of(session, person, wish))
    if wish.category != code or not wish.understood.get("category_chosen"):
        await move(session, now, town, wish, Event.CATEGORISE, by=person, reason=change(wish.category, code))
        categorise_row(town, wish, code, sure=True)
        wish.understood = {**wish.understood, "category_chosen": True}
        await _look_again(session, town, wish)
    await cards.refresh(session, now, town, wish)


async def recast(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, kind: str) -> None:
    """Say what it is: a wish, a complaint, a question …

    Raises:
        NotAllowed: also for an emergency, which words raise and not a button.
        InHand: somebody took it as what it was; WrongState, NotFound.
    """
    if kind not in set(Kind) or kind == Kind.EMERGENCY:
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    await _still_in_nobodys_hands(session, person, wish)
    after, was_open = Kind(kind), wish.state is State.OPEN
    if after is wish.kind:
        await cards.refresh(session, now, town, wish)
        return
    await move(session, now, town, wish, Event.RECAST, by=person, reason=change(wish.kind, after))
    wish.kind = after
    wish.understood = {**wish.understood, "kind_chosen": True}
    schedule(town, wish)
    await _look_again(session, town, wish)
    if was_open:
        await posting.withdraw_posts(session, now, town, wish)
        await reviewing.ask_reviewers(session, now, town, wish)
        author = await session.get_one(Person, wish.author_id)
        if author.id != person.id:
            await telling.tell(session, now, author, talk.recast(author.locale, wish.id, wish.kind))
    await cards.refresh(session, now, town, wish)


async def _look_again(session: AsyncSession, town: Town, wish: Wish) -> None:
    """A draft that is something else, or lies elsewhere, may have other twins."""
    if wish.state is State.DRAFT:
        await twins.look(session, town, wish)
    else:
        twins.keep_matter(town, wish)


async def _still_in_nobodys_hands(session: AsyncSession, person: Person, wish: Wish) -> None:
    helpers = await wishes.holders(session, wish.id)
    try:
        decide(wish.kind, wish.state, Event.RECAST, await actors_of(session, person, wish))
    except WrongState:
        if not helpers:
            raise
    if helpers:
        raise InHand(helpers[-1][1].name)


async def locate(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, code: str) -> None:
    """Say where it is; a resident who named no place says with it where they live, which is remembered.

    Raises:
        NotAllowed: also for an area that the town does not have; WrongState, NotFound.
    """
    if code not in town.areas:
        raise NotAllowed
    wish = await wishes.locked(session, wish_id)
    actors = await actors_of(session, person, wish)
    decide(wish.kind, wish.state, Event.LOCATE, actors)
    if Actor.AUTHOR in actors and not wish.understood.get("place_named"):
        person.area_code = code
    wish.understood = {**wish.understood, "area_chosen": True}
    if wish.area_code != code:
        await move(session, now, town, wish, Event.LOCATE, by=person, reason=change(wish.area_code, code))
        wish.area_code = code
        await _look_again(session, town, wish)
        await posting.follow_area(session, now, town, wish)
    await cards.refresh(session, now, town, wish)
