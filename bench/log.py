"""What the sandbox saw, on its own monotonic clock: when an update came and was handed out, when the bot's calls arrived."""

import asyncio
import re
import time
from collections.abc import Collection
from typing import Any

from bot.playing.failure import PlayFailed
from sandbox.client import SandboxClient

Json = dict[str, Any]
Key = tuple[str, int | str]
"""("message", chat) · ("edit", chat) · ("toast", query) · ("post", wish): what a call of a bot did."""

PATIENCE = 120.0
_EVERY = 0.1
_WISH = re.compile(r"\w:(?:[a-z-]+:)?(\d+)")


def what(call: Json) -> Key | None:
    """What a successful call did, if anybody waits for it."""
    payload = call["payload"]
    if call["status"] != 200:
        return None
    match call["method"]:
        case "sendMessage":
            chat = int(payload["chat_id"])
            return ("message", chat) if chat > 0 else ("post", wish_of(payload))
        case "editMessageText":
            return ("edit", int(payload["chat_id"]))
        case "answerCallbackQuery":
            return ("toast", payload["callback_query_id"])
    return None


def wish_of(payload: Json) -> int:
    """The wish that a card is about, by its buttons; 0 when it has none."""
    for row in (payload.get("reply_markup") or {}).get("inline_keyboard", ()):
        for button in row:
            found = _WISH.match(button.get("callback_data", ""))
            if found:
                return int(found.group(1))
    return 0


class CallLog:
    """The calls of one bot since a moment."""

    def __init__(self, client: SandboxClient, bot_id: int, after: int) -> None:
        self._client = client
        self._bot_id = bot_id
        self._after = after
        self.first: dict[Key, Json] = {}

    @classmethod
    async def from_now_on(cls, client: SandboxClient, bot_id: int) -> "CallLog":
        return cls(client, bot_id, (await client.status())["calls"])

    async def until(self, wanted: Collection[Key]) -> None:
        """Wait until all of that happened.

        Raises:
            PlayFailed: it did not, for a long time.
        """
        deadline = time.monotonic() + PATIENCE
        missing = set(wanted) - self.first.keys()
        while missing:
            for call in await self._client.calls(after=self._after):
                self._after = call["seq"]
                done = what(call) if call["bot"] == self._bot_id else None
                if done is not None:
                    self.first.setdefault(done, call)
                    missing.discard(done)
            if not missing:
                return
            if time.monotonic() > deadline:
                raise PlayFailed(f"{len(missing)} answers did not come, such as {min(map(str, missing))}.")
            await asyncio.sleep(_EVERY)

    def arrived(self, key: Key) -> float:
        """When it arrived, in milliseconds."""
        return float(self.first[key]["mono_ms"])


async def updates_of(client: SandboxClient, bot_id: int, kind: str) -> dict[int, Json]:
    """The latest update of a kind that each person caused for a bot."""
    rows = await client.updates()
    return {row["from_id"]: row for row in rows if row["bot"] == bot_id and row["kind"] == kind}
