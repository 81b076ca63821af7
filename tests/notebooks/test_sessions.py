"""What a small machine asks of the notebooks: a first answer before anything heavy loads.

That each kernel takes little memory is looked at where nbval runs it; see conftest.py at the top.
"""

import json
import subprocess
import sys

from paperatlas import notebooks
from tests.notebooks.cells import write_notebook

HEAVY = ("bertopic", "hdbscan", "numba", "sklearn", "torch", "umap")


def test_each_notebook_that_is_done_is_told(tmp_path):
    paths = [write_notebook(tmp_path / name, "1 + 1") for name in ("08_first.ipynb", "09_second.ipynb")]
    told = []
    runs = notebooks.execute_all(paths, done=told.append)
    assert sorted(told) == list(runs) == paths
    assert all(run.cells[0].outputs[0]["data"]["text/plain"] == "2" for run in runs.values())


def test_a_hub_says_how_much_memory_there_is(monkeypatch):
    monkeypatch.delenv("MEM_LIMIT", raising=False)
    before = notebooks.at_a_time()
    monkeypatch.setenv("MEM_LIMIT", "1500000000")
    assert notebooks.at_a_time() == 1
    for roomy in ("16000000000", "not a number"):
        monkeypatch.setenv("MEM_LIMIT", roomy)
        assert notebooks.at_a_time() == before


_FIRST_ANSWERS = """
import json, sys, nbformat
from pathlib import Path
from paperatlas import notebooks
loaded = {}
for path in notebooks.series():
    names = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, path.name, "exec"), names)
            if cell.outputs:
                break
    loaded[path.stem] = [name for name in %r if name in sys.modules]
print(json.dumps(loaded))
"""


def test_the_first_answer_of_each_notebook_comes_before_anything_heavy(study):
    """On a warm cache; a library of these takes seconds to import, and tens of them to compile."""
    study.compute_all()
    answer = subprocess.run(
        [sys.executable, "-c", _FIRST_ANSWERS % (HEAVY,)], capture_output=True, text=True, check=True
    )
    loaded = json.loads(answer.stdout.splitlines()[-1])
    assert set(loaded) == {path.stem for path in notebooks.series()}
    assert {stem: names for stem, names in loaded.items() if names} == {}
