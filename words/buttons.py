"""What a tap carries back: named callback data, 64 bytes at most. Never trusted: every action checks anew who may do what."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

Id = Annotated[int, Field(ge=0, lt=2**53)]
"""A row's or a person's number; a forged one that no database could hold is no button of ours."""


class CardTap(CallbackData, prefix="w"):
    """Something the author, a reviewer or an officer does on a wish's card; `do` is an event or a card's mode."""

    do: str
    wish: Id


class PickCategory(CallbackData, prefix="c"):
    wish: Id
    code: str


class PickKind(CallbackData, prefix="q"):
    wish: Id
    kind: str


class PickArea(CallbackData, prefix="a"):
    wish: Id
    code: str


class PickReason(CallbackData, prefix="j"):
    """A ready reason for rejecting or closing."""

    wish: Id
    do: str
    reason: str


class TwinTap(CallbackData, prefix="x"):
    """A draft and the wish it was shown with: join that, or add to it where it is one's own; or a reviewer makes them one."""

    do: str
    wish: Id
    twin: Id


class PickPerson(CallbackData, prefix="y"):
    """Hand a wish to somebody."""

    wish: Id
    person: Id


class ClaimTap(CallbackData, prefix="k"):
    """认领, in a group or a list."""

    wish: Id


class HelperTap(CallbackData, prefix="h"):
    """What a claimant does with a claim: deliver, release."""

    do: str
    claim: Id


class HoursTap(CallbackData, prefix="t"):
    """How long it took, in half hours."""

    claim: Id
    halves: Id


class RateTap(CallbackData, prefix="s"):
    wish: Id
    stars: Id


class DangerTap(CallbackData, prefix="d"):
    """What a helper reported (a line) is happening now."""

    line: Id


class DoubtTap(CallbackData, prefix="ask"):
    """What its author said (a line) sounded like a cry for help: it is one, or not."""

    line: Id
    yes: bool


class RecordTap(CallbackData, prefix="rec"):
    """The message that this one replies to was to be filed after all; its words are in the tap."""


class VolunteerTap(CallbackData, prefix="v"):
    """An admin's yes or no to a first-time claimant."""

    person: Id
    yes: bool


class NewcomerTap(CallbackData, prefix="u"):
    """An admin looks at a first-time claimant once more, or lets somebody in after all."""

    do: str
    person: Id


class BindArea(CallbackData, prefix="b"):
    """First tap of /bind: whose group this is; `page` turns the list."""

    code: str
    page: Id = 0


class BindAudience(CallbackData, prefix="g"):
    """Second tap of /bind: who sits in the group."""

    code: str
    audience: str


class PickLocale(CallbackData, prefix="l"):
    locale: str


class ListTap(CallbackData, prefix="n"):
    """Show a list (mine, open, review), from its `page`."""

    name: str
    page: Id = 0


class OpenTap(CallbackData, prefix="o"):
    """Show one wish out of a list, with its timeline."""

    wish: Id


class FailedTap(CallbackData, prefix="f"):
    """What an admin does with an update (`u`) that could not be handled, or a message (`m`) that could not be sent."""

    do: str
    what: str
    id: Annotated[int, Field(gt=-(2**53), lt=2**53)]  # what was no update at all has a number below 0
