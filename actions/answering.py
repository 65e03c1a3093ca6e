"""Whether what somebody was asked can still be answered: a stale question must not swallow their words."""

from sqlalchemy.ext.asyncio import AsyncSession

from actions import asking, claiming
from actions.moves import actors_of
from rules.errors import Refusal
from rules.lifecycle import Event, decide
from storage import wishes
from storage.models import Person

_EVENTS = {
    asking.CONTACT: Event.CONTACT,
    asking.ADD: Event.WRITE,
    asking.THANK: Event.THANK,
    asking.REJECT: Event.REJECT,
    asking.CLOSE: Event.CLOSE,
    asking.ANSWER: Event.ANSWER,
    asking.REWRITE: Event.REWRITE,
}


async def answerable(session: AsyncSession, person: Person, what: str, about: int) -> bool:
    """Whether the wish or claim still stands where it was asked."""
    try:
        if what == asking.REPORT:
            await claiming.own_claim(session, person, about)
            return True
        wish = await wishes.locked(session, about)
        decide(wish.kind, wish.state, _EVENTS[what], await actors_of(session, person, wish))
    except Refusal:
        return False
    return what != asking.THANK or wish.thanks is None
