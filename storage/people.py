"""The row of whoever an update comes from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.adding import keep
from storage.engine import is_sqlite
from storage.models import Outgoing, Person
from storage.prepared import Prepared
from storage.questions import Question

DEFAULT_LOCALE = "zh"


@dataclass(frozen=True, slots=True)
class Sender:
    """What Telegram tells of a user with every update."""

    id: int
    name: str
    username: str | None
    language: str | None
    writes_privately: bool  # so the bot can write to them

    @property
    def locale(self) -> str:
        return DEFAULT_LOCALE if not self.language or self.language.lower().startswith("zh") else "en"


async def load_and_lock(session: AsyncSession, now: datetime, sender: Sender) -> tuple[Person, bool]:
    """The person's row, locked until the transaction ends, and whether it was made now, since they are new.

    Somebody who writes privately can be written to from now on, and what was parked for them goes out.
    """
    asked = {"person": sender.id}
    person = await _LOCKED.first(session, asked)
    added = None
    if person is None:
        added = await _add(session, now, sender)
        person = added or (await _LOCKED.all(session, asked))[0]
    if person.name != sender.name:
        person.name = sender.name
    if person.username != sender.username:
        person.username = sender.username
    if sender.writes_privately and not person.can_be_written:
        person.started_at = person.started_at or now
        person.unreachable_at = None
        await outbox.unpark(session, person.id)
    if session.is_modified(person):
        await session.flush()
    return person, added is not None


async def _add(session: AsyncSession, now: datetime, sender: Sender) -> Person | None:
    """Somebody new, as far as anybody knows; None for the second of two who add them, who waited for the first."""
    values = {
        "id": sender.id,
        "name": sender.name,
        "username": sender.username,
        "locale": sender.locale,
        "started_at": now if sender.writes_privately else None,
        "created_at": now,
        **_NOTHING_YET,
    }
    parked = await (_ADD_ON_SQLITE if is_sqlite(session) else _ADD_ON_POSTGRESQL).scalar(session, values | {"chat": sender.id})
    if parked is None:
        return None
    person = Person(**values)
    keep(session, person)
    if parked and sender.writes_privately:
        await outbox.unpark(session, person.id)
    return person


# Built once: every update asks it.
_LOCKED = Question(select(Person).where(Person.id == bindparam("person")).with_for_update(key_share=True), anew=True)
_NOTHING_YET = {
    "unreachable_at": None,
    "volunteer": "no",
    "volunteer_asked_at": None,
    "wants_wish_id": None,
    "is_admin": False,
    "area_code": None,
    "awaiting": None,
    "awaiting_until": None,
    "flood_since": None,
    "flood_count": None,
    "pleaded_at": None,
}
_TABLE: Any = Person.__table__
_PARKED = exists().where(Outgoing.chat_id == bindparam("chat"), Outgoing.state == outbox.PARKED)
_NAMES = [column.key for column in _TABLE.columns]
_ADD_ON_SQLITE = Prepared(insert_sqlite(_TABLE).on_conflict_do_nothing().returning(_PARKED), *_NAMES)
_ADD_ON_POSTGRESQL = Prepared(insert_postgresql(_TABLE).on_conflict_do_nothing().returning(_PARKED), *_NAMES)


async def synchronise_admins(session: AsyncSession, now: datetime, ids: frozenset[int]) -> list[Person]:
    """Make exactly these people admins of the county."""
    rows = await session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    known = {person.id: person for person in rows}
    for person_id in sorted(ids - known.keys()):
        known[person_id] = Person(id=person_id, locale=DEFAULT_LOCALE, created_at=now)
        session.add(known[person_id])
    for person in await session.scalars(select(Person).where(Person.is_admin, Person.id.not_in(ids))):
        person.is_admin = False
    for person in known.values():
        person.is_admin = True
    await session.flush()
    return list(known.values())
