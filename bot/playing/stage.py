"""What everybody in the town shares (chats, clock, timetable, dice), and what everybody can do: write and press."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from aiogram.filters.callback_data import CallbackData

from bot.playing.timetable import BEGIN, Job, Timetable, later
from bot.playing.windows import Shown, Windows
from sandbox.client import SandboxClient, SandboxRefused

T = TypeVar("T", bound=CallbackData)
PATIENCE = 20.0
"""Real seconds after which a person gives up waiting for the bot."""
_PRESSES, _AGAIN = 3, 0.3


@dataclass
class Stage:
    """The town around a person. `begin` starts a job now; `texts` are the file's messages as (author, message id)."""

    client: SandboxClient
    windows: Windows
    seed: int
    ends: datetime  # after this, nobody forgets or refuses any more
    timetable: Timetable = field(default_factory=Timetable)
    now: datetime = BEGIN
    ready: list[Job] = field(default_factory=list)
    texts: list[tuple[int, int]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def dice(self, *about: object) -> random.Random:
        """Dice of their own for each decision, so that the order of events does not change it."""
        return random.Random(":".join(map(str, (self.seed, *about))))

    @property
    def settling(self) -> bool:
        return self.now >= self.ends

    def at_once(self, job: Job) -> None:
        self.ready.append(job)

    def soon(self, hours: tuple[float, float], dice: random.Random, job: Job) -> None:
        """Plan a job within so many hours, by day."""
        self.timetable.plan(later(self.now, hours, dice), job)


@dataclass(eq=False)
class Person:
    """Somebody with a phone; what they do in one go, nothing else of theirs interrupts."""

    stage: Stage
    id: int
    name: str
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def say(self, text: str, chat: int | None = None) -> int:
        """Write, to the bot or to a group; returns the message's id."""
        message = await self.stage.client.say(self.id, text, chat)
        return int(message["message_id"])

    async def press(self, tap: CallbackData, chat: int | None = None, *, after: int = 0) -> dict[str, Any] | None:
        """Press a button, the newest if several are the same; the bot's answer, or None when the button is gone."""
        where = chat or self.id
        data = tap.pack()
        message = self.stage.windows.latest(where, data, after=after)
        if message is None:
            return None
        return await self.press_on(message, data)

    async def press_on(self, message: Shown, data: str) -> dict[str, Any] | None:
        try:
            tap = await self.stage.client.tap(self.id, message.id, data, message.chat, wait=PATIENCE)
        except SandboxRefused:  # taken away this moment
            self.stage.happened["gone buttons"] += 1
            return None
        answer: dict[str, Any] = tap["answer"] or {}
        if answer.get("show_alert"):
            self.stage.happened["refused taps"] += 1
        return answer

    async def brush(self, tap: CallbackData) -> None:
        """Press a button of one's own card and go on without waiting for the answer."""
        data = tap.pack()
        message = self.stage.windows.latest(self.id, data)
        if message is not None:
            with suppress(SandboxRefused):
                await self.stage.client.tap(self.id, message.id, data)

    async def see(self, tap: CallbackData, chat: int | None = None, *, after: int = 0) -> bool:
        """Wait for a button that changed into view after `after`; False when it does not come."""
        where, data = chat or self.id, tap.pack()
        windows = self.stage.windows
        found = await windows.until(where, lambda: windows.latest(where, data, after=after), PATIENCE)
        self.stage.happened["waited in vain"] += found is None
        return found is not None

    async def turn(self, tap: CallbackData, shows: CallbackData, chat: int | None = None) -> bool:
        """Press what turns a card, and wait for the button it is to show; who is told to wait a moment presses again."""
        for _ in range(_PRESSES):
            mark = self.stage.windows.seen
            answer = await self.press(tap, chat)
            if answer is None:
                return False
            if not answer.get("show_alert"):
                return await self.see(shows, chat, after=mark)
            await asyncio.sleep(_AGAIN)
        return False

    async def hear(self, after: int) -> bool:
        """Wait for any word of the bot in private after `after`."""
        windows = self.stage.windows
        found = await windows.until(
            self.id, lambda: next((True for shown in windows.messages(self.id) if shown.seen > after), None), PATIENCE
        )
        self.stage.happened["waited in vain"] += found is None
        return found is not None

    def sees(self, kind: type[T], chat: int | None = None) -> list[tuple[Shown, T]]:
        """Every button of one kind in a chat, the newest message first."""
        return [
            (message, button) for message in self.stage.windows.messages(chat or self.id) for button in message.buttons(kind)
        ]
