"""Dumps against each other: overlap, chance, labels, topics."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas import compare
from paperatlas.compare import papers_by_source as memberships


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


class TestChance:
    def test_the_overlap_of_random_draws_is_expected(self):
        """Two draws of 150 and 120 from 800 share 22.5 papers on average, however many others were drawn."""
        expected = [
            compare.overlap_tests(drawn(800, [150, 120, 200], seed))["expected"].iloc[0]
            for seed in range(100)
        ]
        assert np.median(expected) == pytest.approx(22.5, rel=0.03)

    @pytest.mark.parametrize(
        "dumps",
        [
            [("x",)] * 3 + [("y",)] * 3,
            [("x", "y")] * 12,
            [("x", "y")] * 5 + [("x",)] * 20,
            [("x", "y", "z")] * 12,
        ],
        ids=["none shared", "the same", "one in the other", "three alike"],
    )
    @pytest.mark.filterwarnings("error")
    def test_sources_that_leave_nothing_to_chance(self, dumps):
        corpus = pd.DataFrame(
            {"paper_id": [f"{i:02}" for i in range(len(dumps))], "dumps": dumps, "topic": 0}
        )
        assert set(compare.overlap_tests(corpus)["verdict"]) == {"as by chance"}
        assert (pa.topics_by_dump(corpus, corpus)["p"] == 1).all()

    @pytest.mark.parametrize("name", ["papers", "dump", "topic", "index", "level_1"])
    def test_a_source_may_be_called_anything(self, name):
        corpus = pd.DataFrame({"paper_id": list("abcd"), "topic": [0, 1] * 2, "dumps": [("A",), ("Z",)] * 2})
        called = corpus.assign(dumps=[(name,), ("Z",)] * 2)
        cells, wanted = (pa.topics_by_dump(pile, pile) for pile in (called, corpus))
        wanted = wanted.replace({"dump": {"A": name}}).sort_values(["topic", "dump"], ignore_index=True)
        pd.testing.assert_frame_equal(cells.sort_values(["topic", "dump"], ignore_index=True), wanted)

    def test_random_draws_are_not_called_unlike_chance(self):
        """Pairs of random draws: any alarm in a set of dumps is rare (false-discovery rate 5 %)."""
        alarms = [
            (compare.overlap_tests(drawn(600, [90] * 5, seed))["verdict"] != "as by chance").any()
            for seed in range(100)
        ]
        assert sum(alarms) <= 10

    def test_one_dump_cannot_overlap(self, small):
        alone = small[small["dumps"].map(len) == 1].assign(dumps=[("one",)] * 3)
        assert compare.overlap_tests(alone).empty


class TestLabels:
    def test_shipped_dumps_are_told_apart(self, records, corpus):
        table = pa.describe_dumps(records, corpus)
        assert table["records"].tolist() == [181, 236, 119, 119, 119]
        assert table["label"].is_unique
        assert (table["only_here"] <= table["papers"]).all()
        assert table["only_here"].sum() == (corpus["n_dumps"] == 1).sum()

    @given(st.lists(st.lists(st.sampled_from(["moss", "peat", "oak"]), min_size=1), min_size=9, max_size=30))
    def test_labels_are_never_shared(self, papers):
        """Of four sources two hold the same papers, and one has all."""
        records = pd.concat(
            pd.DataFrame({"dump": dump, "title": [" ".join(words) for words in some], "abstract": ""})
            for dump, some in {"a": papers[::2], "b": papers[::2], "c": papers[1::3], "d": papers}.items()
        )
        corpus = pa.build_corpus(records.assign(rank=range(len(records)), line=1))
        labels = pa.describe_dumps(records, corpus)["label"]
        assert labels.ne("").all()
        assert labels.is_unique


class TestCells:
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
