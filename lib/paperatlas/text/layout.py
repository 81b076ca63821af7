"""Place papers on a plane, and say how far the picture can be trusted."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.shipped import data_path
from paperatlas.text.space import quantise

NEIGHBOURS = 15
LARGE = 20_000  # papers above which a map is made from half as many landmarks, and a tenth are asked
_ANCHORS = 5
_BLOCK = 1_024


@dataclass(frozen=True)
class Projection:
    """A picture of the papers.

    Attributes
    ----------
    coords : (n, 2) float32 array
    kept : (n,) float64 array
        Share of each paper's 15 nearest neighbours that are among its 15 nearest in the picture; missing (NaN) for
        papers of a large pile that were not asked.
    expected : float
        The share that a random picture would keep.
    source : str
        ``"shipped"``, ``"umap"``, ``"umap, landmarks"`` or ``"svd"``.
    """

    coords: np.ndarray
    kept: np.ndarray
    expected: float
    source: str


def project(vectors: np.ndarray, *, paper_ids: list[str] | None = None, seed: int = 0) -> Projection:
    """Picture of the papers in two dimensions by UMAP (McInnes, Healy and Melville 2018).

    A seeded UMAP still differs from machine to machine, so for the shipped dumps the coordinates
    are read from ``data/derived``; every other corpus is laid out here. No number but the share of kept
    neighbours rests on the picture.

    Above 20,000 papers a sample of 10,000 is laid out, and every other paper lies at the mean of the five of these
    landmarks most like it, weighted by how much more like it they are than the sixth (landmarks: de Silva & Tenenbaum
    2004, "Sparse multidimensional scaling using landmark points"; placing by nearest neighbours in a map that stays as
    it is: Poličar, Stražar & Zupan 2023, Machine Learning 112). Time and memory grow in proportion to the papers.

    Parameters
    ----------
    vectors : (n, d) array, rows of unit length
    paper_ids : list of n str, optional
        With them, shipped coordinates are used where they belong to exactly these vectors.
    seed : int

    Raises
    ------
    AtlasError
        With fewer than 3 papers.
    """
    n = len(vectors)
    if n < 3:
        raise AtlasError(f"a map needs at least 3 papers, found {n}")
    coords = shipped_coords(vectors, paper_ids) if paper_ids is not None else None
    source, asked = "shipped", np.arange(n)
    if coords is None and n < 10:  # too few for a neighbour graph
        coords, source = _upright(vectors)[:, :2], "svd"
    elif coords is None and n <= LARGE:
        coords, source = _umap(vectors, seed), "umap"
    elif coords is None:
        drawn = np.random.Generator(np.random.PCG64([seed, 11])).permutation(n)
        coords = _among_landmarks(vectors, np.sort(drawn[: LARGE // 2]), seed)
        source, asked = "umap, landmarks", np.sort(drawn[::-1][: LARGE // 10])
    k = min(NEIGHBOURS, n - 2)
    kept = np.full(n, np.nan)
    kept[asked] = kept_neighbours(vectors, coords, asked, k=k)
    return Projection(coords, kept, k / (n - 1), source)


def shipped_coords(vectors: np.ndarray, paper_ids: list[str]) -> np.ndarray | None:
    """Coordinates shipped for exactly these papers and vectors, (n, 2), or None."""
    try:
        file = data_path("derived", f"map-{layout_key(vectors, paper_ids)}.csv")
    except AtlasError:
        return None
    table = pd.read_csv(file, dtype={"paper_id": str}).set_index("paper_id")
    return table.loc[paper_ids, ["x", "y"]].to_numpy(dtype=np.float32)


def layout_key(vectors: np.ndarray, paper_ids: list[str]) -> str:
    """Name under which coordinates of exactly these papers and vectors are shipped."""
    return fingerprint(vectors, *paper_ids)[:12]


def nearest(vectors: np.ndarray, rows: NDArray[np.intp] | None = None, *, k: int) -> NDArray[np.intp]:
    """Indices of the k < n vectors most like each of some rows (all if not given) by cosine, without themselves, (m, k)."""
    rows = np.arange(len(vectors)) if rows is None else rows
    whole = quantise(vectors).astype(np.float32)  # of which products are exact
    found = []
    for block in np.split(rows, range(_BLOCK, len(rows), _BLOCK)):
        products = whole[block] @ whole.T
        some = np.sort(np.argpartition(-products, k, axis=1)[:, : k + 1], axis=1)
        order = np.argsort(-np.take_along_axis(products, some, axis=1), axis=1, kind="stable")
        found.append(np.take_along_axis(some, order, axis=1))
    return _without_itself(np.concatenate(found), rows)


def kept_neighbours(
    vectors: np.ndarray, coords: np.ndarray, rows: NDArray[np.intp] | None = None, *, k: int = NEIGHBOURS
) -> NDArray[np.float64]:
    """Share of the k < n nearest neighbours by cosine that are among the k nearest in the picture, of some rows, (m,)."""
    from scipy.spatial import KDTree

    rows = np.arange(len(vectors)) if rows is None else rows
    low = _without_itself(KDTree(coords).query(coords[rows], k=k + 1)[1], rows)
    high = nearest(vectors, rows, k=k)
    return np.asarray((high[:, :, None] == low[:, None, :]).any(axis=2).mean(axis=1))


def _without_itself(found: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each row's neighbours but the row itself, or but the last where many twins hide it."""
    itself = found == rows[:, None]
    itself[~itself.any(axis=1), -1] = True
    return np.asarray(found[~itself]).reshape(len(found), -1)


