"""What Telegram tells beside the way: a message was deleted, somebody cannot be reached any more, a group has another id."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, posting, telling
from actions.town import Town
from rules.lifecycle import LIVE, State
from storage import chats, wishes
from storage.deliveries import Aftermath
from storage.models import Card, Claim
from words import lists
from words.sentences import LOCALES

UNREACHABLE = "unreachable"


async def mend(session: AsyncSession, now: datetime, town: Town, aftermath: Aftermath) -> None:
    """Post what was deleted, or left behind, and is still needed anew; let a card that stays for ever point on; tell officers,
    once, who cannot be told anything.
    """
    await _unsay_hello(session, now, aftermath.new_seats)
    await _post_moved(session, now, town, aftermath.moved_cards)
    for card_id in sorted(aftermath.lost_cards):
        await _post_anew(session, now, town, await session.get_one(Card, card_id))
    for card_id in sorted(aftermath.lasting_cards):
        await cards.point_on(session, now, await session.get_one(Card, card_id))
    for person_id in sorted(aftermath.gone_people):
        await tell_officers(session, now, town, person_id)


async def follow(session: AsyncSession, now: datetime, town: Town, old: int, new: int) -> None:
    """A group became a supergroup: all of it goes on under the new id, and its cards stand there anew."""
    moves = {old: new}
    seats = await chats.take_seats(session, now, moves)
    await chats.lock_wishes(session, moves.keys())
    moved = await chats.carry_over(session, moves)
    await _unsay_hello(session, now, seats)
    await _post_moved(session, now, town, moved)


async def _unsay_hello(session: AsyncSession, now: datetime, chat_ids: Sequence[int]) -> None:
    """To Telegram the bot is new under a new id, and it said hello as to strangers."""
    for chat_id in chat_ids:
        await chats.unsay(session, now, chat_id, [lists.group_hello(locale).text for locale in LOCALES])


async def _post_moved(session: AsyncSession, now: datetime, town: Town, card_ids: Sequence[int]) -> None:
    """The same cards, in other messages; of what is over there is nothing to follow."""
    found = [await session.get_one(Card, card_id, populate_existing=True) for card_id in card_ids]
    for card in sorted(found, key=lambda card: (card.wish_id, card.id)):
        wish = await wishes.locked(session, card.wish_id)
        if wish.state in LIVE:
            await cards.send_anew(session, now, town, wish, card, telling.REMINDERS)
        else:
            card.retired = True


async def _post_anew(session: AsyncSession, now: datetime, town: Town, lost: Card) -> None:
    """A group needs only what can be claimed; everybody else the wish as long as it lives."""
    wish = await wishes.locked(session, lost.wish_id)
    if wish.state not in ({State.OPEN} if lost.face == cards.GROUP else LIVE):
        return
    if any(card.chat_id == lost.chat_id and card.face == lost.face for card in await wishes.cards(session, wish.id)):
        return  # a newer one stands there
    claim = await session.get(Claim, lost.claim_id) if lost.claim_id is not None else None
    mode = "again" if lost.face == cards.GROUP else ""
    await cards.show(session, now, town, wish, lost.chat_id, lost.face, claim=claim, mode=mode, lane=telling.REMINDERS)


async def tell_officers(session: AsyncSession, now: datetime, town: Town, person_id: int) -> None:
    """Somebody blocked the bot: what they wait for, or promised, is named in the next list of the area's officers."""
    for wish, claim in await wishes.live_of(session, person_id):
        for chat_id in await posting.staff_chats(session, town, wish):
            if chat_id != person_id:
                await telling.notice(session, now, chat_id, wish, UNREACHABLE, claim)
