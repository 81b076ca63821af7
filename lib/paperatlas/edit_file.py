"""Edits by hand: what `paperatlas.Study` can do to its topics, and the small file in which that lasts."""

from __future__ import annotations

import copy
import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import replacing
from paperatlas.topics.edits import GONE, Address, Edit, address_of, check_edits, head_of, rows_named
from paperatlas.topics.result import LEVELS, Topics

if TYPE_CHECKING:
    from paperatlas.study import Study

    Papers = pd.DataFrame | Iterable[str]
    Nodes = Sequence[int | str]

EDITS = "atlas.toml"
_NEEDS = {  # what an edit of each kind cannot do without
    "rename": ("nodes", "name"),
    "merge": ("nodes",),
    "split": ("nodes",),
    "move": ("nodes", "papers"),
    "exclude": (),
    "spelling": ("terms", "name"),
}
_KINDS = {str: "a text", list: "a list of texts", float: "a number"}
_OF_EDITS: dict[str, type] = {"kind": str, "name": str, "papers": list, "terms": list}
_OF_NODES: dict[str, type] = {"level": str, "head": str, "papers": list, "share": float}
# Steps that stay when papers are excluded or read anew, and what else stays when only the tree is edited.
_OF_THE_SOURCES = {"inputs", "date_inputs", "records"}
_BEFORE_THE_TREE = {
    "corpus", "problems", "near_duplicates", "fingerprint", "worded", "texts", "vectors", "space", "fitted",
    "map", "ledger", "dump_table", "overlap_tests", "query_terms", "screening",
}  # fmt: skip
_INTRODUCTION = """\
# Edits to the topics that Paper Atlas finds, applied in this order at every run. Delete what you no longer want.
# A node is known by some of its most typical papers (ids or titles) and by its head, never by its number.
"""


def edits_file(edits: str | os.PathLike[str] | None) -> Path | None:
    """Where edits are read from and written to; the default name means the working folder, unless it is ``data/dumps``.

    Another file than that has to be there.
    """
    if edits is None or (edits == EDITS and Path.cwd().parts[-2:] == ("data", "dumps")):
        return None
    path = Path(edits).absolute()
    if edits != EDITS and not path.is_file():
        raise AtlasError(f"{edits} does not exist; make an empty file of that name to have edits kept in it")
    return path


