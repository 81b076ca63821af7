"""Papers beyond the clustered core of a large corpus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.space import Labels, Points, blocks
from paperatlas.topics.tables import centres

_ROUNDS = 2


def settled_centres(rows: Points, core: NDArray[np.intp], labels: Labels) -> NDArray[np.float64]:
    """Centres of the topics once all papers have joined them.

    Two rounds of k-means in which the papers of the core keep their topics (Basu, Banerjee & Mooney 2002,
    "Semi-supervised clustering by seeding", ICML). Of 50,000 papers, fits on different cores agree better for it
    (``benchmarks/RESULTS.md``). Without papers beyond the core these are the centres of the core.

    Parameters
    ----------
    rows : (n, d) array
        In the neighbourhood of the landmarks (`paperatlas.topics.neighbourhood`).
    core : (m,) int array
    labels : (m,) int array
        Topics of the core.

    Returns
    -------
    (k, d) float64 array
    """
    found = centres(rows[core], labels)
    for _ in range(_ROUNDS if len(core) < len(rows) else 0):
        every = _towards(rows, found).argmax(axis=1).astype(np.int32)
        every[core] = labels
        found = centres(rows, every)
    return found


def _towards(rows: Points, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = [rows[block].astype(np.float64) @ middle.T for block in blocks(len(rows))]
    return np.asarray(np.round(np.concatenate(parts), 9), dtype=np.float64)


def join_core(
    rows: Points,
    middle: NDArray[np.float64],
    core: NDArray[np.intp],
    labels: Labels,
    confidence: NDArray[np.float64],
    runner_up: NDArray[np.int64],
    landed: NDArray[np.int16],
) -> tuple[Labels, NDArray[np.float64], NDArray[np.int64], NDArray[np.int16]]:
    """Every other paper joins the topic with the nearest of the centres `middle`.

    Its confidence is that of the clustered papers with a like margin between nearest and second centre.
    """
    n, k = len(rows), len(middle)
    towards = _towards(rows, middle)
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
