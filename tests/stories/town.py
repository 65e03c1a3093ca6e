"""A town to tell stories in: a strict local Telegram, the bot in this process, and a fixed cast, over real HTTP.

Every story begins on a Monday, 09:00 local time, and time only passes when the story says so.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from actions.town import Town as ActionsTown
from bot.area_files import read_areas
from bot.composition import App
from bot.settings import Settings
from bot.town_files import TownFiles
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader
from rules.policy import default_policy
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.models import Appointment, Area, Claim, Notice, Outgoing, Person, SeenUpdate, Wish
from tests.stories.invariants import assert_sound

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOKEN = "7000001:story-token-story-token-story-token"
ADMIN, OFFICER = 101, 102
AREAS = Path(__file__).parents[2] / "bot" / "towns" / "chengguan.yaml"
PATIENCE = 90.0  # a busy machine is no failure


@dataclass
class Actor:
    """Somebody with a phone."""

    town: "Town"
    id: int
    name: str

    async def say(self, text: str, chat: int | None = None, **more: Any) -> dict[str, Any]:
        sent = await self.town.people.say(self.id, text, chat, **more)
        await self.town.settle()
        return sent

    async def send(self, **content: Any) -> dict[str, Any]:
        sent = await self.town.people.send(self.id, **content)
        await self.town.settle()
        return sent

    async def photo(self, caption: str | None = None) -> None:
        await self.send(photo=True, caption=caption)

    async def messages(self, chat: int | None = None) -> list[dict[str, Any]]:
        """What the bot said in a chat, oldest first, deleted ones left out."""
        bot = self.town.bot_id
        return [
            message
            for message in await self.town.people.messages(chat or self.id)
            if not message.get("deleted") and message["from"]["id"] == bot
        ]

    async def last(self, chat: int | None = None) -> str:
        """The bot's last text."""
        said = [text_of(message) for message in await self.messages(chat)]
        return said[-1] if said else ""

    async def heard(self, words: str, chat: int | None = None) -> bool:
        return any(words in text_of(message) for message in await self.messages(chat))

    async def buttons(self, chat: int | None = None) -> list[str]:
        """The labels of every button in sight, the newest message first."""
        return [button["text"] for _, button in await self._buttons(chat)]

    async def tap(self, label: str, chat: int | None = None) -> dict[str, Any]:
        """Press the newest button whose label contains `label`; returns the toast."""
        for message, button in await self._buttons(chat):
            if label in button["text"] and "callback_data" in button:
                return await self.press(message["message_id"], button["callback_data"], chat)
        raise AssertionError(f"{self.name} sees no {label!r}, only {await self.buttons(chat)}")

    async def press(self, message_id: int, data: str, chat: int | None = None, **more: Any) -> dict[str, Any]:
        tap = await self.town.people.tap(self.id, message_id, data, chat, wait=5, **more)
        await self.town.settle()
        return tap["answer"] or {}

    async def forge(self, data: str) -> dict[str, Any]:
        """Send a tap that no button offers."""
        message = (await self.messages())[-1]
        return await self.press(message["message_id"], data, forge=True)

    async def _buttons(self, chat: int | None) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [
            (message, button)
            for message in reversed(await self.messages(chat))
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]


