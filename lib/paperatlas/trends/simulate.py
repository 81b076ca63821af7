"""Do the trend tests keep their promise on the pile at hand? Piles without trends, and with trends of known size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paperatlas.intervals import adjusted_p, wilson
from paperatlas.threads import single_threaded
from paperatlas.trends.regression import LENDING, Array
from paperatlas.trends.shares import Cells
from paperatlas.trends.significance import ALPHA, FADING, RISING, fit_cells, lent_swing, testable

# Terms drawn in each pile; more would tell its swings better still.
_LENDERS = 60


@single_threaded
def simulate_null(
    cells: Cells,
    terms: Cells | None = None,
    *,
    runs: int = 400,
    swing: float = 0.0,
    persistence: float = 0.8,
    seed: int = 0,
) -> pd.DataFrame:
    """Test piles of the same periods, sources and group sizes in which nothing moves.

    Papers of the same sources have the same shares in every period, while the mix of the sources changes as in the pile.

    Parameters
    ----------
    cells, terms : Cells
        As from `count_cells`: groups that exclude one another, and terms of the same papers (60 are drawn), which tell
        each pile's swings as in `trend_tests`.
    swing, persistence : float
        Standard deviation of the swings of the log shares, and their correlation from one year to the next.

    Returns
    -------
    DataFrame of `runs` piles
        ``run``, ``tested`` (groups), ``discoveries``, of which any is false. Empty if there are too few periods for a test.
    """
    lenders = None
    if terms is not None:
        often = np.flatnonzero(testable(terms) & (terms.n.sum(axis=1) >= LENDING))
        some = np.linspace(0, len(often) - 1, min(_LENDERS, len(often))).astype(int)
        lenders = terms.rows(np.isin(np.arange(len(terms.n)), often[some]))
    random = np.random.default_rng(seed)
    rows = []
    for run in range(runs if testable(cells).any() else 0):
        drawn = cells._replace(n=draw_null(cells, swing, persistence, random))
        lent = lenders and lent_swing(lenders._replace(n=draw_terms(lenders, swing, persistence, random)))
        tested = testable(drawn)
        p = fit_cells(drawn.rows(tested), swing=lent).p if tested.any() else np.zeros(0)
        rows.append((run, len(p), int((adjusted_p(p) <= ALPHA).sum())))
    return pd.DataFrame(rows, columns=["run", "tested", "discoveries"])


def draw_null(cells: Cells, swing: float, persistence: float, random: np.random.Generator) -> Array:
    """Counts (m, c) of a pile without trends, of groups that exclude one another."""
    others = np.maximum(1 - cells.steady().sum(axis=0), 0.0)
    weights = np.vstack([_moved(cells, swing, persistence, random), others])
    weights /= weights.sum(axis=0)
    return random.multinomial(cells.total.astype(np.int64), weights.T).T[:-1].astype(float)


def draw_terms(cells: Cells, swing: float, persistence: float, random: np.random.Generator) -> Array:
    """Counts (m, c) of terms without trends; a paper may use several."""
    shares = np.minimum(_moved(cells, swing, persistence, random), 0.95)
    return random.binomial(cells.total.astype(np.int64), shares).astype(float)


def _moved(cells: Cells, swing: float, persistence: float, random: np.random.Generator) -> Array:
    """Shares (m, c) whose logarithms swing as an autoregression, one move for each year."""
    years, place = np.unique(cells.time, return_inverse=True)
    moves = random.normal(0.0, 1.0, (len(cells.n), len(years)))
    for t in range(1, len(years)):
        kept = persistence ** (years[t] - years[t - 1])
        moves[:, t] = kept * moves[:, t - 1] + np.sqrt(1 - kept**2) * moves[:, t]
    return np.asarray(cells.steady() * np.exp(swing * moves[:, place]))


@single_threaded
def power_curve(
    cells: Cells,
    terms: Cells | None = None,
    *,
    changes: Sequence[float] = (1.1, 1.2, 1.3, 1.5, 2.0, 3.0),
    sizes: Sequence[int] = (15, 30, 60),
    runs: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """How often a planted trend is found, both ways, by its size and the number of papers.

    In each run a group of the given size is drawn whose odds rise, or fade, by the given factor a year. Its swings are
    moderated by those of the pile at hand (of its terms, if given), and it is found if it has the right direction and a
    p-value that the correction lets pass: .05 · (finds + 1) / groups.

    Returns
    -------
    DataFrame
        ``papers``, ``direction`` ("rising", "fading"), ``change`` (factor a year), ``runs``, ``found``, ``power`` with its
        95 % Wilson interval ``low`` to ``high``.
    """
    random = np.random.default_rng(seed)
    tested = testable(cells)
    rows = []
    if tested.any():
        pile = fit_cells(cells.rows(tested), swing=None if terms is None else lent_swing(terms))
        level = ALPHA * min(1.0, ((adjusted_p(pile.p) <= ALPHA).sum() + 1) / len(pile.p))
        plans = [(size, sign, change) for size in sizes for sign in (1, -1) for change in changes]
        for size, sign, change in plans:
            share = _planted_share(size, sign * float(np.log(change)), cells.time, cells.total)
            drawn = random.binomial(cells.total.astype(np.int64), share, (runs, len(share)))
            fit = fit_cells(cells._replace(n=drawn.astype(float)), swing=pile.common)
            found = int(((fit.p <= level) & (fit.slope * sign > 0)).sum())
            rows.append((size, RISING if sign > 0 else FADING, change, runs, found, found / runs))
    table = pd.DataFrame(rows, columns=["papers", "direction", "change", "runs", "found", "power"])
    table["low"], table["high"] = wilson(table["found"].to_numpy(), table["runs"].to_numpy())
    return table


def smallest_found(curve: pd.DataFrame) -> pd.DataFrame:
    """Smallest change a year found in four of five runs of a `power_curve`: ``papers``, ``rising``, ``fading``."""
    often = curve[curve["power"] >= 0.8].pivot_table(
        index="papers", columns="direction", values="change", aggfunc="min"
    )
    often = often.reindex(index=sorted(set(curve["papers"])), columns=[RISING, FADING])
    return often.rename_axis("papers").rename_axis(None, axis=1).reset_index()


def _planted_share(size: int, slope: float, time: Array, total: Array) -> Array:
    """Share in each cell with the given slope of the log odds, so that the papers come to `size`."""
    from scipy.optimize import brentq
    from scipy.special import expit

    moved = slope * (time - time.mean())
    level = brentq(lambda level: float(expit(level + moved) @ total) - min(size, 0.9 * total.sum()), -60, 60)
    return np.asarray(expit(level + moved))
