"""Which groups rise, which fade, and of which nobody can tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p
from paperatlas.trends.kendall import mann_kendall
from paperatlas.trends.regression import Array, TrendFit, fit_trends, source_columns
from paperatlas.trends.rounding import significant
from paperatlas.trends.shares import Assignments, Cells, count_cells

RISING, FADING, STEADY, OPEN = "rising", "fading", "steady", "cannot tell"
# Fewer papers cannot show a trend at all; fewer periods have no scatter to judge it by.
MIN_PAPERS = 5
MIN_PERIODS = 4
# From the first tested period to the last, odds that neither double nor halve are steady.
STEADY_OVERALL = 2.0

_NUMBERS = [
    "odds_ratio", "odds_low", "odds_high", "p", "p_adjusted", "change_low", "change_high", "plain_odds_ratio",
    "plain_p_adjusted", "dispersion", "weighted_odds_ratio", "tau", "p_second",
]  # fmt: skip
_TEXTS = ["verdict", "agreement", "depends_on"]


def trend_tests(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
    weight: str | None = None,
    as_of: str | None = None,
    within: Assignments = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Test each group's share for a trend, and say in words what came out.

    Null: within a source, the odds that a paper belongs to the group do not depend on time. Test: logistic
    regression on time with a term for each large source, so that a change in what was searched is not taken
    for a change in what was written; with Firth's penalty, and with room for shares that swing for years
    (`fit_trends`). It takes the periods that are finished and have at least 10 papers. Correction:
    Benjamini and Hochberg (1995) over all groups of the level with at least 5 papers in those periods; the
    others are not tested. Second test: Mann-Kendall on the ratio of the papers seen to those expected from
    the sources alone, corrected in the same way.

    Parameters
    ----------
    papers, topics, level, period, weight, as_of
        As for `topic_trends`.
    within : as `topics`, optional
        Topics as further strata: does an entry fade within its topics, or with them?
    alpha : float
        Level of the false-discovery rate.

    Returns
    -------
    DataFrame, one row per group
        The group, ``n`` (papers in the tested periods), ``periods``, ``first``, ``last`` (tested periods),
        ``odds_ratio`` per year, ``odds_low``, ``odds_high`` (95 %), ``p``, ``p_adjusted``; ``verdict``:
        "rising", "fading", "steady" if the 90 % interval of the change of the odds from the first tested
        period to the last, ``change_low`` to ``change_high``, lies within a factor of two (two one-sided
        tests, Schuirmann 1987), or "cannot tell"; ``plain_odds_ratio``, ``plain_p_adjusted`` (sources left out
        of account), ``dispersion``, ``weighted_odds_ratio`` (papers counted with their confidence), ``tau``
        and ``p_second`` (Mann-Kendall, adjusted), ``agreement`` (of a trend found: "yes"; "direction only" if
        the second test points the same way without being significant; "no"), ``depends_on`` (of a trend
        found: the periods and sources without any one of which it would not be, divided by "; "),
        ``sentence``. Numbers are missing where there is no test. ``attrs["tested"]`` is the number of
        groups corrected for.
    """
    cells = count_cells(papers, topics, level=level, period=period, weight=weight, as_of=as_of, within=within)
    return judge_cells(cells, level=level, alpha=alpha)


def judge_cells(cells: Cells, *, level: str = "topic", alpha: float = 0.05) -> pd.DataFrame:
    """`trend_tests` of counted papers."""
    periods = sorted(set(cells.period))
    table = pd.DataFrame({level: cells.groups, "n": cells.n.sum(axis=1).astype(int)})
    table["periods"] = len(periods)
    table["first"], table["last"] = (periods[0], periods[-1]) if periods else ("", "")
    table[_NUMBERS], table["verdict"], table[["agreement", "depends_on"]] = np.nan, OPEN, ""
    tested = testable(cells)
    if tested.any():
        for column, value in _test(_rows(cells, tested), alpha).items():
            table.loc[tested, column] = value
    table["sentence"] = [_sentence(row, int(tested.sum())) for row in table.to_dict("records")]
    for column in _NUMBERS:
        table[column] = [significant(value) for value in table[column]]
    table.attrs = {"level": level, "tested": int(tested.sum()), "alpha": alpha}
    return table[[level, "n", "periods", "first", "last", *_NUMBERS[:5], *_TEXTS, *_NUMBERS[5:], "sentence"]]


def testable(cells: Cells) -> Array:
    """Which groups have papers enough, in and out, over enough periods; (m,) booleans."""
    papers = cells.n.sum(axis=1)
    few = np.minimum(papers, cells.total.sum() - papers) < MIN_PAPERS
    enough = len(set(cells.period)) >= MIN_PERIODS and separable(cells) is not None
    return np.asarray(~few & enough)


def fit_cells(cells: Cells, n: Array | None = None, **options: Any) -> TrendFit:
    """`fit_trends` with the sources of the cells; `n` (m, c) in place of their counts."""
    sources = cells.sources[:, separable(cells, options.get("covariate"))]
    return fit_trends(cells.n if n is None else n, cells.total, cells.time, sources, **options)


def separable(cells: Cells, covariate: Array | None = None) -> Array | None:
    """Columns of the sources that can be told apart from each other and from time, or none."""
    try:
        return source_columns(cells.sources, cells.time if covariate is None else covariate)
    except ValueError:
        return None


def _rows(cells: Cells, chosen: Array) -> Cells:
    groups = [group for group, wanted in zip(cells.groups, chosen, strict=True) if wanted]
    return cells._replace(groups=groups, n=cells.n[chosen], weighted=cells.weighted[chosen])


