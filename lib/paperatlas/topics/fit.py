"""Themes, topics and subtopics of a corpus: from papers and vectors to a named tree with its stability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.text import Terms, embed_texts, read_terms
from paperatlas.topics.branches import by_size
from paperatlas.topics.coherence import Coherence, single_words
from paperatlas.topics.consensus import affinity, build_consensus
from paperatlas.topics.inputs import Labels, Points, blocks, checked, on_grid, texts_of
from paperatlas.topics.join import place, settled_centres, trusted
from paperatlas.topics.levels import CORE, Grain, Levels, choose_levels
from paperatlas.topics.names import NodeName, name_nodes
from paperatlas.topics.null import null_table, null_table_of, reached_by_chance, structureless, verdict
from paperatlas.topics.result import LEVELS, Topics, node_table
from paperatlas.topics.stability import (
    Refit,
    agreement,
    draw_again,
    found_in,
    landings,
    recovery,
    refits,
    trust,
)

READ = 10_000  # papers from which words and names are taken at most
SHUFFLED = 2_000  # papers of a large corpus whose words are shuffled
_DIGITS = 6
_NO_PARENTS = np.zeros(0, dtype=np.int64)


def fit_topics(
    corpus: pd.DataFrame,
    vectors: NDArray[Any] | None = None,
    *,
    n_topics: int | None = None,
    n_resamples: int = 50,
    null_control: bool = True,
    seed: int = 0,
) -> Topics:
    """Find themes, topics and subtopics that survive resampling, name them, and say how far each can be trusted.

    The given vectors are clustered many times on resamples; evidence accumulation brings the clusterings together
    in a tree; of its branches those become topics, and with a finer grain subtopics, that are found again when
    the whole procedure is repeated on 80 % of the papers, more often than in points without structure. Every paper
    gets a theme and a topic, and a subtopic where its topic has any. Of more than 5,000 papers a core is clustered,
    and the others join its subtopics. The result depends neither on the order of the papers nor on the machine.

    Parameters
    ----------
    corpus : DataFrame, one row per paper
        ``paper_id`` (unique), ``title``, ``abstract``.
    vectors : (n, d) array, optional
        What is clustered, aligned with the rows of `corpus`; `paperatlas.embed_texts` of the texts if not given.
    n_topics : int, optional
        Overrules the number of topics that the data choose.
    n_resamples : int
        Refits on 80 % of the papers; fewer for more than 1,000 papers.
    null_control : bool
        Whether to run the procedure where there is nothing to find.
    seed : int

    Returns
    -------
    Topics

    Raises
    ------
    TooFewPapersError
        For fewer than 10 papers.
    AtlasError
        If the corpus lacks a column, repeats a paper_id, or does not fit the vectors; if a vector is not finite;
        if `n_topics` is not between 1 and a third of the papers, or the papers do not fall into so many groups.
    """
    papers, given = checked(corpus, vectors, n_topics)
    back = np.argsort(np.argsort(corpus["paper_id"].to_numpy(dtype=str), kind="stable"), kind="stable")
    rows = embed_texts(texts_of(papers)) if given is None else given
    with _one_thread():
        return _fit(papers, rows, n_topics, n_resamples, null_control, seed).taken(back)


def draw_order(n: int, seed: int) -> NDArray[np.int64]:
    """Places of n papers in the order in which they are drawn; the first `CORE` of them are clustered."""
    return np.random.Generator(np.random.PCG64([seed, 3])).permutation(n)


def _one_thread() -> Any:
    """Keep BLAS to one thread: on thousands of small products more threads only wait for each other."""
    import scipy.linalg  # noqa: F401  (its BLAS must be loaded to be limited)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="blas")


@dataclass(frozen=True)
class Tree:
    """Levels of m clustered papers, and what is needed to tell how far each node is found again.

    Attributes
    ----------
    levels : Levels
    near : (m, k) array
        Mean share of runs in which a paper falls together with the other papers of each topic.
    again : list of Refit
    chance : dict
        ``topic`` and ``subtopic``: mean Jaccard similarity that structureless points reach; 0 if not asked for.
    """

    levels: Levels
    near: NDArray[np.float64]
    again: list[Refit]
    chance: dict[str, float]

    @property
    def leaf(self) -> Labels:
        """Leaf of each paper: its subtopic, or its topic where that has none."""
        pairs = np.stack([self.levels.topic, self.levels.subtopic], axis=1)
        return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int32)


def grow_tree(
    points: Points, n_papers: int, *, n_resamples: int, asked: int | None, null: bool, seed: int
) -> Tree:
    """Bring many clusterings together in one tree, and choose its levels by what is found again.

    Parameters
    ----------
    points : (m, d) float32 array on the grid
    n_papers : int
        Papers that these stand for.
    n_resamples, asked, null, seed
        As for `fit_topics`.
    """
    grain = Grain.of(len(points), n_papers, n_resamples)
    chance = {"topic": 0.0, "subtopic": 0.0}
    if null:
        chance = reached_by_chance(structureless(points, seed), grain, seed=seed)
    consensus = build_consensus(points, runs=grain.runs, finest=grain.finest, seed=seed)
    draws = draw_again(points, grain, seed=seed)
    levels = choose_levels(consensus, found_in(np.arange(len(points)), draws), grain, bar=chance, asked=asked)
    found = int(levels.topic.max()) + 1
    if asked is not None and found != asked:
        raise AtlasError(
            f"{asked} topics were asked for, but these papers fall into no more than {found} groups; ask for fewer"
        )
    near = affinity(consensus.together, consensus.runs, levels.topic)
    return Tree(levels, near, refits(draws, grain, bar=chance, asked=asked), chance)


def _fit(
    papers: pd.DataFrame,
    vectors: NDArray[Any],
    asked: int | None,
    n_resamples: int,
    null_control: bool,
    seed: int,
) -> Topics:
    n = len(papers)
    drawn = draw_order(n, seed)
    rows = on_grid(vectors)
    core, read = np.sort(drawn[:CORE]), np.sort(drawn[:READ])
    tree = grow_tree(rows[core], n, n_resamples=n_resamples, asked=asked, null=null_control, seed=seed)
    landed = landings(tree.levels.topic, tree.again)
    trust_of_core, second = trust(tree.levels.topic, landed, tree.near)
    spread = spread_over(rows, drawn, tree, trust_of_core, second)
    labels = {level: spread.level(level) for level in LEVELS}
    parents = {level: parents_of(labels[level], labels[above]) for above, level in pairwise(LEVELS)}
    some = papers.iloc[read]
    terms = read_terms(some["title"].tolist(), some["abstract"].tolist(), min_papers=2)
    coherence = Coherence(texts_of(some))
    named = name_nodes(
        terms,
        [labels[level][read] for level in LEVELS],
        [parents.get(level, _NO_PARENTS) for level in LEVELS],
        coherence,
    )
    ids = papers["paper_id"].to_numpy(dtype=str)
    typicality = np.round(spread.confidence * spread.closeness, _DIGITS)
    tables = [
        node_table(
            level,
            labels[level],
            parents.get(level),
            [_described(name, terms) for name in names],
            recovery(tree.levels.at(level), tree.again, level)[:, np.argsort(spread.rank[level][:-1])],
            tree.chance.get(level, tree.chance["topic"]),
            ids,
            typicality,
            spread.confidence,
        )
        for level, names in zip(LEVELS, named, strict=True)
    ]
    table = pd.concat([t for t in tables if len(t)], ignore_index=True)
    of_topics = table[table["level"] == "topic"]
    words = [single_words(row.split(";")) for row in of_topics["words"]]
    flat = [word for row in words for word in row]
    agreed = agreement(tree.levels.topic, tree.again)
    quality = {
        "n_papers": n,
        "n_themes": int(spread.theme.max()) + 1,
        "n_topics": len(of_topics),
        "n_subtopics": int(spread.subtopic.max(initial=-1)) + 1,
        "without_topic": 0.0,
        "npmi": round(coherence.of_topics(words), _DIGITS),
        "diversity": round(len(set(flat)) / len(flat), _DIGITS) if flat else float("nan"),
        "stability": round(float(agreed.mean()), _DIGITS) if len(agreed) else float("nan"),
        "stability_low": round(float(np.percentile(agreed, 2.5)), _DIGITS) if len(agreed) else float("nan"),
        "stability_high": round(float(np.percentile(agreed, 97.5)), _DIGITS) if len(agreed) else float("nan"),
        "name_auc": round(float(of_topics["name_auc"].mean()), _DIGITS),
        "name_precision": round(float(of_topics["name_precision"].mean()), _DIGITS),
    }
    null = (
        null_table(
            table,
            tree.chance,
            papers.iloc[np.sort(drawn[: SHUFFLED if n > CORE else CORE])],
            n,
            n_resamples,
            seed,
        )
        if null_control
        else null_table_of([])
    )
    wide = np.full((len(landed), n), -2, dtype=np.int16)
    wide[:, core] = np.where(landed >= 0, spread.rank["topic"][landed], landed)
    return Topics(
        papers=spread.table(papers["paper_id"], table),
        table=table,
        quality=pd.DataFrame([quality]),
        null=null,
        verdict=verdict(table, null),
        texts=texts_of(papers),
        vectors=np.asarray(vectors, dtype=np.float32),
        landed=wide,
    )


@dataclass(frozen=True)
class Spread:
    """Nodes of all n papers, with trust in the topic: see `Topics.papers`."""

    theme: Labels
    topic: Labels
    subtopic: Labels
    confidence: NDArray[np.float64]
    runner_up: NDArray[np.int64]
    closeness: NDArray[np.float64]
    rank: dict[str, Labels]  # number of each node of the tree once all papers are counted

    def level(self, level: str) -> Labels:
        """Labels of a level."""
        labels: Labels = getattr(self, level)
        return labels

    def table(self, paper_ids: pd.Series[Any], nodes: pd.DataFrame) -> pd.DataFrame:
        """`Topics.papers`."""
        found: dict[str, Any] = {"paper_id": paper_ids.to_numpy()}
        for level in ("theme", "topic", "subtopic"):
            labels = self.level(level)
            names = nodes.loc[nodes["level"] == level, "name"].to_numpy(dtype=object)
            found[level] = labels.astype(np.int64)
            found[f"{level}_name"] = np.where(labels >= 0, np.append(names, "")[labels], "")
        papers = pd.DataFrame(found).astype({"subtopic": "Int64"})
        papers["subtopic"] = papers["subtopic"].where(papers["subtopic"] >= 0)
        return papers.assign(confidence=self.confidence, runner_up=self.runner_up)


def spread_over(
    rows: Points,
    drawn: NDArray[np.int64],
    tree: Tree,
    trust_of_core: NDArray[np.float64],
    second: NDArray[np.int64],
) -> Spread:
    """Put the papers beyond the core on the leaves of the tree; all nodes are numbered by size again."""
    core, leaf = np.sort(drawn[:CORE]), tree.leaf
    first = np.unique(leaf, return_index=True)[1]
    of_leaf = {level: tree.levels.at(level)[first] for level in LEVELS}
    middle = settled_centres(rows, core, leaf, drawn)
    placed = place(rows, middle, of_leaf["topic"].astype(np.int64))
    every = placed.leaf.copy()
    every[core] = leaf
    confidence = trusted(placed.margin, placed.margin[core], trust_of_core)
    confidence[core] = trust_of_core
    runner_up = placed.runner_up.copy()
    runner_up[core] = second
    rank = {level: _rank(labels[every]) for level, labels in of_leaf.items()}
    return Spread(
        rank["theme"][of_leaf["theme"][every]],
        rank["topic"][of_leaf["topic"][every]],
        rank["subtopic"][of_leaf["subtopic"][every]],
        confidence,
        rank["topic"][runner_up].astype(np.int64),
        placed_closeness(rows, middle, every),
        rank,
    )


def placed_closeness(rows: Points, middle: Points, leaf: Labels) -> NDArray[np.float64]:
    """(n,) cosine of each paper with the centre of its leaf."""
    parts = [(rows[block] * middle[leaf[block]]).sum(axis=1) for block in blocks(len(rows))]
    return np.asarray(np.round(np.concatenate(parts), _DIGITS), dtype=np.float64)


def _rank(labels: Labels) -> Labels:
    """Number by size of each label; the last place serves -1."""
    rank = np.full(int(labels.max(initial=-1)) + 2, -1, dtype=np.int32)
    rank[labels] = by_size(labels)
    return rank


def _described(name: NodeName, terms: Terms) -> NodeName:
    """The name, or where nothing sets a node apart, as in a pile of one group, the terms that most papers use."""
    if name.words:
        return name
    first = np.argsort(-np.where(terms.general, 0, terms.n_papers), kind="stable")[:10]
    words = tuple(terms.shown[j] for j in first if terms.n_papers[j])
    return replace(name, words=words, phrases=name.phrases or words[:1])


def parents_of(labels: Labels, above: Labels) -> NDArray[np.int64]:
    """(k,) node one level up of each node."""
    parents = np.zeros(int(labels.max(initial=-1)) + 1, dtype=np.int64)
    parents[labels[labels >= 0]] = above[labels >= 0]
    return parents
