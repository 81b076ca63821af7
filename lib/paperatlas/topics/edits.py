"""What a hand changes in the topics a machine found, and how that finds its place again in another run.

An edit names a node by some of its most typical papers and by its head, never by its number: in whatever tree comes
next, the node is where most of these papers are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.prose import count
from paperatlas.text.tokens import folded
from paperatlas.titles import normalise
from paperatlas.topics.edited import Node, edited_topics, labels_of
from paperatlas.topics.inputs import on_grid
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics

ANCHORS = 9  # papers by which a node is known
APPLIED, DOUBTFUL, GONE = "applied", "doubtful", "no longer fits"
EDIT_COLUMNS = ["kind", "node", "what", "status", "note"]
Rows = NDArray[np.intp]
_GROWN = 3.0  # a node whose share of the pile has grown by more may be another one


@dataclass(frozen=True)
class Address:
    """By what a node is known.

    ``papers`` are ids or titles, ``share`` is the node's share of the pile when the edit was made (0: not known).
    """

    level: str = "topic"
    head: str = ""
    papers: tuple[str, ...] = ()
    share: float = 0.0


@dataclass(frozen=True)
class Edit:
    """One change; which fields count depends on its kind.

    ========  ==========================================================================================
    rename    ``nodes[0]`` gets ``name``
    merge     ``nodes`` become one, called ``name`` if that is given
    split     of ``nodes[0]``, the other ``nodes`` (one level down) or ``papers`` become a node, ``name``
    move      ``papers`` go to ``nodes[0]``
    exclude   ``papers`` are left out, ``terms`` name nothing
    spelling  ``terms`` are read as ``name``
    ========  ==========================================================================================
    """

    kind: str
    nodes: tuple[Address, ...] = ()
    papers: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    name: str = ""


def address_of(topics: Topics, level: str, node: int) -> Address:
    """Head and most typical papers of a node: those that are sure of their topic and near the node's centre."""
    inside = np.flatnonzero(labels_of(topics)[level] == node)
    points = on_grid(topics.vectors[inside])
    near = (points @ centres(points, np.zeros(len(points), dtype=np.int32)).T).ravel()
    typicality = np.round(topics.papers["confidence"].to_numpy()[inside] * near, 6)
    typical = inside[np.argsort(-typicality, kind="stable")[:ANCHORS]]
    table = topics.table
    name = table.loc[(table["level"] == level) & (table["topic"] == node), "name"].iloc[0]
    ids = topics.papers["paper_id"].iloc[typical]
    return Address(level, head_of(name), tuple(ids), round(len(inside) / len(topics.papers), 4))


def head_of(name: str) -> str:
    """First phrase of a node's name."""
    return name.split(", ")[0]


def respelled(corpus: pd.DataFrame, edits: Sequence[Edit]) -> pd.DataFrame:
    """Corpus in which the spellings that are to be one are one, whatever their case."""
    found = {name: corpus[name].tolist() for name in ("title", "abstract")}
    for edit in edits:
        if edit.kind == "spelling":
            ways = "|".join(map(re.escape, sorted(edit.terms, key=len, reverse=True)))
            said = re.compile(rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE)
            one = edit.name.replace("\\", r"\\")
            found = {name: [said.sub(one, text) for text in texts] for name, texts in found.items()}
    return corpus.assign(**found)


def without_excluded(corpus: pd.DataFrame, edits: Sequence[Edit]) -> pd.DataFrame:
    """Corpus without the papers that edits exclude; ``attrs["excluded"]`` are their ids and titles."""
    rows = rows_named(corpus, [paper for edit in edits if edit.kind == "exclude" for paper in edit.papers])
    found = corpus.drop(index=corpus.index[rows]).reset_index(drop=True)
    found.attrs["excluded"] = corpus.iloc[rows][["paper_id", "title"]].to_numpy().tolist()
    return found


def without_terms(terms: pd.DataFrame, edits: Sequence[Edit]) -> pd.DataFrame:
    """Memberships of terms without those that edits exclude."""
    dropped = excluded_terms(edits)
    return terms[~terms["term"].map(_key).isin(dropped)] if dropped else terms


def excluded_terms(edits: Sequence[Edit]) -> frozenset[str]:
    """Keys of the terms that edits exclude."""
    return frozenset(_key(term) for edit in edits if edit.kind == "exclude" for term in edit.terms)


def rows_named(corpus: pd.DataFrame, papers: Iterable[str]) -> list[int]:
    """Rows of the papers that ids or titles name, case and punctuation of a title aside; each once, in order."""
    if not (wanted := list(papers)):
        return []
    by_id = {paper_id: row for row, paper_id in enumerate(corpus["paper_id"])}
    by_title = {normalise(title): row for row, title in enumerate(corpus["title"])}
    found = (by_id.get(paper, by_title.get(normalise(paper))) for paper in wanted)
    return list(dict.fromkeys(row for row in found if row is not None))


