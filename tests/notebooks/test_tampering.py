"""The check of the notebooks bites: a copy that was tampered with, or is out of date, does not pass.

The copies hold the first cells of notebook 01, which are quick, and are checked with the project's own settings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.notebooks.test_series import SERIES, checked_facts, read

N_CELLS = 9
PASSED, FAILED = 0, 1


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with one short notebook, a library of its own, and the shipped data."""
    shutil.copytree(
        ROOT / "lib" / "paperatlas",
        tmp_path / "lib" / "paperatlas",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    (tmp_path / "notebooks").mkdir()
    notebook = read(SERIES[1])
    notebook.cells = notebook.cells[:N_CELLS]
    assert len(checked_facts(notebook)) >= 3
    path = tmp_path / "notebooks" / SERIES[1].name
    nbformat.write(notebook, path)
    return path


def change(path: Path, how: Callable[[nbformat.NotebookNode], None]) -> None:
    notebook = read(path)
    how(notebook)
    nbformat.write(notebook, path)


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    folder = path.parents[1]
    environment = os.environ | {
        "PYTHONPATH": str(folder / "lib"),
        "PAPERATLAS_CACHE": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
    return subprocess.run([*command, str(path)], cwd=ROOT, env=environment, capture_output=True, text=True)


def first_fact(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.source == checked_facts(notebook)[0])


def test_an_untouched_copy_passes(copy):
    result = nbval(copy)
    assert result.returncode == PASSED, result.stdout
    assert f"{sum(cell.cell_type == 'code' for cell in read(copy).cells)} passed" in result.stdout


def test_a_changed_number_is_found(copy):
    def add_one(notebook: nbformat.NotebookNode) -> None:
        data = first_fact(notebook).outputs[0].data
        last = data["text/plain"].rsplit(maxsplit=1)[1]
        data["text/plain"] = data["text/plain"].removesuffix(last) + str(int(last) + 1)

    change(copy, add_one)
    result = nbval(copy)
    assert result.returncode == FAILED, result.stdout
    assert "1 failed" in result.stdout


def test_a_changed_function_of_the_library_is_found(copy):
    module = copy.parents[1] / "lib" / "paperatlas" / "readers" / "dumps.py"
    text = module.read_text(encoding="utf-8")
    changed = text.replace("return entries, problems", "return entries[1:], problems")
    assert changed != text
    module.write_text(changed, encoding="utf-8")
    result = nbval(copy)
    assert result.returncode == FAILED, result.stdout
    assert "failed" in result.stdout
