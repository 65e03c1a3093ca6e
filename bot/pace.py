"""How fast people write: a count in memory costs nothing; only who writes fast is counted in their row, for all replicas."""

from collections import OrderedDict, deque
from datetime import datetime

from aiogram.types import Message, Update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.floods import CALM, MINUTE, Pace, heard
from storage.models import Person

FAST = 6
"""Messages in a minute from which on a person's row counts."""
_REMEMBERED = 10_000


class Pacing:
    """What one process saw."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, deque[datetime]] = OrderedDict()
        self._albums: dict[int, str | None] = {}

    async def heard(self, session: AsyncSession, event: Update, person: Person, limit: int) -> bool:
        """Count a private message; True when its sender is now to be asked for patience."""
        message = event.message or event.edited_message
        if message is None or message.chat.type != "private" or self._goes_on(person.id, message):
            return False
        at = _sent(message)
        fast = self._count(person.id, at)
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

    def _count(self, person_id: int, at: datetime) -> int:
        times = self._seen.setdefault(person_id, deque(maxlen=FAST))
        self._seen.move_to_end(person_id)
        if len(self._seen) > _REMEMBERED:
            forgotten, _ = self._seen.popitem(last=False)
            self._albums.pop(forgotten, None)
        times.append(at)
        return sum(at - MINUTE < time for time in times)

    def _goes_on(self, person_id: int, message: Message) -> bool:
        """Whether it is the rest of an album: one thing said, in several messages."""
        before, self._albums[person_id] = self._albums.get(person_id), message.media_group_id
        return message.media_group_id is not None and message.media_group_id == before


def _sent(message: Message) -> datetime:
    """When it was written: what waited with Telegram may come all at once."""
    return datetime.fromtimestamp(message.edit_date, message.date.tzinfo) if message.edit_date else message.date
