"""What a hand changes in the topics a machine found, and how that finds its place again in another run.

An edit names a node by some of its most typical papers and by its head, never by its number: in whatever tree comes
next, the node is where most of these papers are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.prose import count
from paperatlas.text.tokens import folded
from paperatlas.titles import normalise
from paperatlas.topics.branches import one_hot
from paperatlas.topics.edited import Node, edited_topics, rows_of
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
    papers: Sequence[str] = ()
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
    nodes: Sequence[Address] = ()
    papers: Sequence[str] = ()
    terms: Sequence[str] = ()
    name: str = ""


def address_of(topics: Topics, level: str, node: int) -> Address:
    """Head and most typical papers of a node: those that are sure of their topic and near the node's centre."""
    inside = np.flatnonzero(topics.papers[level].eq(node).fillna(False))
    points = on_grid(topics.vectors[inside])
    near = (points @ centres(points, np.zeros(len(points), dtype=np.int32)).T).ravel()
    typicality = np.round(topics.papers["confidence"].to_numpy()[inside] * near, 6)
    typical = inside[np.argsort(-typicality, kind="stable")[:ANCHORS]]
    name = topics.at(level).loc[lambda nodes: nodes[level] == node, "name"].iloc[0]
    ids = topics.papers["paper_id"].iloc[typical].tolist()
    return Address(level, head_of(name), ids, round(len(inside) / len(topics.papers), 4))


def head_of(name: str) -> str:
    """First phrase of a node's name."""
    return name.split(", ")[0]


def called(names: pd.Series, said: str) -> pd.Series:
    """Those of some names that are meant, whatever their case: the ones said in full, else those whose head is said."""
    wanted = " ".join(said.casefold().split())
    whole = names.str.casefold()
    in_full = whole == wanted
    return names[in_full if in_full.any() else whole.map(head_of) == wanted]


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


def _key(term: str) -> str:
    return " ".join(map(folded, term.replace("-", " ").split()))


def rows_named(corpus: pd.DataFrame, papers: Iterable[str]) -> list[int]:
    """Rows of the papers that ids or titles name, case and punctuation of a title aside; each once, in order."""
    if not (wanted := list(papers)):
        return []
    by_id = {paper_id: row for row, paper_id in enumerate(corpus["paper_id"])}
    by_title = {normalise(title): row for row, title in enumerate(corpus["title"])}
    found = (by_id.get(paper, by_title.get(normalise(paper))) for paper in wanted)
    return list(dict.fromkeys(row for row in found if row is not None))


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
    dropped = excluded_terms(edits)
    return edited_topics(topics, corpus, tree.nodes, tree.labels, tree.by_hand, dropped), table


class Tree:
    """The nodes of the papers while edits change them.

    ``nodes`` are those of the topics' table and then new ones; ``labels`` (3, n) are the papers' themes, topics and
    subtopics by their place in that list, -1 for none; ``by_hand`` (n,) are the papers that a hand placed.
    """

    def __init__(self, topics: Topics, corpus: pd.DataFrame) -> None:
        self.corpus, self.vectors = corpus, topics.vectors
        rows = topics.table[["level", "name"]].itertuples(index=False, name=None)
        self.nodes = [Node(level, name) for level, name in rows]
        self.labels = rows_of(topics)
        self.by_hand = np.zeros(len(corpus), dtype=bool)
        self.notes: list[str] = []

    def apply(self, edits: Sequence[Edit]) -> pd.DataFrame:
        """One row about what became of each edit."""
        steps: dict[str, Callable[[Edit, list[int], Rows], None]] = {
            "rename": self._rename, "merge": self._merge, "split": self._split, "move": self._move,
        }  # fmt: skip
        told = []
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
            points = on_grid(self.vectors)
            near = points[lost] @ centres(points, subtopic).T
            near[home[: near.shape[1]] != topic[lost, None]] = -2.0
            subtopic[lost] = np.where(near.max(axis=1) > -2.0, near.argmax(axis=1), -1)
        for left in np.unique(topic[subtopic < 0]).tolist():
            subtopic[topic == left] = len(self.nodes)
            self.nodes.append(Node("subtopic", self.nodes[left].name))


def _asked(edit: Edit) -> str:
    """What an edit of its kind asks for: of which nodes, papers or terms, and by which name."""
    parts = [node.head for node in edit.nodes[1:]] if edit.kind == "split" else []
    parts += [count(len(edit.papers), "paper")] if edit.papers else []
    parts += map(repr, edit.terms)
    return " as ".join(filter(None, (", ".join(parts), repr(edit.name) if edit.name else "")))
