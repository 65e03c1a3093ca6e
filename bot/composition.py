"""Puts the program together from its settings, starts it, and stops it in order.

App ── Intake ── dispatcher ── OneTransaction ── handlers
 ├── Web ── Health, Webhook ── Intake
 └── Elected/Alone ── Workers ── Polling ── Intake, or Watch
                             ├── Ticks ── works
                             └── Sender ── Limits
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from aiogram import Bot, Dispatcher, Router
from aiogram.types import User
from sqlalchemy.ext.asyncio import AsyncSession

from actions import areas, failures, forgetting, learning
from actions.area_lists import AreasError
from actions.digests import make_appointment
from actions.town import Town
from bot.clock import Clock, FollowedClock, NoClock, SystemClock
from bot.dispatching import StraightDispatcher
from bot.election import Alone, Elected, Turn
from bot.intake import Intake
from bot.introduction import Commands, show_menu, who_am_i
from bot.logs import where
from bot.middleware import OneTransaction
from bot.present import Present
from bot.settings import PREFIX, BadSettings, Settings
from bot.telegram import Telegram
from bot.ticks import Do, Errand, Work
from bot.town_files import TownFiles, read_town_files
from bot.transactions import Transactions
from bot.vitals import Part, Vitals
from bot.web import Web
from bot.webhook import Webhook
from bot.workers import Workers
from rules.errors import NotStarted, Refusal
from storage import editions, roster
from storage.engine import open_engine, wait_for_turn
from storage.migrate import TooNew, upgrade
from storage.models import Person
from storage.outbox import LEASE
from storage.people import DEFAULT_LOCALE, synchronise_admins
from words import talk
from words.messages import Toast

log = logging.getLogger(__name__)

# Seconds that what hangs is waited for when the bot stops; with those of `bot/workers.py` they are less than ten.
_UPDATES, _CLOSING = 1.0, 0.5
_HANGS_AFTER = 8.0  # seconds in the middle of a transaction, whose rows then are free for whoever took over
T = TypeVar("T")


class Stopped(Exception):
    """Told to stop before it began."""


class App:
    """One running bot; also in the process of a test."""

    def __init__(
        self,
        settings: Settings,
        *,
        files: TownFiles | None = None,
        router: Router | None = None,
        works: Sequence[Work | Errand | Do] | None = None,
        commands: Commands | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self.settings = settings
        self._files = files
        self._router = router
        self._works = works
        self._commands = commands
        self._lease = lease
        self._url = settings.database_url.get_secret_value()
        self.engine = open_engine(self._url, pool_size=12, patience=_HANGS_AFTER)
        self.transactions = Transactions(self.engine)
        self.clock: Clock = FollowedClock(settings.clock_url) if settings.clock_url else SystemClock()
        self.telegram = Telegram(settings.bot_token, settings.bot_api_url, settings.proxy)
        self.vitals = Vitals()
        self.web = Web(settings.web_host, settings.web_port) if settings.web_port is not None else None
        brought = settings.mode == "webhook"
        self.webhook = Webhook(settings.webhook_url or "", settings.hook_secret) if brought else None
        self._turn: Turn = Alone() if self.transactions.one_at_a_time else Elected(self._url, self._wake)
        self._closing = ExitStack()
        self._stopping = asyncio.Event()
        self._leading: asyncio.Task[None] | None = None
        self.intake: Intake | None = None
        self.workers: Workers | None = None
        self.present: Present | None = None

    @property
    def town(self) -> Town | None:
        """The town as it is now."""
        return self.present.town if self.present is not None else None

    async def start(self) -> None:
        """Migrate, look who we are, fill in what the files say, then work in the background.

        Raises:
            BadSettings: the files or the token cannot be used.
            Stopped: somebody called `ask_to_stop` while Telegram was away.
        """
        try:
            self.vitals.expect(Part.EXCHANGE)
            if self.web is not None:
                await self._answer_on(self.web)
            files = self._files
            if files is None:
                files = await asyncio.to_thread(read_town_files, self.settings)
            try:
                await upgrade(self._url)
            except TooNew as error:
                raise BadSettings([f"{PREFIX}DATABASE_URL: {error}."]) from None
            await self.telegram.open()
            try:
                await self.clock.start(self._clock_moved)
            except NoClock:
                raise BadSettings([f"{PREFIX}CLOCK_URL: nothing there tells the time."]) from None
            me = await self._unless_stopped(who_am_i(self.telegram, self.webhook))
            present = self.present = await self.prepare(files, str(me.get("username", "")))
            await present.refresh(self.transactions, self.clock.now())
            if self._commands is not None:
                await show_menu(self.telegram, self._commands)
            dispatcher, bot = self.dispatcher(present, int(me["id"]))
            intake = self.intake = self._intake(dispatcher, bot, present)
            begin = self._beginning(intake, bot.id, present)
            self.vitals.ready = True
            if self.webhook is not None:
                self.webhook.open(intake)
            if await self._turn.take():
                self.workers = begin()
            else:
                self.vitals.excuse(Part.EXCHANGE)
            self._leading = asyncio.create_task(self._lead(begin, present), name="lead")
        except BaseException:
            await self.stop()
            raise

    async def run_until_stopped(self) -> None:
        """Work until somebody calls `ask_to_stop`; then stop."""
        stopped = asyncio.create_task(self._stopping.wait())
        assert self._leading is not None
        try:
            await asyncio.wait({stopped, self._leading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            await self.stop()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    async def stop(self) -> None:
        """Finish what is in hand, within ten seconds, and close everything."""
        self._stopping.set()
        self.vitals.ready = False
        if self.webhook is not None:
            self.webhook.close()
        leading, self._leading = self._leading, None
        try:
            if leading is not None:
                await leading
            if self.intake is not None:
                await self.intake.stop(_UPDATES)
        finally:
            for close in (self._turn.give_up, self._stop_answering, self.clock.stop, self.telegram.close, self.engine.dispose):
                await _within(_CLOSING, close())
            self._closing.close()

    async def _stop_answering(self) -> None:
        if self.web is not None:
            await self.web.stop()

    async def _answer_on(self, server: Web) -> None:
        """What is asked of the running program over HTTP, also while it waits for Telegram."""
        from bot.health import Health  # what it is made of takes a moment to import
        from bot.metrics import Metrics

        Health(self.vitals, Metrics(self.vitals, self.telegram), self.transactions, self.clock).mount(server)
        if self.webhook is not None:
            self.webhook.mount(server)
        await server.start()

    async def tick(self) -> int:
        """Do now what a tick would do; how many pieces were done."""
        return await self.workers.ticks.tick() if self.workers is not None else 0

    def _wake(self) -> None:
        """Something was committed, here or on another replica: the sender may send."""
        if self.workers is not None:
            self.workers.sender.wake()

    def _committed(self) -> None:
        if self.workers is not None:
            self._wake()
        else:
            self._turn.tell()

    def _clock_moved(self) -> None:
        if self.workers is not None:
            self.workers.ticks.hurry()

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        task, stopped = asyncio.create_task(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Stopped
            return task.result()
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)

    async def prepare(self, files: TownFiles, username: str) -> Present:
        """Areas and admins as the settings say, the recurring work, and the town built from them."""
        now = self.clock.now()
        async with self.transactions.begin() as session:
            await wait_for_turn(session)
            try:
                await areas.keep(session, files.areas)
            except AreasError as error:
                raise BadSettings([f"{PREFIX}AREAS: {problem}" for problem in error.problems]) from None
            admins = await synchronise_admins(session, now, self.settings.admins)
            edition = await editions.number(session, editions.AREAS)
            rows = list((await roster.areas(session)).values())
        silent = [admin.id for admin in admins if admin.started_at is None]
        if silent:
            log.warning("admins who never pressed Start cannot be told anything", extra={"admins": silent})
        town = await asyncio.to_thread(files.town, rows, username)
        async with self.transactions.begin() as session:
            await wait_for_turn(session)
            await make_appointment(session, now, town)
            await forgetting.make_appointment(session, now, town)
            await learning.make_appointment(session, now, town)
        return Present(town, edition)

    def dispatcher(self, present: Present, bot_id: int) -> tuple[Dispatcher, Bot]:
        router = self._router
        if router is None:
            import handlers  # so that a test with a router of its own needs none of them

            router = handlers.router()
        trace = self._closing.enter_context(self.settings.trace.open("a")) if self.settings.trace is not None else None
        town = present.town
        dispatcher = StraightDispatcher(disable_fsm=True, settings=self.settings)
        refused = partial(_refused, town)
        dispatcher.update.outer_middleware(OneTransaction(self.transactions, self.clock, present, refused, trace))
        dispatcher.include_router(router)
        bot = Bot(self.settings.bot_token.get_secret_value())
        # aiogram asks Telegram who the bot is when a command names it: inside our transaction, and around our proxy.
        bot._me = User(id=bot_id, is_bot=True, first_name=town.bot_username or "bot", username=town.bot_username)
        return dispatcher, bot

    def _intake(self, dispatcher: Dispatcher, bot: Bot, present: Present) -> Intake:
        def apologise(session: AsyncSession, now: datetime, *about: Any) -> Awaitable[None]:
            return failures.apologise(session, now, present.town, *about)

        return Intake(
            self.transactions,
            self.telegram,
            dispatcher,
            bot,
            self.clock,
            apologise,
            self._committed,
            vitals=self.vitals,
        )

    def _beginning(self, intake: Intake, bot_id: int, present: Present) -> Callable[[], Workers]:
        works = self._works
        if works is None:
            from bot.works import WORKS

            works = WORKS
        works = (Work(present.take_up, read=present.look), *works)

        def begin() -> Workers:
            workers = Workers(
                self.transactions,
                self.telegram,
                self.clock,
                present,
                intake,
                bot_id,
                works,
                self._turn.held,
                webhook=self.webhook,
                rate_scale=self.settings.rate_scale,
                per_second=self.settings.sends_per_second,
                lease=self._lease,
                vitals=self.vitals,
            )
            workers.start()
            self.vitals.elected()
            log.info("working", extra={"bot": bot_id})
            return workers

        return begin

    async def _lead(self, begin: Callable[[], Workers], present: Present) -> None:
        """Work whenever it is our turn; while it is not, updates may be brought all the same."""
        while not self._stopping.is_set():
            if self.workers is None:
                if not await self._turn.take():
                    await _first(self._stopping.wait(), asyncio.sleep(1.0))
                    await present.refresh(self.transactions, self.clock.now())
                    continue
                self.workers = begin()
            await _first(self._stopping.wait(), self.workers.until_one_ends())
            await self.workers.stop()
            self.workers = None
            self.vitals.resigned()
            await self._turn.give_up()


def _refused(town: Town, refusal: Refusal, person: Person | None) -> Toast:
    """A refusal's sentence; whoever never opened the bot is led there."""
    sentence = talk.refusal(refusal, person.locale if person is not None else DEFAULT_LOCALE)
    return Toast(sentence, alert=True, url=town.start_link("hello") if isinstance(refusal, NotStarted) else None)


async def _within(seconds: float, closing: Coroutine[Any, Any, None]) -> None:
    """A database or a network that hangs holds nobody up: the process ends, and what it held with it."""
    task = asyncio.ensure_future(closing)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        log.warning("something hangs and is left behind", extra={"what": getattr(closing, "__qualname__", "")})
        task.cancel()
    elif (error := task.exception()) is not None:
        log.warning("something could not be closed", extra={"error": where(error)})


async def _first(*waits: Awaitable[Any]) -> None:
    """Return when one of them does; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
