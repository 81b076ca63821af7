"""The space in which papers are clustered: few axes, small ones shrunk, on an exact grid.

Every row is rounded to a grid of 2**-11, so that dot products of rows are exact in float32 whatever the
order of summation: no BLAS kernel, thread count or machine can change a comparison later on.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.terms import WordCounts

GRID = 2.0**11
_FINE = 2.0**20

Points = NDArray[np.float32]
Labels = NDArray[np.int32]
Rows = NDArray[np.intp]


class Source(Protocol):
    """Unit rows for papers, fitted on some of them."""

    def rows(self, fitted_on: Rows, wanted: Rows) -> Any:
        """Unit rows of the papers `wanted`, in terms learnt from the papers `fitted_on`."""


class TextSource:
    """TF-IDF rows; vocabulary and weights come from the papers it is fitted on.

    Words in fewer than `min_papers` or in more than the share `max_share` of them are left out.
    """

    def __init__(self, counts: WordCounts, *, min_papers: int = 6, max_share: float = 0.5) -> None:
        self._matrix = counts.matrix
        self._min_papers = min_papers
        self._max_share = max_share

    def rows(self, fitted_on: Rows, wanted: Rows) -> sparse.csr_array:
        """Unit rows of the papers `wanted`, with vocabulary and weights of the papers `fitted_on`."""
        base = self._matrix[fitted_on]
        n = len(fitted_on)
        papers = np.bincount(base.indices, minlength=base.shape[1])
        least = min(self._min_papers, max(2, n // 25))
        kept = np.flatnonzero((papers >= least) & (papers <= max(self._max_share * n, least)))
        if kept.size == 0:
            kept = np.flatnonzero(papers >= 1)
        found = self._matrix[wanted][:, kept].astype(np.float64)
        weight = np.log((1.0 + n) / (1.0 + papers[kept])) + 1.0
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

    def rows(self, fitted_on: Rows, wanted: Rows) -> NDArray[np.float64]:  # noqa: ARG002
        """Unit rows of the papers `wanted`; given vectors learn nothing from `fitted_on`."""
        return self._rows[wanted]


def topic_space(source: Source, fitted_on: Rows, wanted: Rows | None = None, *, n_axes: int = 20) -> Points:
    """Papers on the leading principal axes, each axis weighted by how far it rises above the noise.

    The uncentred principal axes of the unit rows are scaled by ``sqrt(w - w0)`` in place of the usual
    ``sqrt(w)``, where ``w`` are the eigenvalues and ``w0`` is the first one left out: soft instead of
    hard truncation, so that an axis near the cut neither enters nor leaves abruptly when the papers
    change (soft thresholding of singular values: Cai, Candès & Shen 2010, SIAM J. Optim. 20(4)).

    Parameters
    ----------
    source : Source
        Gives unit rows.
    fitted_on : (m,) int array
        Papers that define the axes.
    wanted : (p,) int array, optional
        Papers to place; those of `fitted_on` if not given.
    n_axes : int
        Axes to keep at most.

    Returns
    -------
    (p, d) float32 array, rows of about unit length on a grid of 2**-11
    """
    from scipy.linalg import eigh

    base = source.rows(fitted_on, fitted_on)
    gram = base @ base.T
    gram = gram.toarray() if sparse.issparse(gram) else np.asarray(gram)
    m = len(fitted_on)
    keep = max(1, min(n_axes, m - 2, m // 3))
    values, axes = eigh(gram, subset_by_index=[m - keep - 1, m - 1])
    floor = max(float(values[0]), 0.0)
    values, axes = values[:0:-1], axes[:, :0:-1]
    real = values - floor > 1e-9 * max(float(values[0]), 1e-9)
    if not real.any():
        real[0] = True
    values, axes = values[real], axes[:, real]
    # An axis has no sign of its own; the papers far out along it give it one.
    axes = axes * np.where((axes**3).sum(axis=0) < 0, -1.0, 1.0)
    shrink = np.sqrt(np.maximum(values - floor, 1e-12))
    if wanted is None:
        return on_grid(axes * shrink)
    return on_grid((source.rows(fitted_on, wanted) @ (base.T @ axes)) * (shrink / values))


def on_grid(points: NDArray[Any]) -> Points:
    """Rows scaled to unit length and rounded to the grid; a row of zeros points along the first axis."""
    rows = np.asarray(points, dtype=np.float64)
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    whole = np.rint(rows / np.where(length > 1e-9, length, 1.0) * GRID)
    whole[~whole.any(axis=1), 0] = GRID
    return (whole / GRID).astype(np.float32)
