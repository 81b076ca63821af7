"""What was searched: the terms that set a dump apart, and a short label made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_CANDIDATES = 60
_SHARED = 3
_TOGETHER = 0.6


@dataclass(frozen=True)
class Uses:
    """Which paper uses which term.

    Attributes
    ----------
    matrix, titles : (n, m) int64 csr_array of zeros and ones
        Uses anywhere, and in the title.
    keys, shown : lists of m str
        As in `paperatlas.text.Terms`, sorted by key.
    long_forms : dict
        Of abbreviations, both as keys.
    """

    matrix: sparse.csr_array
    titles: sparse.csr_array
    keys: list[str]
    shown: list[str]
    long_forms: dict[str, str]


def uses_of(corpus: pd.DataFrame) -> Uses:
    """Words and phrases of these papers that are neither too general nor mere pieces of a longer phrase.

    Parameters
    ----------
    corpus : DataFrame with ``title`` and ``abstract``
    """
    terms = read_terms(corpus["title"].tolist(), corpus["abstract"].tolist())
    kept = sorted(np.flatnonzero(~terms.general & ~terms.pieces).tolist(), key=terms.keys.__getitem__)
    return Uses(
        _present(terms.counts[:, kept]),
        _present(terms.in_titles[:, kept]),
        [terms.keys[i] for i in kept],
        [terms.shown[i] for i in kept],
        terms.abbreviations,
    )


def _present(counts: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(counts > 0, dtype=np.int64)


def score_terms(uses: Uses, inside: np.ndarray) -> pd.DataFrame:
    """Every term of these papers, the most telling of the group first.

    Parameters
    ----------
    uses : Uses
        As from `uses_of`.
    inside : (n,) booleans
        The group.

    Returns
    -------
    DataFrame
        ``term``, ``key`` (folded), ``inside``, ``outside``, ``log_odds``, ``z``.
    """
    counts_in = np.asarray(uses.matrix[np.flatnonzero(inside)].sum(axis=0)).ravel()
    counts_out = np.asarray(uses.matrix[np.flatnonzero(~inside)].sum(axis=0)).ravel()
    used = np.flatnonzero(counts_in + counts_out)
    log_odds, z = log_odds_with_prior(counts_in[used], counts_out[used], (counts_in + counts_out)[used])
    # Keys are sorted, so that a stable sort settles ties by the alphabet.
    order = np.argsort(-z, kind="stable")
    place = used[order]
    return pd.DataFrame(
        {
            "term": np.asarray(uses.shown, dtype=object)[place],
            "key": np.asarray(uses.keys, dtype=object)[place],
            "inside": counts_in[place],
            "outside": counts_out[place],
            "log_odds": log_odds[order],
            "z": z[order],
        }
    )


def log_odds_with_prior(
    inside: np.ndarray, outside: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ratio of each term and its z-score, both (n_terms,), rounded to four decimals.

    Parameters
    ----------
    inside, outside, prior : (n_terms,) counts
        The prior is scaled so that it weighs as much as the smaller side. Where a side holds no term, or both hold
        the same one, nothing can differ: both are zero.
    """
    total_in, total_out, total_prior = (float(c.sum()) for c in (inside, outside, prior))
    if not total_in or not total_out or len(prior) < 2:
        return np.zeros(len(prior)), np.zeros(len(prior))
    scaled = prior * (min(total_in, total_out) / max(total_prior, 1.0))
    weight = float(scaled.sum())
    a, b = inside + scaled, outside + scaled
    delta = np.log(a / (total_in + weight - a)) - np.log(b / (total_out + weight - b))
    return np.round(delta, 4), np.round(delta / np.sqrt(1 / a + 1 / b), 4)


