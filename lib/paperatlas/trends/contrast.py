"""What takes up more of the latest papers than of the older ones, and what less."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p, wilson
from paperatlas.trends.periods import period_numbers
from paperatlas.trends.regression import Array
from paperatlas.trends.rounding import significant
from paperatlas.trends.shares import FEW, Cells, count_cells
from paperatlas.trends.significance import MIN_PAPERS, MIN_PERIODS, fit_cells, separable

SURE, LEAD, OPEN = "sure", "a lead", "cannot tell"
# The latest years that hold this share of the dated papers are "now".
NOW = 0.2


class Span(NamedTuple):
    """First and last year, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        """Years as people write them: 2025, 2024–25, 1999–2001."""
        if self.first == self.last:
            return f"{self.first}"
        short = self.last % 100 if self.first // 100 == self.last // 100 else self.last
        return f"{self.first}–{short:02d}"


def then_and_now(papers: pd.DataFrame) -> tuple[Span, Span] | None:
    """The two spans of years that are compared; none where the papers do not fill two.

    Now is the fewest of the latest years that hold a fifth of the dated papers, and at least 10; then is every year
    before. The rule looks at how many papers there are and not at what they are about.
    """
    years = period_numbers(papers["published"], "year").dropna().astype(int)
    counts = years.value_counts().sort_index(ascending=False)
    reached = counts.cumsum() >= max(NOW * len(years), FEW)
    if not reached.any():
        return None
    start = int(reached.idxmax())
    before = years[years < start]
    if len(before) < FEW:
        return None
    return Span(int(before.min()), int(before.max())), Span(start, int(years.max()))


def contrasts(papers: pd.DataFrame, groups: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """Compare each group's share of the latest papers with its share of those before.

    Null: within a source, and among abstracts of one length, the odds that a paper belongs to the group are the same
    then and now, but for swings that last for years. Test: logistic regression on "now", with terms for the large
    sources and for missing and long abstracts (a longer abstract speaks of more things), Firth's penalty, and the
    allowance for swings of `fit_trends`, whose size all groups of at least 20 papers tell together. Fewer than four
    years tell nothing of swings: their groups are compared as these years' papers, and no more is claimed. An
    unfinished year counts, since its end lowers no share and its mix of sources is allowed for.

    Correction: Benjamini and Hochberg (1995) over all groups given, the family from which the reader's findings are
    chosen; the chosen are the extremes of the family, so their odds ratios have intervals that hold for chosen ones
    (false coverage-statement rate 5 %, Benjamini and Yekutieli 2005): each at a level of 1 − 0.05 · sure / groups.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``published``, ``abstract``, ``dumps``.
    groups : DataFrame
        ``paper_id``, ``group``: one row per membership.
    alpha : float
        Level of the false-discovery rate.

    Returns
    -------
    DataFrame, one row per group of at least 5 papers
        ``group``, ``then``, ``now`` (years), ``n_then``, ``total_then``, ``share_then``, ``low_then``, ``high_then``
        (95 % Wilson), the same for now, ``odds_ratio``, ``odds_low``, ``odds_high``, ``p``, ``p_adjusted``, ``grade``:
        "sure" if the adjusted p is at most `alpha`; "a lead" if only the p is, or if the shares point the other way
        than the odds within sources; else "cannot tell". Empty where there are not two spans to compare.
    """
    spans = then_and_now(papers)
    if spans is None or groups.empty:
        return pd.DataFrame({"group": pd.Series(dtype=object), "grade": pd.Series(dtype=object)})
    cells = count_cells(papers, groups, level="group", within=_lengths(papers), finished=False)
    n = cells.n.sum(axis=1)
    kept = np.minimum(n, cells.total.sum() - n) >= MIN_PAPERS
    cells = cells._replace(
        groups=[group for group, wanted in zip(cells.groups, kept, strict=True) if wanted],
        n=cells.n[kept],
        weighted=cells.weighted[kept],
    )
    now = cells.time >= spans[1].first
    table = pd.DataFrame({"group": cells.groups, "then": str(spans[0]), "now": str(spans[1])})
    for name, inside in (("then", ~now), ("now", now)):
        papers_in, all_in = cells.n[:, inside].sum(axis=1).astype(int), int(cells.total[inside].sum())
        low, high = wilson(papers_in, np.full(len(papers_in), all_in))
        table[f"n_{name}"], table[f"total_{name}"] = papers_in, all_in
        table[f"share_{name}"] = papers_in / all_in
        table[f"low_{name}"], table[f"high_{name}"] = low, high
    return _judge(table, cells, now.astype(float), alpha)


def _judge(table: pd.DataFrame, cells: Cells, now: Array, alpha: float) -> pd.DataFrame:
    numbers = ["odds_ratio", "odds_low", "odds_high", "p", "p_adjusted"]
    table[numbers], table["grade"] = np.nan, OPEN
    if table.empty or separable(cells, now) is None:
        return table
    swing = None if len(set(cells.period)) >= MIN_PERIODS else 0.0
    fit = fit_cells(cells, covariate=now, bounds=False, swing=swing)
    adjusted = adjusted_p(fit.p)
    agrees = np.sign(table["share_now"] - table["share_then"]) == np.sign(fit.slope)
    sure = (adjusted <= alpha) & agrees
    table["odds_ratio"], table["p"], table["p_adjusted"] = np.exp(fit.slope), fit.p, adjusted
    table["grade"] = np.where(sure, SURE, np.where(fit.p <= alpha, LEAD, OPEN))
    for column in numbers:
        table[column] = [significant(value) for value in table[column]]
    return table


def _lengths(papers: pd.DataFrame) -> pd.DataFrame:
    """Papers without an abstract, and those with one longer than the median."""
    words = papers["abstract"].fillna("").str.split().str.len()
    median = words[words > 0].median()
    kind = np.where(words == 0, 1, np.where(words > median, 2, 0))
    return pd.DataFrame({"paper_id": papers["paper_id"], "topic": kind})

