"""How much overlap random draws would have.

The null model: there is one pool of M papers, and each dump is a draw of its own size from it, without
replacement, every paper equally likely, the dumps independent. M is not known. It is estimated from the
number of distinct papers (Darroch 1958, Biometrika 45), so that the null agrees with the total overlap by
construction; what can disagree is how the overlap is spread over pairs of dumps and over papers.

Its limits: a search is not a random draw. Like searches share more than the null allows and make the pool
look small; searches for different things share less and make it look large. The pool is therefore a
yardstick for overlap, not an estimate of how many papers exist.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from paperatlas.compare.overlap import memberships
from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p

_LARGEST_POOL = 10**12


def common_pool(corpus: pd.DataFrame) -> float:
    """Size of the one pool whose random draws would give as many distinct papers as were seen.

    Infinite where no paper is shared.

    Raises
    ------
    AtlasError
        With fewer than two dumps.
    """
    from scipy.optimize import brentq

    member = memberships(corpus)
    sizes = member.sum().to_numpy().astype(float)
    if len(sizes) < 2:
        raise AtlasError(f"an overlap needs at least two dumps, found {len(sizes)}")
    seen = float(len(member))
    if seen == sizes.sum():
        return math.inf

    def surplus(log_pool: float) -> float:
        pool = math.exp(log_pool)
        missed = math.exp(math.fsum(np.log1p(-sizes / pool))) if pool > sizes.max() else 0.0
        return pool * (1 - missed) - seen

    if surplus(math.log(seen)) >= 0:
        return seen
    return round(math.exp(brentq(surplus, math.log(seen), math.log(_LARGEST_POOL))), 1)


def overlap_tests(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of dumps against the null of this module.

    The shared papers of two draws from the common pool are hypergeometric. p is two-sided (twice the smaller
    tail); Benjamini and Hochberg (1995) adjust over the pairs. The pool is estimated from the same dumps and
    taken as known.

    Returns
    -------
    DataFrame
        ``dump``, ``other``, ``shared``, ``expected``, ``low``, ``high`` (middle 95 % of the null), ``p``,
        ``p_adjusted``, ``verdict`` (``more than chance``, ``fewer than chance``, ``as by chance``).
    """
    from scipy.stats import hypergeom

    member = memberships(corpus)
    pool = common_pool(corpus) if len(member.columns) > 1 else math.inf
    rows = []
    for one, other in combinations(member.columns, 2):
        n, m = int(member[one].sum()), int(member[other].sum())
        shared = int((member[one] & member[other]).sum())
        if math.isinf(pool):
            expected, low, high, p = 0.0, 0, 0, 1.0
        else:
            law = hypergeom(round(pool), n, m)
            expected, low, high = float(law.mean()), int(law.ppf(0.025)), int(law.ppf(0.975))
            p = min(1.0, 2 * min(float(law.cdf(shared)), float(law.sf(shared - 1))))
        rows.append((one, other, shared, round(expected, 2), low, high, p))
    names = ["dump", "other", "shared", "expected", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=names)
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    sure = table["p_adjusted"] < 0.05
    more = table["shared"] > table["expected"]
    table["verdict"] = np.select(
        [sure & more, sure], ["more than chance", "fewer than chance"], "as by chance"
    )
    return table.round({"p": 6, "p_adjusted": 6})


def expected_overlap(corpus: pd.DataFrame, *, draws: int = 400, seed: int = 0) -> pd.DataFrame:
    """Count how many papers would stand in 1, 2, … dumps if each dump drew its papers at random.

    The draws come from the pool of `common_pool`, so that they hold about as many distinct papers as were seen.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    draws : int
        Simulated sets of dumps.
    seed : int

    Returns
    -------
    DataFrame
        ``n_dumps`` (1 and up), ``papers`` seen, ``expected``, and the middle 95 % of the draws, ``low`` to
        ``high``.
    """
    member = memberships(corpus)
    sizes = member.sum().to_numpy()
    k = len(sizes)
    seen = member.sum(axis=1).value_counts()
    counts = np.zeros((draws, k + 1))
    pool = common_pool(corpus) if k > 1 else float(len(member))
    if math.isinf(pool):
        counts[:, 1] = sizes.sum()
    else:
        rng = np.random.Generator(np.random.PCG64([seed, 41]))
        size = max(round(pool), int(sizes.max()))
        for draw in range(draws):
            hits = np.concatenate([rng.choice(size, n, replace=False, shuffle=False) for n in sizes])
            times = np.unique(hits, return_counts=True)[1]
            counts[draw] = np.bincount(times, minlength=k + 1)
    low, high = np.quantile(counts, (0.025, 0.975), axis=0)
    n_dumps = range(1, k + 1)
    return pd.DataFrame(
        {
            "n_dumps": n_dumps,
            "papers": [int(seen.get(i, 0)) for i in n_dumps],
            "expected": [round(float(counts[:, i].mean()), 1) for i in n_dumps],
            "low": [round(float(low[i]), 1) for i in n_dumps],
            "high": [round(float(high[i]), 1) for i in n_dumps],
        }
    )
