"""One round of learning, by night or when somebody asks: read, let the pupil learn, keep what came of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from actions import learning
from actions.learning import Homework, Kept, Nothing
from actions.town import Town
from bot.clock import Clock
from bot.learn import pupil
from bot.ticks import ErrandFailed
from bot.transactions import Transactions
from nlp.taxonomy import Taxonomy
from storage.lessons import Labelled

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it; not kept when it was only tried, or when the version it was compared with is not in use any more."""

    work: Homework
    answer: dict[str, Any]
    kept: Kept | None

    @property
    def better(self) -> bool:
        return learning.found_better(self.answer)


async def learn(
    transactions: Transactions, clock: Clock, taxonomy: Taxonomy, more: Iterable[Labelled] = (), *, dry: bool = False
) -> Learned | Nothing:
    """Learn what there is to learn. No transaction is open while the pupil is at it.

    Raises:
        NotLearned: nothing was changed.
    """
    async with transactions.reading() as session:
        work = await learning.homework(session, taxonomy, more, again=dry)
    if isinstance(work, Nothing):
        return work
    answer = await pupil.ask(work.question)
    if dry:
        return Learned(work, answer, None)
    kept = await transactions.run(lambda session: learning.keep(session, clock.now(), work, answer))
    return Learned(work, answer, kept)


async def learn_by_night(transactions: Transactions, clock: Clock, town: Town) -> None:
    """Once a night, told of by the log alone: figures, nobody's words.

    Raises:
        ErrandFailed: nothing was changed; it is tried again the next night.
    """
    try:
        came = await learn(transactions, clock, town.taxonomy)
    except pupil.NotLearned as error:
        raise ErrandFailed(str(error)) from None
    if isinstance(came, Nothing):
        log.info("nothing to learn", extra={"why": came.value})
    elif came.kept is None:
        log.info("what was learned is not kept: another version was put to use meanwhile")
    else:
        answer = came.answer
        figures = {"held_back": answer["held_back"], "right": answer["after"]["right"], "before": answer["before"]["right"]}
        fate = came.kept.fate.value
        log.info("learned", extra={"version": came.kept.number, "fate": fate, "texts": answer["texts"], **figures})