def apply_edits(
    topics: Topics, corpus: pd.DataFrame, vectors: NDArray[Any], edits: Sequence[Edit]
) -> tuple[Topics, pd.DataFrame]:
    """Topics as edited, and what became of every edit.

    Edits are applied in turn, each to the tree that those before it left; `vectors` (n, d) are what was clustered. Nodes
    that stay as they are keep their name, stability and grade; those that change are named anew, and as stable as the
    nodes that they are made of, as far as they are made of these. All are numbered by size again. The topics' table has
    ``edited``, what a hand did to each node, "" for nothing; their papers have ``placed_by``: ``abstract``, ``title`` where
    there is no abstract, or ``hand``. The other table has a row per edit: ``kind``; ``node``; ``what`` was asked; ``status``
    (``applied``, ``doubtful``, ``no longer fits``); ``note``.
    """
    tree = Tree(topics, corpus, vectors)
    table = tree.apply(edits)
    dropped = excluded_terms(edits)
    return edited_topics(topics, corpus, tree.labels, tree.done, tree.given, tree.by_hand, dropped), table


class _Misfit(Exception):  # noqa: N818 - caught where edits are applied
    """Why an edit no longer fits."""


class Tree:
    """Node of every paper at every level, while edits change it."""

    def __init__(self, topics: Topics, corpus: pd.DataFrame, vectors: NDArray[Any]) -> None:
        self.corpus, self.points = corpus, on_grid(vectors)
        self.labels = labels_of(topics)
        table = topics.table
        nodes = zip(table["level"], table["topic"], strict=True)
        self.names: dict[Node, str] = dict(zip(nodes, table["name"], strict=True))
        self.given: dict[Node, str] = {}  # names that a hand gave
        self.named_by: dict[Node, set[str]] = {}  # papers by which the edit that gave the name knew the node
        self.done: dict[Node, list[str]] = {}  # what a hand did
        self.by_hand = np.zeros(len(corpus), dtype=bool)
        self.notes: list[str] = []

    def apply(self, edits: Sequence[Edit]) -> pd.DataFrame:
        """One row about what became of each edit."""
        steps: dict[str, Callable[[Edit, list[Node], Rows], None]] = {
            "rename": self._rename, "merge": self._merge, "split": self._split, "move": self._move,
        }  # fmt: skip
        told = []
        for edit in edits:
            self.notes = []
            try:
                papers = self._rows(edit)
                nodes = [(address.level, self.find(address)) for address in edit.nodes]
                asked = nodes[:1] if edit.kind == "split" else dict.fromkeys(nodes)
                before = "; ".join(self.names[node] for node in asked)
                if step := steps.get(edit.kind):
                    step(edit, nodes, papers)
                    self._settle()
                status, note = DOUBTFUL if self.notes else APPLIED, "; ".join(self.notes)
            except _Misfit as misfit:
                before, status, note = "; ".join(node.head for node in edit.nodes), GONE, str(misfit)
            told.append((edit.kind, before, _asked(edit), status, note))
        return pd.DataFrame(told, columns=EDIT_COLUMNS)

    def _rows(self, edit: Edit) -> Rows:
        """Rows of the papers that an edit names, unless it excludes them: then they are gone already, or will be."""
        known = self.corpus
        if edit.kind == "exclude":
            gone = pd.DataFrame(known.attrs.get("excluded", []), columns=["paper_id", "title"])
            known = pd.concat([gone, known[["paper_id", "title"]]])
        rows = rows_named(known, edit.papers)
        if edit.papers and not rows:
            raise _Misfit("none of its papers is in the pile; delete it")
        if missing := len(edit.papers) - len(rows):
            self.notes.append(f"{count(missing, 'paper')} of {len(edit.papers)} not in the pile")
        return np.array(rows, dtype=np.intp)

    def find(self, address: Address) -> int:
        """Number of the node that holds most of the papers that name it; its head decides where papers do not."""
        level, labels = address.level, self.labels[address.level]
        rows = rows_named(self.corpus, address.papers)
        votes = np.bincount(labels[rows] + 1, minlength=int(labels.max()) + 2)[1:]
        best = int(votes.argmax())
        if not rows or 2 * votes[best] <= len(rows):
            names = ((n, self.names[level, n].casefold()) for n in np.unique(labels[labels >= 0]).tolist())
            called = [n for n, name in names if address.head.casefold() in (name, head_of(name))]
            named = [node for node in called if votes[node] == votes[best]]
            if len(named) != 1:
                why = f"{len(named) or 'no'} {level}s are called {address.head!r}"
                if address.papers:
                    where = f"in {np.count_nonzero(votes)} {level}s now" if rows else "not in the pile"
                    why = f"the papers that name it are {where}"
                raise _Misfit(f"{why}; make the edit again, or delete it")
            if address.papers:
                self.notes.append(f"{address.head!r} was found by its name, not by its papers")
            best = named[0]
        share = np.count_nonzero(labels == best) / len(labels)
        if address.share and share > _GROWN * address.share:
            self.notes.append(
                f"the {level} of {address.head!r} has grown from {address.share:.0%} to {share:.0%} of the pile; see "
                "whether it is the same"
            )
        return best

    def _rename(self, edit: Edit, nodes: list[Node], _: Rows) -> None:
        node, papers = nodes[0], set(edit.nodes[0].papers)
        if papers and papers.isdisjoint(self.named_by.setdefault(node, papers)):
            self.notes.append(f"another edit named it {self.names[node]!r}; the two may be one now")
        self._did("renamed", node, edit.name)

    def _merge(self, edit: Edit, nodes: list[Node], _: Rows) -> None:
        papers = {(level, node): np.flatnonzero(self.labels[level] == node) for level, node in sorted(nodes)}
        largest = max(papers, key=lambda node: len(papers[node]))
        if len(papers) == 1:
            self.notes.append("they are one already")
        for rows in papers.values():
            self._put(rows, largest)
        self._did("merged", largest, edit.name)

    def _split(self, edit: Edit, nodes: list[Node], rows: Rows) -> None:
        (level, node), *parts = nodes
        inside = self.labels[level] == node
        chosen = np.isin(np.arange(len(inside)), rows)
        for below, part in parts:
            chosen |= self.labels[below] == part
        if (chosen & inside).sum() in (0, inside.sum()):
            raise _Misfit("nothing would be left on one side; make the edit again, or delete it")
        if outside := int((chosen & ~inside).sum()):
            self.notes.append(f"{count(outside, 'paper')} stayed in another {level}")
        new = self._new(level, self.names[parts[0]] if parts else "")
        self.labels[level][chosen & inside] = new
        self.by_hand[rows] = True
        self._did("split", (level, node))
        self._did("split off", (level, new), edit.name)

    def _move(self, _: Edit, nodes: list[Node], rows: Rows) -> None:
        level, node = nodes[0]
        for touched in {node, *self.labels[level][rows].tolist()} - {-1}:
            self._did("papers moved", (level, touched))
        self._put(rows, nodes[0])
        self.by_hand[rows] = True

    def _did(self, done: str, node: Node, name: str = "") -> None:
        self.done[node] = list(dict.fromkeys([*self.done.get(node, []), done]))
        if name:
            self.names[node] = self.given[node] = name

    def _new(self, level: str, name: str) -> int:
        new = 1 + max((node for at, node in self.names if at == level), default=-1)
        self.names[level, new] = name
        return new

    def _put(self, rows: Rows, node: Node) -> None:
        """Papers go to a node, and to the nodes above it."""
        level, number = node
        like = int(np.flatnonzero(self.labels[level] == number)[0])
        for above in LEVELS[: LEVELS.index(level) + 1]:
            self.labels[above][rows] = self.labels[above][like]

    def _settle(self) -> None:
        """Every subtopic belongs to the topic of most of its papers; the others join the nearest one of their topic.

        A topic without any is its own only subtopic, as in the tree of the machine, unless that has no subtopics.
        """
        topic, subtopic = self.labels["topic"], self.labels["subtopic"]
        shared = np.zeros((int(subtopic.max()) + 2, int(topic.max()) + 1), dtype=np.int64)
        np.add.at(shared, (subtopic, topic), 1)
        subtopic[shared.argmax(axis=1)[subtopic] != topic] = -1
        for number in np.unique(topic).tolist():
            inside = np.flatnonzero(topic == number)
            settled, lost = inside[subtopic[inside] >= 0], inside[subtopic[inside] < 0]
            if len(settled) and len(lost):
                own, place = np.unique(subtopic[settled], return_inverse=True)
                middle = centres(self.points[settled], place.astype(np.int32))
                subtopic[lost] = own[(self.points[lost] @ middle.T).argmax(axis=1)]
            elif len(lost) and (subtopic >= 0).any():
                subtopic[lost] = self._new("subtopic", self.names["topic", number])


def _asked(edit: Edit) -> str:
    """What an edit of its kind asks for: of which nodes, papers or terms, and by which name."""
    parts = [node.head for node in edit.nodes[1:]] if edit.kind == "split" else []
    parts += [count(len(edit.papers), "paper")] if edit.papers else []
    parts += map(repr, edit.terms)
    return " as ".join(filter(None, (", ".join(parts), repr(edit.name) if edit.name else "")))


def _key(term: str) -> str:
    return " ".join(map(folded, term.replace("-", " ").split()))
