"""Which few papers cover most of the pile, and in which order to read them.

What is covered are the telling terms of every topic. A term of a topic weighs as much as the number of the topic's
papers that use it, so large topics weigh more; a list covers a term if one of its papers uses it. Listed are papers that
surely belong to their topic and whose abstracts are not among the longest, which name more terms and are not therefore
the better ones to begin with. The list takes the paper with most to add, again and again, those of several sources
where it costs little. How near it comes to the best list is computed: the linear programme of the same problem bounds
what any list of such papers could cover.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.compare.sources import telling_terms
from paperatlas.errors import AtlasError
from paperatlas.text import read_terms

# Each paper has most to add of those that stand for their topic; or is the newest of those with half as much to add; or
# has a link to code; or is the only one of its topic.
VARIANTS = ("most covering", "newest first", "with code", "one per topic")
_TERMS_PER_TOPIC = 40
# A loose bar: the terms stand for the topic, nothing is claimed of a single one.
_TELLING = 1.0
_REASONS = 4
# Papers that surely belong to their topic, and abstracts that are not among the longest tenth.
_SURE = 0.8
_LONG = 0.9
# What a further source is worth, as a share of all there is to cover.
_SOURCE_BONUS = 0.003


class TopicTerms(NamedTuple):
    """Telling terms of every topic: ``uses`` (n papers, m terms) of booleans, ``terms`` and ``weights`` (m, sum 1)."""

    uses: sparse.csr_array
    terms: list[str]
    weights: np.ndarray


def _topic_terms(papers: pd.DataFrame) -> TopicTerms:
    """Terms that set each topic apart, weighted by its papers that use them; none where no three papers share one."""
    terms = read_terms(papers["title"].tolist(), papers["abstract"].tolist())
    topic_of = papers["topic"].to_numpy()
    topics = np.unique(topic_of)
    least = _TELLING if len(topics) > 1 else -1.0  # nothing sets a single one apart
    told = pd.concat([telling_terms(terms, topic_of == topic, _TERMS_PER_TOPIC, least) for topic in topics])
    inside = told.groupby("column")["inside"].sum()
    uses = sparse.csr_array(terms.counts[:, inside.index] > 0)
    names = [terms.shown[column] for column in inside.index]
    return TopicTerms(uses, names, inside.to_numpy(dtype=float) / max(inside.sum(), 1))


def reading_list(
    papers: pd.DataFrame,
    terms: TopicTerms,
    *,
    n: int = 12,
    variant: str = "most covering",
    only: np.ndarray | None = None,
) -> pd.DataFrame:
    """Choose n papers at most in the order to read them, each with what it adds; fewer where nothing is left to add.

    `papers`, the rows of `terms`, have ``paper_id``, ``title``, ``topic``, ``topic_name`` and ``published``; `only`, (n
    papers,) booleans, are those to choose from. Gives ``variant``, ``place``, what is known of the paper, ``adds`` and
    ``covered`` (shares of the weight of all terms), ``at_most`` (no list of that length of papers that may be listed
    covers more: the linear relaxation), ``why`` (the heaviest terms that it adds). A variant that is none of
    `VARIANTS` is an `AtlasError`.
    """
    if variant not in VARIANTS:
        raise AtlasError(f"no variant {variant!r} of the reading list; there are {', '.join(VARIANTS)}")
    # The first one by its id is taken where two papers are as good.
    order = np.argsort(papers["paper_id"].astype(str).to_numpy(), kind="stable")
    papers, uses = papers.iloc[order], terms.uses[order]
    allowed = np.ones(len(papers), dtype=bool) if only is None else np.asarray(only, dtype=bool)[order]
    eligible = allowed & _stands_for_topic(papers)
    if not (uses @ terms.weights)[eligible].any():
        eligible = allowed
    bonus = _SOURCE_BONUS * (papers["n_dumps"].to_numpy(dtype=float) - 1) if "n_dumps" in papers else 0.0
    topic = papers["topic"].to_numpy()
    published = papers["published"].fillna("").astype(str).to_numpy()
    listed, names, left = np.flatnonzero(eligible), np.array(terms.terms), terms.weights.copy()
    picks: list[int] = []
    adds, why = [], []
    while len(picks) < n:
        gains = uses @ left
        gains = np.where(eligible & (gains > 1e-12), np.round(gains + bonus, 9), 0.0)
        if not gains.max(initial=0.0) > 0:
            break
        if variant == "newest first":
            good = gains >= gains.max() / 2
            gains[~good | (published != max(published[good]))] = 0.0
        row = int(np.argmax(gains))
        new = np.flatnonzero(uses[[row]].toarray()[0] & (left > 0))
        heaviest = new[np.lexsort((names[new], -left[new].round(9)))][:_REASONS]
        picks.append(row)
        adds.append(left[new].sum())
        why.append(tuple(names[heaviest].tolist()))
        left[new] = 0.0
        if variant == "one per topic":
            eligible = eligible & (topic != topic[row])
    table = pd.DataFrame({
        "variant": variant,
        "place": range(1, len(picks) + 1),
        **papers.iloc[picks][["paper_id", "title", "published", "topic_name"]].reset_index(drop=True),
        "adds": np.array(adds, dtype=float),
        "covered": np.cumsum(adds),
        "at_most": _most_covered(uses[listed], terms.weights, len(picks)),
        "why": pd.Series(why, dtype=object),
    })  # fmt: skip
    return table.round({"adds": 4, "covered": 4, "at_most": 4})


def _stands_for_topic(papers: pd.DataFrame) -> np.ndarray:
    """Which papers may be listed, (n,) booleans: a confidence of 0.8, and no abstract of the longest tenth."""
    words = np.array([len(str(text).split()) for text in papers["abstract"].fillna("")], dtype=float)
    sure = papers["confidence"].to_numpy(dtype=float) >= _SURE if "confidence" in papers else True
    return np.asarray(sure & (words <= np.quantile(words, _LONG)))


def _most_covered(uses: sparse.csr_array, weights: np.ndarray, length: int) -> np.ndarray:
    """Share of the weight that no list covers more of, for lists of 1, 2, … `length` of these papers.

    The linear relaxation of the maximum coverage problem, solved for the whole list. Its optimum is concave in the length,
    so the tangent there (from the dual price of one paper more) bounds shorter lists; so does what the papers that
    cover most cover one by one.
    """
    from scipy.optimize import linprog

    if not length:
        return np.zeros(0)
    papers, m = uses.shape
    found = linprog(
        np.append(np.zeros(papers), -weights),
        A_ub=sparse.hstack([-uses.T.astype(float), sparse.eye_array(m)]), b_ub=np.zeros(m),
        A_eq=np.repeat([[1.0, 0.0]], [papers, m], axis=1), b_eq=length, bounds=(0, 1), method="highs",
    )  # fmt: skip
    fewer = np.arange(length)[::-1]
    tangent = -found.fun + found.eqlin.marginals[0] * fewer + 1e-9
    one_by_one = np.cumsum(-np.sort(-(uses @ weights))[:length])
    return np.asarray(np.minimum(np.minimum(tangent, one_by_one), 1.0))


def reading_lists(papers: pd.DataFrame, code: Collection[str]) -> pd.DataFrame:
    """Every variant of the reading list of `paperatlas.Study.papers`; `code` are the ids of papers that link to code."""
    terms = _topic_terms(papers)
    dated = bool(papers["published"].notna().any())
    with_code = papers["paper_id"].isin(code).to_numpy()
    lists = [
        reading_list(
            papers,
            terms,
            n=papers["topic"].nunique() if variant == "one per topic" else 12,
            variant=variant,
            only=with_code if variant == "with code" else None,
        )
        for variant in VARIANTS
        if dated or variant != "newest first"
    ]
    filled = [table for table in lists if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else lists[0]
