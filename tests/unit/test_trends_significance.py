"""Trend tests: right against known results, and right on corpora whose truth is known."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from paperatlas.intervals import adjusted_p
from paperatlas.trends import (
    Cells,
    contrasts,
    judge_cells,
    power_curve,
    simulate_null,
    smallest_found,
    then_and_now,
    trend_tests,
)
from paperatlas.trends.regression import fit_trends
from paperatlas.trends.simulate import draw_null

YEARS = np.arange(2014, 2024) + 0.5
TOTALS = [60, 60, 70, 70, 80, 80, 90, 90, 100, 100]


def cells(counts: dict[str, list[int]], totals: list[int]) -> Cells:
    """Cells of one source."""
    n, k = np.array(list(counts.values()), dtype=float), len(totals)
    period = np.array([str(2014 + t) for t in range(k)], dtype=object)
    time = 2014.5 + np.arange(k)
    return Cells(list(counts), n, period, time, np.array(totals, float), np.zeros((k, 0), bool), [])


def mixed() -> Cells:
    """Two sources that trade places over ten years; each topic has its own share in either, always the same."""
    early = np.linspace(90, 10, 10).round()
    total = np.concatenate([early, 100 - early])
    shares = np.array([[0.5, 0.1], [0.1, 0.4], [0.2, 0.2], [0.1, 0.1]])
    n = np.round(np.repeat(shares, 10, axis=1) * total)
    source = np.repeat([[True, False], [False, True]], 10, axis=0)
    period = np.array([str(2014 + t) for t in range(10)] * 2, dtype=object)
    return Cells(list("abcd"), n, period, np.tile(YEARS, 2), total, source, ["old", "new"])


class TestRegression:
    @settings(max_examples=40, deadline=None)
    @given(st.tuples(*[st.integers(0, 20)] * 2), st.tuples(*[st.integers(21, 60)] * 2))
    def test_two_periods_give_the_odds_ratio_with_half_a_paper_in_each_cell(
        self, n: tuple[int, int], total: tuple[int, int]
    ) -> None:
        """Firth's penalty on a 2 × 2 table is known in closed form: one half is added to each cell."""
        fit = fit_trends(np.array([n]), np.array(total), np.array([0.0, 1.0]))
        odds = [(n[t] + 0.5) / (total[t] - n[t] + 0.5) for t in (0, 1)]
        assert fit.slope[0] == pytest.approx(np.log(odds[1] / odds[0]), abs=1e-6)

    def test_sources_are_terms_of_the_ordinary_logistic_regression(self) -> None:
        """Many papers, shares exactly on a line: nothing is left for the penalty and for swings."""
        pile = mixed()
        linear = -2 + 0.1 * (pile.time - 2018) + 1.2 * pile.sources[:, 1]
        total = pile.total * 1000
        n = total / (1 + np.exp(-linear))
        fit = fit_trends(n[None, :], total, pile.time, pile.sources[:, 1:])
        design = sm.add_constant(np.column_stack([pile.time - 2018, pile.sources[:, 1]]))
        model = sm.GLM(np.column_stack([n, total - n]), design, family=sm.families.Binomial()).fit()
        assert fit.slope[0] == pytest.approx(model.params[1], abs=1e-4)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 12), min_size=6, max_size=6).filter(lambda n: sum(n) >= 5))
    def test_interval_and_p_value_tell_the_same(self, n: list[int]) -> None:
        fit = fit_trends(
            np.array([n]), np.array([20, 25, 30, 30, 40, 50]), np.arange(6.0), levels=[0.95, 0.9]
        )
        (low,), (high,) = fit.bounds[0.95]
        (low90,), (high90,) = fit.bounds[0.9]
        assert low <= low90 <= fit.slope[0] <= high90 <= high
        if abs(fit.p[0] - 0.05) > 1e-4:
            assert (low > 0 or high < 0) == (fit.p[0] < 0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_correction_is_that_of_statsmodels_and_leaves_out_what_is_missing(p: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    adjusted = adjusted_p(np.array([np.nan, *p]))
    assert np.isnan(adjusted[0])
    assert np.allclose(adjusted[1:], multipletests(p, method="fdr_bh")[1])


class TestVerdicts:
    COUNTS: ClassVar = {
        "grows": [1, 1, 2, 2, 4, 5, 8, 12, 17, 25],
        "shrinks": [20, 18, 17, 12, 9, 7, 5, 3, 2, 1],
        "stays": [180, 180, 210, 210, 240, 240, 270, 270, 300, 300],
        "rare": [0, 1, 0, 0, 1, 0, 0, 1, 0, 0],
        "unclear": [0, 1, 0, 1, 1, 0, 1, 1, 2, 1],
    }

    def test_each_of_the_four_verdicts(self) -> None:
        table = judge_cells(cells(self.COUNTS, [10 * n for n in TOTALS])).set_index("topic")
        assert table["verdict"].to_dict() == {
            "grows": "rising",
            "shrinks": "fading",
            "stays": "steady",
            "rare": "cannot tell",
            "unclear": "cannot tell",
        }
        assert table.attrs["tested"] == 4
        assert np.isnan(table.loc["rare", "p"])
        assert table.loc["grows", "odds_low"] > 1 > table.loc["shrinks", "odds_high"]

    def test_a_change_of_sources_is_no_trend(self) -> None:
        table = judge_cells(mixed()).set_index("topic")
        assert (table.loc[["a", "b"], "plain_p_adjusted"] < 0.05).all()
        assert not table["verdict"].isin(["rising", "fading"]).any()
        assert table["odds_ratio"].tolist() == pytest.approx([1] * 4, abs=0.03)

    def test_a_trend_that_hangs_on_one_period_or_one_source_says_so(self) -> None:
        one_year = cells({"late": [4, 4, 4, 4, 4, 4, 4, 5, 5, 60], "other": [30] * 10}, [400] * 10)
        row = judge_cells(one_year, alpha=0.5).iloc[0]
        assert row["verdict"] == "rising"
        assert "2023" in row["depends_on"]
        pile = mixed()
        moving = pile.n.copy()
        moving[3] = np.concatenate([[0, 1, 1, 2, 3, 5, 8, 9, 10, 9], np.round(0.1 * pile.total[10:])])
        row = judge_cells(pile._replace(n=moving)).iloc[3]
        assert row["verdict"] == "rising"
        assert "old" in row["depends_on"].split("; ")

    def test_no_periods_at_all(self) -> None:
        papers = pd.DataFrame({"paper_id": ["a"], "published": ["2020"], "topic": [1]})
        assert trend_tests(papers)["verdict"].tolist() == ["cannot tell"]

    def test_order_of_topics_and_of_papers_is_of_no_account(self) -> None:
        rows = [
            (f"{2015 + year}-06", topic, source)
            for year in range(8)
            for topic, n in (("x", 4 + year), ("y", 9), ("z", 12 - year))
            for source in [("s",), ("t",), ("s", "t")]
            for _ in range(n)
        ]
        papers = pd.DataFrame(rows, columns=["published", "topic", "dumps"])
        papers["paper_id"] = [f"p{i:04d}" for i in range(len(papers))]
        shuffled = papers.sample(frac=1, random_state=1)
        pd.testing.assert_frame_equal(trend_tests(papers), trend_tests(shuffled))


class TestContrasts:
    def papers(self, published: list[str]) -> pd.DataFrame:
        papers = pd.DataFrame({"published": published})
        return papers.assign(
            paper_id=[f"p{i:03d}" for i in range(len(papers))],
            abstract="Kites fly.",
            dumps=[("s",)] * len(papers),
        )

    @pytest.mark.parametrize(
        ("years", "spans"),
        [
            ({2019: 50, 2020: 50, 2021: 5, 2022: 8, 2023: 12}, ("2019–20", "2021–23")),
            ({2021: 700, 2022: 1000}, ("2021", "2022")),
            ({1998: 40, 2001: 20}, ("1998", "2001")),
            ({1998: 40, 1999: 40, 2001: 20}, ("1998–99", "2001")),
            ({2022: 1000}, None),
            ({2021: 9, 2022: 1000}, None),
            ({2020: 3, 2021: 4, 2022: 5}, None),
            ({}, None),
        ],
    )
    def test_the_two_spans(self, years: dict[int, int], spans: tuple[str, str] | None) -> None:
        papers = self.papers([str(year) for year, n in years.items() for _ in range(n)])
        found = then_and_now(papers)
        assert (found and tuple(map(str, found))) == spans

    def test_two_years_give_the_odds_ratio_with_half_a_paper_in_each_cell(self) -> None:
        papers = self.papers(["2021"] * 200 + ["2022"] * 100)
        members = pd.DataFrame(
            {"paper_id": [f"p{i:03d}" for i in [*range(10), *range(200, 230)]], "group": "kites"}
        )
        row = contrasts(papers, members).iloc[0]
        assert row[["n_then", "total_then", "n_now", "total_now"]].tolist() == [10, 200, 30, 100]
        assert row["odds_ratio"] == pytest.approx((30.5 / 70.5) / (10.5 / 190.5), rel=1e-3)
        assert row["grade"] == "sure"
        assert row["odds_low"] < row["odds_ratio"] < row["odds_high"]


class TestPromises:
    """On simulated piles; seeds are fixed, so the figures are the same on every run."""

    DESIGN = mixed()._replace(total=mixed().total * 2, n=mixed().n * 2)

    @pytest.mark.parametrize(("swing", "persistence"), [(0.0, 0.0), (0.4, 0.5), (0.4, 0.8)])
    @pytest.mark.parametrize("with_terms", [False, True])
    def test_false_discoveries_keep_to_five_per_cent(
        self, swing: float, persistence: float, with_terms: bool
    ) -> None:
        """No trend, sources that trade places, and shares that swing for years."""
        random = np.random.default_rng(9)
        shares = np.exp(random.normal(-3, 0.6, (60, 2)))
        terms = self.DESIGN._replace(
            groups=list(range(60)), n=np.repeat(shares, 10, axis=1) * self.DESIGN.total
        )
        options = {"runs": 400, "swing": swing, "persistence": persistence, "seed": 1}
        runs = simulate_null(self.DESIGN, terms if with_terms else None, **options)
        assert (runs["discoveries"] > 0).mean() <= 0.05

    def test_without_the_sources_the_promise_would_break(self) -> None:
        """The test above bites: the plain model finds the mix of sources in most of the same piles."""
        one = self.DESIGN._replace(sources=np.zeros((20, 0), dtype=bool), names=[])
        random = np.random.default_rng(1)
        found = [
            judge_cells(one._replace(n=draw_null(self.DESIGN, 0.0, 0.0, random)))["verdict"]
            .isin(["rising", "fading"])
            .any()
            for _ in range(10)
        ]
        assert sum(found) >= 8

    def test_planted_trends_are_found_both_ways_the_more_the_stronger(self) -> None:
        curve = power_curve(self.DESIGN, changes=(1.01, 1.3, 3.0), sizes=(120,), runs=60, seed=1)
        for direction in ("rising", "fading"):
            power = curve.loc[curve["direction"] == direction, "power"].tolist()
            assert power[0] <= 0.1
            assert power[1] > power[0] + 0.3
            assert power[2] >= 0.9
        assert smallest_found(curve)[["rising", "fading"]].to_numpy().max() <= 3
