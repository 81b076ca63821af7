"""Topics of a tree that a hand has changed: numbered, named and measured again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.text import read_terms
from paperatlas.topics.branches import one_hot, ranks
from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.inputs import Labels, Points, on_grid, texts_of
from paperatlas.topics.join import centres
from paperatlas.topics.names import name_nodes
from paperatlas.topics.result import LEVELS, Topics, grade, nodes_table, papers_table

_READ = 10_000  # papers from which names are taken at most
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


def _shared(one: Labels, other: Labels) -> NDArray[np.int64]:
    """How many papers each node shares with each other one."""
    return np.asarray((one_hot(one) @ one_hot(other).T).toarray(), dtype=np.int64)


def _heirs(old: Labels, new: Labels) -> NDArray[np.int64]:
    """The new topic that holds most papers of each old one."""
    return np.asarray(_shared(old, new).argmax(axis=1), dtype=np.int64)


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
    ids = corpus["paper_id"].to_numpy(dtype=str)
    read = np.sort(np.argsort(ids, kind="stable")[:_READ])
    some = corpus.iloc[read]
    terms = read_terms(some["title"].tolist(), some["abstract"].tolist(), without=dropped)
    coherence = Coherence(texts_of(some))
    levels = [new[level][read] for level in LEVELS]
    named = name_nodes(terms, levels, coherence)
    chance = float(topics.null["null"].max()) if len(topics.null) else 0.0
    held = [level for level in LEVELS if new[level].max() >= 0]
    near = {level: (points * centres(points, new[level])[new[level]]).sum(axis=1) for level in held}
    typicality = {level: np.round(confidence * near[level], 6) for level in held}
    reached = {level: _recovered(new[level], topics.landed) for level in held}
    chances = dict.fromkeys(LEVELS, chance)
    table = nodes_table(new, named, reached, chances, ids, typicality, confidence)
    table = _inherited(table, new, topics.table, old, chance, names_too=not dropped)
    words = [single_words(row.split(";")) for row in table.loc[table["level"] == "topic", "words"]]
    quality = topics.quality.assign(
        **{f"n_{level}s": int(new[level].max()) + 1 for level in LEVELS},
        npmi=round(coherence.of_topics(words), 6),
        diversity=round(diversity(words), 6),
    )
    return table, quality


def _recovered(labels: Labels, landed: NDArray[np.int16]) -> Floats:
    """(r, k) Jaccard similarity, in each refit, of each node with the topics of which it holds most papers, together."""
    found = []
    for row in landed:
        mine, theirs = one_hot(np.where(row > -2, labels, -1), int(labels.max()) + 1), one_hot(row)
        shared, size = (mine @ theirs.T).toarray(), theirs.sum(axis=1)
        mostly = 2 * shared > size
        both = (shared * mostly).sum(axis=1)
        found.append(both / np.maximum(mine.sum(axis=1) + mostly @ size - both, 1))
    return np.asarray(np.round(found, 6), dtype=np.float64)


def _inherited(
    table: pd.DataFrame,
    new: Mapping[str, Labels],
    before: pd.DataFrame,
    old: Mapping[str, Labels],
    chance: float,
    *,
    names_too: bool,
) -> pd.DataFrame:
    """Nodes with the papers of an old one of their level as they were.

    Any other is found again at least as often as the old node that it is most like, times what the two share.
    """
    stability = np.nan_to_num(before["stability"].to_numpy(dtype=float))
    alike = {
        level: np.concatenate([_jaccard(new[level], old[at]) for at in LEVELS], axis=1) for level in LEVELS
    }
    records = table.to_dict("records")
    for record in records:
        near = alike[record["level"]][record["topic"]]
        same = np.flatnonzero((near == 1) & (before["level"] == record["level"]).to_numpy())
        if len(same) and names_too:
            record |= before.loc[same[0], _OWN].to_dict()
            continue
        best = int((near * stability).argmax())
        if near[best] * stability[best] > record["stability"]:
            record |= {name: round(near[best] * before.loc[best, name], 6) for name in _MEASURES}
        record["grade"] = grade(record["stability"], record["stability_low"], chance)
    return pd.DataFrame(records).astype(table.dtypes.to_dict())


def _jaccard(one: Labels, other: Labels) -> Floats:
    """Jaccard similarity of each node with each other one."""
    shared = _shared(one, other)
    size, other_size = (one_hot(labels).sum(axis=1) for labels in (one, other))
    return np.asarray(shared / (size[:, None] + other_size[None, :] - shared), dtype=np.float64)
