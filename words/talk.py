"""What the bot says in between: greetings, prompts, news, refusals."""

from rules.errors import Refusal, WrongState
from rules.lifecycle import Kind, State
from words.buttons import CardTap, ListTap, OpenTap, PickLocale
from words.facts import paragraphs, reason_words
from words.messages import Button, Message, Toast, button
from words.sentences import LOCALES as LOCALES
from words.sentences import has, plain, quote, say


def start(locale: str, *, admin: bool) -> Message:
    """Three lines and one big button."""
    rows = [(button(plain(locale, "button-first-wish"), ListTap(name="first")),)]
    if admin:
        rows.append((button(plain(locale, "button-review-list"), ListTap(name="review")),))
    return Message(say(locale, "start"), tuple(rows))


MENU = ("start", "my", "open", "help", "language", "privacy", "cancel")


def menu(locale: str) -> list[tuple[str, str]]:
    """The command menu: command and what it does."""
    return [(command, plain(locale, f"menu-{command}")) for command in MENU]


def first_wish(locale: str) -> Message:
    return Message(say(locale, "first-wish"))


def help_text(locale: str, *, volunteer: bool, admin: bool) -> Message:
    return Message(
        paragraphs(
            say(locale, "help"),
            say(locale, "help-volunteer") if volunteer or admin else None,
            say(locale, "help-admin") if admin else None,
        )
    )


def privacy(locale: str) -> Message:
    return Message(say(locale, "privacy"))


def languages(locale: str) -> Message:
    rows = tuple((button(plain(one, "language-name"), PickLocale(locale=one)),) for one in LOCALES)
    return Message(say(locale, "language-ask"), rows)


def language_set(locale: str) -> Message:
    return Message(say(locale, "language-set"))


def only_private(locale: str, link: str) -> Message:
    return Message(say(locale, "only-private"), ((Button(plain(locale, "button-open-bot"), url=link),),))


def show_yourself(locale: str) -> Message:
    """To an anonymous admin: the bot has to know who asks."""
    return Message(say(locale, "show-yourself"))


def only_group(locale: str) -> Message:
    return Message(say(locale, "only-group"))


def unknown_command(locale: str) -> Message:
    return Message(say(locale, "unknown-command"))


def nothing_to_cancel(locale: str) -> Message:
    return Message(say(locale, "nothing-to-cancel"))


def cancelled(locale: str) -> Message:
    return Message(say(locale, "cancelled"))


def moved_on(locale: str, wish_id: int) -> Message:
    """What an old card becomes when a newer one is sent."""
    return Message(say(locale, "moved-on", id=wish_id))


def write_another(locale: str) -> Message:
    return Message(say(locale, "write-another"))


def draft_lapsed(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "draft-lapsed", id=wish_id), (_look(locale, wish_id),))


def ask_words(locale: str, what: str, wish_id: int) -> Message:
    """Ask a reviewer for a reason, an answer, a public text."""
    return Message(say(locale, f"ask-{what}", id=wish_id))


def ask_more(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "ask-add", id=wish_id))


def ask_thanks(locale: str) -> Message:
    return Message(say(locale, "ask-thank"))


def ask_what_is_missing(locale: str) -> Message:
    return Message(say(locale, "ask-missing"))


def added_for_helper(locale: str, wish_id: int, text: str) -> Message:
    return Message(paragraphs(say(locale, "added-for-helper", id=wish_id), quote(text, 1500) if text else None))


def done(locale: str, what: str) -> Message:
    """A reviewer's words were taken."""
    return Message(say(locale, f"done-{what}"))


