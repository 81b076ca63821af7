"""What to call the nodes of a tree: terms of the field, as authors put them under "keywords"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.text.vocabulary import Terms

Labels = NDArray[np.integer]
Floats = NDArray[np.float64]

_DIGITS = 6


@dataclass(frozen=True)
class Candidates:
    """Terms that may name a node; an abbreviation and what it stands for are one.

    Attributes
    ----------
    holds : (n, c) int64 csr_array
        One where a paper holds the term.
    shown : list of c str
    keys : list of c tuple of str
        Folded words of the term.
    termhood : (c,) array
        In (0, 1]: how often the term stands alone, not inside a longer phrase.
    """

    holds: sparse.csr_array
    shown: list[str]
    keys: list[tuple[str, ...]]
    termhood: Floats
    general: NDArray[np.bool_]

    @classmethod
    def of(cls, terms: Terms) -> Candidates:
        column = {key: i for i, key in enumerate(terms.keys)}
        target = np.arange(len(column))
        shown = list(terms.shown)
        for short, long in terms.abbreviations.items():
            if short in column and long in column:
                target[column[short]] = column[long]
                shown[column[long]] = f"{terms.shown[column[long]]} ({terms.shown[column[short]]})"
        move = sparse.csr_array((np.ones(len(target), dtype=np.int64), (np.arange(len(target)), target)))
        holds = sparse.csr_array(terms.counts @ move)
        occurrences = np.asarray(terms.counts.sum(axis=0)).ravel()
        total = np.bincount(target, weights=occurrences, minlength=len(target))
        alone = np.bincount(target, weights=terms.alone, minlength=len(target))
        holds.data[:] = 1
        termhood = (alone + 1) / (total + 2)
        return cls(holds, shown, [tuple(key.split()) for key in terms.keys], termhood, terms.general)


def likelihood_ratio(inside: Floats, df: Floats, size: int, total: int) -> Floats:
    """Signed log-likelihood ratio (Dunning 1993) of the papers with a term, in a node against the rest."""
    a, b = inside, df - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        expected, other = df * size / total, df * (total - size) / total
        value = 2 * (np.where(a > 0, a * np.log(a / expected), 0) + np.where(b > 0, b * np.log(b / other), 0))
    return np.where(a * (total - size) > b * size, value, 0.0)
