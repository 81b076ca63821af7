"""Intervals of shares, Fisher's exact test, and the one correction for many tests.

Wherever many questions of one kind are asked at once, p-values are adjusted for the false-discovery rate
(Benjamini and Hochberg 1995) within that family: all topics of one level, all terms, all cells of one table, all
pairs of sources. The reader gets a list of finds of which one in twenty may be wrong, which is what a list of
leads is for; the chance of any error at all (Holm, Bonferroni) would hide most of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

Z95 = 1.959963984540054


def wilson(n: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Low and high end of the 95 % score interval of shares n / total (Wilson 1927); missing where total is 0."""
    size = np.where(total > 0, total, np.nan).astype(float)
    share = n / size
    centre = (share + Z95**2 / (2 * size)) / (1 + Z95**2 / size)
    half = Z95 / (1 + Z95**2 / size) * np.sqrt(share * (1 - share) / size + Z95**2 / (4 * size**2))
    # The bounds at 0 and n are exactly 0 and 1; rounding error would leave 1e-17.
    low, high = np.clip([centre - half, centre + half], 0.0, 1.0).round(12)
    return low, high


def fisher_p(both: np.ndarray, first: np.ndarray, second: np.ndarray, n: int) -> np.ndarray:
    """Two-sided p of Fisher's exact test, (k,): of n papers so many have both attributes, the first, the second."""
    from scipy.stats import fisher_exact

    p = [
        fisher_exact([[a, row - a], [column - a, n - row - column + a]]).pvalue
        for a, row, column in np.column_stack([both, first, second]).tolist()
    ]
    return np.asarray(np.minimum(p, 1.0), dtype=float)


def adjusted_p(p: np.ndarray) -> np.ndarray:
    """P-values of one family, adjusted for the false-discovery rate; missing ones stay missing and do not count."""
    from scipy.stats import false_discovery_control

    p = np.asarray(p, dtype=float)
    adjusted, tested = np.full(len(p), np.nan), ~np.isnan(p)
    if tested.any():
        adjusted[tested] = false_discovery_control(np.clip(p[tested], 0.0, 1.0))
    return adjusted


def significant(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Table with four significant digits in these columns, which hides the last bits, in which machines may differ."""
    rounded = {name: table[name].map("{:.3e}".format).astype(float) for name in columns}
    return table.assign(**rounded)
