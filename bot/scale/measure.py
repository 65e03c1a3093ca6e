"""What people and time make the bot do, timed on two databases in turn, step by step, so that a busy moment meets both."""

import gc
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiogram.types import Update
from sqlalchemy import delete, func, select, update

from actions import digests, forgetting
from bot.scale.lives import DIGEST, FORGETTING, OFFICER
from bot.scale.rehearsal import Rehearsal
from bot.scale.town import Cast, Size, cast, name, stranger
from bot.works import WORKS
from storage import backlog
from storage.models import Appointment, Claim, Digest, Wish
from words.buttons import CardTap, ClaimTap, HelperTap, HoursTap, RateTap

GOAL = 1.3
_WARM = 3
_BUSY = 45  # residents who wrote most, and can all be reached
_ROUND = timedelta(minutes=10)


class Player:
    """One database, with the people who act on it; the same ones on both."""

    def __init__(self, bot: Rehearsal, size: Size) -> None:
        self.bot = bot
        self.done = 0  # pieces of work that ticks did
        self._size = size
        self._round = 0
        self._who: Cast = cast(size, 0, 0, 0)
        self._wish = self._claim = 0
        self._ticks = {works: bot.ticks(works) for works in (WORKS, DIGEST, FORGETTING)}

    @property
    def _home(self) -> str:
        return name(self._round % self._size.communities)

    async def next_round(self) -> None:
        """Some minutes later, somebody else."""
        self._round += 1
        self.bot.clock.at += _ROUND
        resident = self._round % min(_BUSY, self._size.residents)
        self._who = cast(self._size, resident, 0, self._round)

    def text(self) -> Update:
        return self.bot.said(self._who.resident, f"我家在{self._home}，想请人帮忙换个灯泡，客厅的灯坏了三天了")

    def first_text(self) -> Update:
        return self.bot.said(stranger(self._round), f"{self._home}楼下的路灯坏了，晚上出门看不见路")

    def chatter(self) -> Update:
        return self.bot.said(stranger(100_000 + self._round), "今天天气不错", self._who.group)

    async def submission(self) -> Update:
        self._wish = await self._one(select(func.max(Wish.id)).where(Wish.author_id == self._who.resident))
        return self.bot.tapped(self._who.resident, CardTap(do="submit", wish=self._wish))

    def claim(self) -> Update:
        return self.bot.tapped(self._who.volunteer, ClaimTap(wish=self._wish), self._who.group)

    async def delivery(self) -> Update:
        self._claim = await self._one(select(func.max(Claim.id)).where(Claim.wish_id == self._wish))
        await self.bot.tap(self._who.volunteer, HelperTap(do="deliver", claim=self._claim))
        return self.bot.tapped(self._who.volunteer, HoursTap(claim=self._claim, halves=2))

    def confirmation(self) -> Update:
        return self.bot.tapped(self._who.resident, CardTap(do="confirm", wish=self._wish))

    def rating(self) -> Update:
        return self.bot.tapped(self._who.resident, RateTap(wish=self._wish, stars=5))

    def command(self, words: str, person: int | None = None) -> Update:
        return self.bot.said(person or self._who.volunteer, words)

    def own_list(self) -> Update:
        return self.command("/my", cast(self._size, 0, 0, 0).resident)

    async def send(self) -> None:
        await self.bot.deliver()

    async def tick(self) -> None:
        self.done += await self._ticks[WORKS].tick()

    async def a_digest_is_due(self) -> None:
        """Yesterday's, once more."""
        now = self.bot.clock.now()
        async with self.bot.transactions.begin() as session:
            due = update(Appointment).where(Appointment.name == digests.NAME)
            await session.execute(due.values(due_at=now))
            await session.execute(delete(Digest).where(Digest.day == digests.last_day(self.bot.present.town, now)))

    async def digest(self) -> None:
        await self._ticks[DIGEST].tick()

    async def night_comes(self) -> None:
        async with self.bot.transactions.begin() as session:
            due = update(Appointment).where(Appointment.name == forgetting.NAME)
            await session.execute(due.values(due_at=self.bot.clock.now()))

    async def forget(self) -> None:
        await self._ticks[FORGETTING].tick()

    async def look(self) -> None:
        async with self.bot.transactions.reading() as session:
            await backlog.read(session, self.bot.clock.now())

    async def live(self) -> dict[str, int]:
        """Live wishes by state."""
        async with self.bot.transactions.reading() as session:
            return (await backlog.read(session, self.bot.clock.now())).wishes

    async def version(self) -> str:
        """Of the database."""
        return str(await self._one(select(func.sqlite_version() if self._on_sqlite else func.version())))

    @property
    def _on_sqlite(self) -> bool:
        return self.bot.engine.dialect.name == "sqlite"

    async def _one(self, query: object) -> Any:
        async with self.bot.transactions.reading() as session:
            return (await session.execute(query)).scalar_one()  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is timed; what it needs is seen to before, by `ready`."""

    name: str
    go: Callable[[Player], Awaitable[None]]
    ready: Callable[[Player], Awaitable[None]] | None = None


def _handles(name: str, said: Callable[[Player], Update | Awaitable[Update]]) -> Step:
    """An update is handled; making it is not timed."""
    waiting: dict[Player, Update] = {}

    async def ready(player: Player) -> None:
        made = said(player)
        waiting[player] = made if isinstance(made, Update) else await made

    async def go(player: Player) -> None:
        await player.bot.handle(waiting.pop(player))

    return Step(name, go, ready)


_SENDS = Step("messages are sent", Player.send)
STEPS: Sequence[Step] = (
    _handles("first text of somebody new → card", Player.first_text),
    _handles("text of somebody known → card", Player.text),
    _SENDS,
    _handles("submission", Player.submission),
    _SENDS,
    _handles("claim tap", Player.claim),
    _SENDS,
    _handles("delivery", Player.delivery),
    _handles("confirmation", Player.confirmation),
    _handles("rating", Player.rating),
    _SENDS,
    _handles("somebody talks in a group", Player.chatter),
    _handles("/my of a resident", Player.own_list),
    _handles("/my of a volunteer", lambda player: player.command("/my")),
    _handles("/open", lambda player: player.command("/open")),
    _handles("/review", lambda player: player.command("/review", OFFICER)),
    _handles("/digest", lambda player: player.command("/digest", OFFICER)),
    Step("tick with reminders", Player.tick),
    Step("tick at rest", Player.tick),
    Step("digest", Player.digest, Player.a_digest_is_due),
    Step("night's forgetting", Player.forget, Player.night_comes),
    Step("figures for /metrics", Player.look),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of work: milliseconds on the small and the large database that three of four rounds took longer than.

    What else goes on in the machine only adds, so the lower quartile says what the work itself takes.
    """

    small: float
    large: float

    @property
    def ratio(self) -> float:
        return round(self.large / self.small, 3)


