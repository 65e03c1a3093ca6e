"""Phone and address: for the helper of a wish alone, or at once for whoever was called in an emergency."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, delivering, emergencies, telling
from actions.drafts import Said
from actions.moves import actors_of, move
from actions.town import Town
from rules.errors import AlreadyDone, TooLong
from rules.lifecycle import ClaimState, Event, Kind, State, decide
from storage import wishes
from storage.models import Line, Person, Wish
from words import answers
from words.messages import Message

LIMIT = 200
ROLE = "contact"
"""Of the line that holds what was typed, so that an edited message finds it again."""


async def ask(session: AsyncSession, now: datetime, author: Person, wish_id: int) -> Message:
    """Ask for phone and address; the next words are the answer.

    Raises:
        NotAllowed, WrongState, NotFound.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.CONTACT, await actors_of(session, author, wish))
    asking.ask(author, now, asking.CONTACT, wish_id)
    return answers.ask_contact(author.locale, wish.kind)


async def answered(
    session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, said: Said
) -> Message | None:
    """What was typed when it was asked for; a photo is no phone number and joins the wish.

    Raises:
        TooLong: more than 200 characters; NotAllowed, WrongState, NotFound.
    """
    if said.media is not None and said.media != "location":
        return await delivering.add(session, now, town, author, wish_id, said)  # the question stays open
    if len(said.text) > LIMIT:
        raise TooLong(LIMIT)
    asking.forget(author)
    await session.execute(delete(Line).where(Line.wish_id == wish_id, Line.role == ROLE))
    session.add(
        Line(
            wish_id=wish_id,
            person_id=author.id,
            message_id=said.message_id,
            role=ROLE,
            media=said.media,
            text=said.text,
            created_at=now,
        )
    )
    wish = await _keep(session, now, town, author, wish_id, said.text)
    return answers.contact_kept(author.locale, wish.id, wish.contact or "", wish.kind, typed=said.media is None)


async def shared(session: AsyncSession, now: datetime, town: Town, author: Person, number: str) -> Message | None:
    """A phone number out of the phone's own book: for the wish it was asked for, or the latest that can take it.

    None when there is no such wish.
    """
    asked = asking.asked(author, now)
    wish_id = asked[1] if asked is not None and asked[0] == asking.CONTACT else await _latest(session, author)
    if wish_id is None:
        return None
    asking.forget(author)
    wish = await _keep(session, now, town, author, wish_id, number)
    return answers.contact_kept(author.locale, wish.id, wish.contact or "", wish.kind, typed=False)


async def _latest(session: AsyncSession, author: Person) -> int | None:
    for wish in await wishes.of_author(session, author.id):
        if wish.state in (State.DRAFT, State.REVIEWING, State.OPEN, State.CLAIMED):
            return wish.id
    return None


async def _keep(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int, text: str) -> Wish:
    wish = await wishes.locked(session, wish_id)
    await move(session, now, town, wish, Event.CONTACT, by=author)
    wish.contact = text.strip() or None
    await show(session, now, town, wish)
    return wish


async def show(session: AsyncSession, now: datetime, town: Town, wish: Wish) -> None:
    """Whoever may read it hears of it: a card that only changes is easily overlooked."""
    if wish.kind is Kind.EMERGENCY:
        await emergencies.pass_on(session, now, town, wish)
        return
    await cards.refresh(session, now, town, wish)
    for claim, helper in await wishes.holders(session, wish.id):
        if claim.state is ClaimState.LIVE and helper.can_be_written:
            message = answers.contact_for_helper(helper.locale, wish.id, wish.contact or "")
            await telling.post(session, now, helper.id, message, claim_id=claim.id)


async def correct(session: AsyncSession, now: datetime, town: Town, author: Person, line: Line, text: str) -> Message | None:
    """The message that held it was edited.

    Raises:
        TooLong; WrongState: the wish is past needing it.
    """
    if len(text) > LIMIT:
        raise TooLong(LIMIT)
    line.text, line.edited_at = text, now
    wish = await _keep(session, now, town, author, line.wish_id, text)
    return answers.contact_kept(author.locale, wish.id, wish.contact or "", wish.kind, typed=True)


async def are_words(session: AsyncSession, now: datetime, town: Town, author: Person, wish_id: int) -> Message | None:
    """It was no phone number but more of the wish: there it goes.

    Raises:
        NotAllowed, WrongState, NotFound; AlreadyDone: a second tap.
    """
    wish = await wishes.locked(session, wish_id)
    decide(wish.kind, wish.state, Event.CONTACT, await actors_of(session, author, wish))
    line = next(iter(await wishes.lines(session, wish_id, ROLE)), None)
    if line is None:
        raise AlreadyDone
    said = Said(line.message_id, line.text)
    await session.delete(line)
    await session.flush()
    await move(session, now, town, wish, Event.CONTACT, by=author)
    wish.contact = None
    return await delivering.add(session, now, town, author, wish_id, said)
