"""Intervals of shares."""

from __future__ import annotations

import numpy as np

_Z95 = 1.959963984540054


def wilson(n: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % score interval of shares n / total (Wilson 1927); missing where total is 0.

    Parameters
    ----------
    n, total : integer arrays of one shape

    Returns
    -------
    low, high : float arrays of that shape
    """
    size = np.where(total > 0, total, np.nan).astype(float)
    share = n / size
    centre = (share + _Z95**2 / (2 * size)) / (1 + _Z95**2 / size)
    half = _Z95 / (1 + _Z95**2 / size) * np.sqrt(share * (1 - share) / size + _Z95**2 / (4 * size**2))
    # The bounds at 0 and n are exactly 0 and 1; rounding error would leave 1e-17.
    low = np.where(n == 0, 0.0 * size, np.maximum(centre - half, 0.0))
    high = np.where(n == total, 1.0 + 0.0 * size, np.minimum(centre + half, 1.0))
    return low, high
