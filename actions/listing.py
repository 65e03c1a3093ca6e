"""Lists on demand: my wishes, what is open to claim, what waits for review, one wish with its story."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, newcomers
from actions.moves import actors_of
from actions.town import Town
from rules.errors import NotAllowed, NotStarted, NotVolunteer, NotYours
from rules.lifecycle import Actor, ClaimState, Kind
from storage import supports, wishes
from storage.models import Claim, Person, Wish
from words import author, lists
from words.messages import Message

LAST_PAGE = 500


async def mine(session: AsyncSession, now: datetime, town: Town, person: Person, page: int = 0) -> Message:
    """A person's own wishes; on the first page also what they have in hand."""
    page = min(max(page, 0), LAST_PAGE)
    found = await wishes.of_author(session, person.id, page * lists.PAGE, lists.PAGE + 1)
    items = [_item(now, town, wish, person, text=wish.text) for wish in found[: lists.PAGE]]
    if page == 0 and (person.is_volunteer or person.is_admin):
        held = await claims(session, now, town, person)
        if held is not None:
            return _both(person.locale, held, items, len(found))
    return lists.page(person.locale, "my", items, page, more=len(found) > lists.PAGE)


async def claims(session: AsyncSession, now: datetime, town: Town, person: Person, page: int = 0) -> Message | None:
    """What a person has in hand, due first; None when there is nothing."""
    page = min(max(page, 0), LAST_PAGE)
    held = await wishes.live_claims_of(session, person.id, page * lists.PAGE, lists.PAGE + 1)
    if not held:
        return None
    own = [
        _item(now, town, wish, person, due=claim.due_at, text=wish.public_text)  # a list outlives a claim
        for claim, wish in held[: lists.PAGE]
    ]
    return lists.page(person.locale, "claims", own, page, more=len(held) > lists.PAGE)


def _both(locale: str, claims: Message, items: list[lists.Item], found: int) -> Message:
    """Claims first, then one's own wishes, in one message."""
    if not items:
        return claims
    own = lists.page(locale, "my", items, 0, more=found > lists.PAGE)
    return Message(f"{claims.text}\n\n{own.text}", (*claims.rows, *own.rows))


async def open_wishes(session: AsyncSession, now: datetime, town: Town, person: Person, page: int = 0) -> Message:
    """Wishes to claim from, with exactly what their authors let the public see.

    Raises:
        NotVolunteer: not before an admin has let them in.
    """
    if not (person.is_volunteer or person.is_admin):
        raise NotVolunteer
    page = min(max(page, 0), LAST_PAGE)
    found = await wishes.claimable(session, person.id, page * lists.PAGE, lists.PAGE + 1)
    items = [_item(now, town, wish, person, text=wish.public_text if wish.published else None) for wish in found[: lists.PAGE]]
    return lists.page(person.locale, "open", items, page, more=len(found) > lists.PAGE)


async def for_review(session: AsyncSession, now: datetime, town: Town, person: Person, page: int = 0) -> Message:
    """What waits for a decision, the longest waiting first.

    Raises:
        NotAllowed: reviewers only.
    """
    if not person.is_admin:
        raise NotAllowed
    page = min(max(page, 0), LAST_PAGE)
    found = await wishes.waiting_for_staff(session, page * lists.PAGE, lists.PAGE + 1)
    items = [_item(now, town, wish, person, text=wish.text) for wish in found[: lists.PAGE]]
    waiting = await newcomers.waiting(session) if page == 0 else ()
    return lists.page(person.locale, "review", items, page, more=len(found) > lists.PAGE, newcomers=waiting)


async def one(session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int) -> None:
    """Bring a wish's card to the end of a chat: the author's, the reviewer's or the claimant's.

    Whoever goes along with it sees their own words, and how it stands.

    Raises:
        NotYours: it is not theirs to see; NotStarted, NotFound.
    """
    if not person.can_be_written:
        raise NotStarted
    wish = await wishes.locked(session, wish_id)
    actors = await actors_of(session, person, wish)
    if Actor.AUTHOR in actors:
        await cards.show(session, now, town, wish, person.id, cards.AUTHOR)
    elif Actor.REVIEWER in actors:
        face = cards.ALARM if wish.kind is Kind.EMERGENCY else cards.REVIEW
        own = await _own_claim(session, person, wish)
        if own is not None and face == cards.REVIEW:
            await cards.show(session, now, town, wish, person.id, cards.CLAIMANT, claim=own)
        else:
            await cards.show(session, now, town, wish, person.id, face)
    else:
        own = await _own_claim(session, person, wish)
        if own is not None:
            await cards.show(session, now, town, wish, person.id, cards.CLAIMANT, claim=own)
            return
        support = await supports.of(session, wish.id, person.id)
        if support is None:
            raise NotYours
        await cards.show(session, now, town, await wishes.locked(session, support.own_wish_id), person.id, cards.AUTHOR)


async def _own_claim(session: AsyncSession, person: Person, wish: Wish) -> Claim | None:
    return next(
        (
            claim
            for claim in await wishes.claims(session, wish.id)
            if claim.person_id == person.id and claim.state in (ClaimState.LIVE, ClaimState.DELIVERED)
        ),
        None,
    )


async def story(session: AsyncSession, town: Town, person: Person, wish_id: int) -> Message:
    """The timeline of a wish, for its author and for reviewers.

    Raises:
        NotYours, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    if not (await actors_of(session, person, wish)) & {Actor.AUTHOR, Actor.REVIEWER}:
        raise NotYours
    about = await cards.read_about(session, town, wish)
    return author.story(await cards.full_facts(session, town, wish, about, person, story=True), person.locale)


def _item(
    now: datetime,
    town: Town,
    wish: Wish,
    person: Person,
    *,
    due: datetime | None = None,
    text: str | None = None,
) -> lists.Item:
    return lists.Item(
        wish=wish.id,
        claim=None,
        about="",
        state=wish.state,
        kind=wish.kind,
        category=cards.category_label(town, wish.category, person.locale),
        place=cards.place_label(town, wish.area_code),
        since=wish.created_at,
        due=due,
        text=text,
        now=now,
        zone=town.policy.calendar.tz,
        merged_into=wish.merged_into,
    )
