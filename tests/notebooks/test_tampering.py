"""The check of the notebooks bites: a copy that was tampered with does not pass.

The copies hold the first cells of notebook 01, which are quick, and are checked with the project's own settings.
"""

import re
import subprocess
import sys

import nbformat

from tests.conftest import ROOT
from tests.notebooks.test_series import SERIES, checked_facts, read

N_CELLS = 9


def test_a_changed_number_is_found_and_nothing_else(tmp_path):
    """Two notebooks in a checkout with the shipped data: one as it is, and one with another number."""
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    (tmp_path / "notebooks").mkdir()
    notebook = read(SERIES[1])
    notebook.cells = notebook.cells[:N_CELLS]
    facts = checked_facts(notebook)
    assert len(facts) >= 3
    paths = [tmp_path / "notebooks" / name for name in ("as_it_is.ipynb", "changed.ipynb")]
    nbformat.write(notebook, paths[0])
    data = next(cell for cell in notebook.cells if cell.source == facts[0]).outputs[0].data
    last = data["text/plain"].rsplit(maxsplit=1)[1]
    data["text/plain"] = data["text/plain"].removesuffix(last) + str(int(last) + 1)
    nbformat.write(notebook, paths[1])

    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *settings, *map(str, paths)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    n_code = sum(cell.cell_type == "code" for cell in notebook.cells)
    assert f"1 failed, {2 * n_code - 1} passed" in result.stdout, result.stdout
    assert re.search(r"FAILED \S*changed\.ipynb::Cell", result.stdout)
