"""Refit on resamples of the papers: what stays, and how often."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.branches import Branches, Members, best_jaccard, one_hot
from paperatlas.topics.consensus import Consensus, build_consensus
from paperatlas.topics.inputs import Labels, Points
from paperatlas.topics.levels import Grain, Levels, Recovery, choose_levels

SHARE = 0.8  # of the papers in each refit

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """The tree of some of the papers.

    Attributes
    ----------
    papers : (m,) int array
        Sorted positions of the papers drawn.
    consensus : Consensus
    branches : Branches
        Of its tree.
    """

    papers: NDArray[np.intp]
    consensus: Consensus
    branches: Branches


@dataclass(frozen=True)
class Refit:
    """The whole procedure once more, on some of the papers: positions, branches and levels of its own."""

    papers: NDArray[np.intp]
    branches: Branches
    levels: Levels


def draw_again(points: Points, grain: Grain, *, seed: int) -> list[Draw]:
    """Trees of draws of 80 % of the n points, without replacement."""
    n = len(points)
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = max(2, round(SHARE * n))
    draws = [np.sort(rng.permutation(n)[:drawn]) for _ in range(grain.n_resamples)]
    least = max(2, round(SHARE * grain.least) - 1)

    def again(i: int) -> Draw:
        consensus = build_consensus(
            points[draws[i]], runs=grain.refit_runs, finest=grain.finest, seed=seed + 1 + i
        )
        return Draw(draws[i], consensus, Branches.of(consensus.merges, least))

    return side_by_side(again, grain.n_resamples)


def side_by_side(step: Callable[[int], T], n: int) -> list[T]:
    """``step(0)`` to ``step(n - 1)``, in threads; none may depend on another."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(step, range(n)))


def found_in(papers: NDArray[np.intp], draws: Sequence[Draw]) -> Recovery:
    """How well groups of some papers are found again: mean over the draws of the best Jaccard similarity.

    Parameters
    ----------
    papers : (m,) int array
        Sorted positions of the papers whose groups are asked for.
    draws : sequence of Draw
        Only papers of both count.
    """
    common = []
    for draw in draws:
        mine, theirs = np.intersect1d(papers, draw.papers, assume_unique=True, return_indices=True)[1:]
        common.append((mine, draw.branches.among(theirs).members()))

    def found_again(members: Members) -> NDArray[np.float64]:
        of_paper = members.tocsc()
        reached = [best_jaccard(of_paper[:, mine].tocsr(), branches) for mine, branches in common]
        return np.asarray(np.round(np.mean(reached, axis=0), 6)) if reached else np.zeros(members.shape[0])

    return found_again


def refits(draws: list[Draw], grain: Grain, *, bar: dict[str, float], asked: int | None) -> list[Refit]:
    """Choose the levels of every draw as those of all papers are chosen; the other draws are its resamples."""
    smaller = grain.of_share(SHARE)

    def again(i: int) -> Refit:
        others = found_in(draws[i].papers, draws[:i] + draws[i + 1 :])
        levels = choose_levels(draws[i].consensus, others, smaller, bar=bar, asked=asked)
        return Refit(draws[i].papers, draws[i].branches, levels)

    return side_by_side(again, len(draws))


def landings(labels: Labels, again: Sequence[Refit]) -> NDArray[np.int16]:
    """Where each paper went in each refit, in terms of the topics of the full fit.

    A topic of a refit stands for the topic that it is most like by Jaccard similarity, so that a paper stays where
    its topic is split, or takes in another.

    Returns
    -------
    (r, n) int16 array
        Topic of each paper; -2 if it was not drawn.
    """
    landed = np.full((len(again), len(labels)), -2, dtype=np.int16)
    for row, refit in zip(landed, again, strict=True):
        table = _crossed(labels[refit.papers], refit.levels.topic)
        union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
        row[refit.papers] = np.round(table / np.maximum(union, 1), 9).argmax(axis=0)[refit.levels.topic]
    return landed


def recovery(labels: Labels, again: Sequence[Refit], level: str) -> NDArray[np.float64]:
    """How well each node of a level is found again in each refit, by Jaccard similarity over the papers drawn.

    A node counts as found where any branch of the refit's tree, or any of its nodes of that level, is most like it
    (Hennig 2007, Comput. Stat. Data Anal. 52).

    Parameters
    ----------
    labels : (n,) array
        k nodes; a label below zero is none.
    again : sequence of r Refit
    level : str

    Returns
    -------
    (r, k) array in [0, 1]
    """
    k = int(labels.max(initial=-1)) + 1
    found = np.zeros((len(again), k))
    for row, refit in zip(found, again, strict=True):
        mine = one_hot(labels[refit.papers], k)
        nodes = Branches.of_labels(refit.levels.at(level))
        row[:] = np.maximum(best_jaccard(mine, refit.branches.members()), best_jaccard(mine, nodes.members()))
    return np.round(found, 6)


def agreement(labels: Labels, again: Sequence[Refit]) -> NDArray[np.float64]:
    """(r,) adjusted Rand index between the topics of the full fit and those of each refit."""
    return np.array([adjusted_rand(labels[refit.papers], refit.levels.topic) for refit in again])


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
