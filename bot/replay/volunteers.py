"""Volunteers claim from their groups' cards, now and then two at once; they deliver with hours and words, release, forget."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, urlsplit

from bot.playing.stage import Person, Stage
from bot.playing.windows import Shown
from bot.replay.sayings import REPORTS
from words.buttons import ClaimTap, HelperTap, HoursTap

LIVE_CLAIMS = 3


@dataclass(eq=False)
class Helper(Person):
    """Whoever holds claims: a volunteer, or an officer with an order."""

    planned: set[int] = field(default_factory=set)  # claims whose fate is decided

    def notice_claims(self, message: Shown, hours: tuple[float, float]) -> None:
        """A claimant's card: decide what becomes of it."""
        for tap in message.buttons(HelperTap):
            if tap.do != "deliver" or tap.claim in self.planned:
                continue
            self.planned.add(tap.claim)
            dice = self.stage.dice("claim", tap.claim)
            chance = 1.0 if self.stage.settling else dice.random()
            if chance < 0.04:
                self.stage.happened["never delivered"] += 1
            elif chance < 0.09:
                self.stage.soon((1, 30), dice, partial(self.release, tap.claim))
            else:
                self.stage.soon(hours, dice, partial(self.deliver, tap.claim))

    async def release(self, claim: int) -> None:
        async with self.busy:
            sure = HelperTap(do="sure-release", claim=claim)
            if await self.turn(HelperTap(do="release", claim=claim), sure):
                await self.press(sure)
                self.stage.happened["released"] += 1

    async def deliver(self, claim: int) -> None:
        """办好了: most say what was done, some show it; the hours end it."""
        dice = self.stage.dice("deliver", claim)
        async with self.busy:
            hours = HoursTap(claim=claim, halves=dice.choice((1, 2, 2, 3, 4)))
            if not await self.turn(HelperTap(do="deliver", claim=claim), hours):
                return
            if dice.random() < 0.7:
                mark = self.stage.windows.seen
                words = dice.choice(REPORTS)
                if dice.random() < 0.1:
                    await self.stage.client.send_photo(self.id, caption=words)
                else:
                    await self.say(words)
                if not await self.see(hours, after=mark):
                    return
            await self.press(hours)

    def in_hand(self) -> int:
        """How many claims their cards show as live."""
        held = {tap.claim for _, tap in self.sees(HelperTap)} | {tap.claim for _, tap in self.sees(HoursTap)}
        return len(held)


@dataclass(eq=False)
class Volunteer(Helper):
    standing: str = "new"  # asked, in, refused

    def notice(self, message: Shown) -> None:
        self.notice_claims(message, (2, 22))

    def may_claim(self) -> bool:
        return self.standing in ("new", "in") and self.in_hand() < LIVE_CLAIMS

    async def claim(self, tap: ClaimTap, chat: int) -> None:
        async with self.busy:
            answer = await self.press(tap, chat)
            if answer is None:
                return
            if self.standing == "new":
                self.standing = "asked"  # the admin's yes makes it "in"
            if answer.get("url"):  # whoever never opened the bot does so now, and Start goes on from there
                payload = parse_qs(urlsplit(answer["url"]).query).get("start", [""])[0]
                mark = self.stage.windows.seen
                await self.say(f"/start {payload}")
                await self.hear(mark)


@dataclass(eq=False)
class Board:
    """What the volunteers' groups show: each open wish is looked at some time after it was posted."""

    stage: Stage
    members: dict[int, Sequence[Volunteer]]  # by group
    planned: set[int] = field(default_factory=set)

    def notice(self, message: Shown) -> None:
        for tap in message.buttons(ClaimTap):
            if tap.wish not in self.planned:
                self.planned.add(tap.wish)
                dice = self.stage.dice("post", tap.wish, message.id)
                self.stage.soon((0.2, 7), dice, partial(self._somebody_claims, tap, message.chat, dice))

    async def _somebody_claims(self, tap: ClaimTap, chat: int, dice: random.Random) -> None:
        """Somebody who is free presses 认领; with everybody's hands full the group's next reminder brings it up again."""
        self.planned.discard(tap.wish)
        if self.stage.windows.latest(chat, tap.pack()) is None:
            return
        free = [person for person in self.members[chat] if person.may_claim()]
        if not free:
            self.stage.happened["nobody free"] += 1
            self.planned.add(tap.wish)
            self.stage.soon((3, 9), dice, partial(self._somebody_claims, tap, chat, dice))
            return
        together = 2 if len(free) > 1 and dice.random() < 0.12 else 1
        if together == 2:
            self.stage.happened["races"] += 1
        await asyncio.gather(*(person.claim(tap, chat) for person in dice.sample(free, together)))
