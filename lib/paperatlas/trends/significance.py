"""Which groups rise, which fade, which differ between then and now, and of which nobody can tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p, significant
from paperatlas.threads import single_threaded
from paperatlas.trends.regression import LENDING, Array, TrendFit, fit_trends, separable
from paperatlas.trends.shares import FEW, Assignments, Cells, count_cells, period_numbers

RISING, FADING, STEADY, OPEN = "rising", "fading", "steady", "cannot tell"
SURE, LEAD = "sure", "a lead"
ALPHA = 0.05  # level of the false-discovery rate
# Fewer papers cannot show a trend at all; fewer periods have no scatter to judge it by.
MIN_PAPERS = 5
MIN_PERIODS = 4
# From the first tested period to the last, odds that neither double nor halve are steady.
STEADY_OVERALL = 2.0
# The latest years that hold this share of the dated papers are "now".
NOW = 0.2

_TESTED = [
    "odds_ratio", "odds_low", "odds_high", "p", "p_adjusted", "verdict", "agreement", "depends_on", "change_low",
    "change_high", "plain_odds_ratio", "plain_p_adjusted",
]  # fmt: skip
_UNTESTED = {"verdict": OPEN, "agreement": "", "depends_on": ""}
_CONTRAST = [
    "group", "then", "now", "n_then", "total_then", "share_then", "n_now", "total_now", "share_now", "odds_ratio",
    "odds_low", "odds_high", "p", "p_adjusted", "grade",
]  # fmt: skip


@single_threaded
def trend_tests(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
    within: pd.Series | None = None,
    terms: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Test each group's share for a trend, and say in a word what came out.

    Null: within a source, the odds that a paper belongs to the group do not depend on time. Test: logistic regression on
    time with a term for each large source, so that a change in what was searched is not taken for one in what was
    written; with Firth's penalty, and with room for shares that swing for years (`fit_trends`). It takes finished periods
    with at least 10 papers, and groups of at least 5 papers in them. Correction: Benjamini and Hochberg (1995) over these
    groups. Second test: Kendall's, on the ratio of the papers seen to those expected from the sources alone.

    Parameters
    ----------
    papers, topics, level, period
        As for `topic_trends`.
    within : Series of the length of `papers`, optional
        Further strata, such as the paper's topic: does an entry fade within its topics, or with them?
    terms : DataFrame with ``paper_id`` and ``term``, optional
        They tell how far the shares of this pile swing; without them swings may be as large as the topics leave room for.

    Returns
    -------
    DataFrame, one row per group
        The group, ``n`` (papers in the tested periods), ``periods``, ``first``, ``last`` (tested periods), ``odds_ratio``
        per year, ``odds_low``, ``odds_high`` (95 %), ``p``, ``p_adjusted``; ``verdict``: "rising", "fading", "steady" if
        the 90 % interval of the change of the odds over all tested periods, ``change_low`` to ``change_high``, lies within
        a factor of two (two one-sided tests, Schuirmann 1987), or "cannot tell"; ``plain_odds_ratio``,
        ``plain_p_adjusted`` (sources left out of account); of a trend found ``agreement`` ("yes"; "direction only" if the
        second test is not significant; "no") and ``depends_on`` (periods and sources without any one of which it would
        not be found, divided by "; "). Numbers are missing where there is no test, and ``attrs["tested"]``
        counts the tests.
    """
    cells = count_cells(papers, topics, level=level, period=period, within=within)
    lent = None
    if terms is not None and testable(cells).any():
        lent = lent_swing(count_cells(papers, terms, level="term", period=period, within=within))
    return judge_cells(cells, level=level, swing=lent)


def judge_cells(
    cells: Cells, *, level: str = "topic", alpha: float = ALPHA, swing: float | None = None
) -> pd.DataFrame:
    """`trend_tests` of counted papers; `swing` is the variance of the swings, `alpha` the false-discovery rate."""
    periods = sorted(set(cells.period))
    tested = testable(cells)
    table = pd.DataFrame({level: cells.groups, "n": cells.n.sum(axis=1).astype(int), "periods": len(periods)})
    table["first"], table["last"] = (periods[0], periods[-1]) if periods else ("", "")
    found = pd.DataFrame(_test(cells.rows(tested), alpha, swing) if tested.any() else {}, columns=_TESTED)
    table = table.join(found.set_axis(np.flatnonzero(tested), axis=0)).fillna(_UNTESTED)
    numbers = [name for name in _TESTED if name not in _UNTESTED]
    table = table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(_UNTESTED, "str"))
    table = significant(table, *numbers)
    table.attrs = {"tested": int(tested.sum())}
    return table


