"""The levels of a tree: branches that are found again become subtopics, unions of these topics, and those themes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.branches import Members, best_set, branches_of, by_size, cut, joined, one_hot
from paperatlas.topics.consensus import Consensus, affinity, shared_runs
from paperatlas.topics.inputs import Labels

CORE = 5_000  # papers that are clustered pairwise; the others of a larger corpus join them
_LEAST_SUBTOPIC = 8
_SMALL = 500  # papers up to which the refits take as many clusterings as the fit
_FEW = 1_000  # papers up to which the refits are as many as asked for
_LEAST_RESAMPLES = 6


@dataclass(frozen=True)
class Grain:
    """Sizes of subtopics and topics: a convention, as every grain is. Within it, stability decides."""

    least: int  # papers of a branch that can be a subtopic
    most: int
    least_topic: int  # papers of a branch that can be a topic
    most_topic: int
    finest: int  # largest number of clusters of a k-means run
    runs: int  # clusterings behind a tree
    refit_runs: int  # behind the tree of a refit
    n_resamples: int  # refits

    @classmethod
    def of(cls, n: int, n_papers: int, n_resamples: int) -> Grain:
        """The grain for `n` clustered papers that stand for `n_papers`.

        A subtopic for every 15 to 40 papers and never fewer than 8, a topic for every 35 to 120; of a large corpus
        about 350 and 75.
        """
        if n_papers > n:
            work = 96, 48, min(n_resamples, _LEAST_RESAMPLES)
            sizes = max(3, n // 1250), max(5, n // 120), max(3, n // 250), max(8, n // 25), max(4, n // 16)
            return cls(*sizes, *work)
        work = (
            192 if n <= _FEW else 96,
            192 if n <= _SMALL else 64,
            min(n_resamples, max(_LEAST_RESAMPLES, n_resamples * _FEW // n)),
        )
        most = round(max(32.0, 1.5 * sqrt(n)))
        most_topic = round(min(200.0, max(0.12 * n, min(56.0, n / 3))))
        return cls(
            _LEAST_SUBTOPIC, most, max(_LEAST_SUBTOPIC, min(30, n // 65)), most_topic, max(4, n // 20), *work
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

Recovery = Callable[[Members], NDArray[np.float64]]  # from (b, n) groups to (b,) mean Jaccard similarities
Nodes: TypeAlias = dict[str, Labels]  # level to the node of each paper, larger nodes first, -1 for none


def choose_levels(
    consensus: Consensus,
    found_again: Recovery,
    grain: Grain,
    *,
    bar: dict[str, float] | None = None,
    asked: int | None = None,
) -> tuple[Nodes, dict[str, float]]:
    """Choose the nodes of the three levels among the branches of a tree.

    A branch can be a subtopic if its size lies within the grain and it is found again: its mean Jaccard similarity
    over the refits lies above 0.5 and above what structureless points reach. Of all sets of such branches the one is
    taken whose papers, each weighted by the square of how far its branch lies above 0.5, sum to the most. Papers
    outside join the one that they fall together with most often. The subtopics are merged in turn, by average
    linkage, and topics are chosen among these branches, single subtopics included, by the same rule. A topic of one
    subtopic keeps it, so that the subtopics list every line of work; where no topic has two there are no subtopics.

    Parameters
    ----------
    bar : dict, optional
        Level to what structureless points reach; without it, branches that are not found again may be chosen too.
    asked : int, optional
        Number of topics that was asked for, whatever holds.

    Returns
    -------
    dict
        Level to the (n,) nodes of the papers, each inside one of the level above.
    dict
        ``topic`` and ``subtopic``: mean Jaccard similarity of the branches they were made from, before other papers
        joined; 0 where there was no such branch.
    """
    n = len(consensus.together)
    bars = dict.fromkeys(("topic", "subtopic"), -1.0)
    if bar is not None:
        bars = {level: max(reached, DISSOLVED) for level, reached in bar.items()}
    merges = consensus.merges
    fine, reached = _chosen(
        merges, branches_of(merges), found_again, grain.least, grain.most, bars["subtopic"]
    )
    held = int(fine.max()) > 0
    if asked is not None and int(fine.max()) + 1 < asked:
        fine = cut(merges, asked, max(2, min(grain.least, n // (3 * asked))))
        held = False
    elif not held:
        fine = np.zeros(n, dtype=np.int32)
    fine = joined(fine, affinity(consensus, fine))
    shared, size = shared_runs(consensus, fine)
    if asked is None:
        topic_of, reached_topic = _topics(shared, size, fine, found_again, grain, bars["topic"])
    else:
        topic_of, reached_topic = _merged(shared, size, asked, 1.0), 0.0
    topic = by_size(topic_of[fine])
    if not held or np.bincount(topic_of).max() < 2:
        fine = np.full(n, -1, dtype=np.int32)
    theme = by_size(group_topics(consensus, topic)[topic])
    nodes = {"theme": theme, "topic": topic, "subtopic": by_size(fine)}
    return nodes, {"topic": reached_topic, "subtopic": reached}


def _chosen(
    merges: NDArray[np.float64],
    members: Members,
    found_again: Recovery,
    least: int,
    most: int,
    bar: float,
) -> tuple[Labels, float]:
    """The best set of branches, as labels of the papers (-1 outside), and the mean similarity that they reach."""
    size = members.sum(axis=1)
    fits = (size >= least) & (size <= most)
    reached = np.zeros(len(size))
    reached[fits] = found_again(members[fits])
    above = reached - (DISSOLVED if bar >= DISSOLVED else 0.0)
    value = np.where(fits & (reached > bar), size * above**2, 0.0).astype(np.float64)
    labels = np.full(members.shape[1], -1, dtype=np.int32)
    chosen = best_set(merges, np.round(value, 9))
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
    """Topic of each of the k fine groups, and the mean similarity that the topics reach."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    one = np.zeros(len(size), dtype=np.int32)
    if len(size) == 1:
        return one, 0.0
    apart = np.round(1.0 - shared, 9)
    np.fill_diagonal(apart, 0.0)
    merges = linkage(squareform(apart, checks=False), "average")
    members = branches_of(merges) @ one_hot(fine)
    labels, reached = _chosen(merges, members, found_again, grain.least_topic, grain.most_topic, bar)
    topic_of = labels[np.unique(fine, return_index=True)[1]]
    if (topic_of < 0).all():
        return one, 0.0
    weight = one_hot(topic_of).toarray() * size
    return joined(topic_of, shared @ (weight / weight.sum(axis=1, keepdims=True)).T), reached


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
