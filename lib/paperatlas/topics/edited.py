"""Topics of a tree while a hand changes them, and afterwards: numbered, named and measured again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.prose import count
from paperatlas.topics.branches import one_hot
from paperatlas.topics.edits import Address, Edit, called, excluded_terms, rows_named
from paperatlas.topics.inputs import Labels, on_grid
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics, described_nodes, grade, papers_table
from paperatlas.topics.stability import trust

BY_TITLE = 0.5  # how far a title alone is trusted: a convention
APPLIED, DOUBTFUL, GONE = "applied", "doubtful", "no longer fits"
EDIT_COLUMNS = ["kind", "node", "what", "status", "note"]
_GROWN = 3.0  # a node whose share of the pile has grown by more may be another one
_MEASURES = ["stability", "stability_low", "stability_high"]
_SAID = ["name", "words", "name_auc", "genre", "typical", "borderline"]
Rows = NDArray[np.intp]


def apply_edits(topics: Topics, corpus: pd.DataFrame, edits: Sequence[Edit]) -> tuple[Topics, pd.DataFrame]:
    """Topics as edited, and what became of every edit.

    Edits are applied in turn, each to the tree that those before it left. Nodes that stay as they are keep their name,
    stability and grade; those that change are named anew, and as stable as the nodes that their papers come from, as
    far as these came along. All are numbered by size again. The topics' table has ``edited``, what a hand did to each
    node, "" for nothing; their papers have ``placed_by``: ``abstract``, ``title`` where there is no abstract, or
    ``hand``. The other table has a row per edit: ``kind``; ``node``; ``what`` was asked; ``status`` (``applied``,
    ``doubtful``, ``no longer fits``); ``note``.
    """
    tree = Tree(topics, corpus)
    table = tree.apply(edits)
    return tree.edited(), table


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


class Tree:
    """The nodes of the papers while edits change them.

    ``nodes`` are those of the topics' table and then new ones; ``labels`` (3, n) are the papers' themes, topics and
    subtopics by their place in that list, -1 for none, and ``old`` the same before any edit; ``by_hand`` (n,) are the
    papers that a hand placed; ``dropped`` keys of terms that name nothing.
    """

    def __init__(self, topics: Topics, corpus: pd.DataFrame) -> None:
        self.topics, self.corpus, self.points = topics, corpus, on_grid(topics.vectors)
        rows = topics.table[["level", "name"]].itertuples(index=False, name=None)
        self.nodes = [Node(level, name) for level, name in rows]
        numbers = topics.papers[list(LEVELS)].astype("Int64").fillna(-1).to_numpy(dtype=np.int32).T
        first = np.array([[(topics.table["level"] == level).argmax()] for level in LEVELS], dtype=np.int32)
        self.old = np.where(numbers < 0, -1, numbers + first)
        self.labels = self.old.copy()
        self.by_hand = np.zeros(len(corpus), dtype=bool)
        self.dropped: frozenset[str] = frozenset()
        self.notes: list[str] = []

    def apply(self, edits: Sequence[Edit]) -> pd.DataFrame:
        """One row about what became of each edit."""
        steps: dict[str, Callable[[Edit, list[int], Rows], None]] = {
            "rename": self._rename, "merge": self._merge, "split": self._split, "move": self._move,
        }  # fmt: skip
        self.dropped, told = excluded_terms(edits), []
        for edit in edits:
            self.notes = []
            names = [address.head for address in edit.nodes]
            try:
                papers = self._rows(edit)
                nodes = [self._find(address) for address in edit.nodes]
                names = [self.nodes[node].name for node in nodes]
                if step := steps.get(edit.kind):
                    step(edit, nodes, papers)
                    self._settle()
                status, note = DOUBTFUL if self.notes else APPLIED, "; ".join(self.notes)
            except AtlasError as misfit:
                status, note = GONE, str(misfit)
            asked = names[:1] if edit.kind == "split" else dict.fromkeys(names)
            told.append((edit.kind, "; ".join(asked), _asked(edit), status, note))
        return pd.DataFrame(told, columns=EDIT_COLUMNS)

    def _rows(self, edit: Edit) -> Rows:
        """Rows of the papers that an edit names, unless it excludes them: then they are gone already, or will be."""
        known = self.corpus
        if edit.kind == "exclude":
            gone = pd.DataFrame(known.attrs.get("excluded", []), columns=["paper_id", "title"])
            known = pd.concat([gone, known[["paper_id", "title"]]])
        rows = rows_named(known, edit.papers)
        if edit.papers and not rows:
            raise AtlasError("none of its papers is in the pile; delete it")
        if missing := len(edit.papers) - len(rows):
            self.notes.append(f"{count(missing, 'paper')} of {len(edit.papers)} not in the pile")
        return np.array(rows, dtype=np.intp)

    def _find(self, address: Address) -> int:
        """The node that holds most of the papers that name it; its head decides where they are scattered."""
        level, labels = address.level, self.labels[LEVELS.index(address.level)]
        rows = rows_named(self.corpus, address.papers)
        votes = np.bincount(labels[rows] + 1, minlength=len(self.nodes) + 1)[1:]
        found = [node for node in np.unique(labels).tolist() if node >= 0 and votes[node] == votes.max()]
        if 2 * votes.max() <= len(rows):
            names = pd.Series({node: self.nodes[node].name for node in found}, dtype=object)
            found = called(names, address.head).index.tolist()
            if len(found) != 1:
                why = f"{len(found) or 'no'} {level}s are called {address.head!r}"
                if address.papers:
                    where = f"in {np.count_nonzero(votes)} {level}s now" if rows else "not in the pile"
                    why = f"the papers that name it are {where}"
                raise AtlasError(f"{why}; make the edit again, or delete it")
            if address.papers:
                self.notes.append(f"{address.head!r} was found by its name, not by its papers")
        share = float((labels == found[0]).mean())
        if address.share and share > _GROWN * address.share:
            self.notes.append(
                f"the {level} of {address.head!r} has grown from {address.share:.0%} to {share:.0%} of the pile; see "
                "whether it is the same"
            )
        return int(found[0])

    def _rename(self, edit: Edit, nodes: list[int], _: Rows) -> None:
        node, papers = self.nodes[nodes[0]], edit.nodes[0].papers
        if node.named_by and papers and set(papers).isdisjoint(node.named_by):
            self.notes.append(f"another edit named it {node.name!r}; the two may be one now")
        node.named_by = node.named_by or papers
        node.change("renamed", edit.name)

    def _merge(self, edit: Edit, nodes: list[int], _: Rows) -> None:
        if len(set(nodes)) == 1:
            self.notes.append("they are one already")
        largest = max(sorted(nodes), key=lambda node: len(self._inside([node])))
        self._put(self._inside(nodes), largest)
        self.nodes[largest].change("merged", edit.name)

    def _split(self, edit: Edit, nodes: list[int], rows: Rows) -> None:
        node, *parts = nodes
        level, inside = self.nodes[node].level, self._inside([node])
        chosen = np.union1d(self._inside(parts), rows)
        off = np.intersect1d(chosen, inside)
        if len(off) in (0, len(inside)):
            raise AtlasError("nothing would be left on one side; make the edit again, or delete it")
        if outside := len(chosen) - len(off):
            self.notes.append(f"{count(outside, 'paper')} stayed in another {level}")
        self.nodes[node].change("split")
        new = Node(level, self.nodes[parts[0]].name if parts else "")
        new.change("split off", edit.name)
        self.labels[LEVELS.index(level), off] = len(self.nodes)
        self.nodes.append(new)
        self.by_hand[rows] = True

    def _move(self, _: Edit, nodes: list[int], rows: Rows) -> None:
        level = LEVELS.index(self.nodes[nodes[0]].level)
        for touched in {*nodes, *self.labels[level, rows].tolist()} - {-1}:
            self.nodes[touched].change("papers moved")
        self._put(rows, nodes[0])
        self.by_hand[rows] = True

    def _inside(self, nodes: Sequence[int]) -> Rows:
        return np.flatnonzero(np.isin(self.labels, nodes).any(axis=0))

    def _put(self, rows: Rows, node: int) -> None:
        """Papers go to a node, and to the nodes above it."""
        levels = LEVELS.index(self.nodes[node].level) + 1
        self.labels[:levels, rows] = self.labels[:levels, self._inside([node])[:1]]

    def _settle(self) -> None:
        """Every subtopic belongs to the topic of most of its papers; the others join the nearest one of their topic.

        A topic without any is its own only subtopic, as in the tree of the machine, unless that has no subtopics.
        """
        _, topic, subtopic = self.labels
        if subtopic.max() < 0:
            return
        home = (one_hot(subtopic) @ one_hot(topic).T).toarray().argmax(axis=1)
        subtopic[home[subtopic] != topic] = -1
        if len(lost := np.flatnonzero(subtopic < 0)):
            near = self.points[lost] @ centres(self.points, subtopic).T
            near[home[: near.shape[1]] != topic[lost, None]] = -2.0
            subtopic[lost] = np.where(near.max(axis=1) > -2.0, near.argmax(axis=1), -1)
        for left in np.unique(topic[subtopic < 0]).tolist():
            subtopic[topic == left] = len(self.nodes)
            self.nodes.append(Node("subtopic", self.nodes[left].name))

    def edited(self) -> Topics:
        """The topics as they are now, judged by the same refits and numbered by size again."""
        size = np.bincount(self.labels.ravel() + 1, minlength=len(self.nodes) + 1)[1:]
        level = np.array([LEVELS.index(node.level) for node in self.nodes])
        order = np.lexsort((-size, level))
        order = order[size[order] > 0]  # the node in each row of the new table
        row = np.full(len(self.nodes) + 1, -1)
        row[order] = np.arange(len(order))
        rows = row[self.labels]
        starts = np.searchsorted(level[order], np.arange(len(LEVELS)))[:, None]
        numbers = dict(zip(LEVELS, np.where(rows < 0, -1, rows - starts).astype(np.int32), strict=True))
        found, landed = self._placed(numbers["topic"])
        table, quality = self.topics.table.copy(), self.topics.quality
        moved = self.labels != self.old
        if self.dropped or moved.any():
            table, about = self._measured(numbers, rows, found["confidence"].to_numpy())
            counts = {f"n_{at}s": int(number.max()) + 1 for at, number in numbers.items()}
            quality = quality.assign(**counts, **about).round(6)
            stays = ~np.isin(order, [self.old[moved], self.labels[moved]])
            before = self.topics.table.reindex(order)
            for name in [*_MEASURES, "grade", *(() if self.dropped else _SAID)]:
                table[name] = np.where(stays, before[name], table[name])
            table = table.astype(self.topics.table[table.columns].dtypes)
        table["edited"] = [", ".join(self.nodes[node].done) for node in order]
        # A name is for all nodes of the same papers.
        inside = pd.Series([(rows == node).any(axis=0).tobytes() for node in range(len(order))])
        names = pd.Series([self.nodes[node].given for node in order], dtype=object)
        names = names.fillna(names.groupby(inside).transform("first"))
        table["name"] = names.fillna(table["name"])
        # How well the machine's name found its papers says nothing about one that a hand gave.
        table.loc[names.notna(), "name_auc"] = np.nan
        papers = papers_table(self.topics.papers["paper_id"], numbers, table, found)
        papers["placed_by"] = found["placed_by"]
        return replace(self.topics, papers=papers, table=table, quality=quality, landed=landed)

    def _placed(self, topic: Labels) -> tuple[pd.DataFrame, NDArray[np.int16]]:
        """Each paper's confidence and runner-up in the new topics, what placed it, and where the refits put it.

        Where a paper's runner-up was merged with its topic, refits in which it went to either count for it, if that is
        more; a paper that a hand has placed is sure; one without an abstract is half as sure as its title makes it.
        """
        known, landed = self.topics.papers, self.topics.landed
        was, second = known["topic"].to_numpy(), known["runner_up"].to_numpy()
        heirs = (one_hot(was) @ one_hot(topic).T).toarray().argmax(axis=1)
        landed = np.where(landed == was, topic, np.append(heirs, [-2, -1])[landed]).astype(np.int16)
        confidence, runner_up = known["confidence"].to_numpy(dtype=float, copy=True), heirs[second]
        merged = np.flatnonzero(runner_up == topic)
        near = np.maximum(self.points[merged] @ centres(self.points, topic).T, 0.0)
        trusted, runner_up[merged] = trust(topic[merged], landed[:, merged], near)
        trusted = np.where(second[merged] == was[merged], 0.0, trusted)
        confidence[merged] = np.maximum(confidence[merged], trusted)
        bare = (self.corpus["abstract"] == "").to_numpy()
        confidence = np.select([self.by_hand, bare], [1.0, np.round(confidence * BY_TITLE, 4)], confidence)
        placed_by = np.select([self.by_hand, bare], ["hand", "title"], "abstract")
        found = {"confidence": confidence, "runner_up": runner_up, "placed_by": placed_by}
        return pd.DataFrame(found), landed

    def _measured(
        self, numbers: Mapping[str, Labels], rows: Labels, confidence: NDArray[np.float64]
    ) -> tuple[pd.DataFrame, dict[str, float]]:
        """Table of the nodes as named anew, with coherence and diversity.

        Each paper brings the stability of one of its old nodes, times the share of that node's papers that came along:
        of its theme, topic or subtopic the one that brings most. A node is as stable as its papers on average.
        """
        before, topic = self.topics.table, numbers["topic"]
        closeness = (self.points * centres(self.points, topic)[topic]).sum(axis=1)
        chance = float(self.topics.null["null"].max()) if len(self.topics.null) else 0.0
        unknown = {level: np.zeros((0, int(number.max()) + 1)) for level, number in numbers.items()}
        typicality = np.round(confidence * closeness, 6)
        chances = dict.fromkeys(LEVELS, chance)
        table, about = described_nodes(
            self.corpus, numbers, unknown, chances, typicality, confidence, self.dropped
        )
        shared = np.zeros((len(table) + 1, len(before) + 1))  # the last ones for none
        np.add.at(shared, (rows[:, None], self.old), 1)
        for name in _MEASURES:
            brought = shared * np.append(np.nan_to_num(before[name]) / before["size"], 0.0)
            best = brought[rows[:, None], self.old].max(axis=1)
            table[name] = (np.bincount(rows.ravel() + 1, best.ravel())[1:] / table["size"]).round(6)
        table["grade"] = [grade(mean, low, chance) for mean, low, _ in table[_MEASURES].to_numpy()]
        return table, about


def _asked(edit: Edit) -> str:
    """What an edit of its kind asks for: of which nodes, papers or terms, and by which name."""
    parts = [node.head for node in edit.nodes[1:]] if edit.kind == "split" else []
    parts += [count(len(edit.papers), "paper")] if edit.papers else []
    parts += map(repr, edit.terms)
    return " as ".join(filter(None, (", ".join(parts), repr(edit.name) if edit.name else "")))
