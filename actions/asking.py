"""What a person's next words answer. It is a column of their row, so it survives a restart and a rollback forgets it."""

from datetime import datetime, timedelta

from storage.models import Person

NEW = "new"
CONTACT = "contact"
ADD = "add"
REPORT = "report"
THANK = "thank"
REJECT = "reject"
CLOSE = "close"
ANSWER = "answer"
REWRITE = "rewrite"
DANGER = "danger"
"""About a line that sounded like a cry for help."""

PATIENCE = timedelta(minutes=30)
"""After this long, words are words again and no late answer; only that they begin another wish stays said."""


def ask(person: Person, now: datetime, what: str, about: int) -> None:
    person.awaiting, person.awaiting_until = f"{what}:{about}", now + PATIENCE


def asked(person: Person, now: datetime) -> tuple[str, int] | None:
    """What this person was asked, if it is still open."""
    what, _, about = (person.awaiting or "").partition(":")
    if not about.isdigit() or person.awaiting_until is None or (what != NEW and person.awaiting_until < now):
        return None
    return what, int(about)


def forget(person: Person) -> None:
    if person.awaiting is not None:  # else the row would count as changed
        person.awaiting = person.awaiting_until = None
