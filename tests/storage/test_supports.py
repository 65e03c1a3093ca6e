"""What is found near a wish, and who supports which."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.transactions import Transactions
from rules.lifecycle import Kind, State
from storage import supports
from storage.models import Person, Wish

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WANG, ZHAO = 11, 12


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with Transactions(engine).begin() as opened:
        opened.add_all([Person(id=person, created_at=NOW) for person in (WANG, ZHAO)])
        await opened.flush()
        yield opened


async def wish(session: AsyncSession, *words: str, **more: Any) -> Wish:
    row = {"author_id": WANG, "kind": Kind.COMPLAINT, "state": State.OPEN, "state_since": NOW, "category": "facilities"}
    made = Wish(**row | {"created_at": NOW, "near": "cg-01", "matter": supports.as_matter(words)} | more)
    session.add(made)
    await session.flush()
    return made


async def test_only_live_wishes_of_the_community_that_share_a_word_are_found(session: AsyncSession) -> None:
    found = await wish(session, "路灯", "坏了")
    also = await wish(session, "路灯", state=State.CLAIMED)
    await wish(session, "垃圾")
    await wish(session, "红路灯牌")  # a piece of a word is no word
    await wish(session, "路灯", near="cg-02")
    await wish(session, "路灯", near=None)
    await wish(session, "路灯", state=State.DRAFT)
    await wish(session, "路灯", state=State.DELIVERED)
    await wish(session, "路灯", state=State.CLOSED, finished_at=NOW)
    assert [one.id for one in await supports.near(session, "cg-01", ["路灯"])] == [also.id, found.id]
    assert [one.id for one in await supports.near(session, "cg-01", ["路灯"], also.id)] == [found.id]
    assert [one.id for one in await supports.near(session, "cg-01", ["井盖", "坏了", "老鼠", "停电", "路灯"])] == [found.id]
    one = (await supports.near(session, "cg-01", ["坏了"]))[0]
    assert (one.kind, one.state, one.published, one.author_id) == (Kind.COMPLAINT, State.OPEN, False, WANG)


async def test_words_with_signs_are_looked_for_as_they_are(session: AsyncSession) -> None:
    await wish(session, "路灯")
    assert await supports.near(session, "cg-01", ["路灯' OR 1=1 --"]) == []


async def test_no_more_than_a_few_are_compared(session: AsyncSession) -> None:
    for _ in range(supports.MOST + 3):
        newest = await wish(session, "路灯")
    found = await supports.near(session, "cg-01", ["路灯"])
    assert len(found) == supports.MOST
    assert found[0].id == newest.id


async def test_nobody_is_counted_twice(session: AsyncSession) -> None:
    first, own = await wish(session, "路灯"), await wish(session, "路灯", author_id=ZHAO)
    assert await supports.add(session, NOW, first, ZHAO, own.id)
    assert not await supports.add(session, NOW, first, ZHAO, own.id)
    assert first.supporters == 1
    assert await supports.own_wishes(session, ZHAO, [first.id, own.id]) == {first.id: own.id}
    support = await supports.of(session, first.id, ZHAO)
    assert support is not None
    await supports.remove(session, first, support)
    assert first.supporters == 0
    assert await supports.following(session, first.id) == []
