"""What a tap carries back: named callback data, 64 bytes at most. Never trusted: every action checks anew who may do what."""

from aiogram.filters.callback_data import CallbackData


class CardTap(CallbackData, prefix="w"):
    """Something the author, a reviewer or an officer does on a wish's card; `do` is an event or a card's mode."""

    do: str
    wish: int


class PickCategory(CallbackData, prefix="c"):
    wish: int
    code: str


class PickKind(CallbackData, prefix="q"):
    wish: int
    kind: str


class PickArea(CallbackData, prefix="a"):
    wish: int
    code: str


class PickReason(CallbackData, prefix="j"):
    """A ready reason for rejecting or closing."""

    wish: int
    do: str
    reason: str


class PickPerson(CallbackData, prefix="y"):
    """Hand a wish to somebody."""

    wish: int
    person: int


class ClaimTap(CallbackData, prefix="k"):
    """认领, in a group or a list."""

    wish: int


class HelperTap(CallbackData, prefix="h"):
    """What a claimant does with a claim: deliver, release."""

    do: str
    claim: int


class HoursTap(CallbackData, prefix="t"):
    """How long it took, in half hours."""

    claim: int
    halves: int


class RateTap(CallbackData, prefix="s"):
    wish: int
    stars: int


class VolunteerTap(CallbackData, prefix="v"):
    """An admin's yes or no to a first-time claimant."""

    person: int
    yes: bool


class BindArea(CallbackData, prefix="b"):
    """First tap of /bind: whose group this is; `page` turns the list."""

    code: str
    page: int = 0


class BindAudience(CallbackData, prefix="g"):
    """Second tap of /bind: who sits in the group."""

    code: str
    audience: str


class PickLocale(CallbackData, prefix="l"):
    locale: str


class ListTap(CallbackData, prefix="n"):
    """Show a list (mine, open, review), from its `page`."""

    name: str
    page: int = 0


class OpenTap(CallbackData, prefix="o"):
    """Show one wish out of a list, with its timeline."""

    wish: int
