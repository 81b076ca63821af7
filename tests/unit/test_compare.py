"""Dumps against each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.compare import log_odds_with_prior, memberships


@pytest.fixture
def small() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "paper_id": list("abcd"),
            "title": ["Recurrent memory", "Recurrent cells", "Graph kernels", "Graph memory"],
            "abstract": ["Recurrent memory.", "Recurrent cells.", "Graph kernels.", "Graph memory."],
            "dumps": [("one",), ("one", "two"), ("two",), ("two",)],
        }
    )


def test_memberships_and_overlaps(small):
    assert memberships(small).to_numpy().tolist() == [
        [True, False],
        [True, True],
        [False, True],
        [False, True],
    ]
    assert pa.overlaps(small).to_numpy().tolist() == [["one", "two", 1, 0.25]]


def test_terms_set_a_group_apart(small):
    terms = pa.distinguishing_terms(small, [True, True, False, False], n=2)
    assert terms["term"].iloc[0] == "Recurrent"
    assert terms["z"].is_monotonic_decreasing


def test_log_odds_agree_with_the_formula():
    """Equations 15 to 22 of Monroe, Colaresi and Quinn (2008), worked by hand for one term of two."""
    inside, outside = np.array([8, 2]), np.array([2, 8])
    prior = inside + outside
    log_odds, z = log_odds_with_prior(inside, outside, prior)
    alpha = 10 * 10 / 20  # the prior has 20 counts and is scaled to 10
    delta = np.log((8 + alpha) / (10 + 10 - 8 - alpha)) - np.log((2 + alpha) / (10 + 10 - 2 - alpha))
    assert log_odds[0] == pytest.approx(delta, abs=1e-4)
    assert z[0] == pytest.approx(delta / np.sqrt(1 / (8 + alpha) + 1 / (2 + alpha)), abs=1e-4)
    assert log_odds.tolist() == (-log_odds[::-1]).tolist()


def test_equal_groups_have_no_telling_terms():
    log_odds, _ = log_odds_with_prior(np.array([5, 5]), np.array([5, 5]), np.array([10, 10]))
    assert log_odds.tolist() == [0, 0]


@pytest.mark.parametrize("group", [[True] * 4, [False] * 4])
def test_a_comparison_needs_two_sides(small, group):
    with pytest.raises(pa.AtlasError, match="inside and outside"):
        pa.distinguishing_terms(small, group)


def test_shipped_dumps_have_different_labels(records, corpus):
    table = pa.describe_dumps(records, corpus)
    assert table["records"].tolist() == [181, 236, 119, 119, 119]
    assert table["label"].is_unique
    assert (table["only_here"] <= table["papers"]).all()
    assert table["only_here"].sum() == (corpus["n_dumps"] == 1).sum()


def test_one_dump_is_not_set_apart(records, corpus):
    one = records[records["dump"] == records["dump"].iloc[0]]
    table = pa.describe_dumps(one, pa.build_corpus(one))
    assert table["terms"].tolist() == [()]
    assert table["label"].tolist() == table["dump"].tolist()


def test_a_planted_excess_is_found_and_nothing_else():
    rng = np.random.default_rng(0)
    n = 400
    corpus = pd.DataFrame(
        {
            "paper_id": [f"{i:03}" for i in range(n)],
            "dumps": [("a",) if i < 200 else ("b",) for i in range(n)],
        }
    )
    topic = rng.integers(1, 4, n)
    topic[:60] = 0
    cells = pa.topics_by_dump(corpus, pd.DataFrame({"paper_id": corpus["paper_id"], "topic": topic}))
    sure = cells[cells["p_adjusted"] < 0.001]
    assert set(zip(sure["topic"], sure["dump"], strict=True)) == {(0, "a"), (0, "b")}
    assert cells.loc[(cells["topic"] == 0) & (cells["dump"] == "a"), "odds_ratio"].item() > 1


def test_expected_overlap_adds_up(corpus):
    table = pa.expected_overlap(corpus)
    assert table["papers"].tolist() == [507, 93, 23, 3, 0]
    assert table["expected"].sum() == pytest.approx(len(corpus), abs=0.5)
