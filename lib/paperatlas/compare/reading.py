"""Which few papers cover most of the pile, and in which order to read them.

What is covered are the telling terms of every topic. A term of a topic weighs as much as the number of the
topic's papers that use it, so large topics weigh more; a list covers a term if one of its papers uses it.
The list takes the paper with most to add, again and again. What a paper adds counts more if the paper is surely of
its topic and if several searches found it, and less if its abstract is longer than most: a long abstract names
more terms and is not therefore the better paper to begin with. How near the list comes to the best one is not taken
from a theorem but computed: the linear programme of the same problem bounds what any list could cover.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.compare.queries import score_terms, uses_of, without_parts
from paperatlas.errors import AtlasError

VARIANTS = {
    "most covering": "each paper has most to add, of those that stand for their topic",
    "newest first": "the newest of the papers that have at least half as much to add",
    "with code": "only papers with a link to code",
    "one per topic": "no topic twice",
}
_TERMS_PER_TOPIC = 40
# A loose bar: the terms stand for the topic, nothing is claimed of a single one.
_TELLING = 1.0
_MIN_TERM_PAPERS = 3
_REASONS = 4
# A paper nearer to another topic than to its own stands for neither.
_SURE = 0.5
# By how much each further source counts for a paper.
_SOURCE_BONUS = 0.25


@dataclass(frozen=True)
class TopicTerms:
    """Telling terms of every topic and who uses them.

    ``uses`` is (n papers, m terms) of booleans; ``terms``, ``topics`` and ``weights`` have m entries. ``weights``
    add up to 1.
    """

    uses: sparse.csr_array
    terms: list[str]
    topics: np.ndarray
    weights: np.ndarray


def topic_terms(papers: pd.DataFrame, *, per_topic: int = _TERMS_PER_TOPIC) -> TopicTerms:
    """Terms that set each topic apart (log-odds, z of at least 1), weighted by its papers that use them.

    Parameters
    ----------
    papers : DataFrame with ``title``, ``abstract`` and ``topic``
    per_topic : int

    Returns
    -------
    TopicTerms
        Without any term where no three papers of a topic share a telling one.
    """
    uses = uses_of(papers)
    column = {term: place for place, term in enumerate(uses.shown)}
    topic_of = papers["topic"].to_numpy()
    columns: list[int] = []
    topics: list[int] = []
    weights: list[int] = []
    names = sorted(set(topic_of.tolist()))
    for topic in names:
        inside = topic_of == topic
        scored = score_terms(uses, inside)
        least_z = _TELLING if len(names) > 1 else -np.inf
        scored = scored[(scored["z"] >= least_z) & (scored["inside"] >= _MIN_TERM_PAPERS)]
        for term, n in without_parts(scored, per_topic)[["term", "inside"]].itertuples(index=False):
            columns.append(column[term])
            topics.append(int(topic))
            weights.append(int(n))
    share = np.array(weights, dtype=float) / max(sum(weights), 1)
    return TopicTerms(
        sparse.csr_array(uses.matrix[:, columns] > 0),
        [uses.shown[i] for i in columns],
        np.array(topics, dtype=np.int64),
        share,
    )


def reading_list(
    papers: pd.DataFrame,
    terms: TopicTerms,
    *,
    n: int = 12,
    variant: str = "most covering",
    only: np.ndarray | None = None,
) -> pd.DataFrame:
    """Choose papers in the order to read them, each with what it adds.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``topic``, ``topic_name``, ``published``; the rows of `terms`.
    terms : TopicTerms
    n : int
        Papers at most; the list ends earlier when nothing is left to add.
    variant : str
        One of `VARIANTS`.
    only : (n papers,) booleans, optional
        Papers to choose from.

    Returns
    -------
    DataFrame
        ``variant``, ``place``, ``paper_id``, ``title``, ``published``, ``topic_name``, ``adds`` and ``covered`` (shares
        of the weight of all terms), ``at_most`` (no list of that length covers more: the linear relaxation),
        ``why`` (the heaviest terms that it adds).

    Raises
    ------
    AtlasError
        If there is no such variant.
    """
    if variant not in VARIANTS:
        raise AtlasError(f"no variant {variant!r} of the reading list; there are {', '.join(VARIANTS)}")
    allowed = np.ones(len(papers), dtype=bool) if only is None else np.asarray(only, dtype=bool).copy()
    eligible = allowed.copy()
    published = papers["published"].fillna("").astype(str).to_numpy()
    ids, topic = papers["paper_id"].to_numpy(), papers["topic"].to_numpy()
    worth = standing(papers)
    left = terms.weights.copy()
    covered = 0.0
    rows: list[dict[str, object]] = []
    while len(rows) < n:
        gains = np.where(eligible, np.round(terms.uses @ left * worth, 9), 0.0)
        if not gains.max(initial=0.0) > 0:
            break
        row = _CHOICES.get(variant, _most)(gains, published, ids)
        new = np.flatnonzero(np.asarray(terms.uses[[row]].todense()).ravel() & (left > 0))
        adds = float(left[new].sum())
        covered += adds
        rows.append(
            {
                "variant": variant,
                "place": len(rows) + 1,
                "paper_id": ids[row],
                "title": papers["title"].iloc[row],
                "published": published[row] or None,
                "topic_name": papers["topic_name"].iloc[row],
                "adds": round(adds, 4),
                "covered": round(covered, 4),
                "why": _reasons(new, left, terms),
            }
        )
        left[new] = 0.0
        eligible[row] = False
        if variant == "one per topic":
            eligible &= topic != topic[row]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["at_most"] = np.round(
        most_covered(terms, allowed, sorted({*(k for k in (1, 2, 4, 8) if k < len(table)), len(table)}))[
            1 : len(table) + 1
        ],
        4,
    )
    return table


def standing(papers: pd.DataFrame) -> np.ndarray:
    """How far what a paper adds counts, (n,): its confidence, its sources, and the length of its abstract.

    Papers with a confidence below one half do not count, unless there are no others.
    """
    n = len(papers)
    confidence = papers["confidence"].to_numpy(dtype=float) if "confidence" in papers else np.ones(n)
    sources = papers["n_dumps"].to_numpy(dtype=float) if "n_dumps" in papers else np.ones(n)
    words = np.array([len(str(text).split()) for text in papers["abstract"].fillna("")], dtype=float)
    short = np.minimum(1.0, np.median(words) / np.maximum(words, 1.0)) if words.any() else np.ones(n)
    sure = confidence >= _SURE
    counts = confidence * (sure if sure.any() else True) * (1 + _SOURCE_BONUS * (sources - 1)) * short
    return np.asarray(counts)


def most_covered(terms: TopicTerms, allowed: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Share of the weight that no list covers more of, for lists of 0, 1, … max(lengths) papers.

    The linear relaxation of the maximum coverage problem, solved at the given lengths. Its optimum is concave
    in the length, so the tangents there (from the dual price of one paper more) bound all other lengths.

    Parameters
    ----------
    terms : TopicTerms
    allowed : (n papers,) booleans
    lengths : sequence of int
    """
    from scipy.optimize import linprog

    uses = sparse.csr_array(terms.uses[np.flatnonzero(allowed)]).astype(float)
    papers, m = uses.shape
    bound = np.ones(max(lengths) + 1)
    bound[0] = 0.0
    if not papers or not m:
        return bound * 0.0
    limits = sparse.vstack(
        [sparse.hstack([-uses.T, sparse.eye_array(m)]), np.append(np.ones(papers), np.zeros(m))[None, :]]
    ).tocsr()
    for length in lengths:
        found = linprog(
            np.append(np.zeros(papers), -terms.weights),
            A_ub=limits, b_ub=np.append(np.zeros(m), length), bounds=(0, 1), method="highs",
        )  # fmt: skip
        tangent = -found.fun - found.ineqlin.marginals[-1] * (np.arange(len(bound)) - length)
        bound = np.minimum(bound, tangent + 1e-9)
    bound[0] = 0.0
    return bound


