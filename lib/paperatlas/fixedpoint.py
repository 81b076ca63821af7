"""Linear algebra whose results are the same bits on every machine.

A sum of floating-point products depends on its order, and so on the BLAS kernel, the number of threads, the
width of the vector unit, and on whether multiply-adds are fused. None of that matters when nothing is
rounded: if the factors are whole multiples of a power of two and the sum stays below 2**53 of the
product's units, every partial sum is a float64 and every order gives the same one. So each factor here is
rounded to a grid first, and each product is exact (the idea of error-free transformation: Ozaki, Ogita, Oishi
& Rump 2012, Numerical Algorithms 59). What is left is element-wise, where IEEE 754 leaves no choice.
The price is a relative precision of about 1e-7 in place of 1e-16, plenty for embeddings.
"""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

Block = NDArray[np.float64]
Matrix = NDArray[np.float32]

GRID_BITS = 11
ROW_BITS = 20
_SUM_BITS = 52
_TALL_BITS = 26
_NEGLIGIBLE = 2.0**-30


def on_grid(values: NDArray[Any], bits: int) -> Block:
    """Nearest multiples of ``2**-bits``, ties to even."""
    whole = np.asarray(values, dtype=np.float64) * 2.0**bits
    np.rint(whole, out=whole)
    whole *= 2.0**-bits
    return whole


def quantise(vectors: NDArray[Any], bits: int = GRID_BITS) -> Block:
    """Vectors in units of ``2**-bits``, rounded to whole numbers, ties to even.

    Dot products of such rows are whole numbers far below ``2**53``, exact in float64 in any order of
    summation, so whatever compares them comes out alike on every machine.

    Parameters
    ----------
    vectors : (n, d) array, rows of about unit length
    bits : int

    Returns
    -------
    (n, d) float64 array of whole numbers
    """
    return np.rint(np.asarray(vectors, dtype=np.float64) * 2.0**bits)


