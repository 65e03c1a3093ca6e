"""Finds names that are written with one mistake: a wrong, missing, doubled or swapped character.

Names of four characters or more are found by pieces that one mistake leaves whole; in names of three only another character
of the same sound is a mistake. A mistake is believed when what is written makes no word of its own with its neighbours
(星光小区 is not 阳光小区, 阳光小学 is no misspelt 阳光小区) and when it does not touch what tells places apart
(第三网格 and 第四网格, 东关 and 西关). It is sure only when enough is left: with two characters of its own before 小区, a name
is told from another by each of them, so what does not even sound alike needs something else that speaks for it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from nlp.place_names import EVERYDAY, STANDS_BEFORE, STREETS, SUFFIXES, WORD
from nlp.sounds import of_same_sound, sound_alike, sound_near

Frequency = Callable[[str], float]
"""How often a word is met, in a million words; 0 when it is none."""

FEWEST = 3  # characters of a name that may be misspelt
ANY_MISTAKE = 4  # … with any mistake
_ENDINGS = frozenset(SUFFIXES) | STREETS | frozenset("苑园府城院楼庭寓村") | {"华庭", "华府", "公寓", "大厦", "大楼", "广场"}
_TELLS_APART = frozenset("0123456789一二三四五六七八九十百零东南西北中上下左右前后新老旧大小甲乙丙丁abcdefgh")
_LITTLE_WORDS = frozenset("的了在是和我你他她它们这那有就也都不没把被给跟与及或从到去来往对向为以于之所个些很住离回请问")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What stands in the text instead of a name, and where: `start` to `end` of the text, the first character that differs."""

    name: str
    start: int
    end: int
    kind: str  # wrong, missing, doubled, swapped
    at: int
    written: str = ""  # the wrong character
    sure: bool = True  # enough is left to tell it from other names

    @property
    def place(self) -> int:
        """Which character of the name it is."""
        return self.at - self.start

    @property
    def alike(self) -> bool:
        """It is wrong, but sounds the same."""
        return sound_alike(self.written, self.name[self.place])


