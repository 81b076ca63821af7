"""The levels of a tree: branches that are found again become subtopics, unions of these topics, and those themes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.branches import Branches, Members, by_size, cut, joined, one_hot
from paperatlas.topics.consensus import Consensus, affinity
from paperatlas.topics.inputs import Labels

CORE = 5_000  # papers that are clustered pairwise; the others of a larger corpus join them
_LEAST_SUBTOPIC = 8
_FEW = 1_000  # papers up to which the refits are as many as asked for


@dataclass(frozen=True)
class Grain:
    """Sizes of subtopics and topics: a convention, as every grain is. Within it, stability decides.

    Attributes
    ----------
    least, most : int
        Papers of a branch that can be a subtopic.
    least_topic, most_topic : int
        Papers of a branch that can be a topic.
    finest : int
        Largest number of clusters of a k-means run.
    runs, refit_runs : int
        Clusterings behind a tree, and behind the tree of a refit.
    n_resamples : int
        Refits.
    """

    least: int
    most: int
    least_topic: int
    most_topic: int
    finest: int
    runs: int
    refit_runs: int
    n_resamples: int

    @classmethod
    def of(cls, n: int, n_papers: int, n_resamples: int) -> Grain:
        """The grain for `n` clustered papers that stand for `n_papers`.

        A subtopic for every 15 to 40 papers and never fewer than 8, a topic for every 40 to 120; of a large corpus
        about 500 and 100.
        """
        runs, refit_runs = (192, 192) if n <= _FEW else (96, 64) if n < CORE else (40, 24)
        work = runs, refit_runs, min(n_resamples, max(6, n_resamples * _FEW // n))
        if n_papers > n:
            return cls(
                max(3, n // 1250), max(5, n // 170), max(3, n // 350), max(8, n // 28), max(4, n // 16), *work
            )
        most = round(max(32.0, 1.5 * sqrt(n)))
        most_topic = round(min(200.0, max(0.12 * n, min(56.0, n / 3))))
        return cls(
            _LEAST_SUBTOPIC, most, max(_LEAST_SUBTOPIC, min(30, n // 40)), most_topic, max(4, n // 20), *work
        )

    def of_share(self, share: float) -> Grain:
        """The grain for a share of the papers."""
        return replace(
            self,
            least=max(2, round(share * self.least)),
            least_topic=max(2, round(share * self.least_topic)),
            most_topic=round(share * self.most_topic),
        )


DISSOLVED = 0.5  # a group whose mean Jaccard similarity stays below is gone (Hennig 2007)
FEWEST_THEMES, MOST_THEMES = 5, 12
_LARGEST_THEME = 0.3  # of the papers, as far as single topics allow

Recovery = Callable[[Members], NDArray[np.float64]]


@dataclass(frozen=True)
class Levels:
    """Nodes of n papers at three levels, each inside one of the level above; numbered by size, larger first.

    Attributes
    ----------
    theme, topic, subtopic : (n,) int32 arrays
        A subtopic of -1 is none.
    reached : dict
        ``topic`` and ``subtopic``: mean Jaccard similarity of the branches they were made from, before other papers
        joined; 0 where there was no such branch.
    """

    theme: Labels
    topic: Labels
    subtopic: Labels
    reached: dict[str, float]

    def at(self, level: str) -> Labels:
        """Labels of a level."""
        labels: Labels = getattr(self, level)
        return labels


def choose_levels(
    consensus: Consensus,
    found_again: Recovery,
    grain: Grain,
    *,
    bar: dict[str, float] | None = None,
    asked: int | None = None,
) -> Levels:
    """Choose the nodes of the three levels among the branches of a tree.

    A branch can be a subtopic if its size lies within the grain and it is found again: its mean Jaccard similarity
    over the refits lies above 0.5 and above what structureless points reach. Of all sets of such branches the one is
    taken whose papers, each weighted by the square of how far its branch lies above 0.5, sum to the most. Papers
    outside join the one that they fall together with most often. The subtopics are merged in turn, by average
    linkage, and topics are chosen among these branches, single subtopics included, by the same rule. A topic of one
    subtopic keeps it, so that the subtopics list every line of work; where no topic has two there are no subtopics.

    Parameters
    ----------
    consensus : Consensus
    found_again : callable
        From (b, n) memberships to (b,) mean Jaccard similarities.
    grain : Grain
    bar : dict, optional
        Level to what structureless points reach; without it, branches that are not found again may be chosen too.
    asked : int, optional
        Number of topics that was asked for, whatever holds.
    """
    n = len(consensus.together)
    branches = Branches.of(consensus.merges, grain.least)
    fine, reached = _chosen(
        branches.members(), branches, found_again, grain.least, grain.most, _level(bar, "subtopic")
    )
    held = int(fine.max()) > 0
    if asked is not None and int(fine.max()) + 1 < asked:
        fine = cut(consensus.merges, asked, max(2, min(grain.least, n // (3 * asked))))
        held = False
    elif not held:
        fine = np.zeros(n, dtype=np.int32)
    fine = joined(fine, affinity(consensus.together, consensus.runs, fine))
    shared, size = shared_runs(consensus, fine)
    if asked is None:
        topic_of, reached_topic = _topics(shared, size, fine, found_again, grain, _level(bar, "topic"))
    else:
        topic_of, reached_topic = _merged(shared, size, asked, 1.0), 0.0
    topic = by_size(topic_of[fine])
    if not held or np.bincount(topic_of).max() < 2:
        fine = np.full(n, -1, dtype=np.int32)
    return Levels(
        by_size(group_topics(consensus, topic)[topic]),
        topic,
        by_size(fine),
        {"topic": reached_topic, "subtopic": reached},
    )


def _level(bar: dict[str, float] | None, level: str) -> float:
    return -1.0 if bar is None else max(bar[level], DISSOLVED)


def _chosen(
    members: Members, branches: Branches, found_again: Recovery, least: float, most: float, bar: float
) -> tuple[Labels, float]:
    """The best set of branches, as labels (-1 outside), and the mean similarity that they reach."""
    size = members.sum(axis=1)
    fits = (size >= least) & (size <= most)
    reached = np.zeros(len(size))
    reached[fits] = found_again(members[fits])
    above = reached - (DISSOLVED if bar >= DISSOLVED else 0.0)
    value = np.where(fits & (reached > bar), size * above**2, 0.0).astype(np.float64)
    labels = np.full(members.shape[1], -1, dtype=np.int32)
    chosen = branches.best(np.round(value, 9))
    for number, i in enumerate(chosen):
        labels[members.indices[members.indptr[i] : members.indptr[i + 1]]] = number
    return labels, round(float(reached[chosen].mean()), 6) if chosen else 0.0


def _topics(
    shared: NDArray[np.float64],
    size: NDArray[np.float64],
    fine: Labels,
    found_again: Recovery,
    grain: Grain,
    bar: float,
) -> tuple[Labels, float]:
    """Topic of each of the k fine groups."""
    if len(size) == 1:
        return np.zeros(1, dtype=np.int32), 0.0
    branches = Branches.of(_linkage(shared), 1)
    groups = branches.members()
    labels, reached = _chosen(
        groups @ one_hot(fine),
        branches,
        found_again,
        grain.least_topic,
        grain.most_topic,
        bar,
    )
    first = np.unique(fine, return_index=True)[1]
    topic_of = labels[first]
    if (topic_of < 0).all():
        return np.zeros(len(size), dtype=np.int32), 0.0
    weight = one_hot(topic_of).toarray() * size
    near = shared @ (weight / weight.sum(axis=1, keepdims=True)).T
    return joined(topic_of, near), reached


def shared_runs(consensus: Consensus, labels: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(k, k) mean share of runs in which papers of two groups fall together, and the (k,) sizes of the groups."""
    member = one_hot(labels)
    size = member.sum(axis=1).astype(np.float64)
    together = (member @ consensus.together.astype(np.int32)).astype(np.int64) @ member.T
    return together / np.outer(size, size) / consensus.runs, size


