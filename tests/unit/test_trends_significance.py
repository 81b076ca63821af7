"""Trend tests: right against known results, and right on corpora whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paperatlas.intervals import wilson
from paperatlas.trends import power_curve, simulate_null, trend_tests, trend_verdicts
from paperatlas.trends.kendall import mann_kendall
from paperatlas.trends.regression import fit_trends
from paperatlas.trends.significance import benjamini_hochberg

YEARS = np.arange(2014, 2024) + 0.5


def table(counts: dict[str, list[int]], totals: list[int], unfinished: int = 0) -> pd.DataFrame:
    """Trends as from `topic_trends`; the last `unfinished` periods are marked."""
    k = len(totals)
    rows = [
        {
            "topic": topic,
            "period": str(2014 + t),
            "n": n,
            "total": totals[t],
            "weighted_n": float(n),
            "time": 2014.5 + t,
            "few": totals[t] < 10,
            "unfinished": t >= k - unfinished,
        }
        for topic, series in counts.items()
        for t, n in enumerate(series)
    ]
    return pd.DataFrame(rows)


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

    def test_many_papers_give_the_ordinary_logistic_regression(self) -> None:
        total = np.full(10, 5000)
        n = stats.binom.ppf(0.5, total, 1 / (1 + np.exp(2 - 0.1 * (YEARS - 2018)))).astype(int)
        fit = fit_trends(n[None, :], total, YEARS)
        model = sm.GLM(
            np.column_stack([n, total - n]),
            sm.add_constant(YEARS - YEARS.mean()),
            family=sm.families.Binomial(),
        ).fit()
        assert fit.slope[0] == pytest.approx(model.params[1], abs=1e-4)
        assert [fit.low[0], fit.high[0]] == pytest.approx(model.conf_int()[1].tolist(), abs=2e-3)

    def test_dispersion_and_test_are_those_of_a_quasi_binomial_regression(self) -> None:
        """One topic alone, so that nothing is lent; many papers, so that Firth's penalty hardly counts."""
        total = np.full(10, 4000)
        n = np.array([400, 520, 430, 560, 500, 640, 520, 700, 600, 690])
        fit = fit_trends(n[None, :], total, YEARS)
        family = sm.families.Binomial()
        design = sm.add_constant(YEARS - YEARS.mean())
        quasi = sm.GLM(n / total, design, family=family, var_weights=total).fit(scale="X2", use_t=True)
        assert fit.dispersion[0] == pytest.approx(quasi.scale, rel=1e-3)
        assert fit.p[0] == pytest.approx(quasi.pvalues[1], rel=0.05), (
            "F of the likelihood ratio beside Wald's t"
        )
        assert [fit.low[0], fit.high[0]] == pytest.approx(quasi.conf_int()[1].tolist(), abs=2e-3)

    def test_a_topic_in_one_period_only_has_a_finite_trend(self) -> None:
        fit = fit_trends(np.array([[0] * 9 + [6]]), np.full(10, 50), YEARS)
        assert np.isfinite([fit.slope[0], fit.low[0], fit.high[0]]).all()
        assert fit.low[0] > 0

    def test_turning_time_round_turns_the_trend_round(self) -> None:
        n = np.array([[3, 5, 4, 8, 9, 7, 12, 11, 15, 14]])
        total = np.array([40, 50, 45, 60, 55, 70, 65, 60, 75, 70])
        there, back = fit_trends(n, total, YEARS), fit_trends(n[:, ::-1], total[::-1], YEARS)
        assert there.slope == pytest.approx(-back.slope, abs=1e-9)
        assert [there.low[0], there.high[0]] == pytest.approx([-back.high[0], -back.low[0]], abs=1e-6)
        assert there.p == pytest.approx(back.p, abs=1e-9)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 12), min_size=6, max_size=6).filter(lambda n: sum(n) >= 5))
    def test_interval_and_p_value_tell_the_same(self, n: list[int]) -> None:
        fit = fit_trends(np.array([n]), np.array([20, 25, 30, 30, 40, 50]), np.arange(6.0))
        assert fit.low90[0] <= fit.slope[0] <= fit.high90[0]
        assert fit.low[0] <= fit.low90[0]
        assert fit.high90[0] <= fit.high[0]
        if abs(fit.p[0] - 0.05) > 1e-4:
            assert (fit.low[0] > 0 or fit.high[0] < 0) == (fit.p[0] < 0.05)

    def test_quarters_of_one_year_are_not_four_witnesses(self) -> None:
        """A topic in fashion in whole years, or as often in single quarters, has the same slope to speak of."""
        quarters = 2014 + np.arange(40) / 4 + 0.125
        total = np.full(40, 50)
        by_year = np.repeat([2, 10, 2, 10, 2, 10, 2, 10, 2, 10], 4)
        by_quarter = np.tile([2, 10], 20)
        fashion = fit_trends(by_year[None, :], total, quarters)
        flicker = fit_trends(by_quarter[None, :], total, quarters)
        assert fashion.dispersion[0] > 4 * flicker.dispersion[0]
        assert fashion.high[0] - fashion.low[0] > flicker.high[0] - flicker.low[0]

    def test_wobble_makes_a_trend_less_sure(self) -> None:
        total = np.full(10, 100)
        smooth = np.array([[5, 6, 7, 8, 9, 10, 11, 12, 13, 14]])
        uneven = np.array([[2, 12, 1, 15, 3, 16, 4, 20, 2, 20]])
        assert smooth.sum() == uneven.sum()
        assert fit_trends(uneven, total, YEARS).dispersion[0] > 2
        assert fit_trends(smooth, total, YEARS).dispersion[0] == 1


