"""Logistic regression of many groups' counts on time and source, made for few papers and slow swings.

Firth's penalised likelihood (Firth 1993; Heinze and Schemper 2002) keeps estimates finite where a group stands
in one period or one source only. All groups are fitted at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Array = np.ndarray


# Correlation of a group's swings from one year to the next. Ten years cannot tell how long swings last, so the
# longest is assumed for which one can still tell a trend from them.
PERSISTENCE = 0.8
_STEPS = 100
_LONGEST_STEP = 2.0
# Log odds per standard deviation of time beyond which a bound is as good as infinite.
_FARTHEST = 20.0
# Degrees of freedom that the groups together lend to each one's own estimate of its swings.
_PRIOR_FREEDOM = 10
# Standard errors added to the variance of the swings; simulated piles of three topics need more than one.
_DOUBT = 1.2
# The penalty hides the swings of groups with fewer papers.
LENDING = 20
# Swings are judged in blocks of whole years, or in the periods themselves where there are not as many.
_MIN_BLOCKS = 4


class TrendFit(NamedTuple):
    """Fit of m groups; arrays of length m.

    ``slope`` (log odds per year, or per unit of the covariate), ``bounds`` (for each level asked for, the lower and
    the upper profile bound of the slope), ``common`` (variance of the swings of the log odds that the groups show
    together), ``p`` (two-sided).
    """

    slope: Array
    bounds: dict[float, tuple[Array, Array]]
    common: float
    p: Array


def fit_trends(
    n: Array,
    total: Array,
    time: Array,
    sources: Array | None = None,
    *,
    covariate: Array | None = None,
    levels: Sequence[float] = (),
    swing: float | None = None,
) -> TrendFit:
    """Regress the log odds of membership on time and source, each group by itself.

    `n` counts the papers of m groups in c cells, (m, c), `total` all papers of each cell, (c,). A cell is a period, or
    those papers of a period that stand in the same sources; `time` is the middle of its period in years, and `sources`,
    (c, s) booleans, are the columns that `separable` keeps. A `covariate` in place of time, 0 and 1, compares two spans.
    Bounds are given for the `levels` asked for, such as 0.95. `swing` is the variance of the swings of such groups, where
    it is known.

    Notes
    -----
    Null: within a source, the odds do not change. Shares swing from year to year more than chance alone would have it, and
    a swing that lasts for years looks like a trend. So the log odds are taken to swing about the line as an autoregression
    with `PERSISTENCE`; the variance of the swings is estimated from the residuals of each year (method of moments), and the
    penalised likelihood ratio is divided by what these swings do to the variance of the slope: a quasi-likelihood
    (McCullagh and Nelder 1989, section 4.5) for dependent residuals. A group's own estimate rests on a few years and is
    moderated by that of all groups with at least 20 papers, which counts as 10 degrees of freedom more (the weighting of
    Robinson and Smyth 2007). The statistic is referred to F with one and as many degrees of freedom as stand behind the
    dispersion, more where swings are a small part of it: Satterthwaite (1946) would square that part, and simulated swings
    have heavier tails than that allows. The bounds are the slopes that the same statistic does not reject.
    """
    from scipy import special
    from scipy.optimize.elementwise import find_root

    n = np.atleast_2d(np.asarray(n, dtype=float))
    total, time = np.asarray(total, dtype=float), np.asarray(time, dtype=float)
    moves = time if covariate is None else np.asarray(covariate, dtype=float)
    centre = float(np.sum(total * moves) / np.sum(total))
    scale = float(np.sqrt(np.sum(total * (moves - centre) ** 2) / np.sum(total))) or 1.0
    columns = [] if sources is None else list(np.asarray(sources, dtype=float).T)
    x = np.column_stack([np.ones_like(time), (moves - centre) / scale, *columns])
    share = (n.sum(axis=1) + 0.5) / (total.sum() + 1.0)
    start = np.zeros((len(n), x.shape[1]))
    start[:, 0] = np.log(share / (1 - share))
    best, top = _maximise(n, total, x, start)
    flat, bottom = _maximise(n, total, x, start, fixed=True)
    ratio = np.maximum(2 * (top - bottom), 0.0)
    common, dispersion, freedom, error = _swings(n, total, time, x, best, flat, swing)

    def bound(level: float, side: float) -> Array:
        limit = dispersion * special.fdtri(1, freedom, level)

        def beyond(slope: Array, group: Array) -> Array:
            here = best[group]
            here[:, 1] = slope
            fall = top[group] - _maximise(n[group], total, x, here, fixed=True)[1]
            return np.asarray(2 * fall - limit[group])

        near = best[:, 1] + side * np.minimum(4 * np.sqrt(limit) * error, _FARTHEST)
        root = find_root(beyond, (best[:, 1], near), args=(np.arange(len(n)),), tolerances={"xatol": 1e-6})
        # Where the profile does not fall so far there, nothing bounds the slope.
        return np.asarray(np.where(root.success, root.x, best[:, 1] + side * _FARTHEST) / scale)

    return TrendFit(
        best[:, 1] / scale,
        {level: (bound(level, -1.0), bound(level, 1.0)) for level in levels},
        common,
        special.fdtrc(1, freedom, ratio / dispersion),
    )


def separable(sources: Array, time: Array) -> Array | None:
    """Numbers of the columns of `sources` that can be told apart from each other and a constant; None if time cannot be.

    Time cannot be told from the sources where each of them holds years of its own.
    """
    kept: list[int] = []
    design = np.ones((len(time), 1))
    for column in range(sources.shape[1]):
        wider = np.column_stack([design, sources[:, column]])
        if np.linalg.matrix_rank(wider) == wider.shape[1]:
            design, kept = wider, [*kept, column]
    if np.linalg.matrix_rank(np.column_stack([design, time - time.mean()])) == design.shape[1]:
        return None
    return np.array(kept, dtype=np.int64)


def _moments(total: Array, x: Array, beta: Array) -> tuple[Array, Array, Array]:
    """Probabilities and weights (m, c), information matrices (m, p, p)."""
    share = 1 / (1 + np.exp(-np.clip(beta @ x.T, -35, 35)))
    weight = total * share * (1 - share)
    width = x.shape[1]
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    return share, weight, (weight @ products).reshape(-1, width, width)


def _maximise(n: Array, total: Array, x: Array, beta: Array, *, fixed: bool = False) -> tuple[Array, Array]:
    """Newton steps on Firth's modified score, and the penalised log likelihood; with `fixed` the slope stays."""
    free = [column for column in range(x.shape[1]) if not (fixed and column == 1)]
    beta = beta.copy()
    moving = np.arange(len(beta))  # groups that have not arrived; the others wait for nobody
    for _ in range(_STEPS):
        here = beta[moving]
        share, weight, information = _moments(total, x, here)
        leverage = weight * ((x @ np.linalg.inv(information)) * x).sum(axis=2)
        residual = n[moving] - total * share + leverage * (0.5 - share)
        inner = information[:, free][:, :, free]
        step = np.linalg.solve(inner, (residual @ x[:, free])[:, :, None])[:, :, 0]
        step = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        here[:, free] += step
        beta[moving] = here
        moving = moving[np.abs(step).max(axis=1, initial=0) >= 1e-7]
        if not len(moving):
            break
    linear = np.clip(beta @ x.T, -35, 35)
    likelihood = (n * linear - total * np.logaddexp(0.0, linear)).sum(axis=1)
    return beta, likelihood + 0.5 * np.linalg.slogdet(_moments(total, x, beta)[2])[1]