class Misspelt:
    """Immutable index of names by the pieces that are looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._heads: dict[str, list[tuple[str, int]]] = {}  # a pair, and names with how far inside it stands
        self._tails: dict[str, dict[str, list[str]]] = {}  # the last pair, and what stands one (x) or two (x?) before it
        for name in dict.fromkeys(names):
            if len(name) >= ANY_MISTAKE:
                self._head(name[:2], name, 0)
                self._head(name[0] + name[2], name, 0)
                self._head(name[0] + name[2], name, 1)  # the first two are swapped
                self._tail(name, name[-3])
                if len(name) == ANY_MISTAKE:
                    self._tail(name, name[0] + "?")
            elif len(name) == FEWEST:
                for pair in (name[:2], *(name[0] + other for other in of_same_sound(name[1]))):
                    self._head(pair, name, 0)
                self._head(name[1:], name, 1)
        self.pairs = frozenset(self._heads) | frozenset(self._tails)

    def at(self, text: str, at: int, pair: str, frequency: Frequency) -> Iterator[Mistake]:
        """Believable mistakes in names of which `pair`, found at `at`, is a piece."""
        third, fourth = text[at + 2 : at + 3] or " ", text[at + 3 : at + 4] or " "
        for name, offset in self._heads.get(pair, ()):
            # one of the next two is right as well, whatever the mistake is
            if third in name or fourth in name or len(name) < ANY_MISTAKE:
                yield from self._from(text, (at - offset,), name, frequency)
        tails = self._tails.get(pair)
        if tails is None:
            return
        for name in tails.get(text[at - 1 : at], ()):
            start = at + 2 - len(name)
            yield from self._from(text, (start, start + 1, start - 1), name, frequency)  # one may be missing, or doubled
        for name in tails.get(text[at - 2 : at - 1] + "?", ()):
            yield from self._from(text, (at - 2,), name, frequency)

    def _from(self, text: str, starts: Iterable[int], name: str, frequency: Frequency) -> Iterator[Mistake]:
        for start in starts:
            if start >= 0:
                for mistake in _mistakes(text, start, name):
                    judged = _judged(text, mistake, frequency)
                    if judged is not None:
                        yield judged
                        return

    def _head(self, pair: str, name: str, offset: int) -> None:
        names = self._heads.setdefault(pair, [])
        if (name, offset) not in names:
            names.append((name, offset))

    def _tail(self, name: str, piece: str) -> None:
        self._tails.setdefault(name[-2:], {}).setdefault(piece, []).append(name)


def _mistakes(text: str, start: int, name: str) -> Iterator[Mistake]:
    """Each single mistake that explains what stands at `start`."""
    size = len(name)
    same = 0
    while same < size and text[start + same : start + same + 1] == name[same]:
        same += 1
    if same == size:
        return
    at = start + same
    rest = name[same + 1 :]
    if at < len(text) and text.startswith(rest, at + 1):
        wrong = Mistake(name, start, start + size, "wrong", at, text[at])
        if size >= ANY_MISTAKE or wrong.alike:
            yield wrong
    if size < ANY_MISTAKE:
        return
    if text.startswith(rest, at) and same:
        yield Mistake(name, start, start + size - 1, "missing", at)
    elif text.startswith(rest, start) and not same:
        yield Mistake(name, start, start + size - 1, "missing", start)
    if same and text[at : at + 1] == name[same - 1] and text.startswith(name[same:], at + 1):
        yield Mistake(name, start, start + size + 1, "doubled", at)
    if text[at : at + 2] == name[same : same + 2][::-1] and text.startswith(name[same + 2 :], at + 2):
        yield Mistake(name, start, start + size, "swapped", at)


def _judged(text: str, mistake: Mistake, frequency: Frequency) -> Mistake | None:
    """The same with how sure it is; None when something else is likelier than a slip."""
    if mistake.kind == "doubled":
        return mistake
    core = _core(mistake.name, frequency)
    own = mistake.place < core
    near = mistake.kind == "wrong" and sound_near(mistake.written, mistake.name[mistake.place])
    if not own and core < 3 and not mistake.alike and _ends_otherwise(text[mistake.start : mistake.end], frequency):
        return None
    if mistake.kind == "wrong":
        believable = _is_a_slip(text, mistake, core, frequency)
        few = 2 if near else 3
    elif mistake.kind == "swapped":
        swapped = text[mistake.at : mistake.at + 2]
        believable = not _TELLS_APART.issuperset(swapped) and not _is_word(swapped, frequency)
        few = 3 if own else 2
    else:
        believable = _is_left_out(text, mistake, core, frequency)
        few = 4 if own else 3
    return replace(mistake, sure=core >= few) if believable else None


def _is_a_slip(text: str, mistake: Mistake, core: int, frequency: Frequency) -> bool:
    """Whether a wrong character makes no other name and no word with those beside it."""
    written, meant, at = mistake.written, mistake.name[mistake.place], mistake.at
    own = mistake.place < core
    if not "\u4e00" <= written <= "\u9fff" or written in _LITTLE_WORDS or written in _TELLS_APART:
        return False
    if own and meant in _TELLS_APART and not mistake.alike:
        return False
    if not own and (len(mistake.name) < ANY_MISTAKE or len(mistake.name) == core + 1):
        return False  # 玫瑰园 is not 玫瑰苑
    words = []
    if not mistake.alike or at == mistake.start:
        words.append(text[max(0, at - 1) : at + 1])
    if not mistake.alike or at == mistake.end - 1:
        words += [text[at : at + 2], text[at : at + 3]]
    return not any(_is_word(word, frequency) for word in words)


def _is_left_out(text: str, mistake: Mistake, core: int, frequency: Frequency) -> bool:
    """Whether what is left is no part of another name or word."""
    if mistake.place < core and mistake.name[mistake.place] in _TELLS_APART:
        return False
    start, end = mistake.start, mistake.end
    if mistake.place < core <= 2 and not STANDS_BEFORE.search(text[max(0, start - 4) : start]):
        return False  # one character of its own is left: it must stand where a name begins
    words = []
    if mistake.place == 0:
        words += [text[max(0, start - 1) : start + 1], text[max(0, start - 2) : start + 1]]
    goes_on = "\u4e00" <= text[end : end + 1] <= "\u9fff" and text[end] not in _LITTLE_WORDS
    if mistake.place == len(mistake.name) - 1 and goes_on:
        return False
    return not any(_is_word(word, frequency) for word in words)


def _core(name: str, frequency: Frequency) -> int:
    """How many characters stand before what many names end with: 小区, 医院, 家属院; 新建 of 新建路社区."""
    core = len(name)
    while core > 2:
        size = next((size for size in (4, 3, 2, 1) if core > size + 1 and _is_ending(name[core - size : core], frequency)), 0)
        if not size:
            break
        core -= size
    return core


def _is_ending(written: str, frequency: Frequency) -> bool:
    return written in _ENDINGS or (len(written) > 1 and frequency(written) >= EVERYDAY)


def _ends_otherwise(written: str, frequency: Frequency) -> bool:
    """Whether it ends as names do, so that it is another name (荷花园 is not 荷花家园)."""
    return any(_is_ending(written[-size:], frequency) for size in (2, 3))


def _is_word(word: str, frequency: Frequency) -> bool:
    return len(word) > 1 and frequency(word) >= WORD
