"""Do the trend tests keep their promise? Corpora without trends, and with trends of known size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.trends.regression import fit_trends
from paperatlas.trends.rounding import significant
from paperatlas.trends.significance import MIN_PERIODS, benjamini_hochberg, testable

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
        there to be found, so the false discovery rate is the share of runs with any discovery. Empty if
        there are too few periods for a test.
    """
    random = np.random.default_rng(seed)
    rows = []
    for run in range(runs if _testable_periods(trends) else 0):
        slope, p, adjusted = _test(*_draw(trends, None, wobble, random))
        rows.append(
            {
                "run": run,
                "tested": int(np.isfinite(slope).sum()),
                "discoveries": int((adjusted <= alpha).sum()),
                "uncorrected": int((p <= alpha).sum()),
            }
        )
    return pd.DataFrame(rows, columns=["run", "tested", "discoveries", "uncorrected"])


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
    rows = []
    for size in sizes if _testable_periods(trends) else ():
        for ratio in odds_ratios:
            found = 0
            for _ in range(runs):
                slope, _, adjusted = _test(*_draw(trends, (size, float(np.log(ratio))), wobble, random))
                found += bool(adjusted[-1] <= alpha) and bool((slope[-1] > 0) == (ratio >= 1))
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
    return pd.DataFrame(rows, columns=["papers", "odds_ratio", "runs", "found", "power", "low", "high"])


def _testable_periods(trends: pd.DataFrame) -> bool:
    usable = trends[~trends["few"] & ~trends["unfinished"]]
    return usable["period"].nunique() >= MIN_PERIODS


def _draw(
    trends: pd.DataFrame, planted: tuple[int, float] | None, wobble: float, random: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Counts (groups × periods, a planted one last), papers and times of the periods that are tested."""
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
    shares = weights / weights.sum(axis=0)
    if planted is not None:
        own = _planted_share(*planted, time, total * usable)
        shares = np.concatenate([shares[:-1] * (1 - own), own[None, :], shares[-1:] * (1 - own)])
    counts = [random.multinomial(int(n), shares[:, t] / shares[:, t].sum()) for t, n in enumerate(total)]
    return np.stack(counts, axis=1)[:-1, usable], total[usable], time[usable]


def _test(n: Array, total: Array, time: Array) -> tuple[Array, Array, Array]:
    """Slope, p and adjusted p of each group as in `trend_verdicts`; missing where a group is not tested."""
    slope, p, adjusted = np.full((3, len(n)), np.nan)
    tested = testable(n.sum(axis=1), total)
    if tested.any():
        fit = fit_trends(n[tested], total, time, bounds=False)
        slope[tested], p[tested], adjusted[tested] = fit.slope, fit.p, benjamini_hochberg(fit.p)
    return slope, p, adjusted


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
