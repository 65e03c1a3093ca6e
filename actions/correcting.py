"""A message edited in Telegram: whatever it was (words, a phone number, a report), the change counts or is answered."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import cards, contacts, delivering, drafts, emergencies, hearing, reading, twins
from actions.drafts import Said
from actions.town import Town
from rules.errors import TooLong
from rules.lifecycle import TERMINAL, ClaimState, Kind, State
from storage import wishes
from storage.models import Line, Person, Wish
from words import answers
from words.messages import Message


async def correct(session: AsyncSession, now: datetime, town: Town, person: Person, said: Said) -> Message | None:
    """Find the line that the message became, and change what still can be changed; what was only answered may be heard now.

    Raises:
        TooLong: nothing was changed.
    """
    line = await wishes.line_of(session, person.id, said.message_id)
    if line is None:
        return await hearing.change(session, now, town, person, said)
    if line.text == said.text:
        return None
    wish = await wishes.locked(session, line.wish_id)
    if line.role == "claimant":
        return await _report(session, now, town, person, wish, line, said.text)
    if wish.state in TERMINAL:
        return answers.too_late_it_ended(person.locale, wish.id)
    if line.role == contacts.ROLE:
        return await contacts.correct(session, now, town, person, line, said.text)
    alarmed = wish.kind is Kind.EMERGENCY
    if not alarmed and wish.state not in (State.DRAFT, State.REVIEWING):
        return answers.too_late_to_edit(person.locale, wish.id)
    others = [other for other in await wishes.lines(session, wish.id) if other.id != line.id]
    if sum(len(other.text) + 1 for other in others) + len(said.text) > drafts.TEXT_LIMIT:
        raise TooLong(drafts.TEXT_LIMIT)
    line.text, line.edited_at = said.text, now
    await session.flush()
    lines = list(await wishes.lines(session, wish.id))
    if alarmed:
        wish.text = reading.joined(lines)
        await emergencies.pass_on(session, now, town, wish)
        return None
    reading.understand(town, wish, lines, person)
    if wish.state is State.DRAFT:
        await twins.look(session, town, wish)
    else:
        twins.keep_matter(town, wish)
    if wish.kind is Kind.EMERGENCY:
        await emergencies.alarm(session, now, town, person, wish)
        return None
    await cards.refresh(session, now, town, wish)
    return None


async def _report(
    session: AsyncSession, now: datetime, town: Town, helper: Person, wish: Wish, line: Line, text: str
) -> Message | None:
    """A helper's report: until it is handed in."""
    held = [claim for claim in await wishes.claims(session, wish.id) if claim.person_id == helper.id]
    claim = next((claim for claim in held if claim.state is ClaimState.LIVE and claim.created_at <= line.created_at), None)
    if claim is None:
        return answers.too_late_to_edit_report(helper.locale, wish.id)
    written = await delivering.report_lines(session, claim)
    if sum(len(other.text) for other in written if other.id != line.id) + len(text) > delivering.REPORT_LIMIT:
        raise TooLong(delivering.REPORT_LIMIT)
    line.text, line.edited_at = text, now
    return None
