"""Periods in which a topic or a term is suddenly common, after Kleinberg.

Kleinberg (2003), "Bursty and hierarchical structure in streams", section 4: a stream that comes in batches,
with the batch's size as the reference, and two states.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p
from paperatlas.trends.rounding import significant

Array = np.ndarray


def find_bursts(
    trends: pd.DataFrame,
    *,
    scaling: float = 2.0,
    gamma: float = 1.0,
    min_papers: int = 5,
    draws: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Runs of periods in which a group is far more common than in all periods together.

    The base state has the group's overall share p0, the burst state `scaling` times that (at most half-way
    to 1); periods are assigned to the two states so that the binomial cost of the counts plus the cost of
    rising, gamma · log(number of periods), is least. The reference is all papers of each period, so that a
    year with many papers is no burst.

    Null of the test: the group's papers are spread over the periods as all papers are. The weight of the
    strongest burst is compared with those of `draws` spreads of the same number of papers, and with twenty
    times as many if fewer than ten of these reach it, so that small p-values can be told apart; they are
    corrected over all groups with at least `min_papers` papers (Benjamini and Hochberg 1995).

    Parameters
    ----------
    trends : DataFrame
        As from `topic_trends`. Periods with few papers count, since the binomial cost knows their size; an
        unfinished period counts too, since its share is not lowered by its end.
    scaling, gamma : float
        Kleinberg's s and γ.
    min_papers : int
        Groups with fewer papers, or with all papers, are left out.
    draws, seed : int
        Of the test; each group has its own random numbers, whatever the other groups are.

    Returns
    -------
    DataFrame, one row per burst, strongest first
        The group, ``start``, ``end`` (periods), ``n``, ``total`` (papers in the burst), ``share``,
        ``share_outside``, ``weight`` (cost saved by the burst, in nats), ``strongest`` (of its group),
        ``p``, ``p_adjusted`` (of the group's strongest burst).

    Raises
    ------
    AtlasError
        If `scaling` is not above 1 or `gamma` is negative.
    """
    if scaling <= 1 or gamma < 0:
        raise AtlasError(f"scaling is above 1 and gamma at least 0; found {scaling} and {gamma}")
    by = str(trends.columns[0])
    rows: list[dict[str, object]] = []
    strongest: list[tuple[int, float]] = []
    for group, series in trends.groupby(by, sort=False):
        series = series.sort_values("time")
        n, total = series["n"].to_numpy(dtype=float), series["total"].to_numpy(dtype=float)
        if n.sum() < min_papers or n.sum() == total.sum():
            continue
        weights, states = _two_states(n[None, :], total, scaling, gamma)
        runs = _runs(states[0], _gain(n[None, :], total, scaling)[0])
        p = _burst_p(group, n, total, scaling, gamma, float(weights[0]), draws, seed) if runs else 1.0
        best = max((weight for *_, weight in runs), default=0.0)
        strongest.append((len(rows), p))
        for start, end, weight in runs:
            inside = slice(start, end + 1)
            outside = total.sum() - total[inside].sum()
            rows.append(
                {
                    by: group,
                    "start": series["period"].iloc[start],
                    "end": series["period"].iloc[end],
                    "n": int(n[inside].sum()),
                    "total": int(total[inside].sum()),
                    "share": significant(n[inside].sum() / total[inside].sum()),
                    "share_outside": significant((n.sum() - n[inside].sum()) / outside)
                    if outside
                    else math.nan,
                    "weight": significant(weight),
                    "strongest": weight == best,
                    "p": p,
                    "group": len(strongest) - 1,
                }
            )
    columns = [
        by,
        "start",
        "end",
        "n",
        "total",
        "share",
        "share_outside",
        "weight",
        "strongest",
        "p",
        "p_adjusted",
    ]
    if not rows:
        return pd.DataFrame(columns=columns).astype({"strongest": bool})
    table = pd.DataFrame(rows)
    adjusted = adjusted_p(np.array([p for _, p in strongest]))
    table["p_adjusted"] = [significant(float(adjusted[group])) for group in table["group"]]
    table["p"] = table["p"].map(significant)
    table[by] = table[by].astype(trends[by].dtype)
    table = table.sort_values(["weight", by, "start"], ascending=[False, True, True], ignore_index=True)
    return table[columns]


def _gain(n: Array, total: Array, scaling: float) -> Array:
    """Log likelihood of the burst state over the base state, (r, k) for r series."""
    base = n.sum(axis=1, keepdims=True) / total.sum()
    high = np.minimum(base * scaling, (1 + base) / 2)
    return np.asarray(n * np.log(high / base) + (total - n) * np.log((1 - high) / (1 - base)))


def _two_states(n: Array, total: Array, scaling: float, gamma: float) -> tuple[Array, Array]:
    """Cheapest states of r series at once: weight of the strongest burst (r,) and states (r, k)."""
    gain = _gain(n, total, scaling)
    rise = gamma * math.log(max(n.shape[1], 2))
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


def _runs(states: Array, gain: Array) -> list[tuple[int, int, float]]:
    """First and last period of each burst, and its weight."""
    runs = []
    start = None
    for t, burst in enumerate([*states.tolist(), False]):
        if burst and start is None:
            start = t
        elif not burst and start is not None:
            runs.append((start, t - 1, math.fsum(gain[start:t])))
            start = None
    return runs


def _burst_p(
    group: object, n: Array, total: Array, scaling: float, gamma: float, weight: float, draws: int, seed: int
) -> float:
    random = np.random.default_rng([seed, zlib.crc32(str(group).encode("utf-8", "surrogatepass"))])
    sizes, papers = total.astype(np.int64), int(n.sum())
    reached = drawn = 0
    for more in (draws, 20 * draws):
        spread = random.multivariate_hypergeometric(sizes, papers, size=more, method="marginals")
        weights, _ = _two_states(spread.astype(float), total, scaling, gamma)
        reached, drawn = reached + int(np.sum(weights >= weight - 1e-9)), drawn + more
        if reached >= 10:
            break
    # The observed spread is one of those possible (Phipson and Smyth 2010).
    return (1 + reached) / (1 + drawn)
