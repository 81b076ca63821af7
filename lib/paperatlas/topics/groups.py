"""Groups of papers that are found again: the step that makes topics, and with a finer grain subtopics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.branches import Branches, by_size, cut, joined
from paperatlas.topics.consensus import Consensus, affinity, build_consensus
from paperatlas.topics.grain import Grain
from paperatlas.topics.null import recovery_by_chance, structureless
from paperatlas.topics.space import Labels, Points
from paperatlas.topics.stability import (
    Refit,
    agreement,
    branch_recovery,
    cut_refits,
    landings,
    recovery,
    refit,
)

DISSOLVED = 0.5  # a group whose mean Jaccard similarity stays below is gone (Hennig 2007)


@dataclass(frozen=True)
class Groups:
    """Groups of n papers, and what is needed to tell how far each is found again.

    Attributes
    ----------
    labels : (n,) int32 array
        Group of each paper, larger groups first.
    consensus : Consensus
    refits : list of Refit
    chance : float
        Mean Jaccard similarity that groups of structureless points reach; 0 if that was not asked for.
    """

    labels: Labels
    consensus: Consensus
    refits: Sequence[Refit]
    chance: float

    @property
    def k(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1

    def taken(self, labels: Labels) -> Groups:
        """Other groups of the same papers, judged by the same refits."""
        return replace(self, labels=labels)

    @cached_property
    def near(self) -> NDArray[np.float64]:
        """(n, k) mean share of runs in which a paper falls together with the other papers of a group."""
        return affinity(self.consensus.together, self.consensus.runs, self.labels)

    @cached_property
    def reached(self) -> NDArray[np.float64]:
        """(r, k) Jaccard similarity of each group in each refit."""
        return recovery(self.labels, self.refits)

    @cached_property
    def landed(self) -> NDArray[np.int16]:
        """(r, n) group of each paper in each refit; -1 no match, -2 not drawn."""
        return landings(self.labels, self.refits)

    @cached_property
    def agreement(self) -> NDArray[np.float64]:
        """(r,) adjusted Rand index between the groups and those of each refit."""
        return agreement(self.labels, self.refits)


def find_groups(
    points: Points, grain: Grain, *, seed: int, asked: int | None = None, null: bool = True
) -> Groups:
    """Find the groups of papers that resampling finds again.

    Many clusterings are brought together in a tree (`build_consensus`). A branch of it can be a group if its size
    lies within the grain and its mean Jaccard similarity over the refits above 0.5 and above what structureless
    points reach. Of all sets of such branches the one is taken whose papers, each weighted by how far its branch
    lies above that, sum to the most. Papers outside join the group they fall together with most often. Without
    any such branch all papers are one group.

    Parameters
    ----------
    points : (n, d) float32 array on the grid
    grain : Grain
    seed : int
    asked : int, optional
        Number of groups that was asked for: the tree is cut there, whatever holds.
    null : bool
        Whether to measure what structureless points reach.
    """
    n = len(points)
    consensus = build_consensus(points, runs=grain.runs, finest=grain.finest, seed=seed)
    raw = refit(points, grain, seed=seed)
    chance = recovery_by_chance(structureless(points, seed), grain, seed=seed) if null else 0.0
    if asked is None:
        branches = Branches.of(consensus.merges, grain.least)
        labels = _best(branches, branch_recovery(branches, raw), chance, grain)
    else:
        labels = cut(consensus.merges, asked, max(2, min(grain.least, n // (3 * asked))))
    if (labels < 0).all():
        labels = np.zeros(n, dtype=np.int32)
    labels = by_size(joined(labels, affinity(consensus.together, consensus.runs, labels)))
    return Groups(labels, consensus, cut_refits(raw, int(labels.max()) + 1, grain.least), chance)


def _best(branches: Branches, reached: NDArray[np.float64], chance: float, grain: Grain) -> Labels:
    """The best set of branches that hold, as labels; -1 outside."""
    above = (branches.size <= grain.most) & (reached > max(chance, DISSOLVED))
    value: NDArray[np.float64] = np.where(above, branches.size * (reached - min(chance, DISSOLVED)), 0.0)
    labels = np.full(len(branches.leaves), -1, dtype=np.int32)
    for number, i in enumerate(branches.best(np.round(value, 9))):
        labels[branches.papers(i)] = number
    return labels