class TestMannKendall:
    def test_a_series_that_only_rises(self) -> None:
        """S = 45, variance 10 · 9 · 25 / 18 = 125, z = 44 / √125 (Kendall 1975)."""
        tau, p = mann_kendall(np.arange(10.0)[None, :])
        assert tau[0] == 1
        assert p[0] == pytest.approx(2 * stats.norm.sf(44 / np.sqrt(125)))

    def test_nothing_moves(self) -> None:
        tau, p = mann_kendall(np.ones((1, 8)))
        assert (tau[0], p[0]) == (0, 1)

    @given(st.lists(st.integers(0, 5), min_size=5, max_size=20).filter(lambda v: len(set(v)) > 1))
    def test_direction_is_that_of_kendalls_tau(self, values: list[int]) -> None:
        tau, _ = mann_kendall(np.array([values], dtype=float))
        assert np.sign(tau[0]) == np.sign(
            np.round(stats.kendalltau(range(len(values)), values).statistic, 12)
        )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_correction_is_that_of_benjamini_and_hochberg(p: list[float]) -> None:
    assert np.allclose(benjamini_hochberg(np.array(p)), stats.false_discovery_control(p, method="bh"))


TOTALS = [60, 60, 70, 70, 80, 80, 90, 90, 100, 100]


