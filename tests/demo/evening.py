"""An evening with the demo: the command as a child process, and somebody who plays its tour as the page would."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from sandbox.client import SandboxClient

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "bot.cli", "demo", "--no-browser"]
PATIENCE = 120.0  # a busy machine is no failure
Json = dict[str, Any]


@dataclass
class Running:
    """A demo whose page has been announced."""

    process: "subprocess.Popen[str]"
    address: str

    def stop(self) -> str:
        """Ctrl-C; returns what it says at last."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return said

    def kill(self) -> None:
        """Pull the plug: nobody has time for anything."""
        everybody = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children()]
        for one in everybody:
            one.kill()
        self.process.communicate(timeout=PATIENCE)
        psutil.wait_procs(everybody, timeout=PATIENCE)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def demo(folder: Path, *more: str) -> Iterator[Running]:
    """Start it, wait until it says where the page is, and leave nothing running."""
    command = [*COMMAND, "--folder", str(folder), "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"The chat windows are at (http://[\d.:]+)/", line):
                yield Running(process, found[1])
                break
        else:
            raise AssertionError("".join(said))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)


async def until(look: Any) -> Any:
    """What `look` returns, as soon as it is anything."""
    deadline = time.monotonic() + PATIENCE
    while not (found := await look()):
        assert time.monotonic() < deadline, "it does not come"
        await asyncio.sleep(0.05)
    return found


async def said_by_bot(people: SandboxClient, chat: int, words: str, after: int = 0) -> Json | None:
    """The newest message of the bot that matches, above a number."""
    for message in reversed(await people.messages(chat, after=after)):
        if message["from"]["is_bot"] and not message.get("deleted") and re.search(words, message.get("text", "")):
            return message
    return None


async def press(people: SandboxClient, person: int, chat: int | None, label: str, after: int = 0) -> None:
    """Press the newest button with this label, as soon as there is one."""

    async def look() -> tuple[int, str] | None:
        for message in reversed(await people.messages(chat or person, after=after)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if label in button["text"] and not message.get("deleted"):
                        return message["message_id"], button["callback_data"]
        return None

    for _ in range(10):
        message_id, data = await until(look)
        tap = await people.tap(person, message_id, data, chat, wait=60)
        assert tap["answer"] is not None
        if "内容刚好变了" not in (tap["answer"]["text"] or ""):  # the card that shows the last tap is still on its way
            break
        await asyncio.sleep(0.2)
    assert not tap["answer"]["show_alert"], tap["answer"]["text"]


async def last_number(people: SandboxClient, chat: int) -> int:
    return max((message["message_id"] for message in await people.messages(chat)), default=0)


async def play_step(people: SandboxClient, step: Json) -> None:
    """Do what a step proposes, in its order, and see what it promises."""
    done = step["done"]
    where = done["chat"] or done["person"]
    begun = await last_number(people, where)
    said: dict[int, int] = {}
    for action in step["actions"]:
        if "advance" in action:
            await people.advance(action["advance"])
        elif "to" in action:
            await people.advance(await seconds_until(people, action["to"]))
        else:
            chat = action["chat"] or action["person"]
            if "say" in action:
                said[chat] = (await people.say(action["person"], action["say"], chat))["message_id"]
            else:
                await press(people, action["person"], action["chat"], action["press"], said.pop(chat, 0))
    await until(lambda: said_by_bot(people, where, done["says"], begun))


async def seconds_until(people: SandboxClient, moment: str) -> float:
    """Until the sandbox's clock shows this time of day in Shanghai."""
    hour, minute = map(int, moment.split(":"))
    now = (await people.clock())["now"]
    return float((hour * 3600 + minute * 60 - (now + 8 * 3600)) % 86400)
