"""Cuts text into words with jieba and our own words."""

import logging
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import jieba


class Segmenter:
    """An own jieba tokenizer: built once, used by everybody, never changed afterwards.

    jieba's global tokenizer is shared with whoever else imports jieba and takes no lock while words are added.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        jieba.setLogLevel(logging.WARNING)  # jieba speaks on stderr at DEBUG
        tokenizer = jieba.Tokenizer()
        tokenizer.tmp_dir = str(_private_directory())
        tokenizer.initialize()
        for word in sorted(set(words)):  # sorted: a word's frequency depends on the words before it
            tokenizer.add_word(word)
        self._cut = tokenizer.cut

    def words(self, text: str) -> Iterator[tuple[int, str]]:
        """Every word with its offset; joined they are the text again."""
        offset = 0
        for word in self._cut(text, HMM=False):
            yield offset, word
            offset += len(word)


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
