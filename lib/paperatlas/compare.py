"""What each dump is about, and what it shares with the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.topics.terms import Phrases, count_phrases


def memberships(corpus: pd.DataFrame) -> pd.DataFrame:
    """Paper × dump table of booleans, dumps sorted by name.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    """
    names = sorted({dump for dumps in corpus["dumps"] for dump in dumps})
    rows = [[name in dumps for name in names] for dumps in corpus["dumps"]]
    return pd.DataFrame(rows, columns=names, index=pd.Index(corpus["paper_id"], name="paper_id"), dtype=bool)


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


def distinguishing_terms(
    corpus: pd.DataFrame, group: Sequence[bool] | np.ndarray, *, n: int = 10
) -> pd.DataFrame:
    """Terms that papers of one group use more than the rest, by log-odds with an informative prior.

    The prior is the whole corpus (Monroe, Colaresi and Quinn 2008, "Fightin' Words", equations 15 to 22).
    A term counts once per paper, so that a single abstract cannot carry it.

    Parameters
    ----------
    corpus : DataFrame with ``title`` and ``abstract``
    group : n booleans
        True for the papers of the group.
    n : int
        How many terms.

    Returns
    -------
    DataFrame
        ``term``, ``inside`` and ``outside`` (papers with the term), ``log_odds``, ``z``, highest z first.

    Raises
    ------
    AtlasError
        If nobody or everybody belongs to the group.
    """
    inside = np.asarray(group, dtype=bool)
    if not 0 < inside.sum() < len(inside):
        raise AtlasError(
            f"a comparison needs papers inside and outside; found {inside.sum()} of {len(inside)} inside"
        )
    return _terms_of(count_phrases(corpus["title"].tolist(), corpus["abstract"].tolist()), inside, n)


def _terms_of(phrases: Phrases, inside: np.ndarray, n: int) -> pd.DataFrame:
    counts_in = np.asarray(phrases.matrix[inside].sum(axis=0)).ravel()
    counts_out = np.asarray(phrases.matrix[~inside].sum(axis=0)).ravel()
    log_odds, z = log_odds_with_prior(counts_in, counts_out, counts_in + counts_out)
    table = pd.DataFrame(
        {"term": phrases.shown, "inside": counts_in, "outside": counts_out, "log_odds": log_odds, "z": z}
    )
    return _without_parts(table.sort_values(["z", "term"], ascending=[False, True], ignore_index=True), n)


def log_odds_with_prior(
    inside: np.ndarray, outside: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ratio of each term and its z-score, both (n_terms,), rounded to four decimals.

    Parameters
    ----------
    inside, outside, prior : (n_terms,) counts
        The prior is scaled so that it weighs as much as the smaller side.
    """
    total_in, total_out, total_prior = (float(c.sum()) for c in (inside, outside, prior))
    scaled = prior * (min(total_in, total_out) / total_prior)
    weight = float(scaled.sum())
    a, b = inside + scaled, outside + scaled
    delta = np.log(a / (total_in + weight - a)) - np.log(b / (total_out + weight - b))
    return np.round(delta, 4), np.round(delta / np.sqrt(1 / a + 1 / b), 4)


