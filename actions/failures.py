"""What failed for good: an apology to whoever it came from, and what admins do with it.

Nobody who looks after it reads what it says: its author has not handed it in, and may have typed a number or an address. Only a
cry for help is read by officers at once, as it is when nothing fails.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions import telling
from actions.town import Town
from nlp.emergency import NUMBERS
from rules.errors import AlreadyDone, NotFound
from rules.permissions import require_keeper
from storage import failures, outbox, roster
from storage.models import Outgoing, Person, SeenUpdate
from storage.people import DEFAULT_LOCALE
from words import failures as words
from words.messages import Message

LAST_PAGE = 500
SORRY = timedelta(minutes=10)
"""Who was told that something broke, and nothing since, is not told again for so long."""
_MEDIA = ("photo", "voice", "video", "document", "sticker", "location", "contact")


async def apologise(session: AsyncSession, now: datetime, town: Town, person_id: int, chat_id: int, text: str) -> None:
    """To whoever sent what could not be handled. If it was a cry for help, with the number to call, and officers are told."""
    person = await session.get(Person, person_id)
    if chat_id < 0:  # a group need not read of it
        chat_id = person_id
        if person is None or not person.can_be_written:
            return
    locale = person.locale if person is not None else DEFAULT_LOCALE
    danger = town.reader.emergency(text) if text else None
    if danger is None:
        sorry = words.apology(locale)
        if await outbox.texts_since(session, chat_id, now - SORRY, 1) != [sorry.text]:  # a row of failures is one trouble
            await telling.post(session, now, chat_id, sorry)
        return
    await telling.post(session, now, chat_id, words.apology_in_danger(locale, danger, NUMBERS.get(danger, ("110",))))
    for admin in await roster.admins(session):
        if admin.id != person_id:
            cry = words.unheard_cry(admin.locale, danger, text, name=_name(person), id=person_id)
            await telling.tell(session, now, admin, cry)


def _name(person: Person | None) -> str:
    return (person.name if person is not None else "") or "?"


async def listed(session: AsyncSession, town: Town, admin: Person, page: int = 0) -> Message:
    """Updates and messages that failed, the longest waiting first.

    Raises:
        NotAllowed
    """
    require_keeper(is_admin=admin.is_admin)
    page = min(max(page, 0), LAST_PAGE)
    start, most = page * words.PAGE, words.PAGE + 1
    count = await failures.count_updates(session)
    updates = [_facts(town, row) for row in await failures.updates(session, start, most)]
    rest = most - len(updates)
    messages = []
    if rest:
        found = await failures.messages(session, max(0, start - count), rest)
        messages = [_message_facts(town, row, title) for row, title in found]
    return words.listed(admin.locale, [*updates, *messages], page)


async def show_update(session: AsyncSession, town: Town, admin: Person, update_id: int, *, sure: bool = True) -> Message:
    """One that could not be handled; `sure` is False while its reader is asked whether it may go.

    Raises:
        NotAllowed; AlreadyDone: it is settled.
    """
    return words.update(admin.locale, _facts(town, await _kept(session, admin, update_id)), sure=sure)


async def show_message(session: AsyncSession, town: Town, admin: Person, row_id: int) -> Message:
    """One that could not be sent.

    Raises:
        NotAllowed, NotFound; AlreadyDone: it is settled.
    """
    return words.message(admin.locale, await _message(session, town, admin, row_id))


async def run_again(session: AsyncSession, town: Town, admin: Person, update_id: int) -> Message:
    """Have an update handled as if it came now; what comes of it goes to whoever sent it.

    Raises:
        NotAllowed; AlreadyDone: another admin was faster, or it is a second tap.
    """
    row = await _kept(session, admin, update_id)
    if not await failures.run_again(session, update_id):
        raise AlreadyDone
    return words.runs_again(admin.locale, _facts(town, row))


async def drop_update(session: AsyncSession, now: datetime, town: Town, admin: Person, update_id: int) -> Message:
    """Forget an update; whoever sent it is asked to say it once more.

    Raises:
        NotAllowed; AlreadyDone.
    """
    row = await _kept(session, admin, update_id)
    facts, sender = _facts(town, row), _private_sender(row.raw)
    if not await failures.drop_update(session, update_id):
        raise AlreadyDone
    person = await session.get(Person, sender) if sender is not None else None
    told = person is not None and await telling.tell(session, now, person, words.say_it_again(person.locale, facts))
    return words.dropped(admin.locale, facts, told=told)


async def send_again(session: AsyncSession, town: Town, admin: Person, row_id: int) -> Message:
    """Put a message back into the queue.

    Raises:
        NotAllowed, NotFound; AlreadyDone.
    """
    shown = await _message(session, town, admin, row_id)
    if not await failures.send_again(session, row_id):
        raise AlreadyDone
    return words.goes_again(admin.locale, shown)


async def drop_message(session: AsyncSession, now: datetime, town: Town, admin: Person, row_id: int) -> Message:
    """Do not send it any more.

    Raises:
        NotAllowed, NotFound; AlreadyDone.
    """
    shown = await _message(session, town, admin, row_id)
    if not await failures.drop_message(session, row_id, now):
        raise AlreadyDone
    return words.not_sent(admin.locale, shown)


async def _kept(session: AsyncSession, admin: Person, update_id: int) -> SeenUpdate:
    """An update that still waits for somebody's decision, for whoever may decide."""
    require_keeper(is_admin=admin.is_admin)
    row = await failures.kept_update(session, update_id)
    if row is None:
        raise AlreadyDone
    return row


