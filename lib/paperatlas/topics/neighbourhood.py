"""Papers of a large corpus, each seen among the papers most like it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.space import Points, Rows, blocks, on_grid

LANDMARKS = 5_000  # at most 2**13: sums of so many rows on the grid are exact in float32
_SHARE = 0.008  # of the landmarks; the nearest ones are a paper's neighbourhood
_ROUNDS = 2
_BLOCK = 1_024


class Neighbourhood:
    """Moves papers to the middle of their nearest landmarks, which have moved to that of theirs before.

    What single abstracts have of their own cancels out, and what a neighbourhood shares is left: diffusion over a
    graph of nearest neighbours (Coifman & Lafon 2006, Applied and Computational Harmonic Analysis 21(1)), taken from a
    sample to any paper (landmarks: de Silva & Tenenbaum 2004). Where a paper goes depends on it and the landmarks
    alone.

    Parameters
    ----------
    landmarks : (m, d) float32 array on the grid
        Rows of a sample of the papers, at most `LANDMARKS`.

    Attributes
    ----------
    moved : (m, d) float32 array on the grid
        Where the landmarks themselves go.
    """

    def __init__(self, landmarks: Points) -> None:
        self._landmarks = landmarks
        self._k = max(1, round(_SHARE * len(landmarks)))
        parts = [self._nearest(landmarks[block]) for block in blocks(len(landmarks), _BLOCK)]
        near = sparse.vstack(parts, format="csr")
        self._middles = landmarks
        for _ in range(_ROUNDS):
            self._middles = on_grid(near @ self._middles)
        self.moved: Points = on_grid(near @ self._middles)

    def rows(self, papers: Points) -> Points:
        """Where papers go, (n, d) float32 on the grid; landmarks that are equally near count alike."""
        found = np.empty_like(papers)
        for block in blocks(len(papers), _BLOCK):
            found[block] = on_grid(self._nearest(papers[block]) @ self._middles)
        return found

    def _nearest(self, papers: Points) -> sparse.csr_array:
        """(n, m) with a one for each landmark that is among the nearest of the paper, exact in any order."""
        likeness = papers @ self._landmarks.T
        least = np.partition(likeness, -self._k, axis=1)[:, -self._k, None]
        return sparse.csr_array(likeness >= least, dtype=np.float32)


class NeighbourSource:
    """Rows of the core of a large corpus in the neighbourhood that a sample of the papers makes.

    A part of the core sees as large a part of the other landmarks: a resample of the core is one of the whole sample.

    Parameters
    ----------
    core : (n, d) float32 array on the grid
    others : (m, d) float32 array on the grid
        The landmarks beyond the core.
    """

    def __init__(self, core: Points, others: Points) -> None:
        self._core = core
        self._others = others

    def rows(self, papers: Rows) -> NDArray[np.float64]:
        """Unit rows of the papers at these places of the core."""
        core, others = self._core[papers], self._others
        if len(papers) < len(self._core):
            rng = np.random.Generator(np.random.PCG64([len(papers), int(papers.sum())]))
            left = round(len(others) * len(papers) / len(self._core))
            others = others[np.sort(rng.permutation(len(others))[:left])]
        around = Neighbourhood(np.concatenate([core, others]))
        return around.moved[: len(core)].astype(np.float64)
