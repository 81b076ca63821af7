"""Terms of a corpus: which paper uses which word or phrase."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

# A phrase that stands in nearly all papers that use its part says more than the part.
_SUBSUMED = 0.85


def term_memberships(papers: pd.DataFrame, *, min_papers: int = 8, max_share: float = 0.25) -> pd.DataFrame:
    """Words and phrases of titles and abstracts, and the papers that use them.

    A paper uses a term or it does not; how often it does is not counted. Terms are cut as for the names of
    topics: up to three words, singular and plural as one, without academic filler. A term that hardly ever
    stands outside one longer term is dropped in favour of that.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``title``, ``abstract``.
    min_papers : int
        Rarer terms are left out.
    max_share : float
        Terms in a greater share of the papers are left out: they belong to the field, not to a trend in it.

    Returns
    -------
    DataFrame
        ``paper_id``, ``term``: one row per use, sorted; feed it to `topic_trends`, `find_bursts` or
        `newcomers` with ``level="term"``.
    """
    from paperatlas.topics.terms import count_phrases

    phrases = count_phrases(
        papers["title"].tolist(), papers["abstract"].fillna("").tolist(), min_papers=min_papers
    )
    uses = phrases.matrix.tocsc()
    frequency = dict(zip(phrases.keys, np.diff(uses.indptr).tolist(), strict=True))
    # A phrase's papers are among its parts' papers, so the counts alone say how often a part stands alone.
    subsumed = {
        part
        for term, count in frequency.items()
        for part in _parts(term)
        if count >= _SUBSUMED * frequency.get(part, np.inf)
    }
    ids = papers["paper_id"].to_numpy()
    names = Counter(phrases.shown)
    rows = [
        (ids[row], shown if names[shown] == 1 else key)
        for column, (key, shown) in enumerate(zip(phrases.keys, phrases.shown, strict=True))
        if key not in subsumed and frequency[key] <= max_share * len(papers)
        for row in uses.indices[uses.indptr[column] : uses.indptr[column + 1]]
    ]
    table = pd.DataFrame(rows, columns=["paper_id", "term"]).astype("str")
    return table.sort_values(["term", "paper_id"], ignore_index=True)


def _parts(term: str) -> set[str]:
    """All shorter phrases within a phrase."""
    words = term.split()
    return {
        " ".join(words[start : start + length])
        for length in range(1, len(words))
        for start in range(len(words) - length + 1)
    }
