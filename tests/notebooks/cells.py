"""Cells of a notebook run in this process: what a kernel does with them, without the seconds it takes to start."""

import ast
import json
from pathlib import Path
from typing import Any

import nbformat
from plotly.graph_objects import Figure

PLOTLY = "application/vnd.plotly.v1+json"


def write_notebook(path: Path, *sources: str) -> Path:
    """Write a notebook of these cells, the first of them for the parameters; returns its path."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def run_cell(source: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run a cell among the names of those before it; returns what it shows, by kind."""
    body = ast.parse(source).body
    last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    value = last and eval(compile(last, "<cell>", "eval"), names)
    if value is None:
        return {}
    if isinstance(value, Figure):
        return {PLOTLY: json.loads(value.to_json())}
    html = {"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {}
    return {"text/plain": repr(value), **html}
