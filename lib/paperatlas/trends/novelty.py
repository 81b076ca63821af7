"""What is new, and what is suddenly common.

Bursts are Kleinberg's: Kleinberg (2003), "Bursty and hierarchical structure in streams", section 4: a stream that
comes in batches, with the batch's size as the reference, and two states.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p, significant
from paperatlas.trends.shares import Assignments, memberships, period_numbers

Array = np.ndarray
_SCALING = 2.0  # Kleinberg's s; his γ is 1

_BURST = ["start", "end", "n", "total", "share", "share_outside", "weight", "p"]
_FIRST = ["first", "n", "older", "expected", "p", "p_adjusted", "new", "first_id", "first_title"]


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
        The group, ``first`` ("YYYY-MM" or "YYYY"), ``n``, ``older`` (papers of the pile before the first), ``expected``
        (of the group among them, by chance), ``p``, ``p_adjusted``, ``new`` (bool), ``first_id``, ``first_title`` (its
        first paper, by date and id).
    """
    from scipy.stats import hypergeom

    dated = papers[papers["published"].notna() & papers["published"].ne("")]
    years = period_numbers(dated["published"], "year").astype("Int64")
    months = period_numbers(dated["published"], "month").astype("Int64")
    # First and last month a paper may have appeared in, counted in months.
    early = months.fillna(years * 12).astype(np.int64)
    late = np.sort(months.fillna(years * 12 + 11).astype(np.int64).to_numpy())
    order = dated[["paper_id", "title", "published"]].assign(early=early)
    order = order.sort_values(["early", "paper_id"], kind="stable")
    found = order.merge(memberships(dated, topics, level=level), on="paper_id").groupby(level, sort=True)
    names = {"published": "first", "paper_id": "first_id", "title": "first_title"}
    table = found.first().rename(columns=names).assign(n=found.size())
    table = table[table["n"] >= 3].reset_index()
    table["older"] = np.searchsorted(late, table["early"].to_numpy(dtype=np.int64), side="left")
    table["expected"] = table["n"] * table["older"] / len(dated)
    table["p"] = hypergeom.sf(table["n"] - 1, len(dated), len(dated) - table["older"], table["n"])
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    table["new"] = table["p_adjusted"] <= 0.05
    numbers = ["expected", "p", "p_adjusted"]
    table[numbers] = table[numbers].astype(float).map(significant)
    table = table.sort_values(["new", "first", "p", level], ascending=[False, False, True, True])
    return table[[level, *_FIRST]].reset_index(drop=True)


def find_bursts(trends: pd.DataFrame) -> pd.DataFrame:
    """The run of periods in which each group is far more common than in all periods together, if there is one.

    The base state has the group's overall share, the burst state twice that (at most half-way to 1); the states of the
    periods are those of least binomial cost plus the cost of rising, log(number of periods). The reference is all papers
    of a period, so that a year with many papers is no burst. Of several bursts the strongest is told.

    Null: the group's papers are spread over the periods as all papers are. The weight of the burst is compared with those
    of 999 such spreads, twenty times as many if fewer than ten reach it; p-values are corrected over all groups with at
    least five papers, and not all (Benjamini and Hochberg 1995).

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
    rows = []
    for group, series in trends.groupby(by, sort=False):
        series = series.sort_values("time")
        n, total = series["n"].to_numpy(dtype=float), series["total"].to_numpy(dtype=float)
        if n.sum() < 5 or n.sum() == total.sum():
            continue
        weights, states = two_states(n[None, :], total)
        weight, (first, last) = float(weights[0]), _strongest(states[0], _gain(n[None, :], total)[0])
        own, every = n[first:last].sum(), total[first:last].sum()
        outside = total.sum() - every
        share_outside = (n.sum() - own) / outside if outside else math.nan
        share, p = (own / every, _burst_p(group, n, total, weight)) if last > first else (math.nan, 1.0)
        ends = series["period"].iloc[[first, max(last - 1, 0)]]
        rows.append((group, *ends, int(own), int(every), share, share_outside, weight, p))
    table = pd.DataFrame(rows, columns=[by, *_BURST]).astype({by: trends[by].dtype})
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy(dtype=float))
    numbers = ["share", "share_outside", "weight", "p", "p_adjusted"]
    table[numbers] = table[numbers].astype(float).map(significant)
    table = table[table["weight"] > 0].sort_values(["weight", by, "start"], ascending=[False, True, True])
    return table.reset_index(drop=True)


def _gain(n: Array, total: Array) -> Array:
    """Log likelihood of the burst state over the base state, (r, k) for r series."""
    base = n.sum(axis=1, keepdims=True) / total.sum()
    high = np.minimum(base * _SCALING, (1 + base) / 2)
    return np.asarray(n * np.log(high / base) + (total - n) * np.log((1 - high) / (1 - base)))


def two_states(n: Array, total: Array) -> tuple[Array, Array]:
    """Cheapest states of r series at once: weight of the strongest burst (r,) and states (r, k)."""
    gain = _gain(n, total)
    rise = math.log(max(n.shape[1], 2))
    r, k = gain.shape
    low, high = np.zeros(r), np.full(r, -np.inf)
    came_up, came_down = np.zeros((r, k), dtype=bool), np.zeros((r, k), dtype=bool)
    for t in range(k):
        came_up[:, t] = low - rise >= high
        came_down[:, t] = high > low
        low, high = np.maximum(low, high), np.maximum(low - rise, high) + gain[:, t]
    state = high > low
    states = np.zeros((r, k), dtype=bool)
    for t in range(k - 1, -1, -1):
        states[:, t] = state
        state = np.where(state, ~came_up[:, t], came_down[:, t])
    weight, run = np.zeros(r), np.zeros(r)
    for t in range(k):
        run = np.where(states[:, t], run + gain[:, t], 0.0)
        weight = np.maximum(weight, run)
    return weight, states


def _strongest(states: Array, gain: Array) -> tuple[int, int]:
    """First period of the burst that saves most, and the one after its last; twice 0 without any."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], states.astype(int), [0]]))).reshape(-1, 2)
    runs = [(int(first), int(last)) for first, last in edges]
    return max(runs, key=lambda run: math.fsum(gain[run[0] : run[1]]), default=(0, 0))


def _burst_p(group: object, n: Array, total: Array, weight: float) -> float:
    random = np.random.default_rng([0, zlib.crc32(str(group).encode("utf-8", "surrogatepass"))])
    reached = drawn = 0
    for more in (999, 20 * 999):
        spread = random.multivariate_hypergeometric(
            total.astype(np.int64), int(n.sum()), size=more, method="marginals"
        )
        weights, _ = two_states(spread.astype(float), total)
        reached, drawn = reached + int(np.sum(weights >= weight - 1e-9)), drawn + more
        if reached >= 10:
            break
    # The observed spread is one of those possible (Phipson and Smyth 2010).
    return (1 + reached) / (1 + drawn)
