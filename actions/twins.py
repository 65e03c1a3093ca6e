"""Twins: live wishes nearby that are about the same matter, for a resident who may join one, and for a reviewer.

Only what concerns many has twins: two people who both need medicine are two wishes, and nobody asks the database for those.
Every wish of many is kept with its community and the words that it is about, so one statement finds the few that share one.
What was found is kept in the draft, since a tap may only join what was shown.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from nlp.similar import HEAVY, LIKE, Matter, nearest
from rules.lifecycle import State, concerns_many, may_be_one
from storage import supports
from storage.models import Wish
from storage.supports import Near

TWIN, OWN, POSSIBLE = "twin", "own_twin", "possible_twins"
"""Where `understood` keeps them: somebody else's that may be joined, the author's own, what a reviewer should look at."""
LIKE_FOR_REVIEWERS, ALMOST = 0.4, 0.25
"""From here on a reviewer is shown a wish on the card, or when they ask for it."""
SHOWN, OFFERED = 3, 6


def keep_matter(town: Town, wish: Wish) -> None:
    """Write down where and of what a wish is, when it concerns many; to be done whenever its words, kind or place change."""
    wish.near = town.community(wish.area_code) if wish.text and _concerns_many(town, wish) else None
    wish.matter = supports.as_matter(_matter(town, wish).weights) if wish.near is not None else None


async def look(session: AsyncSession, town: Town, draft: Wish) -> Near | None:
    """Find the live wish nearby that says what a draft says; the author's own before anybody else's."""
    keep_matter(town, draft)
    found = await _nearest(session, town, draft, least=LIKE, most=OFFERED) if draft.near is not None else []
    own = next((one for one in found if one.author_id == draft.author_id), None)
    twin = own or next(iter(found), None)
    known = (draft.understood.get(TWIN), draft.understood.get(OWN))
    told = (None, own.id) if own else (twin.id if twin else None, None)
    if known != told:
        kept = {key: value for key, value in draft.understood.items() if key not in (TWIN, OWN)}
        draft.understood = kept | {key: one for key, one in zip((TWIN, OWN), told, strict=True) if one is not None}
    return twin


async def look_for_reviewers(session: AsyncSession, town: Town, wish: Wish) -> None:
    """Find what a reviewer should look at before a wish goes its own way."""
    found = await _nearest(session, town, wish, least=LIKE_FOR_REVIEWERS, most=SHOWN) if wish.near is not None else []
    if found:
        wish.understood = {**wish.understood, POSSIBLE: [one.id for one in found]}


async def shown(session: AsyncSession, wish: Wish) -> Wish | None:
    """The twin that a draft's card shows, as long as it takes others in."""
    understood = wish.understood or {}
    twin_id = understood.get(OWN) or understood.get(TWIN)
    if wish.state is not State.DRAFT or twin_id is None:
        return None
    return next(iter(await _joinable(session, wish, [twin_id])), None)


async def for_reviewers(session: AsyncSession, wish: Wish) -> Sequence[Wish]:
    """The possible twins on a reviewer's card, as long as they take others in."""
    found = (wish.understood or {}).get(POSSIBLE)
    if wish.state is not State.REVIEWING or not found:
        return ()
    return await _joinable(session, wish, found)


async def possible(session: AsyncSession, town: Town, wish: Wish) -> Sequence[Wish]:
    """What a reviewer may make a wish one with; what concerns nobody else, only with its author's own."""
    if wish.near is not None:
        found = [one.id for one in await _nearest(session, town, wish, least=ALMOST, most=OFFERED)]
        return await _joinable(session, wish, found)
    own = [one for one in await supports.of_author(session, wish) if may_be_one(wish.kind, one.kind)]
    others = [(one, town.reader.matters.of(one.text, one.category)) for one in own]
    return [one for one, _ in nearest(_matter(town, wish), others, least=ALMOST, most=OFFERED)]


async def _joinable(session: AsyncSession, wish: Wish, ids: Iterable[int]) -> Sequence[Wish]:
    """Those of these that take a wish in, and are still what it is."""
    return [one for one in await supports.joinable(session, ids) if may_be_one(wish.kind, one.kind)]


def _concerns_many(town: Town, wish: Wish) -> bool:
    shared = town.category(wish.category).shared
    if shared is False and not wish.category_sure:
        shared = None
    return concerns_many(wish.kind, shared=shared, beneficiary=wish.beneficiary)


def _matter(town: Town, wish: Wish) -> Matter:
    return town.reader.matters.of(wish.text, wish.category)


async def _nearest(session: AsyncSession, town: Town, wish: Wish, *, least: float, most: int) -> list[Near]:
    matter = _matter(town, wish)
    heavy = sorted((word for word, weight in matter.weights.items() if weight >= HEAVY), key=lambda word: -matter.weights[word])
    if not heavy or wish.near is None:
        return []
    others = [one for one in await supports.near(session, wish.near, heavy, wish.id or 0) if may_be_one(wish.kind, one.kind)]
    of = town.reader.matters.of
    return [one for one, _ in nearest(matter, ((one, of(one.text, one.category)) for one in others), least=least, most=most)]
