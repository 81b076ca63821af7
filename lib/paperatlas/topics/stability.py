"""Refit on resamples of the papers: what stays, and how often."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.branches import Branches, best_jaccard, cut, one_hot
from paperatlas.topics.consensus import Consensus, affinity, build_consensus
from paperatlas.topics.grain import Grain
from paperatlas.topics.space import Labels, Points
from paperatlas.topics.themes import group_topics

SHARE = 0.8  # of the papers in each refit


@dataclass(frozen=True)
class Refit:
    """The clustering once more, on some of the papers.

    Attributes
    ----------
    papers : (m,) int array
        Sorted positions of the papers drawn.
    branches : Branches
        Of its tree.
    groups : (m,) int32 array
        The tree cut into as many groups as the full fit has, every paper where it falls together most often.
    themes : (m,) int32 array
        The same, with groups that lie close together brought together.
    """

    papers: NDArray[np.intp]
    branches: Branches
    groups: Labels
    themes: Labels


Raw = tuple[NDArray[np.intp], Consensus, Branches]  # a refit that has not been cut yet


def refit(points: Points, grain: Grain, *, seed: int) -> list[Raw]:
    """Repeat the clustering on draws of 80 % of the n points, without replacement."""
    n = len(points)
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = max(2, round(SHARE * n))
    draws = [np.sort(rng.permutation(n)[:drawn]) for _ in range(grain.n_resamples)]
    least = max(2, round(SHARE * grain.least) - 1)

    def again(i: int) -> Raw:
        consensus = build_consensus(
            points[draws[i]], runs=grain.refit_runs, finest=grain.finest, seed=seed + 1 + i
        )
        return draws[i], consensus, Branches.of(consensus.merges, least)

    # Every refit has a seed of its own: which of them run side by side changes nothing.
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(again, range(grain.n_resamples)))


def cut_refits(raw: Sequence[Raw], k: int, least: int) -> list[Refit]:
    """The refits with groups of their own: as many as the full fit has."""
    found = []
    for papers, consensus, branches in raw:
        first = cut(consensus.merges, k, max(2, round(SHARE * least / 2)))
        near = affinity(consensus.together, consensus.runs, first)
        groups = np.round(near, 9).argmax(axis=1).astype(np.int32)
        found.append(Refit(papers, branches, groups, group_topics(near, groups)[groups]))
    return found


def branch_recovery(branches: Branches, raw: Sequence[Raw]) -> NDArray[np.float64]:
    """(b,) mean Jaccard similarity of each branch with the most alike branch of each refit; zero without refits."""
    members = branches.members()
    found = [best_jaccard(members[:, papers], again.members()) for papers, _, again in raw]
    return np.asarray(np.round(np.mean(found, axis=0), 6)) if found else np.zeros(len(members))


def landings(labels: Labels, refits: Sequence[Refit]) -> NDArray[np.int16]:
    """Where each paper went in each refit, in terms of the groups of the full fit.

    Returns
    -------
    (r, n) int16 array
        Group the paper's new group is matched to; -1 if that has no match, -2 if the paper was not drawn.
    """
    landed = np.full((len(refits), len(labels)), -2, dtype=np.int16)
    for row, again in zip(landed, refits, strict=True):
        to, _ = match(labels[again.papers], again.groups, int(labels.max()) + 1)
        row[again.papers] = to[again.groups]
    return landed


def recovery(labels: Labels, refits: Sequence[Refit], *, themes: bool = False) -> NDArray[np.float64]:
    """How well each group is found again in each refit, by Jaccard similarity over the papers drawn.

    A group counts as found where any branch of the refit's tree, or any of its groups, is most like it (Hennig
    2007, Comput. Stat. Data Anal. 52).

    Parameters
    ----------
    labels : (n,) array
        Groups of k; a label below zero is no group.
    refits : sequence of r Refit
    themes : bool
        Whether to look among the refit's themes, and not among its groups.

    Returns
    -------
    (r, k) array in [0, 1]
    """
    found = np.zeros((len(refits), int(labels.max(initial=-1)) + 1))
    for row, again in zip(found, refits, strict=True):
        mine = np.zeros((found.shape[1], len(again.papers)), dtype=np.float32)
        at = np.flatnonzero(labels[again.papers] >= 0)
        mine[labels[again.papers][at], at] = 1.0
        theirs = one_hot(again.themes if themes else again.groups)
        row[:] = np.maximum(best_jaccard(mine, again.branches.members()), best_jaccard(mine, theirs))
    return np.round(found, 6)


def agreement(labels: Labels, refits: Sequence[Refit]) -> NDArray[np.float64]:
    """(r,) adjusted Rand index between the groups of the full fit and those of each refit."""
    return np.array([adjusted_rand(labels[again.papers], again.groups) for again in refits])


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