def keep_compiled() -> None:
    """Keep umap-learn's compiled code on disk: without, every process spends some ten seconds on it anew."""
    from umap import layouts, umap_

    for module, name in (
        (umap_, "fast_knn_indices"),
        (umap_, "smooth_knn_dist"),
        (umap_, "compute_membership_strengths"),
        (layouts, "_nb_optimize_layout_euclidean_single_epoch"),
    ):
        if function := getattr(module, name, None):  # a version without it only takes longer
            function.enable_caching()


def _umap(vectors: np.ndarray, seed: int) -> np.ndarray:
    with warnings.catch_warnings():
        # A seed makes UMAP single-threaded, and it says so every time; on import it misses Tensorflow.
        warnings.simplefilter("ignore")
        from umap import UMAP

        keep_compiled()
        # UMAP would look for the neighbours of a large pile by a search that takes half a minute to compile.
        k = min(NEIGHBOURS, len(vectors) - 1)
        near = np.column_stack([np.arange(len(vectors)), nearest(vectors, k=k - 1)])
        apart = np.stack([1 - (vectors * vectors[row]).sum(axis=1) for row in near.T], axis=1).clip(0)
        known = near, apart.astype(np.float32)
        settings: dict[str, Any] = {"metric": "cosine", "random_state": seed, "precomputed_knn": known}
        return _upright(UMAP(n_neighbors=k, min_dist=0.1, **settings).fit_transform(vectors))


def _among_landmarks(vectors: np.ndarray, landmarks: NDArray[np.intp], seed: int) -> np.ndarray:
    """Coordinates of all papers from a picture of some; see `project`."""
    from sklearn.neighbors import KNeighborsRegressor

    def nearer_than_the_last(far: np.ndarray) -> np.ndarray:
        return np.asarray(np.square(far).max(axis=1, keepdims=True) - np.square(far) + 1e-6)

    laid = _umap(vectors[landmarks], seed)
    placed = KNeighborsRegressor(_ANCHORS + 1, weights=nearer_than_the_last).fit(vectors[landmarks], laid)
    coords = np.asarray(placed.predict(vectors), dtype=np.float32)
    coords[landmarks] = laid
    return coords


def _upright(coords: np.ndarray) -> np.ndarray:
    """Coordinates centred, the long side horizontal, the longer tails right and up: the same pose each time."""
    centred = np.pad(coords - coords.mean(axis=0), [(0, 0), (0, max(0, 2 - coords.shape[1]))])
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    signs = np.sign((turned**3).sum(axis=0))
    return np.asarray(turned * np.where(signs == 0, 1, signs), dtype=np.float32)
