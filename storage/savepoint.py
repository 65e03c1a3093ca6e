"""The savepoint around what may be refused: its three statements, and a session that forgets what was undone.

SQLAlchemy's own remembers of every row what it was before, for whoever goes on with the rows; here nobody does.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from storage.prepared import ask

_NAME = "before_handler"


async def set_savepoint(session: AsyncSession) -> None:
    """From here on, all that is done can be undone."""
    await _flush(session)
    await ask(session, f"SAVEPOINT {_NAME}")


async def keep_since(session: AsyncSession) -> None:
    """What was done since is done."""
    await _flush(session)
    await ask(session, f"RELEASE SAVEPOINT {_NAME}")


async def undo_since(session: AsyncSession) -> None:
    """Nothing since has happened; rows that were read, before or since, are none of the session's any more."""
    session.expunge_all()
    await ask(session, f"ROLLBACK TO SAVEPOINT {_NAME}")
    await ask(session, f"RELEASE SAVEPOINT {_NAME}")


async def _flush(session: AsyncSession) -> None:
    if session.identity_map.check_modified() or session.new or session.deleted:
        await session.flush()
