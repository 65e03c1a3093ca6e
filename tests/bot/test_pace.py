"""What one process counts of how fast people write: an update once, however often its transaction is tried."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from aiogram.types import Chat, Message, Update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pace import FAST, Pacing
from storage.models import Person

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMIT = 20
WANG = 1001


class NoRows:
    async def flush(self) -> None:
        pass


def wang() -> Person:
    """Her row as it was before any of it."""
    return Person(id=WANG, name="王阿姨")


def says(number: int, *, album: str | None = None, seconds: float = 0.0) -> Update:
    at = T0 + timedelta(seconds=seconds)
    message = Message(message_id=number, date=at, chat=Chat(id=WANG, type="private"), text="灯坏了", media_group_id=album)
    return Update(update_id=number, message=message)


async def hear(pacing: Pacing, person: Person, updates: Iterable[Update]) -> list[tuple[int, Any]]:
    """What stands in the row after each."""
    session = cast(AsyncSession, NoRows())
    found = []
    for update in updates:
        await pacing.heard(session, update, person, LIMIT)
        found.append((person.flood_count or 0, person.flood_since))
    return found


async def test_what_is_tried_again_counts_once() -> None:
    pacing = Pacing()
    updates = [says(number) for number in range(1, FAST + 3)]
    first = await hear(pacing, wang(), updates)
    assert first[-1][0] == FAST + 2
    assert await hear(pacing, wang(), updates) == first  # rolled back, all eight of them, and tried again
    assert await hear(pacing, wang(), updates) == first


async def test_three_messages_whose_transaction_is_tried_three_times_are_not_fast() -> None:
    pacing = Pacing()
    for _ in range(3):
        assert (await hear(pacing, wang(), [says(1), says(2), says(3)]))[-1] == (0, None)


async def test_the_first_of_an_album_is_the_first_when_it_is_tried_again() -> None:
    pacing = Pacing()
    before = [says(number) for number in range(1, FAST)]
    await hear(pacing, wang(), before)
    album = [says(number, album="a") for number in range(FAST, FAST + 4)]
    for _ in range(2):
        assert [count for count, _ in await hear(pacing, wang(), album)] == [FAST] * 4


async def test_who_writes_on_after_a_minute_is_not_fast() -> None:
    counts = await hear(Pacing(), wang(), [says(number, seconds=61 * number) for number in range(1, 20)])
    assert counts[-1] == (0, None)
