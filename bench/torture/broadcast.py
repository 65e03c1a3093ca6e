"""A mountain of reminders is on its way, at Telegram's real rates, and people write and press buttons meanwhile."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench.cast import sandbox_of
from bench.residents import WISHES, Resident, at_a_pace, side_by_side
from bench.torture.story import all_calls, arrivals, percentile
from bot.playing.processes import BOT, TOKEN, Process, running, settings_for
from bot.telegram import Telegram
from sandbox.client import SandboxClient
from storage import outbox
from storage.engine import open_engine, open_sessions
from storage.migrate import upgrade

SOON = 1000.0  # milliseconds
FULL = 0.95
_FIRST_ID, _FIRST_READER = 60_000_001, 70_000_001


async def trial(rows: int, seconds: float, pace: float, per_second: int, told: Callable[[str], None]) -> dict[str, Any]:
    """`rows` reminders to as many people; `pace` people a second write, and press a button of the card that they get.

    `per_second` is what the bot may send by its setting; the sandbox counts as strictly as ever, and permits 30.
    """
    with tempfile.TemporaryDirectory(prefix="wishlight-torture-") as at:
        folder = Path(at)
        url = f"sqlite+aiosqlite:///{folder / 'town.db'}"
        async with sandbox_of(folder, rate_scale=1.0) as (client, _):
            await client.set_bot(BOT, first_name="点亮微心愿")
            told(f"{rows} people start the bot and are written reminders")
            await _furnish(client, url, rows)
            settings = settings_for(client.url, url, "1", 1.0, WISHLIGHT_CLOCK_URL="")
            settings["WISHLIGHT_SENDS_PER_SECOND"] = f"{per_second}"
            async with running(Process("bot", ["run"], settings, folder)):
                found = await _measure(client, seconds, pace, told)
        return {
            **found,
            "permitted_per_second": per_second,
            "of_the_permitted": round(found["sent_per_second"] / per_second, 3),
        }


def failures(found: dict[str, Any]) -> list[str]:
    """Which promises were broken."""
    wrong = [f"{name}: {found[name]}" for name in ("text_to_card_p95_ms", "tap_to_toast_p95_ms") if found[name] >= SOON]
    wrong += [f"told to wait: {found['told_to_wait']}"] if found["told_to_wait"] else []
    return wrong + ([f"of what is permitted: {found['of_the_permitted']}"] if found["of_the_permitted"] < FULL else [])


async def _furnish(client: SandboxClient, url: str, rows: int) -> None:
    readers = [Resident(_FIRST_READER + number, "/start") for number in range(rows)]

    async def move_in(one: Resident) -> None:
        await client.add_user("居民", id=one.id)
        await client.say(one.id, one.words)

    await side_by_side(readers, move_in)
    telegram = Telegram(SecretStr(TOKEN), client.url)
    await telegram.open()
    await telegram.call("deleteWebhook", {"drop_pending_updates": True})
    await telegram.close()
    await upgrade(url)
    engine = open_engine(url, pool_size=1)
    now = datetime.now(UTC)
    async with open_sessions(engine).begin() as session:
        for one in readers:
            await outbox.enqueue(session, now, one.id, "sendMessage", {"chat_id": one.id, "text": "提醒您一声"}, lane=1)
    await engine.dispose()


async def _cards(client: SandboxClient, one: Resident) -> list[dict[str, Any]]:
    return [message for message in await client.messages(one.id) if message["from"]["id"] == BOT]


async def _measure(client: SandboxClient, seconds: float, pace: float, told: Callable[[str], None]) -> dict[str, Any]:
    while not arrivals(await all_calls(client)):  # noqa: ASYNC110 - another process begins
        await asyncio.sleep(0.2)
    await asyncio.sleep(3.0)  # the first burst is over
    people = [Resident(_FIRST_ID + number, WISHES[number % len(WISHES)]) for number in range(round(seconds * pace))]
    for one in people:
        await client.add_user("居民", id=one.id)
    told(f"people write for {seconds:g} seconds")
    after = (await client.status())["calls"]
    waits: list[float] = []
    taps: list[float] = []
    tasks: list[asyncio.Task[None]] = []
    loop = asyncio.get_running_loop()

    async def talk(one: Resident) -> None:
        begun = loop.time()
        await client.say(one.id, one.words)
        while not (cards := await _cards(client, one)):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)
        waits.append((loop.time() - begun) * 1000)
        button = cards[-1]["reply_markup"]["inline_keyboard"][0][0]
        begun = loop.time()
        await client.tap(one.id, cards[-1]["message_id"], button["callback_data"], wait=30)
        taps.append((loop.time() - begun) * 1000)

    async def begin(one: Resident) -> None:
        tasks.append(asyncio.create_task(talk(one)))

    begun = loop.time()
    await at_a_pace(people, pace, begin)
    await asyncio.gather(*tasks)
    took = loop.time() - begun
    calls = [call for call in await all_calls(client, after) if call["method"].startswith(("send", "edit"))]
    sent = sorted(call["mono_ms"] for call in calls if call["status"] == 200)
    return {
        "people": len(people),
        "seconds": round(took, 1),
        "text_to_card_p50_ms": percentile(waits, 0.5),
        "text_to_card_p95_ms": percentile(waits, 0.95),
        "tap_to_toast_p95_ms": percentile(taps, 0.95),
        "sent_per_second": round((len(sent) - 1) * 1000 / (sent[-1] - sent[0]), 2),
        "told_to_wait": sum(call["status"] == 429 for call in calls),
    }
