"""Edits by hand: what `paperatlas.Study` can do to its topics, and the small file in which that lasts."""

from __future__ import annotations

import copy
import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import replacing
from paperatlas.topics.edited import GONE, Tree
from paperatlas.topics.edits import Address, Edit, address_of, find_node, rows_named

if TYPE_CHECKING:
    from paperatlas.study import Study

    Papers = pd.DataFrame | str | Iterable[str]
    Nodes = int | str | Sequence[int | str]
    Terms = str | Iterable[str]

EDITS = "atlas.toml"
# What a file of edits may hold, and what is expected of each part.
_SCHEMA = Path(__file__).with_name("edits.schema.json")
# Steps that stay when papers are excluded or read anew; and what takes long and stays when the tree is edited.
_OF_THE_SOURCES = {"inputs", "date_inputs", "records"}
_BEFORE_THE_TREE = {
    "corpus", "near_duplicates", "vectors", "space", "fitted", "map", "ledger", "dump_table", "overlap_tests", "query_terms",
}  # fmt: skip
_SHOWN = 100  # characters of what is wrong
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
        fault = "is no file" if path.exists() else "does not exist"
        raise AtlasError(f"{edits} {fault}; name one that holds edits, or an empty one to keep them in")
    return path


def read_edits(path: Path) -> list[Edit]:
    """Edits of a file; an `AtlasError` names what in it cannot be read or lacks what it needs."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        fault = _fault(said)
    except OSError as error:
        raise AtlasError(f"{path} cannot be read: {error.strerror}; name another file of edits") from error
    except (ValueError, RecursionError) as error:  # the latter of what is nested too deeply
        raise AtlasError(f"{path}: expected TOML, found a fault ({error}); mend it") from error
    if fault:
        raise AtlasError(f"{path}{fault}; mend it")
    return [
        Edit(**{**edit, "nodes": [Address(**node) for node in edit.get("nodes", [])]})
        for edit in said.get("edit", [])
    ]


def _fault(said: dict[str, Any]) -> str:
    """The first place where edits are not what the schema describes, what it expects there and what it finds; or ""."""
    from jsonschema import Draft202012Validator

    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    faults = sorted(Draft202012Validator(schema).iter_errors(said), key=lambda fault: list(fault.path))
    if not faults:
        return ""
    path, found = [*faults[0].path], json.dumps(faults[0].instance, default=str)
    # The many papers of a node would hide the nodes after it.
    found = json.dumps(json.loads(found, object_hook=_brief), ensure_ascii=False)
    place = [f", {name.removesuffix('s')} {i + 1}" for name, i in zip(path[::2], path[1::2], strict=False)]
    found = found if len(found) <= _SHOWN else f"{found[:_SHOWN]}…"
    return f"{''.join(place)}: {faults[0].schema['description']}, found {found}"


def _brief(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "papers" or "head" not in part}


def append_edits(path: Path, edits: Sequence[Edit]) -> None:
    """Write edits at the end of a file; what stands there stays, comments too."""
    asked = [{name: value for name, value in asdict(edit).items() if value} for edit in edits]
    if fault := _fault({"edit": asked}):
        raise AtlasError(fault.removeprefix(", "))
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else _INTRODUCTION
        with replacing(path) as unfinished:
            text = "\n".join([f"{before.rstrip()}\n", *map(_as_toml, asked)])
            unfinished.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AtlasError(f"{path} cannot be written: {error.strerror}; name another file of edits") from error


def _as_toml(part: dict[str, Any], table: str = "edit") -> str:
    """A table and its nodes; JSON's texts and lists of texts are TOML's, but for one character."""
    values = {name: json.dumps(part[name], ensure_ascii=False) for name in sorted(part) if name != "nodes"}
    fields = "".join(f"{name} = {value}\n" for name, value in values.items()).replace("\x7f", "\\u007f")
    nodes = (f"\n{_as_toml(node, 'edit.nodes')}" for node in part.get("nodes", []))
    return f"[[{table}]]\n{fields}{''.join(nodes)}"


def rename(study: Study, names: Mapping[int | str, str], *, level: str = "topic") -> Study:
    """Give topics other names, keep that in the file of edits, and return the edited study.

    A node is given by its number at the level, its name, or the first phrase of its name. No such node, and a file
    that cannot be written, are an `AtlasError`.
    """
    edits = [Edit("rename", _addressed(study, [node], level), name=name) for node, name in names.items()]
    return _edited(study, *edits)


def merge(study: Study, nodes: Nodes, name: str = "", *, level: str = "topic") -> Study:
    """Make one of several topics; otherwise as `rename`."""
    return _edited(study, Edit("merge", _addressed(study, nodes, level), name=name))


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
    parts = _addressed(study, off, below)
    return _edited(study, Edit("split", [*first, *parts], _ids(study, papers), name=name))


def move(study: Study, papers: Papers, to: int | str, *, level: str = "topic") -> Study:
    """Put papers (a table, ids or titles) into another topic or subtopic; otherwise as `rename`."""
    return _edited(study, Edit("move", _addressed(study, [to], level), _ids(study, papers)))


def exclude(study: Study, papers: Papers = (), *, terms: Terms = ()) -> Study:
    """Leave papers out of everything, and let terms name no topic; otherwise as `rename`."""
    return _edited(study, Edit("exclude", papers=_ids(study, papers), terms=_several(terms)))


def respell(study: Study, spellings: Mapping[str, Terms]) -> Study:
    """Read several spellings as one: ``{"graph neural network": ["GNN", "graph net"]}``; otherwise as `rename`."""
    edits = [Edit("spelling", terms=_several(terms), name=name) for name, terms in spellings.items()]
    return _edited(study, *edits)


def _several(given: Any) -> list[Any]:
    """What is given, and a text or number that is given alone as the one it is, not by its letters."""
    return [given] if isinstance(given, str | int) else list(given)


def _addressed(study: Study, nodes: Nodes, level: str) -> list[Address]:
    found = dict.fromkeys(find_node(study.topics, node, level) for node in _several(nodes))
    return [address_of(study.topics, *node) for node in found]


def _ids(study: Study, papers: Papers) -> list[str]:
    given = _several(papers["paper_id"] if isinstance(papers, pd.DataFrame) else papers)
    rows = rows_named(study.corpus, given)
    for paper in given if len(rows) < len(given) else ():
        if not rows_named(study.corpus, [paper]):
            raise AtlasError(f"no paper has the id or title {paper!r}; study.papers lists them")
    return study.corpus["paper_id"].iloc[rows].tolist()


def _edited(study: Study, *edits: Edit) -> Study:
    """The study after some more edits, which are kept in its file; what they do not touch is not computed again."""
    if study.edits_file is None:
        raise AtlasError(f"edits need a file to be kept in; name one: Study(…, edits={EDITS!r})")
    found = Tree(study.topics, study.worded).apply(edits)
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
