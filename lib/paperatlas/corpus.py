"""Merge records of one paper into a corpus, and keep account of every merge."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import pandas as pd

from paperatlas.errors import AtlasError

_NOT_WORD = re.compile(r"[^\w+#]+|_+")
_COLUMNS = ["paper_id", "title", "abstract", "dumps", "n_dumps", "best_rank"]


class Merge(NamedTuple):
    """One record that was merged with others into a paper.

    ``rule`` is ``"same title"``, ``"same abstract"``, or ``"kept"`` for the record whose text stands for
    the paper; ``score`` is the similarity in [0, 1] of the record's title and abstract to that text.
    """

    paper_id: str
    dump: str
    rank: int
    rule: str
    score: float


class NearDuplicate(NamedTuple):
    """Two papers with much the same abstract, listed and not merged; ``score`` in [0, 1]."""

    paper_id: str
    other_id: str
    score: float


def normalise_title(title: str) -> str:
    """Title in a form that ignores case, accents, spacing and punctuation, but not ``+`` and ``#``.

    "YOLACT" and "YOLACT++" stay different.
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


def _paper_id(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", errors="surrogatepass")).hexdigest()[:12]


def build_corpus(records: pd.DataFrame) -> pd.DataFrame:
    """Merge records of one paper: the same normalised title, or the same abstract.

    Parameters
    ----------
    records : DataFrame
        As from `paperatlas.read_dumps`: ``dump``, ``rank``, ``title``, ``abstract``.

    Returns
    -------
    DataFrame of n papers, sorted by ``paper_id``
        ``paper_id`` (12 hexadecimal digits, a hash of the normalised title, so that it depends on
        nothing else), ``title``, ``abstract`` (the commonest wording, verbatim), ``dumps`` (sorted tuple
        of names), ``n_dumps``, ``best_rank`` (smallest 1-based rank in any dump). ``attrs["merges"]`` is
        a list of `Merge`, one for each record that was merged with another.

    Raises
    ------
    AtlasError
        If `records` is empty or lacks a column.
    """
    if missing := {"dump", "rank", "title", "abstract"} - set(records.columns):
        raise AtlasError(
            f"records lack the columns {sorted(missing)}; found {list(records.columns)}; use read_dumps"
        )
    if records.empty:
        raise AtlasError("no record to build a corpus from; expected at least one")
    ordered = records.sort_values(["dump", "rank"], kind="stable")
    titles = [normalise_title(t) or t for t in ordered["title"]]
    abstracts = [" ".join(a.split()) for a in ordered["abstract"]]
    group_of = _connected(titles, abstracts)
    members: dict[int, list[int]] = {}
    for row, group in enumerate(group_of):
        members.setdefault(group, []).append(row)

    texts = list(zip(ordered["title"], ordered["abstract"], strict=True))
    places = list(zip(ordered["dump"], (int(r) for r in ordered["rank"]), strict=True))
    rows: list[tuple[object, ...]] = []
    merges: list[Merge] = []
    for rows_of_paper in members.values():
        title, abstract = _commonest(texts[row] for row in rows_of_paper)
        paper_id = _paper_id(min(titles[row] for row in rows_of_paper))
        dumps = tuple(sorted({places[row][0] for row in rows_of_paper}))
        rows.append(
            (paper_id, title, abstract, dumps, len(dumps), min(places[row][1] for row in rows_of_paper))
        )
        if len(rows_of_paper) > 1:
            merges += _account(paper_id, rows_of_paper, texts, places, titles, (title, abstract))
    corpus = pd.DataFrame(rows, columns=_COLUMNS).sort_values("paper_id", ignore_index=True)
    corpus.attrs["merges"] = sorted(merges)
    return corpus


def _connected(*keys: list[str]) -> list[int]:
    """Smallest row of each row's group, where rows that share any key are in one group."""
    parent = list(range(len(keys[0])))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for values in keys:
        first: dict[Hashable, int] = {}
        for row, value in enumerate(values):
            a, b = sorted((root(row), root(first.setdefault(value, row))))
            parent[b] = a
    return [root(row) for row in range(len(parent))]


def _commonest(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], -len(text[1]), text))


def _account(
    paper_id: str,
    group: list[int],
    texts: list[tuple[str, str]],
    places: list[tuple[str, int]],
    titles: list[str],
    kept: tuple[str, str],
) -> list[Merge]:
    from rapidfuzz.fuzz import ratio

    kept_title = normalise_title(kept[0]) or kept[0]
    merges = []
    kept_seen = False
    for row in group:
        if texts[row] == kept and not kept_seen:
            rule, kept_seen = "kept", True
        else:
            rule = "same title" if titles[row] == kept_title else "same abstract"
        score = 1.0 if texts[row] == kept else round(ratio("\n".join(texts[row]), "\n".join(kept)) / 100, 4)
        merges.append(Merge(paper_id, *places[row], rule, score))
    return merges


def near_duplicates(corpus: pd.DataFrame, *, threshold: float = 0.8) -> list[NearDuplicate]:
    """Pairs of papers whose abstracts are much the same, most alike first.

    Candidates share words (cosine of TF-IDF of at least 0.5); the score is the normalised edit
    similarity of the abstracts.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``abstract``
    threshold : float in (0, 1]
    """
    from rapidfuzz.fuzz import ratio
    from sklearn.feature_extraction.text import TfidfVectorizer

    abstracts = corpus["abstract"].tolist()
    try:
        weights = TfidfVectorizer(sublinear_tf=True).fit_transform(abstracts)
    except ValueError:  # no abstract holds a single word
        return []
    ids = corpus["paper_id"].tolist()
    found = []
    block = 2_000
    for start in range(0, len(ids), block):
        similar = (weights[start : start + block] @ weights.T).tocoo()
        for row, other in zip(
            similar.row[similar.data >= 0.5], similar.col[similar.data >= 0.5], strict=True
        ):
            i, j = start + int(row), int(other)
            if i < j and (score := ratio(abstracts[i], abstracts[j]) / 100) >= threshold:
                found.append(NearDuplicate(min(ids[i], ids[j]), max(ids[i], ids[j]), round(score, 4)))
    return sorted(found, key=lambda pair: (-pair.score, pair))
