"""Consensus of many clusterings: how often two papers fall together, and the tree this gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.kmeans import cluster_many
from paperatlas.topics.space import Labels, Points

Counts = NDArray[np.float32]  # whole numbers below 2**24, exact in sums


@dataclass(frozen=True)
class Consensus:
    """Evidence of `runs` clusterings of n papers.

    ``together`` is (n, n): in how many runs two papers share a cluster. ``merges`` is the average-linkage
    tree over it in scipy's form, (n - 1, 4).
    """

    together: Counts
    merges: NDArray[np.float64]
    runs: int

    def cut(self, n_topics: int, least: int) -> Labels:
        """Cut the tree into `n_topics` groups of at least `least` papers, as `cuts` does."""
        return self.cuts([n_topics], least)[n_topics]

    def cuts(self, numbers: Sequence[int], least: int) -> dict[int, Labels]:
        """Cut the tree into each of the numbers of groups of at least `least` papers, then settle every paper.

        From the root down, a branch counts as a split only if both sides hold `least` papers; smaller
        side branches stay where they hang (the condensed tree of Campello et al. 2013). Every paper then
        goes to the group with whose other papers it falls together most often. Fewer groups come back if
        the tree does not hold as many.
        """
        found = condensed_cuts(self.merges, numbers, least)
        near = np.split(
            _affinities(self.together, self.runs, list(found.values())),
            np.cumsum([labels.max() + 1 for labels in found.values()])[:-1],
            axis=1,
        )
        for (k, labels), towards in zip(list(found.items()), near, strict=True):
            moved = towards.argmax(axis=1).astype(np.int32)
            found[k] = moved if len(np.unique(moved)) == int(labels.max()) + 1 else labels
        return found


def evidence_sizes(n_papers: int) -> list[int]:
    """Numbers of clusters that the runs take in turn: around the square root of the papers."""
    middle = max(3.0, 0.45 * n_papers**0.5)
    shares = (0.6, 0.7, 0.85, 1.0, 1.15, 1.3, 1.4)
    return sorted({max(2, min(round(middle * share), n_papers // 3)) for share in shares})


def build_consensus(points: Points, *, runs: int, share: float, seed: int) -> Consensus:
    """Evidence accumulation (Fred & Jain 2005, IEEE TPAMI 27(6)) over resampled spherical k-means.

    Parameters
    ----------
    points : (n, d) float32 array on the grid
    runs : int
        Clusterings, with the numbers of clusters of `evidence_sizes` in turn.
    share : float
        Share of the papers each clustering sees.
    seed : int
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    n = len(points)
    cycle = evidence_sizes(n)
    labels = cluster_many(points, [cycle[r % len(cycle)] for r in range(runs)], share=share, seed=seed)
    together = count_together(labels)
    # The cosine, a thousandth of a run's weight, only decides between pairs with equal counts.
    cosine = (points @ points.T).astype(np.float64)
    apart = (runs - together.astype(np.float64)) + 0.001 * (1.0 - cosine)
    np.fill_diagonal(apart, 0.0)
    merges = linkage(squareform(np.maximum(apart, 0.0), checks=False), "average")
    return Consensus(together, merges, runs)


def count_together(labels: Labels) -> Counts:
    """(n, n) number of runs in which two papers share a cluster, from (R, n) labels."""
    runs, n = labels.shape
    most = int(labels.max()) + 1
    member = np.zeros((n, runs * most), dtype=np.float32)
    column = (np.arange(runs)[:, None] * most + labels).T
    np.put_along_axis(member, column, np.float32(1.0), axis=1)
    return member @ member.T


def condensed_cuts(merges: NDArray[np.float64], numbers: Sequence[int], least: int) -> dict[int, Labels]:
    """Labels of the first branches of at least `least` papers, from the root of the tree, for each number of them."""
    n = len(merges) + 1
    size = [1] * n + merges[:, 3].astype(np.int64).tolist()
    sides = merges[:, :2].astype(np.int64).tolist()
    group = [0] * (2 * n - 1)
    split_from = [0]
    most = max(numbers)
    for node in range(2 * n - 2, n - 1, -1):  # parents come before children: heights never rise downwards
        a, b = sides[node - n]
        group[a] = group[b] = group[node]
        if len(split_from) < most and min(size[a], size[b]) >= least:
            group[b] = len(split_from)
            split_from.append(group[node])
    finest = np.array(group[:n], dtype=np.int32)
    found = {}
    for k in numbers:
        # Each split divides one group: to undo the later ones gives the coarser cut.
        to = np.arange(len(split_from), dtype=np.int32)
        for later in range(k, len(to)):
            to[later] = to[split_from[later]]
        found[k] = to[finest]
    return found


def affinity(together: Counts, runs: int, labels: Labels) -> NDArray[np.float64]:
    """(n, k) mean share of runs in which a paper falls together with the *other* papers of each topic."""
    return _affinities(together, runs, [labels])


def _affinities(together: Counts, runs: int, cuts: Sequence[Labels]) -> NDArray[np.float64]:
    """`affinity` for several cuts side by side."""
    member = np.concatenate([labels[:, None] == np.arange(labels.max() + 1) for labels in cuts], axis=1)
    ones = member.astype(np.float32)
    towards = (together @ ones - ones * np.float32(runs)).astype(np.float64)
    others = member.sum(axis=0) - member.astype(np.float64)
    return np.asarray(towards / np.maximum(others, 1.0) / runs)
