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
    for name in _TRIAGE:
        cues = [f"{cue['phrase']}{cue['weight']:+g}" for cue in found["cues"] if cue["speaks_for"] == found[name]]
        lines.append(f"  {name}: {found[name]}" + (f" ({' '.join(cues)})" if cues else " (first guess)"))
    others = [f"{cue['phrase']}→{cue['speaks_for']}" for cue in found["cues"] if cue["speaks_for"] not in _answers(found)]
    if others:
        lines.append("  other cues: " + " ".join(others))
    lines.append(f"  public: {found['public_text']}")
    lines += [f"    hidden at {span['at']}: {span['words']} ({span['why']})" for span in found["hidden"]]
    lines.append(f"  place: {found['place'] or 'none named'}")
    return "\n".join(lines)


def _answers(found: dict[str, Any]) -> set[str]:
    return {found[name] for name in _TRIAGE}
