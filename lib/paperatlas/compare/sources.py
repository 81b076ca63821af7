"""Sources against each other: what each is about, which papers they share, and whether that is more than chance.

The null model of overlap: there is one pool of papers, and each source is a draw of its own size from it, without
replacement, every paper equally likely, the sources independent. Its size is set so that the null agrees with the number
of distinct papers (Darroch 1958, Biometrika 45); what can disagree is how the overlap is spread over pairs of sources. A
search is not a random draw: the pool is a yardstick for overlap, not an estimate of how many papers exist.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.intervals import Z95, adjusted_p, fisher_p
from paperatlas.text import fold_plural, read_terms
from paperatlas.text.tokens import word_lists

_LARGEST_POOL = 10**12
_TERMS = 8
_LABEL_TERMS = 3
_LABEL_LENGTH = 42
# A phrase stands for its word in a label if it is nearly as telling.
_PHRASE_WORTH = 0.7
_CANDIDATES = 60
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
    hypergeometric. p is two-sided (twice the smaller tail), adjusted over the pairs (Benjamini and Hochberg 1995).
    """
    from scipy.stats import hypergeom

    member, table = papers_by_source(corpus), overlaps(corpus)
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
    member, n = papers_by_source(corpus), len(corpus)
    topic_of = papers.set_index("paper_id")["topic"].reindex(member.index)
    both = member.groupby(topic_of.to_numpy()).sum().rename_axis("topic")
    table = both.melt(var_name="dump", value_name="papers", ignore_index=False).reset_index()
    table = table.sort_values(["topic", "dump"], ignore_index=True)
    a, of_topic, of_dump = (
        table["papers"],
        table["topic"].map(topic_of.value_counts()),
        table["dump"].map(member.sum()),
    )
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


class Uses(NamedTuple):
    """Which of n papers uses which of m terms, sorted by key: ``matrix``, ``titles`` (n, m) of zeros and ones.

    ``keys``, ``shown`` (m) and ``long_forms``, those of abbreviations, are as in `paperatlas.text.Terms`.
    """

    matrix: sparse.csr_array
    titles: sparse.csr_array
    keys: list[str]
    shown: list[str]
    long_forms: dict[str, str]


def uses_of(papers: pd.DataFrame) -> Uses:
    """Words and phrases that are neither too general nor mere pieces of a longer phrase."""
    terms = read_terms(papers["title"].tolist(), papers["abstract"].tolist())
    kept = sorted(np.flatnonzero(~terms.general & ~terms.pieces).tolist(), key=terms.keys.__getitem__)
    matrix, titles = (
        sparse.csr_array(counts[:, kept] > 0, dtype=np.int64) for counts in (terms.counts, terms.in_titles)
    )
    keys, shown = ([names[i] for i in kept] for names in (terms.keys, terms.shown))
    return Uses(matrix, titles, keys, shown, terms.abbreviations)


def score_terms(uses: Uses, inside: np.ndarray) -> pd.DataFrame:
    """Every term of n papers, the most telling of a group, (n,) booleans, first.

    ``term``, ``key`` (folded), ``inside`` (papers of the group), ``z``: the log-odds ratio of using the term, inside
    and outside, with all papers as the prior, divided by its standard error (Monroe, Colaresi and Quinn 2008). The
    prior weighs as much as the smaller side.
    """
    counts = np.array([uses.matrix[np.flatnonzero(side)].sum(axis=0) for side in (inside, ~inside)], float)
    used = np.flatnonzero(counts.sum(axis=0))
    counts = counts[:, used]
    prior, total = counts.sum(axis=0), counts.sum(axis=1, keepdims=True)
    z = np.zeros(len(used))
    if total.all() and len(used) > 1:
        prior *= total.min() / prior.sum()
        weighed = counts + prior
        log_odds = np.log(weighed / (total + prior.sum() - weighed))
        z = np.round((log_odds[0] - log_odds[1]) / np.sqrt((1 / weighed).sum(axis=0)), 4)
    terms, keys = (np.asarray(names, dtype=object)[used] for names in (uses.shown, uses.keys))
    table = pd.DataFrame({"term": terms, "key": keys, "inside": counts[0].astype(np.int64), "z": z})
    # Keys are sorted, so that a stable sort settles ties by the alphabet.
    return table.sort_values("z", ascending=False, kind="stable", ignore_index=True)


