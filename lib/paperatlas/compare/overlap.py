"""Which papers stand in which dump, at which rank, and how much overlap random draws would have.

The null model of overlap: there is one pool of papers, and each dump is a draw of its own size from it, without
replacement, every paper equally likely, the dumps independent. Its size is set so that the null agrees with the number
of distinct papers (Darroch 1958, Biometrika 45); what can disagree is how the overlap is spread over pairs of dumps and
over papers. A search is not a random draw: the pool is a yardstick for overlap, not an estimate of how many papers exist.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p

MIN_SHARED = 10
_LARGEST_POOL = 10**12
_Z95 = 1.959963984540054


def memberships(corpus: pd.DataFrame) -> pd.DataFrame:
    """Paper × dump table of booleans, dumps sorted by name.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    """
    names = sorted({dump for dumps in corpus["dumps"] for dump in dumps})
    rows = [[name in dumps for name in names] for dumps in corpus["dumps"]]
    return pd.DataFrame(rows, columns=names, index=pd.Index(corpus["paper_id"], name="paper_id"), dtype=bool)


def paper_ranks(corpus: pd.DataFrame) -> pd.DataFrame:
    """Paper × dump table of ranks (1 is the top), missing where the paper is not in the dump.

    A paper that a dump lists twice keeps its better rank.

    Parameters
    ----------
    corpus : DataFrame
        As from `paperatlas.build_corpus`: ``paper_id``, ``dumps``, ``best_rank``, and the account of merges
        in its ``attrs``.

    Raises
    ------
    AtlasError
        If a paper is in several dumps and the account of merges does not say at which ranks.
    """
    member = memberships(corpus)
    ranks = pd.DataFrame(np.nan, index=member.index, columns=member.columns)
    merged: dict[tuple[str, str], int] = {}
    for merge in corpus.attrs.get("merges", ()):
        paper_id, dump, rank = merge[0], merge[1], int(merge[2])
        merged[paper_id, dump] = min(rank, merged.get((paper_id, dump), rank))
    places = {name: place for place, name in enumerate(member.columns)}
    values = ranks.to_numpy(copy=True)
    for row, (paper_id, dumps, best) in enumerate(
        zip(corpus["paper_id"], corpus["dumps"], corpus["best_rank"], strict=True)
    ):
        for dump in dumps:
            known = merged.get((paper_id, dump), int(best) if len(dumps) == 1 else None)
            if known is None:
                raise AtlasError(
                    f"paper {paper_id} is in {len(dumps)} dumps, but corpus.attrs['merges'] does not say at which "
                    f"rank in {dump}; pass the corpus as build_corpus returns it"
                )
            values[row, places[dump]] = known
    return pd.DataFrame(values, index=ranks.index, columns=ranks.columns).astype("Int64")


def overlaps(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of dumps: ``dump``, ``other``, ``shared`` papers, ``jaccard`` in [0, 1].

    The Jaccard index is the share of the papers of either dump that stand in both.
    """
    member = memberships(corpus)
    rows = []
    for one, other in combinations(member.columns, 2):
        shared = int((member[one] & member[other]).sum())
        either = int((member[one] | member[other]).sum())
        rows.append((one, other, shared, round(shared / either, 4)))
    return pd.DataFrame(rows, columns=["dump", "other", "shared", "jaccard"])


def intersections(corpus: pd.DataFrame) -> pd.DataFrame:
    """Papers by the exact set of dumps they stand in: ``dumps`` (tuple), ``papers``; the largest set first."""
    sets = corpus["dumps"].map(lambda dumps: tuple(sorted(set(dumps)))).value_counts()
    table = pd.DataFrame({"dumps": list(sets.index), "papers": sets.to_numpy()})
    order = sorted(range(len(table)), key=lambda i: (-int(table["papers"].iloc[i]), table["dumps"].iloc[i]))
    return table.iloc[order].reset_index(drop=True)


def rank_agreement(corpus: pd.DataFrame) -> pd.DataFrame:
    """Whether two dumps order the papers that they share alike.

    Spearman's rank correlation of the ranks in either dump, with the interval of Bonett and Wright (2000):
    Fisher's z with variance (1 + ρ²/2) / (n - 3). The null of the test is that the two orders of the shared
    papers have nothing to do with each other; pairs that share fewer
    than ten get no number; p by Student's t, adjusted over the pairs tested.

    Parameters
    ----------
    corpus : DataFrame
        As for `paper_ranks`.

    Returns
    -------
    DataFrame
        ``dump``, ``other``, ``shared``, ``spearman``, ``low``, ``high`` (95 %), ``p``, ``p_adjusted``,
        ``verdict``: ``alike``, ``reversed``, ``not told apart from chance`` or ``too few shared papers``.
    """
    from scipy.stats import spearmanr

    ranks = paper_ranks(corpus)
    rows = []
    for one, other in combinations(ranks.columns, 2):
        both = ranks[[one, other]].dropna().astype(int)
        row = {"dump": one, "other": other, "shared": len(both)}
        if len(both) >= MIN_SHARED:
            found = spearmanr(both[one], both[other])
            low, high = spearman_interval(float(found.statistic), len(both))
            row |= {"spearman": float(found.statistic), "low": low, "high": high, "p": float(found.pvalue)}
        rows.append(row)
    columns = ["dump", "other", "shared", "spearman", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns)
    for column in columns[3:]:
        table[column] = pd.to_numeric(table[column]).astype(float)
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    told = table["p_adjusted"] < 0.05
    table["verdict"] = np.select(
        [table["spearman"].isna(), told & (table["spearman"] > 0), told],
        ["too few shared papers", "alike", "reversed"],
        "not told apart from chance",
    )
    return table.round({"spearman": 4, "low": 4, "high": 4, "p": 6, "p_adjusted": 6})


def spearman_interval(rho: float, n: int) -> tuple[float, float]:
    """95 % interval of Spearman's ρ from n pairs (Bonett and Wright 2000, Psychometrika 65)."""
    if abs(rho) >= 1:
        return (-1.0, 1.0) if n < 5 else (rho, rho)
    centre, half = np.arctanh(rho), _Z95 * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return float(np.tanh(centre - half)), float(np.tanh(centre + half))


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

    The shared papers of two draws from the common pool are hypergeometric. p is two-sided (twice the smaller tail),
    adjusted over the pairs (Benjamini and Hochberg 1995).

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
