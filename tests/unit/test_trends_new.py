"""Bursts, newcomers and terms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paperatlas.trends import find_bursts, newcomers, term_memberships
from paperatlas.trends.novelty import two_states


def table(counts: dict[str, list[int]], totals: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"topic": topic, "period": str(2014 + t), "n": n, "total": totals[t], "time": 2014.5 + t}
            for topic, series in counts.items()
            for t, n in enumerate(series)
        ]
    )


TOTALS = [50, 50, 60, 60, 70, 70, 80, 80]


class TestBursts:
    def test_a_planted_burst_is_found_where_it_is(self) -> None:
        bursts = find_bursts(table({"a": [1, 1, 1, 15, 18, 1, 1, 1], "b": [5, 5, 6, 6, 7, 7, 8, 8]}, TOTALS))
        assert bursts["topic"].tolist() == ["a"]
        row = bursts.iloc[0]
        assert row[["start", "end", "n", "total"]].tolist() == ["2017", "2018", 33, 130]
        assert row["share"] == pytest.approx(33 / 130, abs=1e-4)
        assert row["share_outside"] == pytest.approx(6 / 390, abs=1e-4)
        assert row["p_adjusted"] < 0.01

    def test_a_year_with_many_papers_is_no_burst(self) -> None:
        assert find_bursts(table({"a": [5, 5, 5, 50, 5, 5]}, [50, 50, 50, 500, 50, 50])).empty

    @given(st.lists(st.integers(0, 10), min_size=3, max_size=8).filter(lambda n: sum(n) > 0))
    def test_states_are_the_cheapest_of_all(self, n: list[int]) -> None:
        """Against a search through all 2^k sequences of states."""
        counts, total = np.array(n), np.full(len(n), 20)
        _, states = two_states(counts[None, :].astype(float), total.astype(float))
        base = counts.sum() / total.sum()
        high = min(2 * base, (1 + base) / 2)
        gain = stats.binom.logpmf(counts, total, high) - stats.binom.logpmf(counts, total, base)

        def saved(sequence: np.ndarray) -> float:
            ups = np.sum(np.diff(np.concatenate([[0], sequence.astype(int)])) > 0)
            return float(gain[sequence].sum() - np.log(len(n)) * ups)

        every = [np.array([bits >> t & 1 for t in range(len(n))], dtype=bool) for bits in range(2 ** len(n))]
        assert saved(states[0]) == pytest.approx(max(map(saved, every)), abs=1e-9)


def papers_of(published: list[str], topic: list[str | None]) -> pd.DataFrame:
    ids = [f"p{i:03d}" for i in range(len(published))]
    return pd.DataFrame(
        {"paper_id": ids, "title": [i.upper() for i in ids], "published": published, "topic": topic}
    )


class TestNewcomers:
    def test_late_and_early_groups(self) -> None:
        months = [f"{2015 + i // 12}-{i % 12 + 1:02d}" for i in range(96)]
        late = [None] * 80 + ["late" if i % 2 else None for i in range(16)]
        early = ["early" if i % 8 == 0 else None for i in range(96)]
        found = newcomers(papers_of(months, [a or b for a, b in zip(late, early, strict=True)])).set_index(
            "topic"
        )
        assert found["new"].to_dict() == {"late": True, "early": False}
        row = found.loc["late"]
        assert row["first"] == months[81]
        assert (row["n"], row["older"]) == (8, 81)
        assert row["first_title"] == "P081"
        # None of 8 papers among the 81 older ones of 96.
        assert row["p"] == pytest.approx(stats.hypergeom.pmf(0, 96, 81, 8), rel=1e-3)

    def test_year_only_papers_never_count_as_older_within_their_year(self) -> None:
        papers = papers_of(["2019-12", "2020", "2020-06", "2020-07", "2020-08"], [None, None, "a", "a", "a"])
        assert newcomers(papers).loc[0, "older"] == 1


class TestTerms:
    def papers(self) -> pd.DataFrame:
        titles = ["Protein folding in yeast"] * 4 + ["Molecular graphs"] * 8 + ["Speech of birds"] * 8
        abstracts = (
            ["We study protein folding. It shows that protein folding, of yeast, is slow."] * 4
            + ["Graph neural networks (GNNs) for molecules, and GNNs beside."] * 4
            + ["GNNs for molecules; graph neural networks (GNNs), again."] * 2
            + ["GNNs alone, for molecules."] * 2
            + ["Birds sing and shed light on speech."] * 8
        )
        return pd.DataFrame(
            {"paper_id": [f"p{i:02d}" for i in range(20)], "title": titles, "abstract": abstracts}
        )

    def uses(self, **options: float) -> dict[str, list[str]]:
        return (
            term_memberships(self.papers(), min_papers=2, **options)
            .groupby("term")["paper_id"]
            .apply(list)
            .to_dict()
        )

    def test_a_paper_counts_once(self) -> None:
        assert self.uses()["protein folding"] == ["p00", "p01", "p02", "p03"]

    def test_an_abbreviation_counts_as_what_it_stands_for(self) -> None:
        uses = {term.casefold(): papers for term, papers in self.uses().items()}
        assert uses["graph neural networks"] == [f"p{i:02d}" for i in range(4, 12)]
        assert "gnns" not in uses

    def test_what_stands_in_titles_alone_is_no_subject(self) -> None:
        papers = self.papers()
        papers.loc[:9, "title"] += " (Abstract Reprint)"
        table = term_memberships(papers, min_papers=2, max_share=1)
        subjects = table.groupby("term")["subject"].first()
        assert not subjects[subjects.index.str.contains("Reprint")].any()
        assert subjects["protein folding"]
