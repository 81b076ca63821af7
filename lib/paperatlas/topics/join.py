"""Papers beyond the clustered core of a large corpus, and new papers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.inputs import GRID, Points, blocks, on_grid

SETTLE = 30_000  # papers on which centres settle at most
_ROUNDS = 20


def centres(rows: Points, labels: NDArray[np.integer]) -> Points:
    """(k, d) unit centres of the groups, on the grid; labels below zero count for none."""
    k = int(labels.max()) + 1
    total = np.zeros((k, rows.shape[1]))
    for block in blocks(len(rows)):
        member = (labels[block] == np.arange(k)[:, None]).astype(np.float32)
        total += member @ rows[block]  # exact: a block's sums stay below 2**24 steps of the grid
    return on_grid(total)


def settled_centres(
    rows: Points,
    core: NDArray[np.intp],
    leaf: NDArray[np.integer],
    topic_of: NDArray[np.integer],
    drawn: NDArray[np.int64],
) -> Points:
    """Centres of the leaves once papers beyond the core have joined them; each leaf is of the topic `topic_of`.

    Rounds of k-means in which the papers of the core keep their leaves (Basu, Banerjee & Mooney 2002,
    "Semi-supervised clustering by seeding", ICML), over the first 30,000 papers of `drawn`, the order in which all
    are drawn; then each centre moves half of the way to that of its topic, so that a paper joins a leaf that is like it
    in a topic that is like it. Without papers beyond the core these are the centres of the core.
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
        towards = centres(others, topic_of[every])[topic_of]
        found = (np.rint((found + towards) / 2 * GRID) / GRID).astype(np.float32)
    return found


def place(rows: Points, middle: Points, topic_of: NDArray[np.integer]) -> pd.DataFrame:
    """Each paper's nearest among the leaves, the topics' subtopics or they themselves, with centres `middle`.

    ``leaf``; ``runner_up``: topic of the nearest leaf under another topic, the own one if there is no other;
    ``margin``: how much nearer the leaf's centre is than that one's, in cosine.
    """
    n, several = len(rows), topic_of.min() < topic_of.max()
    leaf, runner_up, margin = np.zeros(n, dtype=np.int64), np.full(n, topic_of[0], dtype=np.int64), np.ones(n)
    for block in blocks(n):
        towards = (rows[block] @ middle.T).astype(np.float64)  # exact: both lie on the grid
        own, mine = np.arange(len(towards)), towards.argmax(axis=1)
        leaf[block] = mine
        if several:
            nearest = towards[own, mine]
            towards[topic_of[mine][:, None] == topic_of] = -2.0
            second = towards.argmax(axis=1)
            runner_up[block], margin[block] = topic_of[second], nearest - towards[own, second]
    return pd.DataFrame({"leaf": leaf, "runner_up": runner_up, "margin": np.round(margin, 4)})


def spread(
    rows: Points, middle: Points, topic_of: NDArray[np.integer], core: pd.DataFrame, at: NDArray[np.intp]
) -> pd.DataFrame:
    """Papers placed as by `place`, with ``confidence``; those of the core keep what they have.

    The others' confidence is the mean of the tenth of the core with the most similar margins.

    Parameters
    ----------
    core : DataFrame of m papers
        ``leaf``, ``confidence``, ``runner_up``, ``margin``.
    at : (n,) int array
        Row of each paper in `core`, -1 for none.
    """
    found = place(rows, middle, topic_of)
    known = core.sort_values("margin", kind="stable")
    tenth = known["confidence"].rolling(2 * max(1, len(known) // 20), min_periods=1, center=True)
    near = np.searchsorted(known["margin"], found["margin"]).clip(max=len(known) - 1)
    found["confidence"] = tenth.mean().to_numpy()[near].round(4)
    for column in ("leaf", "confidence", "runner_up"):
        found[column] = np.where(at >= 0, core[column].to_numpy()[at], found[column])
    return found
