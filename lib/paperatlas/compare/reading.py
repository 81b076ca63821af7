"""Which few papers cover most of the pile, and in which order to read them.

What is covered are the telling terms of every topic. A term of a topic weighs as much as the number of the
topic's papers that use it, so large topics weigh more; a list covers a term if one of its papers uses it.
Taking the paper that adds most, again and again, covers at least 1 - 1/e (63 %) of what the best list of that
length covers (Nemhauser, Wolsey and Fisher 1978, Mathematical Programming 14).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.compare.queries import phrases_in, score_terms, without_parts
from paperatlas.errors import AtlasError

VARIANTS = {
    "most covering": "each paper adds more than any other would; at least 63 % of what the best list covers",
    "newest first": "the newest of the papers that add at least half of the most; at least 39 % of the best list",
    "with code": "only papers with a link to code; at least 63 % of the best such list",
    "one per topic": "no topic twice; at least half of the best such list",
}
_TERMS_PER_TOPIC = 40
# A loose bar: the terms stand for the topic, nothing is claimed of a single one.
_TELLING = 1.0
_MIN_TERM_PAPERS = 3
_REASONS = 4


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
    phrases = phrases_in(papers)
    column = {term: place for place, term in enumerate(phrases.shown)}
    topic_of = papers["topic"].to_numpy()
    columns: list[int] = []
    topics: list[int] = []
    weights: list[int] = []
    names = sorted(set(topic_of.tolist()))
    for topic in names:
        inside = topic_of == topic
        scored = score_terms(phrases, inside)
        least_z = _TELLING if len(names) > 1 else -np.inf
        scored = scored[(scored["z"] >= least_z) & (scored["inside"] >= _MIN_TERM_PAPERS)]
        for term, n in without_parts(scored, per_topic)[["term", "inside"]].itertuples(index=False):
            columns.append(column[term])
            topics.append(int(topic))
            weights.append(int(n))
    share = np.array(weights, dtype=float) / max(sum(weights), 1)
    return TopicTerms(
        sparse.csr_array(phrases.matrix[:, columns] > 0),
        [phrases.shown[i] for i in columns],
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
        of the weight of all terms), ``at_most`` (no list of that length covers more; Leskovec et al. 2007),
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
    left = terms.weights.copy()
    covered = 0.0
    rows: list[dict[str, object]] = []
    bounds = [_bound(terms, left, allowed, covered, n)]
    while len(rows) < n:
        gains = np.where(eligible, np.round(terms.uses @ left, 9), 0.0)
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
        bounds.append(_bound(terms, left, allowed, covered, n))
        eligible[row] = False
        if variant == "one per topic":
            eligible &= topic != topic[row]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["at_most"] = np.round(np.min(bounds, axis=0)[: len(table)], 4)
    return table


def _bound(terms: TopicTerms, left: np.ndarray, allowed: np.ndarray, covered: float, n: int) -> np.ndarray:
    """What lists of 1 … n papers cover at most, seen from what is covered already: (n,) shares."""
    gains = np.sort(np.round(terms.uses @ left, 9)[allowed])[::-1][:n]
    gains = np.concatenate([gains, np.zeros(n - len(gains))])
    return np.minimum(1.0, covered + np.cumsum(gains))


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
    """Newest paper among those that add at least half as much as the best (Goundan and Schulz 2007)."""
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
    """What the first n papers cover: of the greedy list, and of the papers in random order.

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
    bound = np.concatenate([[0.0], chosen["at_most"], np.ones(steps)])[: steps + 1]
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
