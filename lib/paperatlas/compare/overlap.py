"""Which papers stand in which source, and how much the sources share beside random draws.

The null model of overlap: there is one pool of papers, and each source is a draw of its own size from it, without
replacement, every paper equally likely, the sources independent. Its size is set so that the null agrees with the number
of distinct papers (Darroch 1958, Biometrika 45); what can disagree is how the overlap is spread over pairs of sources. A
search is not a random draw: the pool is a yardstick for overlap, not an estimate of how many papers exist.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from paperatlas.intervals import Z95, adjusted_p, fisher_p

_LARGEST_POOL = 10**12


def memberships(corpus: pd.DataFrame) -> pd.DataFrame:
    """Paper × source table of booleans, sources sorted by name.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    """
    names = sorted({dump for dumps in corpus["dumps"] for dump in dumps})
    rows = [[name in dumps for name in names] for dumps in corpus["dumps"]]
    return pd.DataFrame(rows, columns=names, index=pd.Index(corpus["paper_id"], name="paper_id"), dtype=bool)


def intersections(corpus: pd.DataFrame) -> pd.DataFrame:
    """Papers by the exact set of sources they stand in: ``dumps`` (tuple), ``papers``; the largest set first."""
    sets = corpus["dumps"].map(lambda dumps: tuple(sorted(set(dumps)))).value_counts()
    table = sets.rename_axis("dumps").rename("papers").reset_index()
    return table.sort_values(["papers", "dumps"], ascending=[False, True], ignore_index=True)


def overlaps(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of sources: ``dump``, ``other``, ``shared`` papers, ``jaccard`` in [0, 1].

    The Jaccard index is the share of the papers of either source that stand in both.
    """
    member = memberships(corpus)
    rows = []
    for one, other in combinations(member.columns, 2):
        shared = int((member[one] & member[other]).sum())
        either = int((member[one] | member[other]).sum())
        rows.append((one, other, shared, round(shared / either, 4)))
    return pd.DataFrame(rows, columns=["dump", "other", "shared", "jaccard"])


def overlap_tests(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of sources against the null of this module.

    The shared papers of two draws from the common pool are hypergeometric. p is two-sided (twice the smaller tail),
    adjusted over the pairs (Benjamini and Hochberg 1995).

    Returns
    -------
    DataFrame
        As `overlaps`, with ``expected``, ``low``, ``high`` (middle 95 % of the null), ``p``, ``p_adjusted``, ``verdict``
        (``more than chance``, ``fewer than chance``, ``as by chance``).
    """
    from scipy.stats import hypergeom

    member, table = memberships(corpus), overlaps(corpus)
    sizes = member.sum()
    pool = _common_pool(sizes.to_numpy(dtype=float), len(member))
    n, m = (sizes.reindex(table[side]).to_numpy(dtype=float) for side in ("dump", "other"))
    shared = table["shared"].to_numpy()
    table["expected"] = np.round(n * m / pool, 2)
    if math.isinf(pool):
        table["low"], table["high"], table["p"] = 0, 0, 1.0
    else:
        low, high = hypergeom.ppf([[0.025], [0.975]], round(pool), n, m)
        tails = hypergeom.cdf(shared, round(pool), n, m), hypergeom.sf(shared - 1, round(pool), n, m)
        table["low"], table["high"] = low.astype(np.int64), high.astype(np.int64)
        table["p"] = np.minimum(2 * np.minimum(*tails), 1.0)
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    sure, more = table["p_adjusted"] < 0.05, table["shared"] > table["expected"]
    verdicts = ["more than chance", "fewer than chance"]
    table["verdict"] = np.select([sure & more, sure], verdicts, "as by chance")
    return table.round({"p": 6, "p_adjusted": 6})


def _common_pool(sizes: np.ndarray, seen: int) -> float:
    """Size of the pool whose random draws would give as many distinct papers; infinite where no paper is shared."""
    from scipy.optimize import brentq

    if seen == sizes.sum():
        return math.inf

    def surplus(log_pool: float) -> float:
        pool = math.exp(log_pool)
        missed = math.exp(math.fsum(np.log1p(-sizes / pool))) if pool > sizes.max() else 0.0
        return pool * (1 - missed) - seen

    if surplus(math.log(seen)) >= 0:
        return seen
    return round(math.exp(brentq(surplus, math.log(seen), math.log(_LARGEST_POOL))), 1)


def topics_by_dump(corpus: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    """Topic × source: how many papers, and whether that is more or less than the source's size explains.

    Null: that a paper stands in the source says nothing about its topic. Fisher's exact test, two-sided, adjusted over
    all cells (Benjamini and Hochberg 1995).

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    papers : DataFrame with ``paper_id`` and ``topic``

    Returns
    -------
    DataFrame, one row per cell
        ``topic``, ``dump``, ``papers`` in both; ``share`` of the source's papers that have the topic and ``share_rest``
        of the others (missing without others); ``odds_ratio`` with its 95 % interval, ``odds_low`` to ``odds_high`` (0.5
        added to each count: Haldane 1956, Gart 1966); ``p`` and ``p_adjusted``.
    """
    member = memberships(corpus)
    topic_of = papers.set_index("paper_id")["topic"].reindex(member.index)
    topics = np.sort(topic_of.unique())
    has_topic = (topic_of.to_numpy()[:, None] == topics).astype(np.int64)
    both = has_topic.T @ member.to_numpy(dtype=np.int64)
    of_topic = np.repeat(has_topic.sum(axis=0), both.shape[1])
    of_dump = np.tile(member.sum().to_numpy(), len(topics))
    a = both.ravel()
    b, c, n = of_topic - a, of_dump - a, len(member)
    d, others = n - a - b - c, np.where(of_dump < n, n - of_dump, np.nan)
    log_odds = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    half = Z95 * np.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (c + 0.5) + 1 / (d + 0.5))
    p = fisher_p(a, of_topic, of_dump, n)
    table = pd.DataFrame(
        {
            "topic": np.repeat(topics, both.shape[1]),
            "dump": np.tile(np.asarray(member.columns, dtype=object), len(topics)),
            "papers": a,
            "share": a / of_dump,
            "share_rest": b / others,
            "odds_ratio": np.exp(log_odds),
            "odds_low": np.exp(log_odds - half),
            "odds_high": np.exp(log_odds + half),
            "p": p,
            "p_adjusted": adjusted_p(p),
        }
    )
    four = ["share", "share_rest", "odds_ratio", "odds_low", "odds_high"]
    return table.round(dict.fromkeys(four, 4) | {"p": 6, "p_adjusted": 6})
