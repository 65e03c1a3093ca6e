"""What became of every text, read from the database itself, and how fast it went."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.playing.failure import PlayFailed
from bot.playing.opening import read_only
from rules.lifecycle import LIVE, ClaimState, Event
from storage.models import Claim, Digest, Line, SeenUpdate, Timeline, Wish

if TYPE_CHECKING:
    from bot.playing.windows import Traffic

Json = dict[str, Any]
ENDS = ("wish", "line", "joined", "filed")
"""Every text is the first line of a wish, a further one, one of a wish that joined another, or was only answered."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the rows say at the end."""

    stored_as: dict[str, int]  # by the ends
    lost: Counter[str]  # texts that ended nowhere, by what became of their update
    by_state: dict[str, int]
    reminders: int
    digests: int
    live_without_reminder: int


async def require_empty(url: str) -> None:
    """Raises PlayFailed: the database is not there, or holds a town's wishes already."""
    engine = read_only(url)
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
            wishes = await connection.scalar(select(func.count()).select_from(Wish)) if Wish.__tablename__ in tables else 0
    except (SQLAlchemyError, OSError) as error:
        raise PlayFailed(f"The database cannot be reached: {type(error).__name__}.") from None
    finally:
        await engine.dispose()
    if wishes:
        raise PlayFailed(f"The database holds {wishes} wishes already; a replay needs an empty one.")


async def take_stock(engine: AsyncEngine, texts: Sequence[tuple[int, int]], updates: Iterable[Json]) -> Accounts:
    """Find every text by its author and message id, and count what there is."""
    async with engine.connect() as connection:
        stored, nowhere = await _stored(connection, texts)
        lost = await _filed(connection, stored, nowhere, updates)
        states = await connection.execute(select(Wish.state, func.count()).group_by(Wish.state))
        reminded = exists().where(Claim.wish_id == Wish.id, Claim.state == ClaimState.LIVE, Claim.next_reminder_at.is_not(None))
        forgotten = select(func.count()).where(Wish.state.in_(LIVE), Wish.next_reminder_at.is_(None), ~reminded)
        return Accounts(
            stored_as={end: stored[end] for end in ENDS},
            lost=lost,
            by_state={str(state): count for state, count in sorted(states.tuples())},
            reminders=await connection.scalar(select(func.count()).where(Timeline.event == Event.REMIND)) or 0,
            digests=await connection.scalar(select(func.count()).select_from(Digest)) or 0,
            live_without_reminder=await connection.scalar(forgotten) or 0,
        )


async def _stored(connection: AsyncConnection, texts: Sequence[tuple[int, int]]) -> tuple[Counter[str], list[tuple[int, int]]]:
    """How each text is kept; and those that no wish keeps."""
    query = (
        select(Line.person_id, Line.message_id, Line.id, Line.wish_id, Wish.merged_into)
        .join(Wish, Wish.id == Line.wish_id)
        .where(Line.role == "author")
        .order_by(Line.id)
    )
    first: dict[int, int] = {}
    ends: dict[tuple[int, int], str] = {}
    for person_id, message_id, line_id, wish_id, merged_into in await connection.execute(query):
        is_first = first.setdefault(wish_id, line_id) == line_id
        ends[person_id, message_id] = "joined" if merged_into is not None else "wish" if is_first else "line"
    stored = Counter(ends[text] for text in texts if text in ends)
    return stored, [text for text in texts if text not in ends]


async def _filed(
    connection: AsyncConnection, stored: Counter[str], nowhere: Sequence[tuple[int, int]], updates: Iterable[Json]
) -> Counter[str]:
    """Texts that were handled and answered are filed; what is left was lost, and counted by the outcome of its update."""
    if not nowhere:
        return Counter()
    numbers = {(row["chat_id"], row["message_id"]): row["update_id"] for row in updates if row["kind"] == "message"}
    outcomes: dict[int, str] = {}
    for update_id, outcome in await connection.execute(select(SeenUpdate.id, SeenUpdate.outcome)):
        outcomes[update_id] = outcome
    ended = Counter(outcomes.get(numbers.get(text, 0), "never seen") for text in nowhere)
    stored["filed"] += ended.pop("done", 0)
    return ended


def commit_times(updates: Iterable[Json], trace: Path) -> list[float]:
    """Milliseconds from handing an update over to its commit."""
    committed: dict[int, float] = {}
    for line in trace.read_text("utf-8").splitlines():
        row = json.loads(line)
        committed.setdefault(row["update"], row["committed_mono_ms"])
    return [
        committed[row["update_id"]] - row["handed_mono_ms"]
        for row in updates
        if row["handed_mono_ms"] is not None and row["update_id"] in committed
    ]


def answer_times(updates: Iterable[Json], traffic: "Traffic") -> list[float]:
    """Milliseconds from a message to the end of the bot's next call to its chat."""
    times = []
    for row in updates:
        chat, queued = row["chat_id"], row["queued_mono_ms"]
        if row["kind"] != "message" or chat not in traffic.arrived:
            continue
        position = bisect_left(traffic.arrived[chat], queued)
        if position < len(traffic.done[chat]):
            times.append(traffic.done[chat][position] - queued)
    return times


def p95(times: Sequence[float]) -> float | None:
    """What 95 of 100 do not exceed; None without any."""
    return round(sorted(times)[ceil(len(times) * 0.95) - 1], 1) if times else None
