"""Filters are asked where they stand.

aiogram runs whatever is no coroutine in a thread, even `F.text`: two switches of thread for a comparison, and a message passes
several of them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router


def ask_in_place(router: Router) -> None:
    """Make every `F` filter of a router and those below it a coroutine."""
    for part in router.chain_tail:
        for observer in part.observers.values():
            for handler in (observer._handler, *observer.handlers):  # the first holds the filters of all
                for asked in handler.filters or ():
                    if asked.magic is not None and not asked.awaitable:
                        asked.callback, asked.awaitable = _in_place(asked.callback), True


def _in_place(ask: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def answer(*event: Any, **data: Any) -> Any:
        return ask(*event, **data)

    return answer
