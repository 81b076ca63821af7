"""Which papers have no date, whether that hangs on what they are about, and what it could do to a share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p, wilson
from paperatlas.trends.periods import check_period, period_numbers
from paperatlas.trends.rounding import significant
from paperatlas.trends.shares import Assignments, memberships


def date_coverage(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "dumps", period: str = "year"
) -> pd.DataFrame:
    """Share of each group's papers that have a date fine enough for a period.

    Null: whether a paper has a date does not depend on its group. Test: Fisher's exact test, two-sided, of
    the group against all other papers. Correction: Benjamini and Hochberg (1995) over all groups.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``published`` ("YYYY-MM", "YYYY" or missing).
    topics, level
        As for `topic_trends`.
    period : {"year", "quarter", "month"}
        A paper dated to the year only counts as dated for years, not for quarters and months.

    Returns
    -------
    DataFrame, one row per group
        The group, ``papers``, ``dated``, ``share`` with its 95 % Wilson interval ``low`` to ``high``, ``p``,
        ``p_adjusted``. ``attrs`` holds ``papers`` and ``dated`` of the whole.
    """
    from scipy.stats import fisher_exact

    dated = period_numbers(papers["published"], period).notna()
    has_date = dict(zip(papers["paper_id"], dated, strict=True))
    members = memberships(papers, topics, level=level)
    members["dated"] = members["paper_id"].map(has_date)
    table = members.groupby(level)["dated"].agg(papers="size", dated="sum").reset_index()
    total, known = len(papers), int(dated.sum())
    low, high = wilson(table["dated"].to_numpy(), table["papers"].to_numpy())
    table["share"] = np.round(table["dated"] / table["papers"], 6)
    table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
    p = np.array(
        [
            float(fisher_exact([[own, size - own], [known - own, total - size - (known - own)]]).pvalue)
            for size, own in table[["papers", "dated"]].itertuples(index=False)
        ]
    )
    table["p"] = [significant(min(value, 1.0)) for value in p]
    table["p_adjusted"] = [significant(min(float(value), 1.0)) for value in adjusted_p(p)]
    table.attrs = {"level": level, "period": period, "papers": total, "dated": known}
    return table


def worst_case(trends: pd.DataFrame, papers: pd.DataFrame, topics: Assignments = None) -> pd.DataFrame:
    """How far the papers without a date could move each share, if all of them belonged to that one period.

    Parameters
    ----------
    trends : DataFrame
        As from `topic_trends` of the same papers and groups.

    Returns
    -------
    DataFrame
        `trends` with ``lowest`` and ``highest``: the share if the undated papers of all other groups, or
        those of the group, fell into the period.

    Raises
    ------
    AtlasError
        If `trends` does not say how it was made.
    """
    if not {"level", "period"} <= trends.attrs.keys():
        raise AtlasError("expected trends as from topic_trends, found a table without its attrs")
    level, period = str(trends.attrs["level"]), str(trends.attrs["period"])
    check_period(period)
    undated = papers.loc[period_numbers(papers["published"], period).isna(), "paper_id"]
    members = memberships(papers, topics, level=level)
    own = trends[level].map(members.loc[members["paper_id"].isin(undated), level].value_counts()).fillna(0)
    lowest = trends["n"] / (trends["total"] + len(undated) - own)
    highest = (trends["n"] + own) / (trends["total"] + own)
    return trends.assign(lowest=lowest.round(6), highest=highest.round(6))
