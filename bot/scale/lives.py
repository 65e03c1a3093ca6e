"""Whole lives of wishes, lived once through the bot's own doors. The history is made of their rows, again and again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from actions import digests, forgetting, gathering, newcomers, reminding
from bot.scale.rehearsal import ADMINS, Rehearsal
from bot.scale.town import Cast
from bot.ticks import Do, Errand, Work
from rules.lifecycle import State
from storage.models import Claim, Wish
from words.buttons import CardTap, ClaimTap, HelperTap, HoursTap, PickCategory, PickReason, RateTap

OFFICER, SECOND = ADMINS[0], ADMINS[1]
REMINDING: tuple[Work | Errand | Do, ...] = (
    Work(reminding.remind_next_due, reminding.put_off),
    newcomers.remind,
    Work(gathering.send_next_list, gathering.put_off),
)
FORGETTING: tuple[Work | Errand | Do, ...] = (Work(forgetting.forget_next, forgetting.put_off),)
DIGEST: tuple[Work | Errand | Do, ...] = (Work(digests.send_next_digest, digests.put_off, digests.count_next_digest),)
_STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Stage:
    """One life: who takes part, and what they can do. There is one wish, whose number is 1."""

    bot: Rehearsal
    cast: Cast
    home: str

    async def says(self, text: str, person: int | None = None) -> None:
        await self.bot.say(person or self.cast.resident, text)
        await self.bot.deliver()

    async def taps(self, do: str, person: int | None = None) -> None:
        await self.bot.tap(person or self.cast.resident, CardTap(do=do, wish=1))
        await self.bot.deliver()

    async def tells(self, text: str) -> None:
        """A resident's words, handed in."""
        await self.says(text)
        await self.taps("submit")

    async def is_claimed(self) -> None:
        await self.bot.tap(self.cast.volunteer, ClaimTap(wish=1), self.cast.group)
        await self.bot.deliver()

    async def is_delivered(self, by: int | None = None) -> None:
        who = by or self.cast.volunteer
        claim = await self._one(select(func.max(Claim.id)))
        await self.bot.tap(who, HelperTap(do="deliver", claim=claim))
        await self.bot.tap(who, HoursTap(claim=claim, halves=3))
        await self.bot.deliver()

    async def is_confirmed(self) -> None:
        await self.taps("confirm")
        await self.bot.tap(self.cast.resident, RateTap(wish=1, stars=5))
        await self.bot.deliver()

    async def after(self, **time: float) -> None:
        """Time passes, with all that it makes happen."""
        until = self.bot.clock.at + timedelta(**time)
        await self.pass_until(until, REMINDING, _STEP)

    async def pass_until(self, until: datetime, works: tuple[Work | Errand | Do, ...], step: timedelta) -> None:
        ticks = self.bot.ticks(works)
        while self.bot.clock.at < until:
            self.bot.clock.at = min(self.bot.clock.at + step, until)
            while await ticks.tick():
                await self.bot.deliver()

    async def state(self) -> State:
        return State(await self._one(select(Wish.state)))

    async def _one(self, query: object) -> Any:
        async with self.bot.transactions.reading() as session:
            return (await session.execute(query)).scalar_one()  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Life:
    """How a wish lives until its end, or until today; `share` says how many of a hundred do."""

    live: Callable[[Stage], Awaitable[None]]
    state: State
    share: int

    @property
    def name(self) -> str:
        return getattr(self.live, "__name__", "life")


async def fulfilled(on: Stage) -> None:
    await on.says(f"我家在{on.home}，想请人帮忙换个灯泡，客厅的灯坏了三天了")
    await on.taps("publish")
    await on.taps("contact")
    await on.says("13809150000，三号楼二单元")
    await on.taps("submit")
    await on.after(hours=7)
    await on.is_claimed()
    await on.after(days=1)
    await on.is_delivered()
    await on.after(hours=2)
    await on.is_confirmed()


async def reviewed_and_fulfilled(on: Stage) -> None:
    await on.tells(f"{on.home}有个孩子放学没人接，想找志愿者辅导作业，每周两次")
    await on.after(hours=3)
    await on.bot.tap(OFFICER, PickCategory(wish=1, code="child_youth"))
    await on.taps("approve", OFFICER)
    await on.after(days=1, hours=1)
    await on.is_claimed()
    await on.after(days=2)
    await on.is_delivered()
    await on.after(hours=5)
    await on.is_confirmed()


