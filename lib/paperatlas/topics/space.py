"""The grid on which papers are clustered: arithmetic on it is exact, whatever the machine.

Every row is rounded to multiples of 2**-11, so that dot products of rows are exact in float32 whatever the
order of summation: no BLAS kernel, thread count or processor can change a comparison later on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID = 2048.0
Points = NDArray[np.float32]
Labels = NDArray[np.int32]

_BLOCK = 8192


def on_grid(points: NDArray[Any]) -> Points:
    """Rows scaled to unit length and rounded to the grid; a row of zeros points along the first axis."""
    found = np.empty(np.shape(points), dtype=np.float32)
    for block in blocks(len(found)):
        rows = np.asarray(points[block], dtype=np.float64)
        length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        whole = np.rint(rows / np.where(length > 1e-9, length, 1.0) * GRID)
        whole[~whole.any(axis=1), 0] = GRID
        found[block] = whole / GRID
    return found


def blocks(n: int, size: int = _BLOCK) -> Iterator[slice]:
    """Cut n rows into slices, so that what is computed with them stays small."""
    return (slice(start, start + size) for start in range(0, n, size))