class TestVerdicts:
    def test_each_of_the_four_verdicts(self) -> None:
        counts = {
            "grows": [1, 1, 2, 2, 4, 5, 8, 12, 17, 25],
            "shrinks": [20, 18, 17, 12, 9, 7, 5, 3, 2, 1],
            "stays": [18, 17, 22, 20, 25, 23, 28, 26, 31, 29],
            "rare": [0, 1, 0, 0, 1, 0, 0, 1, 0, 0],
            "unclear": [0, 1, 0, 1, 1, 0, 1, 1, 2, 1],
        }
        verdicts = trend_verdicts(table(counts, TOTALS)).set_index("topic")
        assert verdicts["verdict"].to_dict() == {
            "grows": "rising",
            "shrinks": "fading",
            "stays": "steady",
            "rare": "not enough papers",
            "unclear": "not enough papers",
        }
        assert verdicts.attrs["tested"] == 4
        assert np.isnan(verdicts.loc["rare", "p"])
        assert verdicts.loc["grows", "odds_low"] > 1 > verdicts.loc["shrinks", "odds_high"]
        assert verdicts.loc[["grows", "shrinks", "stays"], "agreement"].eq("yes").all()
        assert verdicts.loc["grows", "sentence"].startswith("rising: its odds change by a factor of 1.")
        assert "3 papers" in verdicts.loc["rare", "sentence"]
        assert verdicts.loc["unclear", "detectable"] > verdicts.loc["stays", "detectable"] > 1

    def test_a_small_change_that_adds_up_over_many_years_is_not_steady(self) -> None:
        odds = 0.2 * 0.93 ** np.arange(20)
        counts = {"slow": np.round(60 * odds / (1 + odds)).astype(int).tolist()}
        short = trend_verdicts(table({"slow": counts["slow"][:8]}, [60] * 8)).loc[0]
        long = trend_verdicts(table(counts, [60] * 20), alpha=1e-9).loc[0]
        assert short["verdict"] == "steady"
        assert long["verdict"] == "not enough papers"

    def test_a_half_finished_year_is_no_collapse(self) -> None:
        counts = {"stays": [20] * 9 + [0]}
        totals = [100] * 9 + [12]
        assert trend_verdicts(table(counts, totals)).loc[0, "n"] == 180
        marked = trend_verdicts(table(counts, totals, unfinished=1))
        assert marked.loc[0, ["verdict", "last", "periods"]].tolist() == ["steady", "2022", 9]

    def test_periods_with_few_papers_are_left_out(self) -> None:
        verdicts = trend_verdicts(table({"a": [5, 5, 5, 5, 5, 5]}, [9, 50, 50, 50, 50, 9]))
        assert verdicts.loc[0, ["first", "last", "periods", "n"]].tolist() == ["2015", "2018", 4, 20]

    def test_three_periods_are_not_enough(self) -> None:
        verdicts = trend_verdicts(table({"a": [5, 15, 30]}, [50, 50, 50]))
        assert verdicts.loc[0, "verdict"] == "not enough papers"
        assert "3 periods" in verdicts.loc[0, "sentence"]

    def test_a_topic_of_every_paper_is_not_tested(self) -> None:
        assert trend_verdicts(table({"all": TOTALS}, TOTALS)).loc[0, "verdict"] == "not enough papers"

    def test_no_periods_at_all(self) -> None:
        papers = pd.DataFrame({"paper_id": ["a"], "published": ["2020"], "topic": [1]})
        tests = trend_tests(papers)
        assert tests["verdict"].tolist() == ["not enough papers"]

    def test_order_of_topics_and_of_rows_is_of_no_account(self) -> None:
        counts = {"a": [1, 1, 2, 2, 4, 5, 8, 12, 17, 25], "b": [9, 8, 7, 9, 8, 9, 9, 8, 7, 9]}
        one = trend_verdicts(table(counts, TOTALS)).set_index("topic")
        other = trend_verdicts(table(dict(reversed(counts.items())), TOTALS).iloc[::-1]).set_index("topic")
        pd.testing.assert_frame_equal(one.loc[["a", "b"]], other.loc[["a", "b"]])

    def test_borderline_papers_show_in_the_weighted_odds_ratio(self) -> None:
        trends = table({"a": [2, 2, 4, 4, 6, 8, 10, 12, 16, 20]}, TOTALS)
        # Late papers hardly belong to the topic.
        trends["weighted_n"] = trends["n"] * np.linspace(0.9, 0.2, 10)
        verdict = trend_verdicts(trends).loc[0]
        assert verdict["weighted_odds_ratio"] < verdict["odds_ratio"]


class TestPromises:
    """On simulated corpora; seeds are fixed, so the figures are the same on every run."""

    DESIGN = table(
        {f"t{i}": [size] * 10 for i, size in enumerate([1, 1, 2, 2, 3, 3, 4, 5, 6, 8])},
        [20, 30, 40, 40, 50, 60, 80, 120, 150, 150],
    )

    @pytest.mark.parametrize("wobble", [0.0, 0.4])
    def test_false_discoveries_keep_to_the_nominal_rate_without_any_trend(self, wobble: float) -> None:
        runs = simulate_null(self.DESIGN, runs=60, wobble=wobble, seed=1)
        false = int((runs["discoveries"] > 0).sum())
        low, _ = wilson(np.array([false]), np.array([len(runs)]))
        assert low[0] <= 0.05, f"{false} of {len(runs)} corpora without trends show one"
        assert runs["uncorrected"].sum() / runs["tested"].sum() <= 0.06

    def test_planted_trends_are_found_the_more_the_stronger(self) -> None:
        curve = power_curve(self.DESIGN, odds_ratios=(1.0, 1.2, 1.8), sizes=(60,), runs=15, seed=1)
        power = curve["power"].tolist()
        assert power[0] <= 0.1
        assert power[0] < power[1] < power[2]
        assert power[2] >= 0.9

    def test_a_simulated_corpus_is_judged_as_a_real_one(self) -> None:
        from paperatlas.trends.simulate import _test

        counts = np.array(
            [[1, 1, 2, 2, 4, 5, 8, 12, 17, 25], [18, 17, 22, 20, 25, 23, 28, 26, 31, 29], [1, *[0] * 9]]
        )
        verdicts = trend_verdicts(table(dict(zip("abc", counts.tolist(), strict=True)), TOTALS))
        slope, p, adjusted = _test(counts, np.array(TOTALS), YEARS)
        for ours, theirs in ((np.exp(slope), "odds_ratio"), (p, "p"), (adjusted, "p_adjusted")):
            np.testing.assert_allclose(ours, verdicts[theirs], rtol=1e-3)
