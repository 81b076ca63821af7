"""What is new, and what is suddenly common.

Bursts are Kleinberg's: Kleinberg (2003), "Bursty and hierarchical structure in streams", section 4: a stream that
comes in batches, with the batch's size as the reference, and two states.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p, significant
from paperatlas.trends.shares import Assignments, memberships

Array = np.ndarray
_SCALING = 2.0  # Kleinberg's s; his γ is 1
_SPREADS = 19_999
_FEW = 100  # papers that are drawn one by one, which is quicker than period by period


def newcomers(papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic") -> pd.DataFrame:
    """When each group first appears, and whether it was really absent before.

    Null: the group's n papers are a random draw from all N dated papers. If T papers are older than the group's first,
    none of the n is among them with probability C(N - T, n) / C(N, n) (hypergeometric). A paper dated to the year only
    is not older within that year. That a term is new in the pile does not mean that it is new. Groups of at least three
    dated papers are tested and corrected for (Benjamini and Hochberg 1995).

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``published``.
    topics, level
        As for `topic_trends`.

    Returns
    -------
    DataFrame, latest newcomer first
        The group, ``first`` ("YYYY-MM" or "YYYY"), ``n``, ``older`` (papers of the pile before the first), ``p``,
        ``p_adjusted``, ``new`` (bool), ``first_id``, ``first_title`` (its first paper, by date and id).
    """
    from scipy.stats import hypergeom

    dated = papers[papers["published"].notna() & papers["published"].ne("")]
    # The first and the last month that a paper may have appeared in.
    early, late = ((dated["published"] + month).str[:7] for month in ("-01", "-12"))
    order = dated[["paper_id", "title", "published"]].assign(early=early)
    order = order.sort_values(["early", "paper_id"], kind="stable")
    found = order.merge(memberships(dated, topics, level=level), on="paper_id").groupby(level, sort=True)
    names = {"published": "first", "paper_id": "first_id", "title": "first_title"}
    table = found.first().rename(columns=names).assign(n=found.size())
    table = table[table["n"] >= 3].reset_index()
    table["older"] = np.searchsorted(np.sort(late.to_numpy(str)), table["early"].to_numpy(str))
    table["p"] = hypergeom.sf(table["n"] - 1, len(dated), len(dated) - table["older"], table["n"])
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    table["new"] = table["p_adjusted"] <= 0.05
    table = significant(table, "p", "p_adjusted")
    table = table.sort_values(["new", "first", "p", level], ascending=[False, False, True, True])
    columns = [level, "first", "n", "older", "p", "p_adjusted", "new", "first_id", "first_title"]
    return table[columns].reset_index(drop=True)


def find_bursts(trends: pd.DataFrame) -> pd.DataFrame:
    """The run of periods in which each group is far more common than in all periods together, if there is one.

    The base state has the group's overall share, the burst state twice that (at most half-way to 1); the states of the
    periods are those of least binomial cost plus the cost of rising, log(number of periods). The reference is all papers
    of a period, so that a year with many papers is no burst. Of several bursts the strongest is told.

    Null: the group's papers are spread over the periods as all papers are. The weight of the burst is compared with those
    of 19,999 such spreads, the same for all groups of a size; p-values are corrected over all groups with at least five
    papers, and not all (Benjamini and Hochberg 1995).

    Parameters
    ----------
    trends : DataFrame
        As from `topic_trends`; periods with few papers and unfinished ones count.

    Returns
    -------
    DataFrame, one row per group that bursts, strongest first
        The group, ``start``, ``end`` (periods), ``n``, ``total`` (papers in the burst), ``share``, ``share_outside``,
        ``weight`` (cost saved by the burst, in nats), ``p``, ``p_adjusted``.
    """
    by = str(trends.columns[0])
    periods = trends.drop_duplicates("time").sort_values("time")
    names, total = periods["period"].to_numpy(), periods["total"].to_numpy(dtype=float)
    counts = trends.pivot_table("n", by, "time", aggfunc="sum")
    counts = counts[counts.sum(axis=1).between(5, total.sum(), inclusive="left")]
    n = counts.to_numpy(dtype=float)
    saved, _ = two_states(n, total)
    weight, size, p = saved.max(axis=1), n.sum(axis=1), np.ones(len(n))
    found = weight > 0
    for papers in np.unique(size[found]):
        alike = found & (size == papers)
        p[alike] = _burst_p(int(papers), total, weight[alike])
    after = saved[found].argmax(axis=1)
    first = [np.flatnonzero(row[:end] == 0)[-1] for row, end in zip(saved[found], after, strict=True)]
    start, place = np.array(first, dtype=np.int64), np.arange(len(total))
    inside = (start[:, None] <= place) & (place < after[:, None])
    own, every = (n[found] * inside).sum(axis=1), inside @ total
    table = pd.DataFrame({
        by: counts.index[found], "start": names[start], "end": names[after - 1],
        "n": own.astype(np.int64), "total": every.astype(np.int64),
        "share": own / every, "share_outside": (size[found] - own) / (total.sum() - every),
        "weight": weight[found], "p": p[found], "p_adjusted": adjusted_p(p)[found],
    })  # fmt: skip
    table = significant(table, "share", "share_outside", "weight", "p", "p_adjusted")
    return table.sort_values(["weight", by, "start"], ascending=[False, True, True], ignore_index=True)


def two_states(n: Array, total: Array) -> tuple[Array, Array]:
    """What bursts of r series at once have saved before and after each period, (r, k + 1), and the cheapest states, (r, k).

    What is saved is 0 where there is no burst, and else the log likelihood of the burst state over the base.
    """
    base = n.sum(axis=1, keepdims=True) / total.sum()
    burst = np.minimum(base * _SCALING, (1 + base) / 2)
    gain = n * np.log(burst / base) + (total - n) * np.log((1 - burst) / (1 - base))
    rise = math.log(max(n.shape[1], 2))
    r, k = gain.shape
    low, high = np.zeros(r), np.full(r, -np.inf)
    came_up, came_down = np.zeros((r, k), dtype=bool), np.zeros((r, k), dtype=bool)
    for t in range(k):
        came_up[:, t] = low - rise >= high
        came_down[:, t] = high > low
        low, high = np.maximum(low, high), np.maximum(low - rise, high) + gain[:, t]
    state = high > low
    states, saved = np.zeros((r, k), dtype=bool), np.zeros((r, k + 1))
    for t in range(k - 1, -1, -1):
        states[:, t] = state
        state = np.where(state, ~came_up[:, t], came_down[:, t])
    for t in range(k):
        saved[:, t + 1] = np.where(states[:, t], saved[:, t] + gain[:, t], 0.0)
    return saved, states


def _burst_p(papers: int, total: Array, weights: Array) -> Array:
    """P-value of bursts of these weights in groups of so many papers."""
    random = np.random.default_rng([0, papers])
    spreads = random.multivariate_hypergeometric(
        total.astype(np.int64), papers, size=_SPREADS, method="count" if papers < _FEW else "marginals"
    )
    drawn = np.sort(two_states(spreads.astype(float), total)[0].max(axis=1))
    reached = len(drawn) - np.searchsorted(drawn, weights - 1e-9)
    # The observed spread is one of those possible (Phipson and Smyth 2010).
    return np.asarray((1 + reached) / (1 + _SPREADS))
