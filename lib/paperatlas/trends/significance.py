"""Which topics rise, which fade, and for which there are not enough papers to tell."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.trends.kendall import mann_kendall
from paperatlas.trends.regression import Array, TrendFit, fit_trends
from paperatlas.trends.rounding import significant
from paperatlas.trends.shares import Assignments, topic_trends

RISING, FADING, STEADY, TOO_FEW = "rising", "fading", "steady", "not enough papers"
# Fewer papers cannot show a trend at all; fewer periods have no scatter to judge it by.
MIN_PAPERS = 5
MIN_PERIODS = 4
# Odds that double or halve within three years are a change worth the name.
STEADY_WITHIN = 2 ** (1 / 3)
# In a long series a small yearly factor adds up: what doubles or halves from end to end is not steady.
_STEADY_OVERALL = 2.0
_POWER = 0.80


def trend_tests(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    period: str = "year",
    by: str = "topic",
    weight: str | None = None,
    as_of: str | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """One trend test per topic; `trend_verdicts` of `topic_trends`, see both for parameters and results."""
    trends = topic_trends(papers, topics, period=period, by=by, weight=weight, as_of=as_of)
    return trend_verdicts(trends, alpha=alpha)


def trend_verdicts(
    trends: pd.DataFrame, *, alpha: float = 0.05, steady_within: float = STEADY_WITHIN
) -> pd.DataFrame:
    """Test each group's share for a trend, and say in words what came out.

    Null: the odds that a paper belongs to the group do not depend on time. Test: logistic regression on
    time with Firth's penalty and a quasi-likelihood dispersion (`fit_trends`), over the periods with at
    least 10 papers that are finished. Correction: Benjamini and Hochberg (1995) over all groups with at
    least 5 papers in those periods; the others are not tested. Second test: Mann-Kendall on the shares,
    which assumes no shape and no binomial scatter, and has less power.

    Parameters
    ----------
    trends : DataFrame
        As from `topic_trends`; the first column names the group.
    alpha : float
        Level of the false discovery rate.
    steady_within : float
        A group is steady if the 90 % interval of its odds ratio lies within this factor per year (two
        one-sided tests, Schuirmann 1987) and the fitted odds neither double nor halve from the first
        tested period to the last.

    Returns
    -------
    DataFrame, one row per group
        The group, ``n`` (papers in the tested periods), ``periods``, ``first``, ``last`` (tested periods),
        ``odds_ratio`` per year, ``odds_low``, ``odds_high`` (95 %), ``p``, ``p_adjusted``, ``verdict``,
        ``detectable`` (smallest odds ratio per year that would have been found with 80 % power),
        ``dispersion``, ``weighted_odds_ratio`` (papers counted with their confidence), ``tau`` and
        ``p_second`` (Mann-Kendall), ``agreement`` (of a trend found: "yes"; "direction only", if the second
        test points the same way without being significant; "no". Of none found: "no" if the second test,
        corrected in the same way, finds one), ``sentence``. Numbers are missing where there is no
        test. ``attrs["tested"]`` is the number of groups corrected for.
    """
    by = str(trends.columns[0])
    usable = trends[~trends["few"] & ~trends["unfinished"]]
    groups = trends[by].drop_duplicates().tolist()
    design = usable.drop_duplicates("period").sort_values("time")
    periods, time = design["period"].tolist(), design["time"].to_numpy(dtype=float)
    total = design["total"].to_numpy(dtype=float)
    n, weighted = (_grid(usable, by, column, groups, periods) for column in ("n", "weighted_n"))
    papers = n.sum(axis=1).astype(int)
    tested = testable(papers, total)

    table = pd.DataFrame({by: pd.Series(groups, dtype=trends[by].dtype), "n": papers})
    table["periods"] = len(periods)
    table["first"], table["last"] = (periods[0], periods[-1]) if periods else ("", "")
    numbers = [
        "odds_ratio",
        "odds_low",
        "odds_high",
        "p",
        "p_adjusted",
        "detectable",
        "dispersion",
        "weighted_odds_ratio",
        "tau",
        "p_second",
    ]
    for column in numbers:
        table[column] = np.nan
    table["verdict"], table["agreement"] = TOO_FEW, ""
    if tested.any():
        values = _test(n[tested], weighted[tested], total, time, alpha, steady_within)
        for column, value in values.items():
            table.loc[tested, column] = value
    table["sentence"] = [_sentence(row, int(tested.sum()), steady_within) for row in table.to_dict("records")]
    for column in numbers:
        table[column] = [significant(value) for value in table[column]]
    table.attrs = {**trends.attrs, "tested": int(tested.sum()), "alpha": alpha}
    order = [by, "n", "periods", "first", "last", "odds_ratio", "odds_low", "odds_high", "p", "p_adjusted"]
    rest = ["verdict", "detectable", "dispersion", "weighted_odds_ratio", "tau", "p_second", "agreement"]
    return table[[*order, *rest, "sentence"]]


def testable(papers: Array, total: Array) -> Array:
    """Which groups have papers enough, in and out, over enough periods; `papers` (m,), `total` (k,)."""
    few = np.minimum(papers, total.sum() - papers) < MIN_PAPERS
    return np.asarray(~few & (len(total) >= MIN_PERIODS))


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p-values that control the false discovery rate (Benjamini and Hochberg 1995); (m,) array."""
    m = len(p)
    order = np.argsort(p, kind="stable")
    stepped = p[order] * m / np.arange(1, m + 1)
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted


