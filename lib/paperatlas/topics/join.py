"""Papers beyond the clustered core of a large corpus, and new papers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.inputs import Labels, Points, blocks, on_grid

SETTLE = 30_000  # papers on which centres settle at most
_ROUNDS = 20


@dataclass(frozen=True)
class Placed:
    """Where papers stand among the leaves of a tree: its subtopics, and its topics without any.

    Attributes
    ----------
    leaf : (n,) int32 array
    runner_up : (n,) int64 array
        Topic of the nearest leaf under another topic; the own one if there is no other.
    margin : (n,) float array
        How much nearer the leaf's centre is than that one's, in cosine.
    closeness : (n,) float array
        Cosine to the leaf's centre.
    """

    leaf: Labels
    runner_up: NDArray[np.int64]
    margin: NDArray[np.float64]
    closeness: NDArray[np.float64]


def centres(rows: Points, labels: Labels) -> Points:
    """(k, d) unit centres of the groups, on the grid; labels below zero count for none."""
    k = int(labels.max()) + 1
    total = np.zeros((k, rows.shape[1]))
    for block in blocks(len(rows)):
        member = (labels[block] == np.arange(k)[:, None]).astype(np.float32)
        total += member @ rows[block]  # exact: a block's sums stay below 2**24 steps of the grid
    return on_grid(total)


def settled_centres(rows: Points, core: NDArray[np.intp], leaf: Labels, drawn: NDArray[np.int64]) -> Points:
    """Centres of the leaves once papers beyond the core have joined them.

    Rounds of k-means in which the papers of the core keep their leaves (Basu, Banerjee & Mooney 2002,
    "Semi-supervised clustering by seeding", ICML). Without papers beyond the core these are the centres of the core.

    Parameters
    ----------
    rows : (n, d) float32 array on the grid
    core : (m,) int array
    leaf : (m,) int array
        Leaves of the core.
    drawn : (n,) int array
        All papers in the order in which they are drawn; the centres settle on the first 30,000.
    """
    found = centres(rows[core], leaf)
    if len(core) < len(rows):
        some = np.union1d(core, drawn[:SETTLE])
        at, others = np.searchsorted(some, core), rows[some]
        for _ in range(_ROUNDS):
            every = np.concatenate(
                [(others[block] @ found.T).argmax(axis=1) for block in blocks(len(some))]
            ).astype(np.int32)
            every[at] = leaf
            found = centres(others, every)
    return found


def place(rows: Points, middle: Points, topic_of: NDArray[np.int64]) -> Placed:
    """Put every paper on the leaf with the nearest centre.

    Parameters
    ----------
    rows : (n, d) float32 array on the grid
    middle : (l, d) float32 array on the grid
        Centres of the leaves.
    topic_of : (l,) int array
        Topic of each leaf.
    """
    n = len(rows)
    leaf, runner_up = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int64)
    margin, closeness = np.ones(n), np.zeros(n)
    for block in blocks(n):
        towards = rows[block] @ middle.T  # exact: both lie on the grid
        own = np.arange(len(towards))
        mine = towards.argmax(axis=1)
        leaf[block], closeness[block] = mine, towards[own, mine]
        towards[topic_of[mine][:, None] == topic_of[None, :]] = -2.0
        second = towards.argmax(axis=1)
        alone = towards[own, second] < -1.5
        runner_up[block] = np.where(alone, topic_of[mine], topic_of[second])
        margin[block] = np.where(alone, 1.0, closeness[block] - towards[own, second])
    return Placed(leaf, runner_up, np.round(margin, 4), closeness)


def trusted(
    margin: NDArray[np.float64], known_margin: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Confidence of papers outside the core: the mean of the tenth of the core with the most similar margins.

    Parameters
    ----------
    margin : (n,) array
    known_margin, known : (m,) arrays
        Margin and confidence of the papers of the core.
    """
    order = np.argsort(known_margin, kind="stable")
    window = max(1, len(order) // 20)
    total = np.concatenate([[0.0], np.cumsum(known[order])])
    at = np.searchsorted(known_margin[order], margin)
    low, high = np.maximum(at - window, 0), np.minimum(at + window, len(order))
    return np.asarray(np.round((total[high] - total[low]) / np.maximum(high - low, 1), 4))
