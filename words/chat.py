"""What somebody is answered who told of no matter, or whose words sounded like a cry for help."""

from functools import lru_cache

from rules.lifecycle import State
from words.buttons import CardTap, DoubtTap, RecordTap
from words.messages import Button, Message, Row, button
from words.sentences import Html, plain, say

OPENED = ("greeting", "small_talk", "dropped", "abuse", "signs")
"""What may be said between the words of a draft without being one of them."""
CALM = ("greeting", "small_talk", "dropped", "signs", "scribble")
OTHERS = ("abuse", "link", "advert", "foreign")


def idle(locale: str, kind: str, message_id: int) -> Message:
    """A kind word, what the bot is for, and a way to say that it was a matter after all."""
    return Message(_words(locale, kind), (_record(locale),), reply_to=message_id)


def idle_beside(locale: str, kind: str, wish_id: int, state: State, message_id: int) -> Message:
    """The same to somebody whose draft waits to be submitted, or whose wish waits for their yes."""
    taps = ("submit",) if state is State.DRAFT else ("confirm", "dispute")
    return Message(
        say(locale, f"idle-{state}-{kind}"),
        (tuple(button(plain(locale, f"button-{do}"), CardTap(do=do, wish=wish_id)) for do in taps), _record(locale)),
        reply_to=message_id,
    )


def cannot_read(locale: str) -> Message:
    """A sticker, a poll, a game: nothing to file."""
    return Message(say(locale, "cannot-read"))


def number_for_nothing(locale: str) -> Message:
    """A shared phone number, and no wish that it could be for."""
    return Message(say(locale, "number-for-nothing"))


@lru_cache(maxsize=4)
def calm_answers(locale: str) -> frozenset[str]:
    """Every answer of which one is enough, whatever more of that sort comes."""
    beside = [say(locale, f"idle-{State.DRAFT}-{kind}") for kind in OPENED if kind in CALM]
    beside.append(say(locale, f"idle-{State.DELIVERED}-small_talk"))
    alone = [_words(locale, kind) for kind in CALM]
    return frozenset({*beside, *alone, cannot_read(locale).text, number_for_nothing(locale).text})


@lru_cache(maxsize=4)
def answers(locale: str) -> frozenset[str]:
    """Everything that is said to somebody who told of no matter."""
    return calm_answers(locale) | {say(locale, f"idle-{State.DRAFT}-abuse"), *(_words(locale, kind) for kind in OTHERS)}


def _words(locale: str, kind: str) -> Html:
    """Whoever writes another language reads both of ours."""
    if kind != "foreign":
        return say(locale, f"idle-{kind}")
    return Html("\n\n".join(say(one, "idle-foreign") for one in ("zh", "en")))


def _record(locale: str) -> tuple[Button]:
    return (button(plain(locale, "button-record"), RecordTap()),)


def recorded(locale: str) -> Message:
    return Message(say(locale, "recorded"))


def is_it_danger(locale: str, line_id: int, message_id: int) -> Message:
    """The numbers to call, and the question."""
    rows: tuple[Row, ...] = tuple(
        (button(plain(locale, f"button-danger-{answer}"), DoubtTap(line=line_id, yes=answer == "yes")),)
        for answer in ("yes", "no")
    )
    return Message(say(locale, "is-it-danger"), rows, reply_to=message_id, pressing=True)


def danger(locale: str, *, yes: bool) -> Message:
    """What becomes of the question."""
    return Message(say(locale, "danger-yes" if yes else "danger-no"), pressing=True)
