"""Delivery and confirmation: the claimant reports, the resident confirms, disputes or stays silent."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, claiming, drafts, following, hearing, posting, telling
from actions.moves import actors_of, move
from actions.town import Town
from rules.errors import AlreadyDone, BadInput, NotANumber, NothingWritten, TooLong, TooSoon
from rules.lifecycle import LIVE, ClaimState, Event, Kind, State, decide
from rules.reminders import may_urge
from storage import roster, wishes
from storage.models import Claim, Line, Person, Wish
from words import answers, talk
from words.messages import Message

HOURS_LIMIT = 24.0
THANKS_LIMIT = 300
REPORT_LINES = 20
REPORT_LIMIT = 2000


async def report(
    session: AsyncSession, now: datetime, town: Town, helper: Person, claim_id: int, said: drafts.Said
) -> Message | None:
    """Words and photos of what was done, before the hours are chosen; a bare number is the hours.

    Raises:
        NotAllowed, AlreadyDone, TooLong.
    """
    claim, wish = await claiming.own_claim(session, helper, claim_id)
    hours = _hours(said.text) if said.text and not said.media else None
    if hours is not None:
        await deliver(session, now, town, helper, claim_id, hours)
        return None
    lines = await report_lines(session, claim)
    if len(lines) >= REPORT_LINES or sum(len(line.text) for line in lines) + len(said.text) > REPORT_LIMIT:
        raise TooLong(REPORT_LIMIT)
    session.add(
        Line(
            wish_id=wish.id,
            person_id=helper.id,
            message_id=said.message_id,
            role="claimant",
            media=said.media,
            file_id=said.file_id,
            album=said.album,
            text=said.text,
            created_at=now,
        )
    )
    await session.flush()
    asking.ask(helper, now, asking.REPORT, claim.id)  # more may come
    if said.album is not None and any(line.album == said.album for line in lines):
        await cards.refresh(session, now, town, wish, modes=True)  # an album is one thing said: its card counts on
    else:
        await cards.show(session, now, town, wish, helper.id, cards.CLAIMANT, claim=claim, mode="deliver")
    return None


async def report_lines(session: AsyncSession, claim: Claim) -> list[Line]:
    """What was reported on this claim, not on an earlier one of the same helper."""
    lines = await wishes.lines(session, claim.wish_id, "claimant")
    return [line for line in lines if line.person_id == claim.person_id and line.created_at >= claim.created_at]


def _hours(text: str) -> float | None:
    """Hours typed as a bare number ("2", "1.5小时", "3h")."""
    bare = text.strip().rstrip("hH").removesuffix("小时").removesuffix("个").strip()
    try:
        hours = float(bare)
    except ValueError:
        return None
    if not 0 < hours <= HOURS_LIMIT:
        raise NotANumber(limit=int(HOURS_LIMIT))
    return hours


async def deliver(session: AsyncSession, now: datetime, town: Town, helper: Person, claim_id: int, hours: float) -> None:
    """The claimant says it is done; when every place has delivered, the resident is asked.

    Raises:
        NotAllowed, AlreadyDone, WrongState; NotANumber: more than a day's hours.
    """
    if not 0 < hours <= HOURS_LIMIT:
        raise NotANumber(limit=int(HOURS_LIMIT))
    claim, wish = await claiming.own_claim(session, helper, claim_id)
    lines = await report_lines(session, claim)
    claim.hours = hours
    claim.report = "\n".join(line.text for line in lines if line.text) or None
    await move(session, now, town, wish, Event.DELIVER, by=helper, claim=claim)
    asking.forget(helper)
    author = await session.get_one(Person, wish.author_id)
    if wish.state is State.DELIVERED and author.started_at is not None:
        if author.can_be_written:
            await telling.send_files(session, now, author.id, telling.files_of(lines))
        await cards.show(session, now, town, wish, author.id, cards.AUTHOR)  # who is gone for now finds it when they come back
    await cards.refresh(session, now, town, wish)


async def confirm(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> None:
    """The resident says yes: fulfilled.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    helpers = await wishes.holders(session, wish.id)
    await move(session, now, town, wish, Event.CONFIRM, by=author)
    await cards.refresh(session, now, town, wish)
    for _, helper in helpers:
        await telling.tell(session, now, helper, talk.confirmed(helper.locale, wish.id))


