"""Where the subject changes along the rank."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import compare
from paperatlas.compare.segments import best_cuts, cut_gains
from paperatlas.intervals import wilson


def cloud(sizes: list[int], seed: int, *, apart: float = 1.0, d: int = 12) -> np.ndarray:
    """Points around one centre per stretch."""
    rng = np.random.default_rng(seed)
    centres = np.eye(d)[: len(sizes)] * apart
    return np.vstack([c + rng.normal(scale=0.3, size=(n, d)) for c, n in zip(centres, sizes, strict=True)])


def dump_of(n: int, name: str = "a", start: int = 0) -> pd.DataFrame:
    """A corpus of n papers of one dump, in the order of their ranks."""
    return pd.DataFrame(
        {
            "paper_id": [f"{start + i:05}" for i in range(n)],
            "title": [f"About {'kernels' if i < n / 2 else 'bandits'}" for i in range(n)],
            "abstract": "Some text.",
            "dumps": [(name,)] * n,
            "best_rank": range(1, n + 1),
        }
    )


def test_gain_is_what_two_means_explain_more_than_one():
    x = cloud([6, 9], 0)
    gains = cut_gains(x, 3)
    for place, cut in enumerate(range(3, 13)):
        whole = ((x - x.mean(axis=0)) ** 2).sum()
        parts = sum(((part - part.mean(axis=0)) ** 2).sum() for part in (x[:cut], x[cut:]))
        assert gains[place] == pytest.approx(whole - parts, abs=1e-8)


def test_best_cuts_are_those_of_trying_all():
    x = cloud([7, 5, 6], 1, apart=0.3)

    def cost(cuts):
        return sum(((x[a:b] - x[a:b].mean(axis=0)) ** 2).sum() for a, b in itertools.pairwise((0, *cuts, 18)))

    allowed = [c for c in itertools.combinations(range(1, 18), 2) if min(np.diff((0, *c, 18))) >= 3]
    assert best_cuts(x, 2, 3) == [0, *min(allowed, key=cost), 18]


def test_best_cuts_agree_with_ruptures():
    ruptures = pytest.importorskip("ruptures", reason="not installed; it has no release for Python 3.14")
    x = cloud([30, 22, 41, 17], 2, apart=0.4)
    found = ruptures.Dynp(model="l2", min_size=8, jump=1).fit(x).predict(n_bkps=3)
    assert best_cuts(x, 3, 8) == [0, *found]


def test_planted_borders_are_found_and_described():
    corpus = dump_of(90)
    found = compare.find_segments(corpus, cloud([45, 45], 3), permutations=199)
    assert found.segments[["first", "last"]].to_numpy().tolist() == [[1, 45], [46, 90]]
    assert found.segments["begins"].tolist() == ["", "step"]
    assert found.segments["label"].tolist() == ["kernels", "bandits"]
    assert found.tests["verdict"].item() == "borders found"


def test_a_gradual_change_is_called_a_drift():
    rng = np.random.default_rng(4)
    x = np.linspace(0, 2, 100)[:, None] * np.eye(8)[0] + rng.normal(scale=0.2, size=(100, 8))
    found = compare.find_segments(dump_of(100), x, permutations=199).segments
    assert "drift" in set(found["begins"])


def test_shuffled_dumps_raise_alarms_at_the_nominal_rate():
    """The test is exact: of 300 dumps without order, 5 % have p of at most 0.05."""
    small = []
    for seed in range(300):
        x = np.random.default_rng([9, seed]).permutation(cloud([20, 15, 15], seed))
        small.append(
            compare.find_segments(dump_of(50), x, permutations=99, seed=seed).tests["p"].item() <= 0.05
        )
    low, high = (bound.item() for bound in wilson(np.array([sum(small)]), np.array([300])))
    assert low <= 0.05 <= high


def test_several_dumps_are_adjusted_for():
    """p after Holm's adjustment is never below p, and the smallest of four is multiplied by four."""
    corpus = pd.concat([dump_of(40, name, 100 * i) for i, name in enumerate("abcd")], ignore_index=True)
    x = np.vstack([cloud([20, 20], 1, apart=0.5), *(cloud([40], seed) for seed in (2, 3, 4))])
    tests = compare.find_segments(corpus, x, permutations=499).tests
    assert (tests["p_adjusted"] >= tests["p"]).all()
    assert tests["p_adjusted"].min() == pytest.approx(4 * tests["p"].min())


def test_the_order_of_rows_does_not_matter():
    corpus = pd.concat([dump_of(40, "a"), dump_of(30, "b", 100)], ignore_index=True)
    x = np.vstack([cloud([20, 20], 1), cloud([30], 2)])
    order = np.random.default_rng(0).permutation(len(corpus))
    one = compare.find_segments(corpus, x, permutations=199)
    other = compare.find_segments(corpus.iloc[order].reset_index(drop=True), x[order], permutations=199)
    pd.testing.assert_frame_equal(one.tests, other.tests)
    pd.testing.assert_frame_equal(one.segments, other.segments)


def test_a_short_dump_is_not_tested():
    found = compare.find_segments(dump_of(12), cloud([12], 0))
    assert found.tests["verdict"].tolist() == ["too short"]
    assert len(found.segments) == 1


def test_vectors_must_fit():
    with pytest.raises(pa.AtlasError, match="one vector per paper"):
        compare.find_segments(dump_of(12), cloud([11], 0))


def test_shipped_segments_cover_every_rank(study):
    for dump, parts in study.segments.segments.groupby("dump"):
        size = (study.records["dump"] == dump).sum()
        assert parts["first"].iloc[0] == 1
        assert parts["last"].iloc[-1] == size
        assert (parts["first"].iloc[1:].to_numpy() == parts["last"].iloc[:-1].to_numpy() + 1).all()
        assert parts["papers"].min() >= 8
