"""Work with a time of its own that is no wish's."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import is_sqlite
from storage.models import Appointment


async def not_later_than(session: AsyncSession, name: str, due_at: datetime) -> None:
    """See to it that an appointment is there, and due by then; two who do so at once do it once."""
    insert = insert_sqlite if is_sqlite(session) else insert_postgresql
    await session.execute(insert(Appointment).values(name=name, due_at=due_at).on_conflict_do_nothing())
    await session.execute(
        update(Appointment)
        .where(Appointment.name == name, Appointment.due_at > due_at)
        .values(due_at=due_at)
        .execution_options(synchronize_session=False)
    )
