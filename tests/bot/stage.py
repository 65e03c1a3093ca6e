"""A bot with a router of the test's own, in this process, against a sandbox over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.types import Message as Update
from sqlalchemy import Select, select

from actions.area_lists import AreaList
from actions.town import Town
from bot.composition import App
from bot.settings import Settings
from bot.town_files import TownFiles
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader
from rules.errors import TooManyClaims
from rules.policy import default_policy
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from storage.models import Outgoing, Person, SeenUpdate
from words.messages import Answer, Message, Toast

TOKEN = "7000001:stage-token-stage-token-stage-token"
BOT = 7000001
SCALE = 500.0
WANG, LI = 11, 12
_taxonomy = Taxonomy.default()
_reader = Reader(_taxonomy)


class QuickFiles(TownFiles):
    """The default town with a reader that was built once."""

    def town(self, rows: Sequence[Any], bot_username: str) -> Town:
        return Town(self.policy, self.taxonomy, _reader, bot_username)


FILES = QuickFiles(replace(default_policy(), messages_a_minute=1_000_000), _taxonomy, AreaList())


def echo_router() -> Router:
    """Echoes; `boom` fails, `no` refuses, `wait` takes its time; taps get a toast that says their data."""
    router = Router()

    @router.message(F.text == "boom")
    async def boom(message: Update, person: Person) -> Answer:
        person.locale = "en"
        raise RuntimeError(f"secret words of {person.name}")

    @router.message(F.text == "no")
    async def refuse(message: Update, person: Person) -> Answer:
        person.locale = "en"
        raise TooManyClaims(3)

    @router.message(F.text.startswith("buttons"))
    async def buttons(message: Update) -> Answer:
        from words.messages import Button

        return Message("press", ((Button("yes", "yes"), Button("no", "no"), Button("quiet", "quiet")),))

    @router.message(F.text)
    async def echo(message: Update) -> Answer:
        return Message(message.text or "")

    @router.callback_query(F.data == "no")
    async def refuse_tap(query: CallbackQuery) -> Answer:
        raise TooManyClaims(3)

    @router.callback_query(F.data == "quiet")
    async def quiet(query: CallbackQuery) -> Answer:
        return None

    @router.callback_query()
    async def tapped(query: CallbackQuery) -> Answer:
        return Toast(query.data or "")

    return router


@dataclass
class Stage:
    sandbox: Sandbox
    people: SandboxClient
    settings: Settings
    apps: list[App] = field(default_factory=list)

    async def open(self, router: Router | None = None, works: Sequence[Any] = (), **more: Any) -> App:
        app = App(self.settings, files=FILES, router=router or echo_router(), works=works, **more)
        self.apps.append(app)
        await app.start()
        return app

    @property
    def app(self) -> App:
        return self.apps[-1]

    async def heard(self, chat: int = WANG) -> list[str]:
        """What the bot said in a chat."""
        return [message["text"] for message in await self.people.messages(chat) if message["from"]["id"] == BOT]

    async def hears(self, *texts: str, chat: int = WANG) -> None:
        """The bot says exactly this in a chat, in this order, and no more."""
        await until(lambda: self._heard_so_many(len(texts), chat))
        assert await self.heard(chat) == list(texts)

    async def _heard_so_many(self, number: int, chat: int) -> bool:
        return len(await self.heard(chat)) >= number

    async def rows(self, query: Select[Any]) -> list[Any]:
        async with self.app.transactions.begin() as session:
            return list(await session.scalars(query.execution_options(populate_existing=True)))

    async def outcomes(self) -> list[str]:
        return [row.outcome for row in await self.rows(select(SeenUpdate).order_by(SeenUpdate.id))]

    async def quiet(self) -> None:
        """Everything that was said is handled, acknowledged and delivered."""

        async def is_quiet() -> bool:
            status = await self.people.status()
            if status["pending_updates"] or status["unacked_updates"]:
                return False
            return not await self.rows(select(Outgoing).where(Outgoing.state == "waiting"))

        await until(is_quiet)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is waited for is elsewhere
            await asyncio.sleep(0.01)