def _without_parts(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """First n terms, leaving out a word that a phrase of the list contains."""
    kept: list[int] = []
    words: list[set[str]] = []
    for row, term in enumerate(table["term"]):
        parts = set(term.lower().split())
        if any(parts <= other or other <= parts for other in words):
            continue
        kept.append(row)
        words.append(parts)
        if len(kept) == n:
            break
    return table.iloc[kept].reset_index(drop=True)


def describe_dumps(records: pd.DataFrame, corpus: pd.DataFrame, *, n_terms: int = 8) -> pd.DataFrame:
    """One row per dump: what it holds, what it alone holds, and the terms that set it apart.

    Returns
    -------
    DataFrame
        ``dump``, ``label`` (its two strongest terms), ``records``, ``papers``, ``only_here`` (papers in no
        other dump), ``terms`` (tuple, strongest first). With a single dump there is nothing to set it
        apart from: its label is its name and ``terms`` is empty.
    """
    member = memberships(corpus)
    alone = member.sum(axis=1) == 1
    sizes = records.groupby("dump").size()
    phrases = count_phrases(corpus["title"].tolist(), corpus["abstract"].tolist())
    rows = []
    for dump in member.columns:
        terms: tuple[str, ...] = ()
        if len(member.columns) > 1 and not member[dump].all():
            terms = tuple(_terms_of(phrases, member[dump].to_numpy(), n_terms)["term"])
        rows.append(
            {
                "dump": dump,
                "label": " · ".join(terms[:2]) or dump,
                "records": int(sizes[dump]),
                "papers": int(member[dump].sum()),
                "only_here": int((member[dump] & alone).sum()),
                "terms": terms,
            }
        )
    return pd.DataFrame(rows)


def topics_by_dump(corpus: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    """Topic × dump: how many papers, and whether that is more or less than the dump's size explains.

    Per cell Fisher's exact test (two-sided) of topic against dump membership; the null hypothesis is that
    a paper's topic says nothing about its being in the dump. Benjamini and Hochberg (1995) adjust over all
    cells.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    papers : DataFrame with ``paper_id`` and ``topic``

    Returns
    -------
    DataFrame
        ``topic``, ``dump``, ``papers``, ``expected``, ``odds_ratio`` (with 0.5 added to each cell, Haldane
        1956), ``p``, ``p_adjusted``.
    """
    from scipy.stats import fisher_exact

    member = memberships(corpus)
    topic_of = papers.set_index("paper_id")["topic"].reindex(member.index).to_numpy()
    rows = []
    for topic in sorted(set(topic_of.tolist())):
        of_topic = topic_of == topic
        for dump in member.columns:
            of_dump = member[dump].to_numpy()
            table = [
                [int((of_topic & of_dump).sum()), int((of_topic & ~of_dump).sum())],
                [int((~of_topic & of_dump).sum()), int((~of_topic & ~of_dump).sum())],
            ]
            (a, b), (c, d) = table
            odds_ratio = (a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))
            expected = of_topic.sum() * of_dump.sum() / len(member)
            p = float(fisher_exact(table).pvalue)
            rows.append((topic, dump, a, round(float(expected), 2), round(odds_ratio, 4), p))
    result = pd.DataFrame(rows, columns=["topic", "dump", "papers", "expected", "odds_ratio", "p"])
    result["p_adjusted"] = adjust(result["p"].to_numpy())
    return result.round({"p": 6, "p_adjusted": 6})


def adjust(p: np.ndarray) -> np.ndarray:
    """P-values adjusted for the false-discovery rate (Benjamini and Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p)) if len(p) else p


def expected_overlap(corpus: pd.DataFrame) -> pd.DataFrame:
    """Count how many papers would stand in 1, 2, … dumps if each dump drew its papers at random.

    The number of dumps a paper stands in is then Poisson-binomial with the dumps' shares of the corpus.

    Returns
    -------
    DataFrame
        ``n_dumps`` (1 and up), ``papers`` seen, ``expected`` under random draws, given that a paper is in
        at least one dump.
    """
    member = memberships(corpus)
    shares = member.mean().to_numpy()
    spread = np.array([1.0])
    for share in shares:
        spread = np.convolve(spread, [1 - share, share])
    seen = member.sum(axis=1).value_counts()
    n_dumps = range(1, len(shares) + 1)
    scale = len(member) / math.fsum(spread[1:])
    return pd.DataFrame(
        {
            "n_dumps": n_dumps,
            "papers": [int(seen.get(k, 0)) for k in n_dumps],
            "expected": [round(float(spread[k] * scale), 1) for k in n_dumps],
        }
    )
