"""A town with a little of everything, and the databases that it is carried between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from rules.lifecycle import ClaimState, Event, Kind, State
from storage.engine import open_engine, open_sessions
from storage.models import (
    Appointment,
    Area,
    Card,
    Claim,
    Digest,
    Group,
    Line,
    Notice,
    Outgoing,
    Person,
    SeenUpdate,
    Timeline,
    Wish,
)
from tests.bot.conftest import people, sandbox
from tests.conftest import fresh_database

__all__ = ["people", "sandbox"]

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
HUGE = 4_503_599_627_370_495  # Telegram's largest id
WORDS = '王阿姨说："灯\n坏了"\\ \u2028 👵🏻 é e\u0301 %s {} \t'


@asynccontextmanager
async def rows(url: str) -> AsyncIterator[AsyncSession]:
    """A transaction of the test's own."""
    engine = open_engine(url)
    try:
        async with open_sessions(engine).begin() as session:
            yield session
    finally:
        await engine.dispose()


async def fill(url: str) -> None:
    """A little of everything that a column can hold."""
    async with rows(url) as session:
        # A child before its parent, and words that databases of other languages sort otherwise.
        session.add_all(
            Area(code=code, name=f"社区{code}", level="community", parent_code=parent, aliases=["河街", None, 1.5])
            for code, parent in (("b", None), ("B", "b"), ("a", "b"), ("é", "a"), ("城", None), ("a-1", "城"))
        )
        session.add_all(Appointment(name=name, due_at=NOW) for name in ("digest", "Digest", "forget", "日历"))
        session.add(Person(id=HUGE, name=WORDS, area_code="a", created_at=NOW, started_at=NOW, is_admin=True))
        session.add(Person(id=5, created_at=NOW - timedelta(microseconds=1)))
        session.add(Group(id=-1_009_999_999_999, title="群", audience="volunteers", created_at=NOW))
        await session.flush()
        for number in range(1, 6):
            session.add(_wish(number, merged_into=None))
        await session.flush()
        session.add(_wish(9, merged_into=1))
        await session.flush()
        session.add(_wish(7, merged_into=9))
        await session.flush()
        line = {"wish_id": 1, "person_id": 5, "created_at": NOW}
        session.add(Line(**line, message_id=1, text=WORDS))
        session.add(Line(**line, message_id=2, media="photo", file_id="f", text=""))
        session.add(
            Claim(wish_id=1, person_id=HUGE, state=ClaimState.LIVE, state_since=NOW, due_at=NOW, hours=0.1, created_at=NOW)
        )
        session.add(Timeline(wish_id=1, at=NOW, event=Event.SUBMIT, from_state=State.DRAFT, to_state=State.OPEN, reason=WORDS))
        session.add(Card(id=3, wish_id=1, chat_id=HUGE, face="author", message_id=2**52 - 1, created_at=NOW))
        await session.flush()
        call = {"chat_id": 5, "method": "sendMessage", "not_before": datetime(2000, 1, 1, tzinfo=UTC), "created_at": NOW}
        session.add(Outgoing(**call, payload={"text": WORDS, "n": 1.10, "deep": [None, True, {"é": []}]}, card_id=3))
        session.add(Outgoing(**call, payload={}, state="failed", error="400"))
        session.add(Notice(chat_id=5, wish_id=1, about="open", due_at=NOW, created_at=NOW))
        session.add(Digest(day=date(2026, 3, 1), person_id=HUGE, figures={"new": 1}, created_at=NOW))
        session.add(SeenUpdate(id=1, at=NOW))
        session.add(SeenUpdate(id=2, at=NOW, outcome="failed", raw={"update_id": 2, "text": WORDS}, error="places"))


def _wish(number: int, **facts: Any) -> Wish:
    return Wish(
        id=number,
        author_id=5,
        kind=Kind.WISH,
        state=State.OPEN,
        state_since=NOW,
        category="home_repair",
        understood={"confidence": 0.30000000000000004, "words": ["灯泡"], "none": None},
        text=WORDS,
        published=bool(number % 2),
        rating=None,
        next_reminder_at=NOW,
        created_at=NOW,
        **facts,
    )


@pytest.fixture
async def other_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of the other kind."""
    if database_url.startswith("postgresql"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
        return
    async with fresh_database(request.getfixturevalue("postgresql"), "template1") as url:
        yield url
