"""What must hold at the end of every story, whatever was told in it."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import select

from rules.lifecycle import HOLDING, LIVE, ClaimState, State
from storage.models import Card, Claim, Notice, Outgoing, Support, Timeline, Wish

if TYPE_CHECKING:
    from tests.stories.town import Town


async def assert_sound(town: "Town") -> None:
    """Every rule of the town's rows, with all that is wrong in one failure."""
    if town.app.workers is not None:
        await town.settle()
    async with town.app.transactions.begin() as session:
        wishes = (await session.scalars(select(Wish))).all()
        claims: dict[int, list[Claim]] = defaultdict(list)
        for claim in await session.scalars(select(Claim)):
            claims[claim.wish_id].append(claim)
        timeline: dict[int, list[Timeline]] = defaultdict(list)
        for row in await session.scalars(select(Timeline).order_by(Timeline.id)):
            timeline[row.wish_id].append(row)
        wrong = [problem for wish in wishes for problem in _wish(wish, claims[wish.id], timeline[wish.id])]
        supported = Counter(await session.scalars(select(Support.wish_id)))
        wrong += [
            f"wish {wish.id} counts {wish.supporters} supporters and has {supported[wish.id]}"
            for wish in wishes
            if wish.supporters != supported[wish.id]
        ]
        wrong += [
            f"wish {wish.id} is merged into none" for wish in wishes if (wish.state is State.MERGED) != bool(wish.merged_into)
        ]
        outgoing = (await session.scalars(select(Outgoing))).all()
        wrong += [f"row {row.id} ({row.method} to {row.chat_id}) still waits" for row in outgoing if row.state == "waiting"]
        wrong += [f"row {row.id} failed: {row.error}" for row in outgoing if row.state == "failed"]
        told = {row.card_id for row in outgoing if row.method.startswith("send")}
        cards = await session.scalars(select(Card).where(Card.message_id.is_(None)))
        wrong += [f"card {card.id} of wish {card.wish_id} was never sent" for card in cards if card.id not in told]
        notices = await session.scalars(select(Notice).where(Notice.due_at <= town.now()))
        wrong += [f"notice of wish {notice.wish_id} to {notice.chat_id} was left over" for notice in notices]
    assert not wrong, "\n".join(wrong)


def _wish(wish: Wish, claims: list[Claim], timeline: list[Timeline]) -> list[str]:
    wrong = []
    live = [claim for claim in claims if claim.state is ClaimState.LIVE]
    if wish.state in LIVE:
        if wish.next_reminder_at is None and not any(claim.next_reminder_at for claim in live):
            wrong.append(f"is {wish.state} and nobody will be reminded")
    else:
        if wish.next_reminder_at is not None or any(claim.next_reminder_at for claim in claims):
            wrong.append(f"is {wish.state} and still has a reminder")
        if live:
            wrong.append(f"is {wish.state} and somebody still holds it")
        if wish.finished_at is None:
            wrong.append(f"is {wish.state} and has no end")
    if any(claim.next_reminder_at for claim in claims if claim.state is not ClaimState.LIVE):
        wrong.append("has a reminder of a claim that ended")
    if sum(claim.state in HOLDING for claim in claims) > wish.places:
        wrong.append(f"has more helpers than places ({wish.places})")
    if wish.rating is not None and wish.state is not State.FULFILLED:
        wrong.append(f"is {wish.state} and rated")
    for earlier, later in pairwise(timeline):
        if later.from_state is not earlier.to_state:
            wrong.append(f"went to {earlier.to_state} by {earlier.event} and on from {later.from_state} by {later.event}")
        if later.at < earlier.at:
            wrong.append(f"went back in time by {later.event}")
    first, last = (timeline[0].from_state, timeline[-1].to_state) if timeline else (State.DRAFT, State.DRAFT)
    if first is not State.DRAFT or last is not wish.state:
        wrong.append(f"is {wish.state}, but its story goes from {first} to {last}")
    return [f"wish {wish.id} {problem}" for problem in wrong]
