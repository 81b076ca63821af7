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

from paperatlas.topics.branches import Members, best_jaccard, branches_of, one_hot
from paperatlas.topics.consensus import Consensus, build_consensus
from paperatlas.topics.inputs import Labels, Points
from paperatlas.topics.levels import Grain, Nodes, Recovery, choose_levels

SHARE = 0.8  # of the papers in each refit

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """Some of the papers, by sorted positions, with their tree: its evidence and its branches."""

    papers: NDArray[np.intp]
    consensus: Consensus
    branches: Members


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
        return Draw(draws[i], consensus, branches_of(consensus.merges, least))

    return side_by_side(again, grain.n_resamples)


def side_by_side(step: Callable[[int], T], n: int) -> list[T]:
    """``step(0)`` to ``step(n - 1)``, in threads; none may depend on another."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(step, range(n)))


def found_in(papers: NDArray[np.intp], draws: Sequence[Draw]) -> Recovery:
    """How well groups of some papers are found again: mean over the draws of the best Jaccard similarity.

    The papers are given by sorted positions; only those of both count.
    """
    common = []
    for draw in draws:
        mine, theirs = np.intersect1d(papers, draw.papers, assume_unique=True, return_indices=True)[1:]
        common.append((mine, draw.branches[:, theirs]))

    def found_again(members: Members) -> NDArray[np.float64]:
        of_paper = members.tocsc()
        reached = [best_jaccard(of_paper[:, mine].tocsr(), branches) for mine, branches in common]
        return np.asarray(np.round(np.mean(reached, axis=0), 6)) if reached else np.zeros(members.shape[0])

    return found_again


def refits(draws: list[Draw], grain: Grain, *, bar: dict[str, float], asked: int | None) -> list[Nodes]:
    """The levels of every draw, chosen as those of all papers are; the other draws are its resamples."""
    smaller = grain.of_share(SHARE)

    def again(i: int) -> Nodes:
        others = found_in(draws[i].papers, draws[:i] + draws[i + 1 :])
        return choose_levels(draws[i].consensus, others, smaller, bar=bar, asked=asked)[0]

    return side_by_side(again, len(draws))


def landings(topic: Labels, draws: Sequence[Draw], again: Sequence[Nodes]) -> NDArray[np.int16]:
    """(r, n) where each paper went in each refit, in terms of the topics of the full fit; -2 if it was not drawn.

    A topic of a refit stands for the topic that it is most like by Jaccard similarity, so that a paper stays where
    its topic is split, or takes in another.
    """
    landed = np.full((len(draws), len(topic)), -2, dtype=np.int16)
    for row, draw, nodes in zip(landed, draws, again, strict=True):
        mine, theirs = one_hot(topic[draw.papers]), one_hot(nodes["topic"])
        shared = (mine @ theirs.T).toarray()
        union = mine.sum(axis=1)[:, None] + theirs.sum(axis=1) - shared
        row[draw.papers] = np.round(shared / np.maximum(union, 1), 9).argmax(axis=0)[nodes["topic"]]
    return landed


def recovery(labels: Labels, draws: Sequence[Draw], levels: Sequence[Labels]) -> NDArray[np.float64]:
    """(r, k) how well each node is found again in each refit, by Jaccard similarity over the papers drawn.

    A node counts as found where any branch of the refit's tree, or any of its nodes of the same level, is most like
    it (Hennig 2007, Comput. Stat. Data Anal. 52).
    """
    k = int(labels.max(initial=-1)) + 1
    found = np.zeros((len(draws), k))
    for row, draw, nodes in zip(found, draws, levels, strict=True):
        mine = one_hot(labels[draw.papers], k)
        row[:] = np.maximum(best_jaccard(mine, draw.branches), best_jaccard(mine, one_hot(nodes)))
    return np.round(found, 6)


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
