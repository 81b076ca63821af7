"""Logistic regression of many topics' counts on time, made for few papers.

Firth's penalised likelihood (Firth 1993; Heinze and Schemper 2002) keeps estimates finite where a topic
stands in one period only. All topics are fitted at once by Newton steps on 2 × 2 systems in closed form,
so that no result hangs on a BLAS kernel.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray

_STEPS = 60
_LONGEST_STEP = 2.0
_BOUND_STEPS = 40
# Degrees of freedom that the common dispersion lends to each topic's own.
_PRIOR_FREEDOM = 10
# Scatter is judged in blocks of whole years, or of half-years, quarters and months where there are not as many.
_BLOCKS_PER_YEAR = (1, 2, 4, 12)
_MIN_BLOCKS = 4


class TrendFit(NamedTuple):
    """Fit of m topics; arrays of length m.

    ``slope`` (log odds per unit of time), ``low``, ``high`` (95 % profile bounds), ``low90``, ``high90``
    (90 %), ``statistic`` (penalised
    likelihood ratio over ``dispersion``), ``dispersion`` (moderated, at least 1), ``freedom`` (degrees of
    freedom behind the dispersion, infinite where it is 1), ``p`` (two-sided).
    """

    slope: Array
    low: Array
    high: Array
    low90: Array
    high90: Array
    statistic: Array
    dispersion: Array
    freedom: Array
    p: Array


def fit_trends(n: Array, total: Array, time: Array, *, bounds: bool = True) -> TrendFit:
    """Regress the log odds of membership on time, each topic by itself.

    Parameters
    ----------
    n : (m, k) array
        Papers of m topics in k periods, at most `total`; may be fractions (weighted counts).
    total : (k,) array
        All papers of each period.
    time : (k,) array
        Middle of each period in years.
    bounds : bool
        False leaves the bounds missing, which takes a fraction of the time.

    Notes
    -----
    Null: the odds do not change with time. Topics wobble from period to period more than chance alone
    would have it, so the penalised likelihood ratio is divided by a dispersion (quasi-likelihood,
    McCullagh and Nelder 1989, section 4.5). It is taken from residuals summed over blocks of a year, because
    a fashion outlives a month or a quarter: the quarters of one year are no four witnesses. (On corpora
    without trends whose shares swing over a year or two, quarters taken one by one gave false discoveries in
    three runs of ten, in blocks in fewer than two.) A topic's own Pearson
    dispersion rests on the number of blocks less 2 degrees of freedom; it is moderated by the mean over all
    m topics, which counts as 10 more (the weighting of Robinson and Smyth 2007), so that the result of one
    topic depends a little on the others. Swings that last for many years cannot be told from trends. Where the
    moderated dispersion exceeds 1 the statistic is referred to F, otherwise to chi-squared, with one
    degree of freedom. The bounds are the slopes that the same statistic does not reject.
    """
    from scipy import special

    n = np.atleast_2d(np.asarray(n, dtype=float))
    total = np.asarray(total, dtype=float)
    centre = float(np.sum(total * time) / np.sum(total))
    scale = float(np.sqrt(np.sum(total * (time - centre) ** 2) / np.sum(total))) or 1.0
    x = (np.asarray(time, dtype=float) - centre) / scale
    share = (n.sum(axis=1) + 0.5) / (total.sum() + 1.0)
    a0 = np.log(share / (1 - share))
    a, b = _maximise(n, total, x, a0, np.zeros_like(a0))
    top = _penalised(n, total, x, a, b)
    flat = _maximise_level(n, total, x, a0, np.zeros_like(a0))
    ratio = np.maximum(2 * (top - _penalised(n, total, x, flat, np.zeros_like(a0))), 0.0)

    expected = total / (1 + np.exp(-(a[:, None] + b[:, None] * x)))
    variance = expected * (1 - expected / total)
    starts = _block_starts(np.asarray(time, dtype=float))
    own = max(len(starts) - 2, 1)
    residual = np.add.reduceat(n - expected, starts, axis=1)
    pearson = (residual**2 / np.add.reduceat(variance, starts, axis=1)).sum(axis=1) / own
    lent = min(_PRIOR_FREEDOM, (len(n) - 1) * own)
    common = max(float(pearson.mean()), 1.0)
    dispersion = np.maximum((own * pearson + lent * common) / (own + lent), 1.0)
    uneven = dispersion > 1.0
    freedom = np.where(uneven, float(own + lent), np.inf)
    statistic = ratio / dispersion
    p = np.where(uneven, special.fdtrc(1, own + lent, statistic), special.chdtrc(1, statistic))
    information = (variance * x**2).sum(axis=1) - (variance * x).sum(axis=1) ** 2 / variance.sum(axis=1)

    def bound(level: float, side: float) -> Array:
        if not bounds:
            return np.full(len(n), np.nan)
        limit = dispersion * np.where(
            uneven, special.fdtri(1, own + lent, level), special.chdtri(1, 1 - level)
        )
        start = side * np.sqrt(limit / information)
        return _bound(n, total, x, a, b, start, top, limit) / scale

    return TrendFit(
        b / scale,
        bound(0.95, -1.0),
        bound(0.95, 1.0),
        bound(0.90, -1.0),
        bound(0.90, 1.0),
        statistic,
        dispersion,
        freedom,
        p,
    )


def _block_starts(time: Array) -> Array:
    """First period of each block; `time` in years, ascending."""
    starts = np.arange(len(time))
    for per_year in _BLOCKS_PER_YEAR:
        number = np.floor(time * per_year)
        starts = np.flatnonzero(np.diff(number, prepend=-np.inf))
        if len(starts) >= _MIN_BLOCKS:
            break
    return starts


def _moments(total: Array, x: Array, a: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Probabilities, weights, and the three entries of the information matrix."""
    share = 1 / (1 + np.exp(-np.clip(a[:, None] + b[:, None] * x, -35, 35)))
    weight = total * share * (1 - share)
    return share, weight, weight.sum(axis=1), (weight * x).sum(axis=1), (weight * x**2).sum(axis=1)


