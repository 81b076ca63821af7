"""Place papers on a plane, and say how far the picture can be trusted."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.shipped import data_path

NEIGHBOURS = 15
_PERPLEXITY = 30.0


@dataclass(frozen=True)
class Projection:
    """A picture of the papers.

    Attributes
    ----------
    coords : (n, 2) float32 array
    kept : (n,) float64 array
        Share of each paper's 15 nearest neighbours that are among its 15 nearest in the picture.
    expected : float
        The share that a random picture would keep.
    source : str
        ``"shipped"``, ``"umap"``, ``"svd"`` or ``"t-sne"``.
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
    if len(vectors) < 3:
        raise AtlasError(f"a map needs at least 3 papers, found {len(vectors)}")
    coords = shipped_coords(vectors, paper_ids) if paper_ids is not None else None
    source = "shipped"
    if coords is None:
        coords, source = draw(vectors, seed=seed)
    return _judged(vectors, coords, source)


def second_project(
    vectors: np.ndarray, first: np.ndarray, *, paper_ids: list[str] | None = None, seed: int = 0
) -> Projection:
    """A second picture of the papers by t-SNE, in the pose of the first, to see what the picture decides.

    Parameters
    ----------
    vectors : (n, d) array, rows of unit length
    first : (n, 2) array
        Coordinates of the first picture.
    paper_ids, seed
        As for `project`.
    """
    coords = shipped_coords(vectors, paper_ids, ("x2", "y2")) if paper_ids is not None else None
    if coords is None:
        coords = align(second_layout(vectors, seed=seed), first)
    return _judged(vectors, coords, "t-sne")


def _judged(vectors: np.ndarray, coords: np.ndarray, source: str) -> Projection:
    k = min(NEIGHBOURS, len(vectors) - 2)
    return Projection(coords, kept_neighbours(vectors, coords, k=k), k / (len(vectors) - 1), source)


def layout_key(vectors: np.ndarray, paper_ids: list[str]) -> str:
    """Name under which coordinates of exactly these papers and vectors are shipped."""
    return fingerprint(vectors, *paper_ids)[:12]


def shipped_coords(
    vectors: np.ndarray, paper_ids: list[str], columns: tuple[str, str] = ("x", "y")
) -> np.ndarray | None:
    """Coordinates shipped for exactly these papers and vectors, (n, 2), or None."""
    try:
        table = pd.read_csv(
            data_path("derived", f"map-{layout_key(vectors, paper_ids)}.csv"), dtype={"paper_id": str}
        )
    except AtlasError:
        return None
    if not set(columns) <= set(table):
        return None
    return table.set_index("paper_id").loc[paper_ids, list(columns)].to_numpy(dtype=np.float32)


def draw(vectors: np.ndarray, *, seed: int = 0) -> tuple[np.ndarray, str]:
    """Lay the papers out here and now: coordinates, (n, 2), and the method that made them."""
    n = len(vectors)
    if n < 10:  # too few for a neighbour graph
        return _principal(vectors), "svd"
    with warnings.catch_warnings():
        # A seed makes UMAP single-threaded, and it says so every time; on import it misses Tensorflow.
        warnings.simplefilter("ignore")
        from umap import UMAP

        model = UMAP(n_neighbors=min(NEIGHBOURS, n - 1), min_dist=0.1, metric="cosine", random_state=seed)
        coords = model.fit_transform(vectors)
    return _upright(coords), "umap"


def _principal(vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    coords = np.zeros((len(vectors), 2))
    usable = min(2, values.size)
    coords[:, :usable] = left[:, :usable] * values[:usable]
    return _upright(coords)


def _upright(coords: np.ndarray) -> np.ndarray:
    """Coordinates centred, the long side horizontal, the longer tails right and up: the same pose each time."""
    centred = coords - coords.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    signs = np.sign((turned**3).sum(axis=0))
    return np.asarray(turned * np.where(signs == 0, 1, signs), dtype=np.float32)


def second_layout(vectors: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Coordinates by t-SNE (van der Maaten and Hinton 2008), started from the principal components.

    The start fixes the picture up to rounding (Kobak and Berens 2019), but rounding differs between
    machines, and t-SNE amplifies it: nothing but a picture may rest on these numbers.

    Parameters
    ----------
    vectors : (n, d) array, rows of unit length, n at least 5
    seed : int

    Returns
    -------
    (n, 2) float32 array
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    model = TSNE(init="pca", metric="cosine", perplexity=perplexity, random_state=seed)
    with threadpool_limits(1):  # same picture, and on a busy machine its threads spend their time waiting
        return np.asarray(model.fit_transform(vectors.astype(np.float64)), dtype=np.float32)


def align(coords: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Coordinates moved, turned, mirrored and scaled to lie on others as well as they can.

    Orthogonal Procrustes (Schönemann 1966); the scale is set to the same spread instead of the least
    squares one, which would shrink a picture that agrees little.

    Parameters
    ----------
    coords, to : (n, 2) arrays

    Returns
    -------
    (n, 2) float32 array
    """
    centre, target_centre = coords.mean(axis=0, dtype=float), to.mean(axis=0, dtype=float)
    source, target = coords - centre, to - target_centre
    left, _, right = np.linalg.svd(source.T @ target)
    spread = float(np.linalg.norm(source))
    scale = float(np.linalg.norm(target)) / spread if spread > 0 else 1.0
    return np.asarray(source @ (left @ right) * scale + target_centre, dtype=np.float32)


def nearest(points: np.ndarray, *, k: int, metric: str) -> np.ndarray:
    """Indices of the k nearest other points of every point, (n, k)."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k, metric=metric).fit(points)
    return np.asarray(search.kneighbors(return_distance=False))


def kept_neighbours(vectors: np.ndarray, coords: np.ndarray, *, k: int = NEIGHBOURS) -> np.ndarray:
    """Share of each paper's k nearest neighbours that the picture keeps among its k nearest, (n,).

    Parameters
    ----------
    vectors : (n, d) array, compared by cosine
    coords : (n, 2) array, compared by distance
    k : int, less than n
    """
    high = nearest(vectors, k=k, metric="cosine")
    low = nearest(coords, k=k, metric="euclidean")
    return np.array([len(np.intersect1d(a, b)) / k for a, b in zip(high, low, strict=True)])
