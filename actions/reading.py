"""What a wish's words are understood as; what its author chose with a button stays chosen."""

from collections.abc import Sequence
from typing import Any

from actions.town import Town
from nlp.places import Where
from rules.lifecycle import Kind
from storage.models import Line, Person, Wish

OTHER = "other"
"""Danger that no word tells the kind of."""


def joined(lines: Sequence[Line]) -> str:
    """All that was said, places on the map included."""
    return "\n".join(line.text for line in lines if line.text)


def take_for_danger(town: Town, wish: Wish, lines: Sequence[Line], author: Person) -> None:
    """Its author says that there is danger, whatever the words say."""
    said_before = {key: value for key, value in (wish.understood or {}).items() if key != "calm_chosen"}
    wish.understood = {**said_before, "danger_chosen": True}
    understand(town, wish, lines, author)


def understand(town: Town, wish: Wish, lines: Sequence[Line], author: Person) -> None:
    """Read everything said so far; a place on the map is no words, neither for the public nor for the classifier."""
    wish.text = joined(lines)
    spoken = [line.text for line in lines if line.text and line.media != "location"]
    chosen = {key: value for key, value in (wish.understood or {}).items() if key.endswith("_chosen")}
    if not spoken:
        wish.understood = {"choices": list(_usual(town)), **chosen}
        if not chosen.get("public_chosen"):
            wish.public_text, wish.published = "", False  # a caption was taken back
        if wish.kind is Kind.EMERGENCY:
            wish.kind, wish.emergency = Kind.WISH, None
        return
    calm = bool(chosen.get("calm_chosen"))  # somebody said that it is no emergency
    found = town.reader.understand("\n".join(spoken), calm=calm, home=author.area_code)
    if not chosen.get("public_chosen") and wish.public_text != found.public_text.strip():
        wish.public_text = found.public_text.strip()
        wish.published = False  # a yes is for the words that were shown with it
    wish.urgency, wish.beneficiary = found.urgency, found.beneficiary
    # A cry for help after a long account is one as well: every message is asked by itself.
    cries = () if calm else (town.reader.emergency(text) for text in spoken)
    wish.emergency = found.emergency or next((cry for cry in cries if cry is not None), None)
    if wish.emergency is None and chosen.get("danger_chosen") and not calm:
        wish.emergency = OTHER
    if wish.emergency is not None:
        wish.kind, wish.urgency = Kind.EMERGENCY, "today"
    elif not chosen.get("kind_chosen") or wish.kind is Kind.EMERGENCY:
        wish.kind = Kind(found.kind)
    if not chosen.get("category_chosen"):
        categorise_row(town, wish, found.category, sure=not found.not_sure)
    _remember_home(town, author, found.where)
    asks: dict[str, Any] = {}
    if not chosen.get("area_chosen"):
        asks = _locate_row(wish, found.where, author)
    wish.understood = {
        "confidence": round(found.confidence, 3),
        "words": [word for word, _ in found.words[:5]],
        "choices": list(found.choices),
        "hidden": len(found.hidden),
        **asks,
        **chosen,
    }


def categorise_row(town: Town, wish: Wish, code: str, *, sure: bool) -> None:
    """Set the category and what follows from it: the days allowed."""
    wish.category, wish.category_sure = code, sure
    wish.days = town.category(code).days


def _locate_row(wish: Wish, where: Where, author: Person) -> dict[str, Any]:
    """Set the area: named, or the author's home; what is not decided is asked, never guessed."""
    wish.area_code = where.code
    asks: dict[str, Any] = {"place_named": True} if where.names_a_place else {}
    if where.between:
        asks["between"] = list(where.between)
    elif where.code is None:
        wish.area_code = author.area_code
        if where.own and author.area_code is None:
            asks["own_place"] = where.own
    return asks


def _remember_home(town: Town, author: Person, where: Where) -> None:
    """Who says where they live need not say it again; a grid that is known says more than its community."""
    if where.lives is not None and where.lives not in [area.code for area in town.area_path(author.area_code)]:
        author.area_code = where.lives


def _usual(town: Town) -> tuple[str, ...]:
    """What to offer when there are no words to go by (a photo, a voice)."""
    usual = [code for code in ("home_repair", "errands", "elder_care") if code in town.taxonomy.categories]
    return tuple(usual or list(town.taxonomy.categories)[:3])
