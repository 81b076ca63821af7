"""Do the trend tests keep their promise? Corpora without trends, and with trends of known size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.trends.rounding import significant
from paperatlas.trends.significance import FADING, RISING, trend_verdicts

Array = np.ndarray


def simulate_null(
    trends: pd.DataFrame, *, runs: int = 200, alpha: float = 0.05, wobble: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    """Test corpora of the same periods and group sizes in which nothing moves.

    Every period draws its papers' groups from the same overall shares (multinomial; what belongs to no
    group is one more). With `wobble`, each group's log share also moves at random from period to period,
    without direction.

    Parameters
    ----------
    trends : DataFrame
        As from `topic_trends`, for groups that exclude one another.
    runs : int
        Corpora.
    wobble : float
        Standard deviation of the log shares' movement.

    Returns
    -------
    DataFrame of `runs` rows
        ``run``, ``tested`` (groups), ``discoveries``, ``uncorrected`` (groups with p ≤ alpha). Nothing is
        there to be found, so the false discovery rate is the share of runs with any discovery.
    """
    random = np.random.default_rng(seed)
    rows = []
    for run in range(runs):
        drawn = _draw(trends, {}, wobble, random)
        verdicts = trend_verdicts(drawn, alpha=alpha)
        rows.append(
            {
                "run": run,
                "tested": verdicts.attrs["tested"],
                "discoveries": int(verdicts["verdict"].isin([RISING, FADING]).sum()),
                "uncorrected": int((verdicts["p"] <= alpha).sum()),
            }
        )
    return pd.DataFrame(rows)


def power_curve(
    trends: pd.DataFrame,
    *,
    odds_ratios: Sequence[float] = (1.0, 1.1, 1.2, 1.3, 1.5, 2.0),
    sizes: Sequence[int] = (15, 30, 60),
    runs: int = 100,
    alpha: float = 0.05,
    wobble: float = 0.0,
    seed: int = 0,
) -> pd.DataFrame:
    """How often a planted trend is found, by its size and the number of papers.

    In each run one group of the given size is added to the corpus whose odds change by the given factor per
    year; the others stay as they are on average. Found means: the right verdict after correction over all
    groups.

    Returns
    -------
    DataFrame
        ``papers``, ``odds_ratio``, ``runs``, ``found``, ``power``, ``low``, ``high`` (95 % Wilson).
    """
    random = np.random.default_rng(seed)
    by = str(trends.columns[0])
    groups = trends[by].drop_duplicates().tolist()
    rows = []
    for size in sizes:
        for ratio in odds_ratios:
            found = 0
            for _ in range(runs):
                drawn = _draw(trends, {len(groups): (size, float(np.log(ratio)))}, wobble, random)
                planted = trend_verdicts(drawn, alpha=alpha).iloc[-1]
                found += planted["verdict"] == (RISING if ratio >= 1 else FADING)
            low, high = wilson(np.array([found]), np.array([runs]))
            rows.append(
                {
                    "papers": size,
                    "odds_ratio": ratio,
                    "runs": runs,
                    "found": int(found),
                    "power": found / runs,
                    "low": significant(float(low[0])),
                    "high": significant(float(high[0])),
                }
            )
    return pd.DataFrame(rows)


def _draw(
    trends: pd.DataFrame, planted: dict[int, tuple[int, float]], wobble: float, random: np.random.Generator
) -> pd.DataFrame:
    """One corpus in the form of `topic_trends`: the groups numbered from 0, planted ones last."""
    by = str(trends.columns[0])
    design = trends.drop_duplicates("period").sort_values("time")
    time, total = design["time"].to_numpy(dtype=float), design["total"].to_numpy(dtype=np.int64)
    sizes = trends.groupby(by, sort=False)["n"].sum().to_numpy(dtype=float)
    usable = (~design["few"] & ~design["unfinished"]).to_numpy()
    steady = sizes / total.sum()
    rest = max(1.0 - float(steady.sum()), 0.0)
    weights = np.repeat(np.append(steady, rest)[:, None], len(time), axis=1)
    if wobble:
        weights = weights * np.exp(random.normal(0.0, wobble, weights.shape))
    shares = [weights / weights.sum(axis=0)]
    for size, slope in planted.values():
        own = _planted_share(size, slope, time, total * usable)
        shares = [share * (1 - own) for share in shares] + [own[None, :]]
    table = np.concatenate([shares[0][:-1], *shares[1:], shares[0][-1:]])
    counts = np.stack(
        [random.multinomial(int(n), table[:, t] / table[:, t].sum()) for t, n in enumerate(total)], axis=1
    )[:-1]
    groups = len(counts)
    drawn = pd.DataFrame({by: np.repeat(np.arange(groups), len(time))})
    for column in ("period", "total", "time", "few", "unfinished"):
        drawn[column] = np.tile(design[column].to_numpy(), groups)
    drawn["n"] = drawn["weighted_n"] = counts.ravel()
    return drawn


def _planted_share(size: int, slope: float, time: Array, total: Array) -> Array:
    """Share in each period with the given slope of the log odds, so that the tested papers come to `size`."""
    low, high = -30.0, 30.0
    centre = time.mean()
    for _ in range(60):
        level = (low + high) / 2
        share = 1 / (1 + np.exp(-(level + slope * (time - centre))))
        if float((share * total).sum()) < size:
            low = level
        else:
            high = level
    return np.asarray(share)
