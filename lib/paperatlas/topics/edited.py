"""Topics of a tree that a hand has changed: numbered, named and measured again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.topics.branches import Members, one_hot, ranks
from paperatlas.topics.inputs import Labels, Points, on_grid
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics, described_nodes, grade, papers_table

BY_TITLE = 0.5  # how far a title alone is trusted: a convention
_MEASURES = ["stability", "stability_low", "stability_high"]
_OWN = ["name", "words", *_MEASURES, "grade", "name_auc", "name_precision", "genre", "typical", "borderline"]

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

    One with the papers of an old node keeps what was said of that; of the others names are chosen and stability is
    measured anew. `labels` are the papers' nodes at each level, with any numbers, -1 for none; `done` and `given` what a
    hand did to them and how it named them; `by_hand` the papers that it placed; `dropped` keys of terms that name nothing.
    """
    old, number = labels_of(topics), {level: ranks(labels[level]) for level in LEVELS}
    new = {level: number[level][labels[level]] for level in LEVELS}
    points = on_grid(topics.vectors)
    found = _placed(topics, corpus, points, old["topic"], new["topic"], by_hand)
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
            table.loc[at, ["name_auc", "name_precision"]] = np.nan
    papers = papers_table(topics.papers["paper_id"], new, table, found).assign(placed_by=found["placed_by"])
    landed = np.append(_heirs(old["topic"], new["topic"]), [-2, -1])[topics.landed]
    landed = np.where(topics.landed == old["topic"], new["topic"], landed).astype(np.int16)
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


def _heirs(old: Labels, new: Labels) -> NDArray[np.intp]:
    """The new topic that holds most papers of each old one."""
    return np.asarray((one_hot(old) @ one_hot(new).T).toarray().argmax(axis=1))


def _placed(
    topics: Topics, corpus: pd.DataFrame, points: Points, old: Labels, new: Labels, by_hand: Mask
) -> pd.DataFrame:
    """Each paper's confidence and runner-up in the new topics, and what placed it.

    Where a paper's runner-up was merged with its topic, its confidence is the share of the refits in which it went
    to either; a paper that a hand has placed is sure; one without an abstract is half as sure as its title makes it.
    """
    heirs = np.append(_heirs(old, new), -1)
    second = topics.papers["runner_up"].to_numpy(dtype=np.int64)
    runner_up = heirs[second]
    confidence = topics.papers["confidence"].to_numpy(dtype=float).copy()
    between = np.flatnonzero((runner_up == new) & (second != old))
    drawn = topics.landed[:, between]
    stayed = ((drawn >= 0) & (heirs[np.maximum(drawn, -1)] == new[between])).sum(axis=0)
    share = np.round(stayed / np.maximum((drawn > -2).sum(axis=0), 1), 4)
    confidence[between] = np.maximum(confidence[between], share)
    confidence[by_hand] = 1.0
    if new.max() > 0:
        unknown = np.flatnonzero(runner_up == new)
        near = points[unknown] @ centres(points, new).T
        near[np.arange(len(unknown)), new[unknown]] = -2.0
        runner_up[unknown] = near.argmax(axis=1)
    bare = (corpus["abstract"] == "").to_numpy() & ~by_hand
    confidence[bare] = np.round(confidence[bare] * BY_TITLE, 4)
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
    """Table of the new nodes, and quality."""
    chance = float(topics.null["null"].max()) if len(topics.null) else 0.0
    nodes = {level: int(new[level].max()) + 1 for level in LEVELS}
    typicality = {
        level: np.round(confidence * (points * centres(points, new[level])[new[level]]).sum(axis=1), 6)
        for level in LEVELS
        if nodes[level]
    }
    members = _members(new)
    reached = np.split(_recovered(members, topics.landed), np.cumsum([*nodes.values()])[:-1], axis=1)
    found = dict(zip(LEVELS, reached, strict=True))
    chances = dict.fromkeys(LEVELS, chance)
    table, about = described_nodes(corpus, new, found, chances, typicality, confidence, dropped)
    table = _inherited(table, topics.table, _jaccard(members, _members(old)), chance, names_too=not dropped)
    counts = {f"n_{level}s": nodes[level] for level in LEVELS}
    return table, topics.quality.assign(**counts, **about).round(6)


def _members(labels: Mapping[str, Labels]) -> Members:
    """(g, n) papers of the nodes of every level, in the order of the table of nodes."""
    return sparse.csr_array(sparse.vstack([one_hot(labels[level]) for level in LEVELS]))


def _jaccard(nodes: Members, others: Members) -> Floats:
    """(g, h) Jaccard similarity of each node with each other one."""
    shared = (nodes @ others.T).toarray()
    return np.asarray(shared / (nodes.sum(axis=1)[:, None] + others.sum(axis=1) - shared))


def _recovered(nodes: Members, landed: NDArray[np.int16]) -> Floats:
    """(r, g) Jaccard similarity, in each refit, of each node with the topics of which it holds most papers, together."""
    found = np.zeros((len(landed), nodes.shape[0]))
    for refit, row in enumerate(landed):
        mine, theirs = nodes[:, row > -2], one_hot(row[row > -2])
        shared, size = (mine @ theirs.T).toarray(), theirs.sum(axis=1)
        mostly = 2 * shared > size
        both = (shared * mostly).sum(axis=1)
        found[refit] = both / np.maximum(mine.sum(axis=1) + mostly @ size - both, 1)
    return found.round(6)


def _inherited(
    table: pd.DataFrame, before: pd.DataFrame, alike: Floats, chance: float, *, names_too: bool
) -> pd.DataFrame:
    """Nodes with the papers of an old one of their level as they were; `alike` are the similarities with all old ones.

    Any other is found again at least as often as the old node that it is most like, times what the two share.
    """
    found, types = alike * np.nan_to_num(before["stability"].to_numpy(dtype=float)), table.dtypes
    best, every = found.argmax(axis=1), np.arange(len(table))
    more = found[every, best] > table["stability"]
    for name in _MEASURES:
        shared = (alike[every, best] * before[name].to_numpy()[best]).round(6)
        table[name] = np.where(more, shared, table[name])
    bounds = table[["stability", "stability_low"]].to_numpy().tolist()
    table["grade"] = [grade(mean, low, chance) for mean, low in bounds]
    same = (alike == 1) & (table["level"].to_numpy()[:, None] == before["level"].to_numpy())
    for name in _OWN if names_too else ():
        table[name] = np.where(same.any(axis=1), before[name].to_numpy()[same.argmax(axis=1)], table[name])
    return table.astype(types)
