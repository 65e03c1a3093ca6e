"""Residents write, choose, submit; later some withdraw, urge or add; most confirm, a few dispute, some stay silent."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.playing.stage import PATIENCE, Person
from bot.playing.windows import Shown
from bot.replay.sayings import ADDITIONS, CONTACTS, MISSING, THANKS
from bot.replay.texts import messages_of
from words.buttons import CardTap, DoubtTap, PickArea, PickCategory, RateTap, RecordTap, TwinTap

CAPTION_LIMIT = 1024
_TOO_FULL = 3000  # characters; further words had better begin another wish


@dataclass(eq=False)
class Resident(Person):
    home: str = ""  # the community's code
    told_home: bool = False
    draft_size: int = 0
    disputed: set[int] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)  # about what was delivered

    async def tell(self, number: int, text: str) -> None:
        """One text of the file: write it, look at the card, submit it."""
        dice = self.stage.dice("text", number)
        async with self.busy:
            await self._begin_anew(dice, text)
            mark = self.stage.windows.seen
            for piece in messages_of(text):
                message_id = await self._send(dice, piece)
                self.stage.texts.append((self.id, message_id))
            self.draft_size += len(text)
            card = await self._card(mark)
            if card is not None and card.buttons(RecordTap):
                card = await self._insist(dice, card)
            elif card is None:
                self.stage.happened["texts without a card"] += 1
            if card is not None:
                await self._look_through(dice, card)

    async def _insist(self, dice: random.Random, answer: Shown) -> Shown | None:
        """The bot took the text for no matter at all: most leave it at that, some say that it is one."""
        if dice.random() < 0.6:
            self.stage.happened["answered and left at that"] += 1
            return None
        mark = self.stage.windows.seen
        await self.press_on(answer, RecordTap().pack())
        self.stage.happened["a matter after all"] += 1
        return await self._card(mark)

    async def _begin_anew(self, dice: random.Random, text: str) -> None:
        """With a draft in hand, most say that this is another matter; from the others it joins what they wrote before."""
        open_drafts = [button for _, button in self.sees(CardTap) if button.do == "another"]
        if not open_drafts:
            self.draft_size = 0
        elif dice.random() < 0.7 or self.draft_size + len(text) > _TOO_FULL:
            mark = self.stage.windows.seen
            if await self.press(open_drafts[0]) is not None:
                await self.hear(mark)
                self.draft_size = 0

    async def _send(self, dice: random.Random, text: str) -> int:
        """Words alone, or under a photo or an album, or with a voice message after them; returns the words' message id."""
        client, chance = self.stage.client, dice.random()
        short = len(text) <= CAPTION_LIMIT
        if short and chance < 0.06:
            return int((await client.send_photo(self.id, caption=text))["message_id"])
        if short and chance < 0.09:
            sent = await client.send_album(self.id, [{"photo": True, "caption": text}, {"photo": True}])
            return int(sent[0]["message_id"])
        message_id = await self.say(text)
        if 0.09 <= chance < 0.12:
            await client.send(self.id, voice=True)
        return message_id

    async def _card(self, mark: int) -> Shown | None:
        """What answers: a draft that can be submitted, what to do in an emergency, or a kind word about no matter at all."""

        def look() -> Shown | None:
            for shown in self.stage.windows.messages(self.id):
                taps = any(tap.do in ("submit", "calm") for tap in shown.buttons(CardTap)) or shown.buttons(RecordTap)
                if shown.seen > mark and taps:
                    return shown
            return None

        found: Shown | None = await self.stage.windows.until(self.id, look, PATIENCE)
        return found

    async def _look_through(self, dice: random.Random, card: Shown) -> None:
        """Choose the category when asked, say yes to publishing (or not), say where, submit (or forget to)."""
        taps = {tap.do: tap for tap in card.buttons(CardTap)}
        if "calm" in taps:
            if dice.random() < 0.15:
                await self.press(taps["calm"])
            return
        wish = taps["submit"].wish
        choices = card.buttons(PickCategory)
        if choices and dice.random() < 0.8:
            await self.brush(dice.choice(choices[:3]))
        if "publish" in taps and dice.random() < 0.85:
            await self.brush(taps["publish"])
        if not self.told_home and dice.random() < 0.5:
            await self._say_where(wish)
        if dice.random() < 0.08:
            await self.brush(CardTap(do="name", wish=wish))
        if dice.random() < 0.08:
            await self._ask_and_say(CardTap(do="contact", wish=wish), CONTACTS, dice)
        if await self._join(wish, dice):
            return
        if dice.random() < 0.93 or self.stage.settling:
            await self._submit(wish, dice)

    async def _join(self, wish: int, dice: random.Random) -> bool:
        """Where somebody nearby said the same, most go along; others know better and send their own."""
        shown = [tap for _, tap in self.sees(TwinTap) if tap.wish == wish]
        if not shown or dice.random() > 0.6:
            return False
        answer = await self.press(shown[0])
        if answer is None or answer.get("show_alert"):
            return False
        self.draft_size = 0
        if shown[0].do == "join" and dice.random() < 0.1:
            self.stage.soon((1, 60), dice, partial(self.leave, wish))
        return True

    async def leave(self, own: int) -> None:
        """Thought better of it."""
        async with self.busy:
            if await self.press(CardTap(do="leave", wish=own)) is not None:
                self.stage.happened["left a neighbour's wish"] += 1

    async def _say_where(self, wish: int) -> None:
        mine = PickArea(wish=wish, code=self.home)
        if await self.turn(CardTap(do="area", wish=wish), mine):
            mark = self.stage.windows.seen
            self.told_home = await self.press(mine) is not None
            await self.see(CardTap(do="submit", wish=wish), after=mark)

    async def _submit(self, wish: int, dice: random.Random) -> None:
        submit = CardTap(do="submit", wish=wish)
        if await self.see(submit) and await self.press(submit) is not None:
            self.draft_size = 0
            self._plan_more(wish, dice)

    def _plan_more(self, wish: int, dice: random.Random) -> None:
        chance = dice.random()
        if chance < 0.02:
            self.stage.soon((1, 60), dice, partial(self.withdraw, wish))
        elif chance < 0.06:
            self.stage.soon((20, 70), dice, partial(self.urge, wish))
        elif chance < 0.10:
            self.stage.soon((1, 30), dice, partial(self.add, wish))

    async def withdraw(self, wish: int) -> None:
        async with self.busy:
            sure = CardTap(do="sure-withdraw", wish=wish)
            if await self.turn(CardTap(do="withdraw", wish=wish), sure):
                await self.press(sure)
                self.stage.happened["withdrawn"] += 1

    async def urge(self, wish: int) -> None:
        async with self.busy:
            if await self.press(CardTap(do="urge", wish=wish)) is not None:
                self.stage.happened["urged"] += 1

    async def add(self, wish: int) -> None:
        async with self.busy:
            await self._ask_and_say(CardTap(do="add", wish=wish), ADDITIONS, self.stage.dice("add", wish))

    async def _ask_and_say(self, tap: CardTap, sayings: Sequence[str], dice: random.Random) -> None:
        """Press what asks for words, and give them."""
        mark = self.stage.windows.seen
        if await self.press(tap) is not None and await self.hear(mark):
            mark = self.stage.windows.seen
            await self.say(dice.choice(sayings))
            await self.hear(mark)

    def notice(self, message: Shown) -> None:
        """A new message of the bot: is something delivered, a draft forgotten, or am I in danger?"""
        for answer in message.buttons(DoubtTap):
            dice = self.stage.dice("danger", answer.line)
            if answer.yes == (dice.random() < 0.05):
                self.stage.soon((0.01, 0.1), dice, partial(self.answer, answer))
        for tap in message.buttons(CardTap):
            if tap.do == "confirm" and tap.wish not in self.decided:
                self.decided.add(tap.wish)
                self._decide(tap.wish)
            elif tap.do == "submit" and not self.busy.locked():  # the bot reminds of a draft
                dice = self.stage.dice("forgotten", tap.wish)
                if dice.random() < 0.5:
                    self.stage.soon((0.2, 3), dice, partial(self.submit_after_all, tap.wish))
            elif tap.do == "go-on" and tap.wish not in self.decided:  # what they went along with ended
                self.decided.add(tap.wish)
                dice = self.stage.dice("go on", tap.wish)
                if dice.random() < 0.3:
                    self.stage.soon((0.5, 20), dice, partial(self.go_on, tap))

    async def answer(self, tap: DoubtTap) -> None:
        async with self.busy:
            if await self.press(tap) is not None:
                self.stage.happened["asked back"] += 1

    async def submit_after_all(self, wish: int) -> None:
        async with self.busy:
            if await self.press(CardTap(do="submit", wish=wish)) is not None:
                self.draft_size = 0

    async def go_on(self, tap: CardTap) -> None:
        async with self.busy:
            if await self.press(tap) is not None:
                self.stage.happened["went on alone"] += 1

    def _decide(self, wish: int) -> None:
        dice = self.stage.dice("delivered", wish, wish in self.disputed)
        chance = dice.random()
        if chance < 0.05 and wish not in self.disputed and not self.stage.settling:
            self.stage.soon((2, 30), dice, partial(self.dispute, wish))
        elif chance < 0.87:
            self.stage.soon((1, 40), dice, partial(self.confirm, wish))

    async def dispute(self, wish: int) -> None:
        async with self.busy:
            self.disputed.add(wish)
            self.decided.discard(wish)
            await self._ask_and_say(CardTap(do="dispute", wish=wish), MISSING, self.stage.dice("missing", wish))

    async def confirm(self, wish: int) -> None:
        """Yes, it is done; most give stars, some say thanks."""
        dice = self.stage.dice("confirm", wish)
        async with self.busy:
            mark = self.stage.windows.seen
            if await self.press(CardTap(do="confirm", wish=wish)) is None:
                return
            stars = RateTap(wish=wish, stars=dice.choices((1, 2, 3, 4, 5), (1, 1, 4, 14, 30))[0])
            if dice.random() < 0.6 and await self.see(stars, after=mark):
                await self.brush(stars)
            thank = CardTap(do="thank", wish=wish)
            if dice.random() < 0.2 and await self.see(thank, after=mark):
                await self._ask_and_say(thank, THANKS, dice)
