"""Topics of a tree that a hand has changed: numbered, named and measured again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.branches import one_hot
from paperatlas.topics.inputs import Labels, on_grid
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics, described_nodes, grade, papers_table
from paperatlas.topics.stability import trust

BY_TITLE = 0.5  # how far a title alone is trusted: a convention
_MEASURES = ["stability", "stability_low", "stability_high"]
_SAID = ["name", "words", "name_auc", "name_precision", "genre", "typical", "borderline"]


@dataclass
class Node:
    """A node and what a hand did to it: the name that it gave, if any, and the papers by which it knew the node then."""

    level: str
    name: str
    done: list[str] = field(default_factory=list)
    given: str | None = None
    named_by: Sequence[str] = ()

    def change(self, done: str, name: str = "") -> None:
        """Note what was done, and the name that was given with it."""
        self.done = list(dict.fromkeys([*self.done, done]))
        if name:
            self.name = self.given = name


def rows_of(topics: Topics) -> Labels:
    """(3, n) rows of the topics' table in which the papers' theme, topic and subtopic stand; -1 for none."""
    labels = topics.papers[list(LEVELS)].astype("Int64").fillna(-1).to_numpy(dtype=np.int32).T
    first = [int((topics.table["level"] == level).argmax()) for level in LEVELS]
    return np.where(labels < 0, -1, labels + np.array(first)[:, None]).astype(np.int32)


def edited_topics(
    topics: Topics,
    corpus: pd.DataFrame,
    nodes: Sequence[Node],
    labels: Labels,
    by_hand: NDArray[np.bool_],
    dropped: frozenset[str],
) -> Topics:
    """Other nodes of the same papers, judged by the same refits and numbered by size again.

    `nodes` are the old ones, in the order of their table, and new ones; `labels` (3, n) the papers' nodes among them by
    level, -1 for none; `by_hand` the papers that a hand placed; `dropped` keys of terms that name nothing.
    """
    size = np.bincount(labels[labels >= 0], minlength=len(nodes))
    level = np.array([LEVELS.index(node.level) for node in nodes])
    order = np.lexsort((-size, level))
    order = order[size[order] > 0]  # the node in each row of the new table
    row = np.full(len(nodes) + 1, -1)
    row[order] = np.arange(len(order))
    rows = row[labels]
    starts = np.searchsorted(level[order], np.arange(len(LEVELS)))[:, None]
    numbers = dict(zip(LEVELS, np.where(rows < 0, -1, rows - starts).astype(np.int32), strict=True))
    found, landed = _placed(topics, corpus, numbers["topic"], by_hand)
    table, quality = topics.table.copy(), topics.quality
    moved = labels != (old := rows_of(topics))
    if dropped or moved.any():
        table, about = _measured(topics, corpus, numbers, found["confidence"].to_numpy(), old, rows, dropped)
        counts = {f"n_{at}s": int(number.max()) + 1 for at, number in numbers.items()}
        quality = quality.assign(**counts, **about).round(6)
        stays = ~np.isin(order, [old[moved], labels[moved]])
        before = topics.table.reindex(order)
        for name in [*_MEASURES, "grade", *(() if dropped else _SAID)]:
            table[name] = np.where(stays, before[name], table[name])
        table = table.astype(topics.table[table.columns].dtypes)
    table["edited"] = [", ".join(nodes[node].done) for node in order]
    # Nodes of one size that share their first paper hold the same papers: a name is for all of them.
    first = np.unique(rows, return_index=True)[1][-len(order) :] % len(corpus)
    names = pd.Series([nodes[node].given for node in order], dtype=object)
    names = names.fillna(names.groupby([first, table["size"]]).transform("first"))
    table["name"] = names.fillna(table["name"])
    # How well the machine's name found its papers says nothing about one that a hand gave.
    table.loc[names.notna(), ["name_auc", "name_precision"]] = np.nan
    papers = papers_table(topics.papers["paper_id"], numbers, table, found)
    papers["placed_by"] = found["placed_by"]
    return replace(topics, papers=papers, table=table, quality=quality, landed=landed)


def _placed(
    topics: Topics, corpus: pd.DataFrame, topic: Labels, by_hand: NDArray[np.bool_]
) -> tuple[pd.DataFrame, NDArray[np.int16]]:
    """Each paper's confidence and runner-up in the new topics, and what placed it; and where it landed, in their terms.

    Where a paper's runner-up was merged with its topic, it is trusted at least as far as the refits in which it went
    to either; a paper that a hand has placed is sure; one without an abstract is half as sure as its title makes it.
    """
    was, second, confidence = (
        topics.papers[name].to_numpy() for name in ("topic", "runner_up", "confidence")
    )
    heirs = (one_hot(was) @ one_hot(topic).T).toarray().argmax(axis=1)
    landed = np.append(heirs, [-2, -1])[topics.landed]
    landed = np.where(topics.landed == was, topic, landed).astype(np.int16)
    runner_up, confidence = heirs[second], confidence.astype(float)
    merged = np.flatnonzero(runner_up == topic)
    points = on_grid(topics.vectors)
    near = np.maximum(points[merged] @ centres(points, topic).T, 0.0)
    trusted, runner_up[merged] = trust(topic[merged], landed[:, merged], near)
    confidence[merged] = np.maximum(confidence[merged], trusted)
    bare = (corpus["abstract"] == "").to_numpy()
    confidence = np.select([by_hand, bare], [1.0, np.round(confidence * BY_TITLE, 4)], confidence)
    placed_by = np.select([by_hand, bare], ["hand", "title"], "abstract")
    return pd.DataFrame({"confidence": confidence, "runner_up": runner_up, "placed_by": placed_by}), landed


def _measured(
    topics: Topics,
    corpus: pd.DataFrame,
    numbers: Mapping[str, Labels],
    confidence: NDArray[np.float64],
    old: Labels,
    rows: Labels,
    dropped: frozenset[str],
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Table of the nodes as named anew, with coherence and diversity.

    Each paper brings the stability of one of its `old` nodes, times the share of that node's papers that came along:
    of its theme, topic or subtopic the one that brings most. A node is as stable as its papers on average.
    """
    before, points = topics.table, on_grid(topics.vectors)
    closeness = (points * centres(points, numbers["topic"])[numbers["topic"]]).sum(axis=1)
    chance = float(topics.null["null"].max()) if len(topics.null) else 0.0
    unknown = {level: np.zeros((0, int(number.max()) + 1)) for level, number in numbers.items()}
    typicality = np.round(confidence * closeness, 6)
    chances = dict.fromkeys(LEVELS, chance)
    table, about = described_nodes(corpus, numbers, unknown, chances, typicality, confidence, dropped)
    shared = np.zeros((len(table) + 1, len(before) + 1))  # the last ones for none
    np.add.at(shared, (rows[:, None], old), 1)
    for name in _MEASURES:
        brought = shared * np.append(np.nan_to_num(before[name]) / before["size"], 0.0)
        best = brought[rows[:, None], old].max(axis=1)
        table[name] = (np.bincount(rows.ravel() + 1, best.ravel())[1:] / table["size"]).round(6)
    low = table["stability_low"]
    table["grade"] = [grade(mean, least, chance) for mean, least in zip(table["stability"], low, strict=True)]
    return table, about