async def silence(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """Nobody answered for a week: fulfilled, no rating is invented, and its author is told that no answer was no yes."""
    await move(session, now, town, wish, Event.SILENCE, by=None)
    author = await session.get_one(Person, wish.author_id)
    if author.can_be_written:
        await cards.show(session, now, town, wish, author.id, cards.AUTHOR, lane=telling.REMINDERS)
    await cards.refresh(session, now, town, wish)


async def dispute(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> Message:
    """The resident says it is not done: the wish is open again, or another goes on from it; what is missing is asked for.

    Raises:
        AlreadyDone, NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    if wish.state is State.FULFILLED:
        return await following.follow(session, now, town, author, wish)
    holders = await wishes.holders(session, wish.id)
    await move(session, now, town, wish, Event.DISPUTE, by=author)
    for claim, helper in holders:
        if claim.state is ClaimState.DISPUTED:
            await telling.tell(session, now, helper, talk.disputed(helper.locale, wish.id))
    for admin in await roster.admins(session):
        await telling.tell(session, now, admin, talk.disputed_for_admin(admin.locale, wish.id))
    await claiming.reopened(session, now, town, wish, "disputed")
    asking.ask(author, now, asking.ADD, wish.id)
    return talk.ask_what_is_missing(author.locale)


async def rate(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, stars: int) -> None:
    """One to five stars, once.

    Raises:
        BadInput, AlreadyDone, NotAllowed, WrongState, NotFound.
    """
    if not 1 <= stars <= 5:
        raise BadInput
    wish = await wishes.locked(session, wish_id)
    if wish.rating is not None and wish.author_id == author.id:
        raise AlreadyDone
    await move(session, now, town, wish, Event.RATE, by=author, reason="★" * stars)
    wish.rating = stars
    await cards.refresh(session, now, town, wish)


async def thank(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, text: str) -> Message:
    """A word of thanks for the helpers.

    Raises:
        NothingWritten, TooLong, AlreadyDone, NotAllowed, WrongState, NotFound.
    """
    text = text.strip()
    if not text:
        raise NothingWritten
    if len(text) > THANKS_LIMIT:
        raise TooLong(THANKS_LIMIT)
    wish = await wishes.locked(session, wish_id)
    if wish.thanks is not None and wish.author_id == author.id:
        raise AlreadyDone
    await move(session, now, town, wish, Event.THANK, by=author)
    # It goes to somebody who may not know who wrote it: what names the author is hidden as it is in public.
    wish.thanks = town.reader.understand(text).public_text
    await cards.refresh(session, now, town, wish)
    for claim in await wishes.claims(session, wish.id):
        helper = await session.get_one(Person, claim.person_id)
        if claim.state is ClaimState.CONFIRMED:
            await telling.tell(session, now, helper, talk.thanked(helper.locale, wish.id, wish.thanks))
    return talk.thanks_passed_on(author.locale)


async def urge(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> str:
    """Urge (催办), at most once a day: whoever has it in hand reads it in their next list, in the morning when it is night.

    Returns who that is, and whether it is later.

    Raises:
        TooSoon, NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    if wish.author_id == author.id and not may_urge(town.policy, wish.urged_at, now):
        raise TooSoon
    await move(session, now, town, wish, Event.URGE, by=author)
    wish.urged_at = now
    morning = town.policy.calendar.wake(now)
    holders = [(claim, helper) for claim, helper in await wishes.holders(session, wish.id) if claim.state is ClaimState.LIVE]
    reached = [(claim, helper) for claim, helper in holders if helper.can_be_written]
    for claim, helper in reached:
        await telling.notice(session, now, helper.id, wish, "urged", claim, due_at=morning)
    for chat_id in [] if reached else await posting.staff_chats(session, town, wish):
        await telling.notice(session, now, chat_id, wish, "urged", holders[0][0] if holders else None, due_at=morning)
    whom = "helper" if reached else "staff"
    return whom if morning == now else f"{whom}-later"


async def withdraw(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> None:
    """Take a wish back, from any live state; whoever held it is told.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    holders = await wishes.holders(session, wish.id)
    await move(session, now, town, wish, Event.WITHDRAW, by=author)
    await cards.refresh(session, now, town, wish)
    for _, helper in holders:
        await telling.tell(session, now, helper, talk.claim_ended(helper.locale, wish.id, wish.state))
    asking.forget(author)


async def add(
    session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, said: drafts.Said
) -> Message | None:
    """Add a line or a photo to a wish: those who work on it hear of it. An album is one addition, and one answer.

    Raises:
        NotAllowed, WrongState, TooLong, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    before = wish.state
    if before is State.DRAFT:
        await drafts.continue_draft(session, now, town, author, wish, said)
        return None
    if wish.kind is Kind.EMERGENCY:
        await hearing.follow(session, now, town, author, wish, said)
        return None
    earlier = await drafts.earlier_of_album(session, wish, said)
    await drafts.add_line(session, now, town, author, wish, said)
    await cards.refresh(session, now, town, wish)
    await pass_on(session, now, wish, before, said, earlier)
    return answers.added(author.locale, wish.id) if earlier is None else None


async def pass_on(
    session: AsyncSession, now: datetime, wish: Wish, before: State, said: drafts.Said, earlier: Line | None = None
) -> None:
    """Whoever works on a wish hears what its author added; `before`: how it stood then."""
    holders = [held for held in await wishes.holders(session, wish.id) if held[0].state is ClaimState.LIVE]
    for claim, helper in holders:
        await _pass_on(session, now, helper, wish, said, claim, earlier)
    if not holders and before in (State.OPEN, State.DELIVERED):
        for admin in await roster.admins(session):
            await _pass_on(session, now, admin, wish, said, None, earlier)


async def _pass_on(
    session: AsyncSession,
    now: datetime,
    reader: Person,
    wish: Wish,
    said: drafts.Said,
    claim: Claim | None,
    earlier: Line | None,
) -> None:
    if not reader.can_be_written:
        return
    claim_id = claim.id if claim else None
    if earlier is None or said.text:
        message = talk.added_for_helper(reader.locale, wish.id, said.text)
        await telling.post(session, now, reader.id, message, claim_id=claim_id)
    after = earlier.file_id if earlier is not None else None
    await telling.send_files(session, now, reader.id, said.files, claim_id=claim_id, after=after)


async def ask_more(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Ask what to add; the next words or photos are it.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.WRITE, await actors_of(session, author, wish))
    asking.ask(author, now, asking.ADD, wish_id)
    return talk.ask_more(author.locale, wish_id)


async def ask_thanks(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Ask for a word of thanks.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.THANK, await actors_of(session, author, wish))
    asking.ask(author, now, asking.THANK, wish_id)
    return talk.ask_thanks(author.locale)


async def addressed(session: AsyncSession, person: Person, message_id: int) -> int | None:
    """The live wish of their own that a reply addresses, by the card it replies to."""
    card = await wishes.card_at(session, person.id, message_id)
    if card is None or card.face != cards.AUTHOR:
        return None
    wish = await session.get_one(Wish, card.wish_id)
    return wish.id if wish.author_id == person.id and wish.state in LIVE else None


async def goes_on(session: AsyncSession, person: Person, said: drafts.Said) -> int | None:
    """The live wish that earlier pieces of the same album went to: the rest belongs there too."""
    wish = await wishes.of_album(session, person.id, said.album) if said.album is not None else None
    return wish.id if wish is not None and wish.state in LIVE else None
