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

from paperatlas.text.tokens import folded
from paperatlas.titles import normalise
from paperatlas.topics.edited import edited_topics, labels_of
from paperatlas.topics.join import centres
from paperatlas.topics.result import LEVELS, Topics
from paperatlas.topics.space import Points, on_grid

ANCHORS = 9  # papers by which a node is known
APPLIED, DOUBTFUL, GONE = "applied", "doubtful", "no longer fits"
EDIT_COLUMNS = ["kind", "node", "what", "status", "note"]
_GROWN = 3.0  # a node whose share of the pile has grown by more may be another one
_FEWEST_SHOWN = 0.5  # of the papers that name a node, the share that has to be together

Labels = NDArray[np.int64]


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
    typical = inside[np.argsort(-_typicality(topics, inside), kind="stable")[:ANCHORS]]
    table = topics.table
    name = table.loc[(table["level"] == level) & (table["topic"] == node), "name"].iloc[0]
    ids = topics.papers["paper_id"].iloc[typical]
    return Address(level, head_of(name), tuple(ids), round(len(inside) / len(topics.papers), 4))


def head_of(name: str) -> str:
    """First phrase of a node's name."""
    return name.split(", ")[0]


def _typicality(topics: Topics, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    points = on_grid(topics.vectors[rows])
    near = (points @ centres(points, np.zeros(len(points), dtype=np.int32)).T).ravel()
    return np.asarray(np.round(topics.papers["confidence"].to_numpy()[rows] * near, 6), dtype=np.float64)


def respelled(texts: Iterable[str], edits: Sequence[Edit]) -> list[str]:
    """Texts in which the spellings that are to be one are one, whatever their case."""
    found = list(texts)
    for edit in edits:
        if edit.kind == "spelling":
            ways = "|".join(map(re.escape, sorted(edit.terms, key=len, reverse=True)))
            one = edit.name.replace("\\", r"\\")
            found = [re.sub(rf"(?<!\w)(?:{ways})(?!\w)", one, text, flags=re.I) for text in found]
    return found


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
    by_id = {paper_id: row for row, paper_id in enumerate(corpus["paper_id"])}
    by_title = {normalise(title): row for row, title in enumerate(corpus["title"])}
    found = (by_id.get(paper, by_title.get(normalise(paper))) for paper in papers)
    return list(dict.fromkeys(row for row in found if row is not None))


def apply_edits(
    topics: Topics, corpus: pd.DataFrame, vectors: NDArray[Any], edits: Sequence[Edit]
) -> tuple[Topics, pd.DataFrame]:
    """Topics as edited, and what became of every edit.

    Edits are applied in turn, each to the tree that those before it left. Nodes that stay as they are keep their
    numbers' meaning: names, stability and grade; those that change are named and measured anew, by how well they
    are found again in the refits behind `topics`. All are numbered by size again.

    Parameters
    ----------
    topics : Topics of n papers
    corpus : DataFrame of n papers
        ``paper_id``, ``title``, ``abstract``; ``attrs["excluded"]``, ids and titles of papers left out before the fit.
    vectors : (n, d) array
        What was clustered.
    edits : sequence of Edit

    Returns
    -------
    topics : Topics
        Its table with ``edited``: what a hand did to each node, "" for nothing; its papers with ``placed_by``:
        ``abstract``, ``title`` where there is no abstract, or ``hand``.
    table : DataFrame, one row per edit
        ``kind``; ``node``; ``what`` was asked; ``status`` (``applied``, ``doubtful``, ``no longer fits``); ``note``.
    """
    tree, table = _applied(topics, corpus, vectors, edits)
    edited = edited_topics(
        topics,
        corpus,
        tree.labels,
        done=tree.done,
        given=tree.given,
        by_hand=tree.by_hand,
        dropped=excluded_terms(edits),
    )
    return edited, table


def check_edits(
    topics: Topics, corpus: pd.DataFrame, vectors: NDArray[Any], edits: Sequence[Edit]
) -> pd.DataFrame:
    """What would become of edits: the table of `apply_edits` alone."""
    return _applied(topics, corpus, vectors, edits)[1]


def _applied(
    topics: Topics, corpus: pd.DataFrame, vectors: NDArray[Any], edits: Sequence[Edit]
) -> tuple[_Tree, pd.DataFrame]:
    tree = _Tree(topics, corpus, on_grid(vectors))
    return tree, pd.DataFrame([tree.apply(edit) for edit in edits], columns=EDIT_COLUMNS)


class _Misfit(Exception):  # noqa: N818 - caught where edits are applied
    """Why an edit no longer fits."""


class _Tree:
    """Node of every paper at every level, while edits change it."""

    def __init__(self, topics: Topics, corpus: pd.DataFrame, points: Points) -> None:
        self.corpus, self.points = corpus, points
        self.labels = labels_of(topics)
        self.names = {
            (level, number): name
            for level, number, name in topics.table[["level", "topic", "name"]].itertuples(index=False)
        }
        self.given: dict[tuple[str, int], str] = {}  # names that a hand gave
        self.named_by: dict[tuple[str, int], set[str]] = {}  # papers of the edit that gave the name
        self.done: dict[tuple[str, int], list[str]] = {}  # what a hand did
        self.by_hand = np.zeros(len(points), dtype=bool)

    def apply(self, edit: Edit) -> tuple[str, str, str, str, str]:
        """One row about what became of an edit."""
        steps: dict[str, Callable[[Edit, list[str]], tuple[str, str]]] = {
            "rename": self._rename, "merge": self._merge, "split": self._split, "move": self._move,
            "exclude": self._exclude, "spelling": self._spelling,
        }  # fmt: skip
        notes: list[str] = []
        try:
            node, what = steps[edit.kind](edit, notes)
        except _Misfit as misfit:
            named = "; ".join(address.head for address in edit.nodes)
            return edit.kind, named, _asked(edit), GONE, str(misfit)
        self._settle()
        return edit.kind, node, what, DOUBTFUL if notes else APPLIED, "; ".join(notes)

    def find(self, address: Address, notes: list[str]) -> int:
        """Number of the node that holds most of the papers that name it; its head decides where papers do not."""
        labels = self.labels[address.level]
        rows = rows_named(self.corpus, address.papers)
        votes = np.bincount(labels[rows][labels[rows] >= 0], minlength=1)
        best = int(votes.argmax())
        heads = [
            node
            for (level, node), name in self.names.items()
            if level == address.level and head_of(name).casefold() == address.head.casefold()
        ]
        if not rows or votes[best] <= _FEWEST_SHOWN * len(rows):
            same = [
                node for node in heads if not rows or (node < len(votes) and votes[node] == votes[best] > 0)
            ]
            if len(same) != 1:
                why = (
                    "none of the papers that name it is in the pile"
                    if not rows
                    else f"the {len(rows)} papers that name it are in {np.count_nonzero(votes)} {address.level}s now"
                )
                raise _Misfit(f"{why}; make the edit again, or delete it")
            notes.append(f"{address.head!r} was found by its name, not by its papers")
            best = same[0]
        share = np.count_nonzero(labels == best) / len(labels)
        if address.share and share > _GROWN * address.share:
            notes.append(
                f"the {address.level} with the papers of {address.head!r} has grown from {address.share:.0%} to "
                f"{share:.0%} of the pile; see whether it is the same"
            )
        return best

    def _rename(self, edit: Edit, notes: list[str]) -> tuple[str, str]:
        level, node = edit.nodes[0].level, self.find(edit.nodes[0], notes)
        before = self.names[level, node]
        papers = set(edit.nodes[0].papers)
        if papers and papers.isdisjoint(self.named_by.setdefault((level, node), papers)):
            notes.append(f"another edit named it {before!r}; the two may be one now")
        self._name(level, node, edit.name, "renamed")
        return before, f"renamed to {edit.name!r}"

    def _merge(self, edit: Edit, notes: list[str]) -> tuple[str, str]:
        level = edit.nodes[0].level
        nodes = list(dict.fromkeys(self.find(address, notes) for address in edit.nodes))
        said = "; ".join(self.names[level, node] for node in nodes)
        if len(nodes) == 1:
            notes.append("they are one already")
        labels = self.labels[level]
        nodes.sort(key=lambda node: (-np.count_nonzero(labels == node), node))
        if level == "topic":
            self._keep_as_subtopics(nodes)
        for node in nodes[1:]:
            self._put(np.flatnonzero(labels == node), level, nodes[0])
        if len(nodes) > 1:
            self._did(level, nodes[0], "merged")
        if edit.name:
            self._name(level, nodes[0], edit.name, "renamed")
        return said, f"merged{f' as {edit.name!r}' if edit.name else ''}"

    def _keep_as_subtopics(self, nodes: list[int]) -> None:
        """Of topics to be merged, those without subtopics become one each, if any has subtopics."""
        topic, subtopic = self.labels["topic"], self.labels["subtopic"]
        bare = [node for node in nodes if (subtopic[topic == node] < 0).all()]
        if len(bare) < len(nodes):
            for node in bare:
                new = self._new("subtopic", self.names["topic", node])
                subtopic[topic == node] = new

    def _split(self, edit: Edit, notes: list[str]) -> tuple[str, str]:
        level, node = edit.nodes[0].level, self.find(edit.nodes[0], notes)
        inside = self.labels[level] == node
        chosen = np.zeros(len(inside), dtype=bool)
        for address in edit.nodes[1:]:
            chosen |= self.labels[address.level] == self.find(address, notes)
        self.by_hand[rows := self._rows(edit.papers, notes)] = True
        chosen[rows] = True
        if (chosen & inside).sum() in (0, inside.sum()):
            raise _Misfit("nothing would be left on one side; make the edit again, or delete it")
        if outside := int((chosen & ~inside).sum()):
            notes.append(f"{_papers(outside)} stayed in another {level}")
        name = edit.name or (
            self.names[edit.nodes[1].level, self.find(edit.nodes[1], [])] if edit.nodes[1:] else ""
        )
        new = self._new(level, name)
        self.labels[level][chosen & inside] = new
        self._did(level, node, "split")
        self._did(level, new, "split off")
        if edit.name:
            self.given[level, new] = edit.name
        as_ = f" as {edit.name!r}" if edit.name else ""
        return self.names[level, node], f"{_papers(int((chosen & inside).sum()))} split off{as_}"

    def _move(self, edit: Edit, notes: list[str]) -> tuple[str, str]:
        level, node = edit.nodes[0].level, self.find(edit.nodes[0], notes)
        rows = np.array(self._rows(edit.papers, notes))
        for left in np.unique(self.labels[level][rows]).tolist():
            if left not in (node, -1):
                self._did(level, left, "papers moved")
        self._put(rows, level, node)
        self.by_hand[rows] = True
        self._did(level, node, "papers moved")
        return self.names[level, node], f"{_papers(len(rows))} moved here"

    def _rows(self, papers: Sequence[str], notes: list[str]) -> list[int]:
        rows = rows_named(self.corpus, papers)
        if papers and not rows:
            raise _Misfit("none of its papers is in the pile")
        if missing := len(papers) - len(rows):
            notes.append(f"{_papers(missing)} of {len(papers)} not in the pile")
        return rows

    def _exclude(self, edit: Edit, notes: list[str]) -> tuple[str, str]:
        known = {normalise(text) for named in self.corpus.attrs.get("excluded", []) for text in named}
        known |= {normalise(text) for name in ("paper_id", "title") for text in self.corpus[name]}
        if missing := [paper for paper in edit.papers if normalise(paper) not in known]:
            notes.append(f"{_papers(len(missing))} of {len(edit.papers)} not in the pile")
        if edit.papers and len(missing) == len(edit.papers) and not edit.terms:
            raise _Misfit("none of its papers is in the pile")
        return "", _asked(edit)

    def _spelling(self, edit: Edit, _notes: list[str]) -> tuple[str, str]:
        return "", _asked(edit)

    def _name(self, level: str, node: int, name: str, done: str) -> None:
        self.names[level, node] = self.given[level, node] = name
        self._did(level, node, done)

    def _did(self, level: str, node: int, done: str) -> None:
        kinds = self.done.setdefault((level, node), [])
        if done not in kinds:
            kinds.append(done)

    def _new(self, level: str, name: str) -> int:
        new = 1 + max((node for at, node in self.names if at == level), default=-1)
        self.names[level, new] = name
        return new

    def _put(self, rows: NDArray[np.intp], level: str, node: int) -> None:
        """Papers go to a node, and to the nodes above it."""
        like = int(np.flatnonzero(self.labels[level] == node)[0])
        for above in LEVELS[: LEVELS.index(level) + 1]:
            self.labels[above][rows] = self.labels[above][like]

    def _settle(self) -> None:
        """Every subtopic belongs to the topic of most of its papers; the others join the nearest one of their topic."""
        topic, subtopic = self.labels["topic"], self.labels["subtopic"]
        shared = np.zeros((int(subtopic.max()) + 2, int(topic.max()) + 1), dtype=np.int64)
        np.add.at(shared, (subtopic, topic), 1)
        home = shared.argmax(axis=1)
        astray = np.flatnonzero((subtopic >= 0) & (home[subtopic] != topic))
        subtopic[astray] = -1
        for number in np.unique(topic).tolist():
            inside = topic == number
            own = np.unique(subtopic[inside & (subtopic >= 0)])
            if len(own) < 2:
                subtopic[inside] = -1
            elif len(lost := np.flatnonzero(inside & (subtopic < 0))):
                place = np.searchsorted(own, subtopic).astype(np.int32)
                middle = centres(self.points[inside & (subtopic >= 0)], place[inside & (subtopic >= 0)])
                subtopic[lost] = own[(self.points[lost] @ middle.T).argmax(axis=1)]


def _papers(n: int) -> str:
    return f"{n:,} paper{'' if n == 1 else 's'}"


def _asked(edit: Edit) -> str:
    """What an edit asks for, in words."""
    terms = ", ".join(map(repr, edit.terms))
    if edit.kind == "spelling":
        return f"{terms} read as {edit.name!r}"
    if edit.kind == "exclude":
        said = [f"{_papers(len(edit.papers))} left out"] if edit.papers else []
        return "; ".join([*said, f"{terms} as a name"] if edit.terms else said)
    named = f" {edit.name!r}" if edit.name else ""
    return {"rename": "to", "merge": "as", "split": "off", "move": "here"}[edit.kind] + named


def _key(term: str) -> str:
    return " ".join(map(folded, term.replace("-", " ").split()))
