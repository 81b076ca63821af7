"""Maps of many papers: some are laid out, the others are placed among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paperatlas.layout import NEIGHBOURS, Projection, draw, project
from paperatlas.text.space import quantise

LARGE = 20_000  # papers above which a map is made from landmarks
_LANDMARKS = 10_000
_ASKED = 2_000  # papers whose kept neighbours are counted in a large map
_NEAREST = 5
_BLOCK = 2_048


def project_any(vectors: np.ndarray, *, paper_ids: list[str] | None = None, seed: int = 0) -> Projection:
    """`paperatlas.project` for up to 20,000 papers, `project_landmarks` for more."""
    if len(vectors) <= LARGE:
        return project(vectors, paper_ids=paper_ids, seed=seed)
    return project_landmarks(vectors, seed=seed)


def project_landmarks(
    vectors: np.ndarray, *, n_landmarks: int = _LANDMARKS, n_asked: int = _ASKED, seed: int = 0
) -> Projection:
    """Picture of many papers: UMAP of a sample, every other paper among its nearest landmarks.

    A paper lies at the mean of the five landmarks most like it, weighted by how much more like it they are
    than the sixth (landmarks: de Silva & Tenenbaum 2004, "Sparse multidimensional scaling using landmark
    points"; placing by nearest neighbours in a map that stays as it is: Poličar, Stražar & Zupan 2023,
    Machine Learning 112). Time and memory grow in proportion to the number of papers.

    Parameters
    ----------
    vectors : (n, d) array, rows of unit length
    n_landmarks : int
    n_asked : int
        Papers whose kept neighbours are counted.
    seed : int

    Returns
    -------
    Projection
        ``kept`` is missing (NaN) for papers that were not asked.
    """
    n = len(vectors)
    drawn = np.random.Generator(np.random.PCG64([seed, 11])).permutation(n)
    landmarks = np.sort(drawn[:n_landmarks])
    coords = np.empty((n, 2), dtype=np.float32)
    laid, source = draw(vectors[landmarks], seed=seed)
    coords[landmarks] = laid
    others = np.sort(drawn[n_landmarks:])
    anchors = quantise(vectors[landmarks]).astype(np.float32)
    for start in range(0, len(others), _BLOCK):
        block = others[start : start + _BLOCK]
        near, likeness = _nearest(quantise(vectors[block]).astype(np.float32), anchors, _NEAREST + 1)
        weight = likeness[:, :_NEAREST] - likeness[:, _NEAREST:]
        weight = weight + 1e-6 * np.maximum(likeness[:, :1], 1e-6)
        weight /= weight.sum(axis=1, keepdims=True)
        coords[block] = np.einsum("ij,ijk->ik", weight, laid[near[:, :_NEAREST]])
    k = min(NEIGHBOURS, n - 2)
    kept = np.full(n, np.nan)
    asked = np.sort(drawn[::-1][:n_asked])
    kept[asked] = kept_neighbours_of(vectors, coords, asked, k=k)
    return Projection(coords, kept, k / (n - 1), f"{source}, landmarks" if len(others) else source)


def kept_neighbours_of(
    vectors: np.ndarray, coords: np.ndarray, asked: NDArray[np.intp], *, k: int = NEIGHBOURS
) -> NDArray[np.float64]:
    """Share of the k nearest neighbours, among all papers, that the picture keeps, for some papers.

    Parameters
    ----------
    vectors : (n, d) array, compared by cosine
    coords : (n, 2) array, compared by distance
    asked : (m,) int array
    k : int, less than n

    Returns
    -------
    (m,) float64 array
    """
    from scipy.spatial import KDTree

    whole = quantise(vectors).astype(np.float32)
    low = KDTree(coords).query(coords[asked], k=k + 1)[1]
    kept = np.empty(len(asked))
    for start in range(0, len(asked), 256):
        rows = asked[start : start + 256]
        high, _ = _nearest(whole[rows], whole, k + 1)
        for i, row in enumerate(rows):
            around = set(high[i].tolist()) - {int(row)}
            shown = [j for j in low[start + i].tolist() if j != row][:k]
            kept[start + i] = len(set(sorted(around, key=high[i].tolist().index)[:k]) & set(shown)) / k
    return kept


def _nearest(
    rows: NDArray[np.float32], anchors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The k most similar anchors of each row, most similar first, and their dot products."""
    products = rows @ anchors.T
    some = np.argpartition(-products, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(products, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)
