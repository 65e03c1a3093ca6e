"""What the log says: one line an event, ids and figures beside it. Nobody's words or names ever stand there.

As text: time, level, logger, event, then key=value, quoted where a value has spaces. As JSON: one object a line, same keys.
An error is told by its kind and its places, since its words may quote somebody.
"""

import asyncio
import json
import logging
import re
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

Form = Literal["text", "json"]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NEW_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[^\s\"=]+")
_ROOT = Path(__file__).parent.parent

log = logging.getLogger(__name__)


class KeyValues(logging.Formatter):
    """Time, level, logger, message, then everything that came in `extra`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record)
        pairs = [f"{key}={_quoted(value)}" for key, value in _beside(record)]
        return _NEW_LINE.sub(lambda found: repr(found[0])[1:-1], " ".join([line, *pairs]))


class JsonLines(logging.Formatter):
    """The same, for programs that gather logs; the time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        return json.dumps(dict(_beside(record)) | head, ensure_ascii=False, default=str)


def start_logging(form: Form = "text", level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else KeyValues())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in ("aiogram", "apscheduler", "alembic", "jieba"):
        logging.getLogger(name).setLevel(logging.WARNING)


def tell_of_strays(loop: asyncio.AbstractEventLoop) -> None:
    """What nobody waited for is logged like everything else: asyncio itself would quote it."""

    def stray(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        task = context.get("task") or context.get("future")
        name = task.get_name() if isinstance(task, asyncio.Task) else type(task).__name__
        log.error("something nobody waited for failed", extra={"task": name, "error": where(error) if error else "unknown"})

    loop.set_exception_handler(stray)


def where(error: BaseException) -> str:
    """The kind of an error and the places it came through, without its words."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause: Any = getattr(error, "orig", None)
    kind = type(error).__name__ + (f"({type(cause).__name__})" if cause is not None else "")
    return f"{kind} at {places}" if places else kind


def _beside(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    yield from ((key, value) for key, value in vars(record).items() if key not in _STANDARD)
    # A traceback's last line quotes the exception, and that may quote somebody: its places are enough.
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        yield "error", where(error)


def _quoted(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
