"""Papers per period: counts, shares, intervals, and what is left out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.trends import topic_trends
from paperatlas.trends.shares import label, last_finished, period_numbers


def papers_of(published: list[str | None], **columns: list[object]) -> pd.DataFrame:
    ids = [f"p{i:03d}" for i in range(len(published))]
    return pd.DataFrame({"paper_id": ids, "title": ids, "published": published, **columns})


class TestPeriods:
    @pytest.mark.parametrize(
        ("published", "period", "last"),
        [
            (["2024-03", "2025-06"], "year", "2024"),
            (["2024-03", "2025-12"], "year", "2025"),
            (["2024", "2025"], "year", "2025"),
            (["2024-03", "2025"], "year", "2025"),
            (["2024-12", "2025-03", "2025"], "year", "2024"),
            (["2024-03", "2025-06"], "quarter", "2025-Q2"),
            (["2024-03", "2025-05"], "quarter", "2025-Q1"),
            (["2024-03", "2025-06"], "month", "2025-05"),
        ],
    )
    def test_a_period_is_over_when_the_papers_reach_its_last_month(
        self, published: list[str], period: str, last: str
    ) -> None:
        assert label(last_finished(pd.DataFrame({"published": published}), period), period) == last

    def test_malformed_dates_name_the_row(self) -> None:
        with pytest.raises(AtlasError, match="row 1: expected YYYY-MM or YYYY, found '2023-13'"):
            period_numbers(pd.Series(["2023", "2023-13"]), "year")


class TestShares:
    def test_counts_shares_and_zeros(self) -> None:
        papers = papers_of(["2020", "2020", "2022", "2022"], topic=[0, 0, 0, 1])
        trends = topic_trends(papers)
        assert trends[["topic", "period", "n", "total"]].to_numpy().tolist() == [
            [0, "2020", 2, 2],
            [0, "2021", 0, 0],
            [0, "2022", 1, 2],
            [1, "2020", 0, 2],
            [1, "2021", 0, 0],
            [1, "2022", 1, 2],
        ]
        assert trends["share"].fillna(-1).tolist() == [1, -1, 0.5, 0, -1, 0.5]
        assert trends.loc[trends["total"] == 0, ["low", "high"]].isna().all(axis=None)

    @settings(max_examples=20, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(2018, 2021), st.sampled_from(["", "-01", "-07"]), st.integers(0, 3)),
            min_size=1,
            max_size=40,
        )
    )
    def test_every_dated_paper_is_counted_once(self, rows: list[tuple[int, str, int]]) -> None:
        papers = papers_of([f"{year}{month}" for year, month, _ in rows], topic=[t for *_, t in rows])
        trends = topic_trends(papers)
        assert trends["n"].sum() == len(papers)
        assert trends.drop_duplicates("period")["total"].sum() == len(papers)
        shares = trends.groupby("period")["share"].sum(min_count=1).dropna()
        assert np.allclose(shares, 1, atol=1e-5)
        shuffled = topic_trends(papers.iloc[::-1])
        pd.testing.assert_frame_equal(trends, shuffled)

    @pytest.mark.parametrize("name", ["number", "total", "period", "topic", "paper_id"])
    def test_a_source_may_be_called_anything(self, name: str) -> None:
        papers = papers_of(["2020"] * 3 + ["2021"] * 3, topic=[0, 1] * 3)
        called, wanted = (topic_trends(papers.assign(dumps=[(one,), ("b",)] * 3)) for one in (name, "a"))
        pd.testing.assert_frame_equal(called, wanted)

    def test_several_groups_per_paper(self) -> None:
        papers = papers_of(["2020", "2020"], dumps=[("a", "b"), ("b",)])
        trends = topic_trends(papers, level="dumps")
        assert trends[["dumps", "n"]].to_numpy().tolist() == [["a", 1], ["b", 2]]
        ledger = pd.DataFrame(
            {"paper_id": ["p000", "p000", "p001", "gone"], "name": ["BERT", "BERT", "BERT", "x"]}
        )
        assert topic_trends(papers, ledger, level="name")[["name", "n"]].to_numpy().tolist() == [["BERT", 2]]

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            ({"level": "colour"}, "no column 'colour' to group papers by; found paper_id"),
            ({"period": "week"}, "period is one of year, quarter, month; found 'week'"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, arguments: dict[str, str], complaint: str) -> None:
        with pytest.raises(AtlasError, match=complaint):
            topic_trends(papers_of(["2020"], topic=[7]), **arguments)


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_agrees_with_statsmodels(pair: tuple[int, int]) -> None:
    n, total = pair
    low, high = wilson(np.array([n]), np.array([total]))
    expected = proportion_confint(n, total, method="wilson")
    assert np.allclose([low[0], high[0]], expected, atol=1e-9)