_COLUMNS = (
    "variant",
    "place",
    "paper_id",
    "title",
    "published",
    "topic_name",
    "adds",
    "covered",
    "at_most",
    "why",
)


def _most(gains: np.ndarray, _published: np.ndarray, ids: np.ndarray) -> int:
    best = np.flatnonzero(gains == gains.max())
    return int(min(best, key=lambda row: str(ids[row])))


def _newest(gains: np.ndarray, published: np.ndarray, ids: np.ndarray) -> int:
    """Newest paper among those with at least half as much to add as the best."""
    good = np.flatnonzero(gains >= gains.max() / 2)
    newest = max(published[good])
    return int(
        min((row for row in good if published[row] == newest), key=lambda row: (-gains[row], str(ids[row])))
    )


_CHOICES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], int]] = {"newest first": _newest}


def _reasons(new: np.ndarray, left: np.ndarray, terms: TopicTerms) -> tuple[str, ...]:
    weight: dict[str, float] = {}
    for place in new:
        weight[terms.terms[place]] = weight.get(terms.terms[place], 0.0) + float(left[place])
    return tuple(sorted(weight, key=lambda term: (-round(weight[term], 9), term))[:_REASONS])


def reading_lists(papers: pd.DataFrame, code: set[str], *, n: int = 12) -> pd.DataFrame:
    """Every variant of the reading list, one after the other; columns as `reading_list`.

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`.
    code : set of str
        Ids of the papers that link to code.
    n : int
        Papers per list; one per topic ends with the topics.
    """
    terms = topic_terms(papers)
    dated = bool(papers["published"].notna().any())
    with_code = papers["paper_id"].isin(code).to_numpy()
    lists = []
    for variant in VARIANTS:
        if variant == "newest first" and not dated:
            continue
        only = with_code if variant == "with code" else None
        length = papers["topic"].nunique() if variant == "one per topic" else n
        lists.append(reading_list(papers, terms, n=length, variant=variant, only=only))
    filled = [table for table in lists if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else lists[0]


def coverage_curve(papers: pd.DataFrame, *, draws: int = 200, most: int = 60, seed: int = 0) -> pd.DataFrame:
    """What the first n papers cover: of the reading list, and of the papers in random order.

    Returns
    -------
    DataFrame
        ``papers`` (0 and up), ``greedy``, ``at_most`` (no list of that length covers more), ``random``, ``low``,
        ``high`` (mean and middle 95 % of random orders), all shares.
    """
    terms = topic_terms(papers)
    chosen = reading_list(papers, terms, n=min(most, len(papers)))
    steps = min(most, len(papers))
    rng = np.random.Generator(np.random.PCG64([seed, 47]))
    order_free = np.argsort(papers["paper_id"].to_numpy(), kind="stable")
    uses = np.asarray(terms.uses.todense())[order_free]
    chance = np.zeros((draws, steps + 1))
    for draw in range(draws):
        order = rng.permutation(len(papers))
        first = uses[order].argmax(axis=0) + 1
        at = np.bincount(np.minimum(first, steps + 1), weights=terms.weights, minlength=steps + 2)
        chance[draw] = np.cumsum(at)[: steps + 1]
    low, high = np.quantile(chance, (0.025, 0.975), axis=0)
    greedy = np.concatenate([[0.0], chosen["covered"], np.ones(steps)])[: steps + 1]
    lengths = sorted({max(1, steps * part // 12) for part in (1, 2, 3, 5, 8, 12)})
    bound = most_covered(terms, np.ones(len(papers), dtype=bool), lengths)
    return pd.DataFrame(
        {
            "papers": np.arange(steps + 1),
            "greedy": greedy,
            "at_most": bound,
            "random": chance.mean(axis=0),
            "low": low,
            "high": high,
        }
    ).round(4)
