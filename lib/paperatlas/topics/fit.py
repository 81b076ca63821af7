"""Themes, topics and subtopics of a corpus: from papers and vectors to a named tree with its stability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.text import embed_texts
from paperatlas.threads import single_threaded
from paperatlas.topics.branches import ranks
from paperatlas.topics.consensus import affinity
from paperatlas.topics.inputs import Labels, Points, blocks, checked, draw_order, on_grid, texts_of
from paperatlas.topics.join import place, settled_centres, spread
from paperatlas.topics.levels import CORE, Grain, Nodes, choose_levels
from paperatlas.topics.null import chances, is_clear, null_table, verdict
from paperatlas.topics.result import LEVELS, Topics, described_nodes, grade, papers_table
from paperatlas.topics.stability import draw_again, found_in, landings, recovery, refits, trust

SHUFFLED = 2_000  # papers of a large corpus whose words are shuffled
ENOUGH = 0.5  # of the papers in topics that hold
# Share of the papers, and papers, in one topic at most where smaller ones do not hold.
WIDER, WIDEST = 0.7, 120
_DIGITS = 6


@single_threaded
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
    AtlasError
        If the corpus has fewer than 10 papers, lacks a column, repeats a paper_id, or does not fit the vectors; if a
        vector is not finite; if `n_topics` is not between 1 and a third of the papers, or the papers do not fall into
        so many groups.
    """
    papers, given = checked(corpus, vectors, n_topics)
    back = np.argsort(np.argsort(corpus["paper_id"].to_numpy(dtype=str), kind="stable"), kind="stable")
    rows = embed_texts(texts_of(papers)) if given is None else given
    return _fit(papers, rows, n_topics, n_resamples, null_control, seed).taken(back)


@dataclass(frozen=True)
class Tree:
    """Levels of m clustered papers, and how far each node and each paper's topic is found again in r refits."""

    nodes: Nodes
    landed: NDArray[np.int16]  # (r, m) topic of each paper in each refit
    confidence: NDArray[np.float64]
    runner_up: NDArray[np.int64]
    reached: dict[str, NDArray[np.float64]]  # level to the (r, k) Jaccard similarities of its nodes
    agreed: NDArray[np.float64]  # (r,) adjusted Rand index between the topics and those of each refit
    chance: dict[str, float]  # the most that structureless points reach; 0 if not asked for


def grow_tree(points: Points, grain: Grain, asked: int | None, null: bool, seed: int) -> Tree:
    """The tree of some points; where few are in topics that hold, one of larger topics, if more are in these."""
    tree = _grown(points, grain, asked, null, seed)
    most = round(min(WIDER * len(points), WIDEST))
    if null and asked is None and most > grain.most_topic and _share_held(tree) < ENOUGH:
        wider = _grown(points, replace(grain, most_topic=most), asked, null, seed)
        clear = is_clear(wider.reached["topic"].mean(), wider.chance["topic"])
        if clear and _share_held(wider) > _share_held(tree):
            return wider
    return tree


def _share_held(tree: Tree) -> float:
    """Share of the papers in topics that hold; 0 for a single one, which nothing sets apart."""
    size, reached = np.bincount(tree.nodes["topic"]), tree.reached["topic"]
    low, chance = np.percentile(reached, 2.5, axis=0), tree.chance["topic"]
    grades = [grade(*of, chance) for of in zip(reached.mean(axis=0), low, strict=True)]
    return float(size[np.array(grades) == "holds"].sum() / size.sum()) if len(size) > 1 else 0.0


