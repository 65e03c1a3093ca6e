"""The way of an update to its handler, straight: the same filters in the same order, asked where they stand.

aiogram wraps an update anew for every router it passes, asks each `F` filter in a thread, even `F.text`, and unpacks a tap's
data once for every button there is. Here a list is made of the handlers of each kind of update, once; no middleware stands
between a router and its handlers, and a router that had one would be refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The handlers of one router, behind the filters that it has for all of them."""

    filters: Sequence[FilterObject]
    handlers: Sequence[tuple[str | None, HandlerObject]]  # with how the data of their tap begin


class StraightDispatcher(Dispatcher):
    """aiogram's dispatcher for a tree of routers without middleware, which is complete when the first update comes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ways: dict[str, Sequence[_Stretch]] = {}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """What the first handler answers whose filters let the event through, or UNHANDLED."""
        way = self._ways.get(update_type)
        if way is None:
            way = self._ways[update_type] = _way(self, update_type)
        tap = event.data.partition(":")[0] if isinstance(event, CallbackQuery) and event.data else None
        for stretch in way:
            shared = await _passes(stretch.filters, event, kwargs)
            if shared is None:
                continue
            for begins, handler in stretch.handlers:
                if begins is not None and begins != tap:
                    continue
                found = await _passes(handler.filters or (), event, shared)
                if found is None:
                    continue
                try:
                    return await handler.call(event, **(found | {"handler": handler}))
                except SkipHandler:
                    continue
        return UNHANDLED


async def _passes(filters: Sequence[FilterObject], event: TelegramObject, data: dict[str, Any]) -> dict[str, Any] | None:
    """What is known of an event that every filter lets through, with what they found; None when one does not."""
    for asked in filters:
        if asked.magic is not None:
            answer = asked.magic.resolve(event)
        else:
            answer = await asked.call(event, **data)
        if not answer:
            return None
        if isinstance(answer, dict):
            data = data | answer
    return data


def _way(router: Router, update_type: str) -> list[_Stretch]:
    """A router's own handlers first, then those of the routers below it, as aiogram asks them.

    ValueError: something stands between, which would be passed by.
    """
    observer = router.observers.get(update_type)
    if observer is None:
        return []
    if len(observer.middleware) or len(observer.outer_middleware):
        raise ValueError(f"{router} has a middleware")
    way = [_Stretch(observer._handler.filters or (), [(_begins(one), one) for one in observer.handlers])]
    below = [stretch for other in router.sub_routers for stretch in _way(other, update_type)]
    if below and way[0].filters:
        raise ValueError(f"{router} has filters, and routers below it")
    return [stretch for stretch in (*way, *below) if stretch.handlers]


def _begins(handler: HandlerObject) -> str | None:
    """How the data of the only tap begin that a handler takes."""
    first = next((one.callback for one in handler.filters or ()), None)
    return first.callback_data.__prefix__ if isinstance(first, CallbackQueryFilter) else None
