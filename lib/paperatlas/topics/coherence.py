"""How well the words of a topic belong together (NPMI), and how little topics repeat each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_SMALL = 1e-12


@cache
def _analyser() -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(stop_words="english").build_analyzer()


def single_words(terms: Iterable[str], first: int = 10) -> list[str]:
    """The first different single words of a list of words and phrases."""
    analyse = _analyser()
    return list(dict.fromkeys(word for term in terms for word in analyse(term)))[:first]


def diversity(word_lists: Sequence[Sequence[str]]) -> float:
    """Different words over all words of the topics, in (0, 1] (Dieng, Ruiz & Blei 2020, TACL 8)."""
    flat = [word for words in word_lists for word in words]
    return len(set(flat)) / len(flat) if flat else float("nan")


class Coherence:
    """Normalised pointwise mutual information of words in the papers' own texts.

    The same quantity as gensim's ``c_npmi`` (Röder, Both & Hinneburg 2015, WSDM): Boolean sliding windows
    of `window` words; a shorter text is one window; a topic's value is the mean over its pairs of words.

    Parameters
    ----------
    texts : sequence of str
        Titles and abstracts, cut by scikit-learn's analyser with English stop words.
    window : int
        Words in a window.
    """

    def __init__(self, texts: Sequence[str], window: int = 10) -> None:
        analyse, back = _analyser(), np.arange(window)
        self._column: dict[str, int] = {}
        self.n_windows = 0
        words, windows = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for text in texts:
            found = np.array(
                [self._column.setdefault(word, len(self._column)) for word in analyse(text)], np.int32
            )
            here = max(len(found) - window + 1, 1)
            place = np.arange(len(found))[:, None] - back
            # gensim drops a word from its window when the first of two occurrences leaves it.
            same = (found[np.maximum(place, 0)] == found[:, None]) & (place >= 0)
            oldest = window - 1 - same[:, ::-1].argmax(axis=1)
            valid = (place >= 0) & (place < here) & (back >= oldest[:, None])
            words.append(np.repeat(found, valid.sum(axis=1)))
            windows.append((self.n_windows + place[valid]).astype(np.int32))
            self.n_windows += here
        rows, columns = np.concatenate(windows), np.concatenate(words)
        # The last column, which is empty, serves words that no text holds.
        shape = (max(self.n_windows, 1), len(self._column) + 1)
        self._seen = sparse.csc_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=shape)
        self._seen.data[:] = 1

    def npmi(self, words: Sequence[str]) -> NDArray[np.float64]:
        """(v, v) NPMI of every pair of words, rounded to 9 decimals; nan where a word is unknown."""
        columns = self._seen[:, [self._column.get(word, -1) for word in words]]
        both = (columns.T @ columns).toarray() / max(self.n_windows, 1)
        single = np.diag(both)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log((both + _SMALL) / np.outer(single, single))
        known = np.outer(single, single) > 0
        return np.where(known, np.round(ratio / -np.log(both + _SMALL), 9), np.nan)

    def of_topics(self, word_lists: Sequence[Sequence[str]]) -> float:
        """Mean NPMI in [-1, 1] over the topics, each the mean over all pairs of its words that the texts hold."""
        pairs = [self.npmi(words)[np.tril_indices(len(words), -1)] for words in word_lists]
        values = [np.nanmean(some) for some in pairs if not np.isnan(some).all()]
        return float(np.mean(values)) if values else float("nan")
