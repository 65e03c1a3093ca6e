"""A doubtful cry for help is kept like any words, and its author asked once whether there is danger.

The numbers to call stand in the question itself. Without an answer nobody is woken: the words are a draft, are asked after like
any draft, and reach the reviewers. A yes raises the alarm at once, whatever became of the words meanwhile.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, drafts, emergencies, reading
from actions.drafts import Said
from actions.town import Town
from rules.errors import AlreadyDone, NotAllowed, NotFound
from rules.lifecycle import TERMINAL, Kind, State
from storage import wishes
from storage.models import Line, Person, Wish
from words import chat
from words.messages import Message


async def ask(session: AsyncSession, now: datetime, town: Town, author: Person, said: Said) -> Message | None:
    """The question about what was just said; None when it leaves no doubt, an alarm is on, or the question is open already."""
    if not said.text or said.media == "location" or not town.reader.is_doubtful(said.text):
        return None
    asked = asking.asked(author, now)
    line = await wishes.line_of(session, author.id, said.message_id)
    if line is None or line.role == "claimant" or (asked is not None and asked[0] == asking.DANGER):
        return None
    wish = await wishes.locked(session, line.wish_id)
    if _is_alarm(wish):
        return None
    asking.ask(author, now, asking.DANGER, line.id)
    return chat.is_it_danger(author.locale, line.id, said.message_id)


async def answered(
    session: AsyncSession, now: datetime, town: Town, author: Person, line_id: int, answer_id: int, *, danger: bool
) -> Message | None:
    """Yes: the alarm, with the original words. No: they go on as what they are. None: it was said already that there is none.

    Raises:
        NotFound; NotAllowed: somebody else's words; AlreadyDone: the alarm is on.
    """
    line = await session.get(Line, line_id)
    if line is None:
        raise NotFound
    if line.person_id != author.id or line.role == "claimant":
        raise NotAllowed
    was_asked = asking.asked(author, now) == (asking.DANGER, line_id)
    if was_asked:
        asking.forget(author)
    if not danger:
        return chat.danger(author.locale, yes=False) if was_asked else None
    wish = await wishes.locked(session, line.wish_id)
    if _is_alarm(wish) or await wishes.line_of(session, author.id, answer_id) is not None:
        raise AlreadyDone
    fresh = line.created_at - wish.created_at < drafts.SAME_BREATH
    if wish.state in (State.DRAFT, State.REVIEWING) and wish.author_id == author.id and fresh:
        reading.take_for_danger(town, wish, await wishes.lines(session, wish.id), author)
        await emergencies.alarm(session, now, town, author, wish)
    else:  # the words of another matter, or one that others have in hand
        await drafts.begin_draft(session, now, town, author, Said(answer_id, line.text), danger=True)
    return chat.danger(author.locale, yes=True)


def _is_alarm(wish: Wish) -> bool:
    """Whether somebody was called and it is not over."""
    return wish.kind is Kind.EMERGENCY and wish.state not in TERMINAL