def _grown(points: Points, grain: Grain, asked: int | None, null: bool, seed: int) -> Tree:
    """Bring many clusterings together in one tree, and choose its levels by what is found again."""
    from sklearn.metrics import adjusted_rand_score

    chance = chances(points, grain, seed=seed) if null else {"topic": [0.0], "subtopic": [0.0]}
    bar = {level: float(np.mean(reached)) for level, reached in chance.items()}
    draws = draw_again(points, grain, seed=seed)
    nodes, _ = choose_levels(draws.whole, found_in(draws), grain, bar=bar, asked=asked)
    topic = nodes["topic"]
    found = int(topic.max()) + 1
    if asked is not None and found != asked:
        raise AtlasError(
            f"{asked} topics were asked for, but these papers fall into no more than {found} groups; ask for fewer"
        )
    again = refits(draws, grain, bar=bar, asked=asked)
    landed = landings(topic, draws, again)
    reached = {level: recovery(nodes[level], draws, [refit[level] for refit in again]) for level in LEVELS}
    pairs = zip(draws.papers, again, strict=True)
    agreed = np.array([adjusted_rand_score(topic[papers], refit["topic"]) for papers, refit in pairs])
    most = {level: max(found) for level, found in chance.items()}
    return Tree(nodes, landed, *trust(topic, landed, affinity(draws.whole, topic)), reached, agreed, most)


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
    core = np.sort(drawn[:CORE])
    tree = grow_tree(rows[core], Grain.of(len(core), n, n_resamples), asked, null_control, seed)
    found, rank = _spread_over(rows, drawn, tree)
    labels = {level: found[level].to_numpy() for level in LEVELS}
    reached = {level: tree.reached[level][:, np.argsort(rank[level][:-1])] for level in LEVELS}
    chance = {level: tree.chance.get(level, tree.chance["topic"]) for level in LEVELS}
    typicality, confidence = (found[name].to_numpy() for name in ("typicality", "confidence"))
    table, about = described_nodes(papers, labels, reached, chance, typicality, confidence)
    shuffled = papers.iloc[np.sort(drawn[: SHUFFLED if n > CORE else CORE])]
    null = null_table(table, tree.chance, shuffled if null_control else None, n, n_resamples, seed)
    landed = np.full((len(tree.landed), n), -2, dtype=np.int16)
    landed[:, core] = np.where(tree.landed >= 0, rank["topic"][tree.landed], tree.landed)
    return Topics(
        papers=papers_table(papers["paper_id"], labels, table, found),
        table=table,
        quality=_quality(table, about, n, tree.agreed),
        null=null,
        verdict=verdict(table, null),
        texts=texts_of(papers),
        vectors=np.asarray(vectors, dtype=np.float32),
        landed=landed,
    )


def _spread_over(
    rows: Points, drawn: NDArray[np.int64], tree: Tree
) -> tuple[pd.DataFrame, dict[str, Labels]]:
    """Put all n papers on the leaves of the tree, and number its nodes by size again.

    A leaf is a subtopic, or a topic where that has none.

    Gives the papers' nodes of every level, ``confidence``, ``runner_up`` and ``typicality`` (confidence times the
    cosine with the centre of the leaf), and the new number of each node of the tree, and of -1, by level.
    """
    core = np.sort(drawn[:CORE])
    pairs = np.stack([tree.nodes["topic"], tree.nodes["subtopic"]], axis=1)
    _, first, leaf = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    leaf = leaf.reshape(-1)
    of_leaf = {level: tree.nodes[level][first] for level in LEVELS}
    middle = settled_centres(rows, core, leaf, of_leaf["topic"], drawn)
    known = place(rows[core], middle, of_leaf["topic"]).assign(
        leaf=leaf, confidence=tree.confidence, runner_up=tree.runner_up
    )
    at = np.full(len(rows), -1)
    at[core] = np.arange(len(core))
    found = spread(rows, middle, of_leaf["topic"], known, at)
    leaf = found["leaf"].to_numpy()
    rank = {level: ranks(labels[leaf]) for level, labels in of_leaf.items()}
    for level in LEVELS:
        found[level] = rank[level][of_leaf[level][leaf]]
    found["runner_up"] = rank["topic"][found["runner_up"]].astype(np.int64)
    parts = [(rows[block] * middle[leaf[block]]).sum(axis=1) for block in blocks(len(rows))]
    closeness = np.round(np.concatenate(parts), _DIGITS).astype(np.float64)
    return found.assign(typicality=np.round(found["confidence"] * closeness, _DIGITS)), rank


def _quality(
    table: pd.DataFrame, about: dict[str, float], n: int, agreed: NDArray[np.float64]
) -> pd.DataFrame:
    """`Topics.quality`."""
    topics = table[table["level"] == "topic"]
    agreed = agreed if len(agreed) else np.full(1, np.nan)
    low, high = np.percentile(agreed, [2.5, 97.5])
    quality = {
        "n_papers": n,
        **{f"n_{level}s": int((table["level"] == level).sum()) for level in LEVELS},
        "without_topic": 0.0,
        **about,
        "stability": agreed.mean(),
        "stability_low": low,
        "stability_high": high,
        "name_auc": topics["name_auc"].mean(),
    }
    return pd.DataFrame([quality]).round(_DIGITS)