def testable(cells: Cells) -> Array:
    """Which groups have papers enough, in and out, over enough periods; (m,) booleans."""
    enough = len(set(cells.period)) >= MIN_PERIODS and separable(cells.sources, cells.time) is not None
    return _many(cells) & enough


def lent_swing(cells: Cells, covariate: Array | None = None) -> float | None:
    """Variance of the swings that groups of at least 20 papers show together; None without such groups."""
    lending = _many(cells) & (cells.n.sum(axis=1) >= LENDING)
    return fit_cells(cells.rows(lending), covariate=covariate).common if lending.any() else None


def fit_cells(cells: Cells, covariate: Array | None = None, **options: Any) -> TrendFit:
    """`fit_trends` with the sources of the cells."""
    columns = separable(cells.sources, cells.time if covariate is None else covariate)
    sources = cells.sources[:, columns]
    return fit_trends(cells.n, cells.total, cells.time, sources, covariate=covariate, **options)


def _many(cells: Cells) -> Array:
    papers = cells.n.sum(axis=1)
    return np.asarray(np.minimum(papers, cells.total.sum() - papers) >= MIN_PAPERS)


def _test(cells: Cells, alpha: float, swing: float | None) -> dict[str, Array]:
    fit = fit_cells(cells, levels=(0.95, 0.9), swing=swing)
    adjusted = adjusted_p(fit.p)
    found = adjusted <= alpha
    span = float(np.ptp(cells.time))
    low, high = fit.bounds[0.9]
    steady = np.maximum(-low, high) * span < np.log(STEADY_OVERALL)
    plain = fit_trends(cells.n, cells.total, cells.time, swing=swing)
    tau, p_second = _kendall(cells)
    same_way = np.sign(tau) == np.sign(fit.slope)
    agreement = np.where(same_way & (p_second <= alpha), "yes", np.where(same_way, "direction only", "no"))
    return {
        "odds_ratio": np.exp(fit.slope),
        "odds_low": np.exp(fit.bounds[0.95][0]),
        "odds_high": np.exp(fit.bounds[0.95][1]),
        "p": fit.p,
        "p_adjusted": adjusted,
        "verdict": np.where(found, np.where(fit.slope > 0, RISING, FADING), np.where(steady, STEADY, OPEN)),
        "agreement": np.where(found, agreement, ""),
        "depends_on": _depends_on(cells, fit.slope, found, alpha, swing),
        "change_low": np.exp(low * span),
        "change_high": np.exp(high * span),
        "plain_odds_ratio": np.exp(plain.slope),
        "plain_p_adjusted": adjusted_p(plain.p),
    }


def _kendall(cells: Cells) -> tuple[Array, Array]:
    """Kendall's tau with time, and adjusted p, of the papers of each period over those the sources alone explain."""
    from scipy.stats import kendalltau

    member = (cells.period[:, None] == np.unique(cells.period.astype(str))).astype(float)
    seen, expected = cells.n @ member, (cells.steady() * cells.total) @ member
    ratios = np.round(np.divide(seen, expected, out=np.ones_like(seen), where=expected > 0), 9)
    found = kendalltau(np.broadcast_to(np.arange(ratios.shape[1]), ratios.shape), ratios, axis=1)
    # Both are missing where nothing varies.
    return np.nan_to_num(found.statistic), adjusted_p(np.nan_to_num(found.pvalue, nan=1.0))


def _depends_on(cells: Cells, slope: Array, found: Array, alpha: float, swing: float | None) -> list[str]:
    """Periods and sources of which a trend found needs every one."""
    left_out = {str(period): cells.period == period for period in sorted(set(cells.period))}
    alone = cells.sources.sum(axis=1) == 1  # the papers that one source alone brought
    left_out |= {name: own & alone for name, own in zip(cells.names, cells.sources.T, strict=True)}
    needed: list[list[str]] = [[] for _ in slope]
    for name, gone in left_out.items() if found.any() else ():
        if gone.all() or not gone.any():
            continue
        rest = cells.columns(~gone)
        tested = testable(rest)
        adjusted, again = np.ones(len(slope)), np.zeros(len(slope))
        if tested.any():
            fit = fit_cells(rest.rows(tested), swing=swing)
            adjusted[tested], again[tested] = adjusted_p(fit.p), fit.slope
        for row in np.flatnonzero(found & ((adjusted > alpha) | (again * slope <= 0))):
            needed[row].append(name)
    return ["; ".join(names) for names in needed]


