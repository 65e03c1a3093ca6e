"""Refusals: everything a person may be told instead of what they asked for.

    Refusal
    ├── NotAllowed            they may never do this
    │   ├── NotYours          … since it is somebody else's: only its author, or who has it in hand
    │   ├── OwnWish           … since it is their own, and waits for somebody else
    │   ├── TurnedAway        … since an admin did not let them in
    │   ├── NotVolunteer      … before an admin has approved them
    │   ├── NotStarted        … before they have opened the bot
    │   ├── OutOfReach        … since the bot cannot write to the person it is meant for
    │   └── OtherKind         … since other people read the one than the other
    ├── WrongState            they may, but not now
    │   ├── AlreadyClaimed    somebody was faster
    │   ├── InHand            … since somebody is at it
    │   ├── Outrun            … since what they tapped on says something else by now
    │   └── AlreadyDone       a second tap
    ├── NotFound              there is no such wish, claim, area
    │   └── NotOpen           … or none that somebody who is not let in may know of
    ├── TooManyClaims         the volunteer's hands are full
    ├── TooSoon               urging again on the same day
    └── BadInput              what they typed cannot be used
        ├── NothingWritten    submitting an empty draft
        ├── TooLong
        └── NotANumber

A refusal carries the key of its sentence and the values that fill it; `words.refusal` turns it into the person's language.
"""

from typing import ClassVar


class Refusal(Exception):
    """Nothing was changed; `key` names the sentence, `values` fill it."""

    key: ClassVar[str] = "refusal"
    loses_words = False  # what they wrote is kept nowhere: they are told, however fast they write

    def __init__(self, **values: str | int) -> None:
        self.values: dict[str, str | int] = values
        super().__init__(self.key)


class NotAllowed(Refusal):
    key = "refusal-not-allowed"

    def __init__(self, event: str = "", **values: str | int) -> None:
        super().__init__(event=event, **values)


class NotYours(NotAllowed):
    key = "refusal-not-yours"


class OwnWish(NotAllowed):
    key = "refusal-own-wish"


class TurnedAway(NotAllowed):
    """They asked to be a volunteer, and may ask again some day."""

    key = "refusal-turned-away"


class NotVolunteer(NotAllowed):
    """Asked to claim before an admin's approval; the request is kept."""

    key = "refusal-not-volunteer"


class NotStarted(NotAllowed):
    """The bot cannot write to whoever asks: a link opens it."""

    key = "refusal-not-started"


class OutOfReach(NotAllowed):
    key = "refusal-out-of-reach"


class OtherKind(NotAllowed):
    """Two that are no one kind do not become one: the words of a complaint are not for volunteers."""

    key = "refusal-other-kind"


class WrongState(Refusal):
    key = "refusal-wrong-state"

    def __init__(self, event: str = "", state: str = "", **values: str | int) -> None:
        super().__init__(event=event, state=state, **values)


class AlreadyClaimed(WrongState):
    key = "refusal-already-claimed"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class InHand(WrongState):
    """A helper took it as what it was then; it does not become something else under their hands."""

    key = "refusal-in-hand"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class Outrun(WrongState):
    key = "refusal-outrun"


class AlreadyDone(WrongState):
    key = "refusal-already-done"


class NotFound(Refusal):
    key = "refusal-not-found"


class NotOpen(NotFound):
    """One sentence for every wish that cannot be claimed, there or not: a stranger learns nothing by trying numbers."""

    key = "refusal-not-open"


class TooManyClaims(Refusal):
    key = "refusal-too-many-claims"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class TooSoon(Refusal):
    key = "refusal-too-soon"


class BadInput(Refusal):
    key = "refusal-bad-input"


class NothingWritten(BadInput):
    key = "refusal-nothing-written"


class TooLong(BadInput):
    key = "refusal-too-long"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class NotANumber(BadInput):
    key = "refusal-not-a-number"
