"""Branches of a tree of papers: which papers each holds, how well others match it, and the best set of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.inputs import Labels

Members: TypeAlias = sparse.csr_array  # (g, n) ones where a group holds a paper, whole numbers


@dataclass(frozen=True)
class Branches:
    """The branches of a tree over n papers that hold at least so many of them.

    Attributes
    ----------
    node : (b,) int array
        Their numbers in scipy's linkage, children before parents.
    size : (b,) int array
        Papers in each.
    start : (b,) int array
        Branch ``i`` holds the papers ``leaves[start[i] : start[i] + size[i]]``.
    leaves : (n,) int array
        Papers in the order of the tree.
    """

    node: NDArray[np.int64]
    size: NDArray[np.int64]
    start: NDArray[np.int64]
    leaves: NDArray[np.int64]

    @classmethod
    def of(cls, merges: NDArray[np.float64], least: int) -> Branches:
        """Branches with `least` papers or more; the root is one of them, and so are single papers if `least` is 1."""
        n = len(merges) + 1
        size = np.concatenate([np.ones(n), merges[:, 3]]).astype(np.int64)
        start = np.zeros(2 * n - 1, dtype=np.int64)
        for node in range(2 * n - 2, n - 1, -1):  # parents come before children
            a, b = int(merges[node - n, 0]), int(merges[node - n, 1])
            start[a], start[b] = start[node], start[node] + size[a]
        leaves = np.empty(n, dtype=np.int64)
        leaves[start[:n]] = np.arange(n)
        kept = np.flatnonzero(size >= least)
        return cls(kept, size[kept], start[kept], leaves)

    @classmethod
    def of_labels(cls, labels: Labels) -> Branches:
        """Groups side by side; a label below zero is in none."""
        size = np.bincount(labels[labels >= 0], minlength=1)
        leaves = np.argsort(labels, kind="stable")
        start = np.count_nonzero(labels < 0) + np.cumsum(size) - size
        return cls(np.arange(len(size)), size, start, leaves)

    def among(self, papers: NDArray[np.intp]) -> Branches:
        """The same branches of some of the papers alone, given by sorted positions."""
        rank = np.full(len(self.leaves), -1, dtype=np.int64)
        rank[papers] = np.arange(len(papers))
        place = rank[self.leaves]
        before = np.concatenate([[0], np.cumsum(place >= 0)])
        start = before[self.start]
        return Branches(self.node, before[self.start + self.size] - start, start, place[place >= 0])

    def papers(self, i: int) -> NDArray[np.int64]:
        """Papers of branch `i`."""
        return self.leaves[self.start[i] : self.start[i] + self.size[i]]

    def members(self) -> Members:
        """(b, n) which papers each branch holds."""
        held = [self.papers(i) for i in range(len(self.node))]
        ends = np.concatenate([[0], np.cumsum(self.size)])
        papers = np.concatenate([*held, np.zeros(0, dtype=np.int64)])
        return sparse.csr_array(
            (np.ones(len(papers), dtype=np.int32), papers, ends), shape=(len(held), len(self.leaves))
        )

    def best(self, value: NDArray[np.float64]) -> list[int]:
        """The set of branches, none inside another, whose values sum to the most; larger ones first where equal.

        Parameters
        ----------
        value : (b,) array
            Of each branch; one that is not above zero is never taken.
        """
        # Children stand before their parents, so that one pass from below is enough.
        total = np.zeros(len(self.node))
        chosen: list[list[int]] = [[] for _ in self.node]
        open_: list[int] = []  # branches that no later one has taken in yet
        for i in range(len(self.node)):
            low, high = self.start[i], self.start[i] + self.size[i]
            inside = [j for j in open_ if low <= self.start[j] < high]
            open_ = [j for j in open_ if not low <= self.start[j] < high]
            below = sum(total[j] for j in inside)
            if value[i] > 0 and value[i] >= below:
                total[i], chosen[i] = value[i], [i]
            else:
                total[i], chosen[i] = below, [c for j in inside for c in chosen[j]]
            open_.append(i)
        return sorted(c for j in open_ for c in chosen[j])


def best_jaccard(groups: Members, members: Members) -> NDArray[np.float64]:
    """Jaccard similarity of each of g groups with the one among b others that is most like it (Hennig 2007).

    Parameters
    ----------
    groups, members : (g, n) and (b, n) sparse arrays of ones

    Returns
    -------
    (g,) array in [0, 1]
    """
    both = sparse.csr_array(groups @ members.T)
    row = np.repeat(np.arange(len(both.indptr) - 1), np.diff(both.indptr))
    union = groups.sum(axis=1)[row] + members.sum(axis=1)[both.indices] - both.data
    found = np.zeros(len(both.indptr) - 1)
    np.maximum.at(found, row, both.data / union)
    return found


def joined(labels: Labels, near: NDArray[np.float64]) -> Labels:
    """Papers of no group (-1) join the group that is nearest by (n, k) `near`; the first one of equals."""
    return np.where(labels < 0, np.round(near, 9).argmax(axis=1), labels).astype(np.int32)


def one_hot(labels: Labels, k: int | None = None) -> Members:
    """(k, n) membership of the groups; a label below zero is no group."""
    k = int(labels.max(initial=-1)) + 1 if k is None else k
    at = np.flatnonzero(labels >= 0)
    return sparse.csr_array((np.ones(len(at), dtype=np.int32), (labels[at], at)), shape=(k, len(labels)))


def by_size(labels: Labels) -> Labels:
    """Number the groups by size, larger first; of equal ones, that of the earlier paper first; -1 stays."""
    inside = labels >= 0
    if not inside.any():
        return labels.astype(np.int32)
    size = np.bincount(labels[inside])
    first = np.full(len(size), len(labels))
    np.minimum.at(first, labels[inside], np.flatnonzero(inside))
    order = np.lexsort((first, -size))
    order = order[size[order] > 0]
    rank = np.full(len(size) + 1, -1, dtype=np.int32)  # the last place serves -1
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[labels]


def cut(merges: NDArray[np.float64], k: int, least: int) -> Labels:
    """Labels of the first `k` branches of at least `least` papers, from the root down.

    A branch counts as a split only if both sides hold `least` papers; smaller side branches stay where they hang
    (the condensed tree of Campello et al. 2013). Fewer groups come back if the tree does not hold as many.
    """
    n = len(merges) + 1
    size = [1] * n + merges[:, 3].astype(np.int64).tolist()
    sides = merges[:, :2].astype(np.int64).tolist()
    group = [0] * (2 * n - 1)
    found = 1
    for node in range(2 * n - 2, n - 1, -1):
        a, b = sides[node - n]
        group[a] = group[b] = group[node]
        if found < k and min(size[a], size[b]) >= least:
            group[b] = found
            found += 1
    return np.array(group[:n], dtype=np.int32)
