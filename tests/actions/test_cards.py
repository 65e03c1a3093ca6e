"""Cards are edited to what they should show, and never to what they show already."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from rules.lifecycle import Kind, State
from storage import outbox
from storage.deliveries import Sent, settle
from storage.engine import open_engine, open_sessions
from storage.models import Card, Outgoing, Person, Wish

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def edit(text: str) -> dict[str, object]:
    return {"text": text, "reply_markup": {"inline_keyboard": []}}


async def test_a_card_that_is_changed_and_changed_back_is_not_edited_at_all(database_url: str) -> None:
    engine = open_engine(database_url)
    sessions = open_sessions(engine)
    async with sessions.begin() as session:
        session.add(Person(id=1, created_at=T0))
        await session.flush()
        wish = Wish(author_id=1, kind=Kind.WISH, state=State.DRAFT, state_since=T0, category="other", created_at=T0)
        session.add(wish)
        await session.flush()
        card = Card(wish_id=wish.id, chat_id=1, face="author", created_at=T0)
        session.add(card)
        await session.flush()
        await outbox.enqueue(session, T0, 1, "sendMessage", {"chat_id": 1, "text": "A"}, card_id=card.id)
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        (sent,) = await outbox.lease(session, now, 8)
    async with sessions.begin() as session:
        await settle(session, now, [(sent, Sent(77))])
    async with sessions.begin() as session:
        await outbox.enqueue(session, T0, 1, "editMessageText", edit("B"), card_id=sent.card_id)
        await outbox.enqueue(session, T0, 1, "editMessageText", edit("A"), card_id=sent.card_id)
    async with sessions.begin() as session:
        assert await outbox.lease(session, now + timedelta(seconds=1), 8) == []
        states = (await session.scalars(select(Outgoing.state).order_by(Outgoing.id))).all()
        assert states == ["sent", "dropped", "dropped"]
    async with sessions.begin() as session:
        await outbox.enqueue(session, T0, 1, "editMessageText", edit("C"), card_id=sent.card_id)
    async with sessions.begin() as session:
        (changed,) = await outbox.lease(session, now + timedelta(seconds=2), 8)
        assert (changed.payload["text"], changed.payload["message_id"]) == ("C", 77)
    await engine.dispose()
