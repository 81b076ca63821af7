"""Groups of papers as sparse matrices: the branches of a tree, how well others match them, and the best set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.inputs import Labels

Members: TypeAlias = sparse.csr_array  # (g, n) ones where a group holds a paper, whole numbers


def branches_of(merges: NDArray[np.float64], least: int = 1) -> Members:
    """(b, n) the branches of a tree in scipy's form that hold `least` papers or more, in its order.

    Children stand before parents, and if `least` is 1 the single papers before both.
    """
    n = len(merges) + 1
    size = np.concatenate([np.ones(n), merges[:, 3]]).astype(np.int64)
    sizes, sides = size.tolist(), merges[:, :2].astype(np.int64).tolist()
    # In the order in which the tree is drawn, the papers of a branch are neighbours.
    first = [0] * (2 * n - 1)
    for branch in range(2 * n - 2, n - 1, -1):
        a, b = sides[branch - n]
        first[a], first[b] = first[branch], first[branch] + sizes[a]
    order = np.argsort(first[:n])
    size, start = size[size >= least], np.array(first)[size >= least]
    ends = np.concatenate([[0], np.cumsum(size)])
    papers = order[np.arange(ends[-1]) + np.repeat(start - ends[:-1], size)]
    return sparse.csr_array((np.ones(len(papers), dtype=np.int32), papers, ends), shape=(len(size), n))


def best_set(merges: NDArray[np.float64], value: NDArray[np.float64]) -> list[int]:
    """The set of branches, none inside another, whose (2 n - 1,) values sum to the most; larger ones first where equal.

    One whose value is not above zero is never taken.
    """
    n = len(merges) + 1
    own, sides = value.tolist(), merges[:, :2].astype(np.int64).tolist()
    total, below = list(own), [0.0] * len(own)
    for branch, (a, b) in enumerate(sides, start=n):
        below[branch] = total[a] + total[b]
        total[branch] = max(own[branch], below[branch])
    chosen, left = [], [len(own) - 1]
    while left:
        branch = left.pop()
        if own[branch] > 0 and own[branch] >= below[branch]:
            chosen.append(branch)
        elif total[branch] > 0:
            left += sides[branch - n]
    return sorted(chosen)


def spread_out(members: Members, papers: NDArray[np.intp], n: int) -> Members:
    """(g, n) groups of all papers, from groups of those at some sorted positions."""
    return sparse.csr_array(
        (members.data, papers[members.indices], members.indptr), shape=(members.shape[0], n)
    )


@dataclass(frozen=True)
class Found:
    """Groups that were found in r draws of n papers.

    ``holds`` is (n, b), ones where a group holds a paper, ``draw`` (b,) the draw of each group, ``drawn`` (r, n) the
    papers of each draw.
    """

    holds: Members
    draw: NDArray[np.intp]
    drawn: Members

    @classmethod
    def of(cls, groups: Sequence[Members], papers: Sequence[NDArray[np.intp]], n: int) -> Found:
        """Groups of each draw over its papers, which are given by sorted positions."""
        empty = sparse.csr_array((0, n), dtype=np.int32)
        drawn = [
            spread_out(sparse.csr_array(np.ones((1, len(some)), dtype=np.int32)), some, n) for some in papers
        ]
        spread = [spread_out(found, some, n) for found, some in zip(groups, papers, strict=True)]
        number = np.repeat(np.arange(len(groups)), [found.shape[0] for found in groups])
        members, papers_of = (sparse.vstack([empty, *rows], "csr") for rows in (spread, drawn))
        return cls(members.T.tocsr(), number, papers_of)


def best_jaccard(groups: Members, found: Found, papers: NDArray[np.intp]) -> NDArray[np.float64]:
    """(r, g) Jaccard similarity of groups with the one of each draw that is most like it (Hennig 2007).

    It is over the papers that both know: those at the positions `papers`, among which `groups` were made, and those
    of the draw.
    """
    both = sparse.csr_array(groups @ found.holds)
    row = np.repeat(np.arange(groups.shape[0]), np.diff(both.indptr))
    draw = found.draw[both.indices]
    known = np.bincount(papers, minlength=groups.shape[1])
    size, other = (groups @ found.drawn.T).toarray(), known @ found.holds
    union = size[row, draw] + other[both.indices] - both.data
    best = np.zeros(found.drawn.shape[0] * groups.shape[0])
    np.maximum.at(best, draw * groups.shape[0] + row, both.data / union)
    return best.reshape(found.drawn.shape[0], groups.shape[0])


def joined(labels: Labels, near: NDArray[np.float64]) -> Labels:
    """Papers of no group (-1) join the group that is nearest by (n, k) `near`; the first one of equals."""
    return np.where(labels < 0, np.round(near, 9).argmax(axis=1), labels).astype(np.int32)


def one_hot(labels: NDArray[np.integer], k: int | None = None) -> Members:
    """(k, n) membership of the groups; a label below zero is no group."""
    k = int(labels.max(initial=-1)) + 1 if k is None else k
    at = np.flatnonzero(labels >= 0)
    return sparse.csr_array((np.ones(len(at), dtype=np.int32), (labels[at], at)), shape=(k, len(labels)))


def ranks(labels: Labels) -> Labels:
    """(k + 1,) number of each group by size, larger first, then that of the earlier paper; the last place serves -1."""
    inside = labels >= 0
    size = np.bincount(labels[inside], minlength=int(labels.max(initial=-1)) + 1)
    first = np.full(len(size), len(labels))
    np.minimum.at(first, labels[inside], np.flatnonzero(inside))
    order = np.lexsort((first, -size))
    rank = np.full(len(size) + 1, -1, dtype=np.int32)
    rank[order] = np.where(size[order] > 0, np.arange(len(size)), -1)
    return rank


def by_size(labels: Labels) -> Labels:
    """Groups numbered as in `ranks`; -1 stays."""
    return ranks(labels)[labels]


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
