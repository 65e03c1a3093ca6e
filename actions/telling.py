"""Telling people: everything said is an outgoing row, written in the transaction of what it tells of."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from storage import outbox, supports
from storage.models import Claim, Line, Notice, Outgoing, Person, Wish
from words import talk
from words.messages import Attachment, Message
from words.sentences import pieces, quote

ANSWERS, REMINDERS = 0, 1
DELETABLE = timedelta(hours=47)
"""Telegram deletes a bot's own messages for 48 hours."""
GATHERED = timedelta(minutes=10)
"""How long news for those who tell of the same matter waits for more of it."""
ALBUM_SIZE = 10
PIECE = 3500
_ALBUM = frozenset({"photo", "video"})
_METHODS = {"photo": "sendPhoto", "voice": "sendVoice", "video": "sendVideo", "document": "sendDocument"}


async def tell(session: AsyncSession, now: datetime, person: Person, message: Message, lane: int = ANSWERS) -> bool:
    """Queue a message for a person; False when they never started the bot or blocked it."""
    if not person.can_be_written:
        return False
    await post(session, now, person.id, message, lane)
    return True


async def post(
    session: AsyncSession, now: datetime, chat_id: int, message: Message, lane: int = ANSWERS, *, claim_id: int | None = None
) -> None:
    """Queue a message for a chat: its files first, then its words. `claim_id`: it is only for whoever holds that claim."""
    await send_files(session, now, chat_id, message.attachments, lane, claim_id=claim_id)
    if message.text:
        payload = message.payload(chat_id)
        await outbox.enqueue(session, now, chat_id, "sendMessage", payload, lane=lane, claim_id=claim_id)


async def send_words(session: AsyncSession, now: datetime, chat_id: int, text: str, *, claim_id: int | None = None) -> None:
    """Somebody's words in full, in as many messages as they need."""
    for piece in pieces(text, PIECE):
        await post(session, now, chat_id, Message(quote(piece, PIECE)), claim_id=claim_id)


async def notice(
    session: AsyncSession,
    now: datetime,
    chat_id: int,
    wish: Wish,
    about: str,
    claim: Claim | None = None,
    *,
    due_at: datetime | None = None,
) -> None:
    """One line for the next list of a chat; a line about the same that still waits is enough."""
    waiting = await session.scalar(
        select(Notice.id).where(Notice.chat_id == chat_id, Notice.wish_id == wish.id, Notice.about == about)
    )
    if waiting is None:
        session.add(
            Notice(
                chat_id=chat_id,
                wish_id=wish.id,
                claim_id=claim.id if claim else None,
                about=about,
                due_at=due_at or now,
                created_at=now,
            )
        )


async def tell_supporters(session: AsyncSession, now: datetime, town: Town, wish: Wish, *, but: Person | None = None) -> None:
    """A line for each of them, but whoever did it: gathered a little while, so that two steps at once are one message."""
    due = town.policy.calendar.wake(now + GATHERED)
    for _, person in await supports.following(session, wish.id):
        if person.can_be_written and (but is None or person.id != but.id):
            await notice(session, now, person.id, wish, supports.NEWS, due_at=due)


async def clear_away(session: AsyncSession, now: datetime, delivered: Iterable[Outgoing], instead: Message) -> None:
    """Whoever reads there may not any more: messages are deleted; words that are too old for that become `instead`."""
    for row in delivered:
        if row.done_at is not None and now - row.done_at < DELETABLE:
            for message_id in (row.message_id, *row.payload.get(outbox.OTHERS, ())):
                payload = {"chat_id": row.chat_id, "message_id": message_id}
                await outbox.enqueue(session, now, row.chat_id, "deleteMessage", payload)
        elif row.method == "sendMessage" and row.message_id is not None:
            await rewrite(session, now, row.chat_id, row.message_id, instead)
        row.message_id = None  # once is enough


async def take_back_from_helper(session: AsyncSession, now: datetime, claim: Claim) -> None:
    """The claim is over: the resident's words and photos leave the chat of whoever held it."""
    delivered = await outbox.delivered_of_claim(session, claim.id)
    if delivered:
        helper = await session.get_one(Person, claim.person_id)
        await clear_away(session, now, delivered, talk.taken_back(helper.locale, claim.wish_id))


async def rewrite(session: AsyncSession, now: datetime, chat_id: int, message_id: int, message: Message) -> None:
    """Queue an edit of a message that is no card: a list that turns its page, a question that is settled."""
    payload = message.payload(chat_id) | {"message_id": message_id}
    payload.setdefault("reply_markup", {"inline_keyboard": []})
    await outbox.enqueue(session, now, chat_id, "editMessageText", payload)


async def send_files(
    session: AsyncSession,
    now: datetime,
    chat_id: int,
    files: Iterable[Attachment],
    lane: int = ANSWERS,
    *,
    claim_id: int | None = None,
    after: str | None = None,
) -> None:
    """Photos and videos as albums of up to ten, everything else one by one; their content may not be passed on.

    `after`: the file that they follow in an album; if that is still on its way, they go together.
    """
    waiting = list(files)
    if after is not None and waiting:
        waiting = [*_files_in(await outbox.take_back(session, chat_id, after, ALBUM_SIZE)), *waiting]
    album = [file for file in waiting if file.media in _ALBUM]
    alone = [file for file in waiting if file.media not in _ALBUM]
    for start in range(0, len(album), ALBUM_SIZE):
        part = album[start : start + ALBUM_SIZE]
        if len(part) == 1:  # Telegram's albums have two files or more
            alone += part
            continue
        media = [{"type": file.media, "media": file.file_id} for file in part]
        payload = {"chat_id": chat_id, "media": media, "protect_content": True}
        await outbox.enqueue(session, now, chat_id, "sendMediaGroup", payload, lane=lane, claim_id=claim_id)
    for file in alone:
        method = _METHODS.get(file.media)
        if method is not None:
            payload = {"chat_id": chat_id, file.media: file.file_id, "protect_content": True}
            await outbox.enqueue(session, now, chat_id, method, payload, lane=lane, claim_id=claim_id)


def _files_in(payload: Mapping[str, Any]) -> list[Attachment]:
    """The photos and videos of a call that was to send them."""
    alone = [Attachment(media, payload[media]) for media in _ALBUM if media in payload]
    return alone or [Attachment(piece["type"], piece["media"]) for piece in payload.get("media", ())]


def files_of(lines: Iterable[Line]) -> tuple[Attachment, ...]:
    return tuple(Attachment(line.media, line.file_id) for line in lines if line.media and line.file_id)
