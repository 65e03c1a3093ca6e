"""The database that a play is given."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.playing.failure import PlayFailed

_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


def parsed(url: str) -> URL:
    """A `--database` of a kind we know.

    Raises:
        PlayFailed: it is none.
    """
    try:
        found = make_url(url)
    except ArgumentError:
        raise PlayFailed("--database is no database URL.") from None
    if found.drivername not in _DRIVERS:
        raise PlayFailed(f"--database must begin with {' or '.join(f'{name}://' for name in _DRIVERS)}.")
    return found
