"""A typed client of the client side: what tests and the replay say and see over real HTTP.

async with SandboxClient.connect(sandbox.url) as people:
    wang = await people.add_user("王阿姨")
    await people.say(wang["id"], "/start")
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Json = dict[str, Any]


class SandboxRefused(Exception):
    """The sandbox answered 400; the words are its sentence."""


class SandboxClient:
    """Plays the people. A chat of None means the private chat with the bot."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url.rstrip("/")
        self._session = session

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[SandboxClient]:
        """A client with a session of its own."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            yield cls(url, session)

    async def get(self, path: str, **query: Any) -> Any:
        """GET /client/<path>."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        async with self._session.get(f"{self.url}/client/{path}", params=given) as response:
            return await self._result(response)

    async def post(self, path: str, **body: Any) -> Any:
        """POST /client/<path>; what is None is left out."""
        given = {name: value for name, value in body.items() if value is not None}
        async with self._session.post(f"{self.url}/client/{path}", json=given) as response:
            return await self._result(response)

    @staticmethod
    async def _result(response: aiohttp.ClientResponse) -> Any:
        result = await response.json()
        if response.status != 200:
            raise SandboxRefused(result["error"])
        return result

    # --- who is there

    async def add_user(self, first_name: str, *, id: int | None = None, **facts: Any) -> Json:
        """Add a person (last_name, username, language_code as facts)."""
        user: Json = await self.post("users", id=id, first_name=first_name, **facts)
        return user

    async def users(self) -> list[Json]:
        """Every person."""
        users: list[Json] = (await self.get("users"))["users"]
        return users

    async def set_bot(self, id: int, **facts: Any) -> Json:
        """Announce a bot, or change its first_name, username or privacy (False: it reads everything)."""
        bot: Json = await self.post("bots", id=id, **facts)
        return bot

    async def bots(self) -> list[Json]:
        """Every bot."""
        bots: list[Json] = (await self.get("bots"))["bots"]
        return bots

    async def add_group(
        self,
        title: str,
        members: Iterable[int] = (),
        *,
        admins: Iterable[int] = (),
        type: str = "supergroup",
        id: int | None = None,
        bot: str | None = "administrator",
    ) -> Json:
        """Create a group; bot=None leaves the bot out."""
        given: Json = {"title": title, "members": list(members), "admins": list(admins), "type": type, "bot": bot}
        if id is not None:
            given["id"] = id
        async with self._session.post(f"{self.url}/client/chats", json=given) as response:
            chat: Json = await self._result(response)
        return chat

    async def set_member(
        self, chat: int, user: int | None, status: str, *, can_send_messages: bool | None = None, bot: int | bool | None = None
    ) -> Json:
        """Change a membership; user=None means the bot."""
        who = {"user_id": user} if user is not None else {"bot": bot if bot is not None else True}
        member: Json = await self.post(f"chats/{chat}/members", status=status, can_send_messages=can_send_messages, **who)
        return member

    async def upgrade(self, chat: int) -> Json:
        """Make a group a supergroup; the answer is the new chat."""
        new: Json = await self.post(f"chats/{chat}/upgrade")
        return new

    async def chats(self) -> list[Json]:
        """Every chat."""
        chats: list[Json] = (await self.get("chats"))["chats"]
        return chats

    async def chat(self, chat: int, *, bot: int | None = None) -> Json:
        """One chat, a group with its members."""
        found: Json = await self.get(f"chats/{chat}", bot=bot)
        return found

    async def block(self, user: int, blocked: bool = True, *, bot: int | None = None) -> None:
        """Block the bot, or unblock it."""
        await self.post("block", user_id=user, blocked=blocked, bot=bot)

    # --- what they say

    async def say(self, user: int, text: str, chat: int | None = None, **more: Any) -> Json:
        """Write (more: reply_to_message_id, anonymous, bot)."""
        message: Json = await self.post("messages", from_id=user, chat_id=chat or user, text=text, **more)
        return message

    async def send(self, user: int, chat: int | None = None, **content: Any) -> Json:
        """Send anything else: voice=True, location={…}, contact={…}, document=…, with caption and so on."""
        message: Json = await self.post("messages", from_id=user, chat_id=chat or user, **content)
        return message

    async def send_photo(self, user: int, chat: int | None = None, *, photo: str | bool = True, **more: Any) -> Json:
        """Send a photo: a generated one, or base64 text."""
        return await self.send(user, chat, photo=photo, **more)

    async def send_album(self, user: int, items: list[Json], chat: int | None = None, **more: Any) -> list[Json]:
        """Send several photos or videos together."""
        sent: list[Json] = (await self.post("messages", from_id=user, chat_id=chat or user, media_group=items, **more))[
            "messages"
        ]
        return sent

    async def edit(self, user: int, message_id: int, chat: int | None = None, **content: Any) -> Json:
        """Correct the text or caption of an own message."""
        message: Json = await self.post("messages/edit", from_id=user, chat_id=chat or user, message_id=message_id, **content)
        return message

    async def delete(self, user: int, message_id: int, chat: int | None = None, *, bot: int | None = None) -> None:
        """Take an own message back."""
        await self.post("messages/delete", from_id=user, chat_id=chat or user, message_id=message_id, bot=bot)

    async def tap(self, user: int, message_id: int, data: str, chat: int | None = None, **more: Any) -> Json:
        """Press a button (more: wait=seconds, forge, inaccessible, bot): {id, answer}."""
        tap: Json = await self.post("callbacks", from_id=user, chat_id=chat or user, message_id=message_id, data=data, **more)
        return tap

    async def tapped(self, tap_id: str) -> Json:
        """What became of a tap: {id, answer}."""
        tap: Json = await self.get(f"callbacks/{tap_id}")
        return tap

    async def messages(self, chat: int, *, after: int | None = None, bot: int | None = None) -> list[Json]:
        """The messages of a chat, with keyboards and what became of them."""
        messages: list[Json] = (await self.get(f"chats/{chat}/messages", after=after, bot=bot))["messages"]
        return messages

    # --- what the server saw

    async def calls(self, *, after: int = 0, limit: int | None = None) -> list[Json]:
        """Bot API calls, oldest first, at most 10,000 at a time."""
        calls: list[Json] = (await self.get("calls", after=after, limit=limit))["calls"]
        return calls

    async def updates(self, *, after: int = 0) -> list[Json]:
        """Updates and when each was queued, handed out and acknowledged."""
        updates: list[Json] = (await self.get("updates", after=after))["updates"]
        return updates

    async def status(self) -> Json:
        """Counters."""
        status: Json = await self.get("status")
        return status

    # --- time and trouble

    async def clock(self, *, after: int | None = None, wait: float | None = None) -> Json:
        """The clock: {now, speed, version}; with after, once the version is another one."""
        reading: Json = await self.get("clock", after=after, timeout=wait)
        return reading

    async def set_clock(self, *, set: float | None = None, advance: float | None = None, speed: float | None = None) -> Json:
        """Set, advance and speed up the clock."""
        reading: Json = await self.post("clock", set=set, advance=advance, speed=speed)
        return reading

    async def advance(self, seconds: float) -> Json:
        """Let time pass at once."""
        return await self.set_clock(advance=seconds)

    async def fault(
        self,
        kind: str,
        *,
        methods: list[str] | None = None,
        chats: list[int] | None = None,
        count: int | None = None,
        seconds: float | None = None,
        delay: float | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Order a fault, see `sandbox.faults.KINDS`; none clears them all."""
        amount = {"count": count, "seconds": seconds, "delay": delay, "retry_after": retry_after}
        await self.post("faults", kind=kind, methods=methods, chats=chats, **amount)
