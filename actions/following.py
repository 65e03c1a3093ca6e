"""Not done after all: fulfilled is the end of a wish, but where it ended in silence another one goes on from it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, cards
from actions.drafts import begin, submitted
from actions.moves import move
from actions.town import Town
from rules.errors import AlreadyDone, WrongState
from rules.lifecycle import Event, may_follow
from storage import wishes
from storage.models import Person, Wish
from words import talk
from words.messages import Message


async def follow(session: AsyncSession, now: datetime, town: Town, author: Person, ended: Wish) -> Message:
    """File another wish with the reviewers, which quotes a locked one that ended in silence; what is missing is asked for.

    Raises:
        NotAllowed: it is not theirs; AlreadyDone: a second tap; WrongState: they said yes to it.
    """
    followed = await wishes.was_followed(session, ended.id)
    again = _again(ended, author, now)
    session.add(again)
    await session.flush()
    await move(session, now, town, ended, Event.FOLLOW, by=author, reason=f"#{again.id}")
    if followed:
        raise AlreadyDone
    silent = await wishes.ended_in_silence(session, ended.id)
    if not may_follow(silent=silent, rated=ended.rating is not None, followed=followed):
        raise WrongState(Event.FOLLOW, ended.state)
    await move(session, now, town, again, Event.SUBMIT, by=author)
    await submitted(session, now, town, again, reviewed=True)
    await cards.show(session, now, town, again, author.id, cards.AUTHOR)
    await cards.refresh(session, now, town, ended)
    asking.ask(author, now, asking.ADD, again.id)
    return talk.ask_what_is_missing(author.locale)


def _again(ended: Wish, author: Person, now: datetime) -> Wish:
    """The same matter once more; a yes to showing words or name was for the words of then."""
    again = begin(author, now)
    again.follows_id = ended.id
    again.kind, again.urgency, again.beneficiary = ended.kind, ended.urgency, ended.beneficiary
    again.category, again.category_sure, again.days = ended.category, ended.category_sure, ended.days
    again.area_code, again.contact = ended.area_code, ended.contact
    return again
