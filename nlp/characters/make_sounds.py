"""Writes sounds.txt: which of the 8,105 standard characters sound alike, tones aside.

The readings are those of 通用规范汉字字典 (Unicode's kTGHZ2013), as the package pypinyin-dict 0.9.0 (MIT) carries them; it
is needed here and nowhere else:

    pip install pypinyin-dict==0.9.0
    python nlp/characters/make_sounds.py > nlp/characters/sounds.txt
"""

import unicodedata

from pypinyin_dict.pinyin_data.ktghz2013 import pinyin_dict

TONES = {0x0300, 0x0301, 0x0304, 0x030C}  # grave, acute, macron, caron; the two dots of ü stay


def syllable(reading: str) -> str:
    """Without its tone, ü as v."""
    letters = "".join(char for char in unicodedata.normalize("NFD", reading) if ord(char) not in TONES)
    return unicodedata.normalize("NFC", letters).replace("ü", "v")


def main() -> None:
    sounds: dict[str, list[str]] = {}
    for code, readings in sorted(pinyin_dict.items()):
        for sound in dict.fromkeys(map(syllable, readings.split(","))):
            if sound.isascii() and sound.isalpha() and 0x4E00 <= code <= 0x9FFF:
                sounds.setdefault(sound, []).append(chr(code))
    for sound, characters in sorted(sounds.items()):
        print(sound, "".join(characters))


if __name__ == "__main__":
    main()
