"""What a resident or a helper is answered when they write: taken, kept for the helper, too late."""

from rules.lifecycle import Kind
from words.buttons import CardTap, DangerTap
from words.facts import paragraphs
from words.messages import Message, button
from words.sentences import plain, quote, say


def added(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "added", id=wish_id))


def too_late_to_edit(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "too-late-to-edit", id=wish_id))


def too_late_it_ended(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "too-late-it-ended", id=wish_id))


def too_late_to_edit_report(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "too-late-to-edit-report", id=wish_id))


def ask_contact(locale: str, kind: Kind) -> Message:
    return Message(say(locale, "ask-contact-emergency" if kind is Kind.EMERGENCY else "ask-contact"))


def contact_kept(locale: str, wish_id: int, contact: str, kind: Kind, *, typed: bool) -> Message:
    """What was kept, to be looked at once more; words that were no phone number have a way out."""
    key = "contact-kept-emergency" if kind is Kind.EMERGENCY else "contact-kept"
    again = (button(plain(locale, "button-contact-again"), CardTap(do="contact", wish=wish_id)),)
    words = (button(plain(locale, "button-not-contact"), CardTap(do="not-contact", wish=wish_id)),)
    return Message(say(locale, key, contact=contact), (again, words) if typed else (again,))


def contact_for_helper(locale: str, wish_id: int, contact: str) -> Message:
    return Message(say(locale, "contact-for-helper", id=wish_id, contact=contact))


def is_it_now(locale: str, line_id: int) -> Message:
    """To a helper whose report tells of danger."""
    danger = button(plain(locale, "button-danger"), DangerTap(line=line_id))
    return Message(say(locale, "is-it-now"), ((danger,),), pressing=True)


def rewritten(locale: str, wish_id: int, text: str) -> Message:
    """A reviewer changed what the public reads: its author reads it too, and may take the yes back."""
    hide = (button(plain(locale, "button-unpublish"), CardTap(do="unpublish", wish=wish_id)),)
    return Message(paragraphs(say(locale, "rewritten", id=wish_id), quote(text, 1000)), (hide,))
