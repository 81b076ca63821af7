"""Refit on resamples of the papers: what stays, and how often."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.consensus import Consensus, build_consensus
from paperatlas.topics.space import Labels, Source, topic_space


@dataclass(frozen=True)
class Refit:
    """The whole procedure once more on some of the papers.

    ``papers`` are m sorted positions; ``labels`` holds the (m,) labels for each number of topics.
    """

    papers: NDArray[np.intp]
    labels: dict[int, Labels]


@dataclass(frozen=True)
class Recipe:
    """What a fit needs to be repeated: axes of the space, clusterings, share of papers in each."""

    n_axes: int = 20
    runs: int = 168
    share: float = 0.8

    def fit(self, source: Source, papers: NDArray[np.intp], seed: int) -> Consensus:
        """Space, clusterings, and consensus tree of the given papers."""
        space = topic_space(source, papers, n_axes=self.n_axes)
        return build_consensus(space, runs=self.runs, share=self.share, seed=seed)


def least_size(n_papers: int, asked: int | None = None) -> int:
    """Papers a topic must hold at least; fewer where so many topics were asked for that they need the room."""
    least = max(3, round(float(n_papers**0.5) / 2))
    return least if asked is None else max(2, min(least, n_papers // (3 * asked)))


def cut_tree(
    tree: Consensus, n_papers: int, ks: Sequence[int], asked: int | None = None
) -> dict[int, Labels]:
    """Labels for each number of topics; topics may be smaller for the number that was `asked` for."""
    cuts = tree.cuts(ks, least_size(n_papers))
    return cuts if asked is None else {**cuts, asked: tree.cut(asked, least_size(n_papers, asked))}


def refit(
    source: Source,
    n: int,
    ks: Sequence[int],
    recipe: Recipe,
    *,
    n_resamples: int,
    seed: int,
    asked: int | None = None,
) -> list[Refit]:
    """Repeat the procedure on `n_resamples` draws of 80 % of the `n` papers, without replacement."""
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = max(2, round(0.8 * n))
    draws = [np.sort(rng.permutation(n)[:drawn]) for _ in range(n_resamples)]

    def again(i: int) -> Refit:
        tree = recipe.fit(source, draws[i], seed=seed + 1 + i)
        return Refit(draws[i], cut_tree(tree, drawn, ks, asked))

    # Every refit has a seed of its own: which of them run side by side changes nothing.
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(again, range(n_resamples)))


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985), from whole numbers; 1 for identical partitions."""
    table = _crossed(one, other)

    def pairs(counts: NDArray[np.int64]) -> int:
        return int((counts * (counts - 1) // 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = pairs(np.array([len(one)]))
    expected = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _crossed(one: Labels, other: Labels) -> NDArray[np.int64]:
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1), dtype=np.int64)
    np.add.at(table, (one, other), 1)
    return table


def match(one: Labels, other: Labels, k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Best one-to-one matching of the topics of `other` to those of `one` by Jaccard similarity.

    Returns
    -------
    (m,) array
        Topic of `one` that each topic of `other` is matched to, -1 if none.
    (k,) array
        Jaccard similarity each topic of `one` reached, in [0, 1].
    """
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((k, int(other.max()) + 1), dtype=np.int64)
    np.add.at(table, (one, other), 1)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    jaccard = table / np.maximum(union, 1)
    # Whole numbers keep the assignment free of rounding.
    mine, theirs = linear_sum_assignment(-np.rint(jaccard * 1e9))
    to = np.full(table.shape[1], -1, dtype=np.intp)
    reached = np.zeros(k)
    for a, b in zip(mine, theirs, strict=True):
        if table[a, b]:
            to[b], reached[a] = a, jaccard[a, b]
    return to, reached


def landings(
    labels: Labels, refits: Sequence[Refit], k: int
) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Where each paper went in each refit, in terms of the topics of the full fit.

    Returns
    -------
    (r, n) int16 array
        Topic the paper's new topic is matched to; -1 if that has no match, -2 if the paper was not drawn.
    (r, k) array
        Jaccard similarity of each topic to its match (Hennig 2007, Comput. Stat. Data Anal. 52), over the
        papers drawn.
    """
    landed = np.full((len(refits), len(labels)), -2, dtype=np.int16)
    reached = np.zeros((len(refits), k))
    for row, again in enumerate(refits):
        to, reached[row] = match(labels[again.papers], again.labels[k], k)
        landed[row, again.papers] = to[again.labels[k]]
    return landed, reached


def trust(
    labels: Labels, landed: NDArray[np.int16], near: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Confidence of each paper in its topic, and its runner-up topic.

    Confidence is the share of the refits with the paper in which it stayed in its topic, where one more
    refit is thought to have stayed in proportion to the paper's co-association; the runner-up is the topic
    it went to most often otherwise, co-association deciding among topics it never went to.

    Parameters
    ----------
    labels : (n,) array
    landed : (r, n) array
        As from `landings`.
    near : (n, k) array
        As from `paperatlas.topics.consensus.affinity`.

    Returns
    -------
    (n,) float array in [0, 1], rounded to 4 decimals
    (n,) int array
        The paper's own topic if there is no other.
    """
    n, k = near.shape
    drawn, stayed = stay_share(landed, labels)
    own = np.arange(n)
    prior = near[own, labels] / np.maximum(near.sum(axis=1), 1e-9) if k > 1 else np.ones(n)
    confidence = (stayed + prior) / (drawn + 1.0)
    visits = np.stack([(landed == topic).sum(axis=0) for topic in range(k)], axis=1)
    votes = np.round(visits / np.maximum(drawn, 1)[:, None] + 0.5 * near, 9)
    votes[own, labels] = -1.0
    runner_up = votes.argmax(axis=1) if k > 1 else labels
    return np.round(confidence, 4), runner_up.astype(np.int64)


def calibration(labels: Labels, landed: NDArray[np.int16], n_bins: int = 5) -> pd.DataFrame:
    """Does confidence mean something? Confidence from half of the refits against staying in the other half.

    Parameters
    ----------
    labels : (n,) array
    landed : (r, n) array
        As from `landings`; even rows give the confidence, odd rows the check.
    n_bins : int
        Equal bins of confidence over [0, 1].

    Returns
    -------
    DataFrame, one row per bin that holds a paper
        ``low``, ``high``, ``papers``, ``confidence`` (mean), ``stayed`` (share of held-out refits in which
        the bin's papers stayed in their topic), ``refits`` (paper × refit pairs behind it).
    """
    drawn, stayed = stay_share(landed[::2], labels)
    confidence = (stayed + 0.5) / (drawn + 1.0)
    later_drawn, later_stayed = stay_share(landed[1::2], labels)
    edges = np.linspace(0, 1, n_bins + 1)
    which = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    rows = [
        {
            "low": round(float(edges[b]), 4),
            "high": round(float(edges[b + 1]), 4),
            "papers": int((which == b).sum()),
            "confidence": round(float(confidence[which == b].mean()), 4),
            "stayed": round(later_stayed[which == b].sum() / max(later_drawn[which == b].sum(), 1), 4),
            "refits": int(later_drawn[which == b].sum()),
        }
        for b in range(n_bins)
        if (which == b).any()
    ]
    return pd.DataFrame(rows, columns=["low", "high", "papers", "confidence", "stayed", "refits"])


def stay_share(landed: NDArray[np.int16], labels: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """In how many refits each paper was drawn, and in how many of them it stayed in its topic."""
    return (landed > -2).sum(axis=0), (landed == labels[None, :]).sum(axis=0)
