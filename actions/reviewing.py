"""Review (审核): a reviewer approves, rejects with a kind reason, answers, rewrites the public text, closes."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, posting, telling
from actions.moves import actors_of, move
from actions.town import Town
from rules.errors import NotAllowed, NotFound, NothingWritten, NotStarted, TooLong
from rules.lifecycle import Actor, Event, Kind, State, decide
from storage import wishes
from storage.models import Card, Person, Wish
from words import answers, staff, talk
from words.facts import CLOSE_REASONS, REJECT_REASONS
from words.messages import Message

REASON_LIMIT = 500
PUBLIC_LIMIT = 1000


async def ask_reviewers(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """Show a wish to whoever reviews its area."""
    for chat_id in await posting.staff_chats(session, town, wish):
        await cards.show(session, now, town, wish, chat_id, cards.REVIEW)


async def approve_unreviewed(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """The taxonomy asks for no review here: straight to the volunteers."""
    await move(session, now, town, wish, Event.APPROVE, by=None, reason="@reason-no-review")
    await posting.post(session, now, town, wish)


async def approve(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int) -> None:
    """Approve: a wish goes to the volunteers, a complaint waits for the officer it is ordered to.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    own = "@reason-own-wish" if reviewer.id == wish.author_id else None  # there is no other admin: then it says so
    await move(session, now, town, wish, Event.APPROVE, by=reviewer, reason=own)
    posted = await posting.post(session, now, town, wish)
    await cards.refresh(session, now, town, wish)
    await _tell_author(session, now, wish, "approved" if posted or wish.kind is not Kind.WISH else "accepted")


async def reject(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int, reason: str) -> None:
    """Reject with a reason that its author will read.

    Raises:
        NotAllowed, WrongState, NotFound, NothingWritten, TooLong.
    """
    await _end(session, now, town, reviewer, wish_id, Event.REJECT, reason)


async def close(session: AsyncSession, now: datetime, town: Town, admin: Person, wish_id: int, reason: str) -> None:
    """Close from any state after the draft, with a reason that everybody concerned will read."""
    await _end(session, now, town, admin, wish_id, Event.CLOSE, reason)


async def answer(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int, text: str) -> None:
    """Answer a question, a suggestion, thanks or a complaint, and close it."""
    await _end(session, now, town, reviewer, wish_id, Event.ANSWER, text)


async def _end(session: AsyncSession, now: datetime, town: Town, by: Person, wish_id: int, event: Event, reason: str) -> None:
    reason = reason.strip()
    if not reason:
        raise NothingWritten
    if len(reason) > REASON_LIMIT:
        raise TooLong(REASON_LIMIT)
    wish = await wishes.locked(session, wish_id)
    helpers = [person for _, person in await wishes.holders(session, wish.id)]
    await move(session, now, town, wish, event, by=by, reason=reason)
    wish.answer = reason
    await cards.refresh(session, now, town, wish)
    await _tell_author(session, now, wish, event)
    for helper in helpers:
        if helper.id != by.id:
            await telling.tell(session, now, helper, talk.claim_ended(helper.locale, wish.id, wish.state))


async def ready_reason(
    session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, do: str, reason: str
) -> None:
    """End with one of the ready reasons, kept as a key so that everybody reads it in their language."""
    if do == "reject" and reason in REJECT_REASONS:
        await reject(session, now, town, person, wish_id, f"@reason-{reason}")
    elif do == "close" and reason in CLOSE_REASONS:
        await close(session, now, town, person, wish_id, f"@reason-{reason}")
    else:
        raise NotAllowed


_WORDS = {asking.REJECT: Event.REJECT, asking.CLOSE: Event.CLOSE, asking.ANSWER: Event.ANSWER, asking.REWRITE: Event.REWRITE}


async def ask_words(session: AsyncSession, now: datetime, person: Person, wish_id: int, what: str) -> Message:
    """Ask a reviewer for their own words; the next ones are the answer.

    Raises:
        NotAllowed, WrongState: asked before they write, not after.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, _WORDS[what], await actors_of(session, person, wish))
    asking.ask(person, now, what, wish_id)
    return talk.ask_words(person.locale, what, wish.id)


async def rewrite(session: AsyncSession, now: datetime, town: Town, reviewer: Person, wish_id: int, text: str) -> None:
    """Change what the public sees, redacted as ever. The author's yes still stands, and they read what it stands for.

    Raises:
        NotAllowed, WrongState, NotFound, NothingWritten, TooLong.
    """
    text = text.strip()
    if not text:
        raise NothingWritten
    if len(text) > PUBLIC_LIMIT:
        raise TooLong(PUBLIC_LIMIT)
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.REWRITE, by=reviewer)
    before, wish.public_text = wish.public_text, town.reader.understand(text).public_text
    wish.understood = {**wish.understood, "public_chosen": True}
    await cards.refresh(session, now, town, wish)
    if wish.published and wish.public_text != before:
        author = await session.get_one(Person, wish.author_id)
        await telling.tell(session, now, author, answers.rewritten(author.locale, wish.id, wish.public_text))


async def send_media(session: AsyncSession, now: datetime, person: Person, wish_id: int) -> int:
    """Send a wish's photos and voices, and its words when a card could not hold them, to a reviewer or its claimant.

    Returns how many pieces there were.

    Raises:
        NotAllowed: they are neither, or not any more.
    """
    wish = await wishes.locked(session, wish_id)
    if not await actors_of(session, person, wish) & {Actor.REVIEWER, Actor.CLAIMANT}:
        raise NotAllowed
    if not person.can_be_written:
        raise NotStarted
    files = telling.files_of(await wishes.lines(session, wish.id))
    held = [claim.id for claim, helper in await wishes.holders(session, wish.id) if helper.id == person.id]
    claim_id = held[0] if held else None
    if len(wish.text) > staff.SHOWN:
        await telling.send_words(session, now, person.id, wish.text, claim_id=claim_id)
    await telling.send_files(session, now, person.id, files, claim_id=claim_id)
    return len(files) + (len(wish.text) > staff.SHOWN)


_MODES = {
    "category": Event.CATEGORISE,
    "area": Event.LOCATE,
    "withdraw": Event.WITHDRAW,
    "assign": Event.ASSIGN,
    "merge": Event.MERGE,
    "reject": Event.REJECT,
    "close": Event.CLOSE,
}


async def turn_card(
    session: AsyncSession, now: datetime, town: Town, person: Person, wish_id: int, chat_id: int, message_id: int, mode: str
) -> None:
    """Let the tapped card ask for something: only one of this wish, and only for what its reader may do.

    Raises:
        NotFound: the card is not one that follows this wish.
    """
    wish = await wishes.locked(session, wish_id)
    card = await _card(session, wish, chat_id, message_id)
    actors = await actors_of(session, person, wish)
    if mode:
        decide(wish.kind, wish.state, _MODES[mode.partition("-")[0]], actors)
    elif not actors & {Actor.AUTHOR, Actor.REVIEWER}:
        raise NotAllowed
    await cards.turn(session, now, town, wish, card, mode)


async def _card(session: AsyncSession, wish: Wish, chat_id: int, message_id: int) -> Card:
    card = await wishes.card_at(session, chat_id, message_id)
    if card is None or card.wish_id != wish.id or card.retired:
        raise NotFound
    return card


async def _tell_author(session: AsyncSession, now: datetime, wish: Wish, what: str) -> None:
    author = await session.get_one(Person, wish.author_id)
    reason = wish.answer if wish.state in (State.REJECTED, State.CLOSED) else None
    await telling.tell(session, now, author, talk.news(author.locale, wish.id, what, wish.kind, reason=reason))
