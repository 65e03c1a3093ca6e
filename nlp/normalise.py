"""One spelling for one character: traditional → simplified, full width → half width, upper → lower case.

Every character becomes exactly one character, so offsets in the result are offsets in the original.
"""

from pathlib import Path

_PAIRS = Path(__file__).parent / "characters" / "traditional.txt"


def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # ！ … ～
    table[0x3000] = " "
    for code in range(0x41, 0x5B):
        table[code] = chr(code + 0x20)
        table[code + 0xFEE0] = chr(code + 0x20)
    if _PAIRS.exists():
        for pair in _PAIRS.read_text(encoding="utf-8").split():
            table[ord(pair[0])] = pair[1]
    return table


_TABLE = _table()


def normalise(text: str) -> str:
    return text.translate(_TABLE)