def unit_rows(vectors: NDArray[Any], bits: int = GRID_BITS) -> Matrix:
    """Scale rows to unit length, snap them to the grid, and scale the snapped rows once more.

    Parameters
    ----------
    vectors : (n, d) array
    bits : int
        The grid has steps of ``2**-bits``, coarse enough to swallow all noise of the arithmetic.

    Returns
    -------
    (n, d) float32 array
        A row of zeros becomes the first axis.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    # First to a power-of-two scale and 20 bits, so that the sum of squares is exact as well.
    peak = np.max(np.abs(rows), axis=1, keepdims=True, initial=0.0)
    rows = np.rint(np.ldexp(rows, 20 - np.frexp(peak)[1]))
    whole = quantise(rows / _length(rows), bits)
    whole[~whole.any(axis=1), 0] = 2.0**bits
    return (whole / _length(whole)).astype(np.float32)


def _length(rows: Block) -> Block:
    """(n, 1) lengths of rows of whole numbers, one for a row of zeros."""
    squares = np.sum(rows * rows, axis=1, keepdims=True)
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def column_scale(block: Block) -> Block:
    """(k,) powers of two that bring the 2-norm of each column of an (m, k) block below one."""
    # Sums along the first axis add row to row, one order everywhere; 1.1 keeps norms of one off the edge.
    norms = 1.1 * np.sqrt(np.add.reduce(block * block, axis=0))
    return np.ldexp(1.0, -np.frexp(np.where(norms > 0, norms, 0.5))[1])


def gram(block: Block) -> Block:
    """(k, k) inner products of the columns of an (m, k) block, columns shorter than one."""
    rounded = on_grid(block, _TALL_BITS)
    return np.asarray(rounded.T @ rounded)


def times(block: Block, small: Block) -> Block:
    """(m, k) block with columns shorter than one, times a (k, j) matrix of any scale."""
    scale = column_scale(small)
    bits = _SUM_BITS - _TALL_BITS - ceil(log2(max(len(small), 1)) / 2)
    return np.asarray(on_grid(block, _TALL_BITS) @ on_grid(small * scale, bits)) / scale


def orthonormal(block: Block) -> tuple[Block, float]:
    """Orthonormal basis of the columns by Cholesky QR, and the least diagonal entry of R.

    Columns without a direction of their own become zero, and so does the entry.
    """
    scale = column_scale(block)
    inverse = _inverse_cholesky(gram(block * scale))
    # The diagonal of the inverse of a triangular matrix holds the reciprocals of its diagonal.
    diagonal = np.diagonal(inverse) * scale
    least = float(1.0 / np.max(diagonal)) if np.all(diagonal > 0) else 0.0
    return times(block * scale, inverse), least


def _inverse_cholesky(matrix: Block) -> Block:
    """(k, k) upper triangular ``W`` with ``W.T @ matrix @ W`` the identity, element-wise operations only."""
    left = matrix.copy()
    inverse = np.eye(len(left))
    for j in range(len(left)):
        pivot = left[j, j]
        if pivot <= _NEGLIGIBLE:
            left[j, :] = 0.0
            inverse[:, j] = 0.0
            continue
        root = np.sqrt(pivot)
        row = left[j, j + 1 :] / root
        inverse[:, j] = inverse[:, j] / root
        left[j + 1 :, j + 1 :] -= row[:, None] * row[None, :]
        inverse[:, j + 1 :] -= inverse[:, j, None] * row[None, :]
    return inverse


def eigen(matrix: Block) -> tuple[Block, Block]:
    """Eigenvalues, descending, and eigenvectors of a symmetric (k, k) matrix.

    Jacobi's method, ``k / 2`` rotations at a time in round-robin order (Golub & Van Loan, Matrix
    Computations, section 8.5): additions, products, quotients and square roots only.
    """
    size = len(matrix)
    even = size + size % 2
    a = np.zeros((even, even))
    a[:size, :size] = matrix
    vectors = np.eye(even)
    order = np.arange(even)
    floor = 2.0**-40 * float(np.max(np.abs(np.diagonal(a))))
    for _ in range(30):
        if float(np.max(np.abs(a - np.diag(np.diagonal(a))))) <= floor:
            break
        for _ in range(even - 1):
            p, q = np.sort([order[: even // 2], order[: even // 2 - 1 : -1]], axis=0)
            _rotate(a, vectors, p, q, floor)
            order[1:] = np.roll(order[1:], 1)
    values = np.diagonal(a)[:size]
    down = np.argsort(-values, kind="stable")
    return values[down], vectors[:size, down]


def _rotate(a: Block, vectors: Block, p: NDArray[np.intp], q: NDArray[np.intp], floor: float) -> None:
    """Zero ``a[p, q]`` above `floor` for disjoint pairs at once, in place, and turn `vectors` along."""
    off = a[p, q]
    busy = np.abs(off) > floor
    if not busy.any():
        return
    p, q, off = p[busy], q[busy], off[busy]
    theta = (a[q, q] - a[p, p]) / (2.0 * off)
    t = np.where(theta < 0, -1.0, 1.0) / (np.abs(theta) + np.sqrt(theta * theta + 1.0))
    c = 1.0 / np.sqrt(t * t + 1.0)
    s = t * c
    rows_p, rows_q = a[p], a[q]
    a[p], a[q] = c[:, None] * rows_p - s[:, None] * rows_q, s[:, None] * rows_p + c[:, None] * rows_q
    for m in (a, vectors):
        cols_p, cols_q = m[:, p], m[:, q]
        m[:, p], m[:, q] = c * cols_p - s * cols_q, s * cols_p + c * cols_q


def leading_axes(rows: sparse.csr_array, k: int, *, n_iter: int, seed: int) -> tuple[Block, Block]:
    """Leading right singular vectors of sparse rows that lie on the grid and are at most of unit length.

    Block power iteration from a seeded random start (Halko, Martinsson & Tropp 2011, SIAM Review 53(2)).

    Parameters
    ----------
    rows : (n, m) csr_array of multiples of ``2**-ROW_BITS``
    k : int
        Axes wanted, at most ``min(n, m)``.
    n_iter : int
        Rounds; the axes far above the k-th have converged after a few.
    seed : int

    Returns
    -------
    (m, k) float64 array of axes and (k,) float64 array of squared singular values, descending
    """
    n = rows.shape[0]
    columns = rows.T.tocsr()
    tall = _SUM_BITS - ROW_BITS - ceil(log2(n) / 2)
    # Signs come straight from the generator's bits: no logarithm of any platform is involved.
    signs = np.random.Generator(np.random.PCG64(seed)).integers(0, 2, size=(n, k))
    basis = (2.0 * signs - 1.0) / np.sqrt(float(n))
    roof = 2.0 ** -ceil(log2(n) / 2)  # unit rows have no singular value above sqrt(n)
    shift = 0.0
    for _ in range(n_iter):
        terms = np.asarray(columns @ on_grid(basis * 0.5, tall))
        terms *= roof
        product = np.asarray(rows @ on_grid(terms, _SUM_BITS - ROW_BITS - 1))
        product *= 2.0 / roof
        product -= shift * basis
        basis, least = orthonormal(product)
        # dynamic shift: R's least entry estimates the k-th eigenvalue less the shift
        shift = max(shift, (shift + least) / 2.0)
    terms = np.asarray(columns @ on_grid(basis * 0.5, tall)) * 2.0
    common = float(np.min(column_scale(terms)))
    values, turn = eigen(gram(terms * common))
    values = np.where(values > _NEGLIGIBLE * values[0], values, 0.0)
    axes = times(terms * common, turn) / np.sqrt(np.where(values > 0, values, np.inf))
    return axes, values / (common * common)
