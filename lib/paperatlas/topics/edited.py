"""Topics of a tree that a hand has changed: numbered, named and measured again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.branches import one_hot, ranks
from paperatlas.topics.inputs import Labels, Points, on_grid
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics, described_nodes, grade, papers_table
from paperatlas.topics.stability import stay_share

BY_TITLE = 0.5  # how far a title alone is trusted: a convention
_MEASURES = ["stability", "stability_low", "stability_high"]
_OWN = ["name", "words", *_MEASURES, "grade", "name_auc", "genre", "typical", "borderline"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Node = tuple[str, int]  # level and number


def labels_of(topics: Topics) -> dict[str, Labels]:
    """Level to the (n,) nodes of the papers, -1 for none."""
    found = topics.papers[list(LEVELS)].astype({"subtopic": "Int64"}).fillna({"subtopic": -1}).astype("int32")
    return {level: found[level].to_numpy().copy() for level in LEVELS}


def edited_topics(
    topics: Topics,
    corpus: pd.DataFrame,
    labels: Mapping[str, Labels],
    done: Mapping[Node, Sequence[str]],
    given: Mapping[Node, str],
    by_hand: Mask,
    dropped: frozenset[str],
) -> Topics:
    """Other nodes of the same papers, judged by the same refits and numbered by size again.

    One with the papers of an old node keeps what was said of that; the others are named anew, and as stable as the old
    nodes that they are made of. `labels` are the papers' nodes at each level, with any numbers, -1 for none; `done` and
    `given` what a hand did to them and how it named them; `by_hand` the papers that it placed; `dropped` keys of terms
    that name nothing.
    """
    old, number = labels_of(topics), {level: ranks(labels[level]) for level in LEVELS}
    new = {level: number[level][labels[level]] for level in LEVELS}
    heirs = (one_hot(old["topic"]) @ one_hot(new["topic"]).T).toarray().argmax(axis=1)
    landed = np.append(heirs, [-2, -1])[topics.landed]
    landed = np.where(topics.landed == old["topic"], new["topic"], landed).astype(np.int16)
    points = on_grid(topics.vectors)
    found = _placed(topics, corpus, points, heirs, new["topic"], landed, by_hand)
    table, quality = topics.table.copy(), topics.quality
    if dropped or any((old[level] != new[level]).any() for level in LEVELS):
        table, quality = _measured(topics, corpus, points, found["confidence"].to_numpy(), old, new, dropped)
    table["edited"] = ""
    names = _names_alike(labels, given)
    for level, node in {**done, **names}:
        at = (table["level"] == level) & (table["topic"] == number[level][node])
        table.loc[at, "edited"] = ", ".join(done.get((level, node), ()))
        if name := names.get((level, node)):
            table.loc[at, "name"] = name
            # How well the machine's name found its papers says nothing about one that a hand gave.
            table.loc[at, "name_auc"] = np.nan
    papers = papers_table(topics.papers["paper_id"], new, table, found).assign(placed_by=found["placed_by"])
    return replace(topics, papers=papers, table=table, quality=quality, landed=landed)


def _names_alike(labels: Mapping[str, Labels], given: Mapping[Node, str]) -> dict[Node, str]:
    """Names that a hand gave, for nodes of the same papers at other levels too, unless it named those otherwise."""
    names = dict(given)
    for (level, node), name in given.items():
        inside = labels[level] == node
        for other in LEVELS if inside.any() else ():
            same = int(labels[other][inside][0])
            if np.array_equal(labels[other] == same, inside):
                names.setdefault((other, same), name)
    return names


def _placed(
    topics: Topics,
    corpus: pd.DataFrame,
    points: Points,
    heirs: NDArray[np.intp],
    topic: Labels,
    landed: NDArray[np.int16],
    by_hand: Mask,
) -> pd.DataFrame:
    """Each paper's confidence and runner-up in the new topics, and what placed it.

    Where a paper's runner-up was merged with its topic, its confidence is the share of the refits in which it went
    to either; a paper that a hand has placed is sure; one without an abstract is half as sure as its title makes it.
    """
    second = topics.papers["runner_up"].to_numpy(dtype=np.int64)
    runner_up, confidence = heirs[second], topics.papers["confidence"].to_numpy(dtype=float)
    between = (runner_up == topic) & (second != topics.papers["topic"])
    drawn, stayed = stay_share(landed, topic)
    share = np.round(stayed / np.maximum(drawn, 1), 4)
    bare = (corpus["abstract"] == "").to_numpy()
    confidence = np.where(between, np.maximum(confidence, share), confidence)
    confidence = np.select([by_hand, bare], [1.0, np.round(confidence * BY_TITLE, 4)], confidence)
    if topic.max() > 0:
        unknown = np.flatnonzero(runner_up == topic)
        near = points[unknown] @ centres(points, topic).T
        near[np.arange(len(unknown)), topic[unknown]] = -2.0
        runner_up[unknown] = near.argmax(axis=1)
    placed_by = np.select([by_hand, bare], ["hand", "title"], "abstract")
    return pd.DataFrame({"confidence": confidence, "runner_up": runner_up, "placed_by": placed_by})


def _measured(
    topics: Topics,
    corpus: pd.DataFrame,
    points: Points,
    confidence: Floats,
    old: Mapping[str, Labels],
    new: Mapping[str, Labels],
    dropped: frozenset[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table of the new nodes, and quality; what was said of nodes that stay as they are is kept.

    Others are found again as often as the old nodes that they are made of, times what they share with these: old nodes
    of one level of which a node holds more than half, or which hold more than half of it. The level is the one that
    tells most. A group is found again at least as often as its parts are on average, weighed by their papers.
    """
    before, chance = topics.table, float(topics.null["null"].max()) if len(topics.null) else 0.0
    nodes = {level: int(new[level].max()) + 1 for level in LEVELS}
    closeness = (points * centres(points, new["topic"])[new["topic"]]).sum(axis=1)
    typicality, chances = np.round(confidence * closeness, 6), dict.fromkeys(LEVELS, chance)
    unknown = {level: np.zeros((0, nodes[level])) for level in LEVELS}
    table, about = described_nodes(corpus, new, unknown, chances, typicality, confidence, dropped)
    types, found = table.dtypes, np.zeros((len(table), len(_MEASURES)))
    mine, theirs = (sparse.vstack([one_hot(of[level]) for level in LEVELS], "csr") for of in (new, old))
    shared, size, part = (mine @ theirs.T).toarray(), mine.sum(axis=1)[:, None], theirs.sum(axis=1)
    for level in LEVELS:
        made_of = (2 * shared > np.minimum(size, part)) & (before["level"] == level).to_numpy()
        whole, both = (made_of @ part)[:, None], (shared * made_of).sum(axis=1, keepdims=True)
        reached = (made_of * part) @ np.nan_to_num(before[_MEASURES].to_numpy(dtype=float))
        reached *= both / (size + whole - both) / np.maximum(whole, 1)
        found = np.where(reached[:, :1] > found[:, :1], reached, found)
    table[_MEASURES] = found.round(6)
    table["grade"] = [grade(mean, low, chance) for mean, low, _ in found.tolist()]
    same = (shared == size) & (shared == part)
    same &= table["level"].to_numpy()[:, None] == before["level"].to_numpy()
    for name in _OWN if not dropped else ():
        table[name] = np.where(same.any(axis=1), before[name].to_numpy()[same.argmax(axis=1)], table[name])
    counts = {f"n_{level}s": nodes[level] for level in LEVELS}
    return table.astype(types), topics.quality.assign(**counts, **about).round(6)
