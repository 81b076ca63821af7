"""Rounding that hides the last bits, in which machines may differ."""

from __future__ import annotations

import math


def significant(value: float, digits: int = 4) -> float:
    """Value rounded to so many significant digits; missing and infinite values stay.

    >>> significant(0.000123456), significant(1234.56)
    (0.0001235, 1235.0)
    """
    return float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value
