"""What a hand changes in the topics a machine found, and how that finds its place again in another run.

An edit names a node by some of its most typical papers and by its head, never by its number: in whatever tree comes
next, the node is where most of these papers are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.text.tokens import folded
from paperatlas.titles import normalise
from paperatlas.topics.inputs import on_grid
from paperatlas.topics.result import Topics

ANCHORS = 9  # papers by which a node is known


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
    points = on_grid(topics.vectors[inside]).astype(np.float64)
    typicality = topics.papers["confidence"].to_numpy()[inside] * (points @ points.sum(axis=0))
    typical = inside[np.argsort(-typicality, kind="stable")[:ANCHORS]]
    name = topics.at(level).loc[lambda nodes: nodes[level] == node, "name"].iloc[0]
    ids = topics.papers["paper_id"].iloc[typical].tolist()
    return Address(level, head_of(name), ids, round(len(inside) / len(topics.papers), 4))


def head_of(name: str) -> str:
    """First phrase of a node's name."""
    return name.split(", ")[0]


def called(names: pd.Series, said: str) -> pd.Series:
    """Those of some names that are meant, case and blanks aside: the ones said in full, else those whose head is."""
    wanted = " ".join(said.casefold().split())
    whole = names.str.casefold().str.split().str.join(" ")
    in_full = whole == wanted
    return names[in_full if in_full.any() else whole.map(head_of) == wanted]


def find_node(topics: Topics, node: int | str, level: str = "topic") -> tuple[str, int]:
    """Level and number of a node that is given by its number, its name or its head; a name may be of any level.

    If there is no such node, or several, an `AtlasError` names those that are meant, or nearest.
    """
    table, here = topics.table, topics.at(level)
    if not isinstance(node, str):
        if node not in set(here[level]):
            raise AtlasError(f"there is no {level} {node}; topics.at({level!r}) lists the {level}s there are")
        return level, int(node)
    found = table.loc[called(table["name"], node).index]
    found = found[found["level"] == level] if level in set(found["level"]) else found
    if len(found) == 1:
        return str(found["level"].iloc[0]), int(found["topic"].iloc[0])
    if len(found):
        listed = ", ".join(f"{row.level} {row.topic} ({row.name})" for row in found.itertuples(index=False))
        raise AtlasError(f"{node!r} may be {listed}; name it in full, or by its number and level")
    names = table["name"].str.casefold()
    near = get_close_matches(node.casefold(), [*names, *names.map(head_of)], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "topics.table lists the names there are"
    raise AtlasError(f"no theme, topic or subtopic is called {node!r}; {hint}")


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
