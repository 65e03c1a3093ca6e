"""The town as it is now. It is replaced as a whole, never changed: an update that began with one town ends with it.

What changes while the bot runs is the version of what was learned, put to use by a night or by `wishlight learn` in another
process. Every replica looks for it once a second: with its ticks, or while it waits for its turn.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from bot.transactions import Transactions, is_down
from nlp.learned import Learned, UnusableModel, fingerprint
from nlp.understanding import Reader
from storage import versions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Another version is in use than the one that reads here."""

    number: int | None
    reader: Reader


class Present:
    def __init__(self, town: Town) -> None:
        self.town = self._untaught = town
        self._taxonomy = ""
        self._number: int | None = None

    async def look(self, session: AsyncSession, now: datetime, town: Town) -> Found | None:
        """Whether another version is in use now; it is read and built while others write."""
        if not self._taxonomy:
            self._taxonomy = await asyncio.to_thread(fingerprint, self.town.taxonomy)
        number = await versions.in_use(session, self._taxonomy)
        if number == self._number:
            return None
        said = await versions.learned(session, number) if number is not None else None
        return Found(number, await asyncio.to_thread(self._reader, number, said))

    async def take_up(self, session: AsyncSession, now: datetime, town: Town, found: Found) -> bool:
        """Read with it from now on."""
        self._take_up(found)
        return False

    async def refresh(self, transactions: Transactions, now: datetime) -> None:
        """What is in use now. A database that is away for a moment is no reason to stop: it is asked again soon."""
        try:
            async with transactions.reading() as session:
                found = await self.look(session, now, self.town)
        except Exception as error:
            if not is_down(error):  # whoever needs it more says so
                log.exception("which version is in use is not known")
            return
        if found is not None:
            self._take_up(found)

    def _take_up(self, found: Found) -> None:
        self.town = replace(self.town, reader=found.reader)
        self._number = found.number
        log.info("another version reads", extra={"version": found.number or "none"})

    def _reader(self, number: int | None, said: str | None) -> Reader:
        """A version that cannot be used is looked at once, and ignored."""
        if number is None:
            return self._untaught.reader
        try:
            return self._untaught.reader.taught(Learned.from_json(said or ""))
        except UnusableModel as error:
            log.warning("a version that cannot be used is ignored", extra={"version": number, "why": str(error)})
            return self._untaught.reader