def _swings(
    n: Array, total: Array, time: Array, x: Array, beta: Array, flat: Array, known: float | None
) -> tuple[float, Array, Array, Array]:
    """Variance of the groups' swings, the dispersion that each one's cause, its freedom, and the slope's error."""
    share, weight, information = _moments(total, x, beta)
    inverse = np.linalg.inv(information)
    years = np.floor(time)
    block = years if len(np.unique(years)) >= _MIN_BLOCKS else time
    member = (block[:, None] == np.unique(block)[None, :]).astype(float)
    middle = (member * time[:, None]).sum(axis=0) / member.sum(axis=0)
    persistence = PERSISTENCE ** np.abs(middle[:, None] - middle[None, :])

    # A block's residual is its own swing, weighted, less what the fitted line takes up of the swings of all blocks.
    block_weight = weight @ member
    lever = weight @ (x[:, :, None] * member[:, None, :]).reshape(len(x), -1)
    lever = lever.reshape(len(n), x.shape[1], -1)
    across = lever.transpose(0, 2, 1)
    alone = inverse @ (lever / block_weight[:, None, :] @ across)
    lasting = inverse @ (lever @ persistence @ across)
    freedom = np.maximum(member.shape[1] - np.trace(alone, axis1=1, axis2=2), 1e-9)
    taken = (lasting * (2 * np.eye(x.shape[1]) - alone.transpose(0, 2, 1))).sum(axis=(1, 2))
    expected = block_weight.sum(axis=1) - taken
    pearson = (((n - total * share) @ member) ** 2 / block_weight).sum(axis=1)

    excess = pearson - freedom
    lends = n.sum(axis=1) >= LENDING
    lends |= not lends.any()  # where all groups are small
    # A good standard error is added: swings that happen not to show would be taken for trends.
    shown = (excess[lends].sum() + _DOUBT * np.sqrt(2 * freedom[lends].sum())) / max(
        float(expected[lends].sum()), 1e-9
    )
    common = max(float(shown), 0.0) if known is None else known
    # What a group's own residuals tell of its swings, and not of chance.
    own = freedom * (np.maximum(excess, 0.0) / np.maximum(pearson, 1e-12)) ** 2
    swing = (own * np.maximum(excess, 0.0) / np.maximum(expected, 1e-9) + _PRIOR_FREEDOM * common) / (
        own + _PRIOR_FREEDOM
    )
    # A swing downwards leaves fewer papers than one upwards, and the likelihood ratio of the two differs, as do the
    # weights at the fit. To the third order they balance with the weights between the fit's and those of the null.
    added = swing * _inflation(total, x, beta, member, persistence) ** (2 / 3)
    added *= _inflation(total, x, flat, member, persistence) ** (1 / 3)
    # Two periods leave nothing to judge swings by, and are compared as they are.
    added = np.where(freedom < 0.5, 0.0, added)
    behind = (own + _PRIOR_FREEDOM) * (1 + added) / np.maximum(added, 1e-9)
    return common, 1 + added, behind, np.sqrt(inverse[:, 1, 1])


def _inflation(total: Array, x: Array, beta: Array, member: Array, persistence: Array) -> Array:
    """By how much swings of unit variance inflate the variance of the slope, with the weights of a fit."""
    _, weight, information = _moments(total, x, beta)
    inverse = np.linalg.inv(information)[:, :, 1]
    pull = (weight * (inverse @ x.T)) @ member
    return np.asarray(((pull @ persistence) * pull).sum(axis=1) / inverse[:, 1])
