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

from paperatlas.topics.branches import Found, Members, best_jaccard, branches_of, one_hot, spread_out
from paperatlas.topics.consensus import Consensus, build_consensus
from paperatlas.topics.inputs import Labels, Points
from paperatlas.topics.levels import Grain, Nodes, Recovery, choose_levels

SHARE = 0.8  # of the papers in each refit

T = TypeVar("T")


@dataclass(frozen=True)
class Draws:
    """The tree of n papers, and draws of some of them by sorted positions, with their trees and the branches of these."""

    whole: Consensus
    papers: list[NDArray[np.intp]]
    trees: list[Consensus]
    branches: Found


def draw_again(points: Points, grain: Grain, *, seed: int) -> Draws:
    """Trees of the n points, and of draws of 80 % of them, without replacement."""
    n = len(points)
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = max(2, round(SHARE * n))
    draws = [np.sort(rng.permutation(n)[:drawn]) for _ in range(grain.n_resamples)]
    least = max(2, round(SHARE * grain.least) - 1)

    def tree(i: int) -> Consensus:
        some, runs = (points[draws[i - 1]], grain.refit_runs) if i else (points, grain.runs)
        return build_consensus(some, runs=runs, finest=grain.finest, seed=seed + i)

    whole, *trees = side_by_side(tree, grain.n_resamples + 1)
    return Draws(whole, draws, trees, Found.of([branches_of(tree.merges, least) for tree in trees], draws, n))


def side_by_side(step: Callable[[int], T], n: int) -> list[T]:
    """``step(0)`` to ``step(n - 1)``, in threads; none may depend on another."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(step, range(n)))


def found_in(draws: Draws, own: int | None = None) -> Recovery:
    """How well groups are found again: mean over the draws of the best Jaccard similarity.

    The groups are of all papers, or of those of the draw `own`, which then does not count.
    """
    n = draws.branches.holds.shape[0]
    papers = np.arange(n) if own is None else draws.papers[own]
    others = np.arange(len(draws.papers)) != (-1 if own is None else own)

    def found_again(members: Members) -> NDArray[np.float64]:
        reached = best_jaccard(spread_out(members, papers, n), draws.branches, papers)[others]
        return np.asarray(np.round(reached.mean(axis=0), 6)) if others.any() else np.zeros(members.shape[0])

    return found_again


def refits(draws: Draws, grain: Grain, *, bar: dict[str, float], asked: int | None) -> list[Nodes]:
    """The levels of every draw, chosen as those of all papers are; the other draws are its resamples."""
    smaller = grain.of_share(SHARE)

    def again(i: int) -> Nodes:
        return choose_levels(draws.trees[i], found_in(draws, own=i), smaller, bar=bar, asked=asked)[0]

    return side_by_side(again, len(draws.trees))


def landings(topic: Labels, draws: Draws, again: Sequence[Nodes]) -> NDArray[np.int16]:
    """(r, n) where each paper went in each refit, in terms of the topics of the full fit; -2 if it was not drawn.

    A topic of a refit stands for the topic that it is most like by Jaccard similarity, so that a paper stays where
    its topic is split, or takes in another.
    """
    landed = np.full((len(again), len(topic)), -2, dtype=np.int16)
    for row, papers, nodes in zip(landed, draws.papers, again, strict=True):
        mine, theirs = one_hot(topic[papers]), one_hot(nodes["topic"])
        shared = (mine @ theirs.T).toarray()
        union = mine.sum(axis=1)[:, None] + theirs.sum(axis=1) - shared
        row[papers] = np.round(shared / np.maximum(union, 1), 9).argmax(axis=0)[nodes["topic"]]
    return landed


def recovery(labels: Labels, draws: Draws, levels: Sequence[Labels]) -> NDArray[np.float64]:
    """(r, k) how well each node is found again in each refit, by Jaccard similarity over the papers drawn.

    A node counts as found where any branch of the refit's tree, or any of its nodes of the same level, is most like
    it (Hennig 2007, Comput. Stat. Data Anal. 52).
    """
    mine, every = one_hot(labels), np.arange(len(labels))
    nodes = Found.of([one_hot(refit) for refit in levels], draws.papers, len(labels))
    of_tree, of_level = (best_jaccard(mine, found, every) for found in (draws.branches, nodes))
    return np.asarray(np.round(np.maximum(of_tree, of_level), 6))


def trust(
    labels: Labels, landed: NDArray[np.int16], near: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Confidence of each paper in its topic, and its runner-up topic.

    Confidence is the share of the refits with the paper in which it stayed in its topic, where one more
    refit is thought to have stayed in proportion to the paper's co-association; the runner-up is the topic
    it went to most often otherwise, co-association deciding among topics it never went to, and its own
    topic if there is no other. `landed` is as from `landings`, `near` as from `paperatlas.topics.consensus.affinity`.
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


def calibration(labels: Labels, landed: NDArray[np.int16]) -> pd.DataFrame:
    """Confidence from the even refits against staying in the odd ones: see `paperatlas.Topics.calibration`."""
    drawn, stayed = stay_share(landed[::2], labels)
    later_drawn, later_stayed = stay_share(landed[1::2], labels)
    confidence = (stayed + 0.5) / (drawn + 1.0)
    low = np.minimum((confidence * 5).astype(int), 4) / 5
    papers = pd.DataFrame({"confidence": confidence, "stayed": later_stayed, "refits": later_drawn})
    bins = papers.groupby(pd.Series(low, name="low"))
    found = bins.agg(
        papers=("refits", "size"),
        confidence=("confidence", "mean"),
        stayed=("stayed", "sum"),
        refits=("refits", "sum"),
    ).reset_index()
    found["stayed"] /= np.maximum(found["refits"], 1)
    found.insert(1, "high", found["low"] + 0.2)
    return found.round(4)


def stay_share(landed: NDArray[np.int16], labels: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """In how many refits each paper was drawn, and in how many of them it stayed in its topic."""
    return (landed > -2).sum(axis=0), (landed == labels[None, :]).sum(axis=0)
