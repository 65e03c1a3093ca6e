"""Cuts text into words: jieba's dictionary and its most likely path, with our own words added.

jieba computes a logarithm per word it considers; here they are computed once, at start, so cutting takes half the time.
The words are the same as those of `jieba.Tokenizer.cut(text, HMM=False)`; a test holds them together.
"""

import logging
import math
import os
import re
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

import jieba

_BLOCK = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+")  # jieba's: what lies between is no word
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_PREFIX = math.inf  # begins longer words, is none itself


class Segmenter:
    """Built once, shared by everybody, never changed afterwards.

    jieba's global tokenizer is shared with whoever else imports jieba and takes no lock while words are added; this is an
    own one, and what is kept of it is one dictionary.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        jieba.setLogLevel(logging.WARNING)  # jieba speaks on stderr at DEBUG
        tokenizer = jieba.Tokenizer()
        tokenizer.tmp_dir = str(_private_directory())
        tokenizer.initialize()
        for word in sorted(set(words)):  # sorted: a word's frequency depends on the words before it
            tokenizer.add_word(word)
        total = math.log(tokenizer.total)
        likelihoods = {count: math.log(count) - total if count else _PREFIX for count in set(tokenizer.FREQ.values())}
        self._likelihoods: dict[str, float] = {word: likelihoods[count] for word, count in tokenizer.FREQ.items()}
        self._unknown = -total

    @property
    def never(self) -> float:
        """The surprise at what the dictionary does not have."""
        return -self._unknown

    def surprise(self, word: str) -> float:
        """How surprising a word is: minus the logarithm of its likelihood."""
        likelihood = self._likelihood(word)
        return self.never if likelihood is None else -likelihood

    def words(self, text: str) -> list[tuple[int, str]]:
        """Every word with its offset. Punctuation and blanks are no words."""
        found: list[tuple[int, str]] = []
        for block in _BLOCK.finditer(text):
            offset, piece = block.start(), block[0]
            ends = self._best_path(piece)
            start, size = 0, len(piece)
            while start < size:
                end = ends[start]
                if end == start + 1 and piece[start] in _LATIN:  # letters and digits stay together
                    while end < size and ends[end] == end + 1 and piece[end] in _LATIN:
                        end += 1
                found.append((offset + start, piece[start:end]))
                start = end
        return found

    def frequency(self, word: str) -> float:
        """How often a word is met in a million words; 0 when it is none."""
        likelihood = self._likelihood(word)
        return 0.0 if likelihood is None else math.exp(likelihood) * 1e6

    def _likelihood(self, word: str) -> float | None:
        """The logarithm of how likely a word is; None when it is none."""
        likelihood = self._likelihoods.get(word)
        return None if likelihood is _PREFIX else likelihood

    def _best_path(self, piece: str) -> list[int]:
        """For each position, where the most likely word from there ends."""
        get, size = self._likelihoods.get, len(piece)
        scores = [0.0] * (size + 1)
        ends = [0] * size
        for start in range(size - 1, -1, -1):
            best, best_end = -math.inf, 0
            end = start + 1
            likelihood = get(piece[start])
            while likelihood is not None:
                if likelihood is not _PREFIX:
                    score = likelihood + scores[end]
                    if score >= best:  # of two equal paths jieba takes the longer word
                        best, best_end = score, end
                end += 1
                if end > size:
                    break
                likelihood = get(piece[start:end])
            if best_end:
                scores[start], ends[start] = best, best_end
            else:
                scores[start], ends[start] = self._unknown + scores[start + 1], start + 1
        return ends


def _private_directory() -> Path:
    """Where jieba may keep its cache: it loads what it finds there, so nobody else may write to it."""
    directory = Path(tempfile.gettempdir()) / f"wishlight-words-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        ours = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
        if ours and stat.S_ISDIR(found.st_mode):
            return directory
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="wishlight-words-"))
