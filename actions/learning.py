"""Learning from what people chose: every night, and when somebody asks for it. The learning itself is somebody else's work:
here it is given its texts, and what comes of it is kept as a version, put to use when it is better, or taken back.

An admin's choice of a category teaches; a resident's own once a reviewer let it stand (`rules.learning`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from nlp.learned import Learned, UnusableModel, fingerprint
from nlp.pupil import digest, question
from nlp.taxonomy import Taxonomy
from nlp.understanding import LONGEST
from rules.learning import ENOUGH, KEPT, MOST, Fate, Score, is_better, taught
from storage import appointments, lessons, versions
from storage.engine import wait_for_turn
from storage.lessons import Labelled
from storage.models import Appointment, LearnedModel

NAME = "learn"
_LOOKED_AT = 10 * MOST
"""Choices among which those that count are looked for."""


class Nothing(StrEnum):
    """Why there is nothing to learn."""

    FEW = "few"
    SAME = "same"  # a version was learned from just these


class Unusable(Exception):
    """No such version can be put to use; the message says why."""


@dataclass(frozen=True, slots=True)
class Homework:
    """What is to be learned from, on which taxonomy, and which version it is compared with."""

    taxonomy: str
    lessons: str
    current: int | None
    question: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of what was learned."""

    number: int
    fate: Fate
    figures: Mapping[str, Any]


# --- the night


async def make_appointment(session: AsyncSession, now: datetime, town: Town) -> None:
    """See to it that there is a next night; a restart changes nothing."""
    await appointments.not_later_than(session, NAME, _next_night(town, now))


async def take_turn(session: AsyncSession, now: datetime, town: Town) -> bool:
    """Whether it is time to learn. Of two who ask, one hears yes; what fails is tried the next night."""
    due = update(Appointment).where(Appointment.name == NAME, Appointment.due_at <= now)
    taken = await session.execute(due.values(due_at=_next_night(town, now)))
    return taken.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def _next_night(town: Town, now: datetime) -> datetime:
    """In the middle of the quiet hours."""
    begin, end = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in town.policy.calendar.quiet)
    middle = begin + ((end - begin) % timedelta(days=1)) / 2
    minutes = middle // timedelta(minutes=1) % (24 * 60)
    return town.policy.calendar.next_local(now, time(minutes // 60, minutes % 60))


# --- what is learned from, and what came of it


def labelled(rows: Iterable[tuple[str, str]], at: datetime) -> list[Labelled]:
    """Texts with the codes of their categories, as far as they are read at all, in an order that owes nothing to their file."""
    found = {digest(text): (text[:LONGEST], code) for text, code in rows if text.strip()}
    return [Labelled(key, *found[key], at) for key in sorted(found)]


async def homework(
    session: AsyncSession, taxonomy: Taxonomy, more: Iterable[Labelled] = (), *, again: bool = False
) -> Homework | Nothing:
    """What there is to learn, if anything; with `again` also what was learned before. `more` are texts that are not kept."""
    found = [*await _corrections(session), *await lessons.labelled(session, MOST), *more]
    known = [text for text in found if text.category in taxonomy.categories]
    chosen = sorted(lessons.newest(known, MOST), key=lambda text: text.digest)
    if len(chosen) < ENOUGH:
        return Nothing.FEW
    learned_on = fingerprint(taxonomy)
    meant = json.dumps([(text.digest, text.category) for text in chosen])
    key = hashlib.sha256(meant.encode()).hexdigest()[:32]
    if not again and await versions.learned_from(session, learned_on, key) is not None:
        return Nothing.SAME
    current = await versions.in_use(session, learned_on)
    said = await versions.learned(session, current) if current is not None else None
    asked = question(taxonomy, said if _usable(said) else None, [(text.text, text.category) for text in chosen])
    return Homework(learned_on, key, current, asked)


async def _corrections(session: AsyncSession) -> list[Labelled]:
    counted = taught(await lessons.choices(session, _LOOKED_AT))[:MOST]
    words = await lessons.words_of(session, [choice.wish for choice in counted])
    return [
        Labelled(digest(words[choice.wish]), words[choice.wish][:LONGEST], choice.category, choice.at)
        for choice in counted
        if words.get(choice.wish, "").strip()
    ]


def _usable(said: str | None) -> bool:
    try:
        return said is not None and Learned.from_json(said) is not None
    except UnusableModel:
        return False


def found_better(answered: Mapping[str, Any]) -> bool:
    """Whether what the pupil learned is better than what it was compared with."""
    return is_better(Score(**answered["before"]), Score(**answered["after"]), answered["held_back"])


async def keep(session: AsyncSession, now: datetime, work: Homework, answered: Mapping[str, Any]) -> Kept | None:
    """Keep what was learned as a version, and put it to use when it is better than what it was compared with.

    None, and nothing changed, when that is not in use any more, or when the same was learned meanwhile.
    """
    better = found_better(answered)
    await wait_for_turn(session)
    if await versions.in_use(session, work.taxonomy) != work.current:
        return None
    figures = {name: answered[name] for name in ("held_back", "before", "after")}
    number = await versions.add(
        session,
        taxonomy=work.taxonomy,
        lessons=work.lessons,
        texts=answered["texts"],
        before=work.current,
        figures=figures,
        learned=answered["learned"],
        created_at=now,
    )
    if number is None:
        return None
    if better:
        await versions.put_to_use(session, now, number, work.current, Fate.REPLACED)
    await versions.let_go(session, KEPT)
    return Kept(number, Fate.IN_USE if better else Fate.NOT_BETTER, figures)


# --- which version is in use


async def go_back(session: AsyncSession, now: datetime, taxonomy: Taxonomy) -> int | None:
    """Put the earlier version to use again, or the taxonomy alone (None). No night brings back what was taken back.

    Raises:
        Unusable: the taxonomy alone is in use; nothing was changed.
    """
    await wait_for_turn(session)
    current = await versions.in_use(session, fingerprint(taxonomy))
    if current is None:
        raise Unusable("The taxonomy alone is in use: there is nothing to go back from.")
    earlier = _earlier({model.number: model for model in await versions.every(session)}, current)
    await versions.put_to_use(session, now, earlier, current, Fate.TAKEN_BACK)
    return earlier


def _earlier(models: Mapping[int, LearnedModel], current: int) -> int | None:
    """The one whose place it took, or whose place that one took, and so on: the first that was not taken back itself."""
    passed = {current}
    number = models[current].before
    while number is not None and number not in passed and number in models:
        if models[number].state is Fate.REPLACED and models[number].learned is not None:
            return number
        passed.add(number)
        number = models[number].before
    return None


async def use(session: AsyncSession, now: datetime, taxonomy: Taxonomy, number: int | None) -> None:
    """Put a version to use, or the taxonomy alone (None), whatever its figures.

    Raises:
        Unusable: nothing was changed.
    """
    await wait_for_turn(session)
    current = await versions.in_use(session, fingerprint(taxonomy))
    if number == current:
        return
    if number is not None:
        model = await session.get(LearnedModel, number)
        if model is None:
            raise Unusable(f"There is no version {number}.")
        if model.taxonomy != fingerprint(taxonomy):
            raise Unusable(f"Version {number} was learned on another taxonomy.")
        if not _usable(model.learned):
            raise Unusable(f"Version {number} is too old: its figures are kept, what it learned is not.")
        model.before = current
        await session.flush()
    await versions.put_to_use(session, now, number, current, Fate.TAKEN_BACK if number is None else Fate.REPLACED)
