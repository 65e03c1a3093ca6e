"""Whether the bot is well, and its figures: /healthz, /readyz, /metrics.

/healthz   well: whatever this replica has to do gets through. A poll that hangs, or a webhook gone dark, is ill.
/readyz    ready: it knows its town, and the database answers. A replica that waits for its turn is ready, too.
/metrics   for Prometheus.
"""

import asyncio
import logging

from aiohttp import web
from sqlalchemy import text

from bot.clock import Clock
from bot.logs import where
from bot.metrics import Metrics
from bot.transactions import Transactions
from bot.vitals import Vitals
from bot.web import Web
from storage import backlog

log = logging.getLogger(__name__)

_ANSWER = text("SELECT 1")
_PATIENCE = 3.0  # seconds that the database has


class Health:
    def __init__(self, vitals: Vitals, metrics: Metrics, transactions: Transactions, clock: Clock) -> None:
        self._vitals = vitals
        self._metrics = metrics
        self._transactions = transactions
        self._clock = clock

    def mount(self, server: Web) -> None:
        server.mount("GET", "/healthz", self.healthz)
        server.mount("GET", "/readyz", self.readyz)
        server.mount("GET", "/metrics", self.metrics)

    async def healthz(self, request: web.Request) -> web.Response:
        vitals = self._vitals
        problems = vitals.complaints()
        role = "works" if vitals.leads else "waits" if vitals.ready else "starts"
        said = {
            "status": "ill" if problems else "ok",
            "role": role,
            "seconds_since": {part: round(age, 1) for part, age in vitals.ages().items()},
            "problems": problems,
        }
        return web.json_response(said, status=503 if problems else 200)

    async def readyz(self, request: web.Request) -> web.Response:
        problems = [] if self._vitals.ready else ["it starts or stops"]
        if not await self._database_answers():
            problems.append("the database does not answer")
        said = {"status": "not ready" if problems else "ready", "problems": problems}
        return web.json_response(said, status=503 if problems else 200)

    async def metrics(self, request: web.Request) -> web.Response:
        """The figures; without the database, those that need none."""
        now = self._clock.now()
        found = None
        try:
            async with asyncio.timeout(_PATIENCE), self._transactions.reading() as session:
                found = await backlog.read(session, now)
        except Exception as error:
            log.warning("no figures from the database", extra={"error": where(error)})
        body, kind = self._metrics.exposition(now, found, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": kind})

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE), self._transactions.reading() as session:
                await session.execute(_ANSWER)
        except Exception as error:
            log.warning("the database does not answer", extra={"error": where(error)})
            return False
        return True