def then_and_now(papers: pd.DataFrame) -> tuple[str, str] | None:
    """The two spans of years that are compared, such as "1999–2024" and "2025"; None where the papers do not fill two.

    Now is the fewest of the latest years that hold a fifth of the dated papers, and at least 10; then is every year
    before. The rule looks at how many papers there are and not at what they are about.
    """
    years = period_numbers(papers["published"], "year").dropna().astype(int)
    if len(years) < 2 * FEW:
        return None
    newest = np.sort(years.to_numpy())[::-1]
    start = int(newest[max(int(np.ceil(NOW * len(years))), FEW) - 1])
    before = newest[newest < start]
    if len(before) < FEW:
        return None
    return _span(before.min(), before.max()), _span(start, newest[0])


def _span(first: int, last: int) -> str:
    """Years as people write them: 2025, 2024–25, 1999–2001."""
    same = first // 100 == last // 100
    return f"{first}" if first == last else f"{first}–{last % 100:02d}" if same else f"{first}–{last}"


@single_threaded
def contrasts(papers: pd.DataFrame, groups: pd.DataFrame, terms: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare each group's share of the latest papers with its share of those before.

    Null: within a source, and among abstracts of one length, the odds that a paper belongs to the group are the same then
    and now, but for swings that last for years. Test: logistic regression on "now", with a term for each large source and
    for missing and long abstracts (a longer abstract speaks of more things), Firth's penalty, and the allowance for swings
    of `fit_trends`. Two years tell nothing of swings: they are compared as these years' papers. An unfinished year counts.
    Correction: Benjamini and Hochberg (1995) over all groups given. What is chosen out of them has intervals that hold for
    chosen ones (Benjamini and Yekutieli 2005): each at 1 - alpha · sure / groups.

    Groups are memberships ``paper_id``, ``group``; terms are as for `trend_tests`. One row per group of at least 5
    papers, none where there are not two spans to compare: ``group``, ``then``, ``now`` (years), ``n_then``,
    ``total_then``, ``share_then``, the same for now, ``odds_ratio``, ``odds_low``, ``odds_high`` (missing unless sure),
    ``p``, ``p_adjusted``, ``grade``: "sure" if the adjusted p is at most .05; "a lead" if only the p is, or if the shares
    point the other way than the odds within sources; else "cannot tell".
    """
    spans = then_and_now(papers)
    if spans is None:
        return pd.DataFrame(columns=_CONTRAST)
    counted: dict[str, Any] = {"within": _lengths(papers), "finished": False}
    cells = count_cells(papers, groups, level="group", **counted)
    cells = cells.rows(_many(cells))
    now = (cells.time >= int(spans[1][:4])).astype(float)
    table = pd.DataFrame({"group": cells.groups, "then": spans[0], "now": spans[1]})
    for name, inside in (("then", 1 - now), ("now", now)):
        own, every = (cells.n @ inside).astype(int), int(cells.total @ inside)
        table[f"n_{name}"], table[f"total_{name}"], table[f"share_{name}"] = own, every, own / every
    if table.empty or separable(cells.sources, now) is None:
        return table.assign(grade=OPEN).reindex(columns=_CONTRAST)
    swing = None if terms is None else lent_swing(count_cells(papers, terms, level="term", **counted), now)
    fit = fit_cells(cells, covariate=now, swing=swing)
    table["odds_ratio"], table["p"], table["p_adjusted"] = np.exp(fit.slope), fit.p, adjusted_p(fit.p)
    agrees = np.sign(table["share_now"] - table["share_then"]) == np.sign(fit.slope)
    sure = ((table["p_adjusted"] <= ALPHA) & agrees).to_numpy()
    table["grade"] = np.where(sure, SURE, np.where(fit.p <= ALPHA, LEAD, OPEN))
    if sure.any():
        level = 1 - ALPHA * sure.sum() / len(sure)
        chosen = fit_cells(cells.rows(sure), covariate=now, levels=[level], swing=fit.common)
        table.loc[sure, ["odds_low", "odds_high"]] = np.exp(chosen.bounds[level]).T
    table = table.reindex(columns=_CONTRAST)
    return significant(table, "odds_ratio", "odds_low", "odds_high", "p", "p_adjusted")


def _lengths(papers: pd.DataFrame) -> pd.Series:
    """Which papers have no abstract, and which one longer than the median."""
    words = np.array([len(str(text).split()) for text in papers["abstract"].fillna("")])
    kind = np.where(words == 0, "missing", np.where(words > np.median(words[words > 0]), "long", "short"))
    return pd.Series(kind, index=papers.index, name="abstract")
