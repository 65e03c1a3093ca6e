"""One spelling for one character: traditional → simplified, full width → half width, capitals → small.

Every character becomes exactly one character, so offsets in the result are offsets in the original.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_PAIRS = Path(__file__).parent / "characters" / "traditional.txt"

# common traditional (and variant) characters; one that simplified text uses too, such as 著 or 摺, is left alone
CHARACTERS: Mapping[str, str] = MappingProxyType(
    {pair[0]: pair[1] for pair in _PAIRS.read_text(encoding="utf-8").split()},
)


def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # ！ … ～
    table[0x3000] = " "
    for code in range(0x41, 0x5B):
        table[code] = table[code + 0xFEE0] = chr(code + 0x20)
    return table | {ord(traditional): simplified for traditional, simplified in CHARACTERS.items()}


_TABLE = _table()


def normalise(text: str) -> str:
    return text.translate(_TABLE)
