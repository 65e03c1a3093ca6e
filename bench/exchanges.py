"""What people do and what they wait for.

echo         a message → the same words
card         a message → the card that shows what was understood
submission   the card's submit button → the toast, the own card as it is now, and the card in the staff's or volunteers' group
"""

from collections.abc import Sequence

from bench.contender import Contender
from bench.log import CallLog, Key, wish_of
from bench.measure import Crowd, crowd, trickle
from bench.residents import Resident
from sandbox.client import SandboxClient
from words.buttons import CardTap


class Writing:
    """Somebody writes one message and waits for one."""

    kind = "message"

    def __init__(self, client: SandboxClient, contender: Contender) -> None:
        self._client = client
        self._contender = contender

    async def do(self, resident: Resident) -> None:
        await self._client.say(resident.id, resident.words, bot=self._contender.bot_id)

    def answers(self, resident: Resident) -> list[Key]:
        return [("message", resident.id)]

    async def crowd(self, people: Sequence[Resident]) -> tuple[Crowd, CallLog]:
        return await crowd(self._client, self._contender, people, self.do, self.answers)

    async def trickle(self, people: Sequence[Resident], a_second: float) -> tuple[list[float], CallLog]:
        return await trickle(self._client, self._contender, people, a_second, self.kind, self.do, self.answers)


class Submitting(Writing):
    """Those who have a card press its submit button."""

    kind = "callback_query"

    def __init__(self, client: SandboxClient, contender: Contender, written: CallLog) -> None:
        super().__init__(client, contender)
        self._written = written
        self._taps: dict[int, str] = {}

    async def do(self, resident: Resident) -> None:
        message = self._written.first["message", resident.id]["answer"]["result"]["message_id"]
        data = CardTap(do="submit", wish=self._wish(resident)).pack()
        tap = await self._client.tap(resident.id, message, data, bot=self._contender.bot_id)
        self._taps[resident.id] = tap["id"]

    def answers(self, resident: Resident) -> list[Key]:
        return [("toast", self._taps[resident.id]), ("edit", resident.id), ("post", self._wish(resident))]

    def _wish(self, resident: Resident) -> int:
        return wish_of(self._written.first["message", resident.id]["payload"])
