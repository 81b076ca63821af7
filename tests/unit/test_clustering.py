"""The parts of a consensus clustering, each against a plain way to the same result."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from paperatlas.topics.consensus import build_consensus, condensed_cuts
from paperatlas.topics.kmeans import cluster_many
from paperatlas.topics.space import on_grid, topic_space


def scattered(n: int, d: int, seed: int = 0) -> np.ndarray:
    return on_grid(np.random.default_rng(seed).normal(size=(n, d)))


# With 3, 40 and 300 clusters a score and its cluster share 32 bits, 32 bits, and 64 bits.
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


def test_points_left_out_of_a_resample_join_a_cluster_as_well():
    points = np.concatenate([scattered(1, 4, seed).repeat(30, axis=0) for seed in range(3)])
    truth = np.repeat(np.arange(3), 30)
    for labels in cluster_many(points, [3] * 20, share=0.5, seed=0):
        assert adjusted_rand_score(truth, labels) == 1.0


def test_cuts_of_a_tree_equal_those_of_scipy_where_every_branch_counts():
    merges = linkage(scattered(80, 3), "average")
    for k, labels in condensed_cuts(merges, range(1, 31), least=1).items():
        assert adjusted_rand_score(fcluster(merges, k, "maxclust"), labels) == 1.0
        assert sorted(set(labels)) == list(range(k))


def test_a_cut_is_the_same_alone_and_among_others():
    tree = build_consensus(scattered(120, 4), runs=20, share=0.8, seed=0)
    together = tree.cuts([2, 9, 4, 30], least=5)
    assert list(together) == [2, 9, 4, 30]
    for k, labels in together.items():
        assert np.array_equal(labels, tree.cut(k, least=5))
        assert np.bincount(condensed_cuts(tree.merges, [k], 5)[k]).min() >= 5


class Rows:
    """Given unit rows as a source."""

    def __init__(self, rows: sparse.csr_array) -> None:
        self._rows = rows

    def rows(self, papers):
        return self._rows[papers]


@pytest.mark.parametrize("n", [100, 600])
def test_axes_are_those_of_a_full_decomposition(n):
    rows = sparse.random(n, 80, density=0.1, random_state=0, format="csr").toarray() + np.eye(n, 80)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = topic_space(Rows(sparse.csr_array(rows)), np.arange(n), n_axes=20)
    u, s, _ = np.linalg.svd(rows)
    wanted = u[:, :20] * np.sqrt(s[:20] ** 2 - s[20] ** 2)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    # Axes have no sign of their own; likeness does not depend on it. Two rows are off by a grid step of 2**-11 at most.
    assert found @ found.T == pytest.approx(wanted @ wanted.T, abs=2 * 20**0.5 * 2**-11)


def test_papers_without_a_shared_word_still_have_a_place():
    rows = sparse.csr_array(np.eye(300))
    found = topic_space(Rows(rows), np.arange(300))
    assert np.isfinite(found).all()
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(300), abs=0.01)
