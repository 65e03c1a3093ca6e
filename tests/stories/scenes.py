"""Wishes that are there when a story begins: made by the same actions as a resident's taps, without the taps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from actions import claiming, delivering, drafts, reviewing, sorting
from rules.lifecycle import Kind, State
from storage import wishes
from storage.models import Person, Wish
from tests.stories.town import ADMIN, Actor, Town

_numbers = count(1_000_000)


async def submitted(town: Town, author: Actor, text: str = "想请人帮忙换个灯泡", *, publish: bool = True, **facts: Any) -> int:
    """A wish that was sent off; `facts` are set on its row before that."""
    told = await _submit(town, author, text, publish, facts)
    await town.settle()
    return told


async def corrected(town: Town, author: Actor, texts: Sequence[str], code: str) -> list[int]:
    """So many complaints that an admin put into another category, without the taps."""
    made = []
    for text in texts:
        made.append(await _submit(town, author, text, False, {"kind": Kind.COMPLAINT}))
        async with town.app.transactions.begin() as session:
            admin = await session.get_one(Person, ADMIN)
            await sorting.categorise(session, town.now(), _town(town), admin, made[-1], code)
    await town.settle()
    return made


async def opened(town: Town, author: Actor, text: str = "想请人帮忙换个灯泡", *, publish: bool = True, **facts: Any) -> int:
    """A wish, or a complaint, that was approved."""
    told = await _submit(town, author, text, publish, facts)
    await _approve(town, told)
    await town.settle()
    return told


async def many_opened(town: Town, author: Actor, number: int, *, publish: bool = True, **facts: Any) -> list[int]:
    """As many at once."""
    found = []
    for one in range(1, number + 1):
        found.append(await _submit(town, author, f"第{one}件：想请人帮忙换个灯泡", publish, facts))
        await _approve(town, found[-1])
    await town.settle()
    return found


async def claimed(town: Town, author: Actor, helper: Actor, text: str = "想请人帮忙换个灯泡", **facts: Any) -> int:
    """A wish that somebody has in hand."""
    told = await opened(town, author, text, **facts)
    async with town.app.transactions.begin() as session:
        person = await session.get_one(Person, helper.id)
        await claiming.claim(session, town.now(), _town(town), person, told)
    await town.settle()
    return told


async def delivered(town: Town, author: Actor, helper: Actor, text: str = "想请人帮忙换个灯泡", **facts: Any) -> int:
    """A wish that its helper says is done."""
    told = await claimed(town, author, helper, text, **facts)
    async with town.app.transactions.begin() as session:
        person = await session.get_one(Person, helper.id)
        claim = next(claim for claim, _ in await wishes.holders(session, told))
        await delivering.deliver(session, town.now(), _town(town), person, claim.id, 1.0)
    await town.settle()
    return told


async def _submit(town: Town, author: Actor, text: str, publish: bool, facts: dict[str, Any]) -> int:
    async with town.app.transactions.begin() as session:
        person = await session.get_one(Person, author.id)
        draft = drafts.begin(person, town.now())
        session.add(draft)
        await session.flush()
        said = drafts.Said(next(_numbers), text)
        await drafts.add_line(session, town.now(), _town(town), person, draft, said)
        draft.published = publish
        for name, value in {"urgency": "whenever", **facts}.items():
            setattr(draft, name, value)
        await session.flush()
        await drafts.submit(session, town.now(), _town(town), person, draft.id)
        return draft.id


async def _approve(town: Town, wish_id: int) -> None:
    async with town.app.transactions.begin() as session:
        wish = await session.get_one(Wish, wish_id)
        if wish.state is State.REVIEWING:
            admin = await session.get_one(Person, ADMIN)
            await reviewing.approve(session, town.now(), _town(town), admin, wish_id)


def _town(town: Town) -> Any:
    assert town.app.town is not None
    return town.app.town


# --- what was said, and when


async def said(town: Town, *chats: int) -> list[tuple[datetime, int, str]]:
    """Everything the bot sent to these chats, as it was when it was sent: local time, chat, text; oldest first."""
    zone = _town(town).policy.calendar.tz
    found: list[tuple[datetime, int, str]] = []
    seen = 0
    while calls := await town.people.calls(after=seen, limit=10_000):
        seen = calls[-1]["seq"]
        for call in calls:
            if call["method"].lower().startswith("send") and call["answer"].get("ok"):
                result = call["answer"]["result"]
                sent = result[0] if isinstance(result, list) else result
                at = datetime.fromtimestamp(sent["date"], zone)
                found.append((at, sent["chat"]["id"], str(call["payload"].get("text") or "")))
    return [row for row in found if row[1] in chats]


async def times(town: Town, chat: int, words: str) -> list[str]:
    """When `words` were said in a chat, as "03-02 19:00" local."""
    return [f"{at:%m-%d %H:%M}" for at, _, text in await said(town, chat) if words in text]


async def until(town: Town, local: str, *, live: bool = True) -> None:
    """Go on to a local time ("03-05 09:30"), step by step or at once."""
    zone = _town(town).policy.calendar.tz
    target = datetime.strptime(f"2026-{local}", "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    length: timedelta = target - town.now()
    if live:
        await town.live_through(seconds=length.total_seconds())
    else:
        await town.advance(seconds=length.total_seconds())