def read_edits(path: Path) -> list[Edit]:
    """Edits of a file; an `AtlasError` names what in it cannot be read or lacks what it needs."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AtlasError(f"{path} cannot be read: {error.strerror}; name another file of edits") from error
    except ValueError as error:
        raise AtlasError(f"{path}: expected TOML, found a fault ({error}); mend it") from error
    found = said.pop("edit", [])
    if said or not _are(dict, found):
        raise AtlasError(f"{path}: expected only tables [[edit]], found {', '.join(said) or '[edit]'}")
    return [_edit(edit, f"{path}, edit {number}") for number, edit in enumerate(found, start=1)]


def _are(kind: type, parts: object) -> bool:
    return isinstance(parts, list) and all(isinstance(part, kind) for part in parts)


def _edit(said: dict[str, Any], place: str) -> Edit:
    nodes = said.pop("nodes", [])
    if not _are(dict, nodes):
        raise AtlasError(f"{place}: expected nodes as a list of tables, found {nodes!r}")
    found = [Address(**_checked(node, _OF_NODES, f"{place}, node {i}")) for i, node in enumerate(nodes, 1)]
    edit = Edit(**{"kind": "", **_checked(said, _OF_EDITS, place), "nodes": tuple(found)})
    if fault := _fault(edit):
        raise AtlasError(f"{place}: {fault}")
    return edit


def _checked(said: dict[str, Any], types: dict[str, type], place: str) -> dict[str, Any]:
    """Fields of the right names and types, lists as tuples."""
    for name, value in said.items():
        if name not in types:
            raise AtlasError(f"{place}: expected {', '.join(types)}, found {name}")
        kind = types[name]
        if not (
            _are(str, value) if kind is list else isinstance(value, (kind, int) if kind is float else kind)
        ):
            raise AtlasError(f"{place}: expected {name} as {_KINDS[kind]}, found {value!r}")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def _fault(edit: Edit) -> str:
    """What makes an edit one that cannot be applied to any tree; "" for nothing."""
    if edit.kind not in _NEEDS:
        return f"expected a kind ({', '.join(_NEEDS)}), found {edit.kind!r}"
    if wrong := [node.level for node in edit.nodes if node.level not in LEVELS]:
        return f"expected a level ({', '.join(LEVELS)}), found {wrong[0]!r}"
    if missing := [name for name in _NEEDS[edit.kind] if not getattr(edit, name)]:
        return f"to {edit.kind} needs {' and '.join(missing)}, found none"
    if any(not text.strip() for text in (*edit.terms, *edit.papers, edit.name or "none")):
        return "expected a name, terms and papers that are no blanks"
    if not all(node.papers or node.head for node in edit.nodes):
        return "a node needs papers or a head by which it is known, found neither"
    if edit.kind in ("rename", "move") and len(edit.nodes) > 1:
        return f"expected one node to {edit.kind}, found {len(edit.nodes)}"
    if edit.kind == "merge" and (len(edit.nodes) < 2 or len({node.level for node in edit.nodes}) > 1):
        return f"expected two or more nodes of one level to merge, found {len(edit.nodes)}"
    if edit.kind == "exclude" and not (edit.papers or edit.terms):
        return "expected papers or terms to exclude, found neither"
    if edit.kind == "split":
        first, *parts = (LEVELS.index(node.level) for node in edit.nodes)
        if any(part != first + 1 for part in parts) or not (parts or (edit.papers and first)):
            return "expected nodes one level below the first, or papers of a topic or subtopic, to split off"
    return ""


def append_edits(path: Path, edits: Sequence[Edit]) -> None:
    """Write edits at the end of a file; what stands there stays, comments too."""
    if faults := [fault for edit in edits if (fault := _fault(edit))]:
        raise AtlasError(faults[0])
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else _INTRODUCTION
        with replacing(path) as unfinished:
            text = "\n".join([f"{before.rstrip()}\n", *map(_as_toml, edits)])
            unfinished.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AtlasError(f"{path} cannot be written: {error.strerror}; name another file of edits") from error


def _as_toml(edit: Edit) -> str:
    said = ["[[edit]]", *(_line(edit, name) for name in _OF_EDITS if getattr(edit, name))]
    for node in edit.nodes:
        said += ["", "[[edit.nodes]]", *(_line(node, name) for name in _OF_NODES)]
    return "\n".join(said) + "\n"


def _line(part: Edit | Address, name: str) -> str:
    """One field; JSON's texts and lists of texts are TOML's, but for one character."""
    value = json.dumps(getattr(part, name), ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{name} = {value}"


def find_node(topics: Topics, node: int | str, level: str = "topic") -> tuple[str, int]:
    """Level and number of a node that is given by its number, its name or its head; a name may be of any level.

    If there is no such node, or several, an `AtlasError` names those that are meant, or nearest.
    """
    table = topics.table
    if not isinstance(node, str):
        if not ((table["level"] == level) & (table["topic"] == node)).any():
            raise AtlasError(f"there is no {level} {node}; topics.at({level!r}) lists the {level}s there are")
        return level, int(node)
    wanted = " ".join(node.casefold().split())
    names = table["name"].str.casefold()
    heads = names.map(head_of)
    for said in (names, heads):
        found = table[said == wanted]
        here = found[found["level"] == level]
        several = (here if len(here) else found)[["level", "topic", "name"]].to_numpy().tolist()
        if len(several) == 1:
            return str(several[0][0]), int(several[0][1])
        if several:
            listed = ", ".join(f"{at} {number} ({name})" for at, number, name in several)
            raise AtlasError(f"{node!r} may be {listed}; name it in full, or by its number and level")
    near = get_close_matches(wanted, [*names, *heads], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "topics.table lists the names there are"
    raise AtlasError(f"no theme, topic or subtopic is called {node!r}; {hint}")


def rename(study: Study, names: Mapping[int | str, str], *, level: str = "topic") -> Study:
    """Give topics other names, keep that in the file of edits, and return the edited study.

    A node is given by its number at the level, its name, or the first phrase of its name. No such node, and a file
    that cannot be written, are an `AtlasError`.
    """
    edits = [Edit("rename", _addressed(study, [node], level), name=name) for node, name in names.items()]
    return _edited(study, edits)


def merge(study: Study, nodes: Nodes, name: str = "", *, level: str = "topic") -> Study:
    """Make one of several topics; otherwise as `rename`."""
    found = tuple(dict.fromkeys(_addressed(study, nodes, level)))
    return _edited(study, [Edit("merge", found, name=name)])


def split(
    study: Study,
    node: int | str,
    off: Nodes = (),
    *,
    papers: Papers = (),
    name: str = "",
    level: str = "topic",
) -> Study:
    """Make a topic of some subtopics of a topic (`off`), or of these papers and no others; otherwise as `rename`.

    Papers that a later run finds in the subtopics split off follow them.
    """
    first = _addressed(study, [node], level)
    below = {"theme": "topic", "topic": "subtopic"}.get(first[0].level, "")
    nodes = (*first, *_addressed(study, off, below))
    return _edited(study, [Edit("split", nodes, _ids(study, papers), name=name)])


def move(study: Study, papers: Papers, to: int | str, *, level: str = "topic") -> Study:
    """Put papers (a table, ids or titles) into another topic or subtopic; otherwise as `rename`."""
    return _edited(study, [Edit("move", _addressed(study, [to], level), _ids(study, papers))])


def exclude(study: Study, papers: Papers = (), *, terms: Iterable[str] = ()) -> Study:
    """Leave papers out of everything, and let terms name no topic; otherwise as `rename`."""
    return _edited(study, [Edit("exclude", (), _ids(study, papers), tuple(terms))])


def respell(study: Study, spellings: Mapping[str, Iterable[str]]) -> Study:
    """Read several spellings as one: ``{"graph neural network": ["GNN", "graph net"]}``; otherwise as `rename`."""
    edits = [Edit("spelling", terms=tuple(terms), name=name) for name, terms in spellings.items()]
    return _edited(study, edits)


def _addressed(study: Study, nodes: Nodes, level: str) -> tuple[Address, ...]:
    return tuple(address_of(study.topics, *find_node(study.topics, node, level)) for node in nodes)


def _ids(study: Study, papers: Papers) -> tuple[str, ...]:
    given = papers["paper_id"].tolist() if isinstance(papers, pd.DataFrame) else list(papers)
    rows = rows_named(study.corpus, given)
    for paper in given if len(rows) < len(given) else ():
        if not rows_named(study.corpus, [paper]):
            raise AtlasError(f"no paper has the id or title {paper!r}; study.papers lists them")
    return tuple(study.corpus["paper_id"].iloc[rows])


def _edited(study: Study, edits: Sequence[Edit]) -> Study:
    """The study after some more edits, which are kept in its file; what they do not touch is not computed again."""
    if study.edits_file is None:
        raise AtlasError(f"edits need a file to be kept in; name one: Study(…, edits={EDITS!r})")
    found = check_edits(study.topics, study.worded, study.vectors, edits)
    if len(misfits := found[found["status"] == GONE]):
        raise AtlasError(f"nothing was edited: {misfits['note'].iloc[0]}")
    append_edits(study.edits_file, edits)
    again = copy.copy(study)
    deep = any(edit.kind == "spelling" or (edit.kind == "exclude" and edit.papers) for edit in edits)
    kept = _OF_THE_SOURCES if deep else _OF_THE_SOURCES | _BEFORE_THE_TREE
    for name in [*vars(again)]:
        if name not in kept and isinstance(getattr(type(study), name, None), cached_property):
            del vars(again)[name]
    _ = again.asked_edits  # as the file is now
    return again