def without_parts(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """First n terms, leaving out a term that contains, or is contained in, one before it."""
    kept: list[int] = []
    words: list[set[str]] = []
    for row, term in enumerate(table["term"]):
        parts = {fold_plural(word.lower()) for word in term.split()}
        if any(parts <= other or other <= parts for other in words):
            continue
        kept.append(row)
        words.append(parts)
        if len(kept) == n:
            break
    return table.iloc[kept].drop(columns="key", errors="ignore").reset_index(drop=True)


def describe_dumps(records: pd.DataFrame, corpus: pd.DataFrame) -> pd.DataFrame:
    """One row per dump: what it holds, what it alone holds, and the terms that set it apart.

    A dump's papers are compared with the papers that it lacks; a paper of several dumps speaks for each of
    them and never for both sides of a comparison.

    Returns
    -------
    DataFrame
        ``dump``, ``label`` (a few strong terms, none part of another; no two dumps share a label), ``records``,
        ``papers``, ``only_here`` (papers in no other dump), ``terms`` (tuple, strongest first) and their
        z-scores ``z`` (tuple). With a single dump there is nothing to set it apart from: its label is its
        name and ``terms`` is empty.
    """
    member = memberships(corpus)
    alone = member.sum(axis=1) == 1
    sizes = records.groupby("dump").size()
    uses = uses_of(corpus)
    weighed = replace(uses, matrix=uses.matrix + uses.titles)  # titles count twice
    rows = []
    taken: set[frozenset[str]] = set()
    for dump in member.columns:
        inside = member[dump].to_numpy()
        terms, label = pd.DataFrame({"term": [], "z": []}), dump
        if not inside.all():
            terms = without_parts(score_terms(uses, inside), _TERMS)
            label = unique_label(label_terms(weighed, inside), dump, taken)
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


def label_terms(uses: Uses, inside: np.ndarray) -> list[str]:
    """Strong terms for a label, the strongest first.

    A term comes in if at least three papers of the group use it. A phrase takes the place of its word where it
    is nearly as telling. Left out is what the label says already: a term that shares a telling word or a stem
    with one before it, or that mostly the same papers use, such as an abbreviation and its long form.

    Parameters
    ----------
    uses, inside
        As for `score_terms`.
    """
    scored = score_terms(uses, inside)
    strong = scored[(scored["z"] > 0) & (scored["inside"] >= 3)].head(_CANDIDATES)
    column = {key: place for place, key in enumerate(uses.keys)}
    papers = np.flatnonzero(inside)
    held = np.asarray(uses.matrix[papers][:, [column[key] for key in strong["key"]]].todense()) > 0
    used = dict(zip(strong["key"], held.T, strict=True))
    candidates = list(zip(strong["key"], strong["z"], strict=True))
    chosen: list[str] = []
    taken: list[np.ndarray] = []
    stems: set[str] = set()
    for key, z in candidates:
        parts = set(key.split())
        nearly = [c for c in candidates if parts <= set(c[0].split()) and c[1] >= _PHRASE_WORTH * z]
        full, _ = max(nearly, key=lambda c: (len(c[0].split()), c[1]))
        words = _stems(full) | _stems(uses.long_forms.get(full, ""))
        if words & stems or any(_mostly_together(used[key], other) for other in taken):
            continue
        chosen.append(uses.shown[column[full]])
        taken.append(used[key])
        stems |= words
        if len(chosen) == 2 * _LABEL_TERMS:
            break
    return chosen


def _mostly_together(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether most papers with either term have both."""
    return bool((one & other).sum() >= _TOGETHER * (one | other).sum())


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
    for n in range(usual, len(terms) + 1):
        key = frozenset(term.lower() for term in terms[:n])
        if key not in taken:
            taken.add(key)
            return " · ".join(terms[:n])
    short = " · ".join(terms[:_LABEL_TERMS])
    key = frozenset(term.lower() for term in terms)
    if terms and key not in taken:
        taken.add(key)
        return short
    return f"{short} · {name}" if short else name


def shared_terms(text: str, papers: pd.DataFrame) -> list[tuple[str, ...]]:
    """Terms of a text that each paper uses too: phrases before words, rare ones before common ones.

    Parameters
    ----------
    text : str
    papers : DataFrame with ``title`` and ``abstract``

    Returns
    -------
    list of tuple of str
        One tuple of at most three per paper; no term is part of another.
    """
    together = pd.DataFrame({"title": [text, *papers["title"]], "abstract": ["", *papers["abstract"]]})
    uses = uses_of(together)
    asked = np.flatnonzero(np.asarray(uses.matrix[[0]].todense()).ravel())
    used = np.asarray(uses.matrix[:, asked].todense()) > 0
    frequency = used.sum(axis=0)
    keys = [uses.keys[i] for i in asked]
    order = sorted(range(len(asked)), key=lambda i: (-len(keys[i].split()), frequency[i], keys[i]))
    shown = [uses.shown[i] for i in asked]
    return [_first([i for i in order if row[i]], keys, shown) for row in used[1:]]


def _first(places: Sequence[int], keys: Sequence[str], shown: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    words: set[str] = set()
    for place in places:
        parts = set(keys[place].split())
        if not parts & words:
            kept.append(shown[place])
            words |= parts
        if len(kept) == _SHARED:
            break
    return tuple(kept)