class Town:
    """The stage: `people` acts through the sandbox, `app` is the bot."""

    def __init__(self, sandbox: Sandbox, people: SandboxClient, settings: Settings, files: TownFiles) -> None:
        self.sandbox = sandbox
        self.people = people
        self._settings = settings
        self._files = files
        self.app = App(settings, files=files)
        self.bot_id = int(TOKEN.split(":")[0])
        self._next_id = 1000
        self.may_fail = False  # a story about failing handlers says so

    async def begin(self) -> None:
        await self.app.start()
        await self.settle()

    async def restart(self) -> None:
        """The bot stops and starts again on the same database."""
        await self.app.stop()
        await self.begin_again()

    async def begin_again(self) -> None:
        """The bot starts on the same database after it was stopped."""
        self.app = App(self._settings, files=self._files)
        await self.app.start()
        await self.settle()

    async def person(self, name: str, *, id: int | None = None, start: bool = True, language: str = "zh") -> Actor:
        self._next_id += 1
        user = await self.people.add_user(name, id=id or self._next_id, language_code=language)
        actor = Actor(self, user["id"], name)
        if start:
            await actor.say("/start")
        return actor

    async def group(
        self, title: str, *members: Actor, area: str = "城关镇", audience: str = "志愿者群", kind: str = "supergroup"
    ) -> int:
        """A group that an admin has bound with two taps."""
        admin = Actor(self, ADMIN, "张书记")
        chat = await self.people.add_group(title, [admin.id, *(member.id for member in members)], type=kind)
        await self.settle()
        await admin.say("/bind", chat["id"])
        await admin.tap(area, chat["id"])
        await admin.tap(audience, chat["id"])
        return int(chat["id"])

    async def volunteer(self, name: str) -> Actor:
        """Somebody whom an admin has let in."""
        actor = await self.person(name)
        async with self.app.transactions.begin() as session:
            (await session.get_one(Person, actor.id)).volunteer = "yes"
        return actor

    # --- time

    def now(self) -> datetime:
        return self.app.clock.now()

    async def advance(self, **time: float) -> None:
        """Let time pass at once, and see everything that it makes happen."""
        reading = await self.people.advance(timedelta(**time).total_seconds())
        target = datetime.fromtimestamp(reading["now"], UTC)
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while self.app.clock.now() < target - timedelta(seconds=1):
            assert asyncio.get_running_loop().time() < deadline, "the bot does not follow the clock"
            await asyncio.sleep(0.002)
        await self.settle()

    async def live_through(self, **time: float) -> None:
        """Let time pass from one due thing to the next, as it does in life."""
        end = self.now() + timedelta(**time)
        while (due := await self._next_due()) is not None and due < end:
            await self.advance(seconds=max(1.0, (due - self.now()).total_seconds() + 1))
        await self.advance(seconds=max(1.0, (end - self.now()).total_seconds()))

    async def _next_due(self) -> datetime | None:
        async with self.app.transactions.begin() as session:
            found = [
                await session.scalar(select(func.min(column)))
                for column in (Wish.next_reminder_at, Claim.next_reminder_at, Notice.due_at, Appointment.due_at)
            ]
        return min((moment for moment in found if moment is not None), default=None)

    async def settle(self) -> None:
        """Wait until every update is handled, everything due is done and everything said is delivered."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            status = await self.people.status()
            if not status["pending_updates"] and not status["unacked_updates"]:
                done = await self.app.tick()
                if not done and not await self._waiting():
                    again = await self.people.status()
                    if not again["pending_updates"] and not again["unacked_updates"]:
                        return
            assert asyncio.get_running_loop().time() < deadline, f"the town does not settle: {status}"
            await asyncio.sleep(0.005)

    async def _waiting(self) -> int:
        async with self.app.transactions.begin() as session:
            failed = (
                await session.scalars(select(SeenUpdate.error).where(SeenUpdate.outcome.in_(["failed", "unreadable"])))
            ).all()
            assert not failed or self.may_fail, failed
            query = select(func.count()).select_from(Outgoing).where(Outgoing.state == "waiting")
            return await session.scalar(query) or 0

    # --- what the rows say

    async def wish(self, wish_id: int | None = None) -> Wish:
        """One wish, the latest by default."""
        async with self.app.transactions.begin() as session:
            query = select(Wish).order_by(Wish.id.desc()).limit(1)
            if wish_id is not None:
                query = select(Wish).where(Wish.id == wish_id)
            return (await session.scalars(query)).one()

    async def rows(self, query: Any) -> list[Any]:
        async with self.app.transactions.begin() as session:
            return list((await session.scalars(query)).all())

    async def refused_calls(self) -> list[dict[str, Any]]:
        """Calls that Telegram refused, other than a second poller's."""
        return [call for call in await self.people.calls() if not call["answer"].get("ok") and call["status"] != 409]


def text_of(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


@asynccontextmanager
async def open_town(database_url: str, files: TownFiles | None = None) -> AsyncIterator[Town]:
    sandbox = Sandbox(rate_scale=200.0, clock_start=T0)
    await sandbox.start()
    settings = Settings(
        _env_file=None,
        bot_token=TOKEN,
        bot_api_url=sandbox.url,
        clock_url=f"{sandbox.url}/client/clock",
        database_url=database_url,
        admins=f"{ADMIN},{OFFICER}",
        rate_scale=200.0,
    )
    try:
        async with SandboxClient.connect(sandbox.url) as people:
            town = Town(sandbox, people, settings, files or FILES)
            try:
                await town.begin()
                yield town
                if not town.may_fail:
                    await assert_sound(town)
            finally:
                await town.app.stop()
    finally:
        await sandbox.stop()


class Files(TownFiles):
    """The town's files, whose reader is built once for all stories."""

    def town(self, rows: Sequence[Area], bot_username: str) -> ActionsTown:
        if not READERS:
            READERS.append(self.reader())
        return ActionsTown(self.policy, self.taxonomy, READERS[0], bot_username, {area.code: area for area in rows})


READERS: list[Reader] = []
FILES = Files(default_policy(), Taxonomy.default(), read_areas(AREAS))
