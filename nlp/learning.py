"""Learns from labelled texts: the taxonomy's weights are moved, and words that it lacks are weighed.

What is made small is the surprise at the right answers plus PULL · ‖W − W₀‖², where W₀ is what the taxonomy says: a few texts
move a few weights a little, a thousand have the say. SciPy is imported here and nowhere else, and only when something is
learned; what comes out is read by `nlp.classify` without it.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from nlp.classify import pairs, parts, taxonomy_phrases, taxonomy_weights
from nlp.learned import Learned
from nlp.matching import PhraseFinder
from nlp.normalise import normalise
from nlp.segment import Segmenter
from nlp.strengths import strengths
from nlp.taxonomy import Taxonomy
from nlp.whereabouts import without_whereabouts

LONGEST = 600  # characters that are weighed, as when a message is read
SEEN = 2  # a word that fewer texts have says nothing about the next text
PULLS = (0.15, 0.4, 1.2)  # tried on held-back texts
ENOUGH = 60  # texts from which on something is held back, to choose the pull and to fit the confidence
USUAL = 0.4  # the pull when there are too few texts to try
PARTS = 3  # of which one is held back at a time
GROWN = 0.6  # how much all learned words of a text count beside the taxonomy's
ROUNDS = 60
LEAST = 0.02  # a weight that moved less has not moved
RIGHT = 0.955  # of the answers called sure, so many are to be right: 0.95, and a little for what held-back texts flatter
SHARPNESSES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4)
"""Factors on the sharpness that the weights were learned with."""


class Lesson:
    """Labelled texts made into numbers, once; any part of them can be learned from."""

    def __init__(self, taxonomy: Taxonomy, segmenter: Segmenter, rows: Iterable[tuple[str, str]]) -> None:
        self.taxonomy = taxonomy
        self.codes = tuple(taxonomy.categories)
        self.known = taxonomy_weights(taxonomy)
        finder = PhraseFinder(taxonomy_phrases(taxonomy))
        self.texts: list[dict[str, float]] = []
        self.answers: list[int] = []
        for text, code in rows:
            plain = without_whereabouts(normalise(text)[:LONGEST])
            words = segmenter.words(plain)
            phrases = [(start, phrase) for start, _, phrase in finder.find(plain)]
            hits = [*words, *parts(words, self.known), *phrases, *pairs(words)]
            self.texts.append(strengths(plain, hits))
            self.answers.append(self.codes.index(code) if code in taxonomy.categories else -1)

    def learn(self, which: Sequence[int] | None = None) -> Learned:
        """What the chosen texts (by default all) teach; a text whose answer is no category teaches nothing."""
        chosen = [index for index in (range(len(self.texts)) if which is None else which) if self.answers[index] >= 0]
        if not chosen:
            return Learned()
        if len(chosen) < ENOUGH:
            return self._learned(_Fit(self, chosen, USUAL), None, None)
        pull, sharpness, sure = self._held_back(chosen)
        return self._learned(_Fit(self, chosen, pull), sharpness, sure)

    def _held_back(self, chosen: list[int]) -> tuple[float, float, float]:
        """The pull that surprises least on texts held back, and the confidence that fits them."""
        import numpy as np

        parts = folds([self.answers[index] for index in chosen], PARTS)
        best: tuple[float, float, float, Any, Any] | None = None
        for pull in PULLS:
            rows, truths = [], []
            for part in range(PARTS):
                fit = _Fit(self, [index for index, its in zip(chosen, parts, strict=True) if its != part], pull)
                held = [index for index, its in zip(chosen, parts, strict=True) if its == part]
                rows.append(fit.scores(held))
                truths += [self.answers[index] for index in held]
            scores, answers = np.vstack(rows), np.array(truths)
            surprise, factor = min((_surprise(scores * factor, answers), factor) for factor in SHARPNESSES)
            if best is None or surprise < best[0]:
                best = (surprise, pull, factor, scores, answers)
        assert best is not None
        _, pull, factor, scores, answers = best
        return pull, factor, _threshold(_softmax(scores * factor), answers)

    def _learned(self, fit: "_Fit", factor: float | None, sure: float | None) -> Learned:
        moved: dict[str, dict[str, float]] = {}
        grown: dict[str, dict[str, float]] = {}
        for word, before, after in zip(fit.words, fit.before, fit.after, strict=True):
            moves = {code: round(float(b - a), 2) for code, a, b in zip(self.codes, before, after, strict=True)}
            moves = {code: move for code, move in moves.items() if abs(move) >= LEAST}
            if moves:
                (moved if word in self.known else grown)[word] = moves
        if grown:
            grown = {word: {code: round(weight * GROWN, 3) for code, weight in of.items()} for word, of in grown.items()}
        sharpness = None if factor is None else round(self.taxonomy.sharpness * factor, 3)
        return Learned(moved, grown, sharpness, sure, len(fit.chosen))


class _Fit:
    """One minimum: weights for the words of some texts."""

    def __init__(self, lesson: Lesson, chosen: Sequence[int], pull: float) -> None:
        import numpy as np
        from scipy.optimize import minimize

        self.lesson, self.chosen = lesson, chosen
        seen = Counter(word for index in chosen for word in lesson.texts[index])
        self.words = sorted(word for word, times in seen.items() if word in lesson.known or (times >= SEEN and _says(word)))
        self._at = {word: at for at, word in enumerate(self.words)}
        codes = {code: at for at, code in enumerate(lesson.codes)}
        self.before = np.zeros((len(self.words), len(codes)))
        for word, at in self._at.items():
            for code, weight in lesson.known.get(word, {}).items():
                self.before[at, codes[code]] = weight
        texts = self._matrix(chosen)
        truth = np.eye(len(codes))[[lesson.answers[index] for index in chosen]]
        sharpness = lesson.taxonomy.sharpness

        def surprise(flat: Any) -> tuple[float, Any]:
            weights = flat.reshape(self.before.shape)
            said = _softmax(texts @ weights * sharpness)
            moved = weights - self.before
            loss = -np.log(np.maximum((said * truth).sum(1), 1e-12)).sum() + pull * (moved**2).sum() * sharpness**2
            slope = texts.T @ (said - truth) * sharpness + 2 * pull * sharpness**2 * moved
            return float(loss), slope.ravel()

        found = minimize(surprise, self.before.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "ftol": 1e-6})
        self.after = found.x.reshape(self.before.shape)

    def _matrix(self, chosen: Sequence[int], words: dict[str, int] | None = None) -> Any:
        from scipy.sparse import csr_matrix

        at = self._at if words is None else words
        known = self.lesson.known
        rows, columns, values = [], [], []
        for row, index in enumerate(chosen):
            text = self.lesson.texts[index]
            length = max(1.0, sum(strength for word, strength in text.items() if word in known)) ** 0.5
            others = sum(strength**2 for word, strength in text.items() if word in at and word not in known) ** 0.5
            for word, strength in text.items():
                column = at.get(word)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(strength / length if word in known else GROWN * strength / others)
        return csr_matrix((values, (rows, columns)), shape=(len(chosen), len(at)))

    def scores(self, chosen: Sequence[int]) -> Any:
        """What it says about other texts; words that it never met weigh what the taxonomy says."""
        import numpy as np

        lesson = self.lesson
        fresh = sorted({word for index in chosen for word in lesson.texts[index] if word in lesson.known} - self._at.keys())
        weights = np.zeros((len(fresh), len(lesson.codes)))
        for row, word in enumerate(fresh):
            for code, weight in lesson.known[word].items():
                weights[row, lesson.codes.index(code)] = weight
        words = {word: at for at, word in enumerate([*self.words, *fresh])}
        return self._matrix(chosen, words) @ np.vstack([self.after, weights]) * lesson.taxonomy.sharpness


def learn(taxonomy: Taxonomy, rows: Iterable[tuple[str, str]], segmenter: Segmenter | None = None) -> Learned:
    """What labelled texts (text, category's code) teach on top of a taxonomy."""
    words = (word for category in taxonomy.categories.values() for word in category.keywords)
    return Lesson(taxonomy, segmenter or Segmenter(words), rows).learn()


def folds(answers: Sequence[Any], parts: int, seed: int = 0) -> list[int]:
    """Which part each row belongs to: every answer is spread over all parts; the same rows give the same parts."""
    shuffled = list(range(len(answers)))
    random.Random(seed).shuffle(shuffled)
    part_of = [0] * len(answers)
    next_part: Counter[Any] = Counter()
    offset = {answer: number for number, answer in enumerate(sorted(set(answers), key=str))}
    for index in shuffled:
        answer = answers[index]
        part_of[index] = (next_part[answer] + offset[answer]) % parts
        next_part[answer] += 1
    return part_of


def _says(word: str) -> bool:
    """Whether a word that the taxonomy lacks may be learned: two characters or more, and no letters or numbers."""
    return len(word) > 1 and not any("0" <= character <= "9" or "a" <= character <= "z" for character in word)


def _softmax(scores: Any) -> Any:
    import numpy as np

    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _surprise(scores: Any, answers: Any) -> float:
    import numpy as np

    return float(-np.log(np.maximum(_softmax(scores)[np.arange(len(answers)), answers], 1e-12)).mean())


def _threshold(said: Any, answers: Any) -> float:
    """The least confidence from which on RIGHT of the answers are right."""
    import numpy as np

    confidence, right = said.max(1), said.argmax(1) == answers
    order = np.argsort(-confidence)
    share = np.cumsum(right[order]) / np.arange(1, len(answers) + 1)
    enough = np.nonzero(share >= RIGHT)[0]
    return round(float(confidence[order[enough[-1]]]), 3) if len(enough) else 0.99