def without_parts(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """First n terms, leaving out a term that contains, or is contained in, one before it."""
    kept: dict[int, set[str]] = {}
    for row, term in enumerate(table["term"]):
        parts = {fold_plural(word.lower()) for word in term.split()}
        if len(kept) < n and not any(parts <= other or other <= parts for other in kept.values()):
            kept[row] = parts
    return table.iloc[list(kept)].reset_index(drop=True)


def describe_dumps(records: pd.DataFrame, corpus: pd.DataFrame) -> pd.DataFrame:
    """One row per source: what it holds, what it alone holds, and the terms that set it apart.

    Its papers are compared with the papers that it lacks; a paper of several sources speaks for each of
    them and never for both sides of a comparison.

    Returns
    -------
    DataFrame
        ``dump``, ``label`` (a few strong terms; no two sources share a label), ``records``,
        ``papers``, ``only_here`` (papers in no other source), ``terms`` (tuple, strongest first) and their
        z-scores ``z`` (tuple). With a single source there is nothing to set it apart from: its label is its
        name and ``terms`` is empty.
    """
    member = papers_by_source(corpus)
    alone = member.sum(axis=1) == 1
    sizes = records.groupby("dump").size()
    uses = uses_of(corpus)
    weighed = uses._replace(matrix=uses.matrix + uses.titles)  # titles count twice
    rows = []
    taken: set[frozenset[str]] = set()
    for dump in member.columns:
        inside = member[dump].to_numpy()
        held = (int(sizes[dump]), int(inside.sum()), int((member[dump] & alone).sum()))
        if inside.all():
            rows.append((dump, dump, *held, (), ()))
            continue
        terms = without_parts(score_terms(uses, inside), _TERMS)
        label = unique_label(_label_terms(weighed, inside), dump, taken)
        rows.append((dump, label, *held, tuple(terms["term"]), tuple(terms["z"].round(2).tolist())))
    return pd.DataFrame(rows, columns=["dump", "label", "records", "papers", "only_here", "terms", "z"])


def _label_terms(uses: Uses, inside: np.ndarray) -> list[str]:
    """Strong terms of at least three papers for a label, none of which says what one before it says already."""
    scored = score_terms(uses, inside)
    strong = scored[(scored["z"] > 0) & (scored["inside"] >= 3)].head(_CANDIDATES)
    candidates = list(zip(strong["key"], strong["z"], strong["term"], strict=True))
    chosen: list[str] = []
    stems: set[str] = set()
    for key, z, _ in candidates:
        parts = set(key.split())
        nearly = [c for c in candidates if parts <= set(c[0].split()) and c[1] >= _PHRASE_WORTH * z]
        full, _, shown = max(nearly, key=lambda c: (len(c[0].split()), c[1]))
        own = _stems(full) | _stems(uses.long_forms.get(full, ""))
        if not own & stems:
            chosen.append(shown)
            stems |= own
    return chosen[: 2 * _LABEL_TERMS]


def _stems(key: str) -> set[str]:
    """Telling words without their commonest endings: gate, gated and gating are one."""
    general = word_lists()["general"]["words"]
    return {_ENDING.sub("", word) for word in key.split() if word not in general}


def unique_label(terms: Sequence[str], name: str, taken: set[frozenset[str]]) -> str:
    """Label of the first two or three terms; it takes in more, at last the name, until no other has it."""
    usual = _LABEL_TERMS if len(" · ".join(terms[:_LABEL_TERMS])) <= _LABEL_LENGTH else _LABEL_TERMS - 1
    for n in range(min(usual, len(terms)), len(terms) + 1):
        key = frozenset(term.lower() for term in terms[:n])
        if key and key not in taken:
            taken.add(key)
            return " · ".join(terms[:n])
    return " · ".join([*terms[:_LABEL_TERMS], name])


def shared_terms(text: str, papers: pd.DataFrame) -> list[tuple[str, ...]]:
    """Up to three terms of a text that each paper uses too: phrases before words, rare ones before common ones.

    No two of a paper's terms have a word in common.
    """
    uses = uses_of(pd.DataFrame({"title": [text, *papers["title"]], "abstract": ["", *papers["abstract"]]}))
    used = uses.matrix.toarray() > 0
    words, frequency = [set(key.split()) for key in uses.keys], used.sum(axis=0)

    def rank(place: int) -> tuple[int, int, str]:
        return -len(words[place]), int(frequency[place]), uses.keys[place]

    asked = sorted(np.flatnonzero(used[0]).tolist(), key=rank)
    found = []
    for row in used[1:]:
        kept: list[int] = []
        for place in asked:
            if row[place] and not any(words[place] & words[other] for other in kept):
                kept.append(place)
        found.append(tuple(uses.shown[place] for place in kept[:_SHARED]))
    return found
