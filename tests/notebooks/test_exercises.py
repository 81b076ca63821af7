"""Every exercise runs as it is written, after the cells that it builds on and no others."""

import ast
import re
import textwrap

import nbformat
import pytest

from paperatlas import notebooks
from tests.notebooks.cells import run_cell

SERIES = [*notebooks.series(), notebooks.template()]
EXERCISE = re.compile(r"^- (?P<prose>[^\n]+)\n\n(?P<code>  ```python\n.*?\n  ```)$", re.MULTILINE | re.DOTALL)


def exercises(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """What each exercise says, and its code."""
    return [
        (match["prose"], textwrap.dedent(match["code"]).removeprefix("```python\n").removesuffix("\n```"))
        for match in EXERCISE.finditer(notebook.cells[-1].source)
    ]


def names(code: str, kind: type) -> set[str]:
    tree = ast.walk(ast.parse(code))
    return {
        getattr(node, "id", None) or getattr(node, "name", "").split(".")[0] for node in tree
        if (isinstance(node, ast.Name) and isinstance(node.ctx, kind))
        or (kind is ast.Store and isinstance(node, ast.FunctionDef | ast.alias))
    } | {node.asname for node in ast.walk(ast.parse(code)) if isinstance(node, ast.alias) and node.asname}  # fmt: skip


def before(notebook: nbformat.NotebookNode, needed: set[str]) -> list[str]:
    """The cells that give these names, in order."""
    kept = []
    for cell in reversed(notebook.cells):
        if cell.cell_type == "code" and needed & names(cell.source, ast.Store):
            kept.insert(0, cell.source)
            needed = needed | names(cell.source, ast.Load)
    return kept


@pytest.mark.parametrize("path", SERIES, ids=lambda p: p.stem)
def test_exercises_do_what_they_say(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a copied notebook lies elsewhere; the shipped papers are found all the same
    notebook = nbformat.read(path, as_version=4)
    found = exercises(notebook)
    assert len(found) == notebook.cells[-1].source.count("\n- "), (
        "an exercise without code, or with it misplaced"
    )
    assert found
    known: dict[str, object] = {}
    for code in before(notebook, set().union(*(names(code, ast.Load) for _, code in found))):
        run_cell(code, known)
    for prose, code in found:
        assert re.search(r"\b[Ee]xpect\b", prose), prose
        if not (error := re.search(r"[Ee]xpect an? `(\w+Error)`", prose)):
            run_cell(code, known)
            continue
        with pytest.raises(Exception, match=r"^.*$") as raised:  # in one line
            run_cell(code, known)
        assert type(raised.value).__name__ == error[1]
