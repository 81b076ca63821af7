"""What was searched: the terms that set a source apart, and a short label made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.compare.overlap import memberships
from paperatlas.text import fold_plural, read_terms
from paperatlas.text.tokens import word_lists

_TERMS = 8
_LABEL_TERMS = 3
_LABEL_LENGTH = 42
# A phrase stands for its word in a label if it is nearly as telling.
_PHRASE_WORTH = 0.7
# Two terms say the same if this share of the papers with either has both.
_TOGETHER = 0.6
_CANDIDATES = 60
_SHARED = 3


class Uses(NamedTuple):
    """Which of n papers uses which of m terms: ``matrix``, ``titles`` (n, m) of zeros and ones; ``keys``, ``shown`` (m).

    As in `paperatlas.text.Terms`, sorted by key; ``long_forms`` are those of abbreviations, both as keys.
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
    shown = [terms.shown[i] for i in kept]
    return Uses(matrix, titles, [terms.keys[i] for i in kept], shown, terms.abbreviations)


def score_terms(uses: Uses, inside: np.ndarray) -> pd.DataFrame:
    """Every term of these papers, the most telling of a group first.

    The score is the log-odds ratio of using the term, inside and outside, with all papers as the prior, divided by its
    standard error (Monroe, Colaresi and Quinn 2008). The prior weighs as much as the smaller side.

    Parameters
    ----------
    uses : Uses
    inside : (n,) booleans
        The group.

    Returns
    -------
    DataFrame
        ``term``, ``key`` (folded), ``inside`` (papers of the group), ``z``.
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
    # Keys are sorted, so that a stable sort settles ties by the alphabet.
    order = np.argsort(-z, kind="stable")
    place = used[order]
    return pd.DataFrame(
        {
            "term": np.asarray(uses.shown, dtype=object)[place],
            "key": np.asarray(uses.keys, dtype=object)[place],
            "inside": counts[0, order].astype(np.int64),
            "z": z[order],
        }
    )


def without_parts(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """First n terms, leaving out a term that contains, or is contained in, one before it."""
    kept: list[int] = []
    words: list[set[str]] = []
    for row, term in enumerate(table["term"]):
        parts = {fold_plural(word.lower()) for word in term.split()}
        if len(kept) < n and not any(parts <= other or other <= parts for other in words):
            kept.append(row)
            words.append(parts)
    return table.iloc[kept].reset_index(drop=True)


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
    member = memberships(corpus)
    alone = member.sum(axis=1) == 1
    sizes = records.groupby("dump").size()
    uses = uses_of(corpus)
    weighed = uses._replace(matrix=uses.matrix + uses.titles)  # titles count twice
    rows = []
    taken: set[frozenset[str]] = set()
    for dump in member.columns:
        inside = member[dump].to_numpy()
        terms, label = pd.DataFrame({"term": [], "z": []}), dump
        if not inside.all():
            terms = without_parts(score_terms(uses, inside), _TERMS)
            label = unique_label(_label_terms(weighed, inside), dump, taken)
        rows.append(
            {
                "dump": dump,
                "label": label,
                "records": int(sizes[dump]),
                "papers": int(inside.sum()),
                "only_here": int((member[dump] & alone).sum()),
                "terms": tuple(terms["term"]),
                "z": tuple(round(float(z), 2) for z in terms["z"]),
            }
        )
    return pd.DataFrame(rows)


def _label_terms(uses: Uses, inside: np.ndarray) -> list[str]:
    """Strong terms of at least three papers for a label, none of which says what one before it says already."""
    scored = score_terms(uses, inside)
    strong = scored[(scored["z"] > 0) & (scored["inside"] >= 3)].head(_CANDIDATES)
    column = {key: place for place, key in enumerate(uses.keys)}
    held = np.asarray(
        uses.matrix[np.flatnonzero(inside)][:, [column[key] for key in strong["key"]]].todense()
    )
    used = dict(zip(strong["key"], held.T > 0, strict=True))
    candidates = list(zip(strong["key"], strong["z"], strict=True))
    chosen: list[str] = []
    taken: list[np.ndarray] = []
    stems: set[str] = set()
    for key, z in candidates:
        parts = set(key.split())
        nearly = [c for c in candidates if parts <= set(c[0].split()) and c[1] >= _PHRASE_WORTH * z]
        full, _ = max(nearly, key=lambda c: (len(c[0].split()), c[1]))
        own = _stems(full) | _stems(uses.long_forms.get(full, ""))
        together = [(used[key] & other).sum() / (used[key] | other).sum() for other in taken]
        if not own & stems and max(together, default=0.0) < _TOGETHER:
            chosen.append(uses.shown[column[full]])
            taken.append(used[key])
            stems |= own
    return chosen[: 2 * _LABEL_TERMS]


def _stems(key: str) -> set[str]:
    """Telling words without their commonest endings: gate, gated and gating are one."""
    return {_stem(word) for word in key.split() if word not in word_lists()["general"]["words"]}


def _stem(word: str) -> str:
    for ending in ("ation", "ical", "ally", "ic", "ing", "ion", "ive", "al", "ed", "er", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


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
    """Terms of a text that each paper uses too: phrases before words, rare ones before common ones.

    Parameters
    ----------
    text : str
    papers : DataFrame with ``title`` and ``abstract``

    Returns
    -------
    list of tuple of str
        One tuple of at most three per paper; no two have a word in common.
    """
    together = pd.DataFrame({"title": [text, *papers["title"]], "abstract": ["", *papers["abstract"]]})
    uses = uses_of(together)
    used = np.asarray(uses.matrix.todense()) > 0
    frequency = used.sum(axis=0)
    asked = sorted(
        np.flatnonzero(used[0]), key=lambda i: (-len(uses.keys[i].split()), frequency[i], uses.keys[i])
    )
    found = []
    for row in used[1:]:
        kept: list[str] = []
        words: set[str] = set()
        for place in asked:
            parts = set(uses.keys[place].split())
            if row[place] and not parts & words and len(kept) < _SHARED:
                kept.append(uses.shown[place])
                words |= parts
        found.append(tuple(kept))
    return found