def news(
    locale: str,
    wish_id: int,
    what: str,
    kind: Kind,
    reason: str | None = None,
    *,
    name: str = "",
    contact_missing: bool = False,
) -> Message:
    """What happened to a resident's wish; `name` is the helper's, `reason` a reviewer's reason or answer."""
    key = f"news-{what}"
    if kind is Kind.COMPLAINT and has(locale, f"{key}-complaint"):
        key = f"{key}-complaint"
    text = say(locale, key, id=wish_id, name=name)
    words = quote(reason_words(reason, locale), 800) if reason else None
    if not contact_missing:
        return Message(paragraphs(text, words), (_look(locale, wish_id),))
    contact = (button(plain(locale, "button-contact"), CardTap(do="contact", wish=wish_id)),)
    return Message(paragraphs(text, say(locale, "news-no-contact", name=name)), (contact, _look(locale, wish_id)))


def recast(locale: str, wish_id: int, kind: Kind) -> Message:
    """What a resident sent as one thing is taken as another."""
    text = say(locale, "news-recast", id=wish_id, kind=plain(locale, f"kind-{kind}"))
    return Message(text, (_look(locale, wish_id),))


def _look(locale: str, wish_id: int) -> tuple[Button, ...]:
    return (button(plain(locale, "button-look", id=wish_id), OpenTap(wish=wish_id)),)


def taken_back(locale: str, wish_id: int) -> Message:
    """What a resident's words become in the chat of somebody who helps no longer."""
    return Message(say(locale, "taken-back", id=wish_id))


def other_readers(locale: str) -> Message:
    """What a group's cards and lists become when the group is for somebody else."""
    return Message(say(locale, "other-readers"))


def claim_ended(locale: str, wish_id: int, state: State) -> Message:
    return Message(say(locale, "claim-ended", id=wish_id, state=plain(locale, f"state-{state}")))


def claimed_toast(locale: str, outcome: str) -> Toast:
    return Toast(plain(locale, f"toast-{outcome}"), alert=outcome != "claimed")


def asked_in(locale: str, outcome: str) -> Message:
    return Message(say(locale, f"toast-{outcome}"))


def let_in(locale: str) -> Message:
    return Message(say(locale, "let-in"))


def not_let_in(locale: str) -> Message:
    return Message(say(locale, "not-let-in"))


def hands_full(locale: str, limit: int) -> Message:
    return Message(say(locale, "refusal-too-many-claims", limit=limit))


def gone_meanwhile(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "gone-meanwhile", id=wish_id))


def expired(locale: str, wish_id: int, *, theirs_to_hand_out: bool) -> Message:
    if theirs_to_hand_out:
        return Message(say(locale, "expired-to-hand-out", id=wish_id), (_look(locale, wish_id),))
    return Message(say(locale, "expired", id=wish_id))


def expired_for_admin(locale: str, wish_id: int, name: str, *, claimable: bool) -> Message:
    key = "expired-for-admin" if claimable else "expired-for-admin-to-hand-out"
    return Message(say(locale, key, id=wish_id, name=name), (_look(locale, wish_id),))


def confirmed(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "confirmed", id=wish_id))


def disputed(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "disputed", id=wish_id))


def disputed_for_admin(locale: str, wish_id: int) -> Message:
    return Message(say(locale, "disputed-for-admin", id=wish_id), (_look(locale, wish_id),))


def thanked(locale: str, wish_id: int, text: str) -> Message:
    return Message(paragraphs(say(locale, "thanked", id=wish_id), quote(text, 400)))


def thanks_passed_on(locale: str) -> Message:
    return Message(say(locale, "thanks-passed-on"))


def toast(locale: str, key: str, **values: str | int) -> Toast:
    return Toast(plain(locale, f"toast-{key}", **values))


def words_gone(locale: str) -> Toast:
    """What was to be filed is out of sight."""
    return Toast(plain(locale, "words-gone"), alert=True)


def refusal(refusal: Refusal, locale: str) -> str:
    """The sentence of a refusal, plain: it goes into alerts and messages alike."""
    values: dict[str, str | int] = dict(refusal.values)
    if isinstance(refusal, WrongState) and refusal.values.get("state"):
        values["state"] = plain(locale, f"state-{refusal.values['state']}")
    values["event"] = ""
    return plain(locale, refusal.key, **values)


def plea(locale: str) -> Message:
    """To whoever writes faster than anybody can answer."""
    return Message(say(locale, "plea"))
