"""Sources against each other: what each is about, which papers they share, and whether that is more than chance.

The null model of overlap: there is one pool of papers, and each source is a draw of its own size from it, without
replacement, every paper equally likely, the sources independent. It is as large as makes all pairs together share what
they do share (for two draws, the estimate of Petersen 1896); what can disagree is how the overlap is spread over pairs of
sources. A search is not a random draw: the pool is a yardstick for overlap, not an estimate of how many papers exist.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.intervals import Z95, adjusted_p, fisher_p
from paperatlas.text import Terms, read_terms
from paperatlas.topics.names import telling

_TERMS = 8
_MIN_PAPERS = 3
_ENDS = 0.2  # share of the uses of a noun that end a phrase; of an adjective it is less
_LABEL_LENGTH = 42  # a label of three terms that is longer has two
_ENDING = re.compile(r"(?<=...)(?:ation|ical|ally|ic|ing|ion|ive|al|ed|er|e|y)$")
_SHARED = 3


def papers_by_source(corpus: pd.DataFrame) -> pd.DataFrame:
    """Paper × source table of booleans, sources sorted by name."""
    names = sorted({dump for dumps in corpus["dumps"] for dump in dumps})
    rows = [[name in dumps for name in names] for dumps in corpus["dumps"]]
    return pd.DataFrame(rows, columns=names, index=pd.Index(corpus["paper_id"], name="paper_id"), dtype=bool)


def overlaps(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of sources: ``dump``, ``other``, ``shared`` papers, ``jaccard`` in [0, 1].

    The Jaccard index is the share of the papers of either source that stand in both.
    """
    member = papers_by_source(corpus)
    rows = []
    for one, other in combinations(member.columns, 2):
        shared = int((member[one] & member[other]).sum())
        either = int((member[one] | member[other]).sum())
        rows.append((one, other, shared, round(shared / either, 4)))
    return pd.DataFrame(rows, columns=["dump", "other", "shared", "jaccard"])


