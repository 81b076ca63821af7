"""Dumps against each other: overlap, chance, labels, groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas import compare
from paperatlas.compare import memberships
from paperatlas.compare.groups import fisher
from paperatlas.compare.queries import unique_label


@pytest.fixture
def small() -> pd.DataFrame:
    corpus = pd.DataFrame(
        {
            "paper_id": list("abcd"),
            "title": ["Recurrent memory", "Recurrent cells", "Graph kernels", "Graph memory"],
            "abstract": ["Recurrent memory.", "Recurrent cells.", "Graph kernels.", "Graph memory."],
            "dumps": [("one",), ("one", "two"), ("two",), ("two",)],
            "best_rank": [1, 1, 2, 3],
        }
    )
    corpus.attrs["merges"] = [("b", "one", 2, "kept", 1.0), ("b", "two", 1, "same title", 1.0)]
    return corpus


def drawn(pool: int, sizes: list[int], seed: int) -> pd.DataFrame:
    """A corpus whose dumps are random draws from a pool."""
    rng = np.random.default_rng(seed)
    member = np.zeros((pool, len(sizes)), dtype=bool)
    for dump, size in enumerate(sizes):
        member[rng.choice(pool, size, replace=False), dump] = True
    member = member[member.any(axis=1)]
    names = np.array([f"d{i:02}" for i in range(len(sizes))])
    return pd.DataFrame(
        {"paper_id": [f"{i:05}" for i in range(len(member))], "dumps": [tuple(names[row]) for row in member]}
    )


class TestOverlap:
    def test_memberships_and_overlaps(self, small):
        assert memberships(small).to_numpy().tolist() == [
            [True, False],
            [True, True],
            [False, True],
            [False, True],
        ]
        assert pa.overlaps(small).to_numpy().tolist() == [["one", "two", 1, 0.25]]

    def test_ranks_are_those_of_the_records(self, records, corpus):
        """Every record's rank is in the table, found by title, or a better one of the same paper."""
        ranks = compare.paper_ranks(corpus)
        assert ranks.notna().to_numpy().tolist() == memberships(corpus).to_numpy().tolist()
        ids = {title: paper for paper, title in zip(corpus["paper_id"], corpus["title"], strict=True)}
        known = records[records["title"].isin(ids)]
        found = [ranks.loc[ids[r.title], r.dump] for r in known.itertuples()]
        assert len(known) > 700
        assert found == known["rank"].tolist()

    def test_dumps_that_rank_alike_are_told_from_those_that_do_not(self):
        n = 40
        corpus = pd.DataFrame(
            {"paper_id": [f"{i:03}" for i in range(n)], "dumps": [("a", "b", "c")] * n, "best_rank": 1}
        )
        mixed = np.random.default_rng(5).permutation(n)
        corpus.attrs["merges"] = [
            (paper, dump, int(rank), "kept", 1.0)
            for i, paper in enumerate(corpus["paper_id"])
            for dump, rank in (("a", i + 1), ("b", n - i), ("c", mixed[i] + 1))
        ]
        verdicts = compare.rank_agreement(corpus).set_index(["dump", "other"])["verdict"]
        assert verdicts["a", "b"] == "reversed"
        assert verdicts["a", "c"] == "not told apart from chance"


class TestChance:
    def test_the_pool_of_random_draws_is_found(self):
        pools = [compare.common_pool(drawn(800, [150, 120, 200], seed)) for seed in range(100)]
        assert np.median(pools) == pytest.approx(800, rel=0.03)

    def test_without_shared_papers_the_pool_has_no_upper_bound(self):
        corpus = pd.DataFrame({"paper_id": list("abcdef"), "dumps": [("x",)] * 3 + [("y",)] * 3})
        assert np.isinf(compare.common_pool(corpus))
        assert compare.overlap_tests(corpus)["verdict"].tolist() == ["as by chance"]

    def test_random_draws_are_not_called_unlike_chance(self):
        """Pairs of random draws: any alarm in a set of dumps is rare (false-discovery rate 5 %)."""
        alarms = [
            (compare.overlap_tests(drawn(600, [90] * 5, seed))["verdict"] != "as by chance").any()
            for seed in range(100)
        ]
        assert sum(alarms) <= 10

    def test_one_dump_cannot_overlap(self, small):
        alone = small[small["dumps"].map(len) == 1].assign(dumps=[("one",)] * 3)
        with pytest.raises(pa.AtlasError, match="two dumps"):
            compare.common_pool(alone)
        assert compare.overlap_tests(alone).empty


class TestLabels:
    def test_shipped_dumps_are_told_apart(self, records, corpus):
        table = pa.describe_dumps(records, corpus)
        assert table["records"].tolist() == [181, 236, 119, 119, 119]
        assert table["label"].is_unique
        assert (table["only_here"] <= table["papers"]).all()
        assert table["only_here"].sum() == (corpus["n_dumps"] == 1).sum()

    @given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6, unique=True), max_size=8))
    def test_labels_are_never_shared(self, piles):
        taken: set[frozenset[str]] = set()
        labels = [unique_label(terms, f"file {i}", taken) for i, terms in enumerate(piles)]
        assert len(set(labels)) == len(labels)


class TestCells:
    def test_fisher_agrees_with_scipy(self):
        from scipy.stats import fisher_exact

        rng = np.random.default_rng(0)
        n = 60
        of_row, of_column = rng.integers(0, n + 1, (2, 200))
        a = rng.integers(np.maximum(0, of_row + of_column - n), np.minimum(of_row, of_column) + 1)
        p, low, high = fisher(a, of_row, of_column, n)
        for i in range(200):
            b, c = of_row[i] - a[i], of_column[i] - a[i]
            expected = fisher_exact([[a[i], b], [c, n - a[i] - b - c]]).pvalue
            assert p[i] == pytest.approx(expected, abs=1e-9)
        assert (low <= high).all()

    def test_a_planted_excess_is_found_and_nothing_else(self):
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


class TestGroups:
    @pytest.fixture
    def papers(self, corpus):
        topic = corpus["title"].str.contains("Graph").astype(int)
        half = corpus["paper_id"].str[0].isin(list("01234567"))
        return corpus.assign(topic=topic, half=half.map({True: "low", False: "high"}))

    def test_any_column_can_be_compared(self, papers):
        papers["kind"] = papers["title"].map(lambda title: "graph" if "Graph" in title else "other")
        found = compare.compare_groups(papers, by="kind")
        assert found.groups["papers"].sum() == len(papers)
        assert (found.topics["p_adjusted"] < 0.001).all()
        best = found.terms[found.terms["group"] == "graph"].iloc[0]
        assert "graph" in best["term"].lower()
        assert best["p_adjusted"] < 0.001
        assert best["share"] > best["share_rest"]

    def test_one_group_is_not_a_comparison(self, papers):
        with pytest.raises(pa.AtlasError, match="two groups"):
            compare.compare_groups(papers.assign(only="x"), by="only")
