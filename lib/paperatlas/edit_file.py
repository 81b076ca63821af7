"""The small file in which a hand's edits to the topics last: ``atlas.toml``."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paperatlas.errors import AtlasError
from paperatlas.folders import replacing
from paperatlas.topics.edits import Address, Edit, address_of, head_of
from paperatlas.topics.result import LEVELS, Topics

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


def addressed(topics: Topics, nodes: Sequence[int | str], level: str) -> tuple[Address, ...]:
    """Addresses of nodes given as for `find_node`."""
    return tuple(address_of(topics, *find_node(topics, node, level)) for node in nodes)
