"""Which characters sound alike, tones aside: what a keyboard that writes by sound confuses.

The table is written by characters/make_sounds.py, which names its source; it is read when first asked for, in a millisecond.
"""

from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "characters" / "sounds.txt"


@lru_cache(maxsize=1)
def _syllables() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Characters by syllable, and syllables by character."""
    characters = dict(line.split() for line in _TABLE.read_text(encoding="utf-8").splitlines())
    syllables: dict[str, tuple[str, ...]] = {}
    for sound, group in characters.items():
        for char in group:
            syllables[char] = (*syllables.get(char, ()), sound)
    return characters, syllables


def sound_alike(one: str, other: str) -> bool:
    """Whether two different characters share a reading."""
    syllables = _syllables()[1]
    return one != other and not set(syllables.get(one, ())).isdisjoint(syllables.get(other, ()))


def sound_near(one: str, other: str) -> bool:
    """Whether they sound alike to who tells neither zh from z, n from l, nor ing from in apart."""
    syllables = _syllables()[1]
    nearly = {_blurred(sound) for sound in syllables.get(one, ())}
    return one != other and not nearly.isdisjoint(_blurred(sound) for sound in syllables.get(other, ()))


def _blurred(sound: str) -> str:
    sound = sound[0] + sound[2:] if sound[:2] in ("zh", "ch", "sh") else sound
    sound = "l" + sound[1:] if sound[0] == "n" and len(sound) > 1 else sound
    return sound[:-1] if sound.endswith(("ing", "eng")) else sound


def of_same_sound(char: str) -> str:
    """Every other character that may be read as this one."""
    characters, syllables = _syllables()
    return "".join(dict.fromkeys("".join(characters[sound] for sound in syllables.get(char, ())))).replace(char, "")
