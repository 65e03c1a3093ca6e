"""Where a resident's words go: to the alarm that is on, to the draft in hand, or to a new one.

A cry for help is heard whatever somebody was asked, and what follows it reaches the officers without any button.
"""

from collections.abc import Awaitable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards, chatting, drafts, emergencies
from actions.drafts import Said
from actions.town import Town
from rules.errors import AlreadyDone, NotAllowed, NotFound, TooLong
from rules.lifecycle import Kind, State
from storage import wishes
from storage.models import Line, Person, Wish
from words import answers
from words.messages import Message

FOLLOWS = timedelta(hours=1)
"""How long after its author's last word an alarm takes whatever they write."""


async def write(
    session: AsyncSession, now: datetime, town: Town, author: Person, said: Said, *, meant: bool = False
) -> Message | None:
    """Take a resident's words: they join what is in hand, or begin a draft; a card shows what was understood.

    What tells of no matter is only answered, unless an alarm is on or it is `meant`: its author says that it is one.

    Raises:
        TooLong: it would hold more than it may; nothing of the message was taken.
    """
    asked = asking.asked(author, now)
    latest = None if asked and asked[0] == asking.NEW else await wishes.latest(session, author.id)
    # Whoever is not answered has no button to say what they meant: all of it is kept.
    idle = town.reader.idle(said.text) if said.media is None and not meant and not author.is_flooding else None
    if idle is not None and chatting.is_beside(idle, latest) and (latest is None or not await _is_on(session, now, latest)):
        return await chatting.answer(session, now, author, latest, idle, said)
    if asked is None or asked[0] != asking.DANGER:  # whoever says where may still be in danger
        asking.forget(author)
    if latest is not None and latest.state is State.DRAFT:
        await drafts.continue_draft(session, now, town, author, latest, said)
    elif latest is not None and await _is_on(session, now, latest):
        await follow(session, now, town, author, latest, said)
    else:
        await drafts.begin_draft(session, now, town, author, said)
    return None


async def or_anew(
    session: AsyncSession, now: datetime, town: Town, author: Person, said: Said, taken: Awaitable[Message | None]
) -> Message | None:
    """What a full wish takes no more begins another in a flood: nobody is told thirty times, and nothing is lost.

    Only for words of a wish: what answers a question never becomes one by itself.

    Raises:
        TooLong: its author is answered, and can say it again.
    """
    try:
        return await taken
    except TooLong:
        if not author.is_flooding:
            raise
    asking.forget(author)
    await drafts.begin_draft(session, now, town, author, said)
    return None


async def record(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> None:
    """What was only answered is a matter after all: its author says so.

    Raises:
        AlreadyDone: a second tap; TooLong.
    """
    if await wishes.line_of(session, author.id, said.message_id) is not None:
        raise AlreadyDone
    if not await cry(session, now, town, author, said):
        await write(session, now, town, author, said, meant=True)


async def change(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> Message | None:
    """An edited message that no wish holds: one that was only answered may tell of a matter now."""
    if not said.text or not await chatting.was_answered(session, now, author, said.message_id):
        return None
    if await cry(session, now, town, author, said) or town.reader.idle(said.text) is not None:
        return None
    return await write(session, now, town, author, said, meant=True)


async def cry(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> bool:
    """Whatever they were asked, a cry for help is heard as one: a new alarm, or more words for the one that is on."""
    if not said.text or town.reader.emergency(said.text) is None:
        return False
    asking.forget(author)
    on = await wishes.live_emergency(session, author.id)
    if on is not None and (on.state is State.OPEN or await _is_on(session, now, on)):
        await or_anew(session, now, town, author, said, follow(session, now, town, author, on, said))
        return True
    latest = await wishes.latest(session, author.id)
    if latest is not None and latest.state is State.DRAFT and now - latest.state_since < drafts.SAME_BREATH:
        try:
            await drafts.continue_draft(session, now, town, author, latest, said)
        except TooLong:  # nothing was taken, and no alarm is refused for its length
            await drafts.begin_draft(session, now, town, author, said)
    else:
        await drafts.begin_draft(session, now, town, author, said)
    return True


async def follow(session: AsyncSession, now: datetime, town: Town, author: Person, wish: Wish, said: Said) -> None:
    """Words, a photo, a place for an alarm that is on: whoever was called hears of it at once.

    Raises:
        NotAllowed, WrongState, TooLong.
    """
    first = await drafts.earlier_of_album(session, wish, said) is None
    await drafts.add_line(session, now, town, author, wish, said)
    await emergencies.pass_on(session, now, town, wish, said.files)
    if first:  # the number to call stays in sight
        await cards.show(session, now, town, wish, author.id, cards.AUTHOR)


async def _is_on(session: AsyncSession, now: datetime, wish: Wish) -> bool:
    """Whether it is an alarm whose author is still telling of it."""
    if wish.kind is not Kind.EMERGENCY or wish.state not in (State.OPEN, State.CLAIMED):
        return False
    words = [line.created_at for line in await wishes.lines(session, wish.id)]
    return now - max([wish.submitted_at or wish.created_at, *words]) < FOLLOWS


async def doubt(session: AsyncSession, helper: Person, said: Said) -> Message | None:
    """A helper reports of danger: it is kept as a report, and they are asked whether it is now."""
    line = await wishes.line_of(session, helper.id, said.message_id)
    return answers.is_it_now(helper.locale, line.id) if line is not None else None


async def cry_of_report(
    session: AsyncSession, now: datetime, town: Town, helper: Person, line_id: int, question_id: int
) -> None:
    """It is now: what the helper reported is a cry for help as well.

    Raises:
        NotFound; NotAllowed: not their report; AlreadyDone: a second tap.
    """
    line = await session.get(Line, line_id)
    if line is None:
        raise NotFound
    if line.person_id != helper.id or line.role != "claimant":
        raise NotAllowed
    if await wishes.line_of(session, helper.id, question_id) is not None:
        raise AlreadyDone
    said = Said(question_id, line.text)
    if not await cry(session, now, town, helper, said):
        await write(session, now, town, helper, said, meant=True)  # edited meanwhile; nothing they say is lost
