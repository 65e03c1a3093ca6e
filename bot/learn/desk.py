"""What `wishlight learn` does, each in transactions of its own that end soon: a bot may write to the same database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from actions import learning
from actions.learning import Nothing
from bot.clock import SystemClock
from bot.learn.night import Learned, learn
from bot.transactions import Transactions, is_down
from nlp.learned import fingerprint
from nlp.taxonomy import Taxonomy
from rules.learning import MOST
from storage import lessons, versions
from storage.engine import is_made, open_engine
from storage.lessons import Labelled
from storage.models import LearnedModel

_AT_ONCE = 200
"""Texts in one transaction."""


class NoDatabase(Exception):
    """There is none, or it is of an earlier program; the message says what to do."""


class Desk:
    """Somebody who learns on demand, from one database on one taxonomy."""

    def __init__(self, transactions: Transactions, taxonomy: Taxonomy) -> None:
        self._transactions = transactions
        self._taxonomy = taxonomy
        self._clock = SystemClock()

    async def learn(self, rows: Sequence[tuple[str, str]], source: str, unknown: Sequence[str], *, dry: bool) -> dict[str, Any]:
        """Keep the texts of a file, if there are any, and learn from all that there is; with `dry`, keep nothing.

        Raises:
            NotLearned: the texts are kept, and nothing else was changed.
        """
        texts = learning.labelled([(text, code) for text, code in rows if code in self._taxonomy.categories], self._clock.now())
        told: dict[str, Any] = {}
        if source:
            told = {"texts_of_file": len(texts), "new": 0, "unknown_labels": list(unknown)}
            if not dry:
                told["new"] = await self._keep(texts, source)
        came = await learn(self._transactions, self._clock, self._taxonomy, texts if dry else (), dry=dry)
        return told | _told(came, dry=dry)

    async def _keep(self, texts: Sequence[Labelled], source: str) -> int:
        new = 0
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            new += await self._transactions.run(lambda session, some=some: lessons.keep(session, some, source))  # type: ignore[misc]
        await self._transactions.run(lambda session: lessons.let_go(session, MOST))
        return new

    async def every(self) -> list[dict[str, Any]]:
        """The versions, the newest first."""
        ours = fingerprint(self._taxonomy)
        async with self._transactions.reading() as session:
            return [_version(model, ours) for model in await versions.every(session)]

    async def go_back(self) -> dict[str, Any]:
        """Raises: Unusable."""
        now = self._clock.now()
        number = await self._transactions.run(lambda session: learning.go_back(session, now, self._taxonomy))
        return {"outcome": "back", "in_use": number}

    async def use(self, number: int | None) -> dict[str, Any]:
        """Raises: Unusable."""
        now = self._clock.now()
        await self._transactions.run(lambda session: learning.use(session, now, self._taxonomy, number))
        return {"outcome": "used", "in_use": number}


@asynccontextmanager
async def opened(url: str, taxonomy: Taxonomy) -> AsyncIterator[Desk]:
    """
    Raises:
        NoDatabase: nothing was made.
    """
    if not is_made(url):
        path = make_url(url).database
        raise NoDatabase(f"There is no database {path}: `wishlight run` or `wishlight migrate` makes it.")
    engine = open_engine(url)
    try:
        transactions = Transactions(engine)
        try:
            async with transactions.reading() as session:
                await versions.in_use(session, "")
        except (SQLAlchemyError, OSError) as error:
            if is_down(error):
                raise NoDatabase("The database cannot be reached.") from None
            if isinstance(error, ProgrammingError | OperationalError):
                raise NoDatabase("The database is of an earlier program: `wishlight migrate` brings it up to date.") from None
            raise
        yield Desk(transactions, taxonomy)
    finally:
        await engine.dispose()


def _told(came: Learned | Nothing, *, dry: bool) -> dict[str, Any]:
    if isinstance(came, Nothing):
        return {"outcome": came.value}
    answer = came.answer
    figures = {"texts": answer["texts"], "held_back": answer["held_back"]}
    figures |= {when: _score(answer[when], answer["held_back"]) for when in ("before", "after")}
    compared = {"compared_with": came.work.current}
    if dry:
        return {"outcome": "dry", "better": came.better, **compared, **figures}
    if came.kept is None:
        return {"outcome": "overtaken", **compared, **figures}
    return {"outcome": came.kept.fate.value, "version": came.kept.number, **compared, **figures}


def _score(score: Mapping[str, Any], held_back: int) -> dict[str, Any]:
    accuracy = round(score["right"] / held_back, 4) if held_back else None
    return {"right": score["right"], "accuracy": accuracy, "surprise": score["surprise"]}


def _version(model: LearnedModel, ours: str) -> dict[str, Any]:
    held_back = model.figures["held_back"]
    return {
        "version": model.number,
        "state": model.state.value if model.taxonomy == ours else "other_taxonomy",
        "created_at": model.created_at.isoformat(timespec="seconds"),
        "used_at": model.used_at.isoformat(timespec="seconds") if model.used_at else None,
        "ended_at": model.ended_at.isoformat(timespec="seconds") if model.ended_at else None,
        "texts": model.texts,
        "held_back": held_back,
        "compared_with": model.before,
        **{when: _score(model.figures[when], held_back) for when in ("before", "after")},
        "usable": model.learned is not None and model.taxonomy == ours,
    }
