"""Fills a database: the town of today, what goes on in it, and as much history as asked for."""

import hashlib
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, insert, update

from bot.playing.failure import PlayFailed
from bot.scale.bulk import Bulk, filling
from bot.scale.lives import DIGEST, ENDED, FORGETTING, GOING_ON, Life, Stage
from bot.scale.pattern import MESSAGES, Pattern, taken
from bot.scale.rehearsal import ADMINS, rehearsal
from bot.scale.town import Cast, Size, cast, files, groups, name
from rules.learning import MOST, Fate
from storage.migrate import upgrade
from storage.models import Area, Group, LabelledText, LearnedModel, Outgoing, Person, SeenUpdate

NOW = datetime.fromisoformat("2026-03-02T01:30+00:00")
"""A Monday, half past nine in the morning, local time."""
_LIVED = NOW - timedelta(days=70)
_OLD, _FORGOTTEN = 31, timedelta(days=32)
_UPDATES_A_WISH, _SEEN_DAYS = 8, 3
_GONE = 50  # one resident in so many blocked the bot, and something waits for them

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Every life, as one kind of database wants it."""

    ended: Sequence[tuple[Life, Pattern, Pattern]]  # as it was at its end, and as it is when what is private was forgotten
    going_on: Sequence[tuple[Life, Pattern]]
    digest: Pattern


async def live_once(dialect: Dialect, size: Size) -> Patterns:
    """Have every life lived, each in a small database of its own."""
    with tempfile.TemporaryDirectory(prefix="wishlight-lives-") as folder:
        school = _School(Path(folder), dialect, size)
        await school.open()
        return Patterns(
            [(life, *await school.ended(life)) for life in ENDED],
            [(life, await school.going_on(life)) for life in GOING_ON],
            await school.digest(),
        )


class _School:
    """Where lives are lived to be copied."""

    def __init__(self, folder: Path, dialect: Dialect, size: Size) -> None:
        self._folder = folder
        self._dialect = dialect
        self._files = files(size.communities)
        self._size = size
        self._cast = cast(size, 7, 7, 7)

    async def open(self) -> None:
        url = self._url("town")
        await upgrade(url)
        async with rehearsal(url, self._files, _LIVED) as bot, bot.engine.begin() as connection:
            await connection.execute(insert(Group), list(groups(self._size, _LIVED)))
            await connection.execute(update(Person).values(started_at=_LIVED, name="陈姐"))
            somebody = (self._cast.resident, self._cast.volunteer)
            await connection.execute(insert(Person), list(_people(self._size, somebody, _LIVED)))

    async def ended(self, life: Life) -> tuple[Pattern, Pattern]:
        async with self._stage(life.name) as on:
            await life.live(on)
            end = on.bot.clock.at
            fresh = await self._taken(on, life, end)
            await on.pass_until(end + _FORGOTTEN, FORGETTING, timedelta(hours=12))
            return fresh, await self._taken(on, life, end)

    async def going_on(self, life: Life) -> Pattern:
        async with self._stage(life.name) as on:
            await life.live(on)
            return await self._taken(on, life, on.bot.clock.at)

    async def digest(self) -> Pattern:
        """An evening's, on its own."""
        async with self._stage("digest") as on:
            await on.pass_until(on.bot.clock.at + timedelta(hours=9), DIGEST, timedelta(hours=9))
            return await taken_from(on, self._cast, on.bot.clock.at, self._dialect)

    @asynccontextmanager
    async def _stage(self, named: str) -> AsyncIterator[Stage]:
        shutil.copyfile(self._folder / "town.db", self._folder / f"{named}.db")
        async with rehearsal(self._url(named), self._files, _LIVED) as bot:
            yield Stage(bot, self._cast, name(7))

    async def _taken(self, on: Stage, life: Life, end: datetime) -> Pattern:
        state = await on.state()
        if state is not life.state:
            raise PlayFailed(f"A wish that was to be {life.state} is {state} ({life.name}).")
        return await taken_from(on, self._cast, end, self._dialect)

    def _url(self, named: str) -> str:
        return f"sqlite+aiosqlite:///{self._folder / named}.db"


async def taken_from(on: Stage, who: Cast, end: datetime, dialect: Dialect) -> Pattern:
    async with on.bot.engine.connect() as connection:
        return await taken(connection, who, end, dialect)


async def fill(url: str, size: Size, patterns: Patterns, told: Told) -> dict[str, int]:
    """Fill an empty database; `told` hears how many wishes there are. Returns the rows of each table."""
    async with filling(url) as bulk:
        await _town(bulk, size)
        author = _Author(bulk, size, told)
        for day in range(size.days, 0, -1):
            await author.day(patterns, day)
        await author.today(patterns)
        await _beside_wishes(bulk, size, author)
    return dict(bulk.written)


async def _town(bulk: Bulk, size: Size) -> None:
    """Areas, groups, and everybody who ever wrote."""
    areas = [{"code": row.code, **row.columns(None)} for row in files(size.communities).areas.rows]
    await bulk.put(Area, areas)
    everybody = [*ADMINS, *(cast(size, 0, n, 0).volunteer for n in range(size.volunteers))]
    await bulk.put(Person, _people(size, everybody, NOW - timedelta(days=size.days)))
    await bulk.put(Person, _people(size, (cast(size, n, 0, 0).resident for n in range(size.residents)), NOW))
    await bulk.put(Group, groups(size, NOW - timedelta(days=size.days)))