def _score(n: Array, total: Array, x: Array, a: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Firth's modified score for level and slope, and the information matrix."""
    share, weight, i00, i01, i11 = _moments(total, x, a, b)
    determinant = i00 * i11 - i01**2
    leverage = weight * (i11[:, None] - 2 * i01[:, None] * x + i00[:, None] * x**2) / determinant[:, None]
    residual = n - total * share + leverage * (0.5 - share)
    return residual.sum(axis=1), (residual * x).sum(axis=1), i00, i01, i11


def _maximise(n: Array, total: Array, x: Array, a: Array, b: Array) -> tuple[Array, Array]:
    for _ in range(_STEPS):
        u0, u1, i00, i01, i11 = _score(n, total, x, a, b)
        determinant = i00 * i11 - i01**2
        step_a = np.clip((i11 * u0 - i01 * u1) / determinant, -_LONGEST_STEP, _LONGEST_STEP)
        step_b = np.clip((i00 * u1 - i01 * u0) / determinant, -_LONGEST_STEP, _LONGEST_STEP)
        a, b = a + step_a, b + step_b
        if max(np.abs(step_a).max(initial=0), np.abs(step_b).max(initial=0)) < 1e-12:
            break
    return a, b


def _maximise_level(n: Array, total: Array, x: Array, a: Array, b: Array) -> Array:
    """Best level for a given slope."""
    for _ in range(_STEPS):
        u0, _, i00, _, _ = _score(n, total, x, a, b)
        step = np.clip(u0 / i00, -_LONGEST_STEP, _LONGEST_STEP)
        a = a + step
        if np.abs(step).max(initial=0) < 1e-12:
            break
    return a


def _penalised(n: Array, total: Array, x: Array, a: Array, b: Array) -> Array:
    """Penalised log likelihood."""
    linear = np.clip(a[:, None] + b[:, None] * x, -35, 35)
    _, _, i00, i01, i11 = _moments(total, x, a, b)
    likelihood = (n * linear - total * np.logaddexp(0.0, linear)).sum(axis=1)
    return np.asarray(likelihood + 0.5 * np.log(i00 * i11 - i01**2))


def _bound(
    n: Array, total: Array, x: Array, a: Array, b: Array, start: Array, top: Array, limit: Array
) -> Array:
    """Slope at which the profile has fallen by half the limit, on the side of `start`.

    The profile is nearly a parabola, so a distance is stretched by the root of the fall still to go.
    """
    distance, side = np.abs(start), np.sign(start)
    level = a
    for _ in range(_BOUND_STEPS):
        slope = b + side * distance
        level = _maximise_level(n, total, x, level, slope)
        fall = np.maximum(2 * (top - _penalised(n, total, x, level, slope)), 1e-12)
        stretch = np.clip(np.sqrt(limit / fall), 0.25, 4.0)
        distance = distance * stretch
        if np.abs(stretch - 1).max(initial=0) < 1e-7:
            break
    return np.asarray(b + side * distance)
