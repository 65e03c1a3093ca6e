"""Why a text was understood as it was: tokens, scores, cues, what is hidden. For `wishlight explain`."""

from typing import Any

from nlp.understanding import Reader

MOST_CATEGORIES = 5
MOST_WORDS = 8
_TRIAGE = ("kind", "urgency", "beneficiary")


def explain(reader: Reader, text: str) -> dict[str, Any]:
    """Everything that decided, ready for JSON. Offsets are those of the text."""
    read = reader.understand(text)
    words, scores, cues = reader.why(text)
    names = {code: category.zh for code, category in reader.taxonomy.categories.items()}
    return {
        **read.as_dict,
        "emergency": read.emergency,
        "asked_back": reader.is_doubtful(text),
        "idle": reader.idle(text),
        "tokens": [{"at": at, "word": text[at : at + len(word)]} for at, word in words],
        "scores": [
            {
                "category": score.category,
                "name": names[score.category],
                "score": score.score,
                "probability": score.probability,
                "words": [list(pair) for pair in score.words[:MOST_WORDS]],
            }
            for score in scores[:MOST_CATEGORIES]
        ],
        "cues": [{"phrase": phrase, "speaks_for": answer, "weight": round(weight, 2)} for phrase, answer, weight in cues],
        "where": {
            "area": read.where.code,
            "how": read.where.how or None,
            "between": list(read.where.between),
            "mentions": [
                {
                    "at": mention.start,
                    "words": text[mention.start : mention.end],
                    "name": mention.name,
                    "how": mention.how,
                    "level": mention.level,
                    "areas": list(mention.areas),
                    "sure": mention.sure,
                    "said": mention.note or None,
                }
                for mention in read.where.mentions
            ],
        },
        "hidden": [{"at": span.start, "words": text[span.start : span.end], "why": span.what} for span in read.hidden],
    }


def readable(found: dict[str, Any], names: dict[str, str]) -> str:
    """The same for a person at a terminal."""
    sure = "not sure" if found["not_sure"] else "sure"
    lines = [
        found["text"],
        "  tokens: " + " ".join(f"{token['word']}@{token['at']}" for token in found["tokens"]),
        f"  category: {found['category']} {names[found['category']]}, confidence {found['confidence']:.2f}, {sure}",
    ]
    for score in found["scores"]:
        words = " ".join(f"{word}{weight:+.2f}" for word, weight in score["words"])
        lines.append(f"    {score['category']} {score['name']} {score['score']:+.2f} ({score['probability']:.0%}): {words}")
    if found["emergency"]:
        lines.append(f"  emergency: {found['emergency']}")
    if found["asked_back"]:
        lines.append("  asked back: said like a cry for help, tells of no danger")
    if found["idle"]:
        lines.append(f"  idle: {found['idle']}, answered and not filed")
    for name in _TRIAGE:
        cues = [f"{cue['phrase']}{cue['weight']:+g}" for cue in found["cues"] if cue["speaks_for"] == found[name]]
        lines.append(f"  {name}: {found[name]}" + (f" ({' '.join(cues)})" if cues else " (first guess)"))
    others = [f"{cue['phrase']}→{cue['speaks_for']}" for cue in found["cues"] if cue["speaks_for"] not in _answers(found)]
    if others:
        lines.append("  other cues: " + " ".join(others))
    lines.append(f"  public: {found['public_text']}")
    lines += [f"    hidden at {span['at']}: {span['words']} ({span['why']})" for span in found["hidden"]]
    lines += _place(found["where"])
    return "\n".join(lines)


_SAYS = {
    "at": "the trouble is there",
    "home": "the sender lives there",
    "lives": "somebody lives there",
    "passing": "on the way, or compared",
    "not": "it is not there",
}


def _place(where: dict[str, Any]) -> list[str]:
    """The area, and each name that was found: as it stands, what it stands for, how, where, what is said of it."""
    if where["area"]:
        head = f"{where['area']} ({where['how']})"
    elif where["between"]:
        head = f"not decided between {', '.join(where['between'])}"
    else:
        head = "the sender's home" if any(one["how"] == "relative" for one in where["mentions"]) else "none named"
    lines = [f"  place: {head}"]
    for one in where["mentions"]:
        stands_for = f" = {one['name']}" if one["name"] != one["words"] else ""
        areas = f" in {', '.join(one['areas'])}" if one["areas"] else ""
        doubt = "" if one["sure"] else ", too misspelt to be sure"
        said = f": {_SAYS[one['said']]}" if one["said"] else ""
        lines.append(f"    {one['words']}@{one['at']}{stands_for} ({one['how']} {one['level']}{doubt}){areas}{said}")
    return lines


def _answers(found: dict[str, Any]) -> set[str]:
    return {found[name] for name in _TRIAGE}
