"""What stands in front of the replicas: each update goes to the next one that takes it.

An update is given to another replica only when the first one cannot have taken it: the connection was refused, or the answer is
503. Whatever else goes wrong is told to Telegram, which brings the update again.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

import aiohttp
from aiohttp import web

_PATIENCE = 5.0  # seconds until a replica that hangs is no answer
_PASSED_ON = ("Content-Type", "X-Telegram-Bot-Api-Secret-Token")
_PASSED_BACK = ("Retry-After",)


class Balancer:
    def __init__(self, ports: Sequence[int], session: aiohttp.ClientSession) -> None:
        self._ports = ports
        self._session = session
        self._turns = count()
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def before(cls, ports: Sequence[int]) -> AsyncIterator["Balancer"]:
        """In front of whoever listens on these ports, until the block ends."""
        connections = aiohttp.TCPConnector(limit=0, force_close=True)  # one that was kept open may be a dead replica's
        async with aiohttp.ClientSession(connector=connections, timeout=aiohttp.ClientTimeout(_PATIENCE)) as session:
            balancer = cls(ports, session)
            app = web.Application()
            app.router.add_post("/{path:.*}", balancer.hand_on)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                balancer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
                yield balancer
            finally:
                await runner.cleanup()

    async def hand_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        first = next(self._turns)
        answer = web.Response(status=502)
        for number in range(len(self._ports)):
            port = self._ports[(first + number) % len(self._ports)]
            try:
                url = f"http://127.0.0.1:{port}{request.path}"
                async with self._session.post(url, data=body, headers=headers) as said:
                    answer = web.Response(status=said.status, body=await said.read())
                    answer.headers.update({name: said.headers[name] for name in _PASSED_BACK if name in said.headers})
            except aiohttp.ClientConnectorError:
                continue
            except TimeoutError:
                return web.Response(status=504)
            except aiohttp.ClientError:
                return web.Response(status=502)
            if answer.status != 503:
                return answer
        return answer
