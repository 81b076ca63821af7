"""Many spherical k-means runs at once, in arithmetic that no machine can change.

Points and centroids lie on a grid of 2**-11 and have about unit length, so each product is a multiple of
2**-22 and each sum stays below 2: float32 holds them exactly, in whatever order they are added. Ties go
to the lower index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.space import GRID, Labels, Points

_BATCH = 32
_WHOLE = np.float32(GRID * GRID)  # products of points in these units are whole numbers


def cluster_many(
    points: Points, sizes: Sequence[int], *, share: float, seed: int, max_iterations: int = 6
) -> Labels:
    """Cluster resamples of the points, one run for each entry of `sizes`.

    Each run draws the share `share` of the points, clusters them by spherical k-means (Dhillon & Modha
    2001, Machine Learning 42) from a k-means++ start (Arthur & Vassilvitskii 2007), and puts the points
    it did not draw into the nearest cluster.

    Parameters
    ----------
    points : (n, d) float32 array on the grid
    sizes : sequence of R ints
        Number of clusters of each run.
    share : float
        Share of the points in each resample, in (0, 1].
    seed : int
    max_iterations : int

    Returns
    -------
    (R, n) int32 array
        Cluster of each point in each run, 0-based.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    n = len(points)
    drawn = max(min(n, max(sizes)), round(share * n))
    found = np.empty((len(sizes), n), dtype=np.int32)
    asked = np.asarray(sizes)
    for k in np.unique(asked):
        runs = np.flatnonzero(asked == k)
        for batch in np.array_split(runs, -(-len(runs) // _BATCH)):
            inside = np.zeros((len(batch), n), dtype=np.float32)
            for row in inside:
                row[rng.permutation(n)[:drawn]] = 1.0
            found[batch] = _lloyd(points, int(k), inside, rng, max_iterations)
    return found


def _lloyd(
    points: Points, k: int, inside: NDArray[np.float32], rng: np.random.Generator, max_iterations: int
) -> Labels:
    runs, n = inside.shape
    centres = _starts(points, k, inside, rng)
    across = np.ascontiguousarray(points.T) * _WHOLE
    first = np.arange(runs)[:, None] * (k * n) + np.arange(n)
    for _ in range(max_iterations):
        labels = _nearest((centres.reshape(runs * k, -1) @ across).reshape(runs, k, n))
        member = np.zeros(runs * k * n, dtype=np.float32)
        member[first + labels * n] = inside
        sums = (member.reshape(runs * k, n) @ points).astype(np.float64)
        length = np.sqrt((sums * sums).sum(axis=1, keepdims=True))
        moved = (np.rint(sums / np.where(length > 0, length, 1.0) * GRID) / GRID).astype(np.float32)
        new = np.where(length > 0, moved, centres.reshape(runs * k, -1)).reshape(centres.shape)
        if np.array_equal(new, centres):
            break
        centres = new
    return labels


def _nearest(scores: NDArray[np.float32]) -> Labels:
    """Index of the largest of (runs, k, n) whole scores over axis 1, the lower index if equal.

    Scores are below 2**23 in size, so that a score and its index fit one whole number, the index in the lower
    bits: into 32 bits for up to 255 centres. The maximum over whole numbers is far faster than argmax.
    """
    k = scores.shape[1]
    bits = k.bit_length()
    coded = scores.astype(np.int32 if bits <= 8 else np.int64)
    np.left_shift(coded, bits, out=coded)
    np.add(coded, np.arange(k - 1, -1, -1, dtype=coded.dtype)[:, None], out=coded)
    return np.asarray(k - 1 - (coded.max(axis=1) & ((1 << bits) - 1)), dtype=np.int32)


def _starts(points: Points, k: int, inside: NDArray[np.float32], rng: np.random.Generator) -> Points:
    """k-means++: each further centre is drawn in proportion to its distance from those there are."""
    centres = np.zeros((len(inside), k, points.shape[1]), dtype=np.float32)
    across = np.ascontiguousarray(points.T) * _WHOLE
    far = inside * _WHOLE
    for step in range(k):
        steps = np.cumsum(far.astype(np.int64), axis=1)  # several times as fast as over floats
        aim = rng.integers(0, np.maximum(steps[:, -1], 1))
        chosen = (steps > aim[:, None]).argmax(axis=1)
        centres[:, step] = points[chosen]
        near = _WHOLE - points[chosen] @ across
        far = np.maximum(np.minimum(far, near) if step else near, 0.0) * inside
    return centres
