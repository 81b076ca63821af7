"""Papers beyond the clustered core of a large corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.space import Labels, Points, on_grid
from paperatlas.topics.tables import centres
from paperatlas.topics.terms import texts_of


def joining_rows(papers: pd.DataFrame, vectors: NDArray[Any] | None, seed: int) -> Points:
    """Rows in which papers find their topic: embeddings, which know the words of far more papers than the core.

    On 50,000 arXiv papers this agrees better with their categories than the axes of the core do
    (``benchmarks/RESULTS.md``).

    Parameters
    ----------
    papers : DataFrame of n papers
        ``title``, ``abstract``.
    vectors : (n, d) array, optional
        The embeddings, if they are there already.
    seed : int
        As for `paperatlas.embed_texts`.

    Returns
    -------
    (n, d) float32 array on the grid
    """
    if vectors is None:
        from paperatlas.vectors import embed_texts

        vectors = embed_texts(texts_of(papers), seed=seed)
    return on_grid(vectors)


def join_core(
    space: Points,
    core: NDArray[np.intp],
    labels: Labels,
    confidence: NDArray[np.float64],
    runner_up: NDArray[np.int64],
    landed: NDArray[np.int16],
) -> tuple[Labels, NDArray[np.float64], NDArray[np.int64], NDArray[np.int16]]:
    """Every other paper joins the topic with the nearest centre.

    Its confidence is that of the clustered papers with a like margin between nearest and second centre.
    """
    n, k = len(space), int(labels.max()) + 1
    towards = np.round(space.astype(np.float64) @ centres(space[core], labels).T, 9)
    every = towards.argmax(axis=1).astype(np.int32)
    every[core] = labels
    own = np.arange(n)
    mine = towards[own, every]
    towards[own, every] = -2.0
    second = towards.argmax(axis=1) if k > 1 else every
    margin = mine - towards.max(axis=1) if k > 1 else np.ones(n)
    order = np.argsort(margin[core], kind="stable")
    window = max(1, len(core) // 20)
    total = np.concatenate([[0.0], np.cumsum(confidence[order])])
    at = np.searchsorted(margin[core][order], margin)
    low, high = np.maximum(at - window, 0), np.minimum(at + window, len(core))
    trusted = np.round((total[high] - total[low]) / np.maximum(high - low, 1), 4)
    trusted[core] = confidence
    other = second.astype(np.int64)
    other[core] = runner_up
    wide = np.full((len(landed), n), -2, dtype=np.int16)
    wide[:, core] = landed
    return every, trusted, other, wide