@dataclass(slots=True)
class Measured:
    times: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def figures(self) -> dict[str, Figure]:
        return {name: _figure(pairs) for name, pairs in self.times.items()}


def _figure(pairs: Sequence[tuple[float, float]]) -> Figure:
    small, large = (sorted(times)[len(times) // 4] * 1000 for times in zip(*pairs, strict=True))
    return Figure(round(small, 3), round(large, 3))


async def measure(small: Player, large: Player, rounds: int, told: Callable[[int], None]) -> Measured:
    """Everything, round after round; of the first few nothing is noted."""
    measured = Measured()
    players = [small, large]
    gc.collect()
    gc.disable()
    try:
        for number in range(_WARM + rounds):
            for player in players:
                await player.next_round()
            for place, step in enumerate(STEPS):
                taken = await _both(step, players, first=(number + place) % 2)
                if number >= _WARM:
                    measured.times[step.name].append(taken)
            told(number + 1 - _WARM)
            gc.collect()
    finally:
        gc.enable()
    return measured


async def _both(step: Step, players: Sequence[Player], first: int) -> tuple[float, float]:
    taken = [0.0, 0.0]
    for place in (first, 1 - first):
        player = players[place]
        if step.ready is not None:
            await step.ready(player)
        begun = time.perf_counter()
        await step.go(player)
        taken[place] = time.perf_counter() - begun
    return taken[0], taken[1]
