"""How fast people write: a count in memory costs nothing; only who writes fast is counted in their row, for all replicas."""

from collections import OrderedDict
from datetime import datetime

from aiogram.types import Message, Update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.floods import CALM, MINUTE, Pace, heard
from storage.models import Person

FAST = 6
"""Messages in a minute from which on a person's row counts."""
_REMEMBERED = 10_000
_TOGETHER = 8
"""Updates that may be tried again in one transaction."""


class Pacing:
    """What one process saw. An update is one, however often its transaction is tried."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, dict[int, datetime]] = OrderedDict()  # of a person, by update
        self._albums: dict[int, tuple[str, int] | None] = {}  # and the update that began it

    async def heard(self, session: AsyncSession, event: Update, person: Person, limit: int) -> bool:
        """Count a private message; True when its sender is now to be asked for patience."""
        message = event.message or event.edited_message
        if message is None or message.chat.type != "private" or self._goes_on(person.id, event.update_id, message):
            return False
        at = _sent(message)
        fast = self._count(person.id, event.update_id, at)
        if person.flood_since is None and fast < FAST:
            return False
        before = Pace(person.flood_since, person.flood_count or 0, person.pleaded_at)
        if before.since is None:
            before = Pace(at, fast - 1)
        after = heard(before, at, limit)
        if after.count == 1 and after.pleaded_at is None and fast < FAST:
            after = CALM
        person.flood_since, person.flood_count, person.pleaded_at = after.since, after.count, after.pleaded_at
        await session.flush()
        return before.pleaded_at is None and after.pleaded_at is not None

    def _count(self, person_id: int, update_id: int, at: datetime) -> int:
        """How many there were in the minute before it, this one included; more than `FAST` need not be told apart."""
        times = self._seen.setdefault(person_id, {})
        self._seen.move_to_end(person_id)
        if len(self._seen) > _REMEMBERED:
            forgotten, _ = self._seen.popitem(last=False)
            self._albums.pop(forgotten, None)
        times[update_id] = at
        if len(times) > _TOGETHER + FAST:
            del times[next(iter(times))]
        # Tried again, it stands where it stood: what came after it was not there.
        return min(FAST, sum(number <= update_id and at - MINUTE < time for number, time in times.items()))

    def _goes_on(self, person_id: int, update_id: int, message: Message) -> bool:
        """Whether it is the rest of an album: one thing said, in several messages."""
        if message.media_group_id is None:
            self._albums[person_id] = None
            return False
        before = self._albums.get(person_id)
        if before is None or before[0] != message.media_group_id:
            before = self._albums[person_id] = (message.media_group_id, update_id)
        return before[1] != update_id


def _sent(message: Message) -> datetime:
    """When it was written: what waited with Telegram may come all at once."""
    return datetime.fromtimestamp(message.edit_date, message.date.tzinfo) if message.edit_date else message.date
