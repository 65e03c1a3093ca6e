"""What the chat windows show at first: whose phones, and a tour. The sandbox itself knows nothing of what the bot is for."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.errors import BadClientRequest

Json = dict[str, Any]

ZONE = "Asia/Shanghai"
_WINDOWS_MAX, _STEPS_MAX, _ACTIONS_MAX, _TEXT_MAX = 12, 30, 12, 2000
_AT = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def empty() -> Json:
    """A stage with nothing on it."""
    return read({})


def read(body: Json) -> Json:
    """A stage: `title`, `zone` of the clocks on it, `windows` of {person, chat}, `tour` of steps.

    Each gets an `id` of its own, by which a page knows whether what it remembers is about this one.
    A step has `title` and `text` (each {language: words}), the window it is about (`person`, `chat`; null is the private chat
    with the bot), `actions` ({person, chat} with `say` or `press`, or a clock's `advance` in seconds or `to` a time of day,
    each with an optional `label`), and `done`: {person, chat, says}, a regular expression that a newer message matches.

    Raises:
        BadClientRequest: it is none.
    """
    windows, tour = body.get("windows", []), body.get("tour", [])
    if not isinstance(windows, list) or len(windows) > _WINDOWS_MAX:
        raise BadClientRequest(f"windows must be a list of at most {_WINDOWS_MAX}.")
    if not isinstance(tour, list) or len(tour) > _STEPS_MAX:
        raise BadClientRequest(f"tour must be a list of at most {_STEPS_MAX} steps.")
    return {
        "id": uuid4().hex,
        "title": _text(body.get("title", ""), "title"),
        "zone": _zone(body.get("zone", ZONE)),
        "windows": [_window(one) for one in windows],
        "tour": _steps(tour),
    }


def _steps(tour: list[Any]) -> list[Json]:
    steps = []
    for given in tour:
        step = _object(given, "a step")
        actions = step.get("actions", [])
        if not isinstance(actions, list) or len(actions) > _ACTIONS_MAX:
            raise BadClientRequest(f"actions must be a list of at most {_ACTIONS_MAX}.")
        steps.append(
            {
                "title": _words(step.get("title")),
                "text": _words(step.get("text")),
                **_window(step),
                "actions": [_action(action) for action in actions],
                "done": _done(step.get("done")),
            }
        )
    return steps


def _action(given: Any) -> Json:
    action = _object(given, "an action")
    label = {"label": _words(action["label"])} if "label" in action else {}
    for kind in ("say", "press"):
        if kind in action:
            return {**_window(action), kind: _text(action[kind], kind), **label}
    seconds, moment = action.get("advance"), action.get("to")
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 < seconds <= 31 * 86400:
        return {"advance": seconds, **label}
    if isinstance(moment, str) and _AT.fullmatch(moment):
        return {"to": moment, **label}
    raise BadClientRequest("An action says, presses, advances by seconds, or goes to a time of day (HH:MM).")


def _done(given: Any) -> Json | None:
    if given is None:
        return None
    done = _object(given, "done")
    says = _text(done.get("says"), "says")
    try:
        re.compile(says)
    except re.error:
        raise BadClientRequest("says must be a regular expression.") from None
    return {**_window(done), "says": says}


def _window(given: Any) -> Json:
    window = _object(given, "a window")
    person, chat = window.get("person"), window.get("chat")
    if not _is_id(person) or not (chat is None or _is_id(chat)):
        raise BadClientRequest("A window has a person's id, and a group's id or null.")
    return {"person": person, "chat": chat}


def _zone(given: Any) -> str:
    try:
        return ZoneInfo(_text(given, "zone")).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadClientRequest("zone must be the name of a time zone.") from None


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _object(value: Any, what: str) -> Json:
    if not isinstance(value, dict):
        raise BadClientRequest(f"{what} must be an object.")
    return value


def _words(value: Any) -> Json:
    words = _object(value, "words")
    return {_text(language, "language"): _text(text, "words") for language, text in words.items()}


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > _TEXT_MAX:
        raise BadClientRequest(f"{name} must be a text of at most {_TEXT_MAX} characters.")
    return value
