"""What the log says: one line an event, ids and figures as key=value. Nobody's words or names ever stand there."""

import logging
import re
import traceback
from pathlib import Path
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NEW_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ROOT = Path(__file__).parent.parent


class KeyValues(logging.Formatter):
    """Time, level, logger, message, then everything that came in `extra`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record)
        pairs = [f"{key}={value}" for key, value in vars(record).items() if key not in _STANDARD]
        # A traceback's last line quotes the exception, and that may quote somebody: its places are enough.
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            pairs.append(f"error={where(error)!r}")
        return _NEW_LINE.sub(lambda found: repr(found[0])[1:-1], " ".join([line, *pairs]))


def start_logging(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(KeyValues())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("aiogram", "apscheduler", "alembic", "jieba"):
        logging.getLogger(name).setLevel(logging.WARNING)


def where(error: BaseException) -> str:
    """The kind of an error and the places it came through, without its words."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause: Any = getattr(error, "orig", None)
    kind = type(error).__name__ + (f"({type(cause).__name__})" if cause is not None else "")
    return f"{kind} at {places}" if places else kind


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