async def _message(session: AsyncSession, town: Town, admin: Person, row_id: int) -> words.Failed:
    """A message that still waits for somebody's decision, for whoever may decide."""
    require_keeper(is_admin=admin.is_admin)
    row = await session.get(Outgoing, row_id)
    if row is None:
        raise NotFound
    if row.state != "failed":
        raise AlreadyDone
    return _message_facts(town, row, await roster.title(session, row.chat_id))


def _facts(town: Town, row: SeenUpdate) -> words.Failed:
    """What may be told of an update: when, of what kind, how long, where it failed."""
    raw = row.raw or {}
    what, content = _content(raw)
    length = len(str(content.get("text") or content.get("caption") or ""))
    if row.outcome == "unreadable":
        what = "unreadable"
    elif what == "text" and length:
        what = "words"
    return words.Failed(
        id=row.id,
        is_update=True,
        at=row.at,
        zone=town.policy.calendar.tz,
        what=what,
        length=length,
        error=row.error or "?",
        can_run=row.id >= 0,
        group=_chat_of(content).get("title") or "",
    )


def _content(raw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The kind of an update, and what it tells of."""
    for key, what in (("message", "text"), ("edited_message", "edit"), ("callback_query", "tap"), ("my_chat_member", "seat")):
        content = raw.get(key)
        if isinstance(content, dict):
            media = next((kind for kind in _MEDIA if kind in content), None)
            return (media or what) if key == "message" else what, content
    return "other", {}


def _chat_of(content: dict[str, Any]) -> dict[str, Any]:
    held = content.get("message") if isinstance(content.get("message"), dict) else content
    chat = held.get("chat") if isinstance(held, dict) else None
    return chat if isinstance(chat, dict) else {}


def _private_sender(raw: dict[str, Any] | None) -> int | None:
    """Who wrote it, if they wrote it privately: a tap is no loss."""
    content = (raw or {}).get("message")
    if not isinstance(content, dict):
        return None
    sender, chat = content.get("from"), _chat_of(content)
    who = sender.get("id") if isinstance(sender, dict) else None
    return who if isinstance(who, int) and chat.get("id") == who else None


def _message_facts(town: Town, row: Outgoing, title: str | None) -> words.Failed:
    return words.Failed(
        id=row.id,
        is_update=False,
        at=row.done_at or row.created_at,
        zone=town.policy.calendar.tz,
        what="photo" if row.method in ("sendPhoto", "sendVideo", "sendMediaGroup") else "text",
        length=0,
        error=row.error or "?",
        can_run=True,
        group=title or "",
    )
