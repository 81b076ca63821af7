"""The small file in which a hand's edits to the topics last: ``atlas.toml``."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paperatlas.errors import AtlasError
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
_INTRODUCTION = """\
# Edits to the topics that Paper Atlas finds, applied in this order at every run. Delete what you no longer want.
# A node is known by some of its most typical papers (ids or titles) and by its head, never by its number.
"""


def read_edits(path: Path) -> list[Edit]:
    """Edits of a file; none if it is empty.

    Raises
    ------
    AtlasError
        If the file cannot be read, or an edit lacks what it needs; the message says which.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AtlasError(f"{path} cannot be read: {error.strerror}; name another file of edits") from error
    except ValueError as error:
        raise AtlasError(f"{path}: expected TOML, found a fault ({error}); mend it") from error
    if unknown := sorted(set(said) - {"edit"}):
        raise AtlasError(
            f"{path}: expected only tables [[edit]], found {', '.join(unknown)}; see data/README.md"
        )
    found = said.get("edit", [])
    if not isinstance(found, list):
        raise AtlasError(f"{path}: expected tables [[edit]], found [edit]; double the brackets")
    return [_edit(edit, f"{path}, edit {number}") for number, edit in enumerate(found, start=1)]


def _edit(said: dict[str, Any], place: str) -> Edit:
    kind = said.get("kind")
    if kind not in _NEEDS:
        raise AtlasError(f"{place}: expected a kind ({', '.join(_NEEDS)}), found {kind!r}")
    _only_known(said, Edit, place)
    nodes = said.get("nodes", [])
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise AtlasError(f"{place}: expected nodes as a list of tables, found {nodes!r}")
    edit = Edit(
        kind,
        tuple(_address(node, place) for node in nodes),
        _texts(said, "papers", place),
        _texts(said, "terms", place),
        _text(said, "name", place),
    )
    if missing := [name for name in _NEEDS[kind] if not getattr(edit, name)]:
        raise AtlasError(f"{place}: to {kind} needs {' and '.join(missing)}, found none")
    if kind == "merge" and (len(nodes) < 2 or len({node.level for node in edit.nodes}) > 1):
        raise AtlasError(f"{place}: expected two or more nodes of one level to merge, found {len(nodes)}")
    if kind == "split":
        level = LEVELS.index(edit.nodes[0].level)
        below = LEVELS[level + 1 : level + 2]
        if any((node.level,) != below for node in edit.nodes[1:]) or not (edit.nodes[1:] or edit.papers):
            raise AtlasError(f"{place}: expected papers, or nodes one level below the first, to split off")
        if level == 0 and edit.papers:
            raise AtlasError(f"{place}: of a theme split off topics, not papers; a topic has one theme")
    if kind == "exclude" and not (edit.papers or edit.terms):
        raise AtlasError(f"{place}: expected papers or terms to exclude, found neither")
    return edit


def _address(said: dict[str, Any], place: str) -> Address:
    _only_known(said, Address, place)
    level = said.get("level", "topic")
    if level not in LEVELS:
        raise AtlasError(f"{place}: expected a level ({', '.join(LEVELS)}), found {level!r}")
    share = said.get("share", 0.0)
    head, papers = _text(said, "head", place), _texts(said, "papers", place)
    if not isinstance(share, int | float) or not (head or papers):
        raise AtlasError(f"{place}: a node needs papers or a head; a share, if any, is a number")
    return Address(level, head, papers, float(share))


def _only_known(said: dict[str, Any], kind: type, place: str) -> None:
    names = [field.name for field in fields(kind)]
    if unknown := sorted(set(said) - set(names)):
        raise AtlasError(f"{place}: expected {', '.join(names)}, found {', '.join(unknown)}")


def _text(said: dict[str, Any], name: str, place: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise AtlasError(f"{place}: expected {name} as a text, found {value!r}")
    return " ".join(value.split())


def _texts(said: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    values = said.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise AtlasError(f"{place}: expected {name} as a list of texts, found {values!r}")
    return tuple(values)


def append_edits(path: Path, edits: Sequence[Edit]) -> None:
    """Write edits at the end of a file; what stands there stays, comments too.

    Raises
    ------
    AtlasError
        If the file cannot be written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else _INTRODUCTION
        blocks = "\n".join(map(_as_toml, edits))
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_text(f"{before.rstrip()}\n\n{blocks}", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        raise AtlasError(f"{path} cannot be written: {error.strerror}; name another file of edits") from error


def _as_toml(edit: Edit) -> str:
    lines = ["[[edit]]", f"kind = {_quoted(edit.kind)}"]
    lines += [f"name = {_quoted(edit.name)}"] if edit.name else []
    for name, values in (("papers", edit.papers), ("terms", edit.terms)):
        lines += [f"{name} = [{', '.join(map(_quoted, values))}]"] if values else []
    for node in edit.nodes:
        papers = ", ".join(map(_quoted, node.papers))
        lines += ["", "[[edit.nodes]]", f"level = {_quoted(node.level)}", f"head = {_quoted(node.head)}"]
        lines += [f"share = {node.share}", f"papers = [{papers}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's strings are such, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def find_node(topics: Topics, node: int | str, level: str = "topic") -> tuple[str, int]:
    """Level and number of a node that is given by its number, its name or its head; a name may be of any level.

    Raises
    ------
    AtlasError
        If there is no such node, or several; the message names those that are meant, or nearest.
    """
    table = topics.table
    if not isinstance(node, str):
        if not ((table["level"] == level) & (table["topic"] == node)).any():
            raise AtlasError(f"there is no {level} {node}; topics.at({level!r}) lists the {level}s there are")
        return level, int(node)
    wanted = " ".join(node.casefold().split())
    names = table["name"].str.casefold()
    for said in (names, names.map(head_of)):
        found = table[said == wanted]
        here = found[found["level"] == level]
        found = here if len(here) else found
        if len(found) == 1:
            return str(found["level"].iloc[0]), int(found["topic"].iloc[0])
        if len(found):
            several = ", ".join(
                f"{row.level} {row.topic} ({row.name})" for row in found.itertuples(index=False)
            )
            raise AtlasError(f"{node!r} may be {several}; name it in full, or by its number and level")
    near = get_close_matches(wanted, [*names, *names.map(head_of)], n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "; topics.table lists the names there are"
    raise AtlasError(f"no theme, topic or subtopic is called {node!r}{hint}")


def addressed(topics: Topics, nodes: Sequence[int | str], level: str) -> tuple[Address, ...]:
    """Addresses of nodes given as for `find_node`."""
    return tuple(address_of(topics, *find_node(topics, node, level)) for node in nodes)
