"""The parts of a consensus clustering, each against a plain way to the same result."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from paperatlas.topics.branches import Found, best_jaccard, best_set, branches_of, cut
from paperatlas.topics.consensus import cluster_many
from paperatlas.topics.inputs import on_grid


def scattered(n: int, d: int, seed: int = 0) -> np.ndarray:
    return on_grid(np.random.default_rng(seed).normal(size=(n, d)))


@pytest.mark.parametrize(("n", "k"), [(60, 3), (400, 40), (900, 300)])
def test_clusters_that_have_settled_hold_the_points_nearest_to_their_own_mean(n, k):
    points = scattered(n, 5)
    points[n // 2 :: 3] = points[0]  # equal points: some centres tie
    for labels in cluster_many(points, [k, k], share=1.0, seed=1, max_iterations=500):
        sums = np.stack([points[labels == j].sum(axis=0, dtype=np.float64) for j in range(k)])
        filled = np.linalg.norm(sums, axis=1) > 0
        centres = on_grid(sums[filled])
        numbers = np.flatnonzero(filled)
        assert np.array_equal(numbers[(points @ centres.T).argmax(axis=1)], labels)


def test_a_cut_equals_that_of_scipy_where_every_branch_counts():
    merges = linkage(scattered(80, 3), "average")
    for k in range(1, 31):
        labels = cut(merges, k, least=1)
        assert adjusted_rand_score(fcluster(merges, k, "maxclust"), labels) == 1.0
        assert sorted(set(labels)) == list(range(k))


def test_no_set_of_branches_is_worth_more_than_the_best_one():
    merges = linkage(scattered(14, 2), "average")
    members = [frozenset(np.flatnonzero(row).tolist()) for row in branches_of(merges).toarray()]
    value = np.random.default_rng(1).integers(-3, 9, len(members)).astype(float)
    value[:14] = 0  # single papers

    def apart(chosen):
        return all(not members[a] & members[b] for a, b in combinations(chosen, 2))

    every = (c for size in range(8) for c in combinations(range(14, len(members)), size) if apart(c))
    best = best_set(merges, value)
    assert apart(best)
    assert value[best].sum() == max(sum(value[i] for i in c) for c in every)


def test_a_group_is_matched_with_the_branch_of_each_draw_that_it_is_most_like():
    rng = np.random.default_rng(2)
    mine, *drawn = (np.sort(rng.permutation(50)[:40]) for _ in range(4))
    trees = [branches_of(linkage(scattered(40, 3, seed), "average"), 2) for seed in range(3)]
    groups = rng.integers(0, 2, (300, 50)) * np.isin(np.arange(50), mine)
    groups[0] = np.isin(np.arange(50), mine[:1])

    def most_like(group: set[int], tree: sparse.csr_array, papers: np.ndarray) -> float:
        known = set(mine) & set(papers)
        branches = [set(papers[row > 0]) & known for row in tree.toarray()]
        return max(len(group & b) / max(len((group & known) | b), 1) for b in branches)

    rows = [set(np.flatnonzero(row)) for row in groups]
    plain = [
        [most_like(row, tree, papers) for row in rows] for tree, papers in zip(trees, drawn, strict=True)
    ]
    found = best_jaccard(sparse.csr_array(groups), Found.of(trees, drawn, 50), mine)
    assert found.tolist() == plain
