"""How many papers of each topic appeared in each period, and what share of the period they are."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.trends.periods import check_period, label, last_finished, middle, period_numbers

# A share of fewer papers says next to nothing: with 10, one paper more or less moves it by 10 points.
FEW = 10
# Standard normal quantile of a two-sided 95 % interval.


class HasPapers(Protocol):
    """A topic model's result: one row per paper in ``papers``."""

    papers: pd.DataFrame


Assignments = HasPapers | pd.DataFrame | None


def topic_trends(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    period: str = "year",
    by: str = "topic",
    weight: str | None = None,
    as_of: str | None = None,
) -> pd.DataFrame:
    """Papers of each topic per period, as counts and as shares of all dated papers of the period.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``published`` ("YYYY-MM", "YYYY" or missing), and column `by` if `topics` has none.
    topics : object with a DataFrame ``papers``, or DataFrame, optional
        ``paper_id`` and column `by`, one row per membership: a paper may belong to several groups (terms,
        ledger entries) or to none.
    period : {"year", "quarter", "month"}
        Papers dated to the year only count in years; in quarters and months they are left out.
    by : str
        Column that names the groups: ``"topic"``, ``"theme"``, ``"term"``, ``"dumps"``, … Lists and tuples
        in it stand for several groups.
    weight : str, optional
        Column with the weight of a membership in [0, 1]; ``"confidence"`` where there is one.
    as_of : str, optional
        Last month ("YYYY-MM") the papers cover completely; by default judged by the newest date.

    Returns
    -------
    DataFrame, one row per group and period, sorted
        Named by `by`, ``period`` ("2023", "2023-Q2", "2023-05"), ``n`` (papers of the group), ``total``
        (all dated papers of the period), ``share`` (n / total, missing if total is 0), ``low``, ``high``
        (95 % Wilson interval), ``weighted_n``, ``weighted_share`` (each paper counted with its
        confidence), ``time`` (middle of the period in years), ``few`` (total below 10), ``unfinished``
        (the papers do not reach the end of the period). Periods between the first and the last are
        complete, with zeros.

        ``attrs``: ``by``, ``period``, ``papers``, ``undated`` and ``year_only`` (papers left out).

    Raises
    ------
    AtlasError
        If a column is missing, a weight lies outside [0, 1], or a date is malformed.

    Notes
    -----
    Wilson's interval (Wilson 1927) is used and not Jeffreys': both keep their level at few papers (Brown,
    Cai, DasGupta 2001), and Wilson's is a closed form, the same on every machine. The share is one of this
    pile, which is the answer to a search; one topic's boom lowers the share of all others.
    """
    check_period(period)
    if missing := {"paper_id", "published"} - set(papers.columns):
        raise AtlasError(
            f"papers lack the columns {sorted(missing)}; found {list(papers.columns)}; use add_dates"
        )
    numbers = period_numbers(papers["published"], period)
    dated = numbers.notna()
    members = memberships(papers, topics, by=by, weight=weight)
    members["number"] = members["paper_id"].map(dict(zip(papers["paper_id"], numbers, strict=True)))
    groups = sorted(members[by].unique().tolist(), key=_group_order)
    if not dated.any():
        table = pd.DataFrame({by: pd.Series(dtype=members[by].dtype)})
        span: list[int] = []
    else:
        span = list(range(int(numbers.min()), int(numbers.max()) + 1))
        table = pd.DataFrame({by: [group for group in groups for _ in span]}).astype({by: members[by].dtype})
    totals = numbers[dated].astype(int).value_counts()
    members = members[members["number"].notna()]
    cells = members.groupby([by, members["number"].astype(int)])["weight"]
    counts = cells.size().to_dict()
    # fsum: the same sum for every order of the rows.
    weights = cells.agg(math.fsum).to_dict() if len(members) else {}
    keys = [(group, number) for group in groups for number in span]
    total = np.array([int(totals.get(number, 0)) for _, number in keys], dtype=np.int64)
    n = np.array([int(counts.get(key, 0)) for key in keys], dtype=np.int64)
    weighted = np.array([weights.get(key, 0.0) for key in keys], dtype=np.float64)
    low, high = wilson(n, total)
    finished = last_finished(papers["published"], period, as_of) if span else -1
    table["period"] = [label(number, period) for _, number in keys]
    table["n"], table["total"] = n, total
    with np.errstate(invalid="ignore"):
        table["share"] = np.round(n / np.where(total, total, np.nan), 6)
        table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
        table["weighted_n"] = np.round(weighted, 4)
        table["weighted_share"] = np.round(weighted / np.where(total, total, np.nan), 6)
    table["time"] = [middle(number, period) for _, number in keys]
    table["few"] = total < FEW
    table["unfinished"] = [number > finished for _, number in keys]
    missing_date = papers["published"].isna() | papers["published"].eq("")
    table.attrs = {
        "by": by,
        "period": period,
        "papers": len(papers),
        "undated": int(missing_date.sum()),
        "year_only": int((~dated & ~missing_date).sum()),
    }
    return table


def memberships(
    papers: pd.DataFrame, topics: Assignments = None, *, by: str = "topic", weight: str | None = None
) -> pd.DataFrame:
    """Which paper belongs to which group: ``paper_id``, column `by`, ``weight``; each pair once.

    Only papers of `papers` are kept. A pair that is given several times has the greatest of its weights.

    Raises
    ------
    AtlasError
        If neither table has the column, or a weight lies outside [0, 1].
    """
    assigned = topics if isinstance(topics, pd.DataFrame) or topics is None else topics.papers
    table = next((t for t in (assigned, papers) if t is not None and by in t.columns), None)
    if table is None:
        found = list(papers.columns) + ([] if assigned is None else list(assigned.columns))
        raise AtlasError(f"no column {by!r} to group papers by; found {', '.join(map(str, found))}")
    if "paper_id" not in table.columns:
        raise AtlasError(f"expected a column 'paper_id' beside {by!r}; found {list(table.columns)}")
    weight_column = weight or ("confidence" if "confidence" in table.columns else None)
    if weight_column is not None and weight_column not in table.columns:
        raise AtlasError(f"no column {weight_column!r} for weights; found {list(table.columns)}")
    members = pd.DataFrame({"paper_id": table["paper_id"], by: table[by]})
    members["weight"] = 1.0 if weight_column is None else table[weight_column].astype(float)
    if members[by].map(lambda value: isinstance(value, list | tuple | np.ndarray)).any():
        members = members.explode(by)
    members = members.loc[members[by].notna() & members["paper_id"].isin(papers["paper_id"])]
    if not members["weight"].between(0, 1).all():
        wrong = members.loc[~members["weight"].between(0, 1)].iloc[0]
        raise AtlasError(
            f"weights lie in [0, 1]; found {wrong['weight']} for paper {wrong['paper_id']} "
            f"in column {weight_column!r}"
        )
    greatest = members.groupby([by, "paper_id"], sort=True)["weight"].max().reset_index()
    return greatest[["paper_id", by, "weight"]]


def _group_order(group: object) -> tuple[int, float, str]:
    """Numbers by value before texts by code point."""
    if isinstance(group, int | float | np.number):
        return (0, float(group), "")
    return (1, 0.0, str(group))
