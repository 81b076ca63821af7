"""What is new: groups whose first paper comes later than chance would have it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p
from paperatlas.trends.periods import period_numbers
from paperatlas.trends.rounding import significant
from paperatlas.trends.shares import Assignments, memberships


def newcomers(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    min_papers: int = 3,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """When each group first appears, and whether it was really absent before.

    Null: the group's n papers are a random draw from all N dated papers. If T papers are older than the
    group's first, the probability that none of the n is among them is C(N − T, n) / C(N, n)
    (hypergeometric). Papers dated to the year only can stand anywhere in their year: they never count as
    older within that year.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``published``.
    topics, level
        As for `topic_trends`.
    min_papers : int
        Groups with fewer dated papers are left out.
    alpha : float
        Level of the false discovery rate (Benjamini and Hochberg 1995, over all groups kept).

    Returns
    -------
    DataFrame, latest newcomer first
        The group, ``first`` ("YYYY-MM" or "YYYY"), ``n``, ``older`` (papers of the pile before the first),
        ``expected`` (papers of the group that chance would have put among them), ``p``, ``p_adjusted``,
        ``new`` (bool), ``first_id``, ``first_title`` (its first paper; of several in one month the one with
        the smallest id).

    Notes
    -----
    Only the pile is searched: that a term is new here does not mean that it is new.
    """
    dated = papers[papers["published"].notna() & papers["published"].ne("")]
    years = period_numbers(dated["published"], "year").astype("Int64")
    months = period_numbers(dated["published"], "month").astype("Int64")
    # First and last month a paper may have appeared in, counted in months.
    early = np.where(months.notna(), months.fillna(0), years * 12).astype(np.int64)
    late = np.where(months.notna(), months.fillna(0), years * 12 + 11).astype(np.int64)
    published = dated["published"].tolist()
    ids, titles = dated["paper_id"].astype("str").tolist(), dated["title"].tolist()
    order = sorted(range(len(dated)), key=lambda row: (early[row], late[row], ids[row]))
    place = {ids[row]: position for position, row in enumerate(order)}
    members = memberships(dated, topics, level=level)
    members["place"] = members["paper_id"].astype("str").map(place)
    latest = np.sort(late)
    rows: list[dict[str, object]] = []
    for group, own in members.groupby(level, sort=True):
        if len(own) < min_papers:
            continue
        first = order[int(own["place"].min())]
        older = int(np.searchsorted(latest, early[first], side="left"))
        rows.append(
            {
                level: group,
                "first": published[first],
                "n": len(own),
                "older": older,
                "expected": significant(len(own) * older / len(dated)),
                "p": _none_among(older, len(own), len(dated)),
                "first_id": ids[first],
                "first_title": titles[first],
            }
        )
    columns = [level, "first", "n", "older", "expected", "p", "p_adjusted", "new", "first_id", "first_title"]
    if not rows:
        return pd.DataFrame(columns=columns).astype({"new": bool})
    table = pd.DataFrame(rows)
    adjusted = adjusted_p(table["p"].to_numpy())
    table["new"] = adjusted <= alpha
    table["p_adjusted"] = [significant(float(value)) for value in adjusted]
    table["p"] = table["p"].map(significant)
    table[level] = table[level].astype(members[level].dtype)
    return table.sort_values(
        ["new", "first", "p", level], ascending=[False, False, True, True], ignore_index=True
    )[columns]


def _none_among(older: int, n: int, papers: int) -> float:
    """Probability that none of n papers drawn from all is among the older ones."""
    if n > papers - older:
        return 0.0
    log = (
        math.lgamma(papers - older + 1)
        - math.lgamma(papers - older - n + 1)
        - math.lgamma(papers + 1)
        + math.lgamma(papers - n + 1)
    )
    return min(math.exp(log), 1.0)
