"""The space in which papers are clustered: few axes, small ones shrunk, on an exact grid.

Every row is rounded to a grid of 2**-11, so that dot products of rows are exact in float32 whatever the
order of summation: no BLAS kernel, thread count or machine can change a comparison later on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.terms import WordCounts

GRID = 2.0**11
_FINE = 2.0**20
_BLOCK = 8_192
_FEW_AXES = 8

Points = NDArray[np.float32]
Labels = NDArray[np.int32]
Rows = NDArray[np.intp]


class Source(Protocol):
    """Unit rows for some of the papers."""

    def rows(self, papers: Rows) -> Any:
        """Unit rows of the papers at these places, in terms learnt from them."""


class TextSource:
    """TF-IDF rows; vocabulary and weights come from the papers it is fitted on.

    Words in fewer than `min_papers` or in more than the share `max_share` of them are left out.
    """

    def __init__(self, counts: WordCounts, *, min_papers: int = 6, max_share: float = 0.5) -> None:
        self._matrix = counts.matrix
        self._min_papers = min_papers
        self._max_share = max_share

    def rows(self, papers: Rows) -> sparse.csr_array:
        """Unit rows of the papers at these places, with their vocabulary and weights."""
        base = self._matrix[papers]
        n = len(papers)
        use = np.bincount(base.indices, minlength=base.shape[1])
        least = min(self._min_papers, max(2, n // 25))
        kept = np.flatnonzero((use >= least) & (use <= max(self._max_share * n, least)))
        if kept.size == 0:
            kept = np.flatnonzero(use >= 1)
        found = base[:, kept].astype(np.float64)
        weight = np.log((1.0 + n) / (1.0 + use[kept])) + 1.0
        found.data = (1.0 + np.log(found.data)) * weight[found.indices]
        length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
        found.data = found.data / np.repeat(np.where(length > 0, length, 1.0), np.diff(found.indptr))
        found.data = np.rint(found.data * _FINE) / _FINE
        return sparse.csr_array(found)


class VectorSource:
    """Given embeddings, one row per paper, scaled to unit length."""

    def __init__(self, vectors: NDArray[Any]) -> None:
        rows = np.asarray(vectors, dtype=np.float64)
        length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        self._rows = np.rint(rows / np.where(length > 0, length, 1.0) * _FINE) / _FINE

    def rows(self, papers: Rows) -> NDArray[np.float64]:
        """Unit rows of the papers at these places."""
        return self._rows[papers]


def topic_space(source: Source, papers: Rows, *, n_axes: int = 20) -> Points:
    """Papers on the leading principal axes, each axis weighted by how far it rises above the noise.

    The uncentred principal axes of the unit rows are scaled by ``sqrt(w - w0)`` in place of the usual
    ``sqrt(w)``, where ``w`` are the eigenvalues and ``w0`` is the first one left out: soft instead of
    hard truncation, so that an axis near the cut neither enters nor leaves abruptly when the papers
    change (soft thresholding of singular values: Cai, Candès & Shen 2010, SIAM J. Optim. 20(4)).

    Parameters
    ----------
    source : Source
        Gives unit rows.
    papers : (m,) int array
        Places of the papers, which also define the axes.
    n_axes : int
        Axes to keep at most.

    Returns
    -------
    (m, d) float32 array, rows of about unit length on a grid of 2**-11
    """
    base = source.rows(papers)
    gram = base @ base.T
    gram = gram.toarray() if sparse.issparse(gram) else np.asarray(gram)
    m = len(papers)
    keep = max(1, min(n_axes, m - 2, m // 3))
    values, axes = _leading(gram, keep + 1)
    floor = max(float(values[0]), 0.0)
    values, axes = values[:0:-1], axes[:, :0:-1]
    real = values - floor > 1e-9 * max(float(values[0]), 1e-9)
    if not real.any():
        real[0] = True
    values, axes = values[real], axes[:, real]
    # An axis has no sign of its own; the papers far out along it give it one.
    axes = axes * np.where((axes**3).sum(axis=0) < 0, -1.0, 1.0)
    return on_grid(axes * np.sqrt(np.maximum(values - floor, 1e-12)))


def _leading(gram: NDArray[np.float64], k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The k largest eigenvalues, ascending, and their eigenvectors.

    Where they are few, Lanczos' method finds them to the last bits in a fraction of the time (Lehoucq, Sorensen & Yang
    1998, ARPACK Users' Guide), from a start that depends on nothing but their number.
    """
    from scipy.linalg import eigh
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    m = len(gram)
    if m > _FEW_AXES * k:
        with suppress(ArpackNoConvergence):
            rng = np.random.Generator(np.random.PCG64(m))
            values, axes = eigsh(gram, k=k, ncv=3 * k, v0=rng.random(m), rng=rng)
            order = np.argsort(values)
            return values[order], axes[:, order]
    values, axes = eigh(gram, subset_by_index=[m - k, m - 1])
    return values, axes


def on_grid(points: NDArray[Any]) -> Points:
    """Rows scaled to unit length and rounded to the grid; a row of zeros points along the first axis."""
    found = np.empty(np.shape(points), dtype=np.float32)
    for block in blocks(len(found)):
        rows = np.asarray(points[block], dtype=np.float64)
        length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        whole = np.rint(rows / np.where(length > 1e-9, length, 1.0) * GRID)
        whole[~whole.any(axis=1), 0] = GRID
        found[block] = whole / GRID
    return found


def blocks(n: int, size: int = _BLOCK) -> Iterator[slice]:
    """Cut n rows into slices, so that what is computed with them stays small."""
    return (slice(start, start + size) for start in range(0, n, size))