def _test(cells: Cells, alpha: float) -> dict[str, Array]:
    fit = fit_cells(cells)
    adjusted = adjusted_p(fit.p)
    found = adjusted <= alpha
    span = float(np.ptp(cells.time))
    steady = np.maximum(-fit.low90, fit.high90) * span < np.log(STEADY_OVERALL)
    plain = fit_trends(cells.n, cells.total, cells.time, bounds=False)
    weighted = cells.weighted
    by_weight = fit if np.array_equal(weighted, cells.n) else fit_cells(cells, weighted, bounds=False)
    tau, p_second = mann_kendall(_seen_to_expected(cells))
    p_second = adjusted_p(p_second)
    same_way = np.sign(tau) == np.sign(fit.slope)
    agreement = np.where(same_way & (p_second <= alpha), "yes", np.where(same_way, "direction only", "no"))
    return {
        "odds_ratio": np.exp(fit.slope),
        "odds_low": np.exp(fit.low),
        "odds_high": np.exp(fit.high),
        "p": fit.p,
        "p_adjusted": adjusted,
        "verdict": np.where(found, np.where(fit.slope > 0, RISING, FADING), np.where(steady, STEADY, OPEN)),
        "agreement": np.where(found, agreement, ""),
        "depends_on": _depends_on(cells, fit.slope, found, alpha),
        "change_low": np.exp(fit.low90 * span),
        "change_high": np.exp(fit.high90 * span),
        "plain_odds_ratio": np.exp(plain.slope),
        "plain_p_adjusted": adjusted_p(plain.p),
        "dispersion": fit.dispersion,
        "weighted_odds_ratio": np.exp(by_weight.slope),
        "tau": tau,
        "p_second": p_second,
    }


def _seen_to_expected(cells: Cells) -> Array:
    """Papers of each period over those expected if shares hung on the sources alone; (m, periods)."""
    _, of_sources = np.unique(cells.sources, axis=0, return_inverse=True)
    same = (of_sources.reshape(-1, 1) == np.unique(of_sources)).astype(float)
    expected = (cells.n @ same / (cells.total @ same)) @ same.T * cells.total
    member = (cells.period[:, None] == np.unique(cells.period.astype(str))).astype(float)
    seen, expected = cells.n @ member, expected @ member
    return np.asarray(np.round(np.divide(seen, expected, out=np.ones_like(seen), where=expected > 0), 9))


def _depends_on(cells: Cells, slope: Array, found: Array, alpha: float) -> Array:
    """Periods and sources of which a trend found needs every one."""
    needed: list[list[str]] = [[] for _ in slope]
    for name, rest in _without_each(cells) if found.any() else ():
        tested = testable(rest)
        adjusted, again = np.ones(len(slope)), np.zeros(len(slope))
        if tested.any():
            fit = fit_cells(_rows(rest, tested), bounds=False)
            adjusted[tested], again[tested] = adjusted_p(fit.p), fit.slope
        for row in np.flatnonzero(found & ((adjusted > alpha) | (again * slope <= 0))):
            needed[row].append(name)
    return np.array(["; ".join(names) for names in needed], dtype=object)


def _without_each(cells: Cells) -> Iterator[tuple[str, Cells]]:
    """Cells without each period in turn, and without the papers that each source alone brought."""
    for period in sorted(set(cells.period)):
        yield str(period), _columns(cells, cells.period != period)
    for place, name in enumerate(cells.names):
        only = cells.sources[:, place] & (cells.sources.sum(axis=1) == 1)
        if only.any() and not only.all():
            yield name, _columns(cells, ~only)


def _columns(cells: Cells, kept: Array) -> Cells:
    return cells._replace(
        n=cells.n[:, kept],
        weighted=cells.weighted[:, kept],
        period=cells.period[kept],
        time=cells.time[kept],
        total=cells.total[kept],
        sources=cells.sources[kept],
    )


def _sentence(row: dict[Hashable, Any], tested: int) -> str:
    papers = f"{row['n']} paper{'' if row['n'] == 1 else 's'}"
    if np.isnan(row["odds_ratio"]):
        return f"cannot tell: {papers} in {row['periods']} finished periods cannot show a trend"
    interval = f"{row['odds_low']:.2f} to {row['odds_high']:.2f}"
    ratio = f"its odds change by a factor of {row['odds_ratio']:.2f} a year ({interval})"
    span = f"{papers}, {row['first']} to {row['last']}"
    change = f"from the first year to the last by {row['change_low']:.2f} to {row['change_high']:.2f}"
    corrected = f"{_p(row['p_adjusted'])} after correction for {tested} tests"
    if row["verdict"] in (RISING, FADING):
        second = {
            "yes": "a second test agrees",
            "direction only": "a second, weaker test points the same way",
            "no": "a second test does not agree",
        }[str(row["agreement"])]
        hangs = f"; not found without any one of: {row['depends_on']}" if row["depends_on"] else ""
        return f"{row['verdict']}: {ratio}; {corrected}; {span}; {second}{hangs}"
    if row["verdict"] == STEADY:
        return f"steady: the odds neither double nor halve, {change} (90 % interval); {span}"
    if row["odds_low"] > 1 or row["odds_high"] < 1:
        way = "up" if row["odds_low"] > 1 else "down"
        return f"cannot tell: it points {way}, {ratio}, but one test in {tested} may by chance; {corrected}; {span}"
    return f"cannot tell: {ratio}, so that it may rise or fade; {span}"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