def _test(
    n: Array, weighted: Array, total: Array, time: Array, alpha: float, steady_within: float
) -> dict[str, Array]:
    fit = fit_trends(n, total, time)
    adjusted = benjamini_hochberg(fit.p)
    found = adjusted <= alpha
    steady = (fit.low90 > -np.log(steady_within)) & (fit.high90 < np.log(steady_within))
    steady &= np.abs(fit.slope) * (time[-1] - time[0]) < np.log(_STEADY_OVERALL)
    verdict = np.where(found, np.where(fit.slope > 0, RISING, FADING), np.where(steady, STEADY, TOO_FEW))
    by_weight = fit if np.array_equal(weighted, n) else fit_trends(weighted, total, time)
    tau, p_second = mann_kendall(n / total)
    same_way = np.sign(tau) == np.sign(fit.slope)
    agreement = np.where(
        found,
        np.where(same_way & (p_second <= alpha), "yes", np.where(same_way, "direction only", "no")),
        np.where(benjamini_hochberg(p_second) > alpha, "yes", "no"),
    )
    return {
        "odds_ratio": np.exp(fit.slope),
        "odds_low": np.exp(fit.low),
        "odds_high": np.exp(fit.high),
        "p": fit.p,
        "p_adjusted": adjusted,
        "verdict": verdict,
        "detectable": _detectable(n, total, time, fit, alpha * (found.sum() + 1) / len(n)),
        "dispersion": fit.dispersion,
        "weighted_odds_ratio": np.exp(by_weight.slope),
        "tau": tau,
        "p_second": p_second,
        "agreement": agreement,
    }


def _detectable(n: Array, total: Array, time: Array, fit: TrendFit, level: float) -> Array:
    """Smallest odds ratio per year that would be found with 80 % power.

    From the standard error under the null and the level that the next discovery after those made has to
    reach, alpha (R + 1) / m; an approximation (Wald) that is rough below ten papers.
    """
    from scipy import special

    share = n.sum(axis=1) / total.sum()
    centre = np.sum(total * time) / np.sum(total)
    spread = np.sum(total * (time - centre) ** 2)
    error = np.sqrt(fit.dispersion / (share * (1 - share) * spread))
    level = min(level, 1.0)
    finite = np.where(np.isfinite(fit.freedom), fit.freedom, 1.0)
    needed = np.where(
        np.isfinite(fit.freedom), special.stdtrit(finite, 1 - level / 2), special.ndtri(1 - level / 2)
    )
    return np.asarray(np.exp((needed + special.ndtri(_POWER)) * error))


def _grid(usable: pd.DataFrame, by: str, column: str, groups: list[object], periods: list[str]) -> Array:
    wide = usable.pivot_table(index=by, columns="period", values=column, aggfunc="sum")
    return wide.reindex(index=groups, columns=periods).to_numpy(dtype=float)


def _sentence(row: dict[Hashable, Any], tested: int, steady_within: float) -> str:
    n, verdict = row["n"], row["verdict"]
    papers = f"{n} paper{'' if n == 1 else 's'}"
    if np.isnan(row["odds_ratio"]):
        where = f"in {row['periods']} periods with enough papers"
        return f"not enough papers: {papers} {where} cannot show a trend"
    ratio = f"a factor of {row['odds_ratio']:.2f} a year ({row['odds_low']:.2f} to {row['odds_high']:.2f})"
    span = f"{papers}, {row['first']} to {row['last']}"
    if verdict in (RISING, FADING):
        second = {
            "yes": "a second test agrees",
            "direction only": "a second, weaker test points the same way",
            "no": "a second test does not agree",
        }[str(row["agreement"])]
        return (
            f"{verdict}: its odds change by {ratio}; {_p(row['p_adjusted'])} after correction for {tested} "
            f"tests; {span}; {second}"
        )
    if verdict == STEADY:
        return f"steady: {ratio} rules out that its odds change by {steady_within:.2f} or more; {span}"
    unseen = f"a change by less than a factor of {row['detectable']:.2f} a year could have gone unseen"
    return f"not enough papers: {ratio} leaves open where it goes; {span}; {unseen}"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
