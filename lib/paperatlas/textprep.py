"""From texts to counted words and word pairs, in plain arrays."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

_WORD = re.compile(r"\w\w+")


def fold_plural(word: str) -> str:
    """Lower-case `word` without its English plural ending: ``queries`` becomes ``query``.

    The folding of Harman's S-stemmer ("How effective is suffixing?", JASIS 42(1), 1991) with the endings
    of sibilants added. ``analysis``, ``loss`` and ``corpus`` stay as they are.
    """
    if len(word) < 4 or word[-1] != "s" or word[-2:] in ("ss", "us", "is"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1]


_BREAK = -1


class _Numbers(dict[str, int]):
    """Number of the word behind each token; every distinct token is folded and looked up once."""

    def __init__(self, words: dict[str, int], *, grow: bool) -> None:
        super().__init__()
        self._words = words
        self._grow = grow

    def __missing__(self, token: str) -> int:
        word = fold_plural(token)
        if self._grow:
            self._words.setdefault(word, len(self._words))
        self[token] = number = self._words.get(word, _BREAK)
        return number


@dataclass(frozen=True)
class _Run:
    """All words of all texts in one row; text and title boundaries, and unknown words, are breaks."""

    word: NDArray[np.int64]
    text: NDArray[np.int64]
    in_title: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[str], numbers: _Numbers) -> _Run:
        flat, lengths = array("q"), array("q")
        for text in texts:
            title, _, rest = text.lower().partition(". ")
            for piece in (title, rest):
                found = [numbers[token] for token in _WORD.findall(piece)]
                found.append(_BREAK)
                flat.extend(found)
                lengths.append(len(found))
        word = np.array(flat, dtype=np.int64)
        part = np.repeat(np.arange(len(lengths), dtype=np.int64), np.array(lengths, dtype=np.int64))
        return cls(word, part // 2, part % 2 == 0)

    def words(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Position and number of every known word."""
        at = np.flatnonzero(self.word >= 0)
        return at, self.word[at]

    def pairs(self, n_words: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Position and code of every pair of neighbouring known words."""
        at = np.flatnonzero((self.word[:-1] >= 0) & (self.word[1:] >= 0))
        return at, self.word[at] * n_words + self.word[at + 1]


@dataclass(frozen=True)
class Vocabulary:
    """The words, and pairs of neighbouring words, that a corpus uses often enough.

    Attributes
    ----------
    words : dict
        Word to column, alphabetical.
    pairs : (p,) int64 array
        Codes ``first * len(words) + second``, ascending; pair ``i`` has column ``len(words) + i``.
    """

    words: dict[str, int]
    pairs: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    @classmethod
    def learn(
        cls, texts: Sequence[str], *, min_texts: int, min_texts_pair: int, title_weight: int
    ) -> tuple[Vocabulary, sparse.csr_array]:
        """Words in at least `min_texts` texts, pairs in at least `min_texts_pair`, and what `count` gives."""
        seen: dict[str, int] = {}
        run = _Run.of(texts, _Numbers(seen, grow=True))
        at, word = run.words()
        n_texts = _n_texts(run.text[at], word, len(seen))
        frequent = sorted(w for w, number in seen.items() if n_texts[number] >= min_texts)
        # the last place serves _BREAK, which is -1
        renumber = np.full(len(seen) + 1, _BREAK, dtype=np.int64)
        renumber[[seen[w] for w in frequent]] = np.arange(len(frequent))
        run = _Run(renumber[run.word], run.text, run.in_title)
        at, code = run.pairs(len(frequent))
        codes, number = np.unique(code, return_inverse=True)
        pairs = codes[_n_texts(run.text[at], number, len(codes)) >= min_texts_pair]
        vocabulary = cls({w: i for i, w in enumerate(frequent)}, pairs)
        return vocabulary, vocabulary._tally(run, len(texts), title_weight)

    def count(self, texts: Sequence[str], *, title_weight: int) -> sparse.csr_array:
        """(n, len(self)) occurrences as float64, those before the first full stop times `title_weight`."""
        return self._tally(_Run.of(texts, _Numbers(self.words, grow=False)), len(texts), title_weight)

    def _tally(self, run: _Run, n: int, title_weight: int) -> sparse.csr_array:
        from scipy import sparse

        at, term = run.words()
        if len(self.pairs):
            at_pair, code = run.pairs(len(self.words))
            place = np.searchsorted(self.pairs, code).clip(max=len(self.pairs) - 1)
            known = self.pairs[place] == code
            at = np.concatenate([at, at_pair[known]])
            term = np.concatenate([term, place[known] + len(self.words)])
        weight = np.where(run.in_title[at], float(title_weight), 1.0)
        counts = sparse.csr_array((weight, (run.text[at], term)), shape=(n, len(self)))
        counts.sum_duplicates()
        return counts


def _n_texts(text: NDArray[np.int64], term: NDArray[np.int64], n_terms: int) -> NDArray[np.int64]:
    """In how many texts each term occurs."""
    from scipy import sparse

    shape = (int(text.max(initial=0)) + 1, n_terms)
    found = sparse.csr_array((np.ones(len(term), dtype=np.int32), (text, term)), shape=shape)
    found.sum_duplicates()
    return np.bincount(found.indices, minlength=n_terms)
