"""Taps travel in a queue of their own: one may arrive when its card says something else already, or is about to."""

import re
from dataclasses import dataclass
from html import unescape

from sqlalchemy.ext.asyncio import AsyncSession

from rules.errors import Outrun
from storage import outbox, wishes

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Tapped:
    """The message that a button was pressed on, as its reader saw it."""

    chat_id: int
    message_id: int
    text: str


async def require_seen(session: AsyncSession, wish_id: int, tapped: Tapped) -> None:
    """A yes is a yes to what stood there: a card that was replaced, or whose change is still on its way, is looked at first.

    Raises:
        Outrun: nothing was changed.
    """
    card = await wishes.card_at(session, tapped.chat_id, tapped.message_id)
    if card is None or card.wish_id != wish_id:
        return
    if card.retired:
        raise Outrun
    if card.displayed != card.shown:
        coming = await outbox.coming_text(session, card.id)
        if coming is not None and _plain(coming) != tapped.text.strip():
            raise Outrun


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html)).strip()
