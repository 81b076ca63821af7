"""Near-duplicates without comparing everything with everything."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import NearDuplicate
from paperatlas.scale.keys import bands, signatures

LEAST_JACCARD = 0.5


def pairs_of_band(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Rows that share a band with an earlier row, beside the first such row, (m, 2).

    Each row is paired with the first one only, so that a thousand copies are a thousand pairs and not half
    a million.
    """
    order = np.argsort(values, kind="stable")
    same = np.flatnonzero(values[order][1:] == values[order][:-1]) + 1
    begins = np.arange(len(order))
    begins[same] = 0
    first = np.maximum.accumulate(begins)
    return np.stack([order[first[same]], order[same]], axis=1)


def near_duplicates_large(corpus: pd.DataFrame, *, threshold: float = 0.8) -> list[NearDuplicate]:
    """As `paperatlas.near_duplicates`, for corpora where all pairs are too many.

    Candidates share a band of their MinHash signatures and have an estimated Jaccard similarity of their
    runs of three words of at least 0.5; the score is the same edit similarity. Of many papers that are
    all alike, each is listed beside one of them.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``abstract``
    threshold : float in (0, 1]

    Raises
    ------
    AtlasError
        If datasketch is not installed.
    """
    from rapidfuzz.fuzz import ratio

    abstracts, ids = corpus["abstract"].tolist(), corpus["paper_id"].tolist()
    signature = signatures(abstracts)
    columns = bands(signature)
    pairs = np.unique(np.concatenate([pairs_of_band(column) for column in columns.T]), axis=0)
    likely = np.array([(signature[a] == signature[b]).mean() >= LEAST_JACCARD for a, b in pairs], dtype=bool)
    found = []
    for i, j in pairs[likely].tolist() if len(pairs) else []:
        if (score := ratio(abstracts[i], abstracts[j]) / 100) >= threshold:
            found.append(NearDuplicate(min(ids[i], ids[j]), max(ids[i], ids[j]), round(score, 4)))
    return sorted(found, key=lambda pair: (-pair.score, pair))
