"""What of a message must not be public: found as spans of the original text, masked by a short kind word."""

import re
from dataclasses import dataclass

from nlp.normalise import normalise


@dataclass(frozen=True, slots=True)
class Hidden:
    """A span of the original text which must not be public."""

    start: int
    end: int
    what: str


MASKS = {
    "phone": "［电话］",
    "identity": "［证件号］",
    "bank_card": "［卡号］",
    "plate": "［车牌］",
    "email": "［邮箱］",
    "handle": "［账号］",
    "door": "［门牌］",
    "name": "［姓名］",
    "number": "［号码］",
}
_RULES = (
    ("email", re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")),
    ("number", re.compile(r"\+?\d(?:[ -]?\d){6,}x?")),
    ("door", re.compile(r"\d+[栋幢]\d*(?:单元)?\d*[室号]?")),
)


def find_private(text: str) -> tuple[Hidden, ...]:
    plain = normalise(text)
    taken: list[Hidden] = []
    for what, pattern in _RULES:
        for found in pattern.finditer(plain):
            if all(found.end() <= other.start or other.end <= found.start() for other in taken):
                taken.append(Hidden(found.start(), found.end(), what))
    return tuple(sorted(taken, key=lambda hidden: hidden.start))


def mask(text: str, hidden: tuple[Hidden, ...]) -> str:
    parts: list[str] = []
    end = 0
    for span in sorted(hidden, key=lambda one: one.start):
        parts += [text[end : span.start], MASKS.get(span.what, "［隐去］")]
        end = span.end
    return "".join([*parts, text[end:]])