def overlap_tests(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every pair of sources against the null of this module.

    As `overlaps`, with ``expected``, ``low``, ``high`` (middle 95 % of the null), ``p``, ``p_adjusted``, ``verdict`` (``more
    than chance``, ``fewer than chance``, ``as by chance``). The shared papers of two draws from the common pool are
    hypergeometric: p is that of Fisher's exact test, adjusted over the pairs (Benjamini and Hochberg 1995).
    """
    from scipy.stats import hypergeom

    member, table = papers_by_source(corpus), overlaps(corpus)
    n, m = (table[side].map(member.sum()).to_numpy(dtype=float) for side in ("dump", "other"))
    shared = table["shared"].to_numpy(dtype=float)
    # Where none is shared, as if half a paper were.
    pool = round(max(len(member), (n * m).sum() / max(shared.sum(), 0.5)))
    low, high = hypergeom.ppf([[0.025], [0.975]], pool, n, m)
    table["expected"] = np.round(n * m / pool, 2)
    table["low"], table["high"] = low.astype(np.int64), high.astype(np.int64)
    table["p"] = fisher_p(shared, n, m, pool)
    table["p_adjusted"] = adjusted_p(table["p"].to_numpy())
    sure, more = table["p_adjusted"] < 0.05, table["shared"] > table["expected"]
    verdicts = ["more than chance", "fewer than chance"]
    table["verdict"] = np.select([sure & more, sure], verdicts, "as by chance")
    return table.round({"p": 6, "p_adjusted": 6})


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
    member, n = papers_by_source(corpus), len(corpus)
    topic_of = papers.set_index("paper_id")["topic"].reindex(member.index)
    both = member.groupby(topic_of.to_numpy()).sum()
    cells = pd.MultiIndex.from_product([both.index, both.columns], names=["topic", "dump"])
    table = pd.DataFrame({"papers": both.to_numpy().ravel()}, index=cells).reset_index()
    a, of_topic = table["papers"], table["topic"].map(topic_of.value_counts())
    of_dump = table["dump"].map(member.sum())
    b, c = of_topic - a, of_dump - a
    d = n - a - b - c
    log_odds = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    half = Z95 * np.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (c + 0.5) + 1 / (d + 0.5))
    p = fisher_p(a.to_numpy(), of_topic.to_numpy(), of_dump.to_numpy(), n)
    shares = {"share": a / of_dump, "share_rest": b / (n - of_dump).where(of_dump < n)}
    odds = {"odds_ratio": log_odds, "odds_low": log_odds - half, "odds_high": log_odds + half}
    table = table.assign(
        **shares, **{name: np.exp(log) for name, log in odds.items()}, p=p, p_adjusted=adjusted_p(p)
    )
    return table.round(dict.fromkeys([*shares, *odds], 4) | {"p": 6, "p_adjusted": 6})


def telling_terms(terms: Terms, inside: np.ndarray, n: int, least: float = 0.0) -> pd.DataFrame:
    """The n words and phrases that set a group of papers, given as booleans, apart most; no two share a word.

    ``term``, ``column`` (of `terms`), ``inside`` (papers of the group that use it, three or more), ``z`` above `least`, as
    from `paperatlas.topics.names.telling`. Terms that are too general, mere pieces of a longer phrase, and words that hardly
    ever end one, such as "recurrent", do not count.
    """
    counted = ~(terms.general | terms.pieces) & (terms.last >= _ENDS * terms.counts.sum(axis=0))
    z, used = telling(terms, inside, counted)
    z[~counted | (used < _MIN_PAPERS)] = -np.inf
    order = np.lexsort((-used, -z))[: np.count_nonzero(z > least)].tolist()
    kept = np.array(
        _without_shared_words(terms, order, n), dtype=np.intp
    )  # whole numbers where there is none, too
    shown = [terms.shown[column] for column in kept]
    return pd.DataFrame({"term": shown, "column": kept, "inside": used[kept], "z": z[kept]})


def _without_shared_words(terms: Terms, columns: list[int], n: int) -> list[int]:
    """The first n of some terms of which no two share a word, whatever its ending, or what it stands for."""
    keys = terms.keys
    kept: list[int] = []
    said: set[str] = set()
    for column in columns:
        key = keys[column]
        words = {_ENDING.sub("", word) for word in f"{key} {terms.abbreviations.get(key, '')}".split()}
        if len(kept) < n and said.isdisjoint(words):
            kept.append(column)
            said |= words
    return kept


def describe_dumps(records: pd.DataFrame, corpus: pd.DataFrame) -> pd.DataFrame:
    """One row per source: what it holds, what it alone holds, and the terms that set it apart.

    Its papers are compared with the papers that it lacks; a paper of several sources speaks for each of
    them and never for both sides of a comparison.

    Returns
    -------
    DataFrame
        ``dump``, ``label`` (its first terms; no two sources share a label), ``records``, ``papers``, ``only_here``
        (papers in no other source), ``terms`` (tuple, strongest first) and their z-scores ``z`` (tuple). With a
        single source there is nothing to set it apart from: its label is its name and ``terms`` is empty.
    """
    member = papers_by_source(corpus)
    alone = member.sum(axis=1) == 1
    sizes = records.groupby("dump").size()
    terms = read_terms(corpus["title"].tolist(), corpus["abstract"].tolist())
    rows: dict[str, tuple[Any, ...]] = {}
    for dump in member.columns:
        told = telling_terms(terms, member[dump].to_numpy(), _TERMS)
        found, z = tuple(told["term"]), tuple(told["z"].round(2).tolist())
        label = " · ".join(found[:3])
        label = label if len(label) <= _LABEL_LENGTH else " · ".join(found[:2])
        label = f"{label} · {dump}" if label in rows else label or dump
        only_here = int((member[dump] & alone).sum())
        rows[label] = (dump, label, int(sizes[dump]), int(member[dump].sum()), only_here, found, z)
    columns = ["dump", "label", "records", "papers", "only_here", "terms", "z"]
    return pd.DataFrame(list(rows.values()), columns=columns)


def shared_terms(text: str, papers: pd.DataFrame) -> list[tuple[str, ...]]:
    """Up to three terms of a text that each paper uses too: phrases before words, rare ones before common ones.

    No two of a paper's terms have a word in common.
    """
    terms = read_terms([text, *papers["title"]], ["", *papers["abstract"]])
    used = terms.counts.toarray() > 0
    asked = np.flatnonzero(used[0] & ~terms.general & ~terms.pieces).tolist()
    keys = terms.keys
    asked.sort(key=lambda column: (-keys[column].count(" "), terms.n_papers[column], keys[column]))
    found = []
    for row in used[1:]:
        kept = _without_shared_words(terms, [column for column in asked if row[column]], _SHARED)
        found.append(tuple(terms.shown[column] for column in kept))
    return found