def _linkage(shared: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    apart = np.round(1.0 - shared, 9)
    np.fill_diagonal(apart, 0.0)
    return np.asarray(linkage(squareform(apart, checks=False), "average"))


def group_topics(consensus: Consensus, topic: Labels) -> Labels:
    """Theme of each topic: 5 to 12 themes, the pairs of topics whose papers most often fall together merged first."""
    k = int(topic.max()) + 1
    if k <= FEWEST_THEMES:
        return np.arange(k, dtype=np.int32)
    shared, size = shared_runs(consensus, topic)
    # The root of a share tells more of the small ones, which is all that topics far apart have in common.
    return _merged(
        np.sqrt(shared), size, min(MOST_THEMES, max(FEWEST_THEMES, round(k / 2.5))), _LARGEST_THEME
    )


def _merged(shared: NDArray[np.float64], size: NDArray[np.float64], wanted: int, largest: float) -> Labels:
    """Merge k groups by average linkage until `wanted` are left; none above the share `largest`, if that can be."""
    near = np.round(shared, 9)
    weight = size.copy()
    labels = np.arange(len(size))
    np.fill_diagonal(near, -1.0)
    for _ in range(len(size) - wanted):
        fits = np.add.outer(weight, weight) <= largest * size.sum()
        allowed = np.where(fits, near, -1.0)
        a, b = divmod(int((allowed if allowed.max() >= 0 else near).argmax()), len(size))
        near[a] = near[:, a] = np.round(
            (weight[a] * near[a] + weight[b] * near[b]) / (weight[a] + weight[b]), 9
        )
        weight[a] += weight[b]
        near[b] = near[:, b] = near[a, a] = -1.0
        weight[b] = np.inf
        labels[labels == b] = a
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int32)
