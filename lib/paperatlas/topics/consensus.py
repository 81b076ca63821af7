"""Consensus of many clusterings: how often two papers fall together, and the tree this gives.

The clusterings are spherical k-means runs in arithmetic that no machine can change: points and centroids lie on a
grid of 2**-11 and have about unit length, so each product is a multiple of 2**-22 and each sum stays below 2, which
float32 holds exactly in whatever order they are added. Ties go to the lower index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.branches import one_hot
from paperatlas.topics.inputs import GRID, Labels, Points

_BATCH = 32
_WHOLE = np.float32(GRID * GRID)  # products of points in these units are whole numbers


def cluster_many(
    points: Points, sizes: Sequence[int], *, share: float, seed: int, max_iterations: int = 6
) -> Labels:
    """Cluster resamples of the points, one run for each number of clusters in `sizes`: (R, n) labels.

    Each run draws the share `share` of the points, clusters them by spherical k-means (Dhillon & Modha
    2001, Machine Learning 42) from a k-means++ start (Arthur & Vassilvitskii 2007), and puts the points
    it did not draw into the nearest cluster.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    n = len(points)
    drawn = max(min(n, max(sizes)), round(share * n))
    found = np.empty((len(sizes), n), dtype=np.int32)
    asked = np.asarray(sizes)
    apart = np.maximum(_WHOLE - (points * _WHOLE) @ points.T, 0.0)
    for k in np.unique(asked):
        runs = np.flatnonzero(asked == k)
        for batch in np.array_split(runs, -(-len(runs) // _BATCH)):
            inside = np.zeros((len(batch), n), dtype=np.float32)
            for row in inside:
                row[rng.permutation(n)[:drawn]] = 1.0
            found[batch] = _lloyd(points, apart, int(k), inside, rng, max_iterations)
    return found


def _lloyd(
    points: Points,
    apart: NDArray[np.float32],
    k: int,
    inside: NDArray[np.float32],
    rng: np.random.Generator,
    max_iterations: int,
) -> Labels:
    runs, n = inside.shape
    centres = _starts(points, apart, k, inside, rng)
    first = np.arange(runs) * k
    for iteration in range(max_iterations):
        nearest: Labels = (points @ centres.T).reshape(n, runs, k).argmax(axis=2).astype(np.int32)
        if iteration == max_iterations - 1:
            break
        cluster = (nearest + first).ravel()
        member = sparse.csc_array((inside.T.ravel(), cluster, np.arange(n + 1) * runs), shape=(runs * k, n))
        sums = (member @ points).astype(np.float64)
        length = np.sqrt((sums * sums).sum(axis=1, keepdims=True))
        moved = (np.rint(sums / np.where(length > 0, length, 1.0) * GRID) / GRID).astype(np.float32)
        new = np.where(length > 0, moved, centres)
        if np.array_equal(new, centres):
            break
        centres = new
    return nearest.T


def _starts(
    points: Points, apart: NDArray[np.float32], k: int, inside: NDArray[np.float32], rng: np.random.Generator
) -> Points:
    """(runs * k, d) by k-means++: each further one is drawn in proportion to its distance from those there are."""
    chosen = np.empty((len(inside), k), dtype=np.int64)
    far = inside * _WHOLE
    for step in range(k):
        steps = np.cumsum(far.astype(np.int64), axis=1)  # several times as fast as over floats
        aim = rng.integers(0, np.maximum(steps[:, -1], 1))
        chosen[:, step] = (steps > aim[:, None]).argmax(axis=1)
        near = apart[chosen[:, step]] * inside
        far = np.minimum(far, near) if step else near
    return points[chosen.ravel()]


Counts = NDArray[np.uint8]  # no tree is made of more than 255 runs

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

    The numbers of clusters of the `runs` clusterings grow evenly, in logarithms, from a third of the square root of
    the papers to `finest`, so that the tree has something to say about coarse and fine groups alike.
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    sizes = cluster_sizes(len(points), finest)
    labels = cluster_many(points, [sizes[r % len(sizes)] for r in range(runs)], share=_SHARE, seed=seed)
    together = count_together(labels)
    # The cosine, a thousandth of a run's weight, only decides between pairs with equal counts.
    apart = (np.float32(runs) - together) + np.float32(0.001) * (np.float32(1.0) - points @ points.T)
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
    together = np.zeros((n, n), dtype=np.uint8)
    for row in labels.astype(np.min_scalar_type(int(labels.max()))):  # the fewer bytes, the faster
        together += row[:, None] == row
    return together


def affinity(consensus: Consensus, labels: Labels) -> NDArray[np.float64]:
    """(n, k) mean share of runs in which a paper falls together with the *other* papers of each group.

    Papers with a label below zero belong to no group.
    """
    member = one_hot(labels)
    own = member.toarray().T
    towards = (member @ consensus.together.astype(np.int32)).T - own * consensus.runs
    others = member.sum(axis=1) - own
    return np.asarray(towards / np.maximum(others, 1) / consensus.runs)


def shared_runs(consensus: Consensus, labels: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(k, k) mean share of runs in which papers of two groups fall together, and the (k,) sizes of the groups."""
    member = one_hot(labels)
    size = member.sum(axis=1).astype(np.float64)
    together = (member @ consensus.together.astype(np.int32)).astype(np.int64) @ member.T
    return together / np.outer(size, size) / consensus.runs, size
