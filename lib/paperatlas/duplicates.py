"""Papers that are much alike and were not merged, found without comparing everything with everything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import abstract_key

BANDS, _ROWS = 32, 3  # bands of a signature, and entries in each
_WORD = re.compile(r"\w+")
# Odd 64-bit constants (fractions of the golden ratio and of a square root) to mix the words of a pair.
_MIX = np.array([0x9E3779B97F4A7C15, 0x6A09E667F3BCC909], dtype=np.uint64)
_HALF, _SHIFT = np.uint64(32), np.uint64(29)


class NearDuplicate(NamedTuple):
    """Two papers with much the same abstract, listed and not merged; ``score`` in [0, 1]."""

    paper_id: str
    other_id: str
    score: float


def near_duplicates(corpus: pd.DataFrame, *, threshold: float = 0.8) -> list[NearDuplicate]:
    """Pairs of papers whose abstracts are much the same, most alike first.

    Candidates share a band of their MinHash signatures (see `bands`); the score is the normalised edit
    similarity of the abstracts. Of many papers that are all alike, each is listed beside the first of them.
    Papers without an abstract are like nothing. Time and memory grow in proportion to the number of papers.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``abstract``
    threshold : float in (0, 1]
    """
    ordered = corpus.sort_values("paper_id")
    abstracts = ordered["abstract"].tolist()
    return score_pairs(
        candidates(bands(abstracts).T), ordered["paper_id"].tolist(), abstracts, threshold=threshold
    )


def bands(abstracts: Sequence[str]) -> NDArray[np.uint32]:
    """Hash of each of 32 bands of a MinHash signature of the abstracts' pairs of words, (n, 32); 0 for no words.

    A signature holds the smallest of the pairs' hashes under 96 hash functions; two abstracts agree in an entry
    as often as their sets of pairs have in common (Broder 1997, "On the resemblance and containment of
    documents"). Of pairs of abstracts with half their pairs of words in common, all but 14 in 1,000 share a band
    (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", section 3.4).
    """
    random = np.random.Generator(np.random.PCG64(1))
    half, shift = random.integers(0, 2**63, (2, BANDS * _ROWS), dtype=np.uint64)
    odd = 2 * half + 1
    found = np.zeros((len(abstracts), BANDS), dtype=np.uint32)
    for row, abstract in enumerate(map(abstract_key, abstracts)):
        words = [crc32(word.encode("utf-8", "surrogatepass")) for word in _WORD.findall(abstract.casefold())]
        if not words:
            continue
        pairs = np.array(words, dtype=np.uint64)
        if len(words) > 1:
            mixed = pairs[:-1] * _MIX[0] + pairs[1:] * _MIX[1]
            pairs = np.unique(mixed ^ (mixed >> _SHIFT))
        # Multiply and shift (Dietzfelbinger et al. 1997): the upper half of a product is a random hash.
        signature = ((pairs[:, None] * odd + shift) >> _HALF).min(axis=0)
        folded = np.zeros(BANDS, dtype=np.uint64)
        for entries in signature.reshape(BANDS, _ROWS).T:
            folded = (folded ^ entries) * _MIX[0]
            folded ^= folded >> _SHIFT
        found[row] = (folded >> _HALF) | np.uint64(1)
    return found


def candidates(columns: Iterable[NDArray[np.uint32]]) -> NDArray[np.int64]:
    """Rows that share a band with an earlier row, beside the first such row, (m, 2).

    Each row is paired with the first one only, so that a thousand copies are a thousand pairs and not half
    a million. `columns` are arrays of n hashes, one for each band.
    """
    found = []
    for values in columns:
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        same = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] > 0)) + 1
        begins = np.arange(len(order))
        begins[same] = 0
        first = np.maximum.accumulate(begins)
        found.append(np.stack([order[first[same]], order[same]], axis=1))
    return np.unique(np.concatenate(found), axis=0)


def score_pairs(
    pairs: NDArray[np.int64], paper_ids: Sequence[str], abstracts: Sequence[str], *, threshold: float = 0.8
) -> list[NearDuplicate]:
    """Those of the pairs of positions, (m, 2), whose abstracts are similar enough, most alike first."""
    from rapidfuzz.fuzz import ratio

    found = []
    for i, j in pairs.tolist():
        one, other = abstract_key(abstracts[i]), abstract_key(abstracts[j])
        if (score := ratio(one, other, score_cutoff=100 * threshold) / 100) >= threshold:
            first, second = sorted((paper_ids[i], paper_ids[j]))
            found.append(NearDuplicate(first, second, round(score, 4)))
    return sorted(found, key=lambda pair: (-pair.score, pair))