async def given_back_and_fulfilled(on: Stage) -> None:
    await on.tells(f"{on.home}的独居老人想找人陪聊天，帮忙买点菜")
    await on.is_claimed()
    await on.after(hours=5)
    await on.bot.tap(on.cast.volunteer, HelperTap(do="release", claim=1))
    await on.bot.tap(on.cast.volunteer, HelperTap(do="sure-release", claim=1))
    await on.bot.deliver()
    await on.after(hours=20)
    await on.is_claimed()
    await on.after(hours=26)
    await on.is_delivered()
    await on.is_confirmed()


async def ended_in_silence(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙修一下水龙头，一直滴水")
    await on.after(hours=2)
    await on.is_claimed()
    await on.after(days=1)
    await on.is_delivered()
    await on.after(days=8)


async def complaint(on: Stage) -> None:
    await on.tells(f"投诉：{on.home}楼下的垃圾堆了一个星期没人清运，臭气熏天")
    await on.after(hours=5)
    await on.taps("approve", OFFICER)
    await on.taps("mine", SECOND)
    await on.after(days=1)
    await on.is_delivered(SECOND)
    await on.after(hours=3)
    await on.is_confirmed()


async def answered(on: Stage) -> None:
    await on.tells(f"请问{on.home}的老年证在哪里办，需要带什么材料？")
    await on.after(hours=3)
    await on.taps("answer", OFFICER)
    await on.says("带身份证和一张照片，到社区便民大厅一号窗口办理。", OFFICER)


async def rejected(on: Stage) -> None:
    await on.tells(f"{on.home}有个孩子想找人教弹钢琴，最好天天来")
    await on.after(hours=2)
    await on.bot.tap(OFFICER, PickReason(wish=1, do="reject", reason="unclear"))
    await on.bot.deliver()


async def withdrawn(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙搬个柜子到楼上")
    await on.after(hours=8)
    await on.taps("sure-withdraw")


async def emergency(on: Stage) -> None:
    await on.says(f"救命！{on.home}三号楼着火了")
    await on.taps("take", SECOND)
    await on.after(hours=1)
    await on.bot.tap(SECOND, PickReason(wish=1, do="close", reason="solved"))
    await on.bot.deliver()


async def drafted(on: Stage) -> None:
    await on.says(f"我家在{on.home}，想请人帮忙换个灯泡")
    await on.after(hours=1)


async def under_review(on: Stage) -> None:
    await on.tells(f"{on.home}有个孩子放学没人接，想找志愿者辅导作业")
    await on.after(hours=7)


async def open_for_a_day(on: Stage) -> None:
    await on.tells(f"{on.home}的独居老人想找人陪聊天，帮忙买点菜")
    await on.after(days=1)


async def open_for_long(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙换个灯泡，楼道里也黑")
    await on.after(days=4)


async def in_hand(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙修一下水龙头")
    await on.after(hours=5)
    await on.is_claimed()
    await on.after(days=1)


async def overdue(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙修门锁，锁芯坏了")
    await on.is_claimed()
    await on.after(days=5)


async def waits_for_its_author(on: Stage) -> None:
    await on.tells(f"{on.home}想请人帮忙取个快递，腿脚不便")
    await on.is_claimed()
    await on.after(days=1)
    await on.is_delivered()
    await on.after(days=2)


async def complaint_in_hand(on: Stage) -> None:
    await on.tells(f"投诉：{on.home}楼下的垃圾堆了一个星期没人清运")
    await on.after(hours=5)
    await on.taps("approve", OFFICER)
    await on.taps("mine", SECOND)
    await on.after(hours=6)


ENDED = (
    Life(fulfilled, State.FULFILLED, 34),
    Life(reviewed_and_fulfilled, State.FULFILLED, 12),
    Life(given_back_and_fulfilled, State.FULFILLED, 4),
    Life(ended_in_silence, State.FULFILLED, 12),
    Life(complaint, State.FULFILLED, 18),
    Life(answered, State.CLOSED, 9),
    Life(rejected, State.REJECTED, 5),
    Life(withdrawn, State.WITHDRAWN, 5),
    Life(emergency, State.CLOSED, 1),
)
GOING_ON = (
    Life(drafted, State.DRAFT, 6),
    Life(under_review, State.REVIEWING, 14),
    Life(open_for_a_day, State.OPEN, 20),
    Life(open_for_long, State.OPEN, 20),
    Life(in_hand, State.CLAIMED, 20),
    Life(overdue, State.CLAIMED, 2),
    Life(waits_for_its_author, State.DELIVERED, 8),
    Life(complaint_in_hand, State.CLAIMED, 10),
)
