"""Mann-Kendall test of many series for a monotone trend."""

from __future__ import annotations

import numpy as np


def mann_kendall(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kendall's tau-a against time and the two-sided p-value of each row.

    Null: the values of a row are exchangeable in time. Normal approximation with correction for ties and
    continuity (Kendall 1975, ch. 4).

    Parameters
    ----------
    values : (m, k) array
        m series of k values in the order of time.

    Returns
    -------
    tau, p : (m,) arrays
        p is 1 for series without any change.
    """
    from scipy import special

    m, k = values.shape
    earlier, later = np.triu_indices(k, 1)
    s = np.sign(values[:, later] - values[:, earlier]).sum(axis=1)
    variance = np.full(m, k * (k - 1) * (2 * k + 5) / 18)
    for row in range(m):
        ties = np.unique(values[row], return_counts=True)[1].astype(float)
        variance[row] -= (ties * (ties - 1) * (2 * ties + 5)).sum() / 18
    moved = (variance > 0) & (s != 0)
    z = np.where(moved, (np.abs(s) - 1) / np.sqrt(np.where(moved, variance, 1.0)), 0.0)
    return s / max(len(earlier), 1), np.minimum(2 * special.ndtr(-z), 1.0)
