"""The papers behind a trend, a burst or a first."""

from __future__ import annotations

import pandas as pd

from paperatlas.trends.periods import label, period_numbers
from paperatlas.trends.shares import Assignments, memberships


def papers_behind(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    group: object,
    level: str = "topic",
    period: str = "year",
    start: str | None = None,
    end: str | None = None,
) -> pd.DataFrame:
    """Papers of one group between two periods, both included, oldest first.

    Parameters
    ----------
    papers, topics, level, period
        As for `topic_trends`.
    group
        One value of the column `level`.
    start, end : str, optional
        Periods as in `topic_trends`; open where not given.

    Returns
    -------
    DataFrame
        The rows of `papers` with ``period`` and ``weight`` (confidence), sorted by date, greatest weight
        and id.
    """
    members = memberships(papers, topics, level=level)
    chosen = members.loc[members[level] == group]
    weights = dict(zip(chosen["paper_id"], chosen["weight"], strict=True))
    numbers = period_numbers(papers["published"], period)
    inside = papers["paper_id"].isin(list(weights)) & numbers.notna()
    found = papers[inside].copy()
    found["period"] = [label(int(number), period) for number in numbers[inside]]
    found["weight"] = [weights[paper_id] for paper_id in found["paper_id"]]
    if start is not None:
        found = found[found["period"] >= start]
    if end is not None:
        found = found[found["period"] <= end]
    return found.sort_values(
        ["published", "weight", "paper_id"], ascending=[True, False, True], ignore_index=True
    )
