"""What answers on WEB_PORT: one HTTP server that parts of the program mount their routes on before it starts."""

import errno
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.settings import PREFIX, BadSettings

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PATIENCE = 0.5  # seconds that requests in hand have when it stops
_LARGEST = 4 * 1024**2  # bytes of a body


class Web:
    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._asked = port
        self._app = web.Application(client_max_size=_LARGEST)
        self._runner: web.AppRunner | None = None
        self.port = port

    def mount(self, method: str, path: str, handler: Handler) -> None:
        """Have a route answered; before `start`."""
        self._app.router.add_route(method, path, handler)

    async def start(self) -> None:
        """Listen.

        Raises:
            BadSettings: host or port cannot be had.
        """
        # No log of requests: a path may hold a secret, and what matters is told by whoever handles them.
        self._runner = web.AppRunner(self._app, handle_signals=False, access_log=None, shutdown_timeout=_PATIENCE)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._asked, reuse_port=False).start()
        except OSError as error:
            await self.stop()
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
            name = "WEB_PORT" if taken else "WEB_HOST"
            why = error.strerror or type(error).__name__
            raise BadSettings([f"{PREFIX}{name}: cannot listen on {self._host}:{self._asked} ({why})."]) from None
        self.port = int(self._runner.addresses[0][1])
        log.info("answering", extra={"host": self._host, "port": self.port})

    async def stop(self) -> None:
        """Take no more; requests in hand have a moment to end."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
