"""Which few papers cover most of the pile, and in which order to read them.

What is covered are the telling terms of every topic. A term of a topic weighs as much as the number of the topic's
papers that use it, so large topics weigh more; a list covers a term if one of its papers uses it. Listed are papers that
surely belong to their topic and whose abstracts are not among the longest, which name more terms and are not therefore
the better ones to begin with. The list takes the paper with most to add, again and again; then papers are exchanged as
long as the list covers more, and those of several sources are preferred where it costs little. How near it comes to the
best list is computed: the linear programme of the same problem bounds what any list could cover.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.compare.sources import score_terms, uses_of, without_parts
from paperatlas.errors import AtlasError

# Each paper has most to add of those that stand for their topic; or is the newest of those with half as much to add; or
# has a link to code; or is the only one of its topic.
VARIANTS = ("most covering", "newest first", "with code", "one per topic")
_TERMS_PER_TOPIC = 40
# A loose bar: the terms stand for the topic, nothing is claimed of a single one.
_TELLING = 1.0
_MIN_TERM_PAPERS = 3
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
    uses = uses_of(papers)
    place_of = {term: place for place, term in enumerate(uses.shown)}
    topic_of = papers["topic"].to_numpy()
    names = np.unique(topic_of)
    least_z = _TELLING if len(names) > 1 else -np.inf
    columns: list[int] = []
    weights: list[int] = []
    for topic in names:
        scored = score_terms(uses, topic_of == topic)
        scored = scored[(scored["z"] >= least_z) & (scored["inside"] >= _MIN_TERM_PAPERS)]
        told = without_parts(scored, _TERMS_PER_TOPIC)
        columns += [place_of[term] for term in told["term"]]
        weights += told["inside"].tolist()
    share = np.array(weights, dtype=float) / max(sum(weights), 1)
    return TopicTerms(sparse.csr_array(uses.matrix[:, columns] > 0), [uses.shown[i] for i in columns], share)


# Papers to choose from, and length of the list: the most that is covered, and its slope.
Solved = dict[tuple[bytes, int], tuple[float, float]]


class _Pile(NamedTuple):
    """What a list is chosen from: n papers in the order of their ids, whose first is taken where two are as good."""

    papers: pd.DataFrame
    terms: TopicTerms
    eligible: np.ndarray
    bonus: np.ndarray  # what the sources of a paper are worth


def reading_list(
    papers: pd.DataFrame,
    terms: TopicTerms,
    *,
    n: int = 12,
    variant: str = "most covering",
    only: np.ndarray | None = None,
    solved: Solved | None = None,
) -> pd.DataFrame:
    """Choose n papers at most in the order to read them, each with what it adds; fewer where nothing is left to add.

    `papers`, the rows of `terms`, have ``paper_id``, ``title``, ``topic``, ``topic_name`` and ``published``; `only`, (n
    papers,) booleans, are those to choose from. Gives ``variant``, ``place``, what is known of the paper, ``adds`` and
    ``covered`` (shares of the weight of all terms), ``at_most`` (no list of that length covers more: the linear
    relaxation), ``why`` (the heaviest terms that it adds). A variant that is none of `VARIANTS` is an `AtlasError`.
    """
    if variant not in VARIANTS:
        raise AtlasError(f"no variant {variant!r} of the reading list; there are {', '.join(VARIANTS)}")
    order = np.argsort(papers["paper_id"].astype(str).to_numpy(), kind="stable")
    papers, terms = papers.iloc[order], terms._replace(uses=terms.uses[order])
    allowed = np.ones(len(papers), dtype=bool) if only is None else np.asarray(only, dtype=bool)[order]
    eligible = allowed & _stands_for_topic(papers)
    if not (terms.uses @ terms.weights)[eligible].any():
        eligible = allowed
    bonus = np.zeros(len(papers))
    if "n_dumps" in papers:
        bonus = _SOURCE_BONUS * (papers["n_dumps"].to_numpy(dtype=float) - 1)
    pile = _Pile(papers, terms, eligible, bonus)
    picks = _in_order(pile, n, variant)
    if variant in ("most covering", "with code"):
        better = np.isin(np.arange(len(papers)), _exchanged(pile, list(picks)))
        picks = _in_order(pile._replace(eligible=better), n, variant)
    table = papers.iloc[list(picks)][["paper_id", "title", "published", "topic_name"]].reset_index(drop=True)
    table.insert(0, "variant", variant)
    table.insert(1, "place", range(1, len(table) + 1))
    names, why = np.array(terms.terms, dtype=object), []
    for new in picks.values():
        weight = pd.Series(terms.weights[new]).groupby(names[new]).sum()
        why.append(tuple(sorted(weight.index, key=lambda term: (-round(weight[term], 9), term))[:_REASONS]))
    adds = np.array([terms.weights[new].sum() for new in picks.values()], dtype=float)
    bound = _most_covered(terms, allowed, len(table), {} if solved is None else solved)
    table["adds"], table["covered"] = adds, np.cumsum(adds)
    table["at_most"], table["why"] = bound[1:], pd.Series(why, dtype=object)
    return table.round({"adds": 4, "covered": 4, "at_most": 4})


def _stands_for_topic(papers: pd.DataFrame) -> np.ndarray:
    """Which papers may be listed, (n,) booleans: a confidence of 0.8, and no abstract of the longest tenth."""
    words = np.array([len(str(text).split()) for text in papers["abstract"].fillna("")], dtype=float)
    sure = papers["confidence"].to_numpy(dtype=float) >= _SURE if "confidence" in papers else True
    return np.asarray(sure & (words <= np.quantile(words, _LONG)))


def _in_order(pile: _Pile, n: int, variant: str) -> dict[int, np.ndarray]:
    """Rows of n papers with the terms, (m,) booleans, that each adds: most, or half as much if newer, or no topic twice."""
    topic = pile.papers["topic"].to_numpy()
    published = pile.papers["published"].fillna("").astype(str).to_numpy()
    eligible, left = pile.eligible.copy(), pile.terms.weights.copy()
    picks: dict[int, np.ndarray] = {}
    while len(picks) < n:
        adds = pile.terms.uses @ left
        gains = np.where(eligible & (adds > 1e-12), np.round(adds + pile.bonus, 9), 0.0)
        if not gains.max(initial=0.0) > 0:
            break
        if variant == "newest first":
            good = gains >= gains.max() / 2
            gains[~good | (published != max(published[good]))] = 0.0
        row = int(np.argmax(gains))
        picks[row] = pile.terms.uses[[row]].toarray()[0] & (left > 0)
        left[picks[row]] = 0.0
        eligible[row] = False
        if variant == "one per topic":
            eligible &= topic != topic[row]
    return picks


def _exchanged(pile: _Pile, chosen: list[int]) -> list[int]:
    """The list after its best exchange of one paper for another, again and again until none improves it."""
    uses, weights = pile.terms.uses, pile.terms.weights
    best, better = 0.0, chosen
    while better:
        chosen, better = better, []
        for place in range(len(chosen)):
            rest = chosen[:place] + chosen[place + 1 :]
            covered = np.asarray(uses[rest].sum(axis=0)).ravel() > 0
            value = weights[covered].sum() + pile.bonus[rest].sum() + pile.bonus
            totals = np.round(value + uses @ np.where(covered, 0.0, weights), 9)
            best = max(best, float(totals[chosen[place]]))
            totals[~pile.eligible] = 0.0
            totals[rest] = 0.0
            row = int(np.argmax(totals))
            if totals[row] > best:
                best, better = float(totals[row]), [*rest, row]
    return chosen


def _most_covered(terms: TopicTerms, allowed: np.ndarray, length: int, solved: Solved) -> np.ndarray:
    """Share of the weight that no list covers more of, for lists of 0, 1, … `length` papers of those allowed.

    The linear relaxation of the maximum coverage problem, solved at a few lengths. Its optimum is concave
    in the length, so the tangents there (from the dual price of one paper more) bound all other lengths.
    """
    from scipy.optimize import linprog

    uses = sparse.csr_array(terms.uses[np.flatnonzero(allowed)]).astype(float)
    papers, m = uses.shape
    bound = np.ones(length + 1)
    bound[0] = 0.0
    if not length:
        return bound
    limits = sparse.vstack(
        [sparse.hstack([-uses.T, sparse.eye_array(m)]), np.append(np.ones(papers), np.zeros(m))[None, :]]
    ).tocsr()
    for k in sorted({*(k for k in (1, 2, 4, 8) if k < length), length}):
        key = allowed.tobytes(), k
        if key not in solved:
            found = linprog(
                np.append(np.zeros(papers), -terms.weights),
                A_ub=limits, b_ub=np.append(np.zeros(m), k), bounds=(0, 1), method="highs",
            )  # fmt: skip
            solved[key] = -found.fun, -found.ineqlin.marginals[-1]
        value, slope = solved[key]
        bound = np.minimum(bound, value + slope * (np.arange(len(bound)) - k) + 1e-9)
    bound[0] = 0.0
    return bound


def reading_lists(papers: pd.DataFrame, code: set[str]) -> pd.DataFrame:
    """Every variant of the reading list of `paperatlas.Study.papers`; `code` are the ids of papers that link to code."""
    terms = _topic_terms(papers)
    dated = bool(papers["published"].notna().any())
    with_code = papers["paper_id"].isin(code).to_numpy()
    solved: Solved = {}
    lists = [
        reading_list(
            papers,
            terms,
            n=papers["topic"].nunique() if variant == "one per topic" else 12,
            variant=variant,
            only=with_code if variant == "with code" else None,
            solved=solved,
        )
        for variant in VARIANTS
        if dated or variant != "newest first"
    ]
    filled = [table for table in lists if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else lists[0]
