"""How much overlap random draws would have, and how large a pool would make the seen overlap ordinary.

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
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from paperatlas.compare.overlap import memberships
from paperatlas.errors import AtlasError

_Z95 = 1.959963984540054
_LARGEST_POOL = 10**12


def distinct_papers(pool: float, sizes: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of the number of distinct papers in draws of these sizes from a pool.

    Exact moments of the number of papers that no draw hits, for draws without replacement.
    """
    missed = math.exp(math.fsum(math.log1p(-n / pool) for n in sizes)) if pool > max(sizes) else 0.0
    if pool > max(sizes) + 1:
        pair = math.exp(
            math.fsum(math.log1p(-n / pool) + math.log1p(-n / (pool - 1)) for n in sizes.tolist())
        )
    else:
        pair = 0.0
    # For a large pool the two large terms cancel; the difference is all that counts.
    variance = pool * missed * (1 - missed) + pool * (pool - 1) * (pair - missed**2)
    return pool * (1 - missed), math.sqrt(max(variance, 0.0))


def common_pool(corpus: pd.DataFrame) -> tuple[float, float, float]:
    """Size of the one pool whose random draws would give as many distinct papers as were seen.

    Returns
    -------
    estimate, low, high : float
        Darroch's (1958) estimate and the pools for which the number of distinct papers lies within 1.96
        standard deviations of what was seen. Infinite where no paper is shared.

    Raises
    ------
    AtlasError
        With fewer than two dumps.
    """
    member = memberships(corpus)
    sizes = member.sum().to_numpy()
    if len(sizes) < 2:
        raise AtlasError(f"an overlap needs at least two dumps, found {len(sizes)}")
    seen = len(member)

    def gap(shift: float) -> Callable[[float], float]:
        def of(pool: float) -> float:
            mean, spread = distinct_papers(pool, sizes)
            return mean + shift * spread - seen

        return of

    low = _root(gap(_Z95), float(seen))
    if seen == sizes.sum():
        return math.inf, low, math.inf
    return _root(gap(0.0), float(seen)), low, _root(gap(-_Z95), float(seen))


def _root(rising: Callable[[float], float], smallest: float) -> float:
    """Where a rising function crosses zero: `smallest` if it is above already, infinity if it never does."""
    low, high = smallest, 2 * smallest
    if rising(low) >= 0:
        return low
    while rising(high) < 0:
        low, high = high, 2 * high
        if high > _LARGEST_POOL:
            return math.inf
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return round((low + high) / 2, 1)


def pool_sizes(corpus: pd.DataFrame) -> pd.DataFrame:
    """How large the pool behind the dumps would be, in two views.

    Returns
    -------
    DataFrame
        ``view``, ``papers``, ``low``, ``high`` (95 %), ``assumes``. The first view is `common_pool`. The
        second is Chao's (1987) lower bound, which allows that some papers are easier to find than others;
        bias-corrected form, log-normal interval. Both lean on independent draws, which searches are not. Empty
        for a single dump.
    """
    columns = ["view", "papers", "low", "high", "assumes"]
    if len(memberships(corpus).columns) < 2:
        return pd.DataFrame(columns=columns)
    estimate, low, high = common_pool(corpus)
    chao, chao_low, chao_high = chao_bound(memberships(corpus).sum(axis=1).to_numpy(), corpus)
    rows = [
        ("one common pool (Darroch)", estimate, low, high, "every paper is equally easy to find"),
        ("lower bound (Chao)", chao, chao_low, chao_high, "papers differ; it is a lower bound"),
    ]
    return pd.DataFrame(rows, columns=columns)


def chao_bound(found: np.ndarray, corpus: pd.DataFrame) -> tuple[float, float, float]:
    """Chao's lower bound for the pool, from how many papers were found once and twice; with 95 % interval."""
    k = len(memberships(corpus).columns)
    seen, once, twice = len(found), int((found == 1).sum()), int((found == 2).sum())
    f = (k - 1) / k
    unseen = f * once * (once - 1) / (2 * (twice + 1))
    variance = (
        unseen
        + f**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + f**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    return _with_log_interval(seen, unseen, variance)


def _with_log_interval(seen: int, unseen: float, variance: float) -> tuple[float, float, float]:
    if unseen <= 0:
        return float(seen), float(seen), float(seen)
    factor = math.exp(_Z95 * math.sqrt(math.log1p(variance / unseen**2)))
    return round(seen + unseen, 1), round(seen + unseen / factor, 1), round(seen + unseen * factor, 1)


def overlap_tests(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of dumps against the null of this module.

    The shared papers of two draws from the common pool are hypergeometric. p is two-sided (twice the smaller
    tail); Benjamini and Hochberg (1995) adjust over the pairs. The pool is estimated from the same dumps and
    taken as known.

    Returns
    -------
    DataFrame
        ``dump``, ``other``, ``shared``, ``expected``, ``low``, ``high`` (middle 95 % of the null), ``p``,
        ``p_adjusted``, ``verdict`` (``more than chance``, ``fewer than chance``, ``as by chance``), and the
        pair's own estimate of the pool after Chapman (1951): ``pool``, ``pool_low``, ``pool_high``.
    """
    from scipy.stats import hypergeom

    from paperatlas.compare.cells import adjust

    member = memberships(corpus)
    pool, _, _ = common_pool(corpus) if len(member.columns) > 1 else (math.inf, 0, 0)
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
        rows.append((one, other, shared, round(expected, 2), low, high, p, *chapman(n, m, shared)))
    names = ["dump", "other", "shared", "expected", "low", "high", "p", "pool", "pool_low", "pool_high"]
    table = pd.DataFrame(rows, columns=names)
    table["p_adjusted"] = adjust(table["p"].to_numpy())
    sure = table["p_adjusted"] < 0.05
    more = table["shared"] > table["expected"]
    table["verdict"] = np.select(
        [sure & more, sure], ["more than chance", "fewer than chance"], "as by chance"
    )
    return table.round({"p": 6, "p_adjusted": 6})


def chapman(n: int, m: int, shared: int) -> tuple[float, float, float]:
    """Pool from two draws (Chapman 1951) with a log-normal 95 % interval on Seber's (1970) variance."""
    estimate = (n + 1) * (m + 1) / (shared + 1) - 1
    variance = (n + 1) * (m + 1) * (n - shared) * (m - shared) / ((shared + 1) ** 2 * (shared + 2))
    seen = n + m - shared
    return _with_log_interval(seen, estimate - seen, variance)


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
    pool = common_pool(corpus)[0] if k > 1 else float(len(member))
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
