"""Admins: they approve, reject, answer, order, let newcomers in, take emergencies, and do what they were ordered to do."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.playing.stage import Person, Stage
from bot.playing.windows import Shown
from bot.replay.sayings import ANSWERS, PUBLIC, REASONS
from bot.replay.volunteers import Helper, Volunteer
from words.buttons import CardTap, OpenTap, PickCategory, PickPerson, PickReason, TwinTap, VolunteerTap

_DECISIONS = frozenset({"approve", "answer", "mine", "reject"})


@dataclass(eq=False)
class Admin(Helper):
    """One of them; the desk decides who does what."""

    async def words(self, tap: CardTap, chat: int, text: str) -> None:
        """Press what asks for words, wherever the card is, and give them in private."""
        mark = self.stage.windows.seen
        if await self.press(tap, chat) is not None and await self.hear(mark):
            mark = self.stage.windows.seen
            await self.say(text)
            await self.hear(mark)

    async def reason(self, wish: int, do: str, chat: int, dice: random.Random) -> None:
        """Reject or close with a ready reason, now and then in their own words."""
        own = CardTap(do=f"{do}-words", wish=wish)
        if not await self.turn(CardTap(do=do, wish=wish), own, chat):
            return
        if dice.random() < 0.2:
            await self.words(own, chat, dice.choice(REASONS))
            return
        ready = [tap for _, tap in self.sees(PickReason, chat) if tap.wish == wish and tap.do == do]
        if ready:
            await self.press(dice.choice(ready), chat)

    async def merge(self, wish: int, chat: int) -> None:
        """并入同类: with the first that is offered; where there is none, back."""
        back = CardTap(do="back", wish=wish)
        if not await self.turn(CardTap(do="merge", wish=wish), back, chat):
            return
        offered = [tap for _, tap in self.sees(TwinTap, chat) if tap.wish == wish]
        if offered:
            await self.press(offered[0], chat)
            self.stage.happened["merged by a reviewer"] += 1
        else:
            await self.press(back, chat)

    async def hand_over(self, wish: int, chat: int, dice: random.Random) -> None:
        """交给别人: somebody from the list."""
        if not await self.turn(CardTap(do="assign", wish=wish), CardTap(do="back", wish=wish), chat):
            return
        listed = [tap for _, tap in self.sees(PickPerson, chat) if tap.wish == wish]
        if listed:
            await self.press(dice.choice(listed[:3]), chat)


@dataclass(eq=False)
class Desk:
    """What waits for the admins, in their group and in private."""

    stage: Stage
    admins: list[Admin]
    volunteers: Mapping[int, Volunteer]
    planned: set[int] = field(default_factory=set)  # wishes that somebody is going to look at
    emergencies: set[int] = field(default_factory=set)

    def notice(self, message: Shown) -> None:
        """A new message in the reviewers' group or in an admin's private chat."""
        taps = message.buttons(CardTap)
        if any(tap.do in _DECISIONS for tap in taps):
            self._plan(taps[0].wish, message.chat)
        elif any(tap.do == "take" for tap in taps):
            self.emergencies.add(taps[0].wish)
            self._alarmed(message, taps[0].wish)
        elif any(tap.do == "close" and tap.wish in self.emergencies for tap in taps):
            self._reminded_of_emergency(message, taps[0].wish)
        for newcomer in message.buttons(VolunteerTap):
            if newcomer.yes:
                self._newcomer(newcomer.person, message.chat)
        for listed in message.buttons(OpenTap):
            self._reminded(listed, message)
        admin = self._owner(message.chat)
        if admin is not None:
            admin.notice_claims(message, (3, 40))

    def _owner(self, chat: int) -> Admin | None:
        return next((admin for admin in self.admins if admin.id == chat), None)

    def _whoever(self, chat: int, dice: random.Random) -> Admin:
        return self._owner(chat) or dice.choice(self.admins)

    def _plan(self, wish: int, chat: int) -> None:
        if wish not in self.planned:
            self.planned.add(wish)
            self.stage.soon((0.3, 6), self.stage.dice("review", wish, chat), partial(self.review, wish, chat))

    async def review(self, wish: int, chat: int) -> None:
        """One decision about one wish, by whoever sits there; it may be the first of two."""
        self.planned.discard(wish)
        dice = self.stage.dice("decision", wish, self.stage.now)
        card = next((shown for shown in self.stage.windows.messages(chat) if _decidable(shown, wish)), None)
        if card is None:
            return
        admin = self._whoever(chat, dice)
        may = {tap.do for tap in card.buttons(CardTap) if tap.wish == wish}
        async with admin.busy:
            await self._decide(admin, wish, chat, may, dice)

    async def _decide(self, admin: Admin, wish: int, chat: int, may: set[str], dice: random.Random) -> None:
        chance = dice.random()
        if "merge" in may and self._sees_a_twin(wish, chat) and chance < 0.5:
            await admin.merge(wish, chat)
        elif "reject" in may and chance < 0.06:
            await admin.reason(wish, "reject", chat, dice)
        elif "answer" in may and ("approve" not in may or chance < 0.10):
            await admin.words(CardTap(do="answer", wish=wish), chat, dice.choice(ANSWERS))
        elif "rewrite" in may and chance < 0.13:
            await admin.words(CardTap(do="rewrite", wish=wish), chat, PUBLIC[0])
            self._plan(wish, chat)
        elif "category" in may and chance < 0.16:
            await self._correct_category(admin, wish, chat, dice)
            self._plan(wish, chat)
        elif "approve" in may and ("rewrite" in may or chance < 0.3):
            await admin.press(CardTap(do="approve", wish=wish), chat)
            if "rewrite" not in may:
                self._plan(wish, chat)  # a complaint waits for whoever it is ordered to
        elif "mine" in may and ("rewrite" not in may or chance > 0.7):
            if chance < 0.75:
                await admin.press(CardTap(do="mine", wish=wish), chat)
            else:
                await admin.hand_over(wish, chat, dice)

    def _sees_a_twin(self, wish: int, chat: int) -> bool:
        """Whether the card says that it may be the same matter as another."""
        return any("🔗" in shown.text and _decidable(shown, wish) for shown in self.stage.windows.messages(chat))

    async def _correct_category(self, admin: Admin, wish: int, chat: int, dice: random.Random) -> None:
        if not await admin.turn(CardTap(do="category", wish=wish), CardTap(do="back", wish=wish), chat):
            return
        listed = [tap for _, tap in admin.sees(PickCategory, chat) if tap.wish == wish]
        if listed:
            await admin.press(dice.choice(listed), chat)

    def _reminded(self, listed: OpenTap, message: Shown) -> None:
        """A list tells of something that nobody is going to look at: open it."""
        admin = self._owner(message.chat)
        if admin is not None and listed.wish not in self.planned:
            dice = self.stage.dice("list", listed.wish, message.id)
            if dice.random() < 0.15:
                self.stage.soon((0.1, 2), dice, partial(self._open, admin, listed))

    async def _open(self, admin: Person, listed: OpenTap) -> None:
        if listed.wish not in self.planned:
            await admin.press(listed)

    def _newcomer(self, person: int, chat: int) -> None:
        """The first admin decides; now and then another one is as fast."""
        dice = self.stage.dice("newcomer", person)
        second = dice.random() < 0.1
        if chat == self.admins[0].id or (second and chat == self.admins[1].id):
            yes = len(self.volunteers) < 10 or dice.random() < 0.96
            self.stage.soon((0.1, 1), dice, partial(self._settle, chat, VolunteerTap(person=person, yes=yes)))

    async def _settle(self, chat: int, tap: VolunteerTap) -> None:
        admin = self._owner(chat) or self.admins[0]
        async with admin.busy:
            answer = await admin.press(tap)
            volunteer = self.volunteers.get(tap.person)
            if answer is not None and not answer.get("show_alert") and volunteer is not None:
                volunteer.standing = "in" if tap.yes else "refused"

    def _alarmed(self, message: Shown, wish: int) -> None:
        """Two of three take it at once; from the third it goes on to the next officer."""
        admin = self._owner(message.chat)
        dice = self.stage.dice("alarm", wish, message.chat, message.id)
        if admin is not None and dice.random() < 0.67:
            self.stage.at_once(partial(self._take, admin, wish, dice))

    def _reminded_of_emergency(self, message: Shown, wish: int) -> None:
        admin = self._owner(message.chat)
        if admin is not None and wish not in self.planned:
            self._plan_closing(admin, wish, self.stage.dice("closing", wish, message.id))

    async def _take(self, admin: Admin, wish: int, dice: random.Random) -> None:
        async with admin.busy:
            taken = await admin.press(CardTap(do="take", wish=wish))
        if taken is not None and not taken.get("show_alert"):
            self._plan_closing(admin, wish, dice)

    def _plan_closing(self, admin: Admin, wish: int, dice: random.Random) -> None:
        self.planned.add(wish)
        self.stage.soon((0.5, 3), dice, partial(self._close, admin, wish, dice))

    async def _close(self, admin: Admin, wish: int, dice: random.Random) -> None:
        self.planned.discard(wish)
        async with admin.busy:
            await admin.reason(wish, "close", admin.id, dice)


def _decidable(shown: Shown, wish: int) -> bool:
    return any(tap.wish == wish and tap.do in _DECISIONS for tap in shown.buttons(CardTap))