def _people(size: Size, ids: Iterable[int], at: datetime) -> Iterator[dict[str, Any]]:
    """Volunteers are let in, admins are admins, and one resident in so many blocked the bot."""
    volunteers = range(cast(size, 0, 0, 0).volunteer, cast(size, 0, size.volunteers - 1, 0).volunteer + 1)
    residents = cast(size, 0, 0, 0).resident
    for person in ids:
        is_gone = person >= residents and person % _GONE == _GONE - 1
        yield {
            "id": person,
            "name": f"居民{person % 1000}",
            "started_at": at,
            "created_at": at,
            "unreachable_at": at if is_gone else None,
            "volunteer": "yes" if person in volunteers else "no",
            "is_admin": person in ADMINS,
        }


class _Author:
    """Writes day after day, and what goes on today."""

    def __init__(self, bulk: Bulk, size: Size, told: Told) -> None:
        self._bulk = bulk
        self._size = size
        self._told = told
        self.bases: Counter[str] = Counter()
        self._copies = 0

    async def day(self, patterns: Patterns, ago: int) -> None:
        """What ended on a day, so many days ago, and its digest; the same in every database but for who it was."""
        dice = random.Random(f"day {ago}")
        lives = dice.choices(patterns.ended, [life.share for life, _, _ in patterns.ended], k=self._size.a_day)
        later: dict[int, list[Any]] = {}
        for _, fresh, old in lives:
            pattern = old if ago > _OLD else fresh
            if id(pattern) not in later:
                days = (NOW.date() - pattern.end.date()).days - ago
                later[id(pattern)] = pattern.at(timedelta(days=days), self._bulk.dialect)
            await self._copy(pattern, later[id(pattern)], self._somebody(dice, self._size.residents))
        days = (NOW.date() - patterns.digest.end.date()).days - ago
        await self._copy(patterns.digest, patterns.digest.at(timedelta(days=days), self._bulk.dialect), _NOBODY)

    async def today(self, patterns: Patterns) -> None:
        """What goes on, row by row the same in every database."""
        dice = random.Random("today")
        lives = dice.choices(patterns.going_on, [life.share for life, _ in patterns.going_on], k=self._size.live)
        for place, (_, pattern) in enumerate(lives):
            later = NOW - pattern.end - timedelta(seconds=dice.randrange(1200))
            helper = self._size.volunteers // 2 + place
            who = cast(self._size, int(dice.random() * self._size.present), helper, dice.randrange(self._size.communities))
            await self._copy(pattern, pattern.at(later, self._bulk.dialect), who)

    def _somebody(self, dice: random.Random, residents: int) -> Cast:
        """Some write, or help, much more than others: the first most of all."""
        resident, helper = int(dice.random() ** 2 * residents), int(dice.random() ** 2 * self._size.volunteers)
        return cast(self._size, resident, helper, dice.randrange(self._size.communities))

    async def _copy(self, pattern: Pattern, moments: list[Any], who: Cast) -> None:
        self._copies += 1
        await self._bulk.add(pattern.copy(moments, astuple(who), self.bases, self._copies * MESSAGES))
        self.bases.update(pattern.sizes)
        self._told(self.bases["wishes"])


_NOBODY = Cast(0, 0, "", 0, 0)


async def _beside_wishes(bulk: Bulk, size: Size, author: _Author) -> None:
    """What is no wish's: what waits for people who are gone, the last days' updates, and what nights learned."""
    gone = [person["id"] for person in _people(size, range(*_residents(size)), NOW) if person["unreachable_at"]]
    waiting = {"method": "sendMessage", "payload": {"chat_id": 0, "text": "您的心愿有人认领了。" * 8}, "state": "parked"}
    at = {"not_before": NOW, "created_at": NOW}
    first = author.bases["outgoing"] + 1
    await bulk.put(Outgoing, ({"id": first + n, "chat_id": person, **waiting, **at} for n, person in enumerate(gone)))
    seen = size.a_day * _UPDATES_A_WISH * _SEEN_DAYS
    ago = timedelta(days=_SEEN_DAYS) / max(seen, 1)
    await bulk.put(SeenUpdate, ({"id": n + 1, "at": NOW - ago * (seen - n)} for n in range(seen)))
    texts = min(MOST, size.wishes // 10)
    await bulk.put(LabelledText, ({"id": n + 1, **_lesson(n)} for n in range(texts)))
    await bulk.put(LearnedModel, (_version(n + 1, NOW - timedelta(days=size.days - n)) for n in range(size.days)))


def _residents(size: Size) -> tuple[int, int]:
    return cast(size, 0, 0, 0).resident, cast(size, size.residents - 1, 0, 0).resident + 1


def _lesson(number: int) -> dict[str, Any]:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return {
        "digest": digest,
        "text": f"第{number}件：想请人帮忙换个灯泡",
        "category": "home_repair",
        "source": "list.csv",
        "created_at": NOW,
    }


def _version(number: int, at: datetime) -> dict[str, Any]:
    """What a night learned that was no better."""
    score = {"n": 600, "accuracy": 0.87, "macro_f1": 0.81, "not_sure": 0.21}
    return {
        "number": number,
        "taxonomy": "history",
        "lessons": f"{number:032d}",
        "texts": MOST,
        "figures": {"held_back": 600, "before": score, "after": score},
        "state": Fate.NOT_BETTER,
        "created_at": at,
    }
