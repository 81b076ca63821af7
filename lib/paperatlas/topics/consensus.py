"""Consensus of many clusterings: how often two papers fall together, and the tree this gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.kmeans import cluster_many
from paperatlas.topics.space import Labels, Points

Counts = NDArray[np.float32]  # whole numbers below 2**24, exact in sums

_SHARE = 0.8  # of the papers that each clustering sees
_STEPS = 8  # different numbers of clusters


@dataclass(frozen=True)
class Consensus:
    """Evidence of `runs` clusterings of n papers.

    ``together`` is (n, n): in how many runs two papers share a cluster. ``merges`` is the average-linkage
    tree over it in scipy's form, (n - 1, 4).
    """

    together: Counts
    merges: NDArray[np.float64]
    runs: int


def build_consensus(points: Points, *, runs: int, finest: int, seed: int) -> Consensus:
    """Evidence accumulation (Fred & Jain 2005, IEEE TPAMI 27(6)) over resampled spherical k-means.

    Parameters
    ----------
    points : (n, d) float32 array on the grid
    runs : int
        Clusterings. Their numbers of clusters grow evenly, in logarithms, from a third of the square root of the
        papers to `finest`, so that the tree has something to say about coarse and fine groups alike.
    finest : int
        Largest number of clusters.
    seed : int
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    sizes = cluster_sizes(len(points), finest)
    labels = cluster_many(points, [sizes[r % len(sizes)] for r in range(runs)], share=_SHARE, seed=seed)
    together = count_together(labels)
    # The cosine, a thousandth of a run's weight, only decides between pairs with equal counts.
    apart = (runs - together) + np.float32(0.001) * (np.float32(1.0) - points @ points.T)
    np.fill_diagonal(apart, 0.0)
    # In double precision sums of equal distances, taken in another order, would differ in their last bits.
    condensed = np.round(squareform(np.maximum(apart, 0.0), checks=False).astype(np.float64), 6)
    return Consensus(together, linkage(condensed, "average"), runs)


def cluster_sizes(n_papers: int, finest: int) -> list[int]:
    """Numbers of clusters that the runs take in turn."""
    most = max(2, min(finest, n_papers // 3))
    low = max(2.0, min(0.3 * n_papers**0.5, most / 2))
    return [max(2, round(low * (most / low) ** (step / (_STEPS - 1)))) for step in range(_STEPS)]


def count_together(labels: Labels) -> Counts:
    """(n, n) number of runs in which two papers share a cluster, from (R, n) labels."""
    n = labels.shape[1]
    together = np.zeros((n, n), dtype=np.float32)
    for row in labels.reshape(-1, n):
        order = np.argsort(row, kind="stable")
        for group in np.split(order, np.cumsum(np.bincount(row))[:-1]):
            together[np.ix_(group, group)] += 1.0
    return together


def affinity(together: Counts, runs: int, labels: Labels) -> NDArray[np.float64]:
    """(n, k) mean share of runs in which a paper falls together with the *other* papers of each group.

    Papers with a label below zero belong to no group.
    """
    ones = (labels[:, None] == np.arange(int(labels.max()) + 1)).astype(np.float32)
    towards = (together @ ones - ones * np.float32(runs)).astype(np.float64)
    others = ones.sum(axis=0) - ones.astype(np.float64)
    return np.asarray(towards / np.maximum(others, 1.0) / runs)
