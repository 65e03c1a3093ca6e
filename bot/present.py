"""The town as it is now. It is replaced as a whole, never changed: an update that began with one town ends with it.

What changes while the bot runs: the version of what was learned, put to use by a night or by `wishlight learn` in another
process, and the areas with all that lies in them, by `wishlight import-areas`. Every replica looks for both once a second: with
its ticks, or while it waits for its turn.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import named_places
from actions.town import Town
from bot.transactions import Transactions, is_down
from nlp.learned import Learned, UnusableModel, fingerprint
from nlp.places import Places
from nlp.understanding import Reader
from storage import editions, roster, versions
from storage.models import Area

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Another version is in use than the one that reads here, or the areas are others."""

    edition: int
    number: int | None
    untaught: Town
    reader: Reader


class Present:
    """`edition`: which of the areas the town was built from."""

    def __init__(self, town: Town, edition: int = 0) -> None:
        self.town = self._untaught = town
        self._taxonomy = ""
        self._edition = edition
        self._number: int | None = None

    async def look(self, session: AsyncSession, now: datetime, town: Town) -> Found | None:
        """Whether something is other than it is known here; it is read and built while others write."""
        if not self._taxonomy:
            self._taxonomy = await asyncio.to_thread(fingerprint, self.town.taxonomy)
        edition = await editions.number(session, editions.AREAS)
        number = await versions.in_use(session, self._taxonomy)
        if (edition, number) == (self._edition, self._number):
            return None
        rows = list((await roster.areas(session)).values()) if edition != self._edition else None
        said = await versions.learned(session, number) if number is not None else None
        return await asyncio.to_thread(self._build, edition, number, rows, said)

    async def take_up(self, session: AsyncSession, now: datetime, town: Town, found: Found) -> bool:
        """Read with it from now on."""
        self._take_up(found)
        return False

    async def refresh(self, transactions: Transactions, now: datetime) -> None:
        """What is so now. A database that is away for a moment is no reason to stop: it is asked again soon."""
        try:
            async with transactions.reading() as session:
                found = await self.look(session, now, self.town)
        except Exception as error:
            if not is_down(error):  # whoever needs it more says so
                log.exception("which version is in use, and which areas there are, is not known")
            return
        if found is not None:
            self._take_up(found)

    def _take_up(self, found: Found) -> None:
        if found.edition != self._edition:
            log.info("the areas are others", extra={"areas": len(found.untaught.areas)})
        if found.number != self._number:
            log.info("another version reads", extra={"version": found.number or "none"})
        self._untaught, self.town = found.untaught, replace(found.untaught, reader=found.reader)
        self._edition, self._number = found.edition, found.number

    def _build(self, edition: int, number: int | None, rows: Sequence[Area] | None, said: str | None) -> Found:
        untaught = self._untaught
        if rows is not None:
            reader = untaught.reader.knowing(Places(named_places.names(rows)))
            untaught = replace(untaught, reader=reader, areas={area.code: area for area in rows})
        return Found(edition, number, untaught, self._taught(untaught.reader, number, said))

    def _taught(self, reader: Reader, number: int | None, said: str | None) -> Reader:
        """A version that cannot be used is looked at once, and ignored."""
        if number is None:
            return reader
        try:
            return reader.taught(Learned.from_json(said or ""))
        except UnusableModel as error:
            log.warning("a version that cannot be used is ignored", extra={"version": number, "why": str(error)})
            return reader
