"""The check of the notebooks bites: a copy that was tampered with does not pass.

The copies hold the first cells of notebook 01, which are quick, and are checked with the project's own settings.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.notebooks.test_series import SERIES, checked_facts, read

N_CELLS = 9


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with one short notebook and the shipped data."""
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    (tmp_path / "notebooks").mkdir()
    notebook = read(SERIES[1])
    notebook.cells = notebook.cells[:N_CELLS]
    assert len(checked_facts(notebook)) >= 3
    path = tmp_path / "notebooks" / SERIES[1].name
    nbformat.write(notebook, path)
    return path


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
    return subprocess.run([*command, str(path)], cwd=ROOT, capture_output=True, text=True)


def test_an_untouched_copy_passes(copy):
    result = nbval(copy)
    assert result.returncode == 0, result.stdout
    assert f"{sum(cell.cell_type == 'code' for cell in read(copy).cells)} passed" in result.stdout


def test_a_changed_number_is_found(copy):
    notebook = read(copy)
    fact = next(cell for cell in notebook.cells if cell.source == checked_facts(notebook)[0])
    data = fact.outputs[0].data
    last = data["text/plain"].rsplit(maxsplit=1)[1]
    data["text/plain"] = data["text/plain"].removesuffix(last) + str(int(last) + 1)
    nbformat.write(notebook, copy)
    result = nbval(copy)
    assert result.returncode == 1, result.stdout
    assert "1 failed" in result.stdout
