"""The process that learns: a question on its stdin, an answer on its stdout, nothing else of ours in it, and not for ever."""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

PROGRAM = ("-P", "-X", "utf8", "-m", "nlp.pupil")
SECONDS = 1200.0
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "TMPDIR": tempfile.gettempdir(),  # where the dictionary's cache lies
    "OPENBLAS_NUM_THREADS": "1",  # the other cores are for people
    "OMP_NUM_THREADS": "1",
}


class NotLearned(Exception):
    """The process failed, or took too long; the message says how, without anybody's words."""


async def ask(question: Mapping[str, Any]) -> dict[str, Any]:
    """Let it learn; whoever is cancelled while waiting leaves no process behind.

    Raises:
        NotLearned: nothing came of it.
    """
    asked = await asyncio.to_thread(lambda: json.dumps(question).encode())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # what a library complains of could quote somebody
        env=_ENVIRONMENT,
        cwd=tempfile.gettempdir(),
        start_new_session=True,  # Ctrl-C is for us; we end it
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate(asked)
    except TimeoutError:
        raise NotLearned(f"not done after {SECONDS:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await asyncio.to_thread(_read, said, process.returncode)


def _read(said: bytes, code: int | None) -> dict[str, Any]:
    try:
        answered = json.loads(said)
    except ValueError:
        answered = None
    if not isinstance(answered, dict) or code != 0:
        why = answered.get("error") if isinstance(answered, dict) else None
        raise NotLearned(str(why or f"ended with {code}"))
    return answered
