"""A page that is there at once: it tells how far the town is with its first day, and gives way to the chat windows."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

_PAGE = Path(__file__).with_name("foyer.html")


class Foyer:
    """Answers in a thread of its own, since whoever waits for it reads large libraries meanwhile.

    The page is at `/`; elsewhere it `says` how far things are, as something that is not ready yet.
    """

    def __init__(self, port: int) -> None:
        self.says = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _answers(self, _PAGE.read_bytes()))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _answers(foyer: Foyer, page: bytes) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        timeout = 5.0  # seconds that a browser has for its question

        def do_GET(self) -> None:
            if self.path == "/":
                self._send(HTTPStatus.OK, "text/html", page)
            else:
                self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", foyer.says.encode())

        def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Answers
